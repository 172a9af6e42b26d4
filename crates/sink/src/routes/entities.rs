//! The topic `entities`: the people, bodies and places of an article.

use model::Enriched;
use stream::{ENTITIES, Outbox, Reject};

/// One record for each entity of the article, in text order.
pub(super) fn send(enriched: &Enriched, outbox: &mut Outbox) -> Result<(), Reject> {
    for record in enriched.entity_records() {
        outbox.send(ENTITIES, &record)?;
    }
    Ok(())
}
