//! A target's deliveries: which notifications are its own, how often each is tried, when not more.

use std::{io::Write, time::Duration};

use jiff::Timestamp;
use model::{Delivery, DeliveryOutcome, Notification, NotificationId};
use stream::{DELIVERIES, Effect, EffectError, Outbox};

use super::{Channel, NotifierError, backoff::backoff, channel};
use crate::{Config, TargetConfig};

/// Delivers the notifications of one target.
pub struct Notifier {
    target: String,
    group: String,
    first_retry_wait: Duration,
    give_up_after: Duration,
    channel: Box<dyn Channel>,
    /// The notification under way, and how often this process has tried it.
    attempt: Option<(NotificationId, u32)>,
}

impl Notifier {
    /// A notifier for a target; reads its secrets and template. `terminal` is where text for
    /// people goes.
    ///
    /// # Errors
    /// Where the target cannot be used as configured.
    pub fn new(
        config: &Config,
        target: &TargetConfig,
        terminal: Box<dyn Write + Send>,
    ) -> Result<Self, NotifierError> {
        Ok(Self {
            target: target.name().to_owned(),
            group: format!("deliver-{}", target.name()),
            first_retry_wait: config.first_retry_wait,
            give_up_after: config.give_up_after,
            channel: channel(config, target, terminal)?,
            attempt: None,
        })
    }

    /// Counts an attempt; the first is 1.
    fn count(&mut self, id: &NotificationId) -> u32 {
        let before = match &self.attempt {
            Some((known, count)) if known == id => *count,
            Some(_) | None => 0,
        };
        self.attempt = Some((id.clone(), before + 1));
        before + 1
    }
}

impl Effect for Notifier {
    type Input = Notification;

    fn name(&self) -> &str {
        &self.group
    }

    fn deliver(&mut self, notification: &Notification) -> Result<(), EffectError> {
        if notification.target != self.target {
            return Ok(());
        }
        let attempt = self.count(&notification.id);
        match self.channel.send(notification) {
            Err(EffectError::Retry { after, reason }) => {
                let age = Timestamp::now().duration_since(notification.created);
                if age.unsigned_abs() > self.give_up_after {
                    let reason = format!("given up after {attempt} attempts: {reason}");
                    return Err(EffectError::Reject(reason));
                }
                Err(EffectError::Retry {
                    after: backoff(attempt, self.first_retry_wait, after),
                    reason,
                })
            }
            result => result,
        }
    }

    fn report(
        &mut self,
        notification: &Notification,
        result: &Result<(), EffectError>,
        outbox: &mut Outbox,
    ) {
        if notification.target != self.target {
            return;
        }
        let (outcome, reason) = match result {
            Ok(()) => (DeliveryOutcome::Delivered, None),
            Err(EffectError::Retry { reason, .. }) => (DeliveryOutcome::PutOff, Some(reason)),
            Err(EffectError::Reject(reason)) => (DeliveryOutcome::Refused, Some(reason)),
        };
        let delivery = Delivery {
            notification: notification.id.clone(),
            target: self.target.clone(),
            attempt: self.attempt.as_ref().map_or(1, |(_, count)| *count),
            outcome,
            reason: reason.cloned(),
            at: Timestamp::now(),
        };
        if let Err(error) = outbox.send(DELIVERIES, &delivery) {
            tracing::error!(%error, "delivery has no record");
        }
        if outcome != DeliveryOutcome::PutOff {
            self.attempt = None;
        }
    }
}
