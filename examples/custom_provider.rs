//! A carrier that outdial does not know: a gateway with a protocol of its own, over TCP; and a clock of one's own.
//!
//!     cargo run --release --example custom_provider
//!
//! What a provider must get right is what it says of a request that failed. One that certainly never left may be tried
//! again (`NotSent`). Of one that left, and was not answered, nobody knows whether somebody rings (`Unknown`): outdial
//! waits for news of it, asks the carrier later, and never sends it again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use outdial::actors::clock::Clock;
use outdial::domain::call::{CallEnd, CallFact, CallStatus, FoundCall, Placement, Refusal};
use outdial::domain::settings::Kind;
use outdial::domain::step::Event;
use outdial::domain::time::Timestamp;
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial::spec::{ContactSpec, PacingSpec};
use outdial::{CampaignSpec, EventFilter, LineSpec, Orchestrator, StatusReport};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The gateway takes every number but this one,
const REFUSED: &str = "+12025550104";
/// and calls this one, but breaks off before it says so.
const BREAKS_OFF: &str = "+12025550105";
/// The gateway answers within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// The gateway, as outdial sees it. One connection carries one request, a line, and its answer, another line.
struct Gateway {
    address: std::net::SocketAddr,
}

impl Gateway {
    /// Sends a request on a connection that stands, and reads the answer.
    async fn ask(mut stream: TcpStream, request: String) -> std::io::Result<String> {
        let answered = async {
            stream.write_all(format!("{request}\n").as_bytes()).await?;
            let mut answer = String::new();
            BufReader::new(stream).read_line(&mut answer).await?;
            Ok(answer.trim().to_owned())
        };
        let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
        tokio::time::timeout(PATIENCE, answered).await.map_err(late)?
    }

    /// A request that changes nothing that could not be done twice.
    async fn look(&self, request: String) -> Result<String, AskError> {
        let unreachable = |error: std::io::Error| AskError::Unreachable(error.to_string());
        let stream = TcpStream::connect(self.address).await.map_err(unreachable)?;
        Self::ask(stream, request).await.map_err(unreachable)
    }
}

impl Provider for Gateway {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        Box::pin(async move {
            let stream = match TcpStream::connect(self.address).await {
                Ok(stream) => stream,
                // No connection, no request.
                Err(error) => {
                    return Placement::NotSent {
                        detail: error.to_string(),
                    };
                }
            };
            let answer = Self::ask(stream, format!("call {} {}", call.to, call.status_url)).await;
            match answer.as_deref().map(|answer| answer.split_once(' ')) {
                Ok(Some(("taken", id))) => Placement::Placed(CallFact::new(id, CallStatus::Queued)),
                Ok(Some(("refused", why))) => Placement::RefusedContact(Refusal {
                    code: "refused".to_owned(),
                    message: why.to_owned(),
                }),
                Ok(_) => Placement::Unknown {
                    detail: "the gateway broke off".to_owned(),
                },
                Err(error) => Placement::Unknown {
                    detail: error.to_string(),
                },
            }
        })
    }

    fn fetch<'a>(&'a self, id: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(async move {
            let answer = self.look(format!("where {id}")).await?;
            Ok(status(&answer).map(|status| CallFact::new(id, status)))
        })
    }

    /// How an attempt of unknown fate is found again, where no report of it comes.
    fn find(&self, query: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(async move {
            let answer = self.look(format!("calls-to {}", query.to)).await?;
            let calls = answer.split_whitespace().filter_map(|call| {
                let (id, created_at) = call.split_once('@')?;
                Some(FoundCall {
                    created_at: Timestamp::from_millis(created_at.parse().ok()?),
                    fact: CallFact::new(id, CallStatus::Initiated),
                })
            });
            Ok(calls.filter(|call| call.created_at >= query.since).collect())
        })
    }

    fn hang_up<'a>(&'a self, id: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(async move { self.look(format!("end {id}")).await.map(drop) })
    }
}

/// The gateway's words for where a call stands.
fn status(word: &str) -> Option<CallStatus> {
    match word {
        "ringing" => Some(CallStatus::Ringing),
        "answered" => Some(CallStatus::InProgress),
        "over" => Some(CallStatus::Ended(CallEnd::Completed)),
        _ => None,
    }
}

/// Time as it goes on from an instant of one's own: here a Wednesday, 13:00 in New York, so that the default calling
/// windows are open whenever the example runs.
struct FromThen {
    then: Timestamp,
    begun: Instant,
}

