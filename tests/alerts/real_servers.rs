//! Prometheus' own Alertmanager with its amtool, and a real mail server.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
};

use super::desk::Desk;
use crate::harness::{
    deadline::wait_until, embedded_broker::EmbeddedBroker, keeper::Keeper, left_out::left_out,
};

/// Keeps each mail as a file in the working directory.
const MAIL_SERVER: &str = r#"
import asyncio, sys
from aiosmtpd.controller import Controller

class Keep:
    count = 0
    async def handle_DATA(self, server, session, envelope):
        Keep.count += 1
        with open(f"mail-{Keep.count}.eml", "wb") as mail:
            mail.write(envelope.content)
        return "250 kept"

Controller(Keep(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
asyncio.new_event_loop().run_forever()
"#;

#[test]
fn alertmanager_takes_alerts_and_amtool_shows_them() {
    if !is_there("prometheus-alertmanager", &["--version"]) || !is_there("amtool", &["--version"]) {
        left_out(
            "Alertmanager",
            "prometheus-alertmanager and amtool are not installed",
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n";
    fs::write(folder.path().join("alertmanager.yml"), config).unwrap();
    let address = free_address();
    let _keeper = keep(
        folder.path(),
        &[
            "prometheus-alertmanager",
            "--config.file=alertmanager.yml",
            "--storage.path=data",
            "--cluster.listen-address=",
            &format!("--web.listen-address={address}"),
        ],
    );
    wait_until("Alertmanager to listen", || {
        TcpStream::connect(&address).is_ok()
    });
    let target = format!(r#"{{ kind = "alertmanager", name = "am", url = "http://{address}" }}"#);
    let mut desk = Desk::open(EmbeddedBroker::shared().bootstrap_servers(), &target, 1);
    desk.publish(0);
    let query = || {
        let url = format!("--alertmanager.url=http://{address}");
        let asked = Command::new("amtool")
            .args([
                "alert",
                "query",
                "--output=extended",
                &url,
                "official=official-0",
            ])
            .output()
            .unwrap();
        String::from_utf8(asked.stdout).unwrap()
    };
    wait_until("amtool to show the alert", || query().contains("onrecord"));
    let shown = query();
    assert!(
        shown.contains("Decision 0") && shown.contains("severity"),
        "{shown}"
    );
    desk.close();
}

#[test]
fn a_mail_server_takes_one_mail_a_notification() {
    // Debian's own Python has Debian's packages, whichever comes first on the path.
    let mut pythons = ["python3", "/usr/bin/python3"].into_iter();
    let Some(python) = pythons.find(|python| is_there(python, &["-c", "import aiosmtpd"])) else {
        left_out("a mail server", "python3-aiosmtpd is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("server.py"), MAIL_SERVER).unwrap();
    let address = free_address();
    let port = address.rsplit(':').next().unwrap().to_owned();
    let _keeper = keep(folder.path(), &[python, "server.py", &port]);
    wait_until("the mail server to listen", || {
        TcpStream::connect(&address).is_ok()
    });
    let target = format!(
        r#"{{ kind = "email", name = "mail", host = "127.0.0.1", port = {port}, encryption = "none", from = "watch@desk.example", to = ["ana@desk.example"] }}"#
    );
    let mut desk = Desk::open(EmbeddedBroker::shared().bootstrap_servers(), &target, 1);
    desk.publish(0);
    let mail = folder.path().join("mail-1.eml");
    wait_until("the mail", || {
        fs::read_to_string(&mail).is_ok_and(|mail| mail.contains("Why:"))
    });
    let mail = fs::read_to_string(&mail).unwrap();
    let notifications: Vec<model::Notification> = desk.read("notifications");
    let id = format!("Message-ID: <{}@desk.example>", notifications[0].id);
    assert!(
        mail.contains(&id) && mail.contains("Decision 0 stands"),
        "{mail}"
    );
    desk.close();
}

fn is_there(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().to_string()
}

fn keep(folder: &Path, command: &[&str]) -> Keeper {
    let command: Vec<String> = command.iter().map(|part| (*part).to_owned()).collect();
    Keeper::start(&command, folder, &folder.join("server.log"))
}
