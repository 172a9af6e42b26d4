//! `X-Hub-Signature`: that a push comes from the hub that was told the secret.

use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key};

/// Whether `header` (`method=hex digits`) is the HMAC of `body` under `secret`.
///
/// SHA-1 is taken too: the largest public hub signs with nothing else, and as HMAC it still holds.
pub(super) fn is_signed(header: &str, secret: &str, body: &[u8]) -> bool {
    let Some((method, digits)) = header.trim().split_once('=') else {
        return false;
    };
    let algorithm = match method.to_ascii_lowercase().as_str() {
        "sha1" => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => HMAC_SHA256,
        "sha384" => HMAC_SHA384,
        "sha512" => HMAC_SHA512,
        _ => return false,
    };
    let Some(signature) = from_hex(digits) else {
        return false;
    };
    let key = Key::new(algorithm, secret.as_bytes());
    // Compares in constant time.
    ring::hmac::verify(&key, body, &signature).is_ok()
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        let digit = char::from(*byte).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: bool) {
        // RFC 2202 and RFC 4231, test case 2.
        let body = b"what do ya want for nothing?";
        assert_eq!(is_signed(header, "Jefe", body), expected, "{header}");
    }

    #[test]
    fn signatures_of_the_rfcs_are_known_and_others_refused() {
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", true);
        check(
            "SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843",
            true,
        );
        check(
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3844",
            false,
        );
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c7", false);
        check("md5=750c783e6ab0b503eaa86e310a5db738", false);
        check("sha1=", false);
        check("sha1=éé", false);
        check("", false);
    }
}
