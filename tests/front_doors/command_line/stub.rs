//! A service that says what it is told to say, for what the real one does not do on demand.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::service::outdial;

/// The key that the stub's clients use; no output may show it.
pub const KEY: &str = "odk_key_of_the_stub";

#[derive(Clone, Debug)]
pub struct Request {
    /// Method and path, such as `GET /campaigns?limit=500`: the part of the path that all have in common is left out.
    pub line: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

pub enum Answer {
    Json(u16, Value),
    /// The same, with a header.
    With(u16, &'static str, &'static str, Value),
    /// Frames of server-sent events, after which the stream breaks.
    Events(&'static str),
    /// The connection breaks before there is any answer.
    BreakOff,
}

type Answering = Box<dyn FnMut(&Request) -> Answer + Send>;

pub struct Stub {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    pub fn that_answers(answer: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        let answering: Arc<Mutex<Answering>> = Arc::new(Mutex::new(Box::new(answer)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (heard, answering) = (Arc::clone(&heard), Arc::clone(&answering));
                std::thread::spawn(move || serve(stream, &heard, &answering));
            }
        });
        Self { address, requests }
    }

    pub fn command(&self) -> Command {
        let mut command = outdial();
        command
            .env("OUTDIAL_URL", format!("http://{}", self.address))
            .env("OUTDIAL_API_KEY", KEY);
        command
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The requests' lines.
    pub fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.line).collect()
    }
}

fn serve(mut stream: TcpStream, heard: &Mutex<Vec<Request>>, answering: &Mutex<Answering>) {
    let Some(request) = read(&stream) else { return };
    heard.lock().unwrap().push(request.clone());
    let answer = (answering.lock().unwrap())(&request);
    let text = match answer {
        Answer::BreakOff => return,
        Answer::Events(frames) => {
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{frames}")
        }
        Answer::Json(status, body) => told(status, "x-nothing: 0", &body),
        Answer::With(status, name, value, body) => told(status, &format!("{name}: {value}"), &body),
    };
    // A client that has gone hears nothing.
    drop(stream.write_all(text.as_bytes()));
}

fn told(status: u16, header: &str, body: &Value) -> String {
    let body = if status == 204 {
        String::new()
    } else {
        body.to_string()
    };
    let kind = if status < 400 {
        "application/json"
    } else {
        "application/problem+json"
    };
    // A length of its own is one that does not fit.
    let length = match header.starts_with("content-length") {
        true => String::new(),
        false => format!("content-length: {}\r\n", body.len()),
    };
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{length}{header}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let line = format!("{method} {}", path.strip_prefix("/api/v1")?);
    let mut headers = HashMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        line,
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}
