//! Answering-machine detection: who took the call, told to the instructions or in a callback of its own.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;

use super::Living;
use crate::call::{CallStatus, CallbackRecord};
use crate::callbacks::{Strikes, send_to};

/// Reported seconds that detection takes.
pub(super) const DETECTION_SECONDS: f64 = 3.0;

/// A detection under way beside the documents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Detecting {
    /// Its result comes at this second of talking.
    pub at: f64,
    pub finds: &'static str,
}

impl Living {
    /// Keeps what detection has found.
    pub(super) fn note_detected(&mut self, answered_by: &'static str) {
        self.detected = Some(answered_by);
        self.carrier.desk().ledger.call_mut(self.index).answered_by = Some(answered_by);
    }

    /// Sends the result of an asynchronous detection, beside the life of the call.
    pub(super) fn tell_detected(&mut self, detecting: Detecting) {
        self.note_detected(detecting.finds);
        let Some(target) = self.request.detection_callback.clone() else {
            return;
        };
        let took = Duration::try_from_secs_f64(detecting.at).unwrap_or_default();
        let parameters = vec![
            ("CallSid", self.sid.clone()),
            ("AccountSid", self.carrier.account_sid().to_owned()),
            ("AnsweredBy", detecting.finds.to_owned()),
            ("MachineDetectionDuration", took.as_millis().to_string()),
        ];
        let strikes = Strikes::draw(&self.carrier.behaviour(), &mut self.rng).alone();
        let record = CallbackRecord {
            event: "amd",
            call_status: CallStatus::InProgress.as_str(),
            sequence: None,
            fired_at: Utc::now(),
            tries: 0,
            delivered: 0,
            last: None,
            faults: strikes.names(),
        };
        let (carrier, index) = (Arc::clone(&self.carrier), self.index);
        let place = carrier.desk().ledger.add_callback(index, record);
        if strikes.dropped {
            return;
        }
        tokio::spawn(async move {
            send_to(&carrier, index, &target, &parameters, (place, strikes)).await;
        });
    }
}
