//! Requests that no client would send: they cost their own connection, and nothing else.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::{
    death::Process,
    harness::{create_topic, drain, producer, read_all, send},
};

/// More than the broker needs for all of this, far less than the requests claim.
const MOST_MEMORY_KB: u64 = 400_000;

/// A xorshift generator (Marsaglia 2003): the same requests in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    /// Bytes that often are lengths and counts somewhere.
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        const LIKELY: [u8; 8] = [0, 0, 0, 1, 2, b't', 0x7f, 0xff];
        let bytes = (0..count).map(|_| LIKELY[self.below(LIKELY.len())]);
        bytes.collect()
    }
}

/// Sends a request of a kind and version; the answer may come or not.
fn send_request(address: &str, kind: i16, version: i16, rest: &[u8]) {
    let mut request = Vec::new();
    request.extend(kind.to_be_bytes());
    request.extend(version.to_be_bytes());
    request.extend(7_i32.to_be_bytes());
    request.extend([0, 1, b'c']);
    request.extend(rest);
    let mut stream = TcpStream::connect(address).unwrap();
    // Some requests wait for other members or for records; nobody waits for them here.
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let length = u32::try_from(request.len()).unwrap();
    stream.write_all(&length.to_be_bytes()).unwrap();
    stream.write_all(&request).unwrap();
    // Closed, or silent, or an answer: all are right.
    stream.read_exact(&mut [0; 4]).ok();
}

#[test]
fn spoilt_requests_cost_their_connection_only() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Process::start(folder.path(), "127.0.0.1:0");
    let address = &broker.address;
    create_topic(address, "kept", 1, &[]);
    let sender = producer(address, &[]);
    send(&sender, "kept", "k", "before");
    drain(&sender);
    let mut chance = Chance(20_261_127);
    for kind in 0..66 {
        for version in [0, 1, 3, 4] {
            let count = chance.below(60);
            let body = chance.bytes(count);
            send_request(address, kind, version, &body);
            // As many entries as fit into 31 bits, after what may be an empty text or a number.
            for before in [0, 1, 2, 4] {
                let mut body = vec![0; before];
                body.extend([0x7f, 0xff, 0xff, 0xff]);
                send_request(address, kind, version, &body);
            }
        }
    }
    send(&sender, "kept", "k", "after");
    drain(&sender);
    let values = read_all(address, "kept", "read_committed");
    assert_eq!(values[&0], ["before", "after"]);
    let status = fs::read_to_string(format!("/proc/{}/status", broker.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let most: u64 = most
        .and_then(|most| most.trim().strip_suffix(" kB"))
        .unwrap()
        .parse()
        .unwrap();
    assert!(most < MOST_MEMORY_KB, "{most} kB");
}
