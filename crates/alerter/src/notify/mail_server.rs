//! A mail server: dialled anew for each mail, at an address that may be dialled.

use std::time::Duration;

use address::AddressGuard;
use lettre::{
    Message, SmtpTransport, Transport,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use stream::EffectError;

use crate::{EmailConfig, Encryption, secret::Secret};

/// Longest wait for each step of the server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How the server is reached.
#[derive(Clone, Debug)]
pub(super) struct MailServer {
    target: String,
    host: String,
    port: u16,
    encryption: Encryption,
    login: Option<(String, Secret)>,
    guard: AddressGuard,
}

impl MailServer {
    pub(super) fn new(config: &EmailConfig, guard: AddressGuard) -> Result<Self, String> {
        let (file, variable) = (config.password_file.as_ref(), config.password_env.as_ref());
        let password = Secret::read_optional("password", file, variable)?;
        let login = match (config.user.clone(), password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                return Err("user has no password: set password_file or password_env".to_owned());
            }
            (None, Some(_)) => return Err("password has no user: set user".to_owned()),
        };
        if login.is_some() && config.encryption == Encryption::None {
            return Err(
                "password would go over the network in the clear: set encryption to tls or \
                 starttls"
                    .to_owned(),
            );
        }
        let usual_port = match config.encryption {
            Encryption::Tls => 465,
            Encryption::Starttls => 587,
            Encryption::None => 25,
        };
        Ok(Self {
            target: config.name.clone(),
            host: config.host.clone(),
            port: config.port.unwrap_or(usual_port),
            encryption: config.encryption,
            login,
            guard,
        })
    }

    /// Looks the server up and hands the mail over. Blocks, for the time-outs at most.
    pub(super) fn send(&self, mail: &Message) -> Result<(), EffectError> {
        let put_off = |reason: String| EffectError::Retry {
            after: Duration::ZERO,
            reason,
        };
        let dialled = self.guard.dialled(&self.host, self.port);
        let address = dialled.map_err(|error| put_off(error.to_string()))?;
        // Certificates are checked by the name, which the address alone would not tell.
        let parameters = || {
            TlsParameters::new(self.host.clone())
                .map_err(|error| EffectError::Reject(format!("tls cannot be set up: {error}")))
        };
        let tls = match self.encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::Starttls => Tls::Required(parameters()?),
            Encryption::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(address.to_string())
            .port(self.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = &self.login {
            let password = password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let Err(error) = builder.build().send(mail) else {
            return Ok(());
        };
        let reason = format!("{} did not take the mail: {error}", self.target);
        // A 5xx reply is final; a 4xx one, and a connection that fails, is not.
        if error.is_permanent() {
            Err(EffectError::Reject(reason))
        } else {
            Err(put_off(reason))
        }
    }
}
