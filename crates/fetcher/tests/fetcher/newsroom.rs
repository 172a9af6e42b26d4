//! A local server whose answers a test sets, and which remembers what it was asked.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Response},
};
use tokio::runtime::Runtime;

/// A running server; it ends when it is dropped.
pub(crate) struct Newsroom {
    address: SocketAddr,
    desk: Arc<Desk>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Desk {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<Asked>>,
}

/// One answer, the same for each request of its path.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) delay: Duration,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Answer {
    pub(crate) fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn feed(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("application/rss+xml", body)
    }

    pub(crate) fn page(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("text/html; charset=utf-8", body)
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).with("location", to)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Newsroom {
    /// A newsroom at 127.0.0.1.
    pub(crate) fn open() -> Self {
        Self::open_at("127.0.0.1:0")
    }

    /// A newsroom that answers at every address of the loopback block, as many sites.
    pub(crate) fn open_many() -> Self {
        Self::open_at("0.0.0.0:0")
    }

    fn open_at(listen: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let desk = Arc::new(Desk::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&desk));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(listen))
            .unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            desk,
            _runtime: runtime,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// An address of the newsroom as site number `site`, from 1 on.
    pub(crate) fn url_of_site(&self, site: usize, path: &str) -> String {
        format!("http://127.0.0.{site}:{}{path}", self.address.port())
    }

    pub(crate) fn set(&self, path: &str, answer: Answer) {
        self.desk
            .answers
            .lock()
            .unwrap()
            .insert(path.into(), answer);
    }

    /// The requests for a path, in order.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        let asked = self.desk.asked.lock().unwrap();
        asked
            .iter()
            .filter(|asked| asked.path == path)
            .cloned()
            .collect()
    }
}

async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().to_string();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    desk.asked.lock().unwrap().push(Asked {
        path: path.clone(),
        headers: parts.headers,
        body: body.to_vec(),
        at: Instant::now(),
    });
    let answer = desk.answers.lock().unwrap().get(&path).cloned();
    let answer = answer.unwrap_or_else(|| Answer::status(404));
    tokio::time::sleep(answer.delay).await;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}

/// An RSS document with these items, newest first: guid, path of the page, title.
pub(crate) fn rss(base: &str, items: &[(&str, &str, &str)]) -> String {
    let written: Vec<String> = items
        .iter()
        .map(|(guid, path, title)| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><link>{base}{path}</link>\
                 <title>{title}</title><description>Summary of {title}.</description></item>"
            )
        })
        .collect();
    let written = written.concat();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Ostrava Daily</title>\
         <link>{base}/</link><description>News</description>{written}</channel></rss>"
    )
}

/// A page with enough text to be an article.
pub(crate) fn page(title: &str) -> String {
    let paragraph = format!(
        "<p>{title}: the minister of harbours said on Tuesday that the new quay of Port Ilmen \
         would open before the winter, and that the ferries to the islands would run twice a \
         day from then on, as the council had asked for in the spring.</p>"
    );
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><main>\
         <article><h1>{title}</h1>{}</article></main></body></html>",
        paragraph.repeat(4)
    )
}

/// A newsroom with two items and their pages.
pub(crate) fn two_items(newsroom: &Newsroom) -> String {
    let base = newsroom.url("");
    newsroom.set(
        "/rss",
        Answer::feed(rss(&base, &[("2", "/b", "Second"), ("1", "/a", "First")])),
    );
    newsroom.set("/a", Answer::page(page("First")));
    newsroom.set("/b", Answer::page(page("Second")));
    newsroom.url("/rss")
}
