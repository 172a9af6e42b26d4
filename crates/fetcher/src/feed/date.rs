//! Dates as feeds and pages write them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

/// Nobody published a feed before this year; earlier dates are placeholders such as 0000-00-00.
const FIRST_YEAR: i16 = 1970;

/// No feed dates an item beyond this year; later ones are typing errors.
const LAST_YEAR: i16 = 2100;

/// A date as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadDate {
    /// It can be meant.
    Sensible(Timestamp),
    /// It lies outside sense; this is the nearest date that does not.
    Clamped(Timestamp),
}

/// Reads a date that lies within sense, as [`read_date`] does.
pub(crate) fn parse_date(text: &str) -> Option<Timestamp> {
    match read_date(text)? {
        ReadDate::Sensible(timestamp) => Some(timestamp),
        ReadDate::Clamped(_) => None,
    }
}

/// Reads a date in any form that feeds use: RFC 3339, RFC 2822, W3CDTF, `asctime`, and the usual
/// mistakes in each. A date without zone is taken as UTC.
pub(crate) fn read_date(text: &str) -> Option<ReadDate> {
    let text = text.trim();
    if text.len() > 100 || text.is_empty() {
        return None;
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(clamped(timestamp));
    }
    let fields = Fields::read(text)?;
    let year = fields.year?;
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        // Beyond what a timestamp can hold, perhaps, but a date all the same.
        fields.date()?;
        return Some(edge(year));
    }
    Some(clamped(fields.timestamp()?))
}

fn clamped(timestamp: Timestamp) -> ReadDate {
    let year = timestamp.to_zoned(TimeZone::UTC).year();
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return ReadDate::Sensible(timestamp);
    }
    edge(year)
}

/// The sensible date that is nearest to one of a year outside sense.
fn edge(year: i16) -> ReadDate {
    let last = DateTime::constant(LAST_YEAR, 12, 31, 23, 59, 59, 0);
    let last = Offset::UTC.to_timestamp(last).unwrap_or(Timestamp::MAX);
    ReadDate::Clamped(if year < FIRST_YEAR {
        Timestamp::UNIX_EPOCH
    } else {
        last
    })
}

#[derive(Debug, Default)]
struct Fields {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<(i8, i8, i8)>,
    offset_seconds: Option<i32>,
    afternoon: Option<bool>,
}

impl Fields {
    fn read(text: &str) -> Option<Self> {
        let mut fields = Self::default();
        let (date, rest) = match split_numeric_date(text) {
            Some((date, rest)) => (Some(date), rest),
            None => (None, text),
        };
        if let Some((year, month, day)) = date {
            (fields.year, fields.month, fields.day) = (Some(year), Some(month), Some(day));
        }
        let rest = rest.strip_prefix(['T', 't', '_']).unwrap_or(rest);
        for word in rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')) {
            fields.take(word)?;
        }
        Some(fields)
    }

    /// Reads one word; unknown words (weekdays in any language) are passed over.
    fn take(&mut self, word: &str) -> Option<()> {
        let word = word.trim_matches('.');
        if word.is_empty() {
            return Some(());
        }
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_time(word);
        }
        if let Some(offset) = numeric_offset(word) {
            self.offset_seconds.get_or_insert(offset);
            return Some(());
        }
        if word.contains('-') && self.day.is_none() {
            // 01-Jan-2004
            for part in word.split('-') {
                self.take(part)?;
            }
            return Some(());
        }
        if let Ok(number) = word
            .trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .parse::<i16>()
        {
            self.take_number(number, word);
            return Some(());
        }
        if let Some(month) = month(word) {
            self.month.get_or_insert(month);
        } else if word.eq_ignore_ascii_case("pm") || word.eq_ignore_ascii_case("am") {
            self.afternoon = Some(word.eq_ignore_ascii_case("pm"));
        } else if let Some(hours) = zone_hours_times_4(word) {
            self.offset_seconds.get_or_insert(hours * 900);
        }
        Some(())
    }

    fn take_number(&mut self, number: i16, word: &str) {
        if self.day.is_none() && (1..=31).contains(&number) && word.len() <= 4 {
            self.day = i8::try_from(number).ok();
        } else if self.year.is_none() {
            self.year = Some(match number {
                _ if word.len() >= 4 => number,
                0..70 => 2000 + number,
                70..100 => 1900 + number,
                _ => number,
            });
        }
    }

    /// Reads `23:59`, `23:59:59.5`, with `Z`, `+01:00`, `pm` or a zone behind.
    fn take_time(&mut self, word: &str) -> Option<()> {
        let end = word
            .find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.'))
            .unwrap_or(word.len());
        let (clock, suffix) = word.split_at_checked(end)?;
        let mut parts = clock.split(':').map(|part| {
            let whole = part.split('.').next().unwrap_or(part);
            whole.parse::<i8>().ok()
        });
        let hour = parts.next()??;
        let minute = parts.next()??;
        let second = parts.next().flatten().unwrap_or(0).min(59);
        self.time = Some((hour, minute, second));
        if suffix.is_empty() {
            return Some(());
        }
        self.take(suffix)
    }

    fn date(&self) -> Option<Date> {
        Date::new(self.year?, self.month?, self.day.unwrap_or(1)).ok()
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let date = self.date()?;
        let (mut hour, minute, second) = self.time.unwrap_or((0, 0, 0));
        match self.afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            Some(_) | None => {}
        }
        // 24:00 is the end of the day.
        let (date, hour) = if hour == 24 {
            (date.tomorrow().ok()?, 0)
        } else {
            (date, hour)
        };
        let time = Time::new(hour, minute, second, 0).ok()?;
        let offset = Offset::from_seconds(self.offset_seconds.unwrap_or(0)).ok()?;
        offset.to_timestamp(DateTime::from_parts(date, time)).ok()
    }
}

