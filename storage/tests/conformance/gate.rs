//! A gate before the disk: while it is shut a write stands before it, and commits queue up behind.

use std::sync::{Arc, Condvar, Mutex};

use outdial_storage::sled_store::SledOptions;

use crate::stores::small;

#[derive(Default)]
struct State {
    is_shut: bool,
    /// A write stands before the gate.
    is_held: bool,
    /// Writes that were let through.
    passed: usize,
    /// Why those that were held fail.
    fault: Option<String>,
}

/// The test's end of the gate; opens it when dropped, so that a store can always close.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

impl Gate {
    pub fn new() -> Self {
        Self::default()
    }

    /// Options for a store whose writes go through this gate.
    pub fn options(&self) -> SledOptions {
        let gate = Arc::clone(&self.0);
        let check = move || {
            let (state, changed) = &*gate;
            let mut state = state.lock().unwrap();
            while state.is_shut {
                state.is_held = true;
                changed.notify_all();
                state = changed.wait(state).unwrap();
            }
            state.is_held = false;
            state.passed += 1;
            state.fault.take().map_or(Ok(()), Err)
        };
        SledOptions {
            write_check: Some(Arc::new(check)),
            ..small()
        }
    }

    /// Holds the next write.
    pub fn shut(&self) {
        self.0.0.lock().unwrap().is_shut = true;
    }

    /// Waits until a write stands before the gate.
    pub fn wait_until_held(&self) {
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap();
        drop(changed.wait_while(state, |state| !state.is_held).unwrap());
    }

    /// Lets writes through.
    pub fn open(&self) {
        let (state, changed) = &*self.0;
        state.lock().unwrap().is_shut = false;
        changed.notify_all();
    }

    /// Lets writes through, of which the first fails.
    pub fn open_to_failure(&self, reason: &str) {
        self.0.0.lock().unwrap().fault = Some(reason.to_owned());
        self.open();
    }

    /// How many writes and openings were let through.
    pub fn passed(&self) -> usize {
        self.0.0.lock().unwrap().passed
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
    }
}
