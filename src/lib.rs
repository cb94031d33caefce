//! outdial rings every contact of a list, at a lawful hour and a steady pace, through a carrier such as
//! Twilio; retries what may be retried; and after any crash goes on exactly where it was.
//!
//! This is the library. [`Orchestrator`] is a handle over campaigns that live on threads of their own, above a store in
//! a directory of its own.
//!
//! # A campaign, from the builder to the end
//!
//! With a carrier's account, a [`LineSpec`] is all that a line needs: see [`Builder::line`]. Here the carrier is one's
//! own, a [`Provider`](providers::provider::Provider), and so is the clock; both may be left out.
//!
//! ```
//! use std::sync::Arc;
//!
//! use outdial::actors::clock::{Clock, SystemClock};
//! use outdial::domain::call::{CallEnd, CallFact, CallStatus, FoundCall, Placement};
//! use outdial::domain::settings::Kind;
//! use outdial::domain::step::Event;
//! use outdial::domain::time::Timestamp;
//! use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
//! use outdial::spec::ContactSpec;
//! use outdial::{CampaignSpec, EventFilter, LineSpec, Orchestrator, StatusReport};
//! use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
//!
//! /// A carrier of one's own: it takes every call, and hands on where to report of it.
//! struct Gateway(UnboundedSender<String>);
//!
//! impl Provider for Gateway {
//!     fn place(&self, call: NewCall) -> Answer<'_, Placement> {
//!         // Send the request once, and never again: a person may be ringing.
//!         let sent = self.0.send(call.status_url);
//!         Box::pin(async move {
//!             match sent {
//!                 Ok(()) => Placement::Placed(CallFact::new("call-1", CallStatus::Queued)),
//!                 Err(gone) => Placement::NotSent { detail: gone.to_string() },
//!             }
//!         })
//!     }
//!     fn fetch<'a>(&'a self, id: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
//!         Box::pin(async move { Ok(Some(CallFact::new(id, CallStatus::Queued))) })
//!     }
//!     fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
//!         Box::pin(async { Ok(Vec::new()) })
//!     }
//!     fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
//!         Box::pin(async { Ok(()) })
//!     }
//! }
//!
//! /// A clock of one's own, by which it is always two hours later.
//! struct Ahead;
//!
//! impl Clock for Ahead {
//!     fn now(&self) -> Timestamp {
//!         Timestamp::from_millis(SystemClock.now().millis() + 2 * 3_600_000)
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let home = tempfile::tempdir()?;
//! let (asked, mut calls) = unbounded_channel();
//! let outdial = Orchestrator::builder()
//!     .store(home.path())
//!     .clock(Arc::new(Ahead))
//!     .line_over(LineSpec::custom("gateway", "+12025550100"), Arc::new(Gateway(asked)))
//!     .start()
//!     .await?;
//!
//! let line = outdial.line_id("gateway").ok_or("the line was just given")?;
//! let mut spec = CampaignSpec::new("July reminders", Kind::Reminder, line);
//! spec.calling_windows = Some(Vec::new()); // at any hour; left out: 08:00 to 21:00 where the contact is
//! spec.contacts = vec![ContactSpec::new("+12025550123")];
//! let campaign = outdial.create(spec).await?;
//! let added = outdial.add(campaign.id, &[ContactSpec::new("+1 202 555 0123")]).await?;
//! assert_eq!(added.duplicates, [1]);
//!
//! let mut events = outdial.subscribe(EventFilter::Campaign(campaign.id));
//! outdial.start(campaign.id).await?;
//!
//! // What the gateway says later, by whatever way it comes.
//! let status_url = calls.recv().await.ok_or("it is called")?;
//! let over = CallFact::new("call-1", CallStatus::Ended(CallEnd::Completed));
//! let report = StatusReport::at(&status_url, over).ok_or("the URL names the attempt")?;
//! outdial.report(report).await?; // durable
//!
//! while let Some(event) = events.next().await {
//!     if matches!(event.event, Event::Campaign { status, .. } if status.has_ended()) {
//!         break;
//!     }
//! }
//! let counters = outdial.campaign(campaign.id)?.progress.counters;
//! assert_eq!((counters.total, counters.completed), (1, 1));
//! outdial.shutdown().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The HTTP layer
//!
//! Left out, as above, nothing listens anywhere, and carriers' webhooks are the program's own to receive: it verifies
//! them with [`SignatureKeys`](providers::twilio::SignatureKeys) and feeds them to [`Orchestrator::report`].
//!
//! Or it is mounted beside the program's own routes, at the root, because carriers sign the whole path: the API under
//! `/api/v1`, the dashboard under `/dashboard`, to which `/` leads unless the program has a `/` of its own before it,
//! `/webhooks`, `/healthz` and `/readyz`. What outdial does not know is answered with 404, unless the `App`
//! says behind it what its own `default_service` is; queries and paths that cannot be read are answered as problem
//! documents.
//!
//! ```
//! use actix_web::{App, HttpResponse, web};
//! use outdial::Orchestrator;
//!
//! # use actix_web::test::{self, TestRequest};
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let home = tempfile::tempdir()?;
//! let outdial = Orchestrator::builder()
//!     .store(home.path())
//!     .public_url("https://dial.example.com")
//!     .owner_key("odk_my_first_key")
//!     .start()
//!     .await?;
//! let routes = outdial.http(); // cheap to clone, for every worker of an `HttpServer`
//! let app = App::new()
//!     .route("/own", web::get().to(HttpResponse::NoContent))
//!     .configure(routes);
//! # let app = test::init_service(app).await;
//! # for (path, status) in [("/own", 204), ("/healthz", 200), ("/api/v1/lines", 200), ("/nowhere", 404)] {
//! #     let request = TestRequest::get().uri(path).insert_header(("Authorization", "Bearer odk_my_first_key"));
//! #     let answer = test::call_service(&app, request.to_request()).await;
//! #     assert_eq!(answer.status(), status, "{path}");
//! # }
//! # outdial.shutdown().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Before such a server ends, [`Orchestrator::end_event_streams`] lets those who watch go; after it,
//! [`Orchestrator::shutdown`].
//!
//! # Threads and runtimes
//!
//! Campaigns live on threads that outdial starts and ends ([`Builder::threads`]). The handle is `Send + Sync + Clone`,
//! and its futures are `Send`: use it from any tokio runtime, of one thread or many, from several at once, and from
//! another one than it was started in. A future that was polled and is dropped takes nothing back: what was asked is
//! done. Methods that are not `async` read the store, for microseconds. A provider is asked on outdial's threads, so it
//! must not block them.
//!
//! # What is durable when a call returns
//!
//! Everything: `create`, `start`, `pause`, `add`, `report` and all others that change something answer once what they
//! did is on disk. Where they answer with an [`Error`], nothing was changed; only [`Error::Unavailable`] leaves that
//! open. An import answers when the file is safe; its rows follow by themselves. An event is told when it is durable. A
//! look ([`Orchestrator::campaign`], [`Orchestrator::contacts`], …) may be a moment ahead of the disk: whoever passes on
//! what it saw waits for [`Orchestrator::durable`] first. [`Orchestrator::hold_back`] alone is stored nowhere.
//!
//! One directory belongs to one process. The store stays open until the last clone of the handle is gone.

mod access;
mod allowance;
mod bad_rows;
mod builder;
mod calendars;
#[doc(hidden)]
pub mod cli;
pub mod config;
mod contact;
mod creating;
mod dashboard;
mod deleting;
mod demo;
mod do_not_call;
mod duplicating;
mod editing;
mod error;
mod events;
mod http;
mod in_use;
mod installation;
mod keeping;
mod lines;
mod lists;
mod measured;
mod merge_patch;
mod options;
mod orchestrator;
mod reading;
mod receipt;
mod rehearsal;
pub mod spec;
mod system;
mod turns;
mod uploads;
mod view;
mod voice;

pub use builder::Builder;
pub use calendars::HolidayCalendar;
pub use contact::{AddedContacts, ContactStanding};
pub use error::Error;
pub use events::{EventFilter, Events, WatchedEvent};
pub use lines::LineSpec;
pub use options::Options;
pub use orchestrator::{CampaignState, Orchestrator, StatusReport};
pub use reading::Line;
pub use spec::{CampaignSpec, OutcomeWeights, RehearsalSpec};

pub use outdial_actors as actors;
pub use outdial_domain as domain;
pub use outdial_providers as providers;
pub use outdial_storage as storage;
