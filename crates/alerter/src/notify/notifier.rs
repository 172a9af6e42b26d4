//! A target's deliveries: which notifications are its own, how often each is tried, when not more.

use std::{io::Write, time::Duration};

use jiff::Timestamp;
use model::{Delivery, DeliveryOutcome, Notification};
use stream::{CancellationToken, DELIVERIES, Effect, EffectError, Outbox};

use super::{Channel, NotifierError, backoff::backoff, channel};
use crate::{Config, TargetConfig};

/// Delivers the notifications of one target.
pub struct Notifier {
    target: String,
    group: String,
    first_retry_wait: Duration,
    give_up_after: Duration,
    channel: Box<dyn Channel>,
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
        })
    }
}

impl Effect for Notifier {
    type Input = Notification;

    fn name(&self) -> &str {
        &self.group
    }

    fn deliver(
        &mut self,
        notification: &Notification,
        attempt: u32,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        if notification.target != self.target {
            return Ok(());
        }
        match self.channel.send(notification, stop) {
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
        attempt: u32,
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
            attempt,
            outcome,
            reason: reason.cloned(),
            at: Timestamp::now(),
        };
        if let Err(error) = outbox.send(DELIVERIES, &delivery) {
            tracing::error!(%error, "delivery has no record");
        }
    }
}
