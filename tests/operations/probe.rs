//! The probes of a running program.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// An answer: status code and body; `None` where nobody listens yet.
pub(super) fn get(address: &str, path: &str) -> Option<(u16, String)> {
    ask(address, path).ok()
}

/// What keeps it from being ready; empty where it is. `None` where nobody listens yet.
pub(super) fn reasons(address: &str) -> Option<Vec<String>> {
    let (status, body) = get(address, "/readyz")?;
    let body: Value = serde_json::from_str(&body).ok()?;
    let reasons: Vec<String> = serde_json::from_value(body["reasons"].clone()).unwrap();
    assert_eq!(body["ready"], Value::Bool(reasons.is_empty()));
    assert_eq!(status, if reasons.is_empty() { 200 } else { 503 });
    Some(reasons)
}

pub(super) fn is_ready(address: &str) -> bool {
    reasons(address).is_some_and(|reasons| reasons.is_empty())
}

fn ask(address: &str, path: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((status.ok_or_else(cut)?, body.to_owned()))
}
