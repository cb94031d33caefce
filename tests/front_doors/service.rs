//! A running `outdial serve`, a carrier beside it, and the API of the one on the other.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
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
    public_url: Option<String>,
}

impl Service {
    /// A service that has not been started.
    pub fn new() -> Self {
        // The client wants to know its TLS, though everything here is on loopback; a second install is refused.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            home: tempfile::tempdir().unwrap(),
            port: free_port(),
            child: None,
            // A test that keeps its thread busy for a while would find its idle connections closed.
            client: reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
            public_url: None,
        }
    }

    /// The same, which tells carriers to call back there.
    pub fn called_back_at(public_url: &str) -> Self {
        let mut service = Self::new();
        service.public_url = Some(public_url.to_owned());
        service
    }

    /// A service that runs.
    pub async fn started() -> Self {
        let mut service = Self::new();
        service.start().await;
        service
    }

    /// A service that runs, and a line of it to the carrier.
    pub async fn with_line(carrier: &Simulator) -> (Self, String) {
        let service = Self::started().await;
        let line = service.add_line(carrier).await;
        (service, line)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
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
        if let Some(public_url) = &self.public_url {
            command.env("OUTDIAL_PUBLIC_URL", public_url);
        }
        command
    }

    /// Starts the process, without waiting for it to be ready.
    pub fn spawn(&mut self) {
        let child = self.command().arg("serve").stdout(Stdio::null()).spawn().unwrap();
        self.child = Some(child);
    }

    /// Starts a process that dies by itself at a named moment, the `times`-th time that it comes.
    pub fn spawn_to_die_at(&mut self, point: &str, times: u32) {
        let order = format!("{point}:{times}");
        let mut command = self.command();
        let command = command.arg("serve").env("OUTDIAL_CRASH_AT", order);
        self.child = Some(command.stdout(Stdio::null()).spawn().unwrap());
    }

    /// Waits until the process has died by itself.
    pub async fn dead(&mut self) {
        let mut child = self.child.take().unwrap();
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(!status.success(), "it ended as if nothing had happened");
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "it never came to the moment at which it dies"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Takes over a process that was started on this service's data by other means.
    pub fn adopt(&mut self, child: Child) {
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

    /// Asks the process to end, as service managers do, and waits until it has.
    pub fn terminate(&mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        let kill = format!("kill -TERM {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        child.wait().unwrap()
    }

    /// A request to any path, as nobody in particular.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A request to the API as the owner.
    pub fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, &format!("/api/v1{path}"))
            .bearer_auth(OWNER_KEY)
    }

    /// A request to the API as the owner; `None` where the service does not answer.
    pub async fn try_api(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<(StatusCode, Value)> {
        let mut request = self.api(method, path);
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
        self.add_line_with(carrier, json!({})).await
    }

    /// The same; `more` goes over the line.
    pub async fn add_line_with(&self, carrier: &Simulator, more: Value) -> String {
        let config = SimulatorConfig::default();
        let mut line = json!({
            "name": "simulated",
            "kind": "simulated",
            "account_sid": config.account_sid,
            "auth_token": config.auth_token,
            "caller_ids": ["+12025550100"],
            "calls_per_second": 1000,
            "api_base_url": carrier.base_url(),
        });
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let (status, line) = self.post("/lines", &line).await;
        assert_eq!(status, StatusCode::CREATED, "{line}");
        line["id"].as_str().unwrap().to_owned()
    }

    /// A draft over the line that calls everybody at once, at any hour, and tries nobody twice; `more` goes over
    /// that.
    pub async fn draft(&self, line: &str, more: Value) -> Value {
        let (status, campaign) = self.post("/campaigns", &brisk(line, more)).await;
        assert_eq!(status, StatusCode::CREATED, "{campaign}");
        campaign
    }

    /// The same, started; the answer is its id.
    pub async fn running(&self, line: &str, more: Value) -> String {
        let draft = self.draft(line, more).await;
        let id = draft["id"].as_str().unwrap().to_owned();
        let started = self.command_to(&id, "start").await;
        assert_ne!(started["status"], "draft");
        id
    }

    /// Moves a campaign by a command that must be allowed.
    pub async fn command_to(&self, campaign: &str, command: &str) -> Value {
        let (status, answer) = self
            .post(&format!("/campaigns/{campaign}/{command}"), &Value::Null)
            .await;
        assert_eq!(status, StatusCode::OK, "{command}: {answer}");
        answer
    }

    pub async fn campaign(&self, id: &str) -> Value {
        let (status, campaign) = self.get(&format!("/campaigns/{id}")).await;
        assert_eq!(status, StatusCode::OK, "{campaign}");
        campaign
    }

    pub async fn attempts(&self, campaign: &str) -> Vec<Value> {
        self.all(&format!("/campaigns/{campaign}/attempts")).await
    }

    pub async fn contacts(&self, campaign: &str) -> Vec<Value> {
        self.all(&format!("/campaigns/{campaign}/contacts")).await
    }

    /// Waits until the campaign looks as wanted.
    pub async fn campaign_that(&self, id: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(what, async || Some(self.campaign(id).await).filter(&wanted)).await
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

/// Contacts with numbers of their own.
pub fn people(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"phone_number": number(n)})).collect()
}

/// A campaign that calls everybody at once, at any hour, and tries nobody twice; `more` goes over that.
pub fn brisk(line: &str, more: Value) -> Value {
    let mut spec = json!({
        "name": "brisk",
        "type": "custom",
        "line_id": line,
        "calling_windows": [],
        "pacing": {"max_concurrent": 100, "per_minute": 60000},
        "retry": {"max_retries": 0},
    });
    let Value::Object(more) = more else {
        panic!("fields of a campaign are an object, not {more}");
    };
    spec.as_object_mut().unwrap().extend(more);
    spec
}

/// A problem answer in the form that every one has, and its body.
pub async fn problem(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let text = answer.text().await.unwrap();
    assert_eq!(
        kind.as_ref().unwrap(),
        "application/problem+json",
        "{status} {text}"
    );
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], status.as_u16(), "{problem}");
    for field in ["type", "title", "detail", "code"] {
        let said = problem[field].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "{field} is missing in {problem}");
    }
    (status, problem)
}

/// The fields that a validation answer names, in its order.
pub fn fields(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array();
    let errors = errors.unwrap_or_else(|| panic!("no fields are named in {problem}"));
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

/// What a validation answer says of a field.
pub fn message<'p>(problem: &'p Value, field: &str) -> &'p str {
    let errors = problem["errors"].as_array().unwrap();
    let error = errors.iter().find(|error| error["field"] == field);
    error.unwrap_or_else(|| panic!("{field} is not named in {problem}"))["message"]
        .as_str()
        .unwrap()
}

/// A port that is free, and that no outgoing connection takes while a service is down: those come from 32768 up.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 200 * 100) as u16;
    loop {
        let port = 10_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
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
