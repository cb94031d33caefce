//! What a campaign has done: asked of the line and of the carrier behind it, and read from lists.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix::{Addr, AsyncContext, Context};
use outdial_domain::ids::ImportId;
use outdial_domain::import::ImportState;
use outdial_domain::step::{Action, Input, PlaceOrder};
use outdial_domain::voice::Place;
use outdial_providers::provider::{CallQuery, MachineDetection, NewCall};
use outdial_storage::read;
use tokio::sync::oneshot;

use super::{CampaignActor, Own};
use crate::crash_point::{self, CrashPoint};
use crate::line::ToLine;
use crate::{list_reader, place};

/// How often the carrier is asked to end a call, or to let it go on elsewhere, and after what wait again.
const TRIES: u32 = 3;
const AGAIN: Duration = Duration::from_secs(2);
/// Chunks of a list that are out of the reader's hands at once: one is made durable, one is decided on, and the next
/// are there when that is done.
const CHUNKS_AHEAD: usize = 3;

impl CampaignActor {
    pub(super) fn act(&mut self, action: Action, context: &mut Context<Self>) {
        let address = context.address();
        if let Action::ReadImport(import) = action {
            self.read_list(import, address);
            return;
        }
        let Some((line, setup)) = &self.line else {
            tracing::error!(campaign = %self.id, "the campaign's line does not exist, so it stands still");
            return;
        };
        match action {
            // The engine keeps it to itself.
            Action::ConfirmIntent(_) => {}
            Action::AskPermit if self.draining => {}
            Action::AskPermit => line.do_send(ToLine::Ask(self.id, self.life, address.recipient())),
            Action::ReturnPermit => line.do_send(ToLine::GiveBack(self.id, self.life)),
            Action::SlowLine { retry_after, reason } => line.do_send(ToLine::Slow(retry_after, reason)),
            Action::LineWorks => line.do_send(ToLine::Works),
            Action::Place(order) => self.place(&order, address),
            Action::Poll { attempt, provider_id } => {
                let (provider, questions) = (Arc::clone(&setup.provider), Arc::clone(&self.questions));
                actix_rt::spawn(async move {
                    let _turn = questions.acquire().await;
                    let answer = provider
                        .fetch(&provider_id)
                        .await
                        .map_err(|error| error.to_string());
                    address.do_send(Own::Input(Input::Polled { attempt, answer }));
                });
            }
            Action::LookUp {
                attempt,
                to,
                from,
                since,
            } => {
                let (provider, questions) = (Arc::clone(&setup.provider), Arc::clone(&self.questions));
                actix_rt::spawn(async move {
                    let _turn = questions.acquire().await;
                    let answer = provider.find(CallQuery { to, from, since }).await;
                    let answer = answer.map_err(|error| error.to_string());
                    address.do_send(Own::Input(Input::LookedUp { attempt, answer }));
                });
            }
            Action::HangUp { provider_id } => {
                let (provider, campaign) = (Arc::clone(&setup.provider), self.id);
                actix_rt::spawn(async move {
                    for attempt in 1..=TRIES {
                        let Err(error) = provider.hang_up(&provider_id).await else {
                            return;
                        };
                        tracing::warn!(%campaign, attempt, %error, "a call could not be ended");
                        actix_rt::time::sleep(AGAIN).await;
                    }
                });
            }
            Action::LeaveMessage { attempt, provider_id } => {
                let (provider, campaign) = (Arc::clone(&setup.provider), self.id);
                let callbacks = &self.around.callbacks;
                let url = callbacks.url(setup.dialect, setup.id, campaign, attempt, "voice");
                let url = format!("{url}{}", place::to_query(Place::Voicemail));
                actix_rt::spawn(async move {
                    for time in 1..=TRIES {
                        match provider.redirect(&provider_id, &url).await {
                            Ok(true) => return,
                            Ok(false) => {
                                tracing::info!(%campaign, %attempt, "the machine was gone before the message");
                                return;
                            }
                            Err(error) => {
                                tracing::warn!(%campaign, %attempt, time, %error, "no message could be left");
                                actix_rt::time::sleep(AGAIN).await;
                            }
                        }
                    }
                });
            }
            // It needs no line.
            Action::ReadImport(_) => {}
        }
    }

    /// Asks the carrier, at once: nothing may come between the decision and this.
    fn place(&mut self, order: &PlaceOrder, address: Addr<Self>) {
        let Some((line, setup)) = &self.line else { return };
        line.do_send(ToLine::Started(self.id, self.life));
        let url = |what| {
            self.around
                .callbacks
                .url(setup.dialect, setup.id, self.id, order.attempt, what)
        };
        let call = NewCall {
            to: order.to,
            from: order.from,
            voice_url: url("voice"),
            status_url: url("status"),
            ring_timeout_seconds: order.ring_timeout_seconds,
            machine_detection: order.detection.map(|detection| MachineDetection {
                wait_for_end: detection.wait_for_end,
                timeout_seconds: detection.timeout_seconds,
                result_url: url("amd"),
            }),
            max_duration_seconds: order.max_duration_seconds,
            record: order.record,
        };
        let (provider, attempt) = (Arc::clone(&setup.provider), order.attempt);
        self.around.measured.dials();
        self.on_the_wire += 1;
        crash_point::soon(CrashPoint::RequestSent);
        actix_rt::spawn(async move {
            let placement = provider.place(call).await;
            address.do_send(Own::Placed(Input::Placement { attempt, placement }));
        });
    }

    /// Reads an uploaded list on a thread of its own, a chunk at a time and a few ahead of what is durable.
    fn read_list(&self, import: ImportId, address: Addr<Self>) {
        let (uploads, store, campaign) = (
            self.around.uploads.clone(),
            Arc::clone(&self.around.store),
            self.id,
        );
        let stored = read::import(self.around.store.as_ref(), self.id, import);
        let Ok(Some(stored)) = stored else {
            tracing::error!(campaign = %self.id, %import, ?stored, "the import cannot be read");
            return;
        };
        actix_rt::task::spawn_blocking(move || {
            let mut unanswered = VecDeque::with_capacity(CHUNKS_AHEAD);
            list_reader::read_on(&uploads, &stored, |chunk| {
                let (reply, answer) = oneshot::channel();
                address.do_send(Own::Chunk(Input::ImportChunk(chunk), reply));
                unanswered.push_back(answer);
                if unanswered.len() < CHUNKS_AHEAD {
                    return true;
                }
                let first = unanswered.pop_front().map(oneshot::Receiver::blocking_recv);
                matches!(first, Some(Ok(Ok(_))))
            });
            for answer in unanswered {
                // How the import ended stands in the store.
                drop(answer.blocking_recv());
            }
            // It may have been ended meanwhile by a person, or with its campaign.
            let now = read::import(store.as_ref(), campaign, import);
            if matches!(now, Ok(Some(now)) if now.state != ImportState::Running) {
                list_reader::remove_list(&uploads, import);
            }
        });
    }
}
