//! Which records of a topic the user wants to see, whatever the topic carries.

use serde_json::Value;

/// Filters; a record passes where all that are given hold.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Filter {
    /// Only records about this official, by id
    #[arg(long, value_name = "ID", help_heading = "Filters")]
    official: Option<String>,
    /// Only records with a quote by this speaker; part of the name is enough
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    speaker: Option<String>,
    /// Only records of this outlet; part of the name is enough
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    outlet: Option<String>,
    /// Only records in this language; `zh` also takes `zh-Hant`
    #[arg(long, value_name = "TAG", help_heading = "Filters")]
    language: Option<String>,
}

/// Where a speaker's name can stand in the records.
const SPEAKER_PATHS: [&str; 2] = ["/quote/speaker/name", "/official_name"];

impl Filter {
    /// Whether the record passes.
    pub(super) fn accepts(&self, record: &Value) -> bool {
        let wants = |wanted: &Option<String>, holds: &dyn Fn(&str) -> bool| {
            wanted.as_deref().is_none_or(holds)
        };
        wants(&self.official, &|id| names_official(record, id))
            && wants(&self.speaker, &|name| has_speaker(record, name))
            && wants(&self.outlet, &|name| {
                text_of_article(record, "outlet").is_some_and(|outlet| holds(outlet, name))
            })
            && wants(&self.language, &|tag| {
                text_of_article(record, "language").is_some_and(|found| is_language(found, tag))
            })
    }
}

/// Whether some `official` anywhere in the record is this one.
fn names_official(value: &Value, id: &str) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, inner)| {
            (key == "official" && inner.as_str() == Some(id)) || names_official(inner, id)
        }),
        Value::Array(items) => items.iter().any(|item| names_official(item, id)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn has_speaker(record: &Value, name: &str) -> bool {
    let named = |path: &str| {
        record
            .pointer(path)
            .and_then(Value::as_str)
            .is_some_and(|found| holds(found, name))
    };
    let quotes = record
        .pointer("/extraction/quotes")
        .and_then(Value::as_array);
    let in_quotes = quotes.is_some_and(|quotes| {
        quotes.iter().any(|quote| {
            let speaker = quote.pointer("/speaker/name").and_then(Value::as_str);
            speaker.is_some_and(|found| holds(found, name))
        })
    });
    in_quotes || SPEAKER_PATHS.into_iter().any(named)
}

/// A field of the article, which is the record itself on the `articles` topic.
fn text_of_article<'a>(record: &'a Value, field: &str) -> Option<&'a str> {
    let article = record.get("article").unwrap_or(record);
    article.get(field)?.as_str()
}

fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn is_language(found: &str, wanted: &str) -> bool {
    let (found, wanted) = (found.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    found == wanted
        || found
            .strip_prefix(&wanted)
            .is_some_and(|rest| rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(filter: &Filter, expected: bool) {
        let quote = json!({
            "article": { "outlet": "Harbour Post", "language": "zh-Hant" },
            "quote": { "speaker": { "name": "Mara Venn", "official": "mara-venn" } },
        });
        assert_eq!(filter.accepts(&quote), expected, "{filter:?}");
    }

    #[test]
    fn all_filters_must_hold() {
        let text = |text: &str| Some(text.to_owned());
        check(&Filter::default(), true);
        check(
            &Filter {
                official: text("mara-venn"),
                ..Filter::default()
            },
            true,
        );
        check(
            &Filter {
                official: text("mara"),
                ..Filter::default()
            },
            false,
        );
        check(
            &Filter {
                speaker: text("venn"),
                language: text("zh"),
                ..Filter::default()
            },
            true,
        );
        check(
            &Filter {
                speaker: text("venn"),
                outlet: text("Times"),
                ..Filter::default()
            },
            false,
        );
        check(
            &Filter {
                language: text("z"),
                ..Filter::default()
            },
            false,
        );
    }
}
