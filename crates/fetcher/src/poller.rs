//! One poll: the feed, its new items' pages, and what is due for another look.

use std::{ops::ControlFlow, sync::Arc};

use jiff::Timestamp;
use metrics::counter;
use model::{Article, Feed, FeedCursor, HubSubscription, RobotsPolicy};
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use url::Url;

use crate::{
    Config, ParsedFeed, SetUpError,
    article::{FeedFacts, build_article},
    client::{ACCEPT_FEED, Answer, AnyHop, Client, Redirect, Request},
    cpu_pool::CpuPool,
    cursor::{AnswerFacts, CursorMove, DocumentFacts, body_hash, poll_url, wishes},
    fault::Fault,
    freshness::Freshness,
    identity::{Item, identify, sort_out},
    parse_feed,
    revisit::{has_due, plan_revisit, revisit},
    robots::{ObeyRobots, RobotsCache, WhenUnreachable},
    schedule::since,
    websub::{HubLinks, hub_of},
};

/// Items whose pages are fetched and whose articles are committed together: few enough that the
/// first of a long feed do not wait for the last.
const ITEMS_PER_TURN: usize = 8;
/// Parts of one poll at most, since each has a record of the whole cursor.
const TURNS_PER_POLL: usize = 32;

/// Longer validators are not kept.
const MAX_VALIDATOR_BYTES: usize = 4096;

/// Polls feeds and fetches pages; shared by all polls.
#[derive(Debug)]
pub(crate) struct Poller {
    pub(crate) config: Config,
    pub(crate) client: Client,
    robots: RobotsCache,
    cpu: CpuPool,
}

/// A feed to poll, from where.
#[derive(Clone, Debug)]
pub(crate) struct PollTask {
    pub(crate) feed: Arc<Feed>,
    pub(crate) before: Option<Arc<FeedCursor>>,
    /// When the cursor's record was written last.
    pub(crate) last_written: Option<Timestamp>,
    /// Whether a hub pushes the feed.
    pub(crate) is_pushed: bool,
    /// What the feed's hub has agreed to.
    pub(crate) subscription: Option<HubSubscription>,
}

/// Part of a poll's outcome: articles, and the cursor that accounts for them.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) articles: Vec<Article>,
    pub(crate) cursor: FeedCursor,
    /// Whether the cursor is worth a record though no article goes with it.
    pub(crate) is_worth_writing: bool,
    /// Whether the poll ends with this turn.
    pub(crate) is_last: bool,
    /// Where the feed's document is, after redirects; absent where the poll failed.
    pub(crate) found_at: Option<String>,
}

/// Takes the turns of a poll.
pub(crate) trait TurnSink: Send {
    /// Takes one turn; breaks where no one wants further ones.
    fn take(&mut self, turn: Turn) -> impl Future<Output = ControlFlow<()>> + Send;
}

/// The answer to a feed's request.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) answer: Answer,
    /// Whether the request had no validators.
    pub(crate) is_unconditional: bool,
}

/// What a look at a feed brought.
#[derive(Debug)]
pub(crate) enum Look {
    /// The server says, or the body shows, that nothing has changed.
    Unchanged(AnswerFacts),
    /// A document.
    Document {
        answer: AnswerFacts,
        parsed: Box<ParsedFeed>,
        /// Absent where the body broke off.
        body_hash: Option<String>,
    },
}

/// What parsing a body brought.
enum Parsed {
    Same,
    New {
        parsed: Box<ParsedFeed>,
        body_hash: Option<String>,
    },
}

