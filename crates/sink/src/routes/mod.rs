//! The downstream topics, and the table that lists them.

mod entities;
mod mentions;
mod quotes;

use model::Findings;
use stream::{ENTITIES, MENTIONS, Outbox, QUOTES, Reject};

/// What one topic takes from an enriched article.
pub(crate) struct Route {
    /// Topic, without prefix.
    pub(crate) topic: &'static str,
    /// Puts the topic's records into the outbox.
    pub(crate) send: fn(&Findings<'_>, &mut Outbox) -> Result<(), Reject>,
}

/// All routes. To add one: a file here, a line here, the topic in `stream` and in the
/// configuration, a golden document in `model`.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        topic: QUOTES.name(),
        send: quotes::send,
    },
    Route {
        topic: ENTITIES.name(),
        send: entities::send,
    },
    Route {
        topic: MENTIONS.name(),
        send: mentions::send,
    },
];
