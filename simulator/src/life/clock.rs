//! How long a call has lasted, in reported seconds, and when it is over.
//!
//! The rule: a call that is asked nothing lasts exactly as long as planned, whatever its document says: the callee
//! hangs up in the middle of a longer one, and stays on after a shorter one, a `<Hangup/>` included. From the first
//! document on that may ask for another (with a `<Gather>`, a `<Record>`, a `<Redirect>`, or a `<Dial>` with an
//! action), and after a redirect from outside, the documents decide: the call ends where they end.
//!
//! Time stands still while the carrier asks for a document, so that durations do not depend on its answer's.

use crate::call::whole_seconds;

#[derive(Debug)]
pub(super) struct Clock {
    planned: f64,
    talked: f64,
    documents_decide: bool,
}

impl Clock {
    pub fn new(planned_seconds: f64) -> Self {
        Self {
            planned: planned_seconds,
            talked: 0.0,
            documents_decide: false,
        }
    }

    pub const fn talked(&self) -> f64 {
        self.talked
    }

    pub const fn set_talked(&mut self, seconds: f64) {
        self.talked = seconds;
    }

    pub const fn let_documents_decide(&mut self) {
        self.documents_decide = true;
    }

    pub const fn documents_decide(&self) -> bool {
        self.documents_decide
    }

    /// Seconds until the planned end; none are left after it.
    pub fn left(&self) -> f64 {
        (self.planned - self.talked).max(0.0)
    }

    /// Whether the callee hangs up before so many seconds have passed.
    pub fn runs_out_within(&self, seconds: f64) -> bool {
        !self.documents_decide && seconds > self.left()
    }

    /// Whether the callee has hung up.
    pub fn has_run_out(&self) -> bool {
        !self.documents_decide && self.left() <= 0.0
    }

    /// The whole seconds that `CallDuration` tells.
    pub fn reported(&self) -> u64 {
        whole_seconds(self.talked)
    }
}
