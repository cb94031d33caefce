//! The real binary, as a process of its own: started, asked, measured from outside.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use outdial_simulator::{Simulator, SimulatorConfig};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{KEY, cpu_seconds, handles, resident};

const BOUNDARY: &str = "a-boundary-that-no-list-contains";

/// A running `outdial serve`.
pub struct Service {
    child: Child,
    /// What it prints goes on having a reader.
    _stdout: BufReader<ChildStdout>,
    address: SocketAddr,
    client: reqwest::Client,
}

impl Service {
    /// Starts one on a directory, on any port that is free, and waits until it listens.
    pub fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[])
    }

    /// Starts one that listens there.
    pub fn start_at(data_dir: &Path, bind: &str) -> Self {
        Self::start_with(data_dir, &[("OUTDIAL_BIND", bind)])
    }

    /// Starts one with these settings besides.
    pub fn start_with(data_dir: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = with_many_files(env!("CARGO_BIN_EXE_outdial").as_ref());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OUTDIAL_")) {
            command.env_remove(name);
        }
        let mut child = command
            .arg("serve")
            .env("OUTDIAL_BIND", "127.0.0.1:0")
            .env("OUTDIAL_DATA_DIR", data_dir)
            .env("OUTDIAL_OWNER_KEY", KEY)
            .env("OUTDIAL_LOG", "error")
            // Whatever a benchmark makes, it makes more of than anybody does by hand.
            .env("OUTDIAL_CAMPAIGNS_PER_MINUTE", "1000000")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap().1.parse().unwrap();
        // The client wants to know its TLS, though everything here is on loopback.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            child,
            _stdout: stdout,
            address,
            client: reqwest::Client::new(),
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
        id_of(&self.ask(Method::POST, "/lines", &line).await)
    }

    /// A draft that calls at any hour and at this pace, and tries nobody twice; the answer is its id.
    pub async fn draft(&self, line: &str, name: &str, per_minute: u32) -> String {
        let spec = json!({
            "name": name,
            "type": "custom",
            "line_id": line,
            "calling_windows": [],
            "pacing": {"max_concurrent": 200, "per_minute": per_minute},
            "retry": {"max_retries": 0},
        });
        id_of(&self.ask(Method::POST, "/campaigns", &spec).await)
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, &Value::Null).await
    }

    /// Asks the API; an answer that is no success ends the benchmark.
    pub async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/api/v1{path}", self.address);
        let request = self.client.request(method, url).bearer_auth(KEY).json(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        // What is gone is shown no more.
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&body).unwrap()
        };
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    /// Sends a list off the disk as a form, never holding it whole; the answer is the import's path.
    pub async fn upload(&self, campaign: &str, list: &Path) -> String {
        let mut file = tokio::fs::File::open(list).await.unwrap();
        let before = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n"
        );
        let behind = format!("\r\n--{BOUNDARY}--\r\n");
        let length = file.metadata().await.unwrap().len() as usize + before.len() + behind.len();
        let head = format!(
            "POST /api/v1/campaigns/{campaign}/imports HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {KEY}\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{before}",
            self.address
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::io::copy(&mut file, &mut stream).await.unwrap();
        stream.write_all(behind.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 202"), "{answer}");
        let import: Value = serde_json::from_str(body).unwrap();
        format!("/campaigns/{campaign}/imports/{}", id_of(&import["import"]))
    }

    /// What asks, for whoever wants to see answers of any kind.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the process has in memory, and the most that it had, in MB; `None` where `/proc` is not.
    pub fn memory(&self) -> Option<(f64, f64)> {
        resident(self.child.id())
    }

    /// Files and sockets that it has open; `None` where `/proc` is not.
    pub fn handles(&self) -> Option<usize> {
        handles(self.child.id())
    }

    /// Seconds of a core that it has taken so far; `None` where `/proc` is not.
    pub fn cpu_seconds(&self) -> Option<f64> {
        cpu_seconds(self.child.id())
    }

    /// Kills it, as `kill -9` does, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself, which whoever asked it has noticed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A command that may open as many files, sockets among them, as whoever starts it is allowed to allow.
pub fn with_many_files(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\""])
        .arg(program);
    command
}

fn id_of(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}
