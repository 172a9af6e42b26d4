//! One record as one line for people.

use serde_json::Value;
use stream::RawRecord;

use crate::terminal;

/// Longest text of a row.
const MAX_CHARS: usize = 160;

/// `time  partition@offset  text`.
pub(super) fn render(record: &RawRecord, value: &Value) -> String {
    let faint = terminal::FAINT;
    let time = record.written.map_or_else(
        || "-".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    );
    format!(
        "{faint}{time}  {}@{}{faint:#}  {}",
        record.partition,
        record.offset,
        shortened(&describe(&record.topic, value))
    )
}

fn describe(topic: &str, value: &Value) -> String {
    let text = |path: &str| {
        value
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let count = |path: &str| {
        value
            .pointer(path)
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
    };
    match topic {
        "quotes" => {
            let speaker = Some(text("/quote/speaker/name")).filter(|name| !name.is_empty());
            let cue = text("/words/cue");
            let is_apart = !cue.is_empty() && !text("/text").starts_with(cue);
            let cue = Some(cue).filter(|_| is_apart);
            format!(
                "{}{}: {} ({}, {})",
                speaker.unwrap_or("unknown"),
                cue.map_or(String::new(), |cue| format!(" {cue}")),
                text("/text"),
                text("/article/outlet"),
                text("/article/language")
            )
        }
        "entities" => format!(
            "{} ({}) in {}",
            text("/entity/name"),
            text("/entity/kind"),
            text("/article/title")
        ),
        "mentions" => format!(
            "{} as “{}” in {}",
            text("/mention/official"),
            text("/text"),
            text("/article/title")
        ),
        "alerts" => format!(
            "{} {} by rule {}: {}",
            text("/official_name"),
            text("/trigger"),
            text("/rule"),
            text("/article/title")
        ),
        "articles" => format!(
            "{} [{}] {}",
            text("/outlet"),
            text("/language"),
            text("/title")
        ),
        "enriched" => format!(
            "{}: {} quotes, {} entities, {} mentions",
            text("/article/title"),
            count("/extraction/quotes"),
            count("/extraction/entities"),
            count("/extraction/mentions")
        ),
        "feed-cursors" => format!(
            "{} next {} {}",
            text("/url"),
            text("/next_poll"),
            text("/health/fault/reason")
        ),
        "feed-health" => format!("{} {}: {}", text("/state"), text("/url"), text("/summary")),
        "dead-letters" => format!("{}: {}", text("/stage"), text("/reason")),
        _ => value.to_string(),
    }
}

fn shortened(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(MAX_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    line
}
