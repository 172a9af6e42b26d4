use std::time::Duration;

use jiff::Timestamp;
use model::{
    Alert, Notification, NotificationKind, Origin, Severity, Silence, SilenceId, StoryKey,
};

use super::*;
use crate::fixture::{alerts, enriched_by, rule};

const REPORT: &str = "The harbour of Velm was closed for three days after the storm of last week, \
    and the minister told reporters that all ships would have to wait outside until the pilots \
    came back from the islands, where they had been sent to help the fishermen rebuild their sheds";

/// A router with its clock and everything that it told.
struct Rig {
    router: Router,
    now: Timestamp,
    told: Vec<Notification>,
}

fn config() -> RouteConfig {
    RouteConfig {
        group_by: vec![Label::Official, Label::Story],
        group_wait: Duration::from_secs(30),
        group_interval: Duration::from_mins(5),
        repeat_interval: Duration::ZERO,
        forget_after: Duration::from_hours(24),
        inhibit: Vec::new(),
        policy: Vec::new(),
    }
}

fn policy() -> TargetPolicy {
    TargetPolicy::of("desk", &[])
}

impl Rig {
    fn new(config: RouteConfig) -> Self {
        Self {
            router: Router::new(config, ["desk".to_owned()]).unwrap(),
            now: "2026-03-02T12:00:00Z".parse().unwrap(),
            told: Vec::new(),
        }
    }

    fn take(&mut self, alert: &Alert) {
        self.router.take(alert, self.now);
        self.told.extend(self.router.tick(self.now));
    }

    /// Lets time pass, from one due time to the next, and says how many notifications came
    /// meanwhile.
    fn pass(&mut self, seconds: u64) -> usize {
        let before = self.told.len();
        let end = self.now + Duration::from_secs(seconds);
        while let Some(due) = self.router.next_due().filter(|due| *due <= end) {
            self.told.extend(self.router.tick(due));
        }
        self.now = end;
        self.told.extend(self.router.tick(end));
        self.told.len() - before
    }

    fn last(&self) -> &Notification {
        self.told.last().unwrap()
    }
}

fn alert_of(outlet: &str, severity: Severity) -> Alert {
    let url = format!("https://{}.example/{outlet}", outlet.len());
    let rule = rule("port", "speaker:mara-venn and kind:direct", severity);
    let mut alert = alerts(&[rule], enriched_by(outlet, &url, Origin::Live)).remove(0);
    alert.article.story = StoryKey::of(REPORT);
    alert
}

/// The same, in another story.
fn another(outlet: &str, severity: Severity) -> Alert {
    let mut alert = alert_of(outlet, severity);
    alert.article.story = None;
    alert
}

#[test]
fn sixty_copies_of_one_story_make_one_alert_and_one_update() {
    let mut rig = Rig::new(config());
    for outlet in 0..60 {
        rig.take(&alert_of(&format!("Outlet {outlet}"), Severity::Info));
        rig.pass(20);
    }
    rig.pass(7_200);
    let kinds: Vec<NotificationKind> = rig.told.iter().map(|told| told.kind).collect();
    assert_eq!(kinds, [NotificationKind::New, NotificationKind::Update]);
    assert!(rig.told[1].outlets.len() > rig.told[0].outlets.len());
    assert_ne!(rig.told[0].id, rig.told[1].id);
}

#[test]
fn new_words_in_a_story_make_an_update_after_the_interval() {
    let mut rig = Rig::new(config());
    rig.take(&alert_of("Post", Severity::Info));
    assert_eq!((rig.pass(29), rig.pass(1)), (0, 1));
    let mut more = alert_of("Courier", Severity::Info);
    more.quotes[0].text = "And the bridge as well".into();
    rig.take(&more);
    assert_eq!((rig.pass(299), rig.pass(1)), (0, 1));
    assert_eq!(rig.last().outlets, ["Post", "Courier"]);
}

#[test]
fn the_same_alert_read_twice_is_told_once() {
    let mut rig = Rig::new(config());
    rig.take(&alert_of("Post", Severity::Info));
    rig.take(&alert_of("Post", Severity::Info));
    assert_eq!(rig.pass(3_600), 1);
    assert_eq!(rig.last().alert_count, 1);
}

