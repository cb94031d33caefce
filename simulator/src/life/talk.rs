//! The part of a call in which somebody talks: from the answer to the end, document after document.

use tokio::time::sleep;

use super::Living;
use super::detection::{DETECTION_SECONDS, Detecting};
use super::documents::Source;
use crate::call::CallStatus;
use crate::callbacks::CallEvent;
use crate::plan::Plan;

/// Why the carrier goes no further in what it was doing.
pub(super) enum Stop {
    /// The call was ended from outside.
    Ended,
    /// The callee hung up: the planned time is over.
    HungUp,
    /// The call was redirected from outside.
    Redirected(Source),
    /// Its instructions could not be had, or not be followed: the carrier says so and hangs up.
    Broken(String),
}

impl Living {
    /// Talks until the call has ended.
    pub(super) async fn talk(&mut self, plan: &Plan) {
        let mut went = if self.carrier.desk().ledger.answer(self.index) {
            self.courier
                .fire(CallEvent::Answered, CallStatus::InProgress.as_str(), Vec::new());
            self.follow_instructions(plan).await
        } else {
            Err(Stop::Ended)
        };
        loop {
            let redirected = match went {
                Err(Stop::Redirected(source)) => Some(source),
                Err(Stop::Broken(error)) => {
                    self.note_broken(error);
                    self.end(CallStatus::Completed)
                }
                Ok(()) | Err(Stop::Ended | Stop::HungUp) => self.end(CallStatus::Completed),
            };
            let Some(source) = redirected else { return };
            self.clock.let_documents_decide();
            went = self.follow(Some(source)).await;
        }
    }

    async fn follow_instructions(&mut self, plan: &Plan) -> Result<(), Stop> {
        let mut source = self.request.instructions.clone().map(Source::from);
        if let Some(detection) = self.request.detection {
            let detecting = Detecting {
                at: DETECTION_SECONDS.min(plan.call_seconds),
                finds: plan.answered_by(detection),
            };
            if self.request.asynchronous {
                self.detecting = Some(detecting);
            } else {
                self.wait(detecting.at).await?;
                self.note_detected(detecting.finds);
                source = source.map(|source| source.with("AnsweredBy", detecting.finds));
            }
        }
        self.follow(source).await
    }

    /// Follows documents from this one on, as long as one leads to another.
    async fn follow(&mut self, mut next: Option<Source>) -> Result<(), Stop> {
        while let Some(source) = next.take() {
            let page = self.read(source).await?;
            if page.document.asks_for_more() {
                self.clock.let_documents_decide();
            }
            next = self.carry_out(&page).await?;
        }
        if self.clock.documents_decide() {
            return Ok(());
        }
        self.wait(self.clock.left()).await
    }

    fn note_broken(&self, error: String) {
        tracing::debug!(call = self.index.0, %error, "instructions cannot be followed");
        let mut desk = self.carrier.desk();
        desk.ledger.call_mut(self.index).document_errors.push(error);
    }

    /// Lets reported seconds of talking pass. What asynchronous detection finds in them is told on the way.
    pub(super) async fn wait(&mut self, seconds: f64) -> Result<(), Stop> {
        let end = self.clock.talked() + seconds;
        if let Some(detecting) = self.detecting.filter(|detecting| detecting.at <= end) {
            self.wait_unheeding(detecting.at - self.clock.talked()).await?;
            self.detecting = None;
            self.tell_detected(detecting);
        }
        self.wait_unheeding(end - self.clock.talked()).await
    }

    async fn wait_unheeding(&mut self, seconds: f64) -> Result<(), Stop> {
        let runs_out = self.clock.runs_out_within(seconds);
        let seconds = if runs_out {
            self.clock.left()
        } else {
            seconds.max(0.0)
        };
        let behaviour = self.carrier.behaviour();
        let talked = self.clock.talked();
        self.carrier.desk().ledger.talk_on(self.index, talked, seconds);
        let over = sleep(behaviour.scaled(seconds));
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => break,
                () = self.wake.notified() => {
                    if let Some(stop) = self.news() {
                        let desk = self.carrier.desk();
                        let call = desk.ledger.call(self.index);
                        self.clock.set_talked(call.talked_seconds(behaviour.time_scale));
                        return Err(stop);
                    }
                }
            }
        }
        self.clock.set_talked(talked + seconds);
        if runs_out { Err(Stop::HungUp) } else { Ok(()) }
    }

    /// What happened to the call from outside.
    pub(super) fn news(&self) -> Option<Stop> {
        let mut desk = self.carrier.desk();
        let call = desk.ledger.call_mut(self.index);
        if call.status != CallStatus::InProgress {
            return Some(Stop::Ended);
        }
        let instructions = call.redirected_to.take()?;
        Some(Stop::Redirected(Source::from(instructions)))
    }
}
