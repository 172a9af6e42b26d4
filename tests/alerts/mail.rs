//! A real mail server (aiosmtpd): in the clear, with STARTTLS, with TLS, with a login.

use std::{fs, net::TcpStream, path::Path};

use model::{Delivery, DeliveryOutcome};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use super::{
    desk::Desk,
    real_servers::{is_there, keep},
};
use crate::harness::{
    deadline::wait_until, embedded_broker::EmbeddedBroker, free_port::free_port, keeper::Keeper,
    left_out::left_out,
};

/// Keeps each mail as a file in the working directory, with the user that brought it.
const MAIL_SERVER: &str = r#"
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

mode, port = sys.argv[1], int(sys.argv[2])
context = None
if mode != "none":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem", "server.key")

class Keep:
    count = 0
    async def handle_DATA(self, server, session, envelope):
        Keep.count += 1
        user = session.auth_data.login if session.authenticated else b"nobody"
        with open(f"{mode}-{Keep.count}.eml", "wb") as mail:
            mail.write(b"X-Brought-By: " + user + b"\r\n" + envelope.content)
        return "250 kept"

def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (b"watch", b"right horse")
    return AuthResult(success=is_right, handled=False, auth_data=data)

def protocol():
    login = {"auth_required": mode != "none", "authenticator": authenticate}
    if mode == "starttls":
        return SMTP(Keep(), tls_context=context, require_starttls=True, **login)
    # Under TLS from the start, it does not know that there is TLS.
    return SMTP(Keep(), auth_require_tls=False, **login)

async def serve():
    loop = asyncio.get_running_loop()
    wrapped = context if mode == "tls" else None
    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=wrapped)
    await server.serve_forever()

asyncio.run(serve())
"#;

/// Mail servers in a folder with the certificates that they show.
struct PostOffice {
    folder: TempDir,
    python: &'static str,
}

impl PostOffice {
    /// `None`, and said so, where there is no mail server to run.
    fn open() -> Option<Self> {
        // Debian's own Python has Debian's packages, whichever comes first on the path.
        let mut pythons = ["python3", "/usr/bin/python3"].into_iter();
        let python = pythons.find(|python| is_there(python, &["-c", "import aiosmtpd"]));
        let Some(python) = python else {
            left_out("a mail server", "python3-aiosmtpd is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("server.py"), MAIL_SERVER).unwrap();
        write_certificates(folder.path());
        Some(Self { folder, python })
    }

    /// Starts a server; its port.
    fn serve(&self, mode: &str) -> (Keeper, u16) {
        let port = free_port();
        let server = keep(
            self.folder.path(),
            &[self.python, "server.py", mode, &port.to_string()],
        );
        wait_until("the mail server to listen", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        (server, port)
    }

    /// A file that holds a secret.
    fn secret(&self, name: &str, secret: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, secret).unwrap();
        path.display().to_string()
    }

    /// The first mail that the server of this mode has taken.
    fn mail(&self, mode: &str) -> String {
        let path = self.folder.path().join(format!("{mode}-1.eml"));
        wait_until("the mail", || {
            fs::read_to_string(&path).is_ok_and(|mail| mail.contains("Silence it:"))
        });
        fs::read_to_string(&path).unwrap()
    }
}

/// An authority of our own, and a certificate of it for `localhost`.
fn write_certificates(folder: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
    fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
}

#[test]
fn a_mail_server_takes_one_mail_a_notification() {
    let Some(office) = PostOffice::open() else {
        return;
    };
    let (_server, port) = office.serve("none");
    let target = format!(
        r#"{{ kind = "email", name = "mail", host = "127.0.0.1", port = {port}, encryption = "none", from = "watch@desk.example", to = ["ana@desk.example"] }}"#
    );
    let mut desk = Desk::open(EmbeddedBroker::shared().bootstrap_servers(), &target, 1);
    desk.publish(0);
    let mail = office.mail("none");
    let notifications: Vec<model::Notification> = desk.read("notifications");
    let id = format!("Message-ID: <{}@desk.example>", notifications[0].id);
    assert!(
        mail.contains(&id) && mail.contains("Decision 0 stands"),
        "{mail}"
    );
    desk.close();
}

#[test]
fn mail_goes_by_starttls_and_tls_with_a_login_and_a_wrong_password_is_a_dead_letter() {
    let Some(office) = PostOffice::open() else {
        return;
    };
    let (_starttls, starttls) = office.serve("starttls");
    let (_tls, tls) = office.serve("tls");
    let right = office.secret("right", "right horse\n");
    let wrong = office.secret("wrong", "wrong horse\n");
    let target = |name: &str, encryption: &str, port: u16, password: &str| {
        format!(
            r#"{{ kind = "email", name = "{name}", host = "localhost", port = {port}, encryption = "{encryption}", user = "watch", password_file = "{password}", from = "watch@desk.example", to = ["ana@desk.example"] }}"#
        )
    };
    let targets = [
        target("starttls", "starttls", starttls, &right),
        target("tls", "tls", tls, &right),
        target("desk", "starttls", starttls, &wrong),
    ];
    let authority = office.folder.path().join("authority.pem");
    let mut desk = Desk::open_with_environment(
        EmbeddedBroker::shared().bootstrap_servers(),
        &targets.join(",\n"),
        1,
        &[("SSL_CERT_FILE", authority.as_os_str())],
    );
    desk.publish(0);
    for mode in ["starttls", "tls"] {
        let mail = office.mail(mode);
        assert!(
            mail.starts_with("X-Brought-By: watch") && mail.contains("Decision 0 stands"),
            "{mail}"
        );
    }
    let refusal = || {
        let mut deliveries = desk.read::<Delivery>("deliveries").into_iter();
        deliveries.find(|delivery| delivery.outcome == DeliveryOutcome::Refused)
    };
    wait_until("the refusal", || refusal().is_some());
    let refusal = refusal().unwrap();
    let reason = refusal.reason.unwrap();
    assert_eq!((refusal.target.as_str(), refusal.attempt), ("desk", 1));
    assert!(
        reason.contains("535") && reason.contains("Authentication credentials invalid"),
        "{reason}"
    );
    let (listed, _) = desk.command(&["alerts", "deadletters"]);
    assert!(
        listed.contains("desk") && listed.contains("535"),
        "{listed}"
    );
    let said = desk.last_words();
    assert!(said.contains("535") && !said.contains("horse"), "{said}");
    desk.close();
}
