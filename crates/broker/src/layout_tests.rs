use bytes::Bytes;
use kafka_protocol::{
    messages::{
        AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, AlterConfigsRequest, ApiKey,
        ApiVersionsRequest, CreatePartitionsRequest, CreateTopicsRequest, DeleteGroupsRequest,
        DeleteRecordsRequest, DeleteTopicsRequest, DescribeAclsRequest, DescribeClusterRequest,
        DescribeConfigsRequest, DescribeGroupsRequest, DescribeLogDirsRequest, EndTxnRequest,
        FetchRequest, FindCoordinatorRequest, HeartbeatRequest, IncrementalAlterConfigsRequest,
        InitProducerIdRequest, JoinGroupRequest, LeaveGroupRequest, ListGroupsRequest,
        ListOffsetsRequest, MetadataRequest, OffsetCommitRequest, OffsetDeleteRequest,
        OffsetFetchRequest, ProduceRequest, SyncGroupRequest, TxnOffsetCommitRequest,
    },
    protocol::Decodable,
};

use super::*;
use crate::{api::SERVED, layouts};

/// A xorshift generator (Marsaglia 2003): the same requests in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// Writes a request of a layout with values of chance.
struct Writer<'a> {
    bytes: Vec<u8>,
    version: i16,
    is_flexible: bool,
    chance: &'a mut Chance,
}

impl Writer<'_> {
    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            if (field.since..=field.until).contains(&self.version) {
                self.one(field.kind);
            }
        }
        if self.is_flexible {
            let tags = self.chance.below(3);
            self.bytes.push(u8::try_from(tags).unwrap());
            for tag in 0..tags {
                // Far from the tags that have a meaning.
                self.bytes.push(u8::try_from(100 + tag).unwrap());
                self.bytes.extend([3, b'a', b'b', b'c']);
            }
        }
    }

    fn one(&mut self, kind: Kind) {
        match kind {
            Kind::Fixed(bytes) => {
                for _ in 0..bytes {
                    let byte = u8::try_from(self.chance.below(256)).unwrap();
                    self.bytes.push(byte);
                }
            }
            Kind::Text => {
                let length = self.chance.below(12);
                if self.is_flexible {
                    self.bytes.push(u8::try_from(length + 1).unwrap());
                } else {
                    let length = u16::try_from(length).unwrap();
                    self.bytes.extend(length.to_be_bytes());
                }
                self.bytes.extend(vec![b'x'; length]);
            }
            Kind::Bytes => {
                let length = self.count(20);
                self.bytes.extend(vec![7; length]);
            }
            Kind::List(fields) => {
                for _ in 0..self.count(4) {
                    self.fields(fields);
                }
            }
            Kind::Values(kind) => {
                for _ in 0..self.count(4) {
                    self.one(*kind);
                }
            }
        }
    }

    fn count(&mut self, limit: usize) -> usize {
        let count = self.chance.below(limit);
        if self.is_flexible {
            self.bytes.push(u8::try_from(count + 1).unwrap());
        } else {
            let count = u32::try_from(count).unwrap();
            self.bytes.extend(count.to_be_bytes());
        }
        count
    }
}

fn request(key: ApiKey, version: i16, chance: &mut Chance) -> Vec<u8> {
    let layout = layouts::of(key).unwrap();
    let mut writer = Writer {
        bytes: Vec::new(),
        version,
        is_flexible: version >= layout.flexible_since,
        chance,
    };
    writer.fields(layout.fields);
    writer.bytes
}

