//! From a rule as written to one whose every value is known to be right.

use std::collections::BTreeSet;

use model::{Language, QuoteKind, SpeechAct};

use super::{
    RuleError, Watchlist,
    error::nearest,
    expression::{Condition, Expression, Officials, Test, folded},
    field::Field,
    parse::{Parsed, Value},
};

/// Stands for every official of the watch-list.
const ANY: &str = "any";

const KINDS: [(&str, QuoteKind); 3] = [
    ("direct", QuoteKind::Direct),
    ("mixed", QuoteKind::Mixed),
    ("indirect", QuoteKind::Indirect),
];

const CUES: [(&str, SpeechAct); 4] = [
    ("statement", SpeechAct::Statement),
    ("command", SpeechAct::Command),
    ("promise", SpeechAct::Promise),
    ("refusal", SpeechAct::Refusal),
];

/// Checks every value; what is odd but usable goes into `warnings`.
///
/// # Errors
/// The first value that cannot be right.
pub(super) fn compile(
    parsed: &Parsed,
    watchlist: &Watchlist,
    warnings: &mut Vec<RuleError>,
) -> Result<Expression, RuleError> {
    let mut all = |parts: &[Parsed]| -> Result<Vec<Expression>, RuleError> {
        let compiled = parts.iter().map(|part| compile(part, watchlist, warnings));
        compiled.collect()
    };
    Ok(match parsed {
        Parsed::All(parts) => Expression::All(all(parts)?),
        Parsed::Any(parts) => Expression::Any(all(parts)?),
        Parsed::Not(inner) => Expression::Not(Box::new(compile(inner, watchlist, warnings)?)),
        Parsed::Confidence {
            sign,
            bound,
            place,
            written,
        } => Expression::Condition(Condition {
            test: Test::Confidence(sign, *bound),
            written: written.clone(),
            place: place.clone(),
        }),
        Parsed::Term {
            field,
            values,
            place,
            written,
        } => Expression::Condition(Condition {
            test: test(*field, values, watchlist, warnings)?,
            written: written.clone(),
            place: place.clone(),
        }),
    })
}

fn test(
    field: Field,
    values: &[Value],
    watchlist: &Watchlist,
    warnings: &mut Vec<RuleError>,
) -> Result<Test, RuleError> {
    let phrases = || values.iter().map(|value| folded(&value.text)).collect();
    Ok(match field {
        Field::Speaker => Test::Speaker(officials(values, watchlist)?),
        Field::About => Test::About(officials(values, watchlist)?),
        Field::Mentions => Test::Mentions(officials(values, watchlist)?),
        Field::Office => {
            let titles = watchlist.officials().flat_map(|official| &official.offices);
            let titles: Vec<&str> = titles.map(|office| office.title.as_str()).collect();
            held(values, &titles, "office", warnings);
            Test::Office(phrases())
        }
        Field::Organisation => {
            let bodies = watchlist
                .officials()
                .flat_map(|official| &official.organisations);
            let bodies: Vec<&str> = bodies.map(String::as_str).collect();
            held(values, &bodies, "organisation", warnings);
            Test::Organisation(phrases())
        }
        Field::Country => {
            let countries = countries(values)?;
            let of_officials: BTreeSet<&str> = watchlist
                .officials()
                .filter_map(|official| official.country.as_deref())
                .collect();
            for (country, value) in countries.iter().zip(values) {
                if !of_officials.contains(country.as_str()) {
                    let message = format!("no official on the watch-list is of {country}");
                    warnings.push(RuleError::new(message, value.place.clone()));
                }
            }
            Test::Country(countries)
        }
        Field::FeedCountry => Test::FeedCountry(countries(values)?),
        Field::Language => Test::Language(languages(values)?),
        Field::Outlet => Test::Outlet(phrases()),
        Field::Kind => Test::Kind(chosen(values, &KINDS, "kind")?),
        Field::Cue => Test::Cue(chosen(values, &CUES, "cue class")?),
        Field::Said => Test::Said(phrases()),
        Field::Title => Test::Title(phrases()),
        Field::Text => Test::Text(phrases()),
    })
}

fn officials(values: &[Value], watchlist: &Watchlist) -> Result<Officials, RuleError> {
    let mut ids = BTreeSet::new();
    for value in values {
        if value.text == ANY {
            return Ok(Officials::Any);
        }
        let Some(found) = watchlist.by_name(&value.text) else {
            let message = format!("nobody on the watch-list is called {}", value.text);
            let help = nearest(&value.text, watchlist.names()).unwrap_or_else(|| {
                "name an official by id or any alias, or write any for all of them".to_owned()
            });
            return Err(RuleError::new(message, value.place.clone()).with_help(help));
        };
        ids.extend(found.iter().cloned());
    }
    Ok(Officials::These(ids))
}

/// Warns of values that are part of none of the known texts.
fn held(values: &[Value], known: &[&str], what: &str, warnings: &mut Vec<RuleError>) {
    for value in values {
        let wanted = folded(&value.text);
        if !known.iter().any(|text| folded(text).contains(&wanted)) {
            let message = format!(
                "no official on the watch-list has the {what} {}",
                value.text
            );
            let help = nearest(&value.text, known.iter().copied());
            warnings.push(RuleError::new(message, value.place.clone()).with_help(help));
        }
    }
}

fn countries(values: &[Value]) -> Result<Vec<String>, RuleError> {
    let read = |value: &Value| {
        let is_code = value.text.len() == 2 && value.text.bytes().all(|b| b.is_ascii_alphabetic());
        if is_code {
            return Ok(value.text.to_ascii_uppercase());
        }
        Err(RuleError::new(
            format!("not a country code: {}", value.text),
            value.place.clone(),
        )
        .with_help("write two letters, such as KH".to_owned()))
    };
    values.iter().map(read).collect()
}

fn languages(values: &[Value]) -> Result<Vec<Language>, RuleError> {
    let read = |value: &Value| {
        value.text.parse().map_err(|_| {
            RuleError::new(
                format!("not a language tag: {}", value.text),
                value.place.clone(),
            )
            .with_help("write a tag such as km or zh-Hant".to_owned())
        })
    };
    values.iter().map(read).collect()
}

fn chosen<T: Copy>(values: &[Value], known: &[(&str, T)], what: &str) -> Result<Vec<T>, RuleError> {
    let read = |value: &Value| {
        let found = known.iter().find(|(name, _)| *name == value.text);
        found.map(|(_, chosen)| *chosen).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let help = nearest(&value.text, names.iter().copied())
                .unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
            RuleError::new(
                format!("no such {what}: {}", value.text),
                value.place.clone(),
            )
            .with_help(help)
        })
    };
    values.iter().map(read).collect()
}