#[test]
fn a_restart_in_the_midst_changes_nothing() {
    let tell = |restart: bool| {
        let mut rig = Rig::new(config());
        let mut kept = std::collections::BTreeMap::new();
        for outlet in 0..5_i64 {
            rig.take(&alert_of(&format!("Outlet {outlet}"), Severity::Info));
            rig.take(&another(&format!("Other {outlet}"), Severity::Info));
            rig.pass(17);
            rig.router.read_to(3, outlet);
            for (key, state) in rig.router.changes(rig.now) {
                kept.insert(key, state);
            }
            if restart {
                rig.router = Router::new(config(), ["desk".to_owned()]).unwrap();
                let encoded = serde_json::to_string(&kept.values().flatten().collect::<Vec<_>>());
                let states: Vec<model::RoutingState> =
                    serde_json::from_str(&encoded.unwrap()).unwrap();
                rig.router.restore(states);
            }
        }
        rig.pass(3_600);
        (rig.told, rig.router.offsets().clone())
    };
    assert_eq!(tell(true), tell(false));
    assert_eq!(tell(true).1, [(3, 4)].into());
}

#[test]
fn a_silence_mutes_what_fits_while_it_lasts() {
    let mut rig = Rig::new(config());
    let silence = |ends: Timestamp| Silence {
        id: SilenceId::new("x", "y", "z"),
        matchers: "official=\"Mara Venn\" outlet!=Courier".into(),
        author: "ana".into(),
        reason: "on leave".into(),
        created: "2026-03-02T11:00:00Z".parse().unwrap(),
        starts: "2026-03-02T11:00:00Z".parse().unwrap(),
        ends,
    };
    rig.router
        .silence(silence("2026-03-03T12:00:00Z".parse().unwrap()))
        .unwrap();
    rig.take(&alert_of("Post", Severity::Critical));
    assert_eq!(rig.pass(60), 0);
    rig.take(&another("Courier", Severity::Info));
    assert_eq!(rig.pass(60), 1);
    rig.router.silence(silence(rig.now)).unwrap();
    rig.take(&another("Herald", Severity::Info));
    assert_eq!(rig.pass(60), 1);
}

#[test]
fn a_critical_alert_inhibits_an_info_one_on_the_same_story() {
    let mut config = config();
    config.group_by.push(Label::Severity);
    config.inhibit = vec![InhibitConfig {
        source: "severity=critical".into(),
        target: "severity=info".into(),
        equal: vec![Label::Official, Label::Story],
        lasts: Duration::from_hours(1),
    }];
    let mut rig = Rig::new(config);
    rig.take(&alert_of("Post", Severity::Info));
    rig.take(&alert_of("Courier", Severity::Critical));
    rig.take(&another("Herald", Severity::Info));
    assert_eq!(rig.pass(3_000), 2);
    assert!(rig.told.iter().all(|told| told.outlets != ["Post"]));
}

/// An inhibition in Alertmanager's words, `equal` included.
fn inhibit(source: &str, target: &str, equal: &[Label]) -> RouteConfig {
    let mut config = config();
    config.group_by = vec![Label::Article, Label::Rule, Label::Severity];
    config.inhibit = vec![InhibitConfig {
        source: source.into(),
        target: target.into(),
        equal: equal.to_vec(),
        lasts: Duration::from_hours(1),
    }];
    config
}

/// Who is told of when these alerts come at once.
fn told(config: RouteConfig, alerts: &[Alert]) -> Vec<String> {
    let mut rig = Rig::new(config);
    for alert in alerts {
        rig.take(alert);
    }
    rig.pass(60);
    let mut outlets: Vec<String> = rig.told.iter().map(|told| told.outlets.concat()).collect();
    outlets.sort();
    outlets
}

