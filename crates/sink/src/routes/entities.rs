//! The topic `entities`: the people, bodies and places of an article.

use model::Findings;
use stream::{ENTITIES, Outbox, Reject};

/// One record for each entity of the article, in text order.
pub(super) fn send(findings: &Findings<'_>, outbox: &mut Outbox) -> Result<(), Reject> {
    for entity in findings.entities() {
        outbox.send_view(ENTITIES, &entity)?;
    }
    Ok(())
}
