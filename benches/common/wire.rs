//! Signed callbacks as they go over the wire, and an HTTP server on a thread of its own.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpServer, web};
use outdial::providers::twilio::SIGNATURE_HEADER;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::KEY;

/// The key that signs.
pub const TOKEN: &str = "12345678901234567890123456789012";
/// What is reported of each call, in this order.
pub const STATUSES: [&str; 4] = ["initiated", "ringing", "in-progress", "completed"];

/// A signed status callback, as it goes over the wire.
pub fn callback(address: SocketAddr, url: &str, sid: &str, sequence: usize) -> Vec<u8> {
    let params = [
        ("AccountSid", "AC0123456789abcdef0123456789abcdef".to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("CallSid", sid.to_owned()),
        ("CallStatus", STATUSES[sequence].to_owned()),
        ("CallbackSource", "call-progress-events".to_owned()),
        ("Direction", "outbound-api".to_owned()),
        ("From", "+12025550100".to_owned()),
        ("SequenceNumber", sequence.to_string()),
        ("To", "+12025550123".to_owned()),
    ];
    let named: Vec<(String, String)> = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let signature = outdial_simulator::form_signature(TOKEN, url, &named);
    let body: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('+', "%2B")))
        .collect();
    let body = body.join("&");
    let path = url.splitn(4, '/').nth(3).unwrap();
    format!(
        "POST /{path} HTTP/1.1\r\nHost: {address}\r\n{SIGNATURE_HEADER}: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request to the API, by the owner, as it goes over the wire; with no body where it is empty.
pub fn api_request(address: SocketAddr, method: &str, path: &str, body: &str) -> Vec<u8> {
    let json = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/json\r\n"
    };
    format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\n{json}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A connection that sends one request at a time.
pub struct Connection(TcpStream, Vec<u8>);

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream, vec![0; 16_384])
    }

    /// Sends a request and reads the answer, which must begin so.
    pub async fn send(&mut self, request: &[u8], expected: &str) -> String {
        self.0.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        loop {
            let read = self.0.read(&mut self.1).await.unwrap();
            assert!(read > 0, "the connection was closed");
            answer.extend_from_slice(&self.1[..read]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            assert!(head.starts_with(expected), "{text}");
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return body.to_owned();
            }
        }
    }
}

/// An HTTP server over the listener, on a thread of its own.
pub fn serve(
    listener: TcpListener,
    configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> SocketAddr {
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let server = HttpServer::new(move || App::new().configure(configure.clone())).workers(2);
        actix_web::rt::System::new()
            .block_on(server.listen(listener).unwrap().run())
            .unwrap();
    });
    address
}

/// A listener on any port of this machine.
pub fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}