#[test]
fn inhibition_needs_equal_labels_and_absent_ones_are_equal() {
    let abroad = |outlet: &str, severity, country: Option<&str>| {
        let mut alert = another(outlet, severity);
        alert.article.country = country.map(str::to_owned);
        alert
    };
    let (critical, info) = (Severity::Critical, Severity::Info);
    let rule = || inhibit("severity=critical", "severity=info", &[Label::Country]);
    let alerts = [
        abroad("Here", critical, Some("VM")),
        abroad("Same", info, Some("VM")),
        abroad("Other", info, Some("TO")),
        abroad("Nowhere", info, None),
    ];
    assert_eq!(told(rule(), &alerts), ["Here", "Nowhere", "Other"]);
    let alerts = [abroad("Loud", critical, None), abroad("Quiet", info, None)];
    assert_eq!(told(rule(), &alerts), ["Loud"]);
    // Without labels to be equal in, every source inhibits every target.
    let everywhere = inhibit("severity=critical", "severity=info", &[]);
    let alerts = [
        abroad("Loud", critical, Some("VM")),
        abroad("Quiet", info, Some("TO")),
    ];
    assert_eq!(told(everywhere, &alerts), ["Loud"]);
}

#[test]
fn inhibition_holds_whichever_comes_first_and_ends_in_its_time() {
    let rule = inhibit("severity=critical", "severity=info", &[Label::Official]);
    let (critical, info) = (Severity::Critical, Severity::Info);
    let alerts = [another("Early", info), another("Source", critical)];
    assert_eq!(told(rule.clone(), &alerts), ["Source"]);
    let mut rig = Rig::new(rule);
    rig.take(&another("Source", critical));
    assert_eq!(rig.pass(3_540), 1);
    rig.take(&another("Within", info));
    assert_eq!(rig.pass(31), 0);
    rig.take(&another("After", info));
    assert_eq!(rig.pass(60), 1);
    assert_eq!(rig.last().outlets, ["After"]);
}

#[test]
fn what_fits_both_sides_is_inhibited_by_what_fits_one_only() {
    // Source: any alert in English; target: all but the critical ones.
    let rule = || inhibit("language=en-GB", "severity!=critical", &[Label::Official]);
    let (critical, info) = (Severity::Critical, Severity::Info);
    // Both fit both sides: neither inhibits the other, or itself.
    let alerts = [another("One", info), another("Two", info)];
    assert_eq!(told(rule(), &alerts), ["One", "Two"]);
    // The critical one fits the source only.
    let alerts = [another("One", info), another("Source", critical)];
    assert_eq!(told(rule(), &alerts), ["Source"]);
}

#[test]
fn a_digest_that_falls_into_quiet_hours_waits_for_their_end() {
    let mut config = config();
    config.policy = vec![TargetPolicy {
        quiet: vec![QuietHours {
            from: "12:30".parse().unwrap(),
            to: "14:00".parse().unwrap(),
            zone: "UTC".into(),
            days: Vec::new(),
        }],
        digest: Some(Duration::from_hours(1)),
        ..policy()
    }];
    let mut rig = Rig::new(config);
    for outlet in 0..3 {
        rig.take(&another(&format!("Outlet {outlet}"), Severity::Info));
    }
    // It is noon; the digest would come at one o'clock.
    assert_eq!((rig.pass(119 * 60), rig.pass(120)), (0, 1));
    assert_eq!(rig.last().alert_count, 3);
}

#[test]
fn quiet_hours_hold_back_all_but_the_urgent() {
    let mut config = config();
    // 12:00 UTC is 19:00 in Phnom Penh.
    config.policy = vec![TargetPolicy {
        quiet: vec![QuietHours {
            from: "18:00".parse().unwrap(),
            to: "06:30".parse().unwrap(),
            zone: "Asia/Phnom_Penh".into(),
            days: Vec::new(),
        }],
        ..policy()
    }];
    let mut rig = Rig::new(config);
    rig.take(&alert_of("Post", Severity::Info));
    rig.take(&another("Courier", Severity::Critical));
    assert_eq!(rig.pass(60), 1);
    assert_eq!(rig.last().severity, Severity::Critical);
    // 06:30 there is 23:30 UTC.
    assert_eq!(rig.pass(11 * 3_600 + 28 * 60), 0);
    assert_eq!(rig.pass(120), 1);
    assert!(rig.last().held.as_ref().unwrap().contains("quiet hours"));
}

