//! Everything that goes on: campaigns from their draft to their end, those who read, and those who watch.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::{KEY, Service, numbers};

/// An organization may create twenty campaigns a minute.
pub const A_CAMPAIGN_EVERY: Duration = Duration::from_millis(3_200);
/// How long each of those who watch stays, the next a bit longer than the one before.
const STAYS: Duration = Duration::from_millis(1_500);
pub const READERS: usize = 2;
/// Between two reads of a reader.
const BETWEEN_READS: Duration = Duration::from_millis(50);
/// Everything that goes on.
pub struct Stage {
    pub service: Service,
    pub line: String,
    pub contacts: usize,
    /// Whether campaigns are deleted as soon as they are completed.
    pub deletes: AtomicBool,
    pub is_over: AtomicBool,
    pub campaigns: AtomicUsize,
    /// Finished attempts of completed campaigns.
    pub attempts: AtomicU64,
    pub reads: AtomicU64,
    pub streams: AtomicU64,
    pub kept: Mutex<Vec<String>>,
}

impl Stage {
    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    /// One campaign, from its draft to its end, and gone where that is wanted.
    pub async fn campaign(self: Arc<Self>, home: Arc<Path>) {
        let n = self.campaigns.fetch_add(1, Ordering::Relaxed);
        let id = self
            .service
            .draft(&self.line, &format!("campaign {n}"), 6_000)
            .await;
        let list = home.join(format!("list-{n}.csv"));
        std::fs::write(&list, numbers(n * self.contacts, self.contacts)).unwrap();
        let import = self.service.upload(&id, &list).await;
        std::fs::remove_file(&list).unwrap();
        while self.service.get(&import).await["state"] != "completed" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.tell(&id, "start").await;
        let total = self.contacts as u64;
        let path = format!("/campaigns/{id}");
        let mut is_paused = false;
        let campaign = loop {
            let campaign = self.service.get(&path).await;
            if campaign["status"] == "completed" {
                break campaign;
            }
            if !is_paused && campaign["counters"]["attempts"].as_u64().unwrap() > total / 4 {
                self.tell(&id, "pause").await;
                self.service
                    .get(&format!("{path}/contacts?status=pending&limit=20"))
                    .await;
                self.tell(&id, "resume").await;
                is_paused = true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let counters = &campaign["counters"];
        assert_eq!(
            counters["attempts"], total,
            "everybody was called once: {counters}"
        );
        self.attempts.fetch_add(total, Ordering::Relaxed);
        if self.deletes.load(Ordering::Relaxed) {
            self.service.ask(Method::DELETE, &path, &Value::Null).await;
        } else {
            self.kept.lock().unwrap().push(path);
        }
    }

    async fn tell(&self, campaign: &str, command: &str) {
        let path = format!("/campaigns/{campaign}/{command}");
        self.service.ask(Method::POST, &path, &json!({})).await;
    }

    /// Reads what a dashboard reads, of whatever campaign is there.
    pub async fn read(self: Arc<Self>) {
        while self.goes_on() {
            let listed = self.service.get("/campaigns?limit=5").await;
            let newest = listed["items"][0]["id"].as_str().map(str::to_owned);
            self.service.get("/system").await;
            let mut read = 2;
            if let Some(id) = newest {
                for what in ["", "/stats", "/attempts?limit=50", "/contacts?limit=50", "/trend"] {
                    let url = format!("http://{}/api/v1/campaigns/{id}{what}", self.service.address());
                    let answer = self
                        .service
                        .client()
                        .get(url)
                        .bearer_auth(KEY)
                        .send()
                        .await
                        .unwrap();
                    // It may be deleted between two looks.
                    assert!(
                        answer.status().is_success() || answer.status() == 404,
                        "{what}: {answer:?}"
                    );
                    drop(answer.bytes().await.unwrap());
                    read += 1;
                    tokio::time::sleep(BETWEEN_READS).await;
                }
            }
            self.reads.fetch_add(read, Ordering::Relaxed);
            tokio::time::sleep(BETWEEN_READS).await;
        }
    }

    /// Watches for a while, goes, and comes back for what was missed.
    pub async fn watch(self: Arc<Self>, n: usize) {
        let mut last = String::new();
        let mut part = vec![0; 64 << 10];
        while self.goes_on() {
            let seen = if last.is_empty() {
                String::new()
            } else {
                format!("Last-Event-ID: {last}\r\n")
            };
            let address = self.service.address();
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!(
                "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\n{seen}\r\n"
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            self.streams.fetch_add(1, Ordering::Relaxed);
            let until = Instant::now() + STAYS + STAYS * (n % 8) as u32 / 4;
            while let Ok(read) = tokio::time::timeout_at(until.into(), stream.read(&mut part)).await {
                let read = read.unwrap();
                assert!(read > 0, "a stream goes on as long as the service");
                let text = String::from_utf8_lossy(&part[..read]);
                let ids = text
                    .lines()
                    .rev()
                    .skip(1)
                    .find_map(|line| line.strip_prefix("id: "));
                if let Some(id) = ids {
                    last = id.to_owned();
                }
            }
        }
    }
}
