use std::time::Duration;

use super::*;

fn join(id: &str, instance: Option<&str>) -> Join {
    Join {
        member_id: id.to_owned(),
        instance: instance.map(ToOwned::to_owned),
        client_id: "c".to_owned(),
        client_host: "h".to_owned(),
        session_timeout: Duration::from_secs(10),
        rebalance_timeout: Duration::from_mins(1),
        protocol_type: "consumer".to_owned(),
        protocols: vec![("range".to_owned(), Bytes::from_static(b"topics"))],
        must_know_id: false,
    }
}

fn who(id: &str) -> Who<'_> {
    Who {
        member_id: id,
        instance: None,
    }
}

fn shares(of: &[(&str, &'static str)]) -> Vec<(String, Bytes)> {
    of.iter()
        .map(|(id, share)| ((*id).to_owned(), Bytes::from_static(share.as_bytes())))
        .collect()
}

/// A group of `a` (the leader) and `b`, settled in generation 2.
fn settled(now: Instant) -> Group {
    let mut group = Group::default();
    let (_, step) = group.join(join("", None), "a".to_owned(), now).unwrap();
    assert!(matches!(step, Step::Now(Joined { generation: 1, .. })));
    assert_eq!(
        group
            .sync(who("a"), 1, shares(&[("a", "all")]), now)
            .unwrap(),
        Step::Now("all".into())
    );
    let (_, step) = group.join(join("", None), "b".to_owned(), now).unwrap();
    assert_eq!(step, Step::Later);
    assert_eq!(
        group.heartbeat(who("a"), 1, now),
        Err(ResponseError::RebalanceInProgress)
    );
    let (_, step) = group.join(join("a", None), String::new(), now).unwrap();
    let Step::Now(joined) = step else {
        panic!("a is told")
    };
    assert_eq!(
        (
            joined.generation,
            joined.members.len(),
            joined.leader.as_str()
        ),
        (2, 2, "a")
    );
    let Step::Now(joined) = group.joined("b").unwrap() else {
        panic!("b is told")
    };
    assert!(joined.members.is_empty());
    assert_eq!(
        group.sync(who("b"), 2, Vec::new(), now).unwrap(),
        Step::Later
    );
    let both = shares(&[("a", "x"), ("b", "y")]);
    assert_eq!(
        group.sync(who("a"), 2, both, now).unwrap(),
        Step::Now("x".into())
    );
    assert_eq!(
        group.sync(who("b"), 2, Vec::new(), now).unwrap(),
        Step::Now("y".into())
    );
    group
}

#[test]
fn two_members_share_and_one_leaves() {
    let now = Instant::now();
    let mut group = settled(now);
    group.leave(who("a"), now).unwrap();
    assert_eq!(group.state, GroupState::Joining);
    let (_, step) = group.join(join("b", None), String::new(), now).unwrap();
    let Step::Now(joined) = step else {
        panic!("b is told")
    };
    assert_eq!((joined.generation, joined.leader.as_str()), (3, "b"));
    group.leave(who("b"), now).unwrap();
    assert_eq!(group.state, GroupState::Empty);
}

#[test]
fn the_silent_are_put_out() {
    let now = Instant::now();
    let mut group = settled(now);
    let later = now + Duration::from_secs(9);
    group.heartbeat(who("a"), 2, later).unwrap();
    group.expire(now + Duration::from_secs(11));
    assert_eq!(group.state, GroupState::Joining);
    assert_eq!(group.members.keys().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn who_does_not_join_again_in_time_is_out() {
    let now = Instant::now();
    let mut group = settled(now);
    let (_, step) = group.join(join("", None), "c".to_owned(), now).unwrap();
    assert_eq!(step, Step::Later);
    for seconds in (0..60).step_by(5) {
        let at = now + Duration::from_secs(seconds);
        assert!(group.heartbeat(who("a"), 2, at).is_err());
        group.expire(at);
    }
    group.expire(now + Duration::from_mins(1));
    let Step::Now(joined) = group.joined("c").unwrap() else {
        panic!("c is told")
    };
    assert_eq!(joined.leader, "c");
    assert_eq!(group.members.len(), 1);
}

#[test]
fn a_newcomer_must_come_back_with_its_id() {
    let now = Instant::now();
    let mut group = Group::default();
    let mut first = join("", None);
    first.must_know_id = true;
    let refused = group.join(first, "a".to_owned(), now).unwrap_err();
    assert_eq!(refused, (ResponseError::MemberIdRequired, "a".to_owned()));
    assert!(group.members.is_empty());
    assert!(group.join(join("a", None), String::new(), now).is_ok());
    let refused = group.join(join("z", None), String::new(), now).unwrap_err();
    assert_eq!(refused.0, ResponseError::UnknownMemberId);
}

#[test]
fn a_static_member_keeps_its_share_over_a_restart() {
    let now = Instant::now();
    let mut group = Group::default();
    group
        .join(join("", Some("i")), "a".to_owned(), now)
        .unwrap();
    group
        .sync(who("a"), 1, shares(&[("a", "all")]), now)
        .unwrap();
    let (id, step) = group
        .join(join("", Some("i")), "b".to_owned(), now)
        .unwrap();
    let Step::Now(joined) = step else {
        panic!("settled at once")
    };
    assert_eq!(
        (id.as_str(), joined.generation, group.state),
        ("b", 1, GroupState::Stable)
    );
    assert_eq!(
        group.sync(who("b"), 1, Vec::new(), now).unwrap(),
        Step::Now("all".into())
    );
    let old = Who {
        member_id: "a",
        instance: Some("i"),
    };
    assert_eq!(
        group.heartbeat(old, 1, now),
        Err(ResponseError::FencedInstanceId)
    );
}

#[test]
fn only_present_members_commit() {
    let now = Instant::now();
    let group = settled(now);
    assert_eq!(group.check_commit(who("a"), 2), Ok(()));
    assert_eq!(
        group.check_commit(who("a"), 1),
        Err(ResponseError::IllegalGeneration)
    );
    assert_eq!(
        group.check_commit(who("z"), 2),
        Err(ResponseError::UnknownMemberId)
    );
    assert_eq!(
        group.check_commit(who(""), -1),
        Err(ResponseError::UnknownMemberId)
    );
    assert_eq!(Group::default().check_commit(who(""), -1), Ok(()));
    assert_eq!(
        Group::default().check_commit(who("a"), 3),
        Err(ResponseError::IllegalGeneration)
    );
}

#[test]
fn members_without_a_common_protocol_do_not_meet() {
    let now = Instant::now();
    let mut group = settled(now);
    let mut odd = join("", None);
    odd.protocols = vec![("other".to_owned(), Bytes::new())];
    let refused = group.join(odd, "c".to_owned(), now).unwrap_err();
    assert_eq!(refused.0, ResponseError::InconsistentGroupProtocol);
}
