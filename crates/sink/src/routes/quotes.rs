//! The topic `quotes`: who said what.

use model::Findings;
use stream::{Outbox, QUOTES, Reject};

/// One record for each quote of the article, in text order.
pub(super) fn send(findings: &Findings<'_>, outbox: &mut Outbox) -> Result<(), Reject> {
    for quote in findings.quotes() {
        outbox.send_view(QUOTES, &quote)?;
    }
    Ok(())
}
