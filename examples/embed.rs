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
use outdial::domain::ids::AttemptId;
use outdial::domain::settings::Kind;
use outdial::domain::step::Event;
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial::spec::{ContactSpec, PacingSpec};
use outdial::{CampaignSpec, EventFilter, LineSpec, Orchestrator, StatusReport};
use tokio::sync::mpsc;

/// A carrier of our own. It tells the program what it was asked for.
struct OwnCarrier {
    calls: AtomicU32,
    placed: mpsc::UnboundedSender<(AttemptId, String)>,
}

fn fact(provider_id: &str, status: CallStatus) -> CallFact {
    CallFact {
        duration_seconds: matches!(status, CallStatus::Ended(_)).then_some(12),
        ..CallFact::new(provider_id, status)
    }
}

impl Provider for OwnCarrier {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        let id = format!("own-{}", self.calls.fetch_add(1, Ordering::Relaxed));
        // The attempt's id stands in the callback URL: …/attempts/{id}/status
        let attempt = call
            .status_url
            .split("/attempts/")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        if let Some(attempt) = attempt.and_then(|text| text.parse().ok()) {
            drop(self.placed.send((attempt, id.clone())));
        }
        Box::pin(async move { Placement::Placed(fact(&id, CallStatus::Queued)) })
    }

    fn fetch<'a>(&'a self, provider_id: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(async move { Ok(Some(fact(provider_id, CallStatus::Initiated))) })
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let home = tempfile::tempdir()?;
    let (placed, mut asked) = mpsc::unbounded_channel();
    let carrier = Arc::new(OwnCarrier {
        calls: AtomicU32::new(0),
        placed,
    });
    let line = LineSpec {
        name: "own".to_owned(),
        kind: "custom".to_owned(),
        account_sid: "none".to_owned(),
        auth_token: "none".to_owned(),
        caller_ids: vec!["+12025550100".to_owned()],
        calls_per_second: 20.0,
        max_concurrent: None,
        api_base_url: None,
        webhook_keys: Vec::new(),
        space: None,
    };
    let outdial = Orchestrator::builder()
        .store(home.path())
        .line_over(line, carrier)
        .start()
        .await?;

    let reports = outdial.clone();
    tokio::spawn(async move {
        while let Some((attempt, id)) = asked.recv().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
            for status in [
                CallStatus::Ringing,
                CallStatus::InProgress,
                CallStatus::Ended(CallEnd::Completed),
            ] {
                if let Err(error) = reports
                    .report(StatusReport {
                        attempt,
                        fact: fact(&id, status),
                    })
                    .await
                {
                    println!("a report was not taken: {error}");
                }
            }
        }
    });

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
    let mut events = outdial.subscribe(EventFilter::All);
    let campaign = outdial.create(spec).await?;
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
            Event::Attempt { .. } | Event::StartSkipped { .. } | Event::ForeignCall { .. } => {}
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
