use std::{collections::BTreeMap, sync::Arc};

use super::*;
use crate::{
    Config,
    clock::now_ms,
    log::{Marker, Upto, batch::BatchHeader, control_batch},
    topic_settings::TopicSettings,
};

fn open(folder: &Path) -> PartitionLog {
    let own = [
        ("cleanup.policy", "compact"),
        ("segment.bytes", "400"),
        ("min.cleanable.dirty.ratio", "0"),
        ("delete.retention.ms", "0"),
    ];
    let own: BTreeMap<String, String> = own
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let settings = TopicSettings::parse(&Config::default(), &own).unwrap();
    PartitionLog::open(folder, Arc::new(settings)).unwrap()
}

/// A batch of one record; an empty value is a tombstone.
fn keyed(producer_id: i64, is_transactional: bool, sequence: i32, key: u8, value: u8) -> Batch {
    let header = BatchHeader {
        base_offset: 0,
        bytes: 0,
        checksum: 0,
        attributes: if is_transactional { 0x10 } else { 0 },
        last_offset_delta: 0,
        base_timestamp: 1,
        max_timestamp: 1,
        producer_id,
        producer_epoch: if producer_id < 0 { -1 } else { 0 },
        base_sequence: sequence,
        records: 1,
    };
    let record = if value == 0 {
        vec![14, 0, 0, 0, 2, key, 1, 0]
    } else {
        vec![16, 0, 0, 0, 2, key, 2, value, 0]
    };
    write_batch(header, &record)
}

fn compact(log: &mut PartitionLog) {
    let plan = log
        .plan_compaction(now_ms())
        .expect("there is something to do");
    let compacted = plan.run().unwrap().expect("there is something to replace");
    log.replace_compacted(compacted).unwrap();
}

/// The records in the log: offset and key.
fn keys(log: &PartitionLog) -> Vec<(i64, u8)> {
    let mut keys = Vec::new();
    let mut offset = log.start_offset();
    while let Some(plan) = log.plan_read(offset, 1 << 20, Upto::End).unwrap().unwrap() {
        let slice = plan.resolve().unwrap();
        let mut reader = BatchReader::new(slice.file, slice.position, slice.position + slice.bytes);
        while let Some((_, batch)) = reader.next_batch().unwrap() {
            let batch = batch.unwrap();
            if batch.header.is_control() {
                continue;
            }
            for record in parse_records(batch.records()).unwrap() {
                keys.push((
                    batch.header.base_offset + record.offset_delta,
                    record.key.unwrap()[0],
                ));
            }
        }
        offset = slice.end_offset;
    }
    assert_eq!(offset, log.end_offset(), "a reader gets to the end");
    keys
}

#[test]
fn the_latest_of_each_key_stays_and_offsets_do_not_move() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    for n in 0..50_u8 {
        log.append(keyed(-1, false, -1, n % 5, 1)).unwrap();
    }
    let end = log.end_offset();
    let before = log.bytes();
    compact(&mut log);
    assert!(log.bytes() < before / 3);
    let kept = keys(&log);
    for key in 0..5 {
        assert!(kept.contains(&(45 + i64::from(key), key)));
    }
    assert_eq!(log.end_offset(), end);
    assert!(
        log.plan_compaction(now_ms()).is_none(),
        "nothing is left to do"
    );
    drop(log);
    let log = open(folder.path());
    assert_eq!(keys(&log), kept);
    assert_eq!(log.end_offset(), end);
}

#[test]
fn tombstones_go_after_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(keyed(-1, false, -1, 1, 1)).unwrap();
    log.append(keyed(-1, false, -1, 1, 0)).unwrap();
    for _ in 0..20 {
        log.append(keyed(-1, false, -1, 2, 1)).unwrap();
    }
    compact(&mut log);
    assert!(keys(&log).iter().all(|(_, key)| *key == 2));
}

#[test]
fn aborted_records_neither_stay_nor_hide_earlier_ones() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(keyed(7, true, 0, 1, 1)).unwrap();
    log.append_marker(control_batch(7, 0, Marker::Commit, 1))
        .unwrap();
    log.append(keyed(7, true, 1, 1, 2)).unwrap();
    log.append_marker(control_batch(7, 0, Marker::Abort, 1))
        .unwrap();
    for _ in 0..20 {
        log.append(keyed(-1, false, -1, 2, 1)).unwrap();
    }
    compact(&mut log);
    assert_eq!(keys(&log)[0], (0, 1));
    assert!(!keys(&log).iter().any(|(offset, _)| *offset == 2));
    assert!(log.aborted_between(0, 99).is_empty());
}

#[test]
fn what_an_open_transaction_has_written_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(keyed(7, true, 0, 1, 1)).unwrap();
    for _ in 0..50 {
        log.append(keyed(-1, false, -1, 2, 1)).unwrap();
    }
    assert!(log.plan_compaction(now_ms()).is_none());
}

#[test]
fn a_death_at_any_step_of_the_swap_is_mended() {
    for dies_after in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        for n in 0..50_u8 {
            log.append(keyed(-1, false, -1, n % 5, 1)).unwrap();
        }
        let compacted = log
            .plan_compaction(now_ms())
            .unwrap()
            .run()
            .unwrap()
            .unwrap();
        if dies_after > 0 {
            log.save_checkpoint().unwrap();
            let swaps = name_swaps(folder.path(), &compacted).unwrap();
            if dies_after > 1 {
                finish_swap(folder.path(), &swaps[0]).unwrap();
            }
        }
        drop(log);
        let log = open(folder.path());
        let kept = keys(&log);
        assert_eq!(log.end_offset(), 50);
        for key in 0..5 {
            assert!(
                kept.contains(&(45 + i64::from(key), key)),
                "after step {dies_after}"
            );
        }
        let names = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        assert!(!names.into_iter().any(|path| {
            path.extension()
                .is_some_and(|e| e == "swap" || e == "cleaned")
        }));
    }
}
