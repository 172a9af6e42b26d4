//! What is secret: never in a file of settings, never printed.

/// Parts of keys that hold secrets.
const SECRET_WORDS: [&str; 6] = [
    "password",
    "secret",
    "token",
    "credential",
    "passphrase",
    "authorization",
];

/// Property names that hold a secret without saying so by those words.
const SECRET_PROPERTIES: [&str; 2] = ["ssl.key.pem", "sasl.jaas.config"];

/// Whether the value of `key` is secret. A key that names a file, a variable or an address is not.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let names_a_place = ["_file", "_files", "_env", ".location", ".url", "_url"];
    if names_a_place.iter().any(|ending| key.ends_with(ending)) {
        return false;
    }
    SECRET_WORDS.iter().any(|word| key.contains(word)) || SECRET_PROPERTIES.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_key() {
        assert!(is_secret("sasl.password"));
        assert!(is_secret("sasl.oauthbearer.client.secret"));
        assert!(is_secret("ssl.key.password"));
        assert!(!is_secret("secret_file"));
        assert!(!is_secret("token_env"));
        assert!(!is_secret("sasl.mechanism"));
        assert!(!is_secret("sasl.oauthbearer.token.endpoint.url"));
    }
}
