//! The records inside a batch: <https://kafka.apache.org/documentation/#record>.

use std::io;

use bytes::Buf;

use super::{batch::Batch, compression::unpack};

/// One record, as far as the broker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// The whole record with its length.
    pub(crate) data: &'a [u8],
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i64,
    pub(crate) key: Option<&'a [u8]>,
    /// It has no value: its key is deleted.
    pub(crate) is_tombstone: bool,
}

impl Batch {
    /// The first record at or behind `start_offset` that is not older than `wanted`: its offset and
    /// timestamp.
    pub(crate) fn first_not_before(
        &self,
        wanted: i64,
        start_offset: i64,
    ) -> io::Result<Option<(i64, i64)>> {
        if self.header.is_control() {
            return Ok(None);
        }
        let unpacked = unpack(self.header.compression(), self.records())?;
        for record in parse_records(&unpacked)? {
            let offset = self.header.base_offset + record.offset_delta;
            let timestamp = self.header.base_timestamp + record.timestamp_delta;
            if timestamp >= wanted && offset >= start_offset {
                return Ok(Some((offset, timestamp)));
            }
        }
        Ok(None)
    }
}

/// Takes unpacked records apart.
pub(crate) fn parse_records(mut data: &[u8]) -> io::Result<Vec<Record<'_>>> {
    let mut records = Vec::new();
    while !data.is_empty() {
        let (record, rest) = parse_record(data).ok_or(io::ErrorKind::InvalidData)?;
        records.push(record);
        data = rest;
    }
    Ok(records)
}

fn parse_record(data: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let mut rest = data;
    let length = usize::try_from(varint(&mut rest)?).ok()?;
    let (mut body, behind) = rest.split_at_checked(length)?;
    let whole = data.get(..data.len() - behind.len())?;
    let _attributes = body.try_get_u8().ok()?;
    let timestamp_delta = varint(&mut body)?;
    let offset_delta = varint(&mut body)?;
    let key = match usize::try_from(varint(&mut body)?) {
        Ok(bytes) => {
            let (key, behind) = body.split_at_checked(bytes)?;
            body = behind;
            Some(key)
        }
        Err(_) => None,
    };
    let is_tombstone = varint(&mut body)? < 0;
    let record = Record {
        data: whole,
        timestamp_delta,
        offset_delta,
        key,
        is_tombstone,
    };
    Some((record, behind))
}

/// A zigzag varint, as Protocol Buffers have it.
fn varint(data: &mut &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = data.try_get_u8().ok()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_zigzag() {
        let check = |mut bytes: &[u8], expected| assert_eq!(varint(&mut bytes), expected);
        check(&[0], Some(0));
        check(&[1], Some(-1));
        check(&[2], Some(1));
        check(&[0xac, 0x02], Some(150));
        check(&[0x80], None);
        check(&[0xff; 11], None);
    }

    #[test]
    fn a_record_is_taken_apart() {
        // Key "k", no value, no headers; then a record of another, cut off.
        let whole = [14, 0, 4, 2, 2, b'k', 1, 0];
        let records = parse_records(&whole).unwrap();
        let expected = Record {
            data: &whole,
            timestamp_delta: 2,
            offset_delta: 1,
            key: Some(b"k"),
            is_tombstone: true,
        };
        assert_eq!(records, [expected]);
        assert!(parse_records(&whole[..7]).is_err());
    }
}
