//! The layouts of the requests served, after
//! <https://kafka.apache.org/protocol#protocol_messages>. A test holds them against the decoder.

use kafka_protocol::messages::ApiKey;

use crate::layout::{Field, Kind, Layout};

const BYTE: Kind = Kind::Fixed(1);
const SHORT: Kind = Kind::Fixed(2);
const INT: Kind = Kind::Fixed(4);
const LONG: Kind = Kind::Fixed(8);
/// A version that no request has.
const NEVER: i16 = i16::MAX;

const fn all(kind: Kind) -> Field {
    since(0, kind)
}

const fn since(since: i16, kind: Kind) -> Field {
    Field {
        kind,
        since,
        until: NEVER,
    }
}

const fn until(until: i16, kind: Kind) -> Field {
    Field {
        kind,
        since: 0,
        until,
    }
}

const TOPIC_PARTITIONS: Kind = Kind::List(&[all(Kind::Text), all(Kind::Values(&INT))]);
const NAMES: Kind = Kind::Values(&Kind::Text);
const PRODUCER: [Field; 3] = [all(Kind::Text), all(LONG), all(SHORT)];

/// The layout of a request; `None` for kinds that are not served.
pub(crate) fn of(key: ApiKey) -> Option<Layout> {
    let (flexible_since, fields): (i16, &'static [Field]) = match key {
        ApiKey::Produce => (9, PRODUCE),
        ApiKey::Fetch => (12, FETCH),
        ApiKey::ListOffsets => (6, LIST_OFFSETS),
        ApiKey::Metadata => (9, METADATA),
        ApiKey::DescribeCluster => (0, const { &[all(BYTE)] }),
        ApiKey::DescribeAcls => (2, DESCRIBE_ACLS),
        ApiKey::FindCoordinator => (3, FIND_COORDINATOR),
        ApiKey::ApiVersions => (3, const { &[since(3, Kind::Text), since(3, Kind::Text)] }),
        ApiKey::CreateTopics => (5, CREATE_TOPICS),
        ApiKey::DeleteTopics => (4, const { &[all(NAMES), all(INT)] }),
        ApiKey::CreatePartitions => (2, CREATE_PARTITIONS),
        ApiKey::DeleteRecords => (2, DELETE_RECORDS),
        ApiKey::DescribeLogDirs => (2, const { &[all(TOPIC_PARTITIONS)] }),
        ApiKey::DescribeConfigs => (4, DESCRIBE_CONFIGS),
        ApiKey::AlterConfigs => (2, ALTER_CONFIGS),
        ApiKey::IncrementalAlterConfigs => (1, INCREMENTAL_ALTER_CONFIGS),
        ApiKey::JoinGroup => (6, JOIN_GROUP),
        ApiKey::SyncGroup => (4, SYNC_GROUP),
        ApiKey::Heartbeat => (4, HEARTBEAT),
        ApiKey::LeaveGroup => (4, LEAVE_GROUP),
        ApiKey::ListGroups => (3, const { &[since(4, NAMES)] }),
        ApiKey::DescribeGroups => (5, const { &[all(NAMES), since(3, BYTE)] }),
        ApiKey::DeleteGroups => (2, const { &[all(NAMES)] }),
        ApiKey::OffsetCommit => (8, OFFSET_COMMIT),
        ApiKey::OffsetFetch => (6, OFFSET_FETCH),
        ApiKey::OffsetDelete => (
            NEVER,
            const { &[all(Kind::Text), all(OFFSET_DELETE_TOPICS)] },
        ),
        ApiKey::TxnOffsetCommit => (3, TXN_OFFSET_COMMIT),
        ApiKey::InitProducerId => (2, INIT_PRODUCER_ID),
        ApiKey::AddPartitionsToTxn => (3, ADD_PARTITIONS_TO_TXN),
        ApiKey::AddOffsetsToTxn => (3, ADD_OFFSETS_TO_TXN),
        ApiKey::EndTxn => (3, END_TXN),
        _ => return None,
    };
    Some(Layout {
        fields,
        flexible_since,
    })
}

const PRODUCE: &[Field] = &[
    since(3, Kind::Text),
    all(SHORT),
    all(INT),
    all(Kind::List(&[
        all(Kind::Text),
        all(Kind::List(&[all(INT), all(Kind::Bytes)])),
    ])),
];

const FETCH: &[Field] = &[
    all(INT),
    all(INT),
    all(INT),
    since(3, INT),
    since(4, BYTE),
    since(7, INT),
    since(7, INT),
    all(Kind::List(&[all(Kind::Text), all(FETCH_PARTITIONS)])),
    since(7, TOPIC_PARTITIONS),
    since(11, Kind::Text),
];
const FETCH_PARTITIONS: Kind =
    Kind::List(&[all(INT), since(9, INT), all(LONG), since(5, LONG), all(INT)]);

const LIST_OFFSETS: &[Field] = &[
    all(INT),
    since(2, BYTE),
    all(Kind::List(&[
        all(Kind::Text),
        all(Kind::List(&[all(INT), since(4, INT), all(LONG)])),
    ])),
];

