//! A rehearsal: what rules would have sent, by the stage and router that send.

use jiff::Timestamp;
use model::{Alert, Enriched, Notification};
use stream::{ALERTS, Outbox, Stage};

use crate::{AlertStage, Router};

/// Takes in articles as they came, and then tells what would have been sent.
#[derive(Debug)]
pub struct Rehearsal {
    stage: AlertStage,
    /// Alerts by the time at which their article was there.
    alerts: Vec<(Timestamp, Alert)>,
    articles: u64,
}

/// What would have been sent.
#[derive(Clone, Debug, PartialEq)]
pub struct RehearsalResult {
    /// Articles read, those that alert nobody included.
    pub articles: u64,
    /// Alerts raised.
    pub alerts: usize,
    /// Notifications, in the order in which they would have been sent.
    pub notifications: Vec<Notification>,
}

impl Rehearsal {
    /// A rehearsal of a stage.
    pub fn new(stage: AlertStage) -> Self {
        Self {
            stage,
            alerts: Vec::new(),
            articles: 0,
        }
    }

    /// Takes in an article that was there at a time. Backfill and replay raise nothing, as live.
    pub fn read(&mut self, enriched: Enriched, time: Timestamp) {
        self.articles += 1;
        let mut outbox = Outbox::new();
        // A reject would be a dead letter and no alert.
        if self.stage.process(enriched, &mut outbox).is_ok() {
            let alerts = outbox.sent_to(ALERTS).into_iter();
            self.alerts.extend(alerts.map(|alert| (time, alert)));
        }
    }

    /// Routes the alerts in the order of their times, and lets the clock run until nothing waits.
    pub fn finish(self, mut router: Router) -> RehearsalResult {
        let mut alerts = self.alerts;
        alerts.sort_by_key(|(time, _)| *time);
        let mut notifications = Vec::new();
        for (time, alert) in &alerts {
            while let Some(due) = router.next_due().filter(|due| due <= time) {
                notifications.extend(router.tick(due));
            }
            router.take(alert, *time);
            notifications.extend(router.tick(*time));
            router.changes(*time);
        }
        let last = alerts.last().map(|(time, _)| *time + router.forget_after());
        while let Some(due) = router
            .next_due()
            .filter(|due| last.is_some_and(|last| *due <= last))
        {
            notifications.extend(router.tick(due));
        }
        RehearsalResult {
            articles: self.articles,
            alerts: alerts.len(),
            notifications,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use model::{Origin, Severity};

    use super::*;
    use crate::{
        Label,
        fixture::{alerts, enriched_by, rule, watchlist},
        notify::tests::config,
    };

    fn router() -> Router {
        let mut route = config(vec![]).route;
        route.group_by = vec![Label::Official, Label::Story];
        route.group_wait = Duration::from_secs(30);
        route.group_interval = Duration::from_mins(5);
        Router::new(route, ["desk".to_owned()]).unwrap()
    }

    #[test]
    fn a_rehearsal_tells_what_live_would_have_sent() {
        let rules = [rule("port", "speaker:any", Severity::Info)];
        let start: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
        let came = |number: u32| {
            let outlet = format!("Outlet {number}");
            let origin = if number.is_multiple_of(7) {
                Origin::Backfill
            } else {
                Origin::Live
            };
            let enriched = enriched_by(&outlet, &format!("https://x.example/{number}"), origin);
            (
                enriched,
                start + Duration::from_secs(u64::from(number * 13)),
            )
        };
        let all: Vec<_> = (0..40).map(came).collect();
        // Live: the clock goes on by itself, a second at a time.
        let mut live = router();
        let mut sent = Vec::new();
        for second in 0..3_600 {
            let now = start + Duration::from_secs(second);
            for (enriched, _) in all.iter().filter(|(_, time)| *time == now) {
                for alert in alerts(&rules, enriched.clone()) {
                    live.take(&alert, now);
                }
            }
            sent.extend(live.tick(now));
        }
        let stage = AlertStage::new(Arc::new(watchlist()), rules.to_vec());
        let mut rehearsal = Rehearsal::new(stage);
        // Partitions are read one after the other, so articles come in any order.
        for (enriched, time) in all.into_iter().rev() {
            rehearsal.read(enriched, time);
        }
        let result = rehearsal.finish(router());
        assert_eq!((result.articles, result.alerts), (40, 34));
        assert_eq!(result.notifications, sent);
        assert_eq!(sent.len(), 34);
    }
}
