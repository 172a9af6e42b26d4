//! A digest: several groups' notifications in one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Notification, NotificationId, NotificationKind};

/// Alerts that a digest shows of one group.
const SHOWN_OF_GROUP: usize = 3;
/// Alerts that a digest shows.
const SHOWN_IN_DIGEST: usize = 30;

/// Several groups' notifications in one.
pub(super) fn digest(
    target: &str,
    number: u32,
    parts: Vec<Notification>,
    held: Option<String>,
    now: Timestamp,
) -> Option<Notification> {
    let severity = parts.iter().map(|part| part.severity).max()?;
    let since = parts.iter().map(|part| part.since).min()?;
    let alert_count = parts.iter().map(|part| part.alert_count).sum();
    let mut outlets: Vec<String> = Vec::new();
    let mut alerts = Vec::new();
    for part in parts {
        for outlet in part.outlets {
            if !outlets.contains(&outlet) {
                outlets.push(outlet);
            }
        }
        alerts.extend(part.alerts.into_iter().take(SHOWN_OF_GROUP));
    }
    alerts.truncate(SHOWN_IN_DIGEST);
    let group = format!("digest/{target}");
    Some(Notification {
        id: NotificationId::new(target, &group, number),
        target: target.to_owned(),
        kind: NotificationKind::Digest,
        group,
        labels: BTreeMap::new(),
        sequence: number.saturating_sub(1),
        severity,
        alerts,
        alert_count,
        outlets,
        created: now,
        since,
        held,
    })
}
