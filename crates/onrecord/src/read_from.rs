//! Where reading of a topic begins, as the command line has it.

use jiff::{SignedDuration, Timestamp};
use stream::ReadFrom;

/// Reads `beginning`, `-100`, `@2026-11-27T08:00:00Z` or `@2h` (two hours ago).
///
/// # Errors
/// Where it is none of these, in words.
pub(crate) fn parse(text: &str) -> Result<ReadFrom, String> {
    if text == "beginning" {
        return Ok(ReadFrom::Beginning);
    }
    if let Some(count) = text.strip_prefix('-').and_then(|count| count.parse().ok()) {
        return Ok(ReadFrom::Latest(count));
    }
    if let Some(time) = text.strip_prefix('@') {
        if let Ok(at) = time.parse::<Timestamp>() {
            return Ok(ReadFrom::At(at));
        }
        if let Ok(ago) = time.parse::<SignedDuration>() {
            let at = Timestamp::now().checked_sub(ago.abs());
            return at.map(ReadFrom::At).map_err(|error| error.to_string());
        }
    }
    Err("write `beginning`, `-100`, `@2026-11-27T08:00:00Z` or `@2h` (two hours ago)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read() {
        assert_eq!(parse("beginning"), Ok(ReadFrom::Beginning));
        assert_eq!(parse("-100"), Ok(ReadFrom::Latest(100)));
        let at = "2026-11-27T08:00:00Z".parse().unwrap();
        assert_eq!(parse("@2026-11-27T08:00:00Z"), Ok(ReadFrom::At(at)));
        assert!(matches!(parse("@2h"), Ok(ReadFrom::At(_))));
        assert!(parse("yesterday").is_err());
        assert!(parse("-x").is_err());
    }
}
