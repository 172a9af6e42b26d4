//! How much a broker bears: `load SERVERS` measures producing, copying from topic to topic, and
//! copying in transactions, with records of 5 KB, and prints a line for each.
//! `load SERVERS RECORDS OTHER [ROUNDS]` measures two brokers in turns, and prints both.
#![expect(clippy::print_stdout, reason = "the figures are this program's output")]

use std::{
    error::Error,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rdkafka::{
    ClientConfig, Message,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
    producer::{BaseProducer, BaseRecord, Producer},
    types::RDKafkaErrorCode,
};

const PARTITIONS: i32 = 4;
const RECORD_BYTES: usize = 5_000;
const TIMEOUT: Duration = Duration::from_mins(1);

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is measured: a name, and the records in a transaction; `None` only produces.
const LOADS: [(&str, Option<usize>); 5] = [
    ("produce only", None),
    ("copy", Some(0)),
    ("copy in transactions of 100", Some(100)),
    ("of 1000", Some(1_000)),
    ("of 5000", Some(5_000)),
];

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let servers = arguments.next().ok_or("the broker's address is missing")?;
    let records: usize = arguments
        .next()
        .map_or(Ok(100_000), |count| count.parse())?;
    let Some(other) = arguments.next() else {
        for ((name, _), rate) in LOADS.iter().zip(measure(&servers, records)?) {
            println!("{name:<32} {rate:>8.1} k records/s");
        }
        return Ok(());
    };
    let rounds: usize = arguments.next().map_or(Ok(3), |count| count.parse())?;
    compare(&servers, &other, records, rounds)
}

/// Measures both in turns, and prints the middle rate of each and their ratio.
fn compare(one: &str, other: &str, records: usize, rounds: usize) -> Outcome<()> {
    let (mut rates_of_one, mut rates_of_other) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        rates_of_one.push(measure(one, records)?);
        rates_of_other.push(measure(other, records)?);
    }
    println!("{:<32} {one:>18} {other:>18}    ratio", "k records/s");
    for (row, (name, _)) in LOADS.iter().enumerate() {
        let of_one = middle(&rates_of_one, row);
        let of_other = middle(&rates_of_other, row);
        let ratio = of_one / of_other;
        println!("{name:<32} {of_one:>18.1} {of_other:>18.1} {ratio:>8.2}");
    }
    Ok(())
}

fn middle(rounds: &[Vec<f64>], row: usize) -> f64 {
    let mut rates: Vec<f64> = rounds.iter().filter_map(|r| r.get(row).copied()).collect();
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The rate of each load, in thousand records a second.
fn measure(servers: &str, records: usize) -> Outcome<Vec<f64>> {
    let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let source = format!("load-{run}");
    create_topic(servers, &source)?;
    let mut rates = Vec::new();
    for (_, size) in LOADS {
        let (copied, seconds) = match size {
            None => (records, produce(servers, &source, records)?),
            Some(size) => {
                let target = format!("{source}-{size}");
                create_topic(servers, &target)?;
                // Each small transaction waits for the broker several times.
                let most = if size == 100 { records / 4 } else { records };
                (most, copy(servers, &source, &target, most, size)?)
            }
        };
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no exact count")]
        rates.push(copied as f64 / seconds / 1000.0);
    }
    Ok(rates)
}

fn client(servers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", servers);
    config
}

fn create_topic(servers: &str, name: &str) -> Outcome<()> {
    let admin: AdminClient<DefaultClientContext> = client(servers).create()?;
    let topic = NewTopic::new(name, PARTITIONS, TopicReplication::Fixed(1));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let results = runtime.block_on(admin.create_topics(&[topic], &AdminOptions::new()))?;
    for result in results {
        result.map_err(|(name, code)| format!("{name}: {code}"))?;
    }
    Ok(())
}

fn producer(servers: &str, transactional_id: Option<&str>) -> Outcome<BaseProducer> {
    let mut config = client(servers);
    config
        .set("enable.idempotence", "true")
        .set("linger.ms", "5")
        .set("queue.buffering.max.kbytes", "200000");
    if let Some(id) = transactional_id {
        config.set("transactional.id", id);
    }
    Ok(config.create()?)
}

fn send(producer: &BaseProducer, topic: &str, key: &str, value: &[u8]) -> Outcome<()> {
    let mut record = BaseRecord::to(topic).key(key).payload(value);
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), unsent)) => {
                producer.poll(Duration::from_millis(1));
                record = unsent;
            }
            Err((error, _)) => return Err(error.into()),
        }
    }
}

/// `flush` of rdkafka 0.39 waits 100 ms at the least.
fn drain(producer: &BaseProducer) {
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::from_millis(1));
    }
}

fn produce(servers: &str, topic: &str, records: usize) -> Outcome<f64> {
    let producer = producer(servers, None)?;
    let value = vec![b'x'; RECORD_BYTES];
    let started = Instant::now();
    for n in 0..records {
        send(&producer, topic, &n.to_string(), &value)?;
        if n % 1000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    drain(&producer);
    Ok(started.elapsed().as_secs_f64())
}

fn copy(servers: &str, source: &str, target: &str, records: usize, size: usize) -> Outcome<f64> {
    let consumer: BaseConsumer = client(servers)
        .set("group.id", target)
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .create()?;
    consumer.subscribe(&[source])?;
    let id = (size > 0).then_some(target);
    let producer = producer(servers, id)?;
    if id.is_some() {
        producer.init_transactions(TIMEOUT)?;
    }
    let mut copied = 0;
    let mut started = None;
    while copied < records {
        let most = if size > 0 { size } else { 1_000 };
        let mut batch = 0;
        while batch < most.min(records - copied) {
            let Some(message) = consumer.poll(Duration::from_millis(100)) else {
                continue;
            };
            let message = message?;
            started.get_or_insert_with(Instant::now);
            if batch == 0 && size > 0 {
                producer.begin_transaction()?;
            }
            let key = message.key().unwrap_or_default();
            send(
                &producer,
                target,
                std::str::from_utf8(key)?,
                message.payload().unwrap_or_default(),
            )?;
            batch += 1;
        }
        producer.poll(Duration::ZERO);
        if size > 0 {
            let group = consumer.group_metadata().ok_or("no group")?;
            drain(&producer);
            producer.send_offsets_to_transaction(&consumer.position()?, &group, TIMEOUT)?;
            producer.commit_transaction(TIMEOUT)?;
        }
        copied += batch;
    }
    drain(&producer);
    Ok(started.map_or(0.0, |started| started.elapsed().as_secs_f64()))
}
