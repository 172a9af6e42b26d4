//! How many bytes topics take on the brokers' disks.
//!
//! librdkafka knows no `DescribeLogDirs`, so this one question is asked by hand, in the plain wire
//! format (<https://kafka.apache.org/protocol>, version 1, which every broker since 2.0 serves). It
//! is a nicety for people: where it cannot be asked or answered there is no figure, and no error.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use tracing::debug;

use crate::KafkaConfig;

const DESCRIBE_LOG_DIRS: i16 = 35;
const VERSION: i16 = 1;
const CORRELATION_ID: i32 = 1;
const CLIENT_ID: &str = "onrecord";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// For each read and write.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// A hundred thousand replicas fit.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Bytes of each topic (full name): of one copy, as far as `brokers` tell.
///
/// `None` where a broker does not answer, and where connections are encrypted or authenticated.
pub(crate) fn topic_bytes(
    kafka: &KafkaConfig,
    brokers: &[(String, u16)],
) -> Option<BTreeMap<String, u64>> {
    if !is_plaintext(kafka) {
        return None;
    }
    // A partition's copies differ by what a follower has yet to fetch.
    let mut largest: BTreeMap<(String, i32), u64> = BTreeMap::new();
    for (host, port) in brokers {
        let sizes = match ask(host, *port) {
            Ok(sizes) => sizes,
            Err(error) => {
                debug!(host, port, %error, "broker does not tell sizes on disk");
                return None;
            }
        };
        for (partition, bytes) in sizes {
            let known = largest.entry(partition).or_insert(0);
            *known = bytes.max(*known);
        }
    }
    let mut of_topic = BTreeMap::new();
    for ((topic, _), bytes) in largest {
        *of_topic.entry(topic).or_insert(0) += bytes;
    }
    Some(of_topic)
}

fn is_plaintext(kafka: &KafkaConfig) -> bool {
    let protocol = kafka.properties.get("security.protocol");
    protocol.is_none_or(|protocol| protocol.eq_ignore_ascii_case("plaintext"))
}

/// The bytes of every partition that the broker has a copy of.
fn ask(host: &str, port: u16) -> io::Result<Vec<((String, i32), u64)>> {
    let address = (host, port).to_socket_addrs()?.next();
    let address = address.ok_or_else(|| invalid("host has no address"))?;
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(&request())?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_ANSWER_BYTES {
        return Err(invalid("answer is too long"));
    }
    let mut answer = Vec::new();
    stream.take(length as u64).read_to_end(&mut answer)?;
    Answer(&answer).sizes()
}

fn request() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(DESCRIBE_LOG_DIRS.to_be_bytes());
    body.extend(VERSION.to_be_bytes());
    body.extend(CORRELATION_ID.to_be_bytes());
    let id_bytes = u16::try_from(CLIENT_ID.len()).unwrap_or_default();
    body.extend(id_bytes.to_be_bytes());
    body.extend(CLIENT_ID.as_bytes());
    // No list of topics: all.
    body.extend((-1_i32).to_be_bytes());
    let length = u32::try_from(body.len()).unwrap_or_default();
    let mut request = length.to_be_bytes().to_vec();
    request.append(&mut body);
    request
}

/// What is left of an answer. Every length in it is checked against what is there.
struct Answer<'a>(&'a [u8]);

impl Answer<'_> {
    fn sizes(mut self) -> io::Result<Vec<((String, i32), u64)>> {
        if self.i32()? != CORRELATION_ID {
            return Err(invalid("answer is to another question"));
        }
        let _throttle_ms = self.i32()?;
        let mut sizes = Vec::new();
        for _ in 0..self.count()? {
            let code = self.i16()?;
            if code != 0 {
                return Err(invalid(&format!("broker says error {code}")));
            }
            let _folder = self.text()?;
            for _ in 0..self.count()? {
                let topic = self.text()?;
                for _ in 0..self.count()? {
                    let partition = self.i32()?;
                    let bytes = u64::try_from(self.i64()?).unwrap_or(0);
                    let _offset_lag = self.i64()?;
                    let [is_moving_in] = self.take()?;
                    // A copy on its way to another disk is not one more.
                    if is_moving_in == 0 {
                        sizes.push(((topic.clone(), partition), bytes));
                    }
                }
            }
        }
        Ok(sizes)
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn i16(&mut self) -> io::Result<i16> {
        self.take().map(i16::from_be_bytes)
    }

    fn i32(&mut self) -> io::Result<i32> {
        self.take().map(i32::from_be_bytes)
    }

    fn i64(&mut self) -> io::Result<i64> {
        self.take().map(i64::from_be_bytes)
    }

    /// How many entries follow; they are read one by one, so a false count claims no memory.
    fn count(&mut self) -> io::Result<i32> {
        self.i32()
    }

    fn text(&mut self) -> io::Result<String> {
        let bytes = usize::try_from(self.i16()?).unwrap_or(0);
        let (text, rest) = self.0.split_at_checked(bytes).ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}

fn cut_short() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer with one folder, one topic and two partitions, the second on its way in.
    fn answer() -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [CORRELATION_ID, 0, 1] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(0_i16.to_be_bytes());
        for text in ["/data", "articles"] {
            bytes.extend(i16::try_from(text.len()).unwrap().to_be_bytes());
            bytes.extend(text.as_bytes());
            let count = if text == "/data" { 1_i32 } else { 2 };
            bytes.extend(count.to_be_bytes());
        }
        for (partition, size, is_moving_in) in [(0_i32, 500_i64, 0), (1, 70, 1)] {
            bytes.extend(partition.to_be_bytes());
            bytes.extend(size.to_be_bytes());
            bytes.extend(0_i64.to_be_bytes());
            bytes.push(is_moving_in);
        }
        bytes
    }

    #[test]
    fn sizes_are_read_partition_by_partition() {
        let sizes = Answer(&answer()).sizes().unwrap();
        assert_eq!(sizes, [(("articles".to_owned(), 0), 500)]);
    }

    #[test]
    fn an_answer_cut_anywhere_is_an_error() {
        let whole = answer();
        for length in 0..whole.len() {
            assert!(Answer(&whole[..length]).sizes().is_err(), "{length} bytes");
        }
    }

    #[test]
    fn nobody_is_asked_in_the_clear_where_connections_are_secured() {
        let mut kafka = KafkaConfig::default();
        let none: &[(String, u16)] = &[];
        assert_eq!(topic_bytes(&kafka, none), Some(BTreeMap::new()));
        let properties = &mut kafka.properties;
        properties.insert("security.protocol".to_owned(), "SASL_SSL".to_owned());
        assert_eq!(topic_bytes(&kafka, none), None);
    }
}
