//! One request: redirects followed by us, every hop checked, every size and time bounded.

use std::time::Duration;

use address::AddressGuard;
use reqwest::{
    Response,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION,
        CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT,
    },
    redirect::Policy,
};
use tokio::time::{Instant, timeout};
use url::Url;

use crate::{
    Config, FeedContext, SetUpError,
    content_coding::{self, Decoded},
    fault::Fault,
    freshness,
    host_gate::{HostGates, HostLimits},
    tls,
};

/// What a feed request accepts, best first.
pub(crate) const ACCEPT_FEED: &str = "application/atom+xml, application/rss+xml, \
    application/feed+json, application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.8, \
    */*;q=0.5";
/// What a page request accepts.
pub(crate) const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml, */*;q=0.1";
/// What a request for robots.txt accepts.
pub(crate) const ACCEPT_TEXT: &str = "text/plain, */*;q=0.5";

/// The HTTP client of all polls, pages and robots.txt files.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    guard: AddressGuard,
    gates: HostGates,
    user_agent: String,
    request_timeout: Duration,
    max_redirects: usize,
    max_compressed_bytes: usize,
}

/// One request as we want it sent.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) url: &'a Url,
    pub(crate) accept: &'static str,
    pub(crate) user_agent: Option<&'a str>,
    /// Sent as they are: validators must go out exactly as they came.
    pub(crate) headers: Vec<(HeaderName, &'a str)>,
}

/// The answer that is no redirect.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// As sent, that is compressed.
    pub(crate) body: Vec<u8>,
    /// False where the connection broke before the end of the body.
    pub(crate) is_complete: bool,
    /// Where it was found.
    pub(crate) url: Url,
    /// Whether every redirect on the way was a permanent one (301, 308); false without any.
    pub(crate) moved_for_good: bool,
}

/// A redirect on the way to an answer.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    pub(crate) from: Url,
    pub(crate) status: u16,
    pub(crate) to: Url,
}

/// What one hop brought.
enum Hop {
    Answer(Answer),
    Redirect(Redirect),
}

impl Redirect {
    const fn is_permanent(&self) -> bool {
        matches!(self.status, 301 | 308)
    }
}

/// May say no to a hop before it is requested.
pub(crate) trait HopCheck: Sync {
    fn check(&self, url: &Url) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Lets every hop pass.
pub(crate) struct AnyHop;

impl HopCheck for AnyHop {
    async fn check(&self, _: &Url) -> Result<(), Fault> {
        Ok(())
    }
}

impl Client {
    pub(crate) fn new(config: &Config) -> Result<Self, SetUpError> {
        let guard = AddressGuard::new(&config.allow_addresses, "fetcher.allow_addresses");
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(&config.root_certificates)?)
            // The guard looks at what is dialled: a proxy would dial for us, unseen.
            .no_proxy()
            .dns_resolver(guard.clone())
            .redirect(Policy::none())
            .connect_timeout(config.connect_timeout)
            // Feeds of one host are polled minutes apart: connections are not worth keeping long.
            .pool_idle_timeout(Duration::from_secs(15))
            .pool_max_idle_per_host(config.host_concurrency)
            .build()
            .map_err(|error| SetUpError::Client(error.to_string()))?;
        Ok(Self {
            http,
            guard,
            gates: HostGates::new(HostLimits {
                concurrency: config.host_concurrency,
                burst: config.host_burst,
                spacing: config.host_spacing,
            }),
            user_agent: config.user_agent(),
            request_timeout: config.request_timeout,
            max_redirects: config.max_redirects,
            max_compressed_bytes: config.max_compressed_bytes,
        })
    }

    /// Requests a URL and follows redirects, each hop checked by the guard and by `check`.
    ///
    /// The time limit counts the requests alone, not the wait for a turn at the host.
    pub(crate) async fn get(
        &self,
        request: &Request<'_>,
        check: &impl HopCheck,
    ) -> Result<Answer, Fault> {
        self.get_noting(request, check, &mut Vec::new()).await
    }

    /// As [`get`](Self::get), with the redirects noted, also where the request fails.
    pub(crate) async fn get_noting(
        &self,
        request: &Request<'_>,
        check: &impl HopCheck,
        redirects: &mut Vec<Redirect>,
    ) -> Result<Answer, Fault> {
        let mut url = request.url.clone();
        let mut moved_for_good = true;
        let mut remaining = self.request_timeout;
        for hops in 0..=self.max_redirects {
            check.check(&url).await?;
            self.guard.check_literal(&url)?;
            let permit = self.gates.enter(url.host_str().unwrap_or_default()).await;
            let started = Instant::now();
            let hop = timeout(remaining, self.send(&url, request)).await;
            let hop = hop.map_err(|_| self.timed_out())??;
            drop(permit);
            remaining = remaining.saturating_sub(started.elapsed());
            match hop {
                Hop::Answer(answer) => {
                    return Ok(Answer {
                        moved_for_good: moved_for_good && hops > 0,
                        ..answer
                    });
                }
                Hop::Redirect(redirect) => {
                    moved_for_good &= redirect.is_permanent();
                    url = redirect.to.clone();
                    redirects.push(redirect);
                }
            }
        }
        Err(Fault::TooManyRedirects(self.max_redirects))
    }

