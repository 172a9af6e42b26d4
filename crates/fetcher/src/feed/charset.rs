//! From bytes to text: byte order mark, valid UTF-8, header, prolog, detection, in this order.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Repair;

/// A document's text and how it was read.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The encoding in effect, in lower case: what was used, or for plain ASCII what is declared.
    pub(crate) encoding: String,
    pub(crate) repair: Option<Repair>,
}

/// Bytes given to the detector: enough to be sure, little enough to be quick.
const DETECTION_BYTES: usize = 256 << 10;

/// Reads bytes as text. Never fails: what cannot be read becomes U+FFFD.
pub(crate) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some(decoded) = decode_marked(bytes) {
        return decoded;
    }
    let header = content_type.and_then(header_charset);
    let prolog = prolog_encoding(bytes);
    let declared = header.clone().or_else(|| prolog.clone());
    let label = declared.as_deref().and_then(lookup);
    if is_seven_bit_stateful(label) && bytes.contains(&0x1b) {
        return finish(bytes, label.unwrap_or(UTF_8), declared);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let encoding = if text.is_ascii() {
            stated_encoding(content_type, header, prolog)
        } else {
            "utf-8".into()
        };
        let wrong = !text.is_ascii() && label.is_some_and(|label| label != UTF_8);
        return Decoded {
            text: Cow::Borrowed(text),
            encoding,
            repair: wrong.then(|| Repair::Encoding {
                declared,
                used: "utf-8".into(),
            }),
        };
    }
    for candidate in [header.as_deref(), prolog.as_deref()].into_iter().flatten() {
        let Some(encoding) = lookup(candidate).filter(|encoding| *encoding != UTF_8) else {
            continue;
        };
        let (text, faulty) = encoding.decode_without_bom_handling(bytes);
        if !faulty {
            return Decoded {
                text,
                encoding: encoding.name().to_ascii_lowercase(),
                repair: None,
            };
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let sample = bytes.get(..DETECTION_BYTES).unwrap_or(bytes);
    detector.feed(sample, sample.len() == bytes.len());
    let encoding = if mostly_utf8(bytes) {
        UTF_8
    } else {
        detector.guess(None, Utf8Detection::Deny)
    };
    let mut decoded = finish(bytes, encoding, None);
    encoding.name().clone_into(&mut decoded.encoding);
    decoded.repair = Some(Repair::Encoding {
        declared,
        used: decoded.encoding.clone(),
    });
    decoded
}

fn finish<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    declared: Option<String>,
) -> Decoded<'a> {
    let (text, faulty) = encoding.decode_without_bom_handling(bytes);
    let name = encoding.name().to_ascii_lowercase();
    Decoded {
        text,
        repair: faulty.then(|| Repair::Encoding {
            declared,
            used: name.clone(),
        }),
        encoding: name,
    }
}

/// UTF-8 with a few broken sequences (a cut character, a stray byte) is still UTF-8: under one
/// broken sequence in four non-ASCII ones.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.get(..DETECTION_BYTES).unwrap_or(bytes).utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 4 * bad
}

/// Documents that show their encoding by their first bytes.
fn decode_marked(bytes: &[u8]) -> Option<Decoded<'_>> {
    let decoded = |text: Cow<'static, str>, encoding: &str| Decoded {
        text,
        encoding: encoding.into(),
        repair: None,
    };
    let utf16 = |encoding: &'static Encoding, body: &[u8], name| {
        let (text, _) = encoding.decode_without_bom_handling(body);
        decoded(Cow::Owned(text.into_owned()), name)
    };
    match bytes {
        [0xFF, 0xFE, 0, 0, body @ ..] => Some(decoded(utf32(body, false), "utf-32le")),
        [0, 0, 0xFE, 0xFF, body @ ..] => Some(decoded(utf32(body, true), "utf-32be")),
        [b'<', 0, 0, 0, ..] => Some(decoded(utf32(bytes, false), "utf-32le")),
        [0, 0, 0, b'<', ..] => Some(decoded(utf32(bytes, true), "utf-32be")),
        [0xFE, 0xFF, body @ ..] => Some(utf16(UTF_16BE, body, "utf-16be")),
        [0xFF, 0xFE, body @ ..] => Some(utf16(UTF_16LE, body, "utf-16le")),
        [0, b'<', 0, ..] => Some(utf16(UTF_16BE, bytes, "utf-16be")),
        [b'<', 0, _, 0, ..] => Some(utf16(UTF_16LE, bytes, "utf-16le")),
        [0xEF, 0xBB, 0xBF, body @ ..] => {
            let text = String::from_utf8_lossy(body);
            Some(Decoded {
                repair: matches!(text, Cow::Owned(_)).then(|| Repair::Encoding {
                    declared: Some("utf-8".into()),
                    used: "utf-8".into(),
                }),
                text,
                encoding: "utf-8".into(),
            })
        }
        _ => None,
    }
}

