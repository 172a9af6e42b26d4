//! One client's connection: requests in, replies out, in order.

use std::{
    io::{self, Read},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use bytes::{Buf, Bytes};
use kafka_protocol::{
    messages::{ApiKey, RequestHeader},
    protocol::Decodable,
};
use tracing::{debug, warn};

use crate::{api, layout, node::Node, reply::Reply, waiter::Waiter};

/// A client that reads nothing for so long is given up.
const WRITE_TIMEOUT: Duration = Duration::from_mins(1);
/// What a growing request is read in, so that a length alone cannot claim memory.
const FIRST_READ_BYTES: usize = 1024 * 1024;

/// A connection, as the handlers of its requests see it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) node: Arc<Node>,
    pub(crate) peer: SocketAddr,
    pub(crate) waiter: Arc<Waiter>,
}

/// A request's header, as far as it matters.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) client_id: String,
}

impl Connection {
    /// Answers requests until the client leaves, misbehaves, or the broker stops.
    pub(crate) fn serve(self, mut stream: TcpStream) {
        if let Err(error) = self.answer_all(&mut stream)
            && !self.node.is_stopping()
        {
            match error.kind() {
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe => debug!(peer = %self.peer, %error, "connection lost"),
                _ => warn!(peer = %self.peer, %error, "connection closed"),
            }
        }
    }

    fn answer_all(&self, stream: &mut TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        let mut copy = Vec::new();
        while !self.node.is_stopping() {
            let Some(request) = self.read_request(stream)? else {
                return Ok(());
            };
            self.answer(request, stream, &mut copy)?;
        }
        Ok(())
    }

    /// The next request without its length; `None` where the client has left.
    fn read_request(&self, stream: &mut TcpStream) -> io::Result<Option<Bytes>> {
        let mut length = [0; 4];
        if stream.read(&mut length[..1])? == 0 {
            return Ok(None);
        }
        stream.read_exact(&mut length[1..])?;
        let limit = self.node.config.max_request_bytes;
        let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > limit {
            let message = format!("request of {length} bytes is over the limit of {limit}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let mut request = Vec::with_capacity(length.min(FIRST_READ_BYTES));
        let read = stream.take(length as u64).read_to_end(&mut request)?;
        if read < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(Bytes::from(request)))
    }

    fn answer(
        &self,
        mut request: Bytes,
        stream: &mut TcpStream,
        copy: &mut Vec<u8>,
    ) -> io::Result<()> {
        let bad = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
        let mut start = request.clone();
        let (Ok(number), Ok(version), Ok(correlation_id)) = (
            start.try_get_i16(),
            start.try_get_i16(),
            start.try_get_i32(),
        ) else {
            return Err(bad("request is too short".to_owned()));
        };
        let Some(key) = api::served(number) else {
            return Err(bad(format!("request of kind {number} is not served")));
        };
        if !api::is_served_version(key, version) {
            if key == ApiKey::ApiVersions {
                // The client asks again with a version from this list.
                return api::versions_for_newer_client()?.send(correlation_id, false, stream, copy);
            }
            return Err(bad(format!("{key:?} version {version} is not served")));
        }
        let header_version = key.request_header_version(version);
        layout::check_header(header_version > 1, &request)?;
        let header = RequestHeader::decode(&mut request, header_version)
            .map_err(|error| bad(format!("request header: {error}")))?;
        let caller = Caller {
            client_id: header
                .client_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
        };
        let reply = api::answer(self, &caller, key, version, request)?;
        let is_flexible = key.response_header_version(version) > 0;
        match reply {
            Some(reply) => reply.send(correlation_id, is_flexible, stream, copy),
            None => Ok(()),
        }
    }
}

impl Reply {
    /// A reply in the words of the protocol crate.
    pub(crate) fn of<T: kafka_protocol::protocol::Encodable>(
        message: &T,
        version: i16,
    ) -> io::Result<Self> {
        let mut reply = Self::default();
        message
            .encode(reply.tail(), version)
            .map_err(|error| io::Error::other(format!("reply cannot be written: {error}")))?;
        Ok(reply)
    }
}
