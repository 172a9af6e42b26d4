//! Starting, listening, stopping.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::{Builder, JoinHandle},
    time::Duration,
};

use parking_lot::{Condvar, Mutex};
use tracing::{error, info, warn};

use crate::{
    Config, StartError, connection::Connection, data_lock::DataLock, node::Node, upkeep,
    waiter::Waiter,
};

/// Requests nest little; the default of 2 MiB would count against address space for nothing.
const STACK_BYTES: usize = 512 * 1024;
/// Connections still busy after this are left behind.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// A running broker. Dropping it stops it.
#[derive(Debug)]
pub struct Broker {
    node: Arc<Node>,
    connections: Arc<Connections>,
    threads: Vec<JoinHandle<()>>,
    _lock: DataLock,
}

/// Starts a broker: takes the data folder, recovers what is in it, and listens.
///
/// # Errors
/// A [`StartError`] that says in words what is in the way: the port, the folder, a file.
pub fn start(config: Config) -> Result<Broker, StartError> {
    let lock = DataLock::take(&config.data)?;
    let addr = config.listen;
    let listener = TcpListener::bind(addr).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken { addr },
        _ => StartError::Listen { addr, source },
    })?;
    let address = listener
        .local_addr()
        .map_err(|source| StartError::Listen { addr, source })?;
    let node = Arc::new(Node::open(config, address)?);
    let connections = Arc::new(Connections::default());
    let mut broker = Broker {
        node: Arc::clone(&node),
        connections: Arc::clone(&connections),
        threads: Vec::new(),
        _lock: lock,
    };
    let upkeep_node = Arc::clone(&node);
    let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
        let thread = Builder::new().name(name.to_owned()).spawn(work);
        thread.map_err(|source| StartError::Listen { addr, source })
    };
    broker.threads.push(spawn(
        "broker-upkeep",
        Box::new(move || upkeep::run(&upkeep_node)),
    )?);
    broker.threads.push(spawn(
        "broker-accept",
        Box::new(move || accept_all(&listener, &node, &connections)),
    )?);
    info!(
        address = %broker.node.address,
        data = %broker.node.config.data.display(),
        "embedded broker started: single node, one copy"
    );
    Ok(broker)
}

impl Broker {
    /// Where clients find it, as `host:port`.
    pub fn bootstrap_servers(&self) -> String {
        reachable(self.node.address).to_string()
    }

    /// Closes the connections, writes checkpoints, forces all to disk, and lets the folder go.
    pub fn shutdown(self) {
        drop(self);
    }

    fn stop(&mut self) {
        self.node.begin_stopping();
        self.connections.close_all();
        // The accepting thread sleeps until someone connects.
        let woken = TcpStream::connect_timeout(&reachable(self.node.address), STOP_TIMEOUT);
        drop(woken);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                error!("a thread of the broker had panicked");
            }
        }
        if !self.connections.wait_until_none(STOP_TIMEOUT) {
            warn!("connections of the broker are still busy, left behind");
        }
        upkeep::write_everything(&self.node);
        info!("embedded broker stopped");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The address as a client on this machine can use it.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn accept_all(listener: &TcpListener, node: &Arc<Node>, connections: &Arc<Connections>) {
    let mut number = 0_u64;
    while !node.is_stopping() {
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(%error, "connection not accepted");
                // Out of file handles, most likely: trying again at once would spin.
                std::thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        if node.is_stopping() {
            return;
        }
        number += 1;
        let limit = node.config.max_connections;
        let Some(waiter) = connections.admit(number, &stream, limit) else {
            warn!(%peer, limit, "connection refused: too many");
            continue;
        };
        let connection = Connection {
            node: Arc::clone(node),
            peer,
            waiter,
        };
        let admitted = Arc::clone(connections);
        let thread = Builder::new()
            .name(format!("broker-{number}"))
            .stack_size(STACK_BYTES)
            .spawn(move || {
                // Leaves the list when the connection ends, also by a panic.
                let _leaving = Leaving(&admitted, number);
                connection.serve(stream);
            });
        if let Err(error) = thread {
            warn!(%error, "connection refused: no thread for it");
            connections.leave(number);
        }
    }
}

/// The connections there are, to be closed when the broker stops.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: Mutex<BTreeMap<u64, (TcpStream, Arc<Waiter>)>>,
    changed: Condvar,
}

impl Connections {
    fn admit(&self, number: u64, stream: &TcpStream, limit: usize) -> Option<Arc<Waiter>> {
        let mut open = self.open.lock();
        if open.len() >= limit {
            return None;
        }
        let waiter = Arc::new(Waiter::default());
        open.insert(number, (stream.try_clone().ok()?, Arc::clone(&waiter)));
        Some(waiter)
    }

    fn leave(&self, number: u64) {
        self.open.lock().remove(&number);
        self.changed.notify_all();
    }

    fn close_all(&self) {
        for (stream, waiter) in self.open.lock().values() {
            // It fails where the client has closed already, which is as good.
            drop(stream.shutdown(Shutdown::Both));
            waiter.wake();
        }
    }

    fn wait_until_none(&self, timeout: Duration) -> bool {
        let mut open = self.open.lock();
        let none = self
            .changed
            .wait_while_for(&mut open, |open| !open.is_empty(), timeout);
        !none.timed_out()
    }
}

struct Leaving<'a>(&'a Connections, u64);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.leave(self.1);
    }
}
