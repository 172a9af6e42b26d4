//! A poll's task: it reports its turns and its end to the source over a bounded channel.

use std::{ops::ControlFlow, sync::Arc};

use tokio::{runtime::Runtime, sync::mpsc};

use crate::poller::{PollTask, Poller, Turn, TurnSink};

/// What a poll's task reports.
#[derive(Debug)]
pub(crate) struct FromPoll {
    pub(crate) slot: usize,
    /// The epoch of the slot in which the poll began.
    pub(crate) epoch: u64,
    pub(crate) event: PollEvent,
}

impl FromPoll {
    /// The news that a hub has agreed to push a feed.
    pub(crate) const fn subscribed(slot: usize) -> Self {
        Self {
            slot,
            epoch: 0,
            event: PollEvent::Subscribed,
        }
    }

    /// The news that a hub has pushed a feed: no poll tells of it, and no epoch makes it void.
    pub(crate) const fn pushed(slot: usize) -> Self {
        Self {
            slot,
            epoch: 0,
            event: PollEvent::Pushed,
        }
    }
}

/// What happens in a poll's task.
#[derive(Debug)]
pub(crate) enum PollEvent {
    Turn(Box<Turn>),
    /// The task is over; `failed` where it ended without its last turn.
    Over {
        failed: bool,
    },
    /// A hub has agreed to push the feed; comes from the hubs' endpoint.
    Subscribed,
    /// A hub says that the feed has news; comes from the hubs' endpoint.
    Pushed,
}

/// Hands a poll's turns to the source.
struct ToSource {
    to: mpsc::Sender<FromPoll>,
    slot: usize,
    epoch: u64,
    is_done: bool,
}

/// Starts a poll. The runtime owns the task and ends it when it is dropped with the source.
pub(crate) fn spawn_poll(
    runtime: &Runtime,
    poller: Arc<Poller>,
    task: PollTask,
    slot: usize,
    epoch: u64,
    to: mpsc::Sender<FromPoll>,
) {
    let mut sink = ToSource {
        to: to.clone(),
        slot,
        epoch,
        is_done: false,
    };
    runtime.spawn(async move {
        let poll = tokio::spawn(async move {
            poller.poll(&task, &mut sink).await;
            sink.is_done
        });
        // A panic in a poll costs that poll.
        let failed = !matches!(poll.await, Ok(true));
        let event = PollEvent::Over { failed };
        // The source may be gone already; then no one waits for the news.
        to.send(FromPoll { slot, epoch, event }).await.ok();
    });
}

impl TurnSink for ToSource {
    async fn take(&mut self, turn: Turn) -> ControlFlow<()> {
        self.is_done = turn.is_last;
        let news = FromPoll {
            slot: self.slot,
            epoch: self.epoch,
            event: PollEvent::Turn(Box::new(turn)),
        };
        match self.to.send(news).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}