impl Poller {
    pub(crate) fn new(config: Config) -> Result<Arc<Self>, SetUpError> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            return Err(SetUpError::Config(mistakes));
        }
        Ok(Arc::new(Self {
            client: Client::new(&config)?,
            robots: RobotsCache::default(),
            cpu: CpuPool::new()?,
            config,
        }))
    }

    /// Polls a feed and hands out what it brings, turn by turn; the last turn says so.
    pub(crate) async fn poll(self: &Arc<Self>, task: &PollTask, sink: &mut impl TurnSink) {
        let now = Timestamp::now();
        let step = CursorMove {
            config: &self.config,
            feed: &task.feed,
            before: task.before.as_deref(),
            now,
            is_pushed: task.is_pushed,
            subscription: task.subscription.as_ref(),
        };
        let look = self.look(&task.feed, task.before.as_deref(), now).await;
        count_poll(&look);
        let turn = match look {
            Err((fault, freshness)) => {
                let cursor = step.failed(&fault, &freshness);
                last_turn(&step, task, cursor, Vec::new(), None)
            }
            Ok(Look::Unchanged(answer)) => {
                let cursor = step.unchanged(&answer);
                last_turn(&step, task, cursor, Vec::new(), Some(answer.url))
            }
            Ok(Look::Document {
                answer,
                parsed,
                body_hash,
            }) => {
                let document = self
                    .read(&step, task, &answer, *parsed, body_hash, sink)
                    .await;
                match document {
                    ControlFlow::Continue(turn) => turn,
                    ControlFlow::Break(()) => return,
                }
            }
        };
        let ended = self.end(&step, task, turn, sink).await;
        // No one may be left to take it: then the feed has gone to another instance.
        let (ControlFlow::Continue(()) | ControlFlow::Break(())) = ended;
    }

    /// Hands out the last turn, and after it what came of the pages that are due for another look:
    /// news does not wait for them.
    async fn end(
        &self,
        step: &CursorMove<'_>,
        task: &PollTask,
        turn: Turn,
        sink: &mut impl TurnSink,
    ) -> ControlFlow<()> {
        let is_due = turn.found_at.is_some() && has_due(&turn.cursor, step.now);
        if !is_due {
            return sink.take(turn).await;
        }
        let mut cursor = turn.cursor.clone();
        let found_at = turn.found_at.clone();
        if turn.is_worth_writing {
            let news = Turn {
                is_last: false,
                ..turn
            };
            sink.take(news).await?;
        }
        let articles = revisit(self, &task.feed, &mut cursor, step.now).await;
        sink.take(last_turn(step, task, cursor, articles, found_at))
            .await
    }

    /// Requests a feed once and reads the answer.
    pub(crate) async fn look(
        &self,
        feed: &Feed,
        before: Option<&FeedCursor>,
        now: Timestamp,
    ) -> Result<Look, (Fault, Freshness)> {
        let asked = self.ask(feed, before, now, &mut Vec::new()).await;
        let asked = asked.map_err(|fault| (fault, Freshness::default()))?;
        self.read_answer(asked, before, now).await
    }

    /// Requests a feed once; the redirects on the way are noted, also where it fails.
    pub(crate) async fn ask(
        &self,
        feed: &Feed,
        before: Option<&FeedCursor>,
        now: Timestamp,
        redirects: &mut Vec<Redirect>,
    ) -> Result<Asked, Fault> {
        let text = poll_url(feed, before);
        let url = Url::parse(text).map_err(|error| Fault::BadUrl(error.to_string()))?;
        let validators = before.filter(|cursor| !self.is_full_fetch_due(cursor, now));
        let mut headers = Vec::new();
        if let Some(cursor) = validators {
            let etag = cursor.etag.as_deref().map(|etag| (IF_NONE_MATCH, etag));
            let date = cursor.last_modified.as_deref();
            headers.extend(etag);
            headers.extend(date.map(|date| (IF_MODIFIED_SINCE, date)));
        }
        let is_unconditional = headers.is_empty();
        let request = Request {
            url: &url,
            accept: ACCEPT_FEED,
            user_agent: feed.user_agent.as_deref(),
            headers,
        };
        let answer = match feed.robots.unwrap_or(self.config.robots) {
            RobotsPolicy::Obey => {
                let check = self.obey_robots(WhenUnreachable::Allow);
                self.client.get_noting(&request, &check, redirects).await
            }
            RobotsPolicy::IgnoreForFeed => {
                self.client.get_noting(&request, &AnyHop, redirects).await
            }
        };
        Ok(Asked {
            answer: answer?,
            is_unconditional,
        })
    }

    /// Reads the answer to a feed's request.
    pub(crate) async fn read_answer(
        &self,
        asked: Asked,
        before: Option<&FeedCursor>,
        now: Timestamp,
    ) -> Result<Look, (Fault, Freshness)> {
        let Asked {
            answer,
            is_unconditional,
        } = asked;
        let facts = answer_facts(&answer, is_unconditional, now);
        if answer.status == 304 && !is_unconditional {
            return Ok(Look::Unchanged(facts));
        }
        if let Some(fault) = answer.fault() {
            return Err((fault, facts.freshness));
        }
        // The same tag says the same document, unless the server lies: then the next fetch without
        // validators tells. A date alone says too little: a template's stays the same for ever.
        let validators = before.filter(|_| !is_unconditional);
        let known_tag = validators.and_then(|cursor| cursor.etag.as_ref());
        if known_tag.is_some() && known_tag == facts.etag.as_ref() {
            return Ok(Look::Unchanged(facts));
        }
        let known_hash = before.and_then(|cursor| cursor.body_hash.clone());
        match self.parse(answer, known_hash).await {
            Ok(Parsed::Same) => Ok(Look::Unchanged(facts)),
            Ok(Parsed::New { parsed, body_hash }) => Ok(Look::Document {
                answer: facts,
                parsed,
                body_hash,
            }),
            Err(fault) => Err((fault, facts.freshness)),
        }
    }

    /// Reads a document: all turns but the last go to `sink`, the last is returned.
    async fn read(
        self: &Arc<Self>,
        step: &CursorMove<'_>,
        task: &PollTask,
        answer: &AnswerFacts,
        parsed: ParsedFeed,
        body_hash: Option<String>,
        sink: &mut impl TurnSink,
    ) -> ControlFlow<(), Turn> {
        let wishes = wishes(&parsed);
        let hub = hub_of(&answer.hub_links, &parsed, &answer.url);
        let dated = parsed
            .entries
            .iter()
            .filter(|entry| !entry.published_is_clamped);
        let dates = dated.filter_map(|entry| entry.published).collect();
        let items = identify(&task.feed.id, parsed.entries);
        let seen = step.before.map_or(&[][..], |cursor| &cursor.seen);
        let sorted = sort_out(seen, items, self.config.seen_items);
        let mut end = step.changed(
            answer,
            &DocumentFacts {
                wishes,
                body_hash,
                dates,
                fresh: sorted.fresh.len(),
                renewed: sorted.renewed,
                seen: sorted.seen,
                hub,
            },
        );
        let mut articles = Vec::new();
        let items_per_turn = ITEMS_PER_TURN.max(sorted.fresh.len().div_ceil(TURNS_PER_POLL));
        let mut fresh = sorted.fresh.into_iter().peekable();
        while fresh.peek().is_some() {
            let items: Vec<Item> = fresh.by_ref().take(items_per_turn).collect();
            let outcomes = self.pages(&task.feed, &items).await;
            let facts = FeedFacts {
                config: &self.config,
                feed: &task.feed,
                language: parsed.language.as_ref(),
                watched_since: step.before.and_then(|cursor| cursor.watched_since),
                fetched: step.now,
                ingested: Timestamp::now(),
            };
            for (item, outcome) in items.into_iter().zip(outcomes) {
                let article = build_article(&facts, &item, &outcome);
                end.seen.push(model::SeenItem {
                    article: article.id.clone(),
                    ..item.identity
                });
                plan_revisit(&self.config, &mut end.revisits, &article);
                articles.push(article);
            }
            if fresh.peek().is_some() {
                let turn = Turn {
                    articles: std::mem::take(&mut articles),
                    cursor: step.part_way(&end, end.seen.clone(), end.revisits.clone()),
                    is_worth_writing: true,
                    is_last: false,
                    found_at: Some(answer.url.clone()),
                };
                sink.take(turn).await?;
            }
        }
        let found_at = Some(answer.url.clone());
        ControlFlow::Continue(last_turn(step, task, end, articles, found_at))
    }

    async fn parse(&self, mut answer: Answer, known_hash: Option<String>) -> Result<Parsed, Fault> {
        let limit = self.config.max_feed_bytes;
        let read = move || {
            let body = answer.take_body(limit)?;
            let hash = body.is_complete.then(|| body_hash(&body.bytes));
            if hash.is_some() && hash == known_hash {
                return Ok(Parsed::Same);
            }
            let parsed = parse_feed(&body.bytes, &answer.feed_context())?;
            let is_whole = !parsed.truncated;
            Ok(Parsed::New {
                parsed: Box::new(parsed),
                body_hash: hash.filter(|_| is_whole),
            })
        };
        self.on_cpu(read).await
    }

    /// Runs CPU work off the async threads, as much of it at once as there are cores.
    pub(crate) async fn on_cpu<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let outcome = self.cpu.run(work).await;
        outcome.unwrap_or_else(|| Err(Fault::Unparsable("the reader failed on it".into())))
    }

    /// Whether it is time for a request without validators, to catch a server that says
    /// "unchanged" for ever.
    fn is_full_fetch_due(&self, cursor: &FeedCursor, now: Timestamp) -> bool {
        cursor
            .last_full
            .is_none_or(|last| since(last, now) >= self.config.full_fetch_interval)
    }

    pub(crate) fn obey_robots(&self, when_unreachable: WhenUnreachable) -> ObeyRobots<'_> {
        ObeyRobots {
            cache: &self.robots,
            client: &self.client,
            when_unreachable,
        }
    }
}

