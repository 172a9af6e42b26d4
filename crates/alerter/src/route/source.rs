//! The router at work: reads alerts and silences, and puts notifications and its memory out.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use model::{Alert, Notification, Rejected, RoutingState, Silence, SourcePosition};
use stream::{
    ALERTS, Assignment, BatchLimits, CancellationToken, DEAD_LETTERS, KafkaConfig, KeyedSource,
    NOTIFICATIONS, Outbox, ROUTING, RawRecord, ReadFrom, ReadUntil, Reader, ReaderEvent, Reject,
    SILENCES, SourceError, Stage, StreamError, sleep_unless_stopped,
};
use tracing::warn;

use super::router::Router;

/// Longest wait for a silence while all of them are read.
const SILENCE_WAIT: Duration = Duration::from_secs(1);

/// Feeds the router's stage.
///
/// The position in `alerts` is part of the router's memory and committed with it, so that each
/// alert is taken in once, whatever is killed. One member has it all, since rates, digests and
/// silences hold for all alerts together; the others stand by.
pub struct RouterSource {
    kafka: KafkaConfig,
    make_router: Arc<dyn Fn() -> Router + Send + Sync>,
    stop: CancellationToken,
    router: Option<Router>,
    alerts: Option<Reader>,
    silences: Option<Reader>,
    fault: Option<String>,
}

/// Something that the router puts out.
#[derive(Debug)]
pub enum Routed {
    /// For a target.
    Notification(Box<Notification>),
    /// What it remembers.
    State(Box<RoutingState>),
    /// What it remembers no longer.
    Forgotten(String),
    /// An alert that cannot be read.
    Unreadable(Box<Rejected>),
}

/// Writes what the router puts out.
#[derive(Clone, Copy, Debug, Default)]
pub struct RouteStage;

impl RouterSource {
    /// A source around fresh routers, which hears `stop` where it waits by itself.
    pub fn new(
        kafka: KafkaConfig,
        make_router: Arc<dyn Fn() -> Router + Send + Sync>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            kafka,
            make_router,
            stop,
            router: None,
            alerts: None,
            silences: None,
            fault: None,
        }
    }

    fn read(&mut self, limits: &BatchLimits, wait: Duration) -> Result<Vec<Routed>, StreamError> {
        let Some(router) = &mut self.router else {
            // The runner asks owners only.
            return Ok(Vec::new());
        };
        if self.silences.is_none() {
            self.silences = Some(read_silences(&self.kafka, router)?);
        }
        if let Some(reader) = &mut self.silences {
            while let ReaderEvent::Record(record) = reader.next(Duration::ZERO)? {
                heed(router, &record);
            }
        }
        let reader = match &mut self.alerts {
            Some(reader) => reader,
            none => {
                let opened = Reader::resume(&self.kafka, ALERTS.name(), router.offsets())?;
                none.insert(opened)
            }
        };
        let mut routed = Vec::new();
        let mut patience = match router.next_due() {
            Some(due) => wait.min(until(due)),
            None => wait,
        };
        let mut taken = 0;
        while taken < limits.records.max(1)
            && let ReaderEvent::Record(record) = reader.next(patience)?
        {
            patience = Duration::ZERO;
            taken += 1;
            match record.decode::<Alert>() {
                Ok(alert) => router.take(&alert, Timestamp::now()),
                Err(error) => routed.push(Routed::Unreadable(unreadable(&record, &error))),
            }
            router.read_to(record.partition, record.offset + 1);
        }
        let now = Timestamp::now();
        let told = router.tick(now).into_iter();
        routed.extend(told.map(|notification| Routed::Notification(Box::new(notification))));
        routed.extend(
            router
                .changes(now)
                .into_iter()
                .map(|(key, state)| match state {
                    Some(state) => Routed::State(Box::new(state)),
                    None => Routed::Forgotten(key),
                }),
        );
        Ok(routed)
    }
}

impl KeyedSource for RouterSource {
    type State = RoutingState;
    type Input = Routed;