impl Clock for FromThen {
    fn now(&self) -> Timestamp {
        let gone = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.then.millis().saturating_add(gone))
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = Arc::new(FromThen {
        then: Timestamp::from_millis(1_782_925_200_000), // 2026-07-01T17:00:00Z
        begun: Instant::now(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (news, reported) = unbounded_channel();
    let books = Arc::new(Mutex::new(BTreeMap::new()));
    tokio::spawn(run_gateway(listener, news, Arc::clone(&books), clock.clone()));

    let home = tempfile::tempdir()?;
    let line = LineSpec {
        calls_per_second: 20.0,
        max_concurrent: Some(5),
        ..LineSpec::custom("gateway", "+12025550199")
    };
    let outdial = Orchestrator::builder()
        .store(home.path())
        .clock(clock)
        .line_over(line, Arc::new(Gateway { address }))
        .start()
        .await?;
    tokio::spawn(take_in(outdial.clone(), reported));

    let line = outdial.line_id("gateway").ok_or("the line is there")?;
    let mut spec = CampaignSpec::new("Through the gateway", Kind::Reminder, line);
    spec.pacing = Some(PacingSpec {
        max_concurrent: 5,
        per_minute: 1200,
        delay_seconds: 0,
    });
    spec.contacts = (0..10)
        .map(|n| ContactSpec::new(format!("+12025550{:03}", 100 + n)))
        .collect();
    let campaign = outdial.create(spec).await?;
    let mut events = outdial.subscribe(EventFilter::Campaign(campaign.id));
    outdial.start(campaign.id).await?;
    while let Some(event) = events.next().await {
        match event.event {
            Event::Attempt { attempt, state, .. } => println!("{} {attempt} is {}", event.at, state.name()),
            Event::Campaign { status, .. } if status.has_ended() => break,
            _ => {}
        }
    }

    for contact in outdial.contacts(campaign.id, None, 100)? {
        let (status, reason) = contact.status(&outdial.campaign(campaign.id)?);
        let phone = contact.ready.contact.phone;
        println!("{phone} {} {}", status.name(), reason.unwrap_or_default());
    }
    let counters = outdial.campaign(campaign.id)?.progress.counters;
    let rung_twice = books
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .values()
        .filter(|calls| calls.len() > 1)
        .count();
    println!(
        "{} reached, {} failed; {rung_twice} rung twice",
        counters.completed, counters.failed
    );
    outdial.shutdown().await?;
    Ok(())
}

/// What the gateway reports, as it comes: where to, the call's id, and a word.
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn take_in(outdial: Orchestrator, mut reported: UnboundedReceiver<(String, String, &'static str)>) {
    while let Some((status_url, id, word)) = reported.recv().await {
        let fact = status(word).map(|status| CallFact::new(id, status));
        let Some(report) = fact.and_then(|fact| StatusReport::at(&status_url, fact)) else {
            continue;
        };
        if let Err(error) = outdial.report(report).await {
            println!("a report was not taken: {error}");
        }
    }
}

type News = UnboundedSender<(String, String, &'static str)>;
/// The calls to each number, each with its id and when it was made.
type Books = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// The gateway itself, which would be another machine. Its calls take a moment.
async fn run_gateway(listener: TcpListener, news: News, books: Books, clock: Arc<FromThen>) {
    let mut calls = 0;
    while let Ok((stream, _)) = listener.accept().await {
        calls += 1;
        let (news, books, created_at) = (news.clone(), Arc::clone(&books), clock.now().millis());
        // A connection that breaks is the other side's to mind.
        tokio::spawn(async move { drop(serve(stream, calls, news, books, created_at).await) });
    }
}

async fn serve(
    stream: TcpStream,
    call: u32,
    news: News,
    books: Books,
    created_at: i64,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    stream.read_line(&mut request).await?;
    let words: Vec<&str> = request.split_whitespace().collect();
    let id = format!("gw-{call}");
    let answer = match words[..] {
        ["call", REFUSED, _] => "refused this number is not in service".to_owned(),
        ["call", to, status_url] => {
            let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
            books
                .entry(to.to_owned())
                .or_default()
                .push(format!("{id}@{created_at}"));
            drop(books);
            let (status_url, of_call) = (status_url.to_owned(), id.clone());
            tokio::spawn(async move {
                for word in ["ringing", "answered", "over"] {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    drop(news.send((status_url.clone(), of_call.clone(), word)));
                }
            });
            if to == BREAKS_OFF {
                return Ok(());
            }
            format!("taken {id}")
        }
        ["calls-to", to] => {
            let books = books.lock().unwrap_or_else(PoisonError::into_inner);
            books.get(to).map(|calls| calls.join(" ")).unwrap_or_default()
        }
        _ => "ringing".to_owned(),
    };
    stream.write_all(format!("{answer}\n").as_bytes()).await
}