/// Splits a leading `2003-12-31`, `2003/12/31`, `20031231`, `2003-12`, `2003-335` (day of year),
/// `2003`, `31/12/2003` or, with a first number over 12 second, `12/31/2003`.
fn split_numeric_date(text: &str) -> Option<((i16, i8, i8), &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '/' | '.' | '年' | '月'))
        .unwrap_or(text.len());
    let (head, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    let mut parts = head
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next(), parts.next());
    let number = |text: &str| text.parse::<i16>().ok();
    let small = |text: &str| text.parse::<i8>().ok();
    let date = match (first.len(), second, third) {
        (4, Some(month), Some(day)) => (number(first)?, small(month)?, small(day)?),
        (4, Some(day), None) if day.len() == 3 => {
            let start = Date::new(number(first)?, 1, 1).ok()?;
            let day = start
                .checked_add(jiff::Span::new().days(i64::from(number(day)?) - 1))
                .ok()?;
            (day.year(), day.month(), day.day())
        }
        (4, Some(month), None) => (number(first)?, small(month)?, 1),
        (4, None, None) if rest.is_empty() => (number(first)?, 1, 1),
        (8, None, None) => (
            number(first.get(..4)?)?,
            small(first.get(4..6)?)?,
            small(first.get(6..)?)?,
        ),
        (1 | 2, Some(second), Some(year)) if year.len() == 4 => {
            let (first, second) = (small(first)?, small(second)?);
            let (day, month) = if second > 12 {
                (second, first)
            } else {
                (first, second)
            };
            (number(year)?, month, day)
        }
        _ => return None,
    };
    Some((date, rest))
}

