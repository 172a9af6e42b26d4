//! The topic `mentions`: where an article names a watched official.

use model::Findings;
use stream::{MENTIONS, Outbox, Reject};

/// One record for each mention of the article, in text order.
pub(super) fn send(findings: &Findings<'_>, outbox: &mut Outbox) -> Result<(), Reject> {
    for mention in findings.mentions() {
        outbox.send_view(MENTIONS, &mention)?;
    }
    Ok(())
}
