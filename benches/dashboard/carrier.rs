//! A carrier in this process: it takes every call, and has each reported to its end.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use outdial::domain::call::{CallFact, FoundCall, Placement};
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::common::{Connection, STATUSES, callback, queued};

const CONNECTIONS: usize = 16;
/// How long a carrier takes to answer.
const ANSWERS_WITHIN: Duration = Duration::from_millis(5);

/// A carrier that takes every call, remembers when, and has each call reported.
pub struct Carrier {
    pub starts: Mutex<Vec<Instant>>,
    pub calls: mpsc::UnboundedSender<(String, String)>,
}

impl Provider for Carrier {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        let mut starts = self.starts.lock().unwrap();
        let provider_id = format!("CA{:032x}", starts.len());
        starts.push(Instant::now());
        drop(starts);
        let calls = self.calls.clone();
        Box::pin(async move {
            tokio::time::sleep(ANSWERS_WITHIN).await;
            // The load has ended if nobody takes it.
            drop(calls.send((call.status_url, provider_id.clone())));
            Placement::Placed(queued(provider_id))
        })
    }

    fn fetch<'a>(&'a self, _: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(async { Ok(None) })
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(async { Ok(()) })
    }
}

/// How long each callback took until its answer, and when that came.
pub type Taken = Arc<Mutex<Vec<(Instant, Duration)>>>;

/// Reports every call that was taken, to its end.
pub async fn report(address: SocketAddr, calls: mpsc::UnboundedReceiver<(String, String)>, taken: Taken) {
    let calls = Arc::new(tokio::sync::Mutex::new(calls));
    // Workers end with this set.
    let mut workers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (calls, taken) = (Arc::clone(&calls), Arc::clone(&taken));
        workers.spawn(async move {
            let mut connection = Connection::open(address).await;
            loop {
                let Some((url, sid)) = calls.lock().await.recv().await else {
                    return;
                };
                for sequence in 0..STATUSES.len() {
                    let request = callback(address, &url, &sid, sequence);
                    let begun = Instant::now();
                    connection.send(&request, "HTTP/1.1 204").await;
                    taken.lock().unwrap().push((Instant::now(), begun.elapsed()));
                }
            }
        });
    }
    workers.join_all().await;
}
