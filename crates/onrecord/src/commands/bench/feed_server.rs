//! The bench's publisher: a local server of feeds and article pages, which notes who came when.

use std::{
    collections::HashMap,
    fmt::Write,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{Timestamp, fmt::rfc2822, tz::TimeZone};
use tokio::{runtime::Runtime, sync::watch};

use super::articles;

/// Loopback addresses that stand for different hosts, where the system has more than one.
const HOSTS: u8 = 100;

/// A running publisher; it closes when dropped.
pub(super) struct FeedServer {
    desk: Arc<Desk>,
    hosts: Vec<SocketAddr>,
    gate: watch::Sender<bool>,
    /// Serves; dropping it ends the server.
    _runtime: Runtime,
}

struct Desk {
    feeds: Mutex<Vec<Vec<Item>>>,
    /// When an answer first listed an article, by its number.
    listed: Mutex<HashMap<usize, Instant>>,
    polls: AtomicUsize,
    waiting: AtomicUsize,
    gate: watch::Receiver<bool>,
}

#[derive(Clone)]
struct Item {
    number: usize,
    url: String,
    published: Timestamp,
}

impl FeedServer {
    /// Opens a publisher of so many feeds, which answers none of them before
    /// [`open_gate`](Self::open_gate).
    ///
    /// # Errors
    /// Where the system gives no port or thread.
    pub(super) fn start(feeds: usize) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("publisher")
            .enable_all()
            .build()?;
        let (gate, opened) = watch::channel(false);
        let desk = Arc::new(Desk {
            feeds: Mutex::new(vec![Vec::new(); feeds]),
            listed: Mutex::default(),
            polls: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            gate: opened,
        });
        let router = Router::new()
            .route("/robots.txt", get(|| async { "User-agent: *\nAllow: /\n" }))
            .route("/{feed}/rss", get(rss))
            .route("/{feed}/{article}", get(page))
            .with_state(Arc::clone(&desk));
        let mut hosts = Vec::new();
        for host in 1..=HOSTS {
            // Only Linux has the whole of 127.0.0.0/8 without being asked for it.
            let listener = match TcpListener::bind((Ipv4Addr::new(127, 0, 0, host), 0)) {
                Ok(listener) => listener,
                Err(_) if !hosts.is_empty() => break,
                Err(error) => return Err(error),
            };
            hosts.push(listener.local_addr()?);
            listener.set_nonblocking(true)?;
            let router = router.clone();
            // The runtime owns the task and ends it.
            drop(runtime.spawn(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, router).await
            }));
        }
        Ok(Self {
            desk,
            hosts,
            gate,
            _runtime: runtime,
        })
    }

    /// Its list of feeds, in the form of `config/feeds.toml`, with what every entry also says.
    pub(super) fn feed_list(&self, more: &str) -> String {
        let mut list = String::new();
        for feed in 0..self.desk.lock_feeds().len() {
            let host = self.host_of(feed);
            push(
                &mut list,
                format_args!(
                    "[[feed]]\nurl = \"http://{host}/{feed}/rss\"\noutlet = \"Outlet {feed}\"\n\
                     language = \"en\"\n{more}\n"
                ),
            );
        }
        list
    }

    /// Publishes an article in a feed, counted round.
    pub(super) fn publish(&self, feed: usize, number: usize) {
        let mut feeds = self.desk.lock_feeds();
        let feed = feed % feeds.len().max(1);
        let item = Item {
            number,
            url: format!("http://{}/{feed}/{number}", self.host_of(feed)),
            published: Timestamp::now(),
        };
        if let Some(items) = feeds.get_mut(feed) {
            items.push(item);
        }
    }

    /// Answers from now on.
    pub(super) fn open_gate(&self) {
        self.gate.send_replace(true);
    }

    /// Requests that wait for the gate.
    pub(super) fn waiting(&self) -> usize {
        self.desk.waiting.load(Ordering::Relaxed)
    }

    /// Feeds answered so far.
    pub(super) fn polls(&self) -> usize {
        self.desk.polls.load(Ordering::Relaxed)
    }

    /// When an answer first listed the article.
    pub(super) fn listed_at(&self, number: usize) -> Option<Instant> {
        let listed = self.desk.listed.lock();
        let listed = listed.unwrap_or_else(PoisonError::into_inner);
        listed.get(&number).copied()
    }

    fn host_of(&self, feed: usize) -> SocketAddr {
        let host = self.hosts.get(feed % self.hosts.len().max(1));
        host.copied()
            .unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into())
    }
}

impl Desk {
    fn lock_feeds(&self) -> MutexGuard<'_, Vec<Vec<Item>>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait_for_gate(&self) {
        let mut gate = self.gate.clone();
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // It fails where the publisher is gone, and then nobody waits.
        gate.wait_for(|is_open| *is_open).await.ok();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    fn note_listed(&self, items: &[Item]) {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        for item in items {
            listed.entry(item.number).or_insert_with(Instant::now);
        }
    }
}

async fn rss(
    State(desk): State<Arc<Desk>>,
    Path(feed): Path<usize>,
    headers: HeaderMap,
) -> Response {
    desk.wait_for_gate().await;
    desk.polls.fetch_add(1, Ordering::Relaxed);
    let Some(items) = desk.lock_feeds().get(feed).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", items.len());
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    desk.note_listed(&items);
    let head = [
        (header::CONTENT_TYPE, "application/rss+xml".to_owned()),
        (header::ETAG, etag),
    ];
    (head, document(feed, &items)).into_response()
}

fn document(feed: usize, items: &[Item]) -> String {
    let mut entries = String::new();
    for item in items {
        let published = rfc2822::to_string(&item.published.to_zoned(TimeZone::UTC));
        push(
            &mut entries,
            format_args!(
                "<item><title>{}</title><link>{url}</link><guid>{url}</guid>\
                 <pubDate>{}</pubDate></item>\n",
                articles::title(item.number),
                published.unwrap_or_default(),
                url = item.url,
            ),
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\
         <title>Outlet {feed}</title><link>http://outlet.example/</link>\
         <description>News</description><language>en</language>\n{entries}</channel></rss>\n"
    )
}

async fn page(Path((_, number)): Path<(usize, usize)>) -> impl IntoResponse {
    let mut body = String::new();
    for paragraph in articles::paragraphs(number) {
        push(&mut body, format_args!("<p>{paragraph}</p>\n"));
    }
    let title = articles::title(number);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         </head><body><header><nav><a href=\"/\">Home</a> <a href=\"/islands\">Islands</a>\
         </nav></header><main><article><h1>{title}</h1>\n{body}</article></main>\
         <footer><p>All rights reserved.</p></footer></body></html>\n"
    );
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html)
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more)
        .expect("writing to a string cannot fail");
}
