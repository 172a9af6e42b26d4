//! The topic `mentions`: where an article names a watched official.

use model::Enriched;
use stream::{MENTIONS, Outbox, Reject};

/// One record for each mention of the article, in text order.
pub(super) fn send(enriched: &Enriched, outbox: &mut Outbox) -> Result<(), Reject> {
    for record in enriched.mention_records() {
        outbox.send(MENTIONS, &record)?;
    }
    Ok(())
}
