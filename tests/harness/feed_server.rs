//! A publisher on loopback: pages and feeds with `ETag`, and a count of what was asked.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::runtime::Runtime;

/// What a publisher has under a path.
pub(crate) struct Page {
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

type Site = dyn Fn(&str) -> Option<Page> + Send + Sync;

/// A running publisher; it ends when dropped.
pub(crate) struct FeedServer {
    address: SocketAddr,
    requests: Arc<Mutex<BTreeMap<String, Requests>>>,
    _runtime: Runtime,
}

/// How a path was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    /// Answered with the page.
    pub(crate) full: usize,
    /// Answered with 304, since the asker had it.
    pub(crate) unchanged: usize,
}

#[derive(Clone)]
struct Publisher {
    site: Arc<Site>,
    requests: Arc<Mutex<BTreeMap<String, Requests>>>,
}

impl FeedServer {
    /// Serves what `site` has under each path; 404 where it has nothing.
    pub(crate) fn start(site: impl Fn(&str) -> Option<Page> + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1", site)
    }

    /// The same on another loopback address, as another site.
    pub(crate) fn start_on(
        host: &str,
        site: impl Fn(&str) -> Option<Page> + Send + Sync + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let publisher = Publisher {
            site: Arc::new(site),
            requests: Arc::default(),
        };
        let requests = publisher.requests.clone();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind((host, 0)))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(publisher);
        // Dropping the runtime ends the task.
        drop(runtime.spawn(async move { axum::serve(listener, router).await }));
        Self {
            address,
            requests,
            _runtime: runtime,
        }
    }

    /// The address of a path on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How a path was asked for so far.
    pub(crate) fn requests(&self, path: &str) -> Requests {
        let requests = self.requests.lock().unwrap();
        requests.get(path).copied().unwrap_or_default()
    }
}

async fn answer(State(publisher): State<Publisher>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let Some(page) = (publisher.site)(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = etag(&page.body);
    let is_known = is_known(request.headers(), &etag);
    {
        let mut requests = publisher.requests.lock().unwrap();
        let count = requests.entry(path).or_default();
        if is_known {
            count.unchanged += 1;
        } else {
            count.full += 1;
        }
    }
    if is_known {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let headers = [
        (header::ETAG, etag),
        (header::CONTENT_TYPE, page.content_type.to_owned()),
    ];
    (headers, page.body).into_response()
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let asked = headers.get(header::IF_NONE_MATCH);
    asked.is_some_and(|asked| asked.as_bytes() == etag.as_bytes())
}

fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
