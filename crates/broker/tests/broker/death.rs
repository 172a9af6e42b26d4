//! kill -9: what was acknowledged is there, once and in order.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rdkafka::producer::Producer;

use crate::harness::{PATIENCE, create_topic, drain, eventually, producer, read_all, send};

/// The broker in a process of its own: this test binary, run again for one "test" that serves.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn start(folder: &Path, address: &str) -> Self {
        Self::spawn(
            Command::new(std::env::current_exe().unwrap()),
            folder,
            address,
        )
    }

    /// With everything forced to disk before it is acknowledged.
    fn start_forcing(folder: &Path, address: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("BROKER_FSYNC", "commit");
        Self::spawn(command, folder, address)
    }

    /// No file of its may grow over 100 blocks: as a full disk, for which a test has no room.
    fn start_with_full_disk(folder: &Path, address: &str) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\""]);
        shell.arg(std::env::current_exe().unwrap());
        Self::spawn(shell, folder, address)
    }

    fn spawn(mut command: Command, folder: &Path, address: &str) -> Self {
        let mut child = command
            .args(["death::serves_when_told", "--exact", "--nocapture"])
            .env("BROKER_FOLDER", folder)
            .env("BROKER_ADDRESS", address)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut words = lines.map_while(Result::ok).filter_map(|line| {
            line.split_once("address=")
                .map(|(_, address)| address.to_owned())
        });
        let address = words.next().expect("the broker says its address");
        Self { child, address }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn serves_when_told() {
    let (Ok(folder), Ok(address)) = (
        std::env::var("BROKER_FOLDER"),
        std::env::var("BROKER_ADDRESS"),
    ) else {
        return;
    };
    let fsync = match std::env::var("BROKER_FSYNC").as_deref() {
        Ok("commit") => broker::Fsync::Commit,
        _ => broker::Fsync::None,
    };
    let config = broker::Config {
        fsync,
        data: folder.into(),
        listen: address.parse().unwrap(),
        segment_bytes: 100_000,
        upkeep_interval: Duration::from_millis(100),
        ..broker::Config::default()
    };
    let broker = broker::start(config).unwrap();
    println!("address={}", broker.bootstrap_servers());
    loop {
        std::thread::park();
    }
}

#[test]
fn acknowledged_records_are_there_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Process::start(folder.path(), "127.0.0.1:0");
    let address = broker.address.clone();
    create_topic(&address, "t", 2, &[]);
    let sender = producer(
        &address,
        &[
            ("reconnect.backoff.ms", "10"),
            ("reconnect.backoff.max.ms", "100"),
            ("linger.ms", "1"),
        ],
    );
    let records = 20_000;
    for n in 0..records {
        send(&sender, "t", &(n % 10).to_string(), &n.to_string());
        if n % 4000 == 2000 {
            assert!(sender.in_flight_count() > 0);
            sender.poll(Duration::from_millis(20));
            drop(broker);
            broker = Process::start(folder.path(), &address);
        }
    }
    drain(&sender);
    let values = read_all(&address, "t", "read_committed");
    let mut all: Vec<u32> = Vec::new();
    for values in values.values() {
        let numbers: Vec<u32> = values.iter().map(|value| value.parse().unwrap()).collect();
        for key in 0..10 {
            assert!(numbers.iter().filter(|n| **n % 10 == key).is_sorted());
        }
        all.extend(numbers);
    }
    all.sort_unstable();
    assert_eq!(all, (0..records).collect::<Vec<u32>>());
}

#[test]
fn a_full_disk_loses_nothing_and_spoils_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Process::start_with_full_disk(folder.path(), "127.0.0.1:0");
    let address = broker.address.clone();
    create_topic(&address, "t", 1, &[("segment.bytes", "10000000")]);
    let settings = [
        ("reconnect.backoff.ms", "10"),
        ("reconnect.backoff.max.ms", "100"),
        ("batch.size", "5000"),
    ];
    let sender = producer(&address, &settings);
    let text = "x".repeat(500);
    // 300 kB, and a file takes 100 kB at most.
    for n in 0..600 {
        send(&sender, "t", "k", &format!("{n} {text}"));
    }
    let values = |address: &str| read_all(address, "t", "read_committed").remove(&0).unwrap();
    let mut most = 0;
    eventually("nothing more fits", || {
        sender.poll(Duration::from_millis(300));
        let before = most;
        most = values(&address).len();
        most > 0 && most == before
    });
    assert!(most < 600, "the limit held");
    drop(broker);
    let _broker = Process::start(folder.path(), &address);
    drain(&sender);
    let numbers: Vec<usize> = values(&address)
        .iter()
        .map(|value| value.split_once(' ').unwrap().0.parse().unwrap())
        .collect();
    assert_eq!(numbers, (0..600).collect::<Vec<usize>>());
}

/// That the disk has it cannot be seen without cutting the power; that this way of working serves
/// records, transactions and restarts as the other does, can.
#[test]
fn a_broker_that_forces_to_disk_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Process::start_forcing(folder.path(), "127.0.0.1:0");
    let address = broker.address.clone();
    create_topic(&address, "t", 1, &[]);
    let plain = producer(&address, &[]);
    let committing = producer(&address, &[("transactional.id", "x")]);
    committing.init_transactions(PATIENCE).unwrap();
    for n in 0..20 {
        send(&plain, "t", "k", &format!("plain {n}"));
        drain(&plain);
        committing.begin_transaction().unwrap();
        send(&committing, "t", "k", &format!("committed {n}"));
        committing.commit_transaction(PATIENCE).unwrap();
        if n == 10 {
            drop(broker);
            broker = Process::start_forcing(folder.path(), &address);
        }
    }
    let expected: Vec<String> = (0..20)
        .flat_map(|n| [format!("plain {n}"), format!("committed {n}")])
        .collect();
    assert_eq!(read_all(&address, "t", "read_committed")[&0], expected);
}
