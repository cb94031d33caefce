//! Many who watch, in a process of its own that does as little as it can: it counts what comes, remembers the last
//! event of each stream, and reads the clock on a few streams only.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, ready};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use crate::common::{KEY, Spread, cpu_seconds, with_many_files};

/// Of so many streams one is looked at closely: an odd number, so that both kinds are among them.
const LOOKED_AT: usize = 101;
/// Streams that are opened at a time.
const AT_A_TIME: usize = 64;
/// Bytes that are read at a time.
const PART: usize = 256 << 10;

/// Those who watch; they go when this is dropped.
pub struct Gallery {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What the streams have brought since they were asked last.
pub struct Seen {
    /// Streams that are open.
    pub open: u64,
    /// Open streams on which the newest event of their kind has not come yet.
    pub behind: u64,
    /// Of all bytes.
    pub bytes: u64,
    /// From the event's own instant until it was read, on the streams that were looked at.
    pub delay: Spread,
}

impl Gallery {
    /// Opens so many streams at a service, in turn of each of these paths, every other of which is of everything, and
    /// waits until all are open. This benchmark is started again for it, and must then call [`watch`].
    pub fn open(streams: usize, address: SocketAddr, paths: &[String]) -> Self {
        let mut child = with_many_files(&std::env::current_exe().unwrap())
            .args(["--bench", "--watch", &streams.to_string()])
            .args(["--port", &address.port().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut gallery = Self {
            orders: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        };
        let open = gallery.ask(&paths.join(" "));
        assert_eq!(open["open"], streams, "every stream was let in");
        gallery
    }

    /// What has come since this was asked last.
    pub fn seen(&mut self) -> Seen {
        let seen = self.ask("seen");
        let ms = |name: &str| seen[name].as_f64().unwrap_or(f64::NAN);
        Seen {
            open: seen["open"].as_u64().unwrap(),
            behind: self.behind(),
            bytes: seen["bytes"].as_u64().unwrap(),
            delay: Spread {
                p50_ms: ms("p50_ms"),
                p99_ms: ms("p99_ms"),
                most_ms: ms("most_ms"),
            },
        }
    }

    /// Open streams on which the newest event of their kind has not come yet.
    pub fn behind(&mut self) -> u64 {
        self.ask("behind")["behind"].as_u64().unwrap()
    }

    /// Seconds of a core that the process has taken.
    pub fn cpu_seconds(&self) -> Option<f64> {
        cpu_seconds(self.child.id())
    }

    fn ask(&mut self, what: &str) -> Value {
        writeln!(self.orders, "{what}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// One who watches.
struct Stream {
    /// Which path.
    kind: usize,
    is_open: AtomicBool,
    last: AtomicU64,
}

struct House {
    streams: Vec<Stream>,
    bytes: AtomicU64,
    delays: Mutex<Vec<Duration>>,
}

thread_local! {
    /// What comes is looked at where it is read.
    static PARTS: RefCell<Vec<u8>> = RefCell::new(vec![0; PART]);
}

/// The other side of [`Gallery::open`]: watches until nobody asks any more.
pub fn watch(streams: usize, port: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let mut orders = std::io::stdin().lock().lines();
    let paths: Vec<String> = orders
        .next()
        .unwrap()
        .unwrap()
        .split(' ')
        .map(str::to_owned)
        .collect();
    let stream = |n: usize| Stream {
        kind: n % paths.len(),
        is_open: AtomicBool::new(false),
        last: AtomicU64::new(0),
    };
    let house = Arc::new(House {
        streams: (0..streams).map(stream).collect(),
        bytes: AtomicU64::new(0),
        delays: Mutex::default(),
    });
    let address = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()));
    runtime.block_on(async {
        let turns = Arc::new(tokio::sync::Semaphore::new(AT_A_TIME));
        let mut opening = tokio::task::JoinSet::new();
        for n in 0..streams {
            let turn = Arc::clone(&turns).acquire_owned().await.unwrap();
            let (house, path) = (Arc::clone(&house), paths[n % paths.len()].clone());
            opening.spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let request = format!(
                    "GET /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\n\r\n"
                );
                stream.write_all(request.as_bytes()).await.unwrap();
                tokio::spawn(house.sit(n, stream, turn));
            });
        }
        opening.join_all().await;
        drop(turns.acquire_many(AT_A_TIME as u32).await.unwrap());
    });
    house.answer("open");
    for order in orders {
        house.answer(&order.unwrap());
    }
}

impl House {
    /// Reads a stream to its end; its turn is over as soon as it has begun.
    async fn sit(self: Arc<Self>, n: usize, mut stream: TcpStream, turn: tokio::sync::OwnedSemaphorePermit) {
        let mut turn = Some(turn);
        let mut close = n.is_multiple_of(LOOKED_AT).then(Close::default);
        loop {
            let read = poll_fn(|context| {
                PARTS.with_borrow_mut(|part| {
                    let mut part = ReadBuf::new(part);
                    let read = ready!(Pin::new(&mut stream).poll_read(context, &mut part));
                    let part = part.filled();
                    if let Some(turn) = turn.take() {
                        assert!(
                            part.starts_with(b"HTTP/1.1 200"),
                            "{}",
                            String::from_utf8_lossy(part)
                        );
                        self.streams[n].is_open.store(true, Ordering::Relaxed);
                        drop(turn);
                    }
                    self.take(n, part, close.as_mut());
                    Poll::Ready(read.map(|()| part.len()))
                })
            });
            if !matches!(read.await, Ok(1..)) {
                break;
            }
        }
        self.streams[n].is_open.store(false, Ordering::Relaxed);
    }

