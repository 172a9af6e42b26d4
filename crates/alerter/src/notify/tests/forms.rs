//! What each kind of target is sent.

use super::*;

/// As it stands out on a terminal.
const ALERT: &str = "\u{1b}[1m\u{1b}[31mALERT\u{1b}[0m";

#[test]
fn one_message_answers_who_what_where_when_why_and_how_to_silence() {
    let text = preview(
        &config(vec![]),
        &target(r#"{ "kind": "terminal" }"#),
        &notification(),
    );
    assert_eq!(
        text.unwrap(),
        format!(
            "{ALERT} [info] Mara Venn is quoted by Harbour Post [en-GB]: Port to be rebuilt\n  \
         \u{201c}We will rebuild the port,\u{201d} \u{2014} Mara Venn\n  \
         https://harbour.example/port\n  \
         Published 2026-03-01T08:00:00Z, fetched 2026-03-01T08:01:00Z.\n  \
         Why: rule port (speaker:mara-venn, kind:direct); known as \u{201c}Mara Venn\u{201d} by \
         full name (90 %).\n  \
         Also in 1 more outlet: Velmora Courier.\n  \
         Silence it: onrecord alerts silence add 'official=mara-venn' --for 24h --reason WHY\n"
        )
    );
}

#[test]
fn slack_teams_telegram_and_apprise_get_their_own_form() {
    let (address, received) = receiver(200, &[], "");
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, format!("http://{address}/services/T0/B0/xyz\n")).unwrap();
    let secret = secret.display();
    for (kind, pointer) in [
        ("slack", "/text"),
        ("teams", "/attachments/0/content/body/0/text"),
    ] {
        let json = format!(r#"{{ "kind": "{kind}", "name": "desk", "url_file": "{secret}" }}"#);
        notifier(&target(&json))
            .deliver(&notification(), 1, &stop())
            .unwrap();
        let (path, _, body) = only(&received);
        received.lock().unwrap().clear();
        assert_eq!(path, "/services/T0/B0/xyz");
        let text = body.pointer(pointer).unwrap().as_str().unwrap();
        assert!(text.contains("Mara Venn is quoted"), "{text}");
        let times = body.to_string().matches("Mara Venn is quoted").count();
        assert_eq!(times, 1, "the title is not said twice");
    }
    std::fs::write(folder.path().join("secret"), "12:token").unwrap();
    let json = format!(
        r#"{{ "kind": "telegram", "name": "desk", "chat": "@desk", "token_file": "{secret}", "api": "http://{address}" }}"#
    );
    notifier(&target(&json))
        .deliver(&notification(), 1, &stop())
        .unwrap();
    let (path, _, body) = only(&received);
    received.lock().unwrap().clear();
    assert_eq!(
        (path.as_str(), &body["chat_id"]),
        ("/bot12:token/sendMessage", &"@desk".into())
    );
    let json = format!(
        r#"{{ "kind": "apprise", "name": "desk", "url": "http://{address}/notify/x", "tag": "news" }}"#
    );
    notifier(&target(&json))
        .deliver(&notification(), 1, &stop())
        .unwrap();
    let (path, _, body) = only(&received);
    assert_eq!(
        (path.as_str(), &body["type"], &body["tag"]),
        ("/notify/x", &"info".into(), &"news".into())
    );
}

#[test]
fn telegram_tells_the_wait_in_its_body() {
    let body = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":77}}"#;
    let (address, _) = receiver(429, &[], body);
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "12:token").unwrap();
    let json = format!(
        r#"{{ "kind": "telegram", "name": "desk", "chat": "1", "token_file": "{}", "api": "http://{address}" }}"#,
        secret.display()
    );
    let error = notifier(&target(&json))
        .deliver(&notification(), 1, &stop())
        .unwrap_err();
    assert!(matches!(error, EffectError::Retry { after, .. } if after == Duration::from_secs(77)));
}

#[test]
fn alertmanager_gets_labels_and_annotations() {
    let (address, received) = receiver(200, &[], "");
    let json =
        format!(r#"{{ "kind": "alertmanager", "name": "desk", "url": "http://{address}" }}"#);
    notifier(&target(&json))
        .deliver(&notification(), 1, &stop())
        .unwrap();
    let (path, _, body) = only(&received);
    assert_eq!(path, "/api/v2/alerts");
    assert_eq!(body[0]["labels"]["official"], "mara-venn");
    assert_eq!(
        body[0]["annotations"]["description"],
        "We will rebuild the port,"
    );
}

#[test]
fn a_template_of_ones_own_is_used_and_its_mistakes_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message.txt");
    let json = format!(
        r#"{{ "kind": "terminal", "template": "{}" }}"#,
        path.display()
    );
    std::fs::write(
        &path,
        "{{ alerts[0].official_name }}: {{ alerts[0].quotes[0].text }}",
    )
    .unwrap();
    let text = preview(&config(vec![]), &target(&json), &notification()).unwrap();
    assert_eq!(
        text,
        format!("{ALERT} Mara Venn: We will rebuild the port,\n")
    );
    std::fs::write(&path, "{{ nothing_of_that_name }}").unwrap();
    let error = preview(&config(vec![]), &target(&json), &notification()).unwrap_err();
    assert!(error.to_string().contains("undefined"), "{error}");
    std::fs::write(&path, "{% if %}").unwrap();
    assert!(preview(&config(vec![]), &target(&json), &notification()).is_err());
}

#[test]
fn a_file_gets_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let json = format!(
        r#"{{ "kind": "file", "name": "desk", "path": "{}" }}"#,
        path.display()
    );
    let sent = notification();
    for _ in 0..2 {
        notifier(&target(&json)).deliver(&sent, 1, &stop()).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Notification>(line).unwrap());
    assert_eq!(lines.collect::<Vec<_>>(), [sent.clone(), sent]);
}

#[test]
fn a_mail_has_the_notification_for_its_id_and_one_thread_a_group() {
    let json = r#"{ "kind": "email", "name": "desk", "host": "mail.example", "from": "Watch <watch@desk.example>", "to": ["ana@desk.example"] }"#;
    let sent = notification();
    let mail = preview(&config(vec![]), &target(json), &sent).unwrap();
    assert!(
        mail.contains(&format!("Message-ID: <{}@desk.example>", sent.id)),
        "{mail}"
    );
    assert!(mail.contains("References: <group@desk.example>"), "{mail}");
    assert!(
        mail.contains("Subject: Mara Venn is quoted by Harbour Post"),
        "{mail}"
    );
}

#[test]
fn what_is_too_long_for_a_service_keeps_its_link_reason_and_silence() {
    let mut long = notification();
    let mut alert = long.alerts[0].clone();
    alert.quotes[0].text = "𝕎e will rebuild the port. ".repeat(40);
    alert.quotes = vec![alert.quotes[0].clone(); 8];
    long.alerts = vec![alert; 10];
    long.alert_count = 10;
    let messages = Messages::new(None).unwrap();
    let units = |text: &str| text.encode_utf16().count();
    for longest in [12_000, 6_000, 4_000, 1_000] {
        let text = messages.text_within(&long, longest, units).unwrap();
        assert!(units(&text) <= longest);
        for part in [
            "https://harbour.example/port",
            "Why: rule port",
            "Silence it:",
        ] {
            assert!(text.contains(part), "{longest}: {part}\n{text}");
        }
    }
    let own = Messages::new(Some("{{ alerts[0].quotes[0].text * 50 }}".to_owned())).unwrap();
    let text = own.text_within(&long, 700, units).unwrap();
    assert!(units(&text) <= 700);
}
