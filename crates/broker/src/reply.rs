//! A reply on its way out: bytes, and slices of log files.

use std::{
    io::{self, Write},
    net::TcpStream,
    os::unix::fs::FileExt,
};

use bytes::{BufMut, Bytes, BytesMut};

use crate::log::Slice;

/// The body of a reply.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pieces: Vec<Piece>,
    /// What is being written behind the last piece.
    tail: BytesMut,
}

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    Slice(Slice),
}

/// Small enough to stay in the processor's cache between the read and the write.
const COPY_BYTES: usize = 128 * 1024;

impl Reply {
    /// Where to write the next bytes.
    pub(crate) fn tail(&mut self) -> &mut BytesMut {
        &mut self.tail
    }

    /// Puts part of a log file next.
    pub(crate) fn put_slice(&mut self, slice: Slice) {
        self.pieces.push(Piece::Bytes(self.tail.split().freeze()));
        self.pieces.push(Piece::Slice(slice));
    }

    fn bytes(&self) -> u64 {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Slice(slice) => slice.bytes,
        });
        pieces.sum::<u64>() + self.tail.len() as u64
    }

    /// Sends it with its length and header before it.
    pub(crate) fn send(
        mut self,
        correlation_id: i32,
        is_flexible: bool,
        stream: &mut TcpStream,
        copy: &mut Vec<u8>,
    ) -> io::Result<()> {
        let header_bytes = if is_flexible { 5 } else { 4 };
        let length = i32::try_from(self.bytes() + header_bytes)
            .map_err(|_| io::Error::other("reply is over 2 GiB"))?;
        let mut head = BytesMut::with_capacity(64 + self.tail.len());
        head.put_i32(length);
        head.put_i32(correlation_id);
        if is_flexible {
            // No tagged fields.
            head.put_u8(0);
        }
        self.pieces.push(Piece::Bytes(self.tail.freeze()));
        for piece in self.pieces {
            match piece {
                // Gathered, so that a small reply is one packet.
                Piece::Bytes(bytes) => head.put_slice(&bytes),
                Piece::Slice(slice) => {
                    stream.write_all(&head)?;
                    head.clear();
                    send_slice(&slice, stream, copy)?;
                }
            }
        }
        if head.is_empty() {
            Ok(())
        } else {
            stream.write_all(&head)
        }
    }
}

fn send_slice(slice: &Slice, stream: &mut TcpStream, copy: &mut Vec<u8>) -> io::Result<()> {
    copy.resize(COPY_BYTES, 0);
    let mut position = slice.position;
    let end = slice.position + slice.bytes;
    while position < end {
        let left = usize::try_from(end - position).unwrap_or(COPY_BYTES);
        let part = copy.get_mut(..left.min(COPY_BYTES)).unwrap_or_default();
        slice.file.read_exact_at(part, position)?;
        stream.write_all(part)?;
        position += part.len() as u64;
    }
    Ok(())
}