    fn take(&self, n: usize, part: &[u8], close: Option<&mut Close>) {
        self.bytes.fetch_add(part.len() as u64, Ordering::Relaxed);
        if let Some(last) = last_id(part) {
            self.streams[n].last.store(last, Ordering::Relaxed);
        }
        if let Some(close) = close {
            let is_all = self.streams[n].kind.is_multiple_of(2);
            let delays = close.read(part, is_all);
            self.delays.lock().unwrap().extend(delays);
        }
    }

    fn answer(&self, order: &str) {
        let answer = match order {
            "behind" => json!({"behind": self.behind()}),
            _ => {
                let open = self
                    .streams
                    .iter()
                    .filter(|stream| stream.is_open.load(Ordering::Relaxed));
                let delay = Spread::of(std::mem::take(&mut *self.delays.lock().unwrap()));
                json!({
                    "open": open.count(),
                    "bytes": self.bytes.swap(0, Ordering::Relaxed),
                    "p50_ms": delay.p50_ms,
                    "p99_ms": delay.p99_ms,
                    "most_ms": delay.most_ms,
                })
            }
        };
        println!("{answer}");
    }

    fn behind(&self) -> usize {
        let last = |stream: &Stream| stream.last.load(Ordering::Relaxed);
        let kinds = self
            .streams
            .iter()
            .map(|stream| stream.kind)
            .max()
            .map_or(0, |most| most + 1);
        let mut newest = vec![0; kinds];
        for stream in &self.streams {
            newest[stream.kind] = last(stream).max(newest[stream.kind]);
        }
        let is_open = |stream: &&Stream| stream.is_open.load(Ordering::Relaxed);
        let is_behind = |stream: &&Stream| last(stream) < newest[stream.kind];
        self.streams.iter().filter(is_open).filter(is_behind).count()
    }
}

/// The id of the last event of which the whole line is there.
fn last_id(part: &[u8]) -> Option<u64> {
    let mut end = part.len();
    loop {
        let at = part[..end].windows(5).rposition(|five| five == b"\nid: ")?;
        let digits = &part[at + 5..];
        if let Some(length) = digits.iter().position(|byte| *byte == b'\n') {
            return std::str::from_utf8(&digits[..length]).ok()?.parse().ok();
        }
        end = at + 4;
    }
}

/// A stream that is looked at closely.
#[derive(Default)]
struct Close {
    /// A line that is not complete yet.
    line: Vec<u8>,
    last: Option<u64>,
}

impl Close {
    /// How long every event of a part was on its way; of all events none may be missing.
    fn read(&mut self, part: &[u8], is_all: bool) -> Vec<Duration> {
        let now = SystemTime::now();
        let mut delays = Vec::new();
        let mut lines = part.split_inclusive(|byte| *byte == b'\n');
        lines.by_ref().for_each(|line| {
            self.line.extend_from_slice(line);
            if self.line.last() != Some(&b'\n') {
                return;
            }
            if let Some(data) = self.line.strip_prefix(b"data: ") {
                let event: Value = serde_json::from_slice(data).unwrap();
                let seq = event["seq"].as_u64().unwrap();
                let follows = self
                    .last
                    .is_none_or(|last| if is_all { seq == last + 1 } else { seq > last });
                assert!(follows, "{:?}, {event}", self.last);
                self.last = Some(seq);
                let at = event["at"]
                    .as_str()
                    .unwrap()
                    .parse::<chrono::DateTime<chrono::Utc>>()
                    .unwrap();
                delays.push(now.duration_since(at.into()).unwrap_or_default());
            }
            self.line.clear();
        });
        delays
    }
}
