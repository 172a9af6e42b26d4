//! Mail by SMTP.

use std::time::Duration;

use address::AddressGuard;
use lettre::{
    Message, SmtpTransport, Transport,
    message::{Mailbox, Mailboxes, header},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use model::Notification;
use stream::EffectError;

use super::Channel;
use crate::{
    EmailConfig, Encryption,
    message::{Messages, title},
    secret::Secret,
};

/// Longest wait for each step of the server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends mails, each with the notification's id as its own.
#[derive(Debug)]
pub(super) struct Email {
    config: EmailConfig,
    from: Mailbox,
    to: Mailboxes,
    password: Option<Secret>,
    guard: AddressGuard,
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
        let (file, variable) = (config.password_file.as_ref(), config.password_env.as_ref());
        Ok(Self {
            from: mailbox(&config.from)?,
            to,
            password: Secret::read_optional("password", file, variable)?,
            guard,
            messages,
            config: config.clone(),
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

    /// A connection to an address that may be dialled; certificates are checked by the name.
    fn transport(&self) -> Result<SmtpTransport, EffectError> {
        let host = &self.config.host;
        let port = self.config.port.unwrap_or(match self.config.encryption {
            Encryption::Tls => 465,
            Encryption::Starttls => 587,
            Encryption::None => 25,
        });
        let address = self
            .guard
            .dialled(host, port)
            .map_err(|error| EffectError::Retry {
                after: Duration::ZERO,
                reason: error.to_string(),
            })?;
        let parameters = || {
            TlsParameters::new(host.clone())
                .map_err(|error| EffectError::Reject(format!("tls cannot be set up: {error}")))
        };
        let tls = match self.config.encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::Starttls => Tls::Required(parameters()?),
            Encryption::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(address.to_string())
            .port(port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let (Some(user), Some(password)) = (&self.config.user, &self.password) {
            let password = password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(builder.build())
    }
}

impl Channel for Email {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let message = self.message(notification)?;
        let text = self.messages.text(notification)?;
        Ok(format!("{}\n{text}", message.headers()))
    }

    fn send(&mut self, notification: &Notification) -> Result<(), EffectError> {
        let message = self.message(notification).map_err(EffectError::Reject)?;
        let sent = self.transport()?.send(&message);
        let Err(error) = sent else {
            return Ok(());
        };
        let name = &self.config.name;
        let reason = format!("{name} did not take the mail: {error}");
        // A 5xx reply is final; a 4xx one, and a connection that fails, is not.
        if error.is_permanent() {
            Err(EffectError::Reject(reason))
        } else {
            Err(EffectError::Retry {
                after: Duration::ZERO,
                reason,
            })
        }
    }
}
