//! A campaign's ledger: its figures, those in flight, what each attempt means to the caps of its number, and the
//! indexes that should lead to it.

use std::collections::{BTreeMap, BTreeSet};

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::caps::Past;
use outdial_domain::counters::Counters;
use outdial_domain::ids::{AttemptId, ContactId};
use outdial_domain::tally::{self, Tallies};

use super::runs::Earlier;
use super::{Audit, PAGE, Subject, count};
use crate::keys::{self, Table};
use crate::read;
use crate::records::{TriedV1, decode_into};

/// Counts the attempts, and says which contacts have a live one.
pub(super) fn audit(
    subject: &Subject<'_>,
    fold: &mut Counters,
    earlier: &mut Earlier,
    tallies: &mut Tallies,
    found: &mut Vec<String>,
) -> Audit<BTreeSet<ContactId>> {
    let mut live: BTreeMap<ContactId, AttemptId> = BTreeMap::new();
    let mut last = None;
    loop {
        let page = read::attempts(subject.store, subject.id, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for attempt in &page {
            tally::count_attempt(tallies, attempt);
            if attempt.run == subject.progress.run {
                fold.count_attempt(attempt);
            } else {
                earlier.count(subject, attempt);
            }
            if attempt.state.is_live()
                && let Some(other) = live.insert(attempt.contact, attempt.id)
            {
                found.push(format!(
                    "contact {:?} has two live attempts: {other} and {}",
                    attempt.contact, attempt.id
                ));
            }
            indexes(subject, attempt, found)?;
            tried(subject, attempt, found)?;
        }
    }
    let rows = count(subject.store, keys::owned_by(Table::Live, subject.id.0))?;
    if rows != live.len() as u64 {
        found.push(format!("{rows} rows say live, {} attempts are", live.len()));
    }
    Ok(live.into_keys().collect())
}

fn indexes(subject: &Subject<'_>, attempt: &Attempt, found: &mut Vec<String>) -> Audit<()> {
    let store = subject.store;
    let id = attempt.id;
    let state = attempt.state.name();
    if read::campaign_of(store, id)? != Some(subject.id) {
        found.push(format!("the attempt index does not lead to attempt {id}"));
    }
    if let Some(call) = &attempt.provider_id {
        let line = subject.definition.settings.line_id;
        match store.get(&keys::provider_id(line, call))? {
            None => found.push(format!(
                "the index of carriers' calls does not know that of attempt {id}"
            )),
            Some(leads_to) if leads_to != id.0.as_bytes() => found.push(format!(
                "the index of carriers' calls leads from that of attempt {id} elsewhere"
            )),
            Some(_) => {}
        }
    }
    let version = subject.definition.config_version;
    if attempt.config_version > version {
        found.push(format!(
            "attempt {id} was made under version {} of the configuration, which is at {version}",
            attempt.config_version
        ));
    }
    let is_listed = store.get(&keys::live(subject.id, id))?.is_some();
    if is_listed != attempt.state.is_live() {
        found.push(format!("attempt {id} is {state}, its live row says otherwise"));
    }
    let was_asked = !matches!(attempt.state, AttemptState::Intended | AttemptState::Unknown);
    if was_asked && attempt.state.is_live() && attempt.provider_id.is_none() {
        found.push(format!("attempt {id} is {state} without a carrier's id"));
    }
    Ok(())
}

/// Rows without an attempt are no difference: they outlive campaigns. A store of an earlier version has none at all
/// until it is started.
fn tried(subject: &Subject<'_>, attempt: &Attempt, found: &mut Vec<String>) -> Audit<()> {
    if !subject.has_tried {
        return Ok(());
    }
    let id = attempt.id;
    let key = keys::tried(subject.definition.org, attempt.to, id);
    let row = subject.store.get(&key)?;
    let counted: Option<Past> = row.map(|bytes| decode_into::<TriedV1, _>(&bytes)).transpose()?;
    match (Past::of(attempt), counted) {
        (Some(_), None) => found.push(format!(
            "attempt {id} may have rung, and does not count for the caps of its number"
        )),
        (None, Some(_)) => found.push(format!(
            "attempt {id} never rang, and counts for the caps of its number"
        )),
        (Some(is), Some(counts)) if is != counts => found.push(format!(
            "attempt {id} is {is:?} to the caps of its number, and counts as {counts:?}"
        )),
        (Some(_), Some(_)) | (None, None) => {}
    }
    Ok(())
}