#[test]
fn above_the_rate_alerts_are_told_together_and_none_is_lost() {
    let mut config = config();
    config.policy = vec![TargetPolicy {
        rate: Some(RateLimit {
            count: 2,
            per: Duration::from_hours(1),
        }),
        ..policy()
    }];
    let mut rig = Rig::new(config);
    for outlet in 0..30 {
        rig.take(&another(&format!("Outlet {outlet}"), Severity::Info));
    }
    assert_eq!(rig.pass(60), 2);
    assert_eq!(rig.pass(3_600), 1);
    assert_eq!(rig.last().kind, NotificationKind::Digest);
    let count: u32 = rig.told.iter().map(|told| told.alert_count).sum();
    assert_eq!(count, 30);
}

#[test]
fn a_digest_tells_everything_once_in_its_time() {
    let mut config = config();
    config.policy = vec![TargetPolicy {
        digest: Some(Duration::from_hours(1)),
        ..policy()
    }];
    let mut rig = Rig::new(config);
    for outlet in 0..5 {
        rig.take(&another(&format!("Outlet {outlet}"), Severity::Info));
        assert_eq!(rig.pass(300), 0);
    }
    assert_eq!(rig.pass(3_600), 1);
    assert_eq!(
        (rig.last().kind, rig.last().alert_count),
        (NotificationKind::Digest, 5)
    );
}

#[test]
fn a_group_without_news_is_told_again_until_it_is_forgotten() {
    let mut config = config();
    config.repeat_interval = Duration::from_hours(6);
    let mut rig = Rig::new(config);
    rig.take(&alert_of("Post", Severity::Info));
    rig.pass(72 * 3_600);
    let kinds: Vec<NotificationKind> = rig.told.iter().map(|told| told.kind).collect();
    let reminder = NotificationKind::Reminder;
    assert_eq!(kinds, [NotificationKind::New, reminder, reminder, reminder]);
    assert_eq!(rig.last().alerts.len(), 1);
}

#[test]
fn low_severity_and_other_targets_are_passed_by() {
    let mut config = config();
    config.policy = vec![TargetPolicy {
        min_severity: Severity::Warning,
        ..policy()
    }];
    let mut rig = Rig::new(config);
    rig.take(&alert_of("Post", Severity::Info));
    let mut elsewhere = another("Courier", Severity::Critical);
    elsewhere.targets = vec!["phone".into()];
    rig.take(&elsewhere);
    assert_eq!(rig.pass(3_600), 0);
    rig.take(&another("Herald", Severity::Warning));
    assert_eq!(rig.pass(60), 1);
}

#[test]
fn what_is_old_is_forgotten() {
    let mut rig = Rig::new(config());
    rig.take(&alert_of("Post", Severity::Info));
    rig.pass(60);
    rig.router.changes(rig.now);
    rig.pass(25 * 3_600);
    let forgotten = rig.router.changes(rig.now);
    let keys: Vec<&str> = forgotten
        .iter()
        .map(|(key, _)| key.split('/').next().unwrap())
        .collect();
    assert_eq!(keys, ["group", "story"]);
    assert!(forgotten.iter().all(|(_, state)| state.is_none()));
}

#[test]
fn matchers_that_cannot_be_read_are_told() {
    for (text, why) in [
        ("", "no matcher"),
        ("official", "no value"),
        ("offical=x", "no such label"),
        ("outlet=\"x", "not closed"),
    ] {
        let error = Matchers::parse(text).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn a_policy_for_no_target_and_an_unknown_zone_are_told() {
    let refused = |policy: TargetPolicy| {
        let mut config = config();
        config.policy = vec![policy];
        let router = Router::new(config, ["desk".to_owned(), "phone".to_owned()]);
        router.unwrap_err().to_string()
    };
    let misspelt = TargetPolicy {
        target: "dsek".into(),
        ..policy()
    };
    let error = refused(misspelt);
    assert!(
        error.contains("dsek") && error.contains("desk, phone"),
        "{error}"
    );
    let lost = TargetPolicy {
        quiet: vec![QuietHours {
            from: "22:00".parse().unwrap(),
            to: "06:30".parse().unwrap(),
            zone: "Velm/Harbour".into(),
            days: Vec::new(),
        }],
        ..policy()
    };
    let error = refused(lost);
    assert!(error.contains("Velm/Harbour"), "{error}");
}
