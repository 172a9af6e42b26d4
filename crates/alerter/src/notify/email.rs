//! Mail by SMTP.

use address::AddressGuard;
use lettre::{
    Message,
    message::{Mailbox, Mailboxes, header},
};
use model::Notification;
use stream::{CancellationToken, EffectError};

use super::{Channel, courier::Courier, mail_server::MailServer};
use crate::{
    EmailConfig,
    message::{Messages, title},
};

/// Sends mails, each with the notification's id as its own.
#[derive(Debug)]
pub(super) struct Email {
    from: Mailbox,
    to: Mailboxes,
    server: MailServer,
    courier: Courier,
    messages: Messages,
}

impl Email {
    pub(super) fn new(
        config: &EmailConfig,
        messages: Messages,
        guard: AddressGuard,
    ) -> Result<Self, String> {
        let mailbox = |text: &str| -> Result<Mailbox, String> {
            text.parse()
                .map_err(|error| format!("not a mail address ({error}): {text}"))
        };
        let mut to = Mailboxes::new();
        for recipient in &config.to {
            to.push(mailbox(recipient)?);
        }
        if config.to.is_empty() {
            return Err("mail has no recipient".to_owned());
        }
        Ok(Self {
            from: mailbox(&config.from)?,
            to,
            server: MailServer::new(config, guard)?,
            courier: Courier::new(&config.name)?,
            messages,
        })
    }

    fn message(&self, notification: &Notification) -> Result<Message, String> {
        let text = self.messages.text(notification)?;
        let subject = title(notification);
        let subject: Vec<&str> = subject.split_whitespace().collect();
        let host = self.from.email.domain();
        let group = format!("<{}@{host}>", notification.group.replace('/', "."));
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(subject.join(" "))
            // The same on every attempt, so that servers and readers can tell copies; what belongs
            // together shows as one thread.
            .message_id(Some(format!("<{}@{host}>", notification.id)))
            .in_reply_to(group.clone())
            .references(group)
            .header(header::ContentType::TEXT_PLAIN);
        for recipient in self.to.iter() {
            builder = builder.to(recipient.clone());
        }
        builder
            .body(text)
            .map_err(|error| format!("mail cannot be written: {error}"))
    }
}

impl Channel for Email {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let message = self.message(notification)?;
        let text = self.messages.text(notification)?;
        Ok(format!("{}\n{text}", message.headers()))
    }

    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let mail = self.message(notification).map_err(EffectError::Reject)?;
        let server = self.server.clone();
        let sent = self.courier.run(stop, async {
            // The mail client waits on its thread; a stop leaves it to its time-outs.
            tokio::task::spawn_blocking(move || server.send(&mail)).await
        })?;
        sent.unwrap_or_else(|error| Err(EffectError::Reject(format!("mail not sent: {error}"))))
    }
}
