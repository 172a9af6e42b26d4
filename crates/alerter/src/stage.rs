//! The stage: enriched articles in, alerts out.

use std::sync::Arc;

use model::{Enriched, Origin};
use stream::{ALERTS, Outbox, Reject, Stage};

use crate::{Rule, Watchlist, rule::scene::Reading};

/// Raises alerts by the rules.
#[derive(Clone, Debug)]
pub struct AlertStage {
    watchlist: Arc<Watchlist>,
    rules: Arc<[Rule]>,
}

impl AlertStage {
    /// A stage that tries `rules`, compiled against `watchlist`; clones share both.
    pub fn new(watchlist: Arc<Watchlist>, rules: impl Into<Arc<[Rule]>>) -> Self {
        Self {
            watchlist,
            rules: rules.into(),
        }
    }
}

impl Stage for AlertStage {
    type Input = Enriched;

    fn name(&self) -> &'static str {
        "alerter"
    }

    fn process(&mut self, enriched: Enriched, outbox: &mut Outbox) -> Result<(), Reject> {
        match enriched.article.origin {
            Origin::Live => {}
            Origin::Backfill | Origin::Replay => return Ok(()),
        }
        let reading = Reading::new(&enriched, &self.watchlist);
        for rule in self.rules.iter() {
            for alert in rule.fire(&reading) {
                outbox.send(ALERTS, &alert)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{alerts, enriched, rule};
    use model::Severity;

    #[test]
    fn history_read_again_alerts_nobody() {
        let rules = [rule("all", "mentions:any", Severity::Info)];
        assert_eq!(alerts(&rules, enriched(Origin::Live)).len(), 2);
        assert_eq!(alerts(&rules, enriched(Origin::Backfill)), []);
        assert_eq!(alerts(&rules, enriched(Origin::Replay)), []);
    }

    #[test]
    fn the_same_article_gives_the_same_alert_ids() {
        let rules = [
            rule("all", "mentions:any", Severity::Info),
            rule("words", "\"port\"", Severity::Critical),
        ];
        let first = alerts(&rules, enriched(Origin::Live));
        assert_eq!(first.len(), 3);
        assert_eq!(first, alerts(&rules, enriched(Origin::Live)));
    }
}
