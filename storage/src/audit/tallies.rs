//! What happened minute by minute: it must be what the attempts say.

use std::collections::BTreeSet;

use outdial_domain::attempt::Outcome;
use outdial_domain::tally::{Minute, Tallies, Tally};

use super::{Audit, Subject};
use crate::read;
use crate::upgrade;

/// A store of an earlier version has no tallies at all until it is started.
pub(super) fn audit(subject: &Subject<'_>, fold: &Tallies, found: &mut Vec<String>) -> Audit<()> {
    let kept = read::tallies(subject.store, subject.id)?;
    if kept.is_empty() && !upgrade::has_tallies(subject.store)? {
        return Ok(());
    }
    let minutes: BTreeSet<Minute> = kept.keys().chain(fold.keys()).copied().collect();
    for minute in minutes {
        let of = |tallies: &Tallies| tallies.get(&minute).copied().unwrap_or_default();
        let (kept, fold) = (of(&kept), of(fold));
        if kept != fold {
            found.push(format!(
                "the tally of the minute from {} on is {}, its fold is {}",
                minute.begin(),
                in_words(&kept),
                in_words(&fold)
            ));
        }
    }
    Ok(())
}

fn in_words(tally: &Tally) -> String {
    let ended = Outcome::ALL.map(|outcome| (outcome.name(), tally.outcome(outcome)));
    let ended = ended.into_iter().filter(|(_, count)| *count > 0);
    let ended: Vec<String> = ended.map(|(name, count)| format!("{count} {name}")).collect();
    if ended.is_empty() {
        format!("{} started", tally.started)
    } else {
        format!("{} started, ended {}", tally.started, ended.join(", "))
    }
}
