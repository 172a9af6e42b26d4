//! How the fetcher behaves; every key has a default.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use model::{PagePolicy, RobotsPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::AddressBlock;

/// How the fetcher behaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where a publisher can reach you: a web or mail address, sent in the user agent.
    pub contact: String,
    /// Where articles take their text from; a feed may differ.
    pub pages: PagePolicy,
    /// Whether robots.txt counts for feeds (for pages it always does); a feed may differ.
    pub robots: RobotsPolicy,
    /// Time between polls of a feed whose rhythm is not known yet.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub interval: Duration,
    /// Shortest time between polls, also where a feed asks for less.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub min_interval: Duration,
    /// Longest time between polls that a feed's own rhythm can bring about.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub max_interval: Duration,
    /// Most that is granted where a server asks to wait (Cache-Control, Retry-After, ttl, …).
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub max_requested_wait: Duration,
    /// Longest time between tries of a failing feed; tries never end.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub max_backoff: Duration,
    /// Random part of each wait, in per cent (0 to 50), so that polls do not bunch.
    pub jitter_percent: u8,
    /// Polls in flight at once.
    pub concurrency: usize,
    /// Requests in flight at once to one host.
    pub host_concurrency: usize,
    /// Requests to one host that need not wait for each other.
    pub host_burst: u32,
    /// Time between further requests to one host.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub host_spacing: Duration,
    /// Longest wait for a connection, name look-up and TLS included.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub connect_timeout: Duration,
    /// Longest time for one request, redirects and body included.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub request_timeout: Duration,
    /// Redirects followed in one request.
    pub max_redirects: usize,
    /// Largest body accepted as sent, that is compressed.
    pub max_compressed_bytes: usize,
    /// Largest feed document.
    pub max_feed_bytes: usize,
    /// Largest article page.
    pub max_page_bytes: usize,
    /// A page whose text is shorter, in characters, is not taken for an article.
    pub min_page_characters: usize,
    /// Items remembered per feed beyond those in its last document.
    pub seen_items: usize,
    /// Items that were published longer ago than this when their feed was first watched are
    /// history: they are read, but alert no one.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub backfill_older_than: Duration,
    /// How often a feed is fetched whole, to catch a server that says "unchanged" for ever.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub full_fetch_interval: Duration,
    /// How often the state of a feed without news is written.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub cursor_interval: Duration,
    /// Polls in a row that a permanent redirect must be seen in before its target is taken over.
    pub redirect_sightings: u32,
    /// Ages at which an article's page is looked at again for changes, such as `["1h", "24h"]`.
    pub revisit_after: Vec<RevisitAge>,
    /// Private, loopback or otherwise closed addresses that may be fetched from: `127.0.0.1` or
    /// `10.1.0.0/16`. All others are refused, whatever a feed, page or redirect says.
    pub allow_addresses: Vec<AddressBlock>,
    /// Further root certificates (PEM files) besides those of the system.
    pub root_certificates: Vec<PathBuf>,
    /// How hubs may push feeds.
    pub websub: WebSubConfig,
}

/// How hubs may push feeds (`WebSub`): news then comes without waiting for the next poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebSubConfig {
    /// The public address of the endpoint, under which hubs reach it; empty for none, and no hub
    /// is then asked. Each fetcher instance needs one of its own.
    pub callback: String,
    /// Where the endpoint listens.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// How long a subscription is to hold, at most 14 days; it is renewed before its end.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub lease: Duration,
}

/// An age at which a page is looked at again.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct RevisitAge(
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub Duration,
);

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

impl Default for WebSubConfig {
    fn default() -> Self {
        Self {
            callback: String::new(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9097)),
            lease: 10 * DAY,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            contact: "https://github.com/onrecord/onrecord".into(),
            pages: PagePolicy::Fetch,
            robots: RobotsPolicy::Obey,
            interval: 5 * MINUTE,
            min_interval: MINUTE,
            max_interval: HOUR,
            max_requested_wait: DAY,
            max_backoff: 4 * HOUR,
            jitter_percent: 10,
            concurrency: 32,
            host_concurrency: 2,
            host_burst: 5,
            host_spacing: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(20),
            max_redirects: 8,
            max_compressed_bytes: 8 << 20,
            max_feed_bytes: 32 << 20,
            max_page_bytes: 8 << 20,
            min_page_characters: 200,
            seen_items: 500,
            backfill_older_than: DAY,
            full_fetch_interval: DAY,
            cursor_interval: HOUR,
            redirect_sightings: 3,
            revisit_after: vec![RevisitAge(HOUR), RevisitAge(DAY), RevisitAge(7 * DAY)],
            allow_addresses: Vec::new(),
            root_certificates: Vec::new(),
            websub: WebSubConfig::default(),
        }
    }
}

impl Config {
    /// What is wrong with the values, each as `key: reason`; empty where all is well.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut require = |holds: bool, mistake: &str| {
            if !holds {
                mistakes.push(mistake.to_owned());
            }
        };
        require(
            !self.contact.chars().any(char::is_control),
            "contact: has a control character",
        );
        require(
            !self.min_interval.is_zero(),
            "min_interval: must be over zero",
        );
        require(
            self.min_interval <= self.max_interval,
            "max_interval: is below min_interval",
        );
        require(
            self.jitter_percent <= 50,
            "jitter_percent: must be 50 or less",
        );
        require(self.concurrency > 0, "concurrency: must be over zero");
        require(
            self.host_concurrency > 0,
            "host_concurrency: must be over zero",
        );
        require(
            (1..=1000).contains(&self.host_burst),
            "host_burst: must be between 1 and 1000",
        );
        require(
            self.host_spacing <= HOUR,
            "host_spacing: must be an hour or less",
        );
        require(
            !self.connect_timeout.is_zero(),
            "connect_timeout: must be over zero",
        );
        require(
            !self.request_timeout.is_zero(),
            "request_timeout: must be over zero",
        );
        require(
            self.redirect_sightings > 0,
            "redirect_sightings: must be over zero",
        );
        require(
            self.websub.callback.is_empty() || is_web_address(&self.websub.callback),
            "websub.callback: is no web address",
        );
        require(
            self.websub.lease >= HOUR,
            "websub.lease: must be an hour or more",
        );
        mistakes
    }

    /// The user agent: the program, its version and the contact.
    pub(crate) fn user_agent(&self) -> String {
        let program = concat!("onrecord/", env!("CARGO_PKG_VERSION"));
        if self.contact.is_empty() {
            program.to_owned()
        } else {
            format!("{program} (+{})", self.contact)
        }
    }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_have_no_mistakes() {
        assert_eq!(Config::default().mistakes(), Vec::<String>::new());
    }

    #[test]
    fn durations_are_written_for_people() {
        let json = serde_json::to_value(Config::default()).unwrap();
        assert_eq!(json["interval"], "5m");
        assert_eq!(json["revisit_after"][0], "1h");
        let config: Config =
            serde_json::from_str(r#"{"interval":"90s","allow_addresses":["127.0.0.1"]}"#).unwrap();
        assert_eq!(config.interval, Duration::from_secs(90));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(serde_json::from_str::<Config>(r#"{"intervall":"90s"}"#).is_err());
    }

    #[test]
    fn the_user_agent_names_program_and_contact() {
        let config = Config {
            contact: "desk@news.example".into(),
            ..Config::default()
        };
        assert!(config.user_agent().starts_with("onrecord/"));
        assert!(config.user_agent().ends_with(" (+desk@news.example)"));
    }
}
