//! Campaigns in great number, made over HTTP on many connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Connection, api_request, number};

/// What becomes of a campaign once it is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It starts in some years.
    Scheduled,
    /// It was to start in some years, and was paused.
    Paused,
    /// It was to start in some years, and was completed: its contacts are skipped.
    Completed,
    /// It dials.
    Running,
}

/// How campaigns are made.
pub struct Fleet {
    pub address: SocketAddr,
    pub line: String,
    /// Seconds from one start of a running campaign to its next.
    pub delay_seconds: usize,
    /// Contacts of a running campaign.
    pub contacts: usize,
    /// The next number that nobody has; below 64 million all are different.
    pub next_number: AtomicUsize,
}

impl Fleet {
    /// A draft that calls at any hour, and tries nobody twice.
    pub fn spec(&self, name: &str, contacts: usize) -> Value {
        let first = self.next_number.fetch_add(contacts, Ordering::Relaxed);
        let contact = |n| json!({"phone_number": number(n)});
        json!({
            "name": name,
            "type": "custom",
            "line_id": self.line,
            "calling_windows": [],
            "pacing": {"max_concurrent": 10, "per_minute": 60, "delay_seconds": self.delay_seconds},
            "retry": {"max_retries": 0},
            "contacts": (first..first + contacts).map(contact).collect::<Vec<_>>(),
        })
    }

    /// Makes so many over so many connections; the ids, in no order, each with what became of it.
    pub async fn make(
        self: &Arc<Self>,
        count: usize,
        connections: usize,
        what: impl Fn(usize) -> Made + Clone + Send + 'static,
    ) -> Vec<(String, Made)> {
        let mut workers = JoinSet::new();
        for worker in 0..connections {
            let (fleet, what) = (Arc::clone(self), what.clone());
            workers.spawn(async move {
                let mut connection = Connection::open(fleet.address).await;
                let mut made = Vec::new();
                for n in (worker..count).step_by(connections) {
                    made.push((fleet.make_one(&mut connection, n, what(n)).await, what(n)));
                }
                made
            });
        }
        workers.join_all().await.into_iter().flatten().collect()
    }

    async fn make_one(&self, connection: &mut Connection, n: usize, made: Made) -> String {
        let runs = made == Made::Running;
        let mut spec = self.spec(&format!("{made:?} {n}"), if runs { self.contacts } else { 2 });
        if !runs {
            spec["schedule"] = json!({"type": "scheduled", "start_at": "2090-01-01T00:00:00Z"});
        }
        let create = api_request(self.address, "POST", "/campaigns", &spec.to_string());
        let created: Value = serde_json::from_str(&connection.send(&create, "HTTP/1.1 201").await).unwrap();
        let id = created["id"].as_str().unwrap().to_owned();
        let commands: &[&str] = match made {
            Made::Scheduled | Made::Running => &["start"],
            Made::Paused => &["start", "pause"],
            Made::Completed => &["start", "complete"],
        };
        for command in commands {
            connection.send(&self.command(&id, command), "HTTP/1.1 200").await;
        }
        id
    }

    /// A command to a campaign.
    pub fn command(&self, campaign: &str, command: &str) -> Vec<u8> {
        api_request(
            self.address,
            "POST",
            &format!("/campaigns/{campaign}/{command}"),
            "",
        )
    }
}
