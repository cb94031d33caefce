//! A carrier on loopback that keeps books of every request it has read and answers by a script. It runs
//! on a thread of its own, so that its closing of connections truly races with the client.

use std::collections::VecDeque;
use std::net::TcpListener as StdListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outdial_domain::time::Timestamp;
use outdial_providers::provider::{CallQuery, NewCall};
use outdial_providers::secret::Secret;
use outdial_providers::twilio::{Timeouts, TwilioAccount, TwilioClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with the next request, once it has been read to its end.
pub enum Act {
    /// Answers and keeps the connection.
    Answer(String),
    /// Answers as if to keep the connection, and closes it at once.
    AnswerThenClose(String),
    /// Begins an answer and closes the connection in the middle of it.
    CutShort(String),
    /// Closes the connection with a TCP reset.
    Reset,
    /// Never answers.
    Silence,
}

/// A request as it was read.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body's fields, in order.
    pub fn fields(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .into_owned()
            .collect()
    }
}

pub struct Carrier {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Carrier {
    /// Starts a carrier that acts by the script; past its end it never answers.
    pub fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = StdListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("non-blocking");
        let url = format!("http://{}", listener.local_addr().expect("address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let books = seen.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("listener");
                loop {
                    let (stream, _) = listener.accept().await.expect("accept");
                    tokio::spawn(serve(stream, script.clone(), books.clone()));
                }
            });
        });
        Self { url, seen }
    }

    /// Every request read so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("books").clone()
    }

    /// A client of this carrier that waits half a second at most.
    pub fn client(&self) -> TwilioClient {
        client(&self.url)
    }
}

pub fn client(url: &str) -> TwilioClient {
    TwilioClient::new(
        TwilioAccount {
            account_sid: "AC1".to_owned(),
            auth_token: Secret::from("token"),
            api_base_url: Some(url.to_owned()),
        },
        Timeouts {
            connect: Duration::from_secs(5),
            total: Duration::from_millis(500),
        },
    )
    .expect("client")
}

pub fn call() -> NewCall {
    call_to(12_025_550_123)
}

pub fn call_to(digits: u64) -> NewCall {
    NewCall {
        to: format!("+{digits}").parse().expect("number"),
        from: "+12025550199".parse().expect("number"),
        voice_url: "https://hooks.example.com/voice?c=1&s=a+b".to_owned(),
        status_url: "https://hooks.example.com/status?c=1".to_owned(),
        ring_timeout_seconds: 25,
        machine_detection: None,
        max_duration_seconds: None,
        record: false,
    }
}

pub fn query() -> CallQuery {
    CallQuery {
        to: "+12025550123".parse().expect("number"),
        from: "+12025550199".parse().expect("number"),
        since: Timestamp::from_millis(1_782_910_800_000),
    }
}

/// A whole answer with a JSON body.
pub fn answer(status: u16, body: &str) -> String {
    answer_with(status, "", body)
}

/// A whole answer; each header line ends in `\r\n`.
pub fn answer_with(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// The answer to a call that was taken.
pub fn created() -> String {
    answer(
        201,
        r#"{"sid": "CA1", "status": "queued", "date_created": "Wed, 01 Jul 2026 13:00:00 +0000", "duration": null}"#,
    )
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<VecDeque<Act>>>, books: Arc<Mutex<Vec<Seen>>>) {
    while let Some(request) = read_request(&mut stream).await {
        books.lock().expect("books").push(request);
        let act = script.lock().expect("script").pop_front();
        match act {
            Some(Act::Answer(answer)) => {
                stream.write_all(answer.as_bytes()).await.expect("answer");
            }
            Some(Act::AnswerThenClose(answer)) => {
                stream.write_all(answer.as_bytes()).await.expect("answer");
                return;
            }
            Some(Act::CutShort(answer)) => {
                let half = answer.len() - 10;
                stream
                    .write_all(&answer.as_bytes()[..half])
                    .await
                    .expect("answer");
                return;
            }
            Some(Act::Reset) => {
                stream.set_zero_linger().expect("linger");
                return;
            }
            Some(Act::Silence) | None => std::future::pending().await,
        }
    }
}

/// Reads one request to its end; `None` once the client has closed the connection.
async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = whole_request(&bytes) {
            return Some(request);
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn whole_request(bytes: &[u8]) -> Option<Seen> {
    let text = std::str::from_utf8(bytes).expect("requests are ASCII");
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let mut seen = Seen {
        method: first.next()?.to_owned(),
        target: first.next()?.to_owned(),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    };
    let length: usize = seen
        .header("content-length")
        .map_or(0, |length| length.parse().expect("length"));
    if body.len() < length {
        return None;
    }
    seen.body.truncate(length);
    Some(seen)
}