/// `+0100`, `-01:00`, `+01`, `GMT+1`.
fn numeric_offset(word: &str) -> Option<i32> {
    let word = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        3 | 4 => {
            let (hours, minutes) = digits.split_at_checked(digits.len() - 2)?;
            (hours.parse().ok()?, minutes.parse().ok()?)
        }
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The month that a word names, in English or another language of many feeds.
fn month(word: &str) -> Option<i8> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "янв", "ene", "gen", "ιαν", "ιαν"],
        &["feb", "fév", "fev", "фев", "φεβ"],
        &["mar", "mär", "mrz", "maa", "мар", "μάρ", "μαρ"],
        &["apr", "avr", "abr", "апр", "απρ"],
        &[
            "may", "mai", "maj", "mag", "mei", "мая", "май", "μάι", "μαϊ",
        ],
        &["jun", "giu", "juin", "июн", "ιούν", "ιουν"],
        &["jul", "lug", "juil", "июл", "ιούλ", "ιουλ"],
        &["aug", "aoû", "aou", "ago", "авг", "αύγ", "αυγ"],
        &["sep", "set", "сен", "σεπ"],
        &["oct", "okt", "ott", "out", "окт", "οκτ"],
        &["nov", "ноя", "νοέ", "νοε"],
        &["dec", "dez", "dic", "déc", "дек", "δεκ"],
    ];
    let word = word.to_lowercase();
    // Longer stems first, as "juin" and "juil" share three letters with no other month's stem.
    let place = MONTHS
        .iter()
        .position(|stems| stems.iter().any(|stem| word.starts_with(stem)))?;
    i8::try_from(place + 1).ok()
}

/// Quarter hours east of UTC for a zone's letters.
fn zone_hours_times_4(word: &str) -> Option<i32> {
    let quarters = match word.to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "EST" | "CDT" => -20,
        "EDT" | "AST" => -16,
        "CST" | "MDT" => -24,
        "MST" | "PDT" => -28,
        "PST" | "AKDT" => -32,
        "AKST" => -36,
        "HST" => -40,
        "BST" | "CET" | "MET" | "WEST" => 4,
        "CEST" | "EET" | "MEST" => 8,
        "EEST" | "MSK" => 12,
        "IST" => 22,
        "ICT" | "WIB" => 28,
        "HKT" | "SGT" | "PHT" => 32,
        "JST" | "KST" => 36,
        "AEST" => 40,
        "AEDT" => 44,
        _ => return None,
    };
    Some(quarters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let read = parse_date(text).map(|timestamp| timestamp.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    #[test]
    fn the_forms_of_the_standards_are_read() {
        check("2003-12-31T10:14:55Z", Some("2003-12-31T10:14:55Z"));
        check("2003-12-31T10:14:55+0800", Some("2003-12-31T02:14:55Z"));
        check(
            "Thu, 01 Jan 2004 19:48:21 GMT",
            Some("2004-01-01T19:48:21Z"),
        );
        check("Thu, 1 Jan 04 19:48 EST", Some("2004-01-02T00:48:00Z"));
        check("Thu Jan  1 19:48:21 2004", Some("2004-01-01T19:48:21Z"));
        check("20031231", Some("2003-12-31T00:00:00Z"));
        check("2003-335", Some("2003-12-01T00:00:00Z"));
        check("2003-12", Some("2003-12-01T00:00:00Z"));
        check("2003", Some("2003-01-01T00:00:00Z"));
    }

    #[test]
    fn the_usual_mistakes_are_read() {
        check("2004-01-01 19:48:21", Some("2004-01-01T19:48:21Z"));
        check(
            "Thurs, January 1st, 2004 7:48 pm",
            Some("2004-01-01T19:48:00Z"),
        );
        check(
            "jeudi 01 juillet 2004 19:48:21 +0200",
            Some("2004-07-01T17:48:21Z"),
        );
        check(
            "Mon, 31 Dec 2001 24:00:00 +0000",
            Some("2002-01-01T00:00:00Z"),
        );
        check("2004년", None);
    }

    #[test]
    fn dates_outside_sense_are_clamped() {
        let check = |text: &str, expected: &str| {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(read_date(text), Some(ReadDate::Clamped(expected)), "{text}");
        };
        check("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
        check("Mon, 01 Jan 1900 00:00:00 GMT", "1970-01-01T00:00:00Z");
        check("9999-12-31T23:59:59Z", "2100-12-31T23:59:59Z");
        check("Fri, 01 Jan 2106 00:00:00 GMT", "2100-12-31T23:59:59Z");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "Tue, 99 Foo 99999999999 99:99:99 GMT",
            "0000-00-00",
            "9999999999-01-01T00:00:00Z",
            "-0001-11-30T00:00:00+00:00",
            "é",
            "١٢٣ ٤٥",
            "",
            "+",
            "9999-01-01",
        ] {
            check(text, None);
        }
    }
}
