//! A carrier in this process: it takes every call, keeps books, and has each call reported to its end.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use outdial::LineSpec;
use outdial::domain::call::{CallFact, CallStatus, FoundCall, Placement};
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::wire::{Connection, STATUSES, TOKEN, callback};

/// A line that lets everything through.
pub fn line() -> LineSpec {
    LineSpec {
        name: "bench".to_owned(),
        kind: "twilio".to_owned(),
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        auth_token: TOKEN.to_owned(),
        caller_ids: vec!["+12025550100".to_owned()],
        calls_per_second: 10_000.0,
        max_concurrent: None,
        api_base_url: None,
        webhook_keys: Vec::new(),
        space: None,
    }
}

/// A call that the carrier has just taken.
pub fn queued(provider_id: String) -> CallFact {
    CallFact::new(provider_id, CallStatus::Queued)
}

/// A request for a call, as the carrier saw it.
#[derive(Debug, Clone)]
pub struct Start {
    pub at: Instant,
    /// Where its statuses are reported.
    pub status_url: String,
}

impl Start {
    /// The id of the attempt, as the URL has it.
    pub fn attempt(&self) -> &str {
        self.status_url.split('/').nth(7).unwrap()
    }

    /// The id of the campaign, as the URL has it.
    pub fn campaign(&self) -> &str {
        let (_, query) = self.status_url.split_once('?').unwrap();
        query.split('&').find_map(|pair| pair.strip_prefix("c=")).unwrap()
    }
}

/// A carrier that takes every call, remembers when, and hands it on to whoever reports it.
pub struct Carrier {
    starts: Mutex<Vec<Start>>,
    calls: mpsc::UnboundedSender<(String, String)>,
    answers_within: Duration,
}

impl Carrier {
    /// One that takes so long to answer, and the calls that it took: where to report, and the call's id.
    pub fn new(answers_within: Duration) -> (Arc<Self>, mpsc::UnboundedReceiver<(String, String)>) {
        let (calls, taken) = mpsc::unbounded_channel();
        let carrier = Self {
            starts: Mutex::default(),
            calls,
            answers_within,
        };
        (Arc::new(carrier), taken)
    }

    /// Its books.
    pub fn starts(&self) -> MutexGuard<'_, Vec<Start>> {
        self.starts.lock().unwrap()
    }
}

impl Provider for Carrier {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        let mut starts = self.starts();
        let provider_id = format!("CA{:032x}", starts.len());
        starts.push(Start {
            at: Instant::now(),
            status_url: call.status_url.clone(),
        });
        drop(starts);
        let calls = self.calls.clone();
        Box::pin(async move {
            if !self.answers_within.is_zero() {
                tokio::time::sleep(self.answers_within).await;
            }
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

/// Reports every call that was taken, to its end, over so many connections; tells of each callback when it was
/// answered and how long that took.
pub async fn report(
    address: SocketAddr,
    calls: mpsc::UnboundedReceiver<(String, String)>,
    connections: usize,
    answered: impl Fn(Instant, Duration) + Clone + Send + Sync + 'static,
) {
    let calls = Arc::new(tokio::sync::Mutex::new(calls));
    // Workers end with this set.
    let mut workers = JoinSet::new();
    for _ in 0..connections {
        let (calls, answered) = (Arc::clone(&calls), answered.clone());
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
                    answered(Instant::now(), begun.elapsed());
                }
            }
        });
    }
    workers.join_all().await;
}
