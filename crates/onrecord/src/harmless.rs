//! What others wrote must not steer the terminal on which it is shown.

use std::io::{self, Write};

const ESCAPE: u8 = 0x1b;
/// First byte of U+0080 to U+00BF in UTF-8; those up to U+009F steer old terminals.
const LATIN_1: u8 = 0xc2;
/// Longer than any style.
const LONGEST_STYLE: usize = 32;

/// Passes text, line ends, tabs and styles (`ESC [ … m`) on, and drops all other control
/// characters: articles may hold sequences that clear the screen, set its title or fill the
/// clipboard. What remains of such a sequence is shown as text.
#[derive(Debug)]
pub(crate) struct Harmless<W> {
    inner: W,
    /// The beginning of what may be a style or a control character.
    begun: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self {
            inner,
            begun: Vec::new(),
        }
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut passed = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            take(byte, &mut self.begun, &mut passed);
        }
        self.inner.write_all(&passed)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Takes the next byte; what is decided goes to `passed`.
fn take(byte: u8, begun: &mut Vec<u8>, passed: &mut Vec<u8>) {
    match begun.as_slice() {
        [] => match byte {
            ESCAPE | LATIN_1 => begun.push(byte),
            b'\n' | b'\t' => passed.push(byte),
            _ if byte.is_ascii_control() => {}
            _ => passed.push(byte),
        },
        [LATIN_1] => {
            begun.clear();
            if !(0x80..0xa0).contains(&byte) {
                passed.extend([LATIN_1, byte]);
            }
        }
        [ESCAPE] if byte == b'[' => begun.push(byte),
        [ESCAPE, b'[', ..] if byte == b'm' => {
            passed.append(begun);
            passed.push(byte);
        }
        [ESCAPE, b'[', ..]
            if begun.len() < LONGEST_STYLE && matches!(byte, b'0'..=b'9' | b';' | b':') =>
        {
            begun.push(byte);
        }
        [_, rest @ ..] => {
            // No style after all: it loses its power with the escape in front.
            passed.extend(rest);
            begun.clear();
            take(byte, begun, passed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut whole = Harmless::new(Vec::new());
        whole.write_all(text.as_bytes()).unwrap();
        let mut in_pieces = Harmless::new(Vec::new());
        for byte in text.as_bytes() {
            in_pieces.write_all(&[*byte]).unwrap();
        }
        assert_eq!(whole.inner, in_pieces.inner);
        String::from_utf8(whole.inner).unwrap()
    }

    #[test]
    fn text_and_styles_pass() {
        for text in [
            "Vell said:\n\t“ភ្នំពេញ” £ é ©",
            "\x1b[1;38:2:1:2:3mbold\x1b[0m\x1b[m",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_steers_a_terminal_does_not() {
        assert_eq!(shown("a\x1b[2Jb\x1b[1;1Hc"), "a[2Jb[1;1Hc");
        assert_eq!(shown("\x1b]52;c;eA==\x07"), "]52;c;eA==");
        assert_eq!(shown("a\x1b\x1b[31mb\x1b"), "a\x1b[31mb");
        assert_eq!(shown("a\rb\x08\x7f\0c\u{9b}2Jd\u{85}"), "abc2Jd");
        let endless = format!("\x1b[{}m", "1;".repeat(40));
        assert!(!shown(&endless).contains('\x1b'));
    }
}
