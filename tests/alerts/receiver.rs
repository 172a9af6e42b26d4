//! A receiver of webhooks with a temper, which can be killed and comes back at its address.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use model::Notification;
use tokio::{net::TcpSocket, runtime::Runtime};

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Temper {
    Accepts,
    /// Half of the requests get 503, half of those after they were taken.
    FailsHalf,
    /// Answers 503.
    IsBusy,
    Refuses,
    /// Takes requests and never answers.
    Hangs,
}

/// A running receiver.
pub(super) struct Receiver {
    address: SocketAddr,
    desk: Desk,
    runtime: Option<Runtime>,
}

#[derive(Clone)]
struct Desk {
    temper: Arc<Mutex<Temper>>,
    requests: Arc<AtomicU32>,
    /// Requests that hang, and those of them that were given up.
    hanging: Arc<AtomicU32>,
    given_up: Arc<AtomicU32>,
    /// Each idempotency key once, in the order first taken.
    accepted: Arc<Mutex<Vec<Notification>>>,
}

impl Receiver {
    pub(super) fn start(temper: Temper) -> Self {
        let desk = Desk {
            temper: Arc::new(Mutex::new(temper)),
            requests: Arc::default(),
            hanging: Arc::default(),
            given_up: Arc::default(),
            accepted: Arc::default(),
        };
        let (runtime, address) = serve("127.0.0.1:0".parse().unwrap(), desk.clone());
        Self {
            address,
            desk,
            runtime: Some(runtime),
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn become_of(&mut self, temper: Temper) {
        *self.desk.temper.lock().unwrap() = temper;
    }

    /// Ends it in the midst of whatever it does, and starts it anew.
    pub(super) fn kill_and_restart(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::ZERO);
        }
        let (runtime, _) = serve(self.address, self.desk.clone());
        self.runtime = Some(runtime);
    }

    /// How many idempotency keys were taken.
    pub(super) fn keys(&self) -> usize {
        self.desk.accepted.lock().unwrap().len()
    }

    /// How many requests were left to hang.
    pub(super) fn hanging(&self) -> u32 {
        self.desk.hanging.load(Ordering::Relaxed)
    }

    /// How many of those the sender gave up.
    pub(super) fn given_up(&self) -> u32 {
        self.desk.given_up.load(Ordering::Relaxed)
    }

    pub(super) fn accepted(&self) -> Vec<Notification> {
        self.desk.accepted.lock().unwrap().clone()
    }
}

fn serve(address: SocketAddr, desk: Desk) -> (Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        // Connections of the one before may linger on the port.
        socket.set_reuseaddr(true).unwrap();
        // So may its listener, for a moment.
        while let Err(error) = socket.bind(address) {
            assert_eq!(error.kind(), ErrorKind::AddrInUse);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        socket.listen(64).unwrap()
    });
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(take).with_state(desk);
    // Dropping the runtime ends the task.
    drop(runtime.spawn(async move { axum::serve(listener, router).await }));
    (runtime, address)
}

/// A request that hangs; dropped when its sender hangs up.
struct Hanging(Arc<AtomicU32>);

impl Drop for Hanging {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let temper = *desk.temper.lock().unwrap();
    let request = desk.requests.fetch_add(1, Ordering::Relaxed);
    let (is_taken, answer) = match temper {
        Temper::Accepts => (true, StatusCode::OK),
        Temper::Refuses => (false, StatusCode::GONE),
        Temper::IsBusy => (false, StatusCode::SERVICE_UNAVAILABLE),
        Temper::Hangs => {
            desk.hanging.fetch_add(1, Ordering::Relaxed);
            let _hanging = Hanging(Arc::clone(&desk.given_up));
            std::future::pending().await
        }
        Temper::FailsHalf => match request % 4 {
            0 => (false, StatusCode::SERVICE_UNAVAILABLE),
            2 => (true, StatusCode::SERVICE_UNAVAILABLE),
            _ => (true, StatusCode::OK),
        },
    };
    if is_taken {
        let notification: Notification = serde_json::from_slice(&body).unwrap();
        assert_eq!(headers["idempotency-key"], notification.id.as_str());
        let mut accepted = desk.accepted.lock().unwrap();
        match accepted.iter().find(|known| known.id == notification.id) {
            Some(known) => assert_eq!(*known, notification, "one key, two notifications"),
            None => accepted.push(notification),
        }
    }
    answer
}
