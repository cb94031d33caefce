//! Why a contact is called, or is not: the answer for people, by the rules that dial.

use chrono_tz::Tz;

use crate::address::{Addresses, Standing};
use crate::calendar::Calendars;
use crate::caps::Past;
use crate::clearing::{self, Subject};
use crate::contact::ContactStatus;
use crate::ids::AttemptId;
use crate::lane::{LaneState, Ready};
use crate::lifecycle::Status;
use crate::phone::PhoneNumber;
use crate::progress::Progress;
use crate::runs::Runs;
use crate::settings::{Definition, Schedule};
use crate::time::Timestamp;

/// Rules that hold a contact back one after the other are followed so far.
const FOLLOWED: usize = 100;

/// A contact, and all that has a say in whether it is called.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The campaign's configuration.
    pub definition: &'a Definition,
    /// Its status and figures.
    pub progress: &'a Progress,
    /// Its runs, where it recurs.
    pub runs: Option<&'a Runs>,
    /// The holidays that it keeps.
    pub calendars: &'a Calendars,
    /// Why its line starts nothing now, if so.
    pub line_trouble: Option<&'a str>,
    /// The contact's lane.
    pub lane: &'a LaneState,
    /// The contact.
    pub ready: &'a Ready,
}

/// Why a contact is called, or is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Where the contact stands.
    pub status: ContactStatus,
    /// Whether nothing holds it back: it is called as soon as its turn comes.
    pub callable_now: bool,
    /// The rule that decided, by its name at every front door.
    pub rule: &'static str,
    /// Why, in plain words.
    pub reason: String,
    /// When it is next tried at the earliest; `None`: not by the passing of time, or being tried now.
    pub next_try_at: Option<Timestamp>,
    /// What every rule says, in the order in which they are asked.
    pub checks: Vec<Check>,
    /// The zones whose clocks must all allow a call; empty where none is known.
    pub zones: Vec<Tz>,
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name at every front door.
    pub rule: &'static str,
    /// Whether it lets the contact be called now.
    pub passes: bool,
    /// Why, in plain words.
    pub detail: String,
    /// When it lets the contact go, where time alone brings that.
    pub until: Option<Timestamp>,
}

impl Check {
    fn passes(rule: &'static str, detail: impl Into<String>) -> Self {
        Self {
            rule,
            passes: true,
            detail: detail.into(),
            until: None,
        }
    }

    fn holds(rule: &'static str, detail: impl Into<String>, until: Option<Timestamp>) -> Self {
        Self {
            rule,
            passes: false,
            detail: detail.into(),
            until,
        }
    }
}

/// Explains where a contact stands at `now`.
pub fn explain(view: View<'_>, addresses: &dyn Addresses, now: Timestamp) -> Explanation {
    let state = &view.ready.state;
    let (status, why) = view
        .progress
        .standing(view.lane, state.status, state.reason.as_deref());
    let mut checks = vec![contact_status(&view, status, why.as_deref())];
    if status == ContactStatus::Pending {
        checks.push(campaign_status(&view));
        checks.push(not_before(&view, why.as_deref(), now));
        let said = clearing::checks(subject(&view), addresses, now).into_iter();
        checks.extend(said.map(|(rule, said)| match said {
            Ok(words) => Check::passes(rule.name(), words),
            Err(hold) => Check::holds(rule.name(), hold.reason, hold.until),
        }));
        checks.push(pacing(&view, now));
        checks.push(slots(&view));
        checks.push(match view.line_trouble {
            None => Check::passes("line", "the line starts calls"),
            Some(trouble) => Check::holds("line", trouble, None),
        });
    }
    let decided = decisive(&checks);
    let (rule, mut reason) = decided.map_or(
        (
            "turn",
            "nothing holds it back: it is called as soon as its turn comes".to_owned(),
        ),
        |check| (check.rule, check.detail.clone()),
    );
    let callable_now = decided.is_none();
    let earliest = earliest(&view, addresses, now);
    if let (Some(at), Some(until)) = (earliest, decided.and_then(|check| check.until))
        && at > until
    {
        reason = format!("{reason}; by all rules together it is next tried at {at}");
    }
    let end_at = view.definition.settings.schedule.end_at();
    if let (Some(at), Some(end_at)) = (earliest, end_at)
        && at >= end_at
    {
        reason = format!("{reason}; the campaign ends at {end_at}, before it could be called");
    }
    Explanation {
        status,
        callable_now,
        rule,
        reason,
        next_try_at: earliest.filter(|at| is_before_end(&view, *at)),
        checks,
        zones: view.lane.zones.clone(),
    }
}

/// Of the rules that hold a contact back, the one that would still do so when all others have let it go: one that
/// time does not bring to an end, or else the last to let go.
fn decisive(checks: &[Check]) -> Option<&Check> {
    let held = || checks.iter().filter(|check| !check.passes);
    let about_the_contact =
        || held().filter(|check| !matches!(check.rule, "pacing" | "max_concurrent" | "line"));
    let for_good = about_the_contact().find(|check| check.until.is_none());
    // Of two that end together, the later one is a rule, and the earlier only what followed from it.
    let longest = about_the_contact().max_by_key(|check| check.until);
    for_good.or(longest).or(held().next())
}

fn subject<'a>(view: &View<'a>) -> Subject<'a> {
    Subject {
        settings: &view.definition.settings,
        calendars: view.calendars,
        zones: &view.lane.zones,
        contact: &view.ready.contact,
        own: None,
    }
}

const STATUS: &str = "contact_status";

