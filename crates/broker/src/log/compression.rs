//! Unpacking batches, for the few times the broker must look inside: a search by time, and
//! compaction. What producers sent is stored and handed out as it came.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use bytes::Buf;

/// What a batch may unpack to. Batches are at most a few megabytes; one that claims more is hostile.
const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// How the Java library for Snappy begins its framing, which Kafka clients share.
const SNAPPY_FRAMING: &[u8] = b"\x82SNAPPY\0";

/// Unpacks the records of a batch, packed with the codec of this number.
pub(crate) fn unpack(codec: i16, data: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    match codec {
        0 => Ok(Cow::Borrowed(data)),
        1 => read_all(flate2::read::MultiGzDecoder::new(data)),
        2 => unpack_snappy(data).map(Cow::Owned),
        3 => read_all(lz4_flex::frame::FrameDecoder::new(data)),
        4 => {
            let decoder =
                ruzstd::decoding::StreamingDecoder::new(data).map_err(io::Error::other)?;
            read_all(decoder)
        }
        other => Err(io::Error::other(format!("unknown codec {other}"))),
    }
}

fn read_all<'a>(reader: impl Read) -> io::Result<Cow<'a, [u8]>> {
    let mut unpacked = Vec::new();
    let bytes = reader.take(MAX_UNPACKED_BYTES).read_to_end(&mut unpacked)?;
    check_size(bytes as u64)?;
    Ok(Cow::Owned(unpacked))
}

fn check_size(bytes: u64) -> io::Result<()> {
    if bytes < MAX_UNPACKED_BYTES {
        return Ok(());
    }
    Err(io::Error::other("batch unpacks to more than 256 MiB"))
}

/// Either one raw block, or blocks with lengths behind a header of 16 bytes.
fn unpack_snappy(data: &[u8]) -> io::Result<Vec<u8>> {
    let Some(framed) = data.strip_prefix(SNAPPY_FRAMING) else {
        return unpack_snappy_block(data);
    };
    let mut rest = framed.get(8..).unwrap_or_default();
    let mut unpacked = Vec::new();
    while !rest.is_empty() {
        let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let bytes = rest.try_get_u32().map_err(|_| cut_off())? as usize;
        let (block, behind) = rest.split_at_checked(bytes).ok_or_else(cut_off)?;
        unpacked.extend(unpack_snappy_block(block)?);
        check_size(unpacked.len() as u64)?;
        rest = behind;
    }
    Ok(unpacked)
}

fn unpack_snappy_block(block: &[u8]) -> io::Result<Vec<u8>> {
    let bytes = snap::raw::decompress_len(block).map_err(io::Error::other)?;
    check_size(bytes as u64)?;
    snap::raw::Decoder::new()
        .decompress_vec(block)
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &[u8] = b"said, said, said and said again";

    fn check(codec: i16, packed: &[u8]) {
        assert_eq!(unpack(codec, packed).unwrap().as_ref(), TEXT);
        let cut = &packed[..packed.len() / 2];
        assert!(
            unpack(codec, cut).is_err() || codec == 0,
            "codec {codec} cut off"
        );
    }

    #[test]
    fn each_codec_is_unpacked() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(TEXT).unwrap();
        check(1, &gzip.finish().unwrap());
        let block = snap::raw::Encoder::new().compress_vec(TEXT).unwrap();
        check(2, &block);
        let mut framed = [SNAPPY_FRAMING, &[0, 0, 0, 1, 0, 0, 0, 1]].concat();
        framed.extend(u32::try_from(block.len()).unwrap().to_be_bytes());
        framed.extend(&block);
        check(2, &framed);
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        lz4.write_all(TEXT).unwrap();
        check(3, &lz4.finish().unwrap());
        let zstd =
            ruzstd::encoding::compress_to_vec(TEXT, ruzstd::encoding::CompressionLevel::Fastest);
        check(4, &zstd);
    }
}
