//! outdial inside another tokio program: a carrier of one's own, a campaign, its events, its end.
//!
//!     cargo run --release --example embed
//!
//! The carrier here takes every call and reports it answered a moment later, as a real one would through
//! webhooks; the program feeds those reports in with `Orchestrator::report`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use outdial::domain::call::{CallEnd, CallFact, CallStatus, FoundCall, Placement};
use outdial::domain::settings::Kind;
use outdial::domain::step::Event;
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial::spec::{ContactSpec, PacingSpec};
use outdial::{CampaignSpec, EventFilter, LineSpec, Orchestrator, StatusReport};
use tokio::sync::mpsc;

/// A carrier of our own. It hands on where to report of a call, and its id.
struct OwnCarrier {
    calls: AtomicU32,
    placed: mpsc::UnboundedSender<(String, String)>,
}

impl Provider for OwnCarrier {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        let id = format!("own-{}", self.calls.fetch_add(1, Ordering::Relaxed));
        let sent = self.placed.send((call.status_url, id.clone()));
        Box::pin(async move {
            match sent {
                Ok(()) => Placement::Placed(CallFact::new(id, CallStatus::Queued)),
                Err(gone) => Placement::NotSent {
                    detail: gone.to_string(),
                },
            }
        })
    }

    fn fetch<'a>(&'a self, provider_id: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(async move { Ok(Some(CallFact::new(provider_id, CallStatus::Initiated))) })
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Reports every call as it goes: it rings, is answered, and is over.
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn report(outdial: Orchestrator, mut placed: mpsc::UnboundedReceiver<(String, String)>) {
    while let Some((status_url, id)) = placed.recv().await {
        tokio::time::sleep(Duration::from_millis(50)).await;
        for status in [
            CallStatus::Ringing,
            CallStatus::InProgress,
            CallStatus::Ended(CallEnd::Completed),
        ] {
            let fact = CallFact::new(&id, status);
            let Some(report) = StatusReport::at(&status_url, fact) else {
                continue;
            };
            if let Err(error) = outdial.report(report).await {
                println!("a report was not taken: {error}");
            }
        }
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let home = tempfile::tempdir()?;
    let (sender, placed) = mpsc::unbounded_channel();
    let carrier = Arc::new(OwnCarrier {
        calls: AtomicU32::new(0),
        placed: sender,
    });
    let line = LineSpec {
        calls_per_second: 20.0,
        ..LineSpec::custom("own", "+12025550100")
    };
    let outdial = Orchestrator::builder()
        .store(home.path())
        .line_over(line, carrier)
        .start()
        .await?;
    tokio::spawn(report(outdial.clone(), placed));

    let line = outdial.line_id("own").ok_or("the line is there")?;
    let mut spec = CampaignSpec::new("Embedded", Kind::Reminder, line);
    spec.calling_windows = Some(Vec::new());
    spec.pacing = Some(PacingSpec {
        max_concurrent: 5,
        per_minute: 1200,
        delay_seconds: 0,
    });
    spec.contacts = (0..20)
        .map(|n| ContactSpec::new(format!("+12025550{:03}", 100 + n)))
        .collect();
    let campaign = outdial.create(spec).await?;
    let mut events = outdial.subscribe(EventFilter::Campaign(campaign.id));
    outdial.start(campaign.id).await?;

    while let Some(event) = events.next().await {
        match event.event {
            Event::Contact { status, .. } => println!("{} a contact is {status:?}", event.at),
            Event::Campaign { status, .. } => {
                println!("{} the campaign is {status}", event.at);
                if status.has_ended() {
                    break;
                }
            }
            _ => {}
        }
    }
    let counters = outdial.campaign(campaign.id)?.progress.counters;
    println!(
        "{} of {} contacts were reached with {} attempts",
        counters.completed, counters.total, counters.attempts
    );
    outdial.shutdown().await?;
    Ok(())
}