fn last_turn(
    step: &CursorMove<'_>,
    task: &PollTask,
    cursor: FeedCursor,
    articles: Vec<Article>,
    found_at: Option<String>,
) -> Turn {
    Turn {
        is_worth_writing: !articles.is_empty() || step.is_worth_writing(&cursor, task.last_written),
        articles,
        cursor,
        is_last: true,
        found_at,
    }
}

fn answer_facts(answer: &Answer, is_unconditional: bool, now: Timestamp) -> AnswerFacts {
    // A validator that takes the room of a hundred items is not worth its place in the cursor.
    let validator = |name| {
        let value = answer.header(name).map(str::to_owned);
        value.filter(|value| value.len() <= MAX_VALIDATOR_BYTES)
    };
    AnswerFacts {
        etag: validator(&ETAG),
        last_modified: validator(&LAST_MODIFIED),
        is_not_modified: answer.status == 304,
        freshness: Freshness::from_headers(&answer.headers, now),
        url: answer.url.to_string(),
        moved_for_good: answer.moved_for_good,
        is_unconditional,
        hub_links: HubLinks::from_headers(&answer.headers, &answer.url),
    }
}

fn count_poll(look: &Result<Look, (Fault, Freshness)>) {
    let outcome = match look {
        Ok(Look::Unchanged(_)) => "unchanged".to_owned(),
        Ok(Look::Document { .. }) => "document".to_owned(),
        Err((fault, _)) => fault.code(),
    };
    counter!("fetcher_polls_total", "outcome" => outcome).increment(1);
}