    /// The user agent of requests that have none of their own.
    pub(crate) fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// Posts a form, to an address that is checked like all others; what is answered does not
    /// matter where the status is a success. Redirects are not followed.
    pub(crate) async fn post_form(&self, url: &Url, form: String) -> Result<(), Fault> {
        self.guard.check_literal(url)?;
        let permit = self.gates.enter(url.host_str().unwrap_or_default()).await;
        let request = self
            .http
            .post(url.clone())
            .header(USER_AGENT, &self.user_agent)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let sent = timeout(self.request_timeout, request.send()).await;
        drop(permit);
        let response = sent.map_err(|_| self.timed_out())?;
        let status = response.map_err(|error| self.fault(&error))?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(Fault::Http(status.as_u16()))
        }
    }

    async fn send(&self, url: &Url, request: &Request<'_>) -> Result<Hop, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
        headers.insert(
            ACCEPT_ENCODING,
            HeaderValue::from_static(content_coding::ACCEPT_ENCODING),
        );
        let user_agent = request.user_agent.unwrap_or(&self.user_agent);
        if let Ok(value) = HeaderValue::from_str(user_agent) {
            headers.insert(USER_AGENT, value);
        }
        for (name, value) in &request.headers {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name.clone(), value);
            }
        }
        let sent = self.http.get(url.clone()).headers(headers).send().await;
        let response = sent.map_err(|error| self.fault(&error))?;
        let status = response.status().as_u16();
        if matches!(status, 301 | 302 | 303 | 307 | 308)
            && let Some(location) = response.headers().get(LOCATION)
        {
            return Ok(Hop::Redirect(Redirect {
                from: url.clone(),
                status,
                to: redirect_target(url, location)?,
            }));
        }
        self.read_body(response, url).await.map(Hop::Answer)
    }

    async fn read_body(&self, mut response: Response, url: &Url) -> Result<Answer, Fault> {
        let too_large = Fault::TooLarge {
            what: "compressed document",
            limit_bytes: self.max_compressed_bytes,
        };
        let limit = u64::try_from(self.max_compressed_bytes).unwrap_or(u64::MAX);
        if response
            .content_length()
            .is_some_and(|length| length > limit)
        {
            return Err(too_large);
        }
        let mut body = Vec::new();
        let mut is_complete = true;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if body.is_empty() => return Err(self.fault(&error)),
                // What came before the break is worth reading; the caller is told.
                Err(_) => {
                    is_complete = false;
                    break;
                }
            }
            if body.len() > self.max_compressed_bytes {
                return Err(too_large);
            }
        }
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
            is_complete,
            url: url.clone(),
            moved_for_good: false,
        })
    }

    fn fault(&self, error: &reqwest::Error) -> Fault {
        Fault::from_request_error(error, self.request_timeout.as_secs())
    }

    fn timed_out(&self) -> Fault {
        Fault::Timeout(self.request_timeout.as_secs())
    }
}

impl Answer {
    /// A header as text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        freshness::text(&self.headers, name)
    }

    /// The media type in lower case, without parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.header(&CONTENT_TYPE)?;
        let media_type = value.split(';').next().unwrap_or_default().trim();
        Some(media_type.to_ascii_lowercase())
    }

    /// What is known of a feed document besides its bytes.
    pub(crate) fn feed_context(&self) -> FeedContext<'_> {
        FeedContext {
            url: self.url.as_str(),
            content_type: self.header(&CONTENT_TYPE),
            content_location: self.header(&CONTENT_LOCATION),
            content_language: self.header(&CONTENT_LANGUAGE),
        }
    }

    /// What the status says where it is not a success.
    pub(crate) fn fault(&self) -> Option<Fault> {
        if (200..300).contains(&self.status) {
            return None;
        }
        // Cloudflare marks its challenges; the header is documented for just this purpose.
        if self.headers.contains_key("cf-mitigated") {
            return Some(Fault::Challenge(self.status));
        }
        Some(Fault::Http(self.status))
    }

    /// Takes the body out, without its compression.
    pub(crate) fn take_body(&mut self, max_bytes: usize) -> Result<Decoded, Fault> {
        let body = std::mem::take(&mut self.body);
        let mut decoded = content_coding::decode(body, self.header(&CONTENT_ENCODING), max_bytes)?;
        decoded.is_complete &= self.is_complete;
        Ok(decoded)
    }
}

fn redirect_target(from: &Url, location: &HeaderValue) -> Result<Url, Fault> {
    // Raw UTF-8 in Location is common and read by all browsers.
    let text = String::from_utf8_lossy(location.as_bytes());
    let to = from.join(text.trim()).ok();
    to.filter(|to| matches!(to.scheme(), "http" | "https") && to.has_host())
        .ok_or_else(|| Fault::BadRedirect(text.chars().take(200).collect()))
}
