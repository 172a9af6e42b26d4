//! The topic `quotes`: who said what.

use model::Enriched;
use stream::{Outbox, QUOTES, Reject};

/// One record for each quote of the article, in text order.
pub(super) fn send(enriched: &Enriched, outbox: &mut Outbox) -> Result<(), Reject> {
    for record in enriched.quote_records() {
        outbox.send(QUOTES, &record)?;
    }
    Ok(())
}