fn contact_status(view: &View<'_>, status: ContactStatus, why: Option<&str>) -> Check {
    let because = why.map_or_else(String::new, |why| format!(": {why}"));
    let state = &view.ready.state;
    match status {
        ContactStatus::Pending => Check::passes(STATUS, "it is pending"),
        ContactStatus::Calling => {
            let attempt = state
                .last_attempt
                .map_or_else(String::new, |id| format!(" (attempt {id})"));
            Check::holds(STATUS, format!("it is being called now{attempt}"), None)
        }
        ContactStatus::Completed => Check::holds(STATUS, "it was reached", None),
        ContactStatus::Failed => {
            let (tries, retries) = (state.tries, view.definition.settings.retry.max_retries);
            let spent = match tries > retries {
                true => format!("all {tries} attempts are spent"),
                false => "this is not tried again".to_owned(),
            };
            Check::holds(STATUS, format!("it has failed{because}; {spent}"), None)
        }
        ContactStatus::Skipped if view.lane.left_out => {
            Check::holds("audience", format!("it was skipped{because}"), None)
        }
        ContactStatus::Skipped => Check::holds(STATUS, format!("it was skipped{because}"), None),
    }
}

fn campaign_status(view: &View<'_>) -> Check {
    const RULE: &str = "campaign_status";
    let because = match &view.progress.status_reason {
        Some(reason) => format!(" ({reason})"),
        None => String::new(),
    };
    match view.progress.status {
        Status::Running => Check::passes(RULE, "the campaign runs"),
        Status::Draft => Check::holds(
            RULE,
            "the campaign is a draft: nobody is called until it is started",
            None,
        ),
        Status::Scheduled => {
            let start = scheduled_start(view);
            let at = start.map_or_else(String::new, |start| format!(", at {start}"));
            Check::holds(RULE, format!("the campaign waits for its start{at}"), start)
        }
        Status::Paused => Check::holds(
            RULE,
            format!("the campaign is paused{because}: nobody is called until it is resumed"),
            None,
        ),
        ended => Check::holds(RULE, format!("the campaign is {ended}{because}"), None),
    }
}

fn scheduled_start(view: &View<'_>) -> Option<Timestamp> {
    match &view.definition.settings.schedule {
        Schedule::Immediate => None,
        Schedule::Scheduled { start_at, .. } => Some(*start_at),
        Schedule::Recurring { .. } => view.runs.and_then(|runs| runs.next_start),
    }
}

fn not_before(view: &View<'_>, why: Option<&str>, now: Timestamp) -> Check {
    const RULE: &str = "not_before";
    let state = &view.ready.state;
    let Some(at) = state.not_before.max(state.earliest).filter(|at| *at > now) else {
        return Check::passes(RULE, "it need not wait for a later instant");
    };
    let detail = match (why, state.last_outcome) {
        (Some(why), _) => format!("it waits until {at}; when it was last looked at, {why}"),
        (None, Some(outcome)) if state.tries > 0 => {
            let (name, tries) = (outcome.name(), state.tries);
            let most = view.definition.settings.retry.max_retries + 1;
            format!(
                "it waits until {at} for its next try: {tries} of at most {most} attempts made, the last ended {name}"
            )
        }
        (None, _) => format!("it is not to be called before {at}"),
    };
    Check::holds(RULE, detail, Some(at))
}

fn pacing(view: &View<'_>, now: Timestamp) -> Check {
    let next = view.progress.pace.next();
    match next > now {
        true => Check::holds(
            "pacing",
            format!("the pace allows the next start at {next}"),
            Some(next),
        ),
        false => Check::passes("pacing", "the pace allows a start"),
    }
}

fn slots(view: &View<'_>) -> Check {
    let most = view.definition.settings.pacing.max_concurrent;
    let taken = view.progress.counters.calling;
    let detail = format!("{taken} of at most {most} calls at once are in flight");
    match taken >= u64::from(most) {
        true => Check::holds("max_concurrent", detail, None),
        false => Check::passes("max_concurrent", detail),
    }
}

/// The first instant, before the campaign's end, at which every rule that follows the clock lets a pending contact
/// be called; `None`: not by the passing of time.
pub fn next_try(view: &View<'_>, addresses: &dyn Addresses, now: Timestamp) -> Option<Timestamp> {
    earliest(view, addresses, now).filter(|at| is_before_end(view, *at))
}

fn is_before_end(view: &View<'_>, at: Timestamp) -> bool {
    let end_at = view.definition.settings.schedule.end_at();
    end_at.is_none_or(|end_at| at < end_at)
}

fn earliest(view: &View<'_>, addresses: &dyn Addresses, now: Timestamp) -> Option<Timestamp> {
    let state = &view.ready.state;
    let (status, _) = view.progress.standing(view.lane, state.status, None);
    if status != ContactStatus::Pending {
        return None;
    }
    let start = match view.progress.status {
        Status::Running => now,
        Status::Scheduled => scheduled_start(view)?,
        _ => return None,
    };
    let waits = state.not_before.max(state.earliest).unwrap_or(now);
    let mut at = now.max(start).max(waits).max(view.progress.pace.next());
    for _ in 0..FOLLOWED {
        match clearing::judge(subject(view), &Later(addresses), at) {
            Ok(_) => return Some(at),
            Err(hold) => at = hold.until.filter(|until| *until > at)?,
        }
    }
    Some(at)
}

/// Numbers as they are later: whoever is being called now is not any more.
struct Later<'a>(&'a dyn Addresses);

impl Addresses for Later<'_> {
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>, at: Timestamp) -> Standing {
        match self.0.standing(phone, own, at) {
            Standing::Called => Standing::Free,
            other => other,
        }
    }

    fn tried(&self, phone: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>> {
        self.0.tried(phone, own, since)
    }
}
