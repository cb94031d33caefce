//! The handle of a running simulator, and the thread that it runs on.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc as std_mpsc};
use std::thread;
use std::time::Duration;

use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::behaviour::Behaviour;
use crate::books::{Books, Summary};
use crate::carrier::Carrier;
use crate::config::SimulatorConfig;
use crate::control;
use crate::dialer;
use crate::error::SimulatorError;
use crate::rest;

/// Longer than clients keep idle connections: a request never meets the closing of one, which would look like a
/// request without an answer.
const KEEP_ALIVE: Duration = Duration::from_secs(120);
const BACKLOG: u32 = 4096;

/// A running simulated carrier.
///
/// It lives on threads of its own and can be used from any program, with any tokio runtime or none. Clones are the
/// same carrier; it stops with [`Simulator::stop`], or when the last clone is dropped.
#[derive(Clone)]
pub struct Simulator {
    running: Arc<Running>,
}

struct Running {
    carrier: Arc<Carrier>,
    address: SocketAddr,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    finished: Arc<Finished>,
}

impl Simulator {
    /// Starts a carrier; when this returns it answers. Blocks for a few milliseconds.
    ///
    /// # Errors
    /// [`SimulatorError::Bind`] where the address cannot be had, [`SimulatorError::Behaviour`] for a behaviour that
    /// cannot be, and the rare cases where no thread or no client can be had.
    pub fn start(config: SimulatorConfig) -> Result<Self, SimulatorError> {
        let bind = config.bind;
        let (dial_queue, orders) = mpsc::unbounded_channel();
        let carrier = Arc::new(Carrier::new(config, dial_queue)?);
        let finished = Arc::new(Finished::default());
        let (stop, stopped) = oneshot::channel();
        let (listening, listens) = std_mpsc::channel();

        let (served, guard) = (Arc::clone(&carrier), FinishGuard(Arc::clone(&finished)));
        thread::Builder::new()
            .name("outdial-simulator".to_owned())
            .spawn(move || {
                let _guard = guard;
                let serving = serve(served, bind, orders, stopped, listening);
                if let Err(error) = actix_web::rt::System::new().block_on(serving) {
                    tracing::error!(%error, "the simulated carrier ended with an error");
                }
            })
            .map_err(SimulatorError::Thread)?;
        let address = listens
            .recv()
            .map_err(|_| SimulatorError::Thread(io::Error::other("it ended before it listened")))?
            .map_err(|source| SimulatorError::Bind {
                address: bind,
                source,
            })?;
        Ok(Self {
            running: Arc::new(Running {
                carrier,
                address,
                stop: Mutex::new(Some(stop)),
                finished,
            }),
        })
    }

    /// The base URL for clients, such as `http://127.0.0.1:40123`, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The whole books. For a long run see [`Simulator::books_since`].
    #[must_use]
    pub fn books(&self) -> Books {
        self.books_since(0)
    }

    /// The requests from index `since` on, the calls that they created, and the sums of all.
    #[must_use]
    pub fn books_since(&self, since: usize) -> Books {
        self.running.carrier.desk().ledger.books(since)
    }

    /// The sums of the books.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.running.carrier.desk().ledger.summary()
    }

    /// How it behaves now.
    #[must_use]
    pub fn behaviour(&self) -> Behaviour {
        self.running.carrier.behaviour().as_ref().clone()
    }

    /// Puts this behaviour in the place of the present one. Calls that exist keep their outcome and durations.
    ///
    /// # Errors
    /// [`SimulatorError::Behaviour`] names every field that is out of its range; nothing changes then.
    pub fn set_behaviour(&self, behaviour: Behaviour) -> Result<(), SimulatorError> {
        self.running.carrier.change_behaviour(|_| Ok(behaviour))?;
        Ok(())
    }

    /// Merges JSON over the present behaviour, as `PUT /_carrier/behaviour` does; see [`Behaviour::merged`].
    ///
    /// # Errors
    /// [`SimulatorError::Behaviour`] names every bad field; nothing changes then.
    pub fn merge_behaviour(&self, patch: &Value) -> Result<(), SimulatorError> {
        self.running
            .carrier
            .change_behaviour(|behaviour| behaviour.merged(patch))?;
        Ok(())
    }

    /// Stops it: connections close, calls end where they are, no more callbacks are sent. The books stay readable
    /// through this handle. Blocks until the port is free, well under a second; doing it again does nothing.
    pub fn stop(&self) {
        self.running.stop();
    }

    /// Blocks until somebody stops it. From async code use it on a blocking thread.
    pub fn wait(&self) {
        self.running.finished.wait();
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Simulator")
            .field("address", &self.running.address)
            .finish_non_exhaustive()
    }
}

impl Running {
    fn stop(&self) {
        drop(self.stop.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.finished.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether the thread has ended.
#[derive(Default)]
struct Finished {
    done: Mutex<bool>,
    changed: Condvar,
}

impl Finished {
    fn wait(&self) {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(done, |done| !*done));
    }
}

/// Says so when the thread ends, in whatever way.
struct FinishGuard(Arc<Finished>);

impl Drop for FinishGuard {
    fn drop(&mut self) {
        *self.0.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }
}

/// Serves until `stopped` resolves, which it does when its other end is dropped.
async fn serve(
    carrier: Arc<Carrier>,
    bind: SocketAddr,
    orders: mpsc::UnboundedReceiver<dialer::DialOrder>,
    stopped: oneshot::Receiver<()>,
    listening: std_mpsc::Sender<io::Result<SocketAddr>>,
) -> io::Result<()> {
    let data = Data::from(Arc::clone(&carrier));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .configure(rest::configure)
            .configure(control::configure)
            .default_service(web::to(rest::not_found))
    })
    .workers(1)
    .disable_signals()
    .keep_alive(KEEP_ALIVE)
    .backlog(BACKLOG)
    .shutdown_timeout(0)
    .on_connect(rest::keep_wire)
    .bind(bind);
    let server = match server {
        Ok(server) => server,
        Err(error) => {
            // Nobody is left to tell where `start` has gone.
            let _gone = listening.send(Err(error));
            return Ok(());
        }
    };
    let address = server
        .addrs()
        .first()
        .copied()
        .ok_or_else(|| io::Error::other("bound to no address"));
    if let Ok(address) = address {
        carrier.address.get_or_init(|| address);
    }
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        // Dropped or sent: both mean stop.
        let _dropped = stopped.await;
        handle.stop(false).await;
    });
    tokio::spawn(dialer::run(carrier, orders));
    let _gone = listening.send(address);
    server.await
}
