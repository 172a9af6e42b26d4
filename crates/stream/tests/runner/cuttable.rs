//! A way to a broker that is cut in the very moment a test wants it to be.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// Kafka's number of the request that hands a group's offsets to a transaction.
const TXN_OFFSET_COMMIT: [u8; 2] = 28_i16.to_be_bytes();

/// Stands at the port of a broker on 127.0.0.1, but on 127.0.0.2.
#[derive(Clone)]
pub(crate) struct Cuttable {
    broker: SocketAddr,
    /// Whether the next request of that kind cuts it.
    is_armed: Arc<AtomicBool>,
    is_cut: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cuttable {
    /// Leads to the broker until it is told to be cut. Its threads end with the process.
    pub(crate) fn to(broker: SocketAddr) -> Self {
        let way = Self {
            broker,
            is_armed: Arc::default(),
            is_cut: Arc::default(),
            connections: Arc::default(),
        };
        let listener = TcpListener::bind(way.address()).unwrap();
        let leading = way.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                leading.lead(client.unwrap());
            }
        });
        way
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::new(127, 0, 0, 2), self.broker.port()).into()
    }

    /// Cuts the way when a client next hands offsets to a transaction: the request is lost, and
    /// each connection until [`mend`](Self::mend) is closed at once.
    pub(crate) fn cut_at_offsets(&self) {
        self.is_armed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::SeqCst)
    }

    pub(crate) fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }

    fn lead(&self, client: TcpStream) {
        if self.is_cut() {
            return;
        }
        let broker = TcpStream::connect(self.broker).unwrap();
        let mut open = self.connections.lock().unwrap();
        open.extend([client.try_clone().unwrap(), broker.try_clone().unwrap()]);
        drop(open);
        let (asking, answering) = (client.try_clone().unwrap(), broker.try_clone().unwrap());
        let way = self.clone();
        // Either ends with its connection.
        thread::spawn(move || way.pass_requests(asking, broker));
        thread::spawn(move || pass_answers(answering, client));
    }

    fn pass_requests(&self, mut client: TcpStream, mut broker: TcpStream) -> io::Result<()> {
        loop {
            let request = read_frame(&mut client)?;
            let is_asked_for = request[4..].starts_with(&TXN_OFFSET_COMMIT);
            if is_asked_for && self.is_armed.swap(false, Ordering::SeqCst) {
                self.is_cut.store(true, Ordering::SeqCst);
                for connection in self.connections.lock().unwrap().drain(..) {
                    // It may be closed already.
                    connection.shutdown(Shutdown::Both).ok();
                }
            }
            broker.write_all(&request)?;
        }
    }
}

/// Passes answers on; where they name the broker, they name this way instead.
fn pass_answers(mut broker: TcpStream, mut client: TcpStream) -> io::Result<()> {
    loop {
        let mut answer = read_frame(&mut broker)?;
        let (theirs, ours) = (b"127.0.0.1", b"127.0.0.2");
        for at in 0..answer.len().saturating_sub(theirs.len()) {
            if answer[at..].starts_with(theirs) {
                answer[at..at + ours.len()].copy_from_slice(ours);
            }
        }
        client.write_all(&answer)?;
    }
}

/// A request or an answer, with its length in front.
fn read_frame(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut frame = length.to_vec();
    let length = u32::from_be_bytes(length);
    frame.resize(4 + usize::try_from(length).unwrap(), 0);
    from.read_exact(&mut frame[4..])?;
    Ok(frame)
}
