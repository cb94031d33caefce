//! A running `outdial serve`, a carrier beside it, and the API of the one on the other.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const OWNER_KEY: &str = "odk_owner_of_the_tests";
/// Nothing that these tests wait for takes this long, unless it never comes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The binary under test.
pub fn outdial() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outdial"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OUTDIAL_")) {
        command.env_remove(name);
    }
    command
}

/// A service with a directory and a port of its own, which it keeps over restarts.
pub struct Service {
    home: TempDir,
    port: u16,
    child: Option<Child>,
    client: reqwest::Client,
}

impl Service {
    /// A service that has not been started.
    pub fn new() -> Self {
        // The client wants to know its TLS, though everything here is on loopback; a second install is refused.
        drop(rustls::crypto::ring::default_provider().install_default());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Self {
            home: tempfile::tempdir().unwrap(),
            port,
            child: None,
            client: reqwest::Client::new(),
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Runs a command on this service's data.
    pub fn command(&self) -> Command {
        let mut command = outdial();
        command
            .env("OUTDIAL_BIND", format!("127.0.0.1:{}", self.port))
            .env("OUTDIAL_DATA_DIR", self.data_dir())
            .env("OUTDIAL_OWNER_KEY", OWNER_KEY)
            .env("OUTDIAL_LOG", "error");
        command
    }

    /// Starts the process, without waiting for it to be ready.
    pub fn spawn(&mut self) {
        let child = self.command().arg("serve").stdout(Stdio::null()).spawn().unwrap();
        self.child = Some(child);
    }

    /// Starts the process, and waits until it is ready.
    pub async fn start(&mut self) {
        self.spawn();
        self.ready().await;
    }

    pub async fn ready(&self) {
        until("the service is ready", async || {
            let answer = self.client.get(self.url("/readyz")).send().await;
            answer
                .is_ok_and(|answer| answer.status() == StatusCode::OK)
                .then_some(())
        })
        .await;
    }

    /// Ends the process as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// A request to the API as the owner; `None` where the service does not answer.
    pub async fn try_api(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<(StatusCode, Value)> {
        let mut request = self
            .client
            .request(method, self.url(&format!("/api/v1{path}")))
            .bearer_auth(OWNER_KEY);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.try_api(Method::POST, path, Some(body))
            .await
            .expect("the service answers")
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.try_api(Method::GET, path, None)
            .await
            .expect("the service answers")
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let (status, page) = self.get(&format!("{path}?limit=500{cursor}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// A line to the carrier; the answer is its id.
    pub async fn add_line(&self, carrier: &Simulator) -> String {
        let config = SimulatorConfig::default();
        let line = json!({
            "name": "simulated",
            "kind": "simulated",
            "account_sid": config.account_sid,
            "auth_token": config.auth_token,
            "caller_ids": ["+12025550100"],
            "calls_per_second": 1000,
            "api_base_url": carrier.base_url(),
        });
        let (status, line) = self.post("/lines", &line).await;
        assert_eq!(status, StatusCode::CREATED, "{line}");
        line["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the campaign has ended.
    pub async fn ended(&self, campaign: &str) -> Value {
        until("the campaign ends", async || {
            let (_, campaign) = self
                .try_api(Method::GET, &format!("/campaigns/{campaign}"), None)
                .await?;
            let ended = ["completed", "failed", "canceled"].contains(&campaign["status"].as_str()?);
            ended.then_some(campaign)
        })
        .await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A carrier that lives `faster` times as fast as life.
pub fn carrier(faster: f64, seed: u64, more: &Value) -> Simulator {
    let base = Behaviour {
        time_scale: 1.0 / faster,
        ..Behaviour::lifelike()
    };
    let behaviour = base.merged(more).unwrap();
    Simulator::start(SimulatorConfig {
        seed,
        behaviour,
        ..SimulatorConfig::default()
    })
    .unwrap()
}

/// Numbers that are valid and reserved for fiction.
pub fn number(n: usize) -> String {
    let area_codes = [
        "202", "212", "305", "312", "404", "415", "503", "602", "617", "702",
    ];
    format!("+1{}55501{:02}", area_codes[n / 100 % area_codes.len()], n % 100)
}

/// Waits for a condition, asking again and again.
pub async fn until<T>(what: &str, condition: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = condition().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
