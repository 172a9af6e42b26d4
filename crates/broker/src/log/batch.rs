//! Record batches, version 2: <https://kafka.apache.org/documentation/#recordbatch>.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Bytes before the records.
pub(crate) const HEADER_BYTES: usize = 61;
/// Offset and length, which the length does not count.
pub(crate) const PREFIX_BYTES: usize = 12;
/// Where the part that the checksum covers begins: at the attributes.
const CHECKED_FROM: usize = 21;

const TRANSACTIONAL: i16 = 0x10;
const CONTROL: i16 = 0x20;
const COMPRESSION: i16 = 0x07;

/// What stands before the records of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BatchHeader {
    pub(crate) base_offset: i64,
    /// The whole batch, this header included.
    pub(crate) bytes: usize,
    pub(crate) checksum: u32,
    pub(crate) attributes: i16,
    pub(crate) last_offset_delta: i32,
    pub(crate) base_timestamp: i64,
    pub(crate) max_timestamp: i64,
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) base_sequence: i32,
    pub(crate) records: i32,
}

/// A batch and its header.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) header: BatchHeader,
    pub(crate) data: Bytes,
}

/// Why bytes are not a batch.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum BadBatch {
    #[error("batch is cut off")]
    CutOff,
    #[error("batch has format {0}, not 2")]
    Format(i8),
    #[error("batch has impossible lengths")]
    Lengths,
    #[error("batch does not match its checksum")]
    Checksum,
}

/// How a transaction ended, as a control record says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Marker {
    Abort,
    Commit,
}

impl BatchHeader {
    pub(crate) fn parse(data: &[u8]) -> Result<Self, BadBatch> {
        let Some(mut data) = data.get(..HEADER_BYTES) else {
            return Err(BadBatch::CutOff);
        };
        let base_offset = data.get_i64();
        let length = data.get_i32();
        let _leader_epoch = data.get_i32();
        let format = data.get_i8();
        if format != 2 {
            return Err(BadBatch::Format(format));
        }
        let bytes = usize::try_from(length).map_err(|_| BadBatch::Lengths)? + PREFIX_BYTES;
        let header = Self {
            base_offset,
            bytes,
            checksum: data.get_u32(),
            attributes: data.get_i16(),
            last_offset_delta: data.get_i32(),
            base_timestamp: data.get_i64(),
            max_timestamp: data.get_i64(),
            producer_id: data.get_i64(),
            producer_epoch: data.get_i16(),
            base_sequence: data.get_i32(),
            records: data.get_i32(),
        };
        let is_possible =
            bytes >= HEADER_BYTES && header.last_offset_delta >= 0 && header.records >= 0;
        is_possible.then_some(header).ok_or(BadBatch::Lengths)
    }

    pub(crate) fn last_offset(&self) -> i64 {
        self.base_offset + i64::from(self.last_offset_delta)
    }

    pub(crate) fn is_transactional(&self) -> bool {
        self.attributes & TRANSACTIONAL != 0
    }

    pub(crate) fn is_control(&self) -> bool {
        self.attributes & CONTROL != 0
    }

    /// The codec's number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    pub(crate) fn compression(&self) -> i16 {
        self.attributes & COMPRESSION
    }

    /// The sequence number of the last record; they wrap at 2³¹.
    pub(crate) fn last_sequence(&self) -> i32 {
        self.base_sequence.wrapping_add(self.last_offset_delta) & i32::MAX
    }
}

impl Batch {
    /// Reads one whole batch, and checks it.
    pub(crate) fn parse(data: Bytes) -> Result<Self, BadBatch> {
        let header = BatchHeader::parse(&data)?;
        if header.bytes != data.len() {
            return Err(BadBatch::CutOff);
        }
        let checked = data.get(CHECKED_FROM..).unwrap_or_default();
        if crc32c::crc32c(checked) != header.checksum {
            return Err(BadBatch::Checksum);
        }
        Ok(Self { header, data })
    }

    /// The records, compressed as the header says.
    pub(crate) fn records(&self) -> &[u8] {
        self.data.get(HEADER_BYTES..).unwrap_or_default()
    }

    /// How the transaction ended, where this is a control batch that says so.
    pub(crate) fn marker(&self) -> Option<Marker> {
        // length, attributes, timestamp delta, offset delta (a byte each as we write them; read as
        // varints elsewhere), key length, then version and type.
        if !self.header.is_control() {
            return None;
        }
        let mut record = self.records();
        for _ in 0..5 {
            skip_varint(&mut record)?;
        }
        let _version = record.try_get_i16().ok()?;
        match record.try_get_i16().ok()? {
            0 => Some(Marker::Abort),
            1 => Some(Marker::Commit),
            _ => None,
        }
    }
}

fn skip_varint(data: &mut &[u8]) -> Option<()> {
    while data.try_get_u8().ok()? & 0x80 != 0 {}
    Some(())
}

/// Takes the batches of a produce request apart, and checks each.
pub(crate) fn split_batches(mut data: Bytes) -> Result<Vec<Batch>, BadBatch> {
    let mut batches = Vec::with_capacity(1);
    while !data.is_empty() {
        let header = BatchHeader::parse(&data)?;
        if header.bytes > data.len() {
            return Err(BadBatch::CutOff);
        }
        let batch = Batch::parse(data.split_to(header.bytes))?;
        if header.records == 0 || header.records != header.last_offset_delta + 1 {
            return Err(BadBatch::Lengths);
        }
        batches.push(batch);
    }
    Ok(batches)
}

