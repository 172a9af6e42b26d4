//! Quiet hours in a time zone.

use jiff::{Timestamp, Zoned, civil::Time, civil::Weekday, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Quiet hours that follow on each other are passed this often at most: a week of days.
const MAX_STEPS: usize = 8;

/// A part of the day, on some days, in which nothing is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First minute, such as `22:00`.
    pub from: Time,
    /// First minute after; of the next day where it is not later than `from`.
    pub to: Time,
    /// IANA name of the time zone, such as `Asia/Phnom_Penh`.
    pub zone: String,
    /// The days on which they begin; every day where none is given.
    #[serde(default)]
    pub days: Vec<Day>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl QuietHours {
    /// The time zone.
    ///
    /// # Errors
    /// Where the system knows no such zone.
    pub(super) fn time_zone(&self) -> Result<TimeZone, jiff::Error> {
        TimeZone::get(&self.zone)
    }

    /// When the quiet hours that hold at this time end.
    fn end(&self, now: &Zoned) -> Option<Timestamp> {
        // Those that began today, or yesterday and go over midnight.
        let today = now.date();
        let starts = [Some(today), today.yesterday().ok()];
        starts.into_iter().flatten().find_map(|day| {
            let is_their_day =
                self.days.is_empty() || self.days.iter().any(|d| d.weekday() == day.weekday());
            let last = if self.to > self.from {
                day
            } else {
                day.tomorrow().ok()?
            };
            let zone = now.time_zone();
            let begin = day.to_datetime(self.from).to_zoned(zone.clone()).ok()?;
            let end = last.to_datetime(self.to).to_zoned(zone.clone()).ok()?;
            (is_their_day && begin <= *now && *now < end).then(|| end.timestamp())
        })
    }
}

impl Day {
    const fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}

/// When all quiet hours that hold now are over; `None` where none does.
pub(super) fn quiet_until(hours: &[(QuietHours, TimeZone)], now: Timestamp) -> Option<Timestamp> {
    let mut time = now;
    for _ in 0..MAX_STEPS {
        let ends = hours
            .iter()
            .filter_map(|(hours, zone)| hours.end(&time.to_zoned(zone.clone())));
        match ends.max() {
            Some(end) => time = end,
            None => break,
        }
    }
    (time > now).then_some(time)
}