const METADATA: &[Field] = &[
    all(Kind::List(&[all(Kind::Text)])),
    since(4, BYTE),
    since(8, BYTE),
    since(8, BYTE),
];

const DESCRIBE_ACLS: &[Field] = &[
    all(BYTE),
    all(Kind::Text),
    since(1, BYTE),
    all(Kind::Text),
    all(Kind::Text),
    all(BYTE),
    all(BYTE),
];

const FIND_COORDINATOR: &[Field] = &[until(3, Kind::Text), since(1, BYTE), since(4, NAMES)];

const CREATE_TOPICS: &[Field] = &[
    all(Kind::List(&[
        all(Kind::Text),
        all(INT),
        all(SHORT),
        all(Kind::List(&[all(INT), all(Kind::Values(&INT))])),
        all(Kind::List(&[all(Kind::Text), all(Kind::Text)])),
    ])),
    all(INT),
    all(BYTE),
];

const CREATE_PARTITIONS: &[Field] = &[
    all(Kind::List(&[
        all(Kind::Text),
        all(INT),
        all(Kind::List(&[all(Kind::Values(&INT))])),
    ])),
    all(INT),
    all(BYTE),
];

const DELETE_RECORDS: &[Field] = &[
    all(Kind::List(&[
        all(Kind::Text),
        all(Kind::List(&[all(INT), all(LONG)])),
    ])),
    all(INT),
];

const DESCRIBE_CONFIGS: &[Field] = &[
    all(Kind::List(&[all(BYTE), all(Kind::Text), all(NAMES)])),
    since(1, BYTE),
    since(3, BYTE),
];

const ALTER_CONFIGS: &[Field] = &[
    all(Kind::List(&[
        all(BYTE),
        all(Kind::Text),
        all(Kind::List(&[all(Kind::Text), all(Kind::Text)])),
    ])),
    all(BYTE),
];

const INCREMENTAL_ALTER_CONFIGS: &[Field] = &[
    all(Kind::List(&[
        all(BYTE),
        all(Kind::Text),
        all(Kind::List(&[all(Kind::Text), all(BYTE), all(Kind::Text)])),
    ])),
    all(BYTE),
];

const JOIN_GROUP: &[Field] = &[
    all(Kind::Text),
    all(INT),
    since(1, INT),
    all(Kind::Text),
    since(5, Kind::Text),
    all(Kind::Text),
    all(Kind::List(&[all(Kind::Text), all(Kind::Bytes)])),
];

const SYNC_GROUP: &[Field] = &[
    all(Kind::Text),
    all(INT),
    all(Kind::Text),
    since(3, Kind::Text),
    all(Kind::List(&[all(Kind::Text), all(Kind::Bytes)])),
];

const HEARTBEAT: &[Field] = &[
    all(Kind::Text),
    all(INT),
    all(Kind::Text),
    since(3, Kind::Text),
];

const LEAVE_GROUP: &[Field] = &[
    all(Kind::Text),
    until(2, Kind::Text),
    since(3, Kind::List(&[all(Kind::Text), all(Kind::Text)])),
];

const OFFSET_COMMIT: &[Field] = &[
    all(Kind::Text),
    since(1, INT),
    since(1, Kind::Text),
    since(7, Kind::Text),
    // How long to keep: from version 2, the oldest served, to 4.
    until(4, LONG),
    all(Kind::List(&[all(Kind::Text), all(COMMIT_PARTITIONS)])),
];
const COMMIT_PARTITIONS: Kind = Kind::List(&[all(INT), all(LONG), since(6, INT), all(Kind::Text)]);

const OFFSET_FETCH: &[Field] = &[all(Kind::Text), all(TOPIC_PARTITIONS), since(7, BYTE)];

const OFFSET_DELETE_TOPICS: Kind = Kind::List(&[all(Kind::Text), all(Kind::List(&[all(INT)]))]);

const TXN_OFFSET_COMMIT: &[Field] = &[
    all(Kind::Text),
    all(Kind::Text),
    all(LONG),
    all(SHORT),
    since(3, INT),
    since(3, Kind::Text),
    since(3, Kind::Text),
    all(Kind::List(&[
        all(Kind::Text),
        all(Kind::List(&[
            all(INT),
            all(LONG),
            since(2, INT),
            all(Kind::Text),
        ])),
    ])),
];

const INIT_PRODUCER_ID: &[Field] = &[all(Kind::Text), all(INT), since(3, LONG), since(3, SHORT)];

const ADD_PARTITIONS_TO_TXN: &[Field] =
    &[PRODUCER[0], PRODUCER[1], PRODUCER[2], all(TOPIC_PARTITIONS)];

const ADD_OFFSETS_TO_TXN: &[Field] = &[PRODUCER[0], PRODUCER[1], PRODUCER[2], all(Kind::Text)];

const END_TXN: &[Field] = &[PRODUCER[0], PRODUCER[1], PRODUCER[2], all(BYTE)];
