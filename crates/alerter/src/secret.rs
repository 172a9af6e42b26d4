//! Secrets: out of the environment or a file, never out of the configuration, never shown.

use std::{env, fmt, fs, path::PathBuf};

use thiserror::Error;

/// A secret; it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

/// Why there is no secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SecretError {
    /// Neither place is named.
    #[error("no {0} is named: set {0}_file or {0}_env")]
    Unnamed(&'static str),
    /// The file cannot be read.
    #[error("{what} cannot be read from {}: {reason}", path.display())]
    File {
        /// What is secret.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The variable is not set.
    #[error("{what}: environment variable {name} is not set")]
    Environment {
        /// What is secret.
        what: &'static str,
        /// Which variable.
        name: String,
    },
    /// What stands there is none.
    #[error("{0} is not of its form: {1}")]
    Form(&'static str, &'static str),
}

impl Secret {
    /// The secret of a file or variable; the file counts where both are named.
    pub(crate) fn read(
        what: &'static str,
        file: Option<&PathBuf>,
        variable: Option<&String>,
    ) -> Result<Self, SecretError> {
        if let Some(path) = file {
            let text = fs::read_to_string(path).map_err(|error| SecretError::File {
                what,
                path: path.clone(),
                reason: error.to_string(),
            })?;
            return Ok(Self(text.trim().to_owned()));
        }
        let name = variable.ok_or(SecretError::Unnamed(what))?;
        match env::var(name) {
            Ok(text) => Ok(Self(text.trim().to_owned())),
            Err(_) => Err(SecretError::Environment {
                what,
                name: name.clone(),
            }),
        }
    }

    /// The same, where one is named at all.
    pub(crate) fn read_optional(
        what: &'static str,
        file: Option<&PathBuf>,
        variable: Option<&String>,
    ) -> Result<Option<Self>, SecretError> {
        if file.is_none() && variable.is_none() {
            return Ok(None);
        }
        Self::read(what, file, variable).map(Some)
    }

    /// The secret itself, for the one place that needs it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
