//! Languages by their BCP 47 tag.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A BCP 47 language tag in its usual case, such as `km`, `zh-Hant` or `pt-BR`; `und` if unknown.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Language(String);

/// Why a text is not a language tag.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not a language tag (expected one like `km` or `zh-Hant`): {0:?}")]
pub struct ParseLanguageError(String);

impl Language {
    /// The tag for text whose language is not known.
    pub fn undetermined() -> Self {
        Self("und".into())
    }

    /// The whole tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary subtag: `zh` of `zh-Hant-TW`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl FromStr for Language {
    type Err = ParseLanguageError;

    /// Reads a tag, forgiving case, `_` for `-`, and surrounding space.
    fn from_str(text: &str) -> Result<Self, ParseLanguageError> {
        let refuse = || ParseLanguageError(text.to_owned());
        let mut tag = String::with_capacity(text.len());
        for (place, subtag) in text.trim().split(['-', '_']).enumerate() {
            let alphabetic = subtag.chars().all(|c| c.is_ascii_alphabetic());
            match (place, subtag.len()) {
                (0, 2..=3) if alphabetic => tag.push_str(&subtag.to_ascii_lowercase()),
                (0, _) | (_, 0 | 9..) => return Err(refuse()),
                (_, 4) if alphabetic => {
                    tag.push('-');
                    let (first, rest) = subtag.split_at(1);
                    tag.push_str(&first.to_ascii_uppercase());
                    tag.push_str(&rest.to_ascii_lowercase());
                }
                (_, 2) if alphabetic => {
                    tag.push('-');
                    tag.push_str(&subtag.to_ascii_uppercase());
                }
                (_, _) if subtag.chars().all(|c| c.is_ascii_alphanumeric()) => {
                    tag.push('-');
                    tag.push_str(&subtag.to_ascii_lowercase());
                }
                (_, _) => return Err(refuse()),
            }
        }
        Ok(Self(tag))
    }
}

impl TryFrom<String> for Language {
    type Error = ParseLanguageError;

    fn try_from(text: String) -> Result<Self, ParseLanguageError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: Option<&str>) {
        assert_eq!(
            input
                .parse::<Language>()
                .ok()
                .as_ref()
                .map(Language::as_str),
            expected
        );
    }

    #[test]
    fn tags_are_read_forgivingly() {
        check("KM", Some("km"));
        check("zh_hant_tw", Some("zh-Hant-TW"));
        check("prs", Some("prs"));
        check("en-us", Some("en-US"));
        check("english", None);
        check("", None);
        check("e-n", None);
    }
}
