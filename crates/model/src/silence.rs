//! Silences: alerts that somebody wants to hear nothing of for a while.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::SilenceId;

/// Alerts whose labels fit are told to nobody between two times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Silence {
    /// Names it.
    pub id: SilenceId,
    /// Which alerts, such as `official=mara-venn outlet!="Harbour Post"`.
    pub matchers: String,
    /// Who wants it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on.
    pub starts: Timestamp,
    /// Until when; expiring one early moves this.
    pub ends: Timestamp,
}
