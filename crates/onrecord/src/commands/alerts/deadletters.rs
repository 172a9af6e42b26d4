//! `onrecord alerts deadletters|resend`: notifications that no target took.

use std::{collections::BTreeMap, io::Write};

use jiff::Timestamp;
use model::{DeliveryOutcome, Notification, NotificationId};
use stream::{DEAD_LETTERS, DELIVERIES, KafkaConfig, NOTIFICATIONS};

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
};

use super::store;

/// Stages that deliver are called after their target.
const DELIVERS: &str = "deliver-";
/// Digits of an id that are shown.
const SHOWN_DIGITS: usize = 8;

/// Flags of `deadletters`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Those that were delivered after all as well
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Flags of `resend`.
#[derive(Debug, clap::Args)]
pub(super) struct ResendArgs {
    /// Ids of notifications, or the first digits of them
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// All that were not delivered since
    #[arg(long)]
    all: bool,
    /// Only those to this target
    #[arg(long)]
    target: Option<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

/// A notification that a target did not take.
struct Letter {
    notification: Notification,
    reason: String,
    /// How often it was tried, those times included after it was sent again.
    attempts: usize,
    is_delivered: bool,
}

/// Lists dead letters of deliveries.
pub(super) fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let session = store::open(&args.config)?;
    let letters = letters(&session.connection.kafka);
    session.finish()?;
    let mut table = terminal::table(["id", "target", "made", "attempts", "reason", "message"]);
    for letter in letters?
        .into_values()
        .filter(|letter| args.all || !letter.is_delivered)
    {
        let notification = &letter.notification;
        let reason = if letter.is_delivered {
            format!("delivered since; was: {}", letter.reason)
        } else {
            letter.reason.clone()
        };
        table.add_row([
            notification
                .id
                .as_str()
                .chars()
                .take(SHOWN_DIGITS)
                .collect(),
            notification.target.clone(),
            format!("{:.0}", notification.created),
            letter.attempts.to_string(),
            reason,
            alerter::title(notification),
        ]);
    }
    let mut output = terminal::output();
    writeln!(output, "{table}")?;
    output.flush()?;
    Ok(Exit::Success)
}

/// Puts dead letters of deliveries back to be delivered, under the same idempotency key.
pub(super) fn resend(args: &ResendArgs) -> Result<Exit, Failure> {
    let session = store::open(&args.config)?;
    let sent = letters(&session.connection.kafka).and_then(|letters| {
        let chosen = letters
            .into_values()
            .filter(|letter| is_chosen(letter, args));
        let again: Vec<Notification> = chosen
            .map(|letter| Notification {
                // Its time to be tried begins anew.
                created: Timestamp::now(),
                held: Some("sent again by hand".to_owned()),
                ..letter.notification
            })
            .collect();
        if again.is_empty() {
            return Ok(0);
        }
        store::write(&session, NOTIFICATIONS, again)
    });
    session.finish()?;
    let sent = sent?;
    let mut output = terminal::output();
    writeln!(output, "{sent} notifications are delivered again")?;
    output.flush()?;
    Ok(if sent == 0 && !args.all {
        Exit::Input
    } else {
        Exit::Success
    })
}

fn is_chosen(letter: &Letter, args: &ResendArgs) -> bool {
    let notification = &letter.notification;
    let target_fits = args
        .target
        .as_ref()
        .is_none_or(|target| *target == notification.target);
    let id_fits = if args.all {
        !letter.is_delivered
    } else {
        let mut ids = args.ids.iter();
        ids.any(|id| notification.id.as_str().starts_with(id.as_str()))
    };
    target_fits && id_fits
}

/// Each such notification once, by its last refusal.
fn letters(kafka: &KafkaConfig) -> Result<BTreeMap<NotificationId, Letter>, Failure> {
    let mut letters = BTreeMap::new();
    for rejected in store::read(kafka, DEAD_LETTERS)? {
        if !rejected.stage.starts_with(DELIVERS) {
            continue;
        }
        let payload = rejected.payload.as_deref().unwrap_or_default();
        let Ok(notification) = serde_json::from_str::<Notification>(payload) else {
            continue;
        };
        let letter = Letter {
            notification,
            reason: rejected.reason,
            attempts: 0,
            is_delivered: false,
        };
        letters.insert(letter.notification.id.clone(), letter);
    }
    for delivery in store::read(kafka, DELIVERIES)? {
        if let Some(letter) = letters.get_mut(&delivery.notification) {
            letter.attempts += 1;
            letter.is_delivered |= delivery.outcome == DeliveryOutcome::Delivered;
        }
    }
    Ok(letters)
}