/// The control batch that ends a transaction of a producer in a partition.
pub(crate) fn control_batch(producer_id: i64, epoch: i16, marker: Marker, now_ms: i64) -> Batch {
    let kind: u8 = match marker {
        Marker::Abort => 0,
        Marker::Commit => 1,
    };
    // Length 16, attributes, deltas, key of 4 bytes (version, type), value of 6 (version, epoch of
    // the coordinator), no headers; lengths are zigzag varints.
    let record = [32, 0, 0, 0, 8, 0, 0, 0, kind, 12, 0, 0, 0, 0, 0, 0, 0];
    let header = BatchHeader {
        base_offset: 0,
        bytes: HEADER_BYTES + record.len(),
        checksum: 0,
        attributes: TRANSACTIONAL | CONTROL,
        last_offset_delta: 0,
        base_timestamp: now_ms,
        max_timestamp: now_ms,
        producer_id,
        producer_epoch: epoch,
        base_sequence: -1,
        records: 1,
    };
    write_batch(header, &record)
}

/// Puts header and records together; length and checksum are computed.
pub(crate) fn write_batch(mut header: BatchHeader, records: &[u8]) -> Batch {
    header.bytes = HEADER_BYTES + records.len();
    let mut checked = BytesMut::with_capacity(header.bytes - CHECKED_FROM);
    checked.put_i16(header.attributes);
    checked.put_i32(header.last_offset_delta);
    checked.put_i64(header.base_timestamp);
    checked.put_i64(header.max_timestamp);
    checked.put_i64(header.producer_id);
    checked.put_i16(header.producer_epoch);
    checked.put_i32(header.base_sequence);
    checked.put_i32(header.records);
    checked.put_slice(records);
    header.checksum = crc32c::crc32c(&checked);
    let mut data = BytesMut::with_capacity(header.bytes);
    data.put_slice(&prefix(header.base_offset, header.bytes));
    data.put_i8(2);
    data.put_u32(header.checksum);
    data.put_slice(&checked);
    Batch {
        header,
        data: data.freeze(),
    }
}

/// The first 16 bytes of a batch, which the checksum does not cover: offset, length, leader epoch.
pub(crate) fn prefix(base_offset: i64, bytes: usize) -> [u8; 16] {
    let length = u32::try_from(bytes - PREFIX_BYTES).unwrap_or(u32::MAX);
    let mut prefix = [0; 16];
    let mut rest = prefix.as_mut_slice();
    rest.put_i64(base_offset);
    rest.put_u32(length);
    // This broker has been the leader since the first record.
    rest.put_i32(0);
    prefix
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A batch of records without keys that fill `sizes` bytes each.
    pub(crate) fn batch_of(
        producer: (i64, i16, i32),
        records: i32,
        is_transactional: bool,
    ) -> Batch {
        let header = BatchHeader {
            base_offset: 0,
            bytes: 0,
            checksum: 0,
            attributes: if is_transactional { TRANSACTIONAL } else { 0 },
            last_offset_delta: records - 1,
            base_timestamp: 1_000,
            max_timestamp: 1_000,
            producer_id: producer.0,
            producer_epoch: producer.1,
            base_sequence: producer.2,
            records,
        };
        let mut data = Vec::new();
        for delta in 0..u8::try_from(records).unwrap() {
            // length 6: attributes, timestamp delta, offset delta, no key, no value, no headers.
            data.extend_from_slice(&[12, 0, 0, delta * 2, 1, 1, 0]);
        }
        write_batch(header, &data)
    }

    #[test]
    fn a_written_batch_reads_back() {
        let batch = batch_of((7, 1, 0), 3, true);
        assert_eq!(
            Batch::parse(batch.data.clone()).unwrap().header,
            batch.header
        );
        assert_eq!(split_batches(batch.data).unwrap().len(), 1);
    }

    #[test]
    fn a_flipped_bit_and_a_cut_are_noticed() {
        let batch = batch_of((-1, -1, -1), 2, false);
        let mut flipped = batch.data.to_vec();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(
            split_batches(flipped.into()).unwrap_err(),
            BadBatch::Checksum
        );
        let cut = batch.data.slice(..batch.data.len() - 1);
        assert_eq!(split_batches(cut).unwrap_err(), BadBatch::CutOff);
        assert_eq!(
            split_batches(batch.data.slice(..20)).unwrap_err(),
            BadBatch::CutOff
        );
    }

    #[test]
    fn a_marker_says_how_the_transaction_ended() {
        for marker in [Marker::Abort, Marker::Commit] {
            let batch = control_batch(5, 2, marker, 9);
            let batch = Batch::parse(batch.data).unwrap();
            assert_eq!(batch.marker(), Some(marker));
            assert!(batch.header.is_control() && batch.header.is_transactional());
        }
    }

    #[test]
    fn sequences_wrap() {
        let batch = batch_of((1, 0, i32::MAX), 2, false);
        assert_eq!(batch.header.last_sequence(), 0);
    }
}
