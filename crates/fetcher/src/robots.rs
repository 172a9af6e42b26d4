//! robots.txt: fetched once a day per origin, and obeyed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use robotxt::{AccessResult, Agent, Robots, robots_url};
use tokio::{sync::Mutex as AsyncMutex, time::Instant};
use url::Url;

use crate::{
    client::{ACCEPT_TEXT, Answer, AnyHop, Client, HopCheck, Request},
    fault::Fault,
};

/// The name that robots.txt files know us by.
const AGENT: &str = "onrecord";
/// RFC 9309 asks to use no copy for longer than a day.
const KEEP_FOR: Duration = Duration::from_hours(24);
/// How soon an unreachable file is tried again.
const RETRY_AFTER: Duration = Duration::from_mins(30);
/// Larger files are not read; of smaller ones the parser reads the first 500 KiB (RFC 9309).
const MAX_BYTES: usize = 8 << 20;
/// Origins kept before expired ones are forgotten.
const PRUNE_ABOVE: usize = 4096;

/// The rules of all origins met so far.
#[derive(Debug, Default)]
pub(crate) struct RobotsCache {
    origins: Mutex<HashMap<String, Slot>>,
}

/// One origin's rules; the lock is held while they are fetched, so that they are fetched once.
type Slot = Arc<AsyncMutex<Option<Rules>>>;

#[derive(Clone, Debug)]
struct Rules {
    robots: Arc<Robots>,
    is_reachable: bool,
    expires: Instant,
}

/// Refuses the hops that robots.txt forbids.
pub(crate) struct ObeyRobots<'a> {
    pub(crate) cache: &'a RobotsCache,
    pub(crate) client: &'a Client,
    pub(crate) when_unreachable: WhenUnreachable,
}

/// What to do where robots.txt cannot be had for a fault of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenUnreachable {
    /// As RFC 9309 asks for crawlers: request nothing.
    Refuse,
    /// Go on: the user asked for this one address by name, and only a rule can forbid it.
    Allow,
}

/// Whether a robots.txt of these bytes lets us fetch an address.
pub fn robots_allow(bytes: &[u8], url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let rules = rules_of(AccessResult::Successful(bytes));
        rules.robots.is_url_allowed(&url)
    })
}

impl HopCheck for ObeyRobots<'_> {
    async fn check(&self, url: &Url) -> Result<(), Fault> {
        // An origin that is no web address has no robots.txt; the client refuses it itself.
        let Ok(robots_url) = robots_url(url) else {
            return Ok(());
        };
        let rules = self.cache.rules(&robots_url, self.client).await;
        if !rules.is_reachable {
            return match self.when_unreachable {
                WhenUnreachable::Allow => Ok(()),
                WhenUnreachable::Refuse => {
                    Err(Fault::Robots(format!("{robots_url} cannot be reached")))
                }
            };
        }
        if rules.robots.is_url_allowed(url) {
            return Ok(());
        }
        Err(Fault::Robots(robots_url.to_string()))
    }
}

impl ObeyRobots<'_> {
    /// What robots.txt says of an address, in words.
    pub(crate) async fn in_words(&self, url: &Url) -> String {
        let Ok(robots_url) = robots_url(url) else {
            return "the address has no robots.txt".to_owned();
        };
        let rules = self.cache.rules(&robots_url, self.client).await;
        match (rules.is_reachable, self.when_unreachable) {
            (false, WhenUnreachable::Allow) => {
                format!("{robots_url} cannot be reached; a feed is polled all the same")
            }
            (false, WhenUnreachable::Refuse) => format!("{robots_url} cannot be reached"),
            (true, _) if rules.robots.is_url_allowed(url) => {
                format!("{robots_url} does not forbid it")
            }
            (true, _) => format!("{robots_url} forbids it"),
        }
    }

    /// The sitemaps that the site's robots.txt names.
    pub(crate) async fn sitemaps(&self, site: &Url) -> Vec<String> {
        let Ok(robots_url) = robots_url(site) else {
            return Vec::new();
        };
        let rules = self.cache.rules(&robots_url, self.client).await;
        let sitemaps = rules.robots.sitemaps().iter();
        sitemaps.map(ToString::to_string).collect()
    }
}

impl RobotsCache {
    async fn rules(&self, robots_url: &Url, client: &Client) -> Rules {
        let slot = self.slot(robots_url);
        let mut rules = slot.lock().await;
        if let Some(rules) = rules
            .as_ref()
            .filter(|rules| rules.expires > Instant::now())
        {
            return rules.clone();
        }
        let fetched = fetch(robots_url, client).await;
        *rules = Some(fetched.clone());
        fetched
    }

    fn slot(&self, robots_url: &Url) -> Slot {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.len() > PRUNE_ABOVE {
            let now = Instant::now();
            origins.retain(|_, slot| {
                let expired = slot
                    .try_lock()
                    .is_ok_and(|rules| rules.as_ref().is_none_or(|rules| rules.expires <= now));
                Arc::strong_count(slot) > 1 || !expired
            });
        }
        Arc::clone(origins.entry(robots_url.to_string()).or_default())
    }
}

async fn fetch(robots_url: &Url, client: &Client) -> Rules {
    let request = Request {
        url: robots_url,
        accept: ACCEPT_TEXT,
        user_agent: None,
        headers: Vec::new(),
    };
    let answer = client.get(&request, &AnyHop).await;
    // Up to some megabytes are decompressed and parsed: not on an async thread.
    let rules = tokio::task::spawn_blocking(move || read_rules(answer)).await;
    rules.unwrap_or_else(|_| rules_of(AccessResult::Unreachable))
}

fn read_rules(answer: Result<Answer, Fault>) -> Rules {
    let mut body = Vec::new();
    rules_of(match answer {
        Ok(answer) => read(answer, &mut body),
        Err(Fault::TooManyRedirects(_) | Fault::BadRedirect(_)) => AccessResult::TooManyRedirects,
        Err(_) => AccessResult::Unreachable,
    })
}

fn rules_of(access: AccessResult<'_>) -> Rules {
    let is_reachable = access != AccessResult::Unreachable;
    let keep_for = if is_reachable { KEEP_FOR } else { RETRY_AFTER };
    Rules {
        robots: Arc::new(Robots::from_access(access, Agent::Exact(AGENT))),
        is_reachable,
        expires: Instant::now() + keep_for,
    }
}

fn read(mut answer: Answer, body: &mut Vec<u8>) -> AccessResult<'_> {
    match answer.status {
        200..300 => match answer.take_body(MAX_BYTES) {
            Ok(decoded) => {
                *body = decoded.bytes;
                AccessResult::Successful(body)
            }
            // What cannot be read at all has no rules.
            Err(_) => AccessResult::Unavailable,
        },
        // Too many requests is the server's trouble of the moment, not the lack of a file.
        429 | 500.. => AccessResult::Unreachable,
        _ => AccessResult::Unavailable,
    }
}
