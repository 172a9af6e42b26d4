//! Why a request or a poll failed, with a stable code and plain words.

use std::{error::Error as StdError, io};

use address::AddressError;
use model::FeedFault;
use thiserror::Error;

use crate::ParseFeedError;

/// Why a request or a poll failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// The host name has no address.
    #[error("{0}")]
    Dns(String),
    /// The host leads to an address that may not be dialled.
    #[error("{0}")]
    BlockedAddress(String),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// No secure connection.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// No whole answer in time.
    #[error("no answer within {0} seconds")]
    Timeout(u64),
    /// The connection broke or did not speak HTTP.
    #[error("the connection broke: {0}")]
    Interrupted(String),
    /// An answer that is neither a document nor a redirect.
    #[error("{}", status_in_words(*.0))]
    Http(u16),
    /// A page that wants to see a browser.
    #[error("the server shows a challenge page for browsers (status {0})")]
    Challenge(u16),
    /// Redirects without end.
    #[error("more than {0} redirects")]
    TooManyRedirects(usize),
    /// A redirect that leads nowhere.
    #[error("a redirect leads to what is no web address: {0:?}")]
    BadRedirect(String),
    /// robots.txt forbids it.
    #[error("robots.txt forbids it: {0}")]
    Robots(String),
    /// Nothing in the body.
    #[error("the answer is empty")]
    Empty,
    /// Over a limit.
    #[error("the {what} is larger than {limit_bytes} bytes")]
    TooLarge {
        /// What: the compressed or the whole body.
        what: &'static str,
        /// The limit.
        limit_bytes: usize,
    },
    /// The body's compression cannot be undone.
    #[error("the answer cannot be decompressed: {0}")]
    Coding(String),
    /// Something else than a feed.
    #[error("{0}")]
    NotAFeed(String),
    /// Neither a feed nor a page.
    #[error("{0}")]
    Unparsable(String),
    /// Another configured feed leads to the same document.
    #[error("leads to the same address as the feed {0}, which is polled instead")]
    Duplicate(String),
    /// The URL cannot be requested.
    #[error("not a web address: {0}")]
    BadUrl(String),
}

impl Fault {
    /// A stable code for records, metrics and filters.
    pub fn code(&self) -> String {
        let code = match self {
            Self::Dns(_) => "dns",
            Self::BlockedAddress(_) => "blocked_address",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout(_) => "timeout",
            Self::Interrupted(_) => "interrupted",
            Self::Http(status) => return format!("http_{status}"),
            Self::Challenge(_) => "challenge",
            Self::TooManyRedirects(_) => "too_many_redirects",
            Self::BadRedirect(_) => "bad_redirect",
            Self::Robots(_) => "robots",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::Coding(_) => "bad_compression",
            Self::NotAFeed(_) => "not_a_feed",
            Self::Unparsable(_) => "unparsable",
            Self::Duplicate(_) => "duplicate",
            Self::BadUrl(_) => "bad_url",
        };
        code.to_owned()
    }

    /// Whether the request bothered no server.
    pub(crate) fn reached_no_server(&self) -> bool {
        matches!(self, Self::Dns(_) | Self::Connect(_))
    }

    /// As it stands in a feed's health.
    pub(crate) fn to_record(&self) -> FeedFault {
        FeedFault {
            code: self.code(),
            reason: self.to_string(),
        }
    }

    /// From what the HTTP client reports; `timeout_seconds` is what the request was given.
    pub(crate) fn from_request_error(error: &reqwest::Error, timeout_seconds: u64) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        let mut last = error.to_string();
        while let Some(current) = cause {
            if let Some(address) = current.downcast_ref::<AddressError>() {
                return match address {
                    AddressError::LookUp { .. } => Self::Dns(address.to_string()),
                    AddressError::Blocked { .. } => Self::BlockedAddress(address.to_string()),
                };
            }
            // An io::Error hides the error that it wraps from `source`.
            let inner = current
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            let tls = inner
                .and_then(|inner| inner.downcast_ref::<rustls::Error>())
                .or_else(|| current.downcast_ref::<rustls::Error>());
            if let Some(tls) = tls {
                return Self::Tls(tls.to_string());
            }
            last = current.to_string();
            cause = inner
                .map(|inner| inner as &(dyn StdError + 'static))
                .or_else(|| current.source());
        }
        if error.is_timeout() {
            Self::Timeout(timeout_seconds)
        } else if error.is_connect() {
            Self::Connect(last)
        } else {
            Self::Interrupted(last)
        }
    }
}

impl From<AddressError> for Fault {
    fn from(error: AddressError) -> Self {
        Self::BlockedAddress(error.to_string())
    }
}

impl From<ParseFeedError> for Fault {
    fn from(error: ParseFeedError) -> Self {
        match error {
            ParseFeedError::Empty => Self::Empty,
            ParseFeedError::TooLarge { limit_bytes, .. } => Self::TooLarge {
                what: "document",
                limit_bytes,
            },
            ParseFeedError::NotAFeed { ref discovered, .. } => {
                let advice = match discovered.first() {
                    Some(url) => format!("; it links to the feed {url}"),
                    None => "; it links to no feed".to_owned(),
                };
                Self::NotAFeed(format!("{error}{advice}"))
            }
            ParseFeedError::Unreadable { .. } => Self::Unparsable(error.to_string()),
        }
    }
}

fn status_in_words(status: u16) -> String {
    let words = match status {
        401 => "the server wants a password (401)",
        402 => "the server wants payment (402)",
        403 => "the server refuses us (403)",
        404 => "there is nothing at this address (404)",
        410 => "the server says that it is gone for good (410)",
        429 => "the server says that we ask too often (429)",
        451 => "the server may not show it for legal reasons (451)",
        500..=599 => return format!("the server has a fault of its own ({status})"),
        _ => return format!("the server answers with status {status}"),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable() {
        assert_eq!(Fault::Http(404).code(), "http_404");
        assert_eq!(Fault::Timeout(20).code(), "timeout");
        assert_eq!(
            Fault::Http(503).to_string(),
            "the server has a fault of its own (503)"
        );
    }

    #[test]
    fn a_page_in_place_of_a_feed_names_the_feed_it_links_to() {
        let fault = Fault::from(ParseFeedError::NotAFeed {
            html_title: Some("News".into()),
            discovered: vec!["https://news.example/rss".into()],
        });
        assert_eq!(fault.code(), "not_a_feed");
        assert!(
            fault.to_string().contains("https://news.example/rss"),
            "{fault}"
        );
    }
}
