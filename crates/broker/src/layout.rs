//! The layout of requests, walked before they are decoded.
//!
//! `kafka-protocol` reserves memory for as many entries as an array claims to have. Here every
//! length is first held against the bytes that are there, and the entries are counted, so that no
//! request can claim more memory than it brings.

use std::io;

/// Entries in all arrays of one request, tagged fields included: some ten megabytes decoded. The
/// largest requests of real clients, over thousands of partitions, stay well below.
const MAX_ENTRIES: usize = 100_000;

/// What stands in one place of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A number or flag of so many bytes.
    Fixed(usize),
    /// Text, or nothing.
    Text,
    /// Bytes with a length of four bytes before them, or nothing.
    Bytes,
    /// Any number of entries, or nothing.
    List(&'static [Field]),
    /// The same, of plain values: without tagged fields of their own.
    Values(&'static Kind),
}

/// A place of a request, and the versions that have it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) kind: Kind,
    pub(crate) since: i16,
    pub(crate) until: i16,
}

/// A request's places in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) fields: &'static [Field],
    /// First version with compact lengths and tagged fields.
    pub(crate) flexible_since: i16,
}

impl Layout {
    /// Checks a request's body; what is left behind it.
    ///
    /// # Errors
    /// Where a length is beyond the bytes that are left, or there are too many entries.
    pub(crate) fn check<'a>(&self, version: i16, body: &'a [u8]) -> io::Result<&'a [u8]> {
        let mut walk = Walk {
            rest: body,
            version,
            is_flexible: version >= self.flexible_since,
            entries: 0,
        };
        walk.fields(self.fields)?;
        Ok(walk.rest)
    }
}

/// Checks the header before a request's body. Its own text is never compact.
pub(crate) fn check_header(is_flexible: bool, request: &[u8]) -> io::Result<()> {
    let mut walk = Walk {
        rest: request,
        version: 0,
        is_flexible: false,
        entries: 0,
    };
    // Kind, version, correlation id.
    walk.skip(8)?;
    walk.one(Kind::Text)?;
    if is_flexible {
        walk.tagged_fields()?;
    }
    Ok(())
}

/// A walk over what is left of a request.
struct Walk<'a> {
    rest: &'a [u8],
    version: i16,
    is_flexible: bool,
    entries: usize,
}

impl Walk<'_> {
    fn fields(&mut self, fields: &[Field]) -> io::Result<()> {
        for field in fields {
            if (field.since..=field.until).contains(&self.version) {
                self.one(field.kind)?;
            }
        }
        if self.is_flexible {
            self.tagged_fields()?;
        }
        Ok(())
    }

    fn one(&mut self, kind: Kind) -> io::Result<()> {
        match kind {
            Kind::Fixed(bytes) => self.skip(bytes),
            Kind::Text => {
                let length = if self.is_flexible {
                    self.compact_length()?
                } else {
                    usize::try_from(i16::from_be_bytes(self.take()?)).unwrap_or(0)
                };
                self.skip(length)
            }
            Kind::Bytes => {
                let length = self.length()?;
                self.skip(length)
            }
            Kind::List(fields) => {
                for _ in 0..self.entries()? {
                    self.fields(fields)?;
                }
                Ok(())
            }
            Kind::Values(kind) => {
                for _ in 0..self.entries()? {
                    self.one(*kind)?;
                }
                Ok(())
            }
        }
    }

    fn tagged_fields(&mut self) -> io::Result<()> {
        let count = self.varint()?;
        self.count(count)?;
        for _ in 0..count {
            self.varint()?;
            let length = self.varint()?;
            self.skip(length)?;
        }
        Ok(())
    }

    fn entries(&mut self) -> io::Result<usize> {
        let entries = self.length()?;
        self.count(entries)?;
        Ok(entries)
    }

    fn count(&mut self, entries: usize) -> io::Result<()> {
        // Each takes a byte at least.
        if entries > self.rest.len() {
            return Err(invalid("request claims more entries than it has bytes"));
        }
        self.entries += entries;
        if self.entries > MAX_ENTRIES {
            return Err(invalid("request has too many entries"));
        }
        Ok(())
    }

    fn length(&mut self) -> io::Result<usize> {
        if self.is_flexible {
            return self.compact_length();
        }
        // Below zero: nothing.
        Ok(usize::try_from(i32::from_be_bytes(self.take()?)).unwrap_or(0))
    }

    /// One more than the length; zero is nothing.
    fn compact_length(&mut self) -> io::Result<usize> {
        self.varint().map(|length| length.saturating_sub(1))
    }

    fn varint(&mut self) -> io::Result<usize> {
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.take()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value as usize);
            }
        }
        Err(invalid("number in request is too long"))
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn skip(&mut self, bytes: usize) -> io::Result<()> {
        let (_, rest) = self.rest.split_at_checked(bytes).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(())
    }
}

fn cut_short() -> io::Error {
    invalid("request is shorter than it claims")
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