fn utf32(bytes: &[u8], big_endian: bool) -> Cow<'static, str> {
    let read = |quad: &[u8]| {
        let quad: [u8; 4] = quad.try_into().ok()?;
        char::from_u32(if big_endian {
            u32::from_be_bytes(quad)
        } else {
            u32::from_le_bytes(quad)
        })
    };
    let chars = bytes.chunks_exact(4).map(read);
    Cow::Owned(
        chars
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
    )
}

fn is_seven_bit_stateful(encoding: Option<&'static Encoding>) -> bool {
    encoding == Some(encoding_rs::ISO_2022_JP)
}

fn lookup(label: &str) -> Option<&'static Encoding> {
    let known = match label.to_ascii_lowercase().as_str() {
        "utf8_lossy" | "u8" | "utf" => "utf-8",
        "cp936" | "hz-gb-2312" | "gb18030-2000" => "gb18030",
        "cp949" | "uhc" | "johab" => "euc-kr",
        "cp932" | "windows-31j" => "shift_jis",
        "cp950" => "big5",
        "cp1250" => "windows-1250",
        "tis620" => "tis-620",
        _ => return Encoding::for_label_no_replacement(label.as_bytes()),
    };
    Encoding::for_label_no_replacement(known.as_bytes())
}

/// The charset parameter of a content type.
fn header_charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty())
            .then(|| value.to_ascii_lowercase())
    })
}

/// The encoding named in an XML prolog, or an HTML `<meta charset>`, within the first KiB.
fn prolog_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head);
    let start = head.trim_start();
    let (key, scope) = if start.starts_with("<?xml") {
        ("encoding", start.split("?>").next()?)
    } else {
        ("charset", start)
    };
    let (_, after) = scope.split_once(key)?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let after = after.trim_start_matches(['"', '\'']);
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.:".contains(c))?;
    after
        .get(..end)
        .filter(|name| !name.is_empty())
        .map(str::to_ascii_lowercase)
}

/// What RFC 3023 says of a document in plain ASCII, where any answer reads the same.
fn stated_encoding(
    content_type: Option<&str>,
    header: Option<String>,
    prolog: Option<String>,
) -> String {
    let media_type = content_type
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default();
    let is_text_xml = media_type.starts_with("text/") && media_type.contains("xml");
    let name = match (header, is_text_xml) {
        (Some(charset), _) => charset,
        (None, true) => "us-ascii".into(),
        (None, false) => prolog.unwrap_or_else(|| "utf-8".into()),
    };
    match name.as_str() {
        "gb2312" | "gbk" => "gb18030".into(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: Option<&str>, text: &str, encoding: &str) {
        let decoded = decode(bytes, content_type);
        assert_eq!(
            (decoded.text.as_ref(), decoded.encoding.as_str()),
            (text, encoding)
        );
    }

    #[test]
    fn valid_utf8_wins_over_a_declaration() {
        let decoded = decode("<?xml encoding=\"iso-8859-1\"?>é".as_bytes(), None);
        assert!(decoded.text.ends_with('é'));
        assert!(decoded.repair.is_some());
    }

    #[test]
    fn marks_and_shapes_are_known() {
        check(b"\xEF\xBB\xBF<a/>", None, "<a/>", "utf-8");
        check(b"\xFE\xFF\0<\0a", None, "<a", "utf-16be");
        check(b"<\0a\0", None, "<a", "utf-16le");
        check(b"\0\0\0<\0\0\0a", None, "<a", "utf-32be");
    }

    #[test]
    fn the_header_counts_before_the_prolog() {
        check(
            b"<?xml encoding=\"koi8-r\"?>\xe9\xe9",
            Some("text/xml; charset=iso-8859-1"),
            "<?xml encoding=\"koi8-r\"?>éé",
            "windows-1252",
        );
    }

    #[test]
    fn one_broken_byte_does_not_spoil_utf8() {
        let mut bytes = "“Пример” текста".as_bytes().to_vec();
        bytes.push(0xff);
        assert!(decode(&bytes, None).text.starts_with("“Пример”"));
    }
}
