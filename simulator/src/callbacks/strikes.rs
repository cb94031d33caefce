//! The faults that strike one callback.

use std::time::Duration;

use crate::behaviour::Behaviour;

/// What goes wrong with one callback, drawn when it is fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strikes {
    pub dropped: bool,
    pub twice: bool,
    /// Zero unless it is late.
    pub delay: Duration,
    delayed: bool,
    pub after_the_next: bool,
}

impl Strikes {
    /// Draws all of them: the lots that follow do not depend on which strike.
    pub fn draw(behaviour: &Behaviour, rng: &mut fastrand::Rng) -> Self {
        let faults = &behaviour.faults;
        let mut strikes = |probability: f64| rng.f64() < probability;
        let dropped = strikes(faults.drop_callback);
        let twice = strikes(faults.duplicate_callback);
        let delayed = strikes(faults.delay_callback);
        let after_the_next = strikes(faults.reorder_callbacks);
        let delay = if delayed {
            behaviour.scaled(faults.delay_seconds.draw(rng))
        } else {
            Duration::ZERO
        };
        Self {
            dropped,
            twice,
            delay,
            delayed,
            after_the_next,
        }
    }

    /// The same without reordering, for a callback that no other follows.
    pub const fn alone(mut self) -> Self {
        self.after_the_next = false;
        self
    }

    /// The names of those that struck. What is dropped is struck by nothing else.
    pub fn names(self) -> Vec<&'static str> {
        if self.dropped {
            return vec!["drop_callback"];
        }
        let mut names = Vec::new();
        names.extend(self.twice.then_some("duplicate_callback"));
        names.extend(self.delayed.then_some("delay_callback"));
        names.extend(self.after_the_next.then_some("reorder_callbacks"));
        names
    }
}
