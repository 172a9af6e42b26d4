//! The demo's newsroom: invented outlets with feeds and article pages, served on loopback.

mod documents;
mod outlet;

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::exit::{Exit, Failure};

use self::outlet::{Article, Outlet};

/// The watch-list of the demo.
pub(crate) const OFFICIALS: &str = include_str!("../newsroom/officials.toml");
const OUTLETS: &str = include_str!("../newsroom/outlets.toml");

/// When articles come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// All are there from the start.
    AtOnce,
    /// One after the other, as in a real newsroom.
    OneByOne,
}

/// Between two articles at the pace of [`Pace::OneByOne`].
const RELEASE_INTERVAL: Duration = Duration::from_secs(2);

/// A running newsroom; it closes when dropped.
pub(crate) struct Newsroom {
    address: SocketAddr,
    outlets: Arc<[Outlet]>,
    /// Serves; dropping it ends the server.
    _runtime: Runtime,
}

#[derive(Clone)]
struct Desk {
    address: SocketAddr,
    outlets: Arc<[Outlet]>,
    pace: Pace,
    opened: Instant,
    opened_at: Timestamp,
}

impl Newsroom {
    /// Opens the newsroom on a free port of loopback.
    ///
    /// # Errors
    /// Where the system gives no port or thread.
    pub(crate) fn open(pace: Pace) -> Result<Self, Failure> {
        let refuse = |error: std::io::Error| {
            Failure::plain(
                Exit::Busy,
                format_args!("the demo's newsroom cannot be served: {error}"),
                "it needs a port on 127.0.0.1",
            )
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("newsroom")
            .enable_all()
            .build()
            .map_err(refuse)?;
        let free_port = (Ipv4Addr::LOCALHOST, 0);
        let listener = runtime
            .block_on(TcpListener::bind(free_port))
            .map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        let outlets: Arc<[Outlet]> = outlet::read(OUTLETS).into();
        let desk = Desk {
            address,
            outlets: Arc::clone(&outlets),
            pace,
            opened: Instant::now(),
            // Feeds tell whole seconds.
            opened_at: Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default(),
        };
        let router = Router::new()
            .route("/robots.txt", get(robots))
            .route("/{outlet}/feed", get(feed))
            .route("/{outlet}/{article}", get(page))
            .with_state(desk);
        // The runtime owns the task and ends it.
        drop(runtime.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "newsroom closed");
            }
        }));
        Ok(Self {
            address,
            outlets,
            _runtime: runtime,
        })
    }

    /// How much there is to read.
    pub(crate) fn describe(&self) -> String {
        let articles: usize = self
            .outlets
            .iter()
            .map(|outlet| outlet.articles.len())
            .sum();
        let languages: BTreeSet<&str> = self
            .outlets
            .iter()
            .map(|outlet| outlet.language.as_str())
            .collect();
        format!(
            "{articles} articles of {} outlets in {} languages",
            self.outlets.len(),
            languages.len()
        )
    }

    /// Its list of feeds, in the form of `config/feeds.toml`.
    pub(crate) fn feeds(&self) -> String {
        let feeds = self.outlets.iter().map(|outlet| {
            let feed = toml::toml! { url = "" outlet = "" language = "" };
            let mut feed = feed;
            feed.insert(
                "url".into(),
                format!("http://{}/{}/feed", self.address, outlet.slug).into(),
            );
            feed.insert("outlet".into(), outlet.name.clone().into());
            feed.insert("language".into(), outlet.language.clone().into());
            format!("[[feed]]\n{feed}")
        });
        feeds.collect::<Vec<_>>().join("\n")
    }
}

impl Desk {
    fn outlet(&self, slug: &str) -> Option<&Outlet> {
        self.outlets.iter().find(|outlet| outlet.slug == slug)
    }

    /// The outlet's articles that are out, newest first.
    fn published<'a>(&'a self, outlet: &'a Outlet) -> Vec<&'a Article> {
        let is_out = |article: &&Article| match self.pace {
            Pace::AtOnce => true,
            Pace::OneByOne => self.opened.elapsed() >= RELEASE_INTERVAL * article.place,
        };
        let mut articles: Vec<&Article> = outlet.articles.iter().filter(is_out).collect();
        articles.reverse();
        articles
    }

    /// The moment an article comes out.
    fn published_at(&self, article: &Article) -> Timestamp {
        match self.pace {
            Pace::AtOnce => self.opened_at,
            Pace::OneByOne => self.opened_at + RELEASE_INTERVAL * article.place,
        }
    }
}

async fn robots() -> &'static str {
    "User-agent: *\nAllow: /\n"
}

async fn feed(State(desk): State<Desk>, Path(slug): Path<String>) -> Response {
    let Some(outlet) = desk.outlet(&slug) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let items: Vec<documents::Item<'_>> = desk
        .published(outlet)
        .into_iter()
        .map(|article| documents::Item {
            url: format!("http://{}/{}/{}", desk.address, outlet.slug, article.slug),
            published: desk.published_at(article),
            article,
        })
        .collect();
    let site = format!("http://{}/{}/", desk.address, outlet.slug);
    let (content_type, body) = documents::feed(outlet, &site, &items);
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

async fn page(
    State(desk): State<Desk>,
    Path((outlet, article)): Path<(String, String)>,
) -> Response {
    let found = desk.outlet(&outlet).and_then(|outlet| {
        let article = desk
            .published(outlet)
            .into_iter()
            .find(|one| one.slug == article)?;
        Some(documents::page(outlet, article, desk.published_at(article)))
    });
    match found {
        Some(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