/// Decodes as the broker does; how many bytes are left, or why it is refused.
fn decode(key: ApiKey, version: i16, bytes: &[u8]) -> Result<usize, String> {
    fn by<Q: Decodable>(version: i16, bytes: &[u8]) -> Result<usize, String> {
        let mut bytes = Bytes::copy_from_slice(bytes);
        let decoded = Q::decode(&mut bytes, version);
        decoded
            .map(|_| bytes.len())
            .map_err(|error| error.to_string())
    }
    let decode = match key {
        ApiKey::Produce => by::<ProduceRequest>,
        ApiKey::Fetch => by::<FetchRequest>,
        ApiKey::ListOffsets => by::<ListOffsetsRequest>,
        ApiKey::Metadata => by::<MetadataRequest>,
        ApiKey::DescribeCluster => by::<DescribeClusterRequest>,
        ApiKey::DescribeAcls => by::<DescribeAclsRequest>,
        ApiKey::FindCoordinator => by::<FindCoordinatorRequest>,
        ApiKey::ApiVersions => by::<ApiVersionsRequest>,
        ApiKey::CreateTopics => by::<CreateTopicsRequest>,
        ApiKey::DeleteTopics => by::<DeleteTopicsRequest>,
        ApiKey::CreatePartitions => by::<CreatePartitionsRequest>,
        ApiKey::DeleteRecords => by::<DeleteRecordsRequest>,
        ApiKey::DescribeLogDirs => by::<DescribeLogDirsRequest>,
        ApiKey::DescribeConfigs => by::<DescribeConfigsRequest>,
        ApiKey::AlterConfigs => by::<AlterConfigsRequest>,
        ApiKey::IncrementalAlterConfigs => by::<IncrementalAlterConfigsRequest>,
        ApiKey::JoinGroup => by::<JoinGroupRequest>,
        ApiKey::SyncGroup => by::<SyncGroupRequest>,
        ApiKey::Heartbeat => by::<HeartbeatRequest>,
        ApiKey::LeaveGroup => by::<LeaveGroupRequest>,
        ApiKey::ListGroups => by::<ListGroupsRequest>,
        ApiKey::DescribeGroups => by::<DescribeGroupsRequest>,
        ApiKey::DeleteGroups => by::<DeleteGroupsRequest>,
        ApiKey::OffsetCommit => by::<OffsetCommitRequest>,
        ApiKey::OffsetFetch => by::<OffsetFetchRequest>,
        ApiKey::OffsetDelete => by::<OffsetDeleteRequest>,
        ApiKey::TxnOffsetCommit => by::<TxnOffsetCommitRequest>,
        ApiKey::InitProducerId => by::<InitProducerIdRequest>,
        ApiKey::AddPartitionsToTxn => by::<AddPartitionsToTxnRequest>,
        ApiKey::AddOffsetsToTxn => by::<AddOffsetsToTxnRequest>,
        ApiKey::EndTxn => by::<EndTxnRequest>,
        other => panic!("{other:?} is not served"),
    };
    decode(version, bytes)
}

fn for_each_request(mut check: impl FnMut(ApiKey, i16, Vec<u8>, &mut Chance)) {
    let mut chance = Chance(20_261_127);
    for (key, first, last) in SERVED {
        for version in first..=last {
            for _ in 0..100 {
                let bytes = request(key, version, &mut chance);
                check(key, version, bytes, &mut chance);
            }
        }
    }
}

/// So the walk and the decoder agree on where each length stands.
#[test]
fn layouts_are_those_that_the_decoder_reads() {
    for_each_request(|key, version, bytes, _| {
        let left = layouts::of(key).unwrap().check(version, &bytes);
        assert_eq!(left.unwrap(), b"", "{key:?} {version}");
        let decoded = decode(key, version, &bytes);
        assert_eq!(decoded, Ok(0), "{key:?} {version}: {bytes:?}");
    });
}

/// What the walk lets pass, the decoder may refuse; it must not fall over it.
#[test]
fn spoilt_requests_are_refused_or_decoded() {
    let (mut refused, mut passed) = (0, 0);
    for_each_request(|key, version, mut bytes, chance| {
        for _ in 0..=chance.below(3) {
            let place = chance.below(bytes.len() + 1);
            match chance.below(4) {
                0 => bytes.truncate(place),
                1 => bytes
                    .splice(place..place, [0x7f, 0xff, 0xff, 0xff])
                    .for_each(drop),
                2 => bytes.splice(place..place, [0xff; 5]).for_each(drop),
                _ => {
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte = u8::try_from(chance.below(256)).unwrap();
                    }
                }
            }
        }
        if layouts::of(key).unwrap().check(version, &bytes).is_err() {
            refused += 1;
        } else {
            passed += 1;
            drop(decode(key, version, &bytes));
        }
    });
    assert!(refused > 1_000 && passed > 1_000, "{refused}, {passed}");
}

#[test]
fn a_claim_beyond_the_bytes_is_refused() {
    let layout = layouts::of(ApiKey::Metadata).unwrap();
    let refused = |version, bytes: &[u8]| layout.check(version, bytes).unwrap_err().to_string();
    assert_eq!(
        refused(1, &[0x7f, 0xff, 0xff, 0xff]),
        "request claims more entries than it has bytes"
    );
    let many = MAX_ENTRIES + 1;
    let mut bytes = u32::try_from(many).unwrap().to_be_bytes().to_vec();
    bytes.extend(vec![0; 2 * many]);
    assert_eq!(refused(1, &bytes), "request has too many entries");
}

#[test]
fn a_header_is_checked_too() {
    let mut header = vec![0, 3, 0, 9, 0, 0, 0, 1, 0, 1, b'c'];
    assert!(check_header(false, &header).is_ok());
    assert!(check_header(true, &header).is_err());
    header.push(0);
    assert!(check_header(true, &header).is_ok());
    header.pop();
    header.extend([0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(check_header(true, &header).is_err());
}