    fn assigned(&mut self, assignment: Assignment<RoutingState>) {
        if assignment.partitions != 1 {
            self.fault = Some(format!(
                "topic {} must have one partition and has {}",
                ROUTING.name(),
                assignment.partitions
            ));
            return;
        }
        let mut router = (self.make_router)();
        router.restore(assignment.states);
        self.router = Some(router);
        self.alerts = None;
        self.silences = None;
    }

    fn revoked(&mut self, _partition: u32) {
        self.router = None;
        self.alerts = None;
        self.silences = None;
    }

    fn next_batch(
        &mut self,
        limits: &BatchLimits,
        wait: Duration,
    ) -> Result<Vec<Routed>, SourceError> {
        if let Some(fault) = &self.fault {
            return Err(SourceError(fault.clone()));
        }
        match self.read(limits, wait) {
            Ok(routed) => Ok(routed),
            Err(error) => {
                // What was taken in is in the router's memory and comes out with the next batch; the
                // runner sees for itself whether Kafka is gone.
                warn!(%error, "alerts are read anew");
                self.alerts = None;
                self.silences = None;
                sleep_unless_stopped(wait, &self.stop);
                Ok(Vec::new())
            }
        }
    }

    fn holds_back(&self) -> bool {
        let router = self.router.as_ref();
        router.is_some_and(|router| router.is_about_to_tell(Timestamp::now()))
    }

    // What was put out was taken out of the router's changes already; after an abort the runner
    // assigns anew, and the router is rebuilt from what is committed.
    fn committed(&mut self) {}
}

impl Stage for RouteStage {
    type Input = Routed;

    fn name(&self) -> &'static str {
        "router"
    }

    fn process(&mut self, routed: Routed, outbox: &mut Outbox) -> Result<(), Reject> {
        match routed {
            Routed::Notification(notification) => outbox.send(NOTIFICATIONS, &notification),
            Routed::State(state) => outbox.send(ROUTING, &state),
            Routed::Forgotten(key) => {
                outbox.forget(ROUTING, key);
                Ok(())
            }
            Routed::Unreadable(rejected) => outbox.send(DEAD_LETTERS, &rejected),
        }
    }
}

/// Reads all silences that there are, and stands ready for further ones.
fn read_silences(kafka: &KafkaConfig, router: &mut Router) -> Result<Reader, StreamError> {
    let topic = SILENCES.name();
    let mut reader = Reader::open(kafka, topic, ReadFrom::Beginning, ReadUntil::End)?;
    let mut next = BTreeMap::new();
    loop {
        match reader.next(SILENCE_WAIT)? {
            ReaderEvent::Record(record) => {
                next.insert(record.partition, record.offset + 1);
                heed(router, &record);
            }
            ReaderEvent::Nothing => {}
            ReaderEvent::End => break,
        }
    }
    Reader::resume(kafka, topic, &next)
}

fn heed(router: &mut Router, record: &RawRecord) {
    if record.payload.is_none() {
        return;
    }
    let heeded = match record.decode::<Silence>() {
        Ok(silence) => router.silence(silence).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = heeded {
        warn!(
            error,
            offset = record.offset,
            "silence not understood, left out"
        );
    }
}

fn unreadable(record: &RawRecord, error: &serde_json::Error) -> Box<Rejected> {
    let payload = record.payload.as_deref().unwrap_or_default();
    Box::new(Rejected {
        stage: RouteStage.name().to_owned(),
        reason: format!("payload is no alert: {error}"),
        source: SourcePosition {
            topic: record.topic.clone(),
            partition: record.partition,
            offset: record.offset,
        },
        written: record.written,
        key: record
            .key
            .clone()
            .and_then(|key| String::from_utf8(key).ok()),
        payload: str::from_utf8(payload).ok().map(str::to_owned),
        payload_base64: None,
        payload_bytes: payload.len(),
    })
}

fn until(due: Timestamp) -> Duration {
    Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO)
}
