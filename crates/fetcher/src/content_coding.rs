//! Undoes a body's compression within bounds.
//!
//! The HTTP client could do it, but it bounds neither side and drops the whole body for a broken
//! stream: here both sizes are limited, and what came before a break is kept.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::fault::Fault;

/// What we accept, as the header says it.
pub(crate) const ACCEPT_ENCODING: &str = "gzip, br";

/// More layers than this are an attack: none is legitimate beyond one.
const MAX_LAYERS: usize = 2;

/// A body without its compression.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    /// False where the compressed stream breaks off: the bytes before the break are here.
    pub(crate) is_complete: bool,
}

/// Undoes `Content-Encoding`, and a bare gzip file under any label.
pub(crate) fn decode(
    body: Vec<u8>,
    content_encoding: Option<&str>,
    max_bytes: usize,
) -> Result<Decoded, Fault> {
    let mut decoded = Decoded {
        bytes: body,
        is_complete: true,
    };
    let codings = content_encoding.unwrap_or_default().rsplit(',');
    let codings = codings.map(|coding| coding.trim().to_ascii_lowercase());
    for coding in codings.filter(|coding| !coding.is_empty()).take(MAX_LAYERS) {
        decoded = undo(&coding, &decoded.bytes, max_bytes)?.and_after(decoded.is_complete);
    }
    // Servers hand out `feed.xml.gz` as a plain file, or compress twice and say so once.
    if decoded.bytes.starts_with(&[0x1f, 0x8b, 0x08]) {
        decoded = undo("gzip", &decoded.bytes, max_bytes)?.and_after(decoded.is_complete);
    }
    if decoded.bytes.len() > max_bytes {
        return Err(too_large(max_bytes));
    }
    Ok(decoded)
}

impl Decoded {
    fn and_after(self, is_complete: bool) -> Self {
        Self {
            is_complete: self.is_complete && is_complete,
            ..self
        }
    }
}

fn undo(coding: &str, body: &[u8], max_bytes: usize) -> Result<Decoded, Fault> {
    match coding {
        "gzip" | "x-gzip" if body.starts_with(&[0x1f, 0x8b]) => {
            read_bounded(MultiGzDecoder::new(body), max_bytes)
        }
        "deflate" => read_bounded(ZlibDecoder::new(body), max_bytes)
            // Some servers send deflate without the zlib frame that the standard asks for.
            .or_else(|_| read_bounded(DeflateDecoder::new(body), max_bytes)),
        "br" => read_bounded(Decompressor::new(body, 16 << 10), max_bytes),
        // Labelled as gzip but plain, or `identity`: servers do that, and the bytes are fine.
        "gzip" | "x-gzip" | "identity" => Ok(Decoded {
            bytes: body.to_vec(),
            is_complete: true,
        }),
        other => Err(Fault::Coding(format!("unknown content encoding {other:?}"))),
    }
}

fn read_bounded(mut reader: impl Read, max_bytes: usize) -> Result<Decoded, Fault> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    let outcome: io::Result<usize> = (&mut reader)
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes);
    if bytes.len() > max_bytes {
        return Err(too_large(max_bytes));
    }
    match outcome {
        Ok(_) => Ok(Decoded {
            bytes,
            is_complete: true,
        }),
        Err(error) if bytes.is_empty() => Err(Fault::Coding(error.to_string())),
        Err(_) => Ok(Decoded {
            bytes,
            is_complete: false,
        }),
    }
}

fn too_large(limit_bytes: usize) -> Fault {
    Fault::TooLarge {
        what: "document",
        limit_bytes,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[track_caller]
    fn check(body: Vec<u8>, coding: Option<&str>, expected: &[u8]) {
        let decoded = decode(body, coding, 1 << 20).unwrap();
        assert_eq!(decoded.bytes, expected);
        assert!(decoded.is_complete);
    }

    #[test]
    fn every_accepted_coding_is_undone() {
        let text = b"<rss/>".repeat(50);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(&text).unwrap();
        check(text.clone(), None, &text);
        check(gzip(&text), Some("gzip"), &text);
        check(gzip(&text), Some("GZip, identity"), &text);
        check(zlib.finish().unwrap(), Some("deflate"), &text);
        check(raw.finish().unwrap(), Some("deflate"), &text);
        // "hi" in one uncompressed Brotli meta-block.
        check(vec![0x8b, 0x00, 0x80, b'h', b'i', 0x03], Some("br"), b"hi");
    }

    #[test]
    fn lies_about_the_coding_are_forgiven() {
        check(b"<rss/>".to_vec(), Some("gzip"), b"<rss/>");
        check(gzip(b"<rss/>"), None, b"<rss/>");
        check(gzip(&gzip(b"<rss/>")), Some("gzip"), b"<rss/>");
    }

    #[test]
    fn what_came_before_a_break_is_kept() {
        let noise: Vec<u8> = (0..60_000u32)
            .map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap())
            .collect();
        let mut body = gzip(&noise);
        body.truncate(body.len() / 2);
        let decoded = decode(body, Some("gzip"), 1 << 20).unwrap();
        assert!(!decoded.is_complete);
        assert!(!decoded.bytes.is_empty() && noise.starts_with(&decoded.bytes));
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = gzip(&vec![0; 4 << 20]);
        assert!(bomb.len() < 8 << 10);
        let fault = decode(bomb, Some("gzip"), 1 << 20).unwrap_err();
        assert_eq!(fault.code(), "too_large");
    }
}
