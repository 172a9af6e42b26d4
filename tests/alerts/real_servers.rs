//! Prometheus' own Alertmanager with its amtool.

use std::{fs, net::TcpStream, path::Path, process::Command};

use super::desk::Desk;
use crate::harness::{
    deadline::wait_until, embedded_broker::EmbeddedBroker, free_port::free_address, keeper::Keeper,
    left_out::left_out,
};

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

pub(super) fn is_there(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

pub(super) fn keep(folder: &Path, command: &[&str]) -> Keeper {
    let command: Vec<String> = command.iter().map(|part| (*part).to_owned()).collect();
    Keeper::start(&command, folder, &folder.join("server.log"))
}
