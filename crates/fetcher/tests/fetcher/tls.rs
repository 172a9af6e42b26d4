//! HTTPS with a certificate authority of our own.

use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
};

use fetcher::Config;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use crate::{
    newsroom::rss,
    runner::{Log, Runner, config, feed},
};

/// Starts a server with a certificate for 127.0.0.1; returns its address and its authority's
/// certificate.
fn secure_server() -> (SocketAddr, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let acceptor = TlsAcceptor::from(Arc::new(server));
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that does not trust us hangs up: the next may.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut request = [0; 4096];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let is_feed = String::from_utf8_lossy(&request[..read]).starts_with("GET /rss");
                let (status, body) = if is_feed {
                    ("200 OK", rss("", &[("1", "", "First")]))
                } else {
                    ("404 Not Found", String::new())
                };
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.ok();
                stream.shutdown().await.ok();
            }
        });
    });
    (told.recv().unwrap(), authority.pem())
}

#[test]
fn https_is_read_where_the_authority_is_trusted_and_only_there() {
    let (address, authority) = secure_server();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    std::fs::write(&path, authority).unwrap();
    let url = format!("https://{address}/rss");

    let trusting = Config {
        root_certificates: vec![path],
        ..config()
    };
    let mut runner = Runner::start(trusting, vec![feed(&url)], Log::default());
    runner.run_once();
    assert_eq!(runner.titles(), ["First"], "{:?}", runner.progress.faults());

    let mut runner = Runner::start(config(), vec![feed(&url)], Log::default());
    runner.run_once();
    assert_eq!(
        runner.cursor(&url).health.fault.as_ref().unwrap().code,
        "tls"
    );
}

#[test]
fn a_missing_certificate_file_is_named() {
    let config = Config {
        root_certificates: vec!["/nowhere/authority.pem".into()],
        ..config()
    };
    let error = fetcher::poll_once(&config, &feed("http://127.0.0.1:1/")).unwrap_err();
    assert!(
        error.to_string().contains("/nowhere/authority.pem"),
        "{error}"
    );
}
