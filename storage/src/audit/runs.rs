//! A recurring campaign's runs: whether one is open, and what those before it came to. Where contacts stood in
//! earlier runs is stored nowhere, so of their figures those of attempts are recomputed.

use outdial_domain::attempt::Attempt;
use outdial_domain::counters::Counters;
use outdial_domain::lifecycle::Status;
use outdial_domain::settings::Schedule;

use super::Subject;

/// What the attempts of earlier runs add up to.
#[derive(Default)]
pub(super) struct Earlier {
    all: Counters,
    /// Those of the run before the present one.
    last: Counters,
}

impl Earlier {
    pub(super) fn count(&mut self, subject: &Subject<'_>, attempt: &Attempt) {
        self.all.count_attempt(attempt);
        if attempt.run + 1 == subject.progress.run {
            self.last.count_attempt(attempt);
        }
    }
}

pub(super) fn audit(subject: &Subject<'_>, earlier: &Earlier, found: &mut Vec<String>) {
    let (runs, progress) = (&subject.runs, &subject.progress);
    let mut figures = |of: &str, kept: &Counters, fold: &Counters| {
        let (kept, fold) = (of_attempts(kept), of_attempts(fold));
        if kept != fold {
            found.push(format!(
                "the figures of the attempts of {of} are {kept:?}, their fold is {fold:?}"
            ));
        }
    };
    figures("earlier runs", &runs.earlier, &earlier.all);
    let last = runs.last.as_ref();
    let kept = last.map_or_else(Counters::default, |last| last.counters.clone());
    figures("the last run", &kept, &earlier.last);
    let ended = last.map_or(0, |last| last.run);
    if ended + 1 != progress.run {
        found.push(format!(
            "the present run is {}, the last one to end was {ended}",
            progress.run
        ));
    }
    let may_be_open = match (&subject.definition.settings.schedule, progress.status) {
        (Schedule::Immediate | Schedule::Scheduled { .. }, _) => !runs.is_open,
        (Schedule::Recurring { .. }, Status::Draft | Status::Scheduled) => !runs.is_open,
        (Schedule::Recurring { .. }, Status::Running) => runs.is_open,
        // It may have been paused, or canceled, between two runs or in one.
        (Schedule::Recurring { .. }, _) => true,
    };
    if !may_be_open {
        let is_open = if runs.is_open { "is" } else { "is not" };
        found.push(format!(
            "the campaign is {}, and a run {is_open} open",
            progress.status
        ));
    }
}

/// The figures that attempts alone make up.
fn of_attempts(counters: &Counters) -> Counters {
    Counters {
        attempts: counters.attempts,
        outcomes: counters.outcomes,
        talk_seconds: counters.talk_seconds,
        talked: counters.talked,
        sentiment: counters.sentiment,
        rated: counters.rated,
        ..Counters::default()
    }
}
