//! Whether a contact may be called at an instant: the one function that decides it, for whoever dials, explains
//! or rehearses.
//!
//! The rules are judged in a fixed order, and the first that holds a contact back is the one that is named. What
//! speaks for a call is its [`Clearance`], and is written down with the attempt.

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;

use crate::address::{Addresses, Standing};
use crate::attempt::Clearance;
use crate::calendar::Calendars;
use crate::caps::{Allowance, CapRule, Caps};
use crate::contact::Contact;
use crate::ids::AttemptId;
use crate::law::Preset;
use crate::settings::{Settings, WindowZone};
use crate::time::{Millis, Timestamp};
use crate::window::{self, Hours, hours_of_all};

mod hours;

use hours::{HourRule, hour_rules, out_of_hours};
pub use hours::{hours, never_open};

/// A number that is being called by another attempt is looked at again after this.
const CALLED_ELSEWHERE: Millis = Millis::seconds(10);

/// A rule that can hold a contact back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The campaign's windows.
    CallingWindows,
    /// The window for contacts of whom no zone is known.
    FallbackWindow,
    /// The days of its holiday calendars.
    HolidayCalendars,
    /// The hours of the laws that it names.
    LawPresets,
    /// The do-not-call lists.
    SuppressionLists,
    /// At most one call to a number at a time.
    AlreadyCalling,
    /// How often a number may be tried.
    ContactCaps,
    /// What is known of the number cannot be read.
    Store,
}

impl Rule {
    /// Its name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::CallingWindows => "calling_windows",
            Self::FallbackWindow => "fallback_window",
            Self::HolidayCalendars => "holiday_calendars",
            Self::LawPresets => "law_presets",
            Self::SuppressionLists => "suppression_lists",
            Self::AlreadyCalling => "already_calling",
            Self::ContactCaps => "contact_caps",
            Self::Store => "store",
        }
    }
}

/// Why a contact is not called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The rule that decided.
    pub rule: Rule,
    /// Why, in plain words.
    pub reason: String,
    /// When this rule lets it go; `None`: not by the passing of time.
    pub until: Option<Timestamp>,
}

/// Who is to be called, and by which rules.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The campaign's configuration.
    pub settings: &'a Settings,
    /// The holidays that it keeps.
    pub calendars: &'a Calendars,
    /// The zones of the contact's lane.
    pub zones: &'a [Tz],
    /// The contact.
    pub contact: &'a Contact,
    /// The attempt that is to call it, if there is one already.
    pub own: Option<AttemptId>,
}

/// Whether the contact may be called at `now`: why it may, or what holds it back.
///
/// # Errors
/// The first rule that holds it back.
pub fn judge(subject: Subject<'_>, addresses: &dyn Addresses, now: Timestamp) -> Result<Clearance, Hold> {
    let rules = hour_rules(subject.settings, subject.calendars, subject.zones);
    if let Some(hold) = out_of_hours(subject, &rules, now) {
        return Err(hold);
    }
    if let Some(hold) = held_number(subject, addresses, now) {
        return Err(hold);
    }
    let caps = capped(subject, &subject.settings.caps(), addresses, now)?;
    Ok(clearance(subject, &rules, caps, now))
}

/// What every rule says for itself at `now`, in the order in which [`judge`] asks them: in words why it lets the
/// contact be called, or what holds it back.
pub fn checks(
    subject: Subject<'_>,
    addresses: &dyn Addresses,
    now: Timestamp,
) -> Vec<(Rule, Result<String, Hold>)> {
    let rules = hour_rules(subject.settings, subject.calendars, subject.zones);
    let mut checks: Vec<(Rule, Result<String, Hold>)> = rules
        .iter()
        .map(|rule| {
            let held = out_of_hours(subject, std::slice::from_ref(rule), now);
            (rule.rule, held.map_or_else(|| Ok(rule.words(subject, now)), Err))
        })
        .collect();
    let on_no_list = "it is on no do-not-call list that the campaign heeds".to_owned();
    match held_number(subject, addresses, now) {
        None => checks.push((Rule::SuppressionLists, Ok(on_no_list))),
        Some(hold) => {
            // Lists are asked first.
            if hold.rule == Rule::AlreadyCalling {
                checks.push((Rule::SuppressionLists, Ok(on_no_list)));
            }
            checks.push((hold.rule, Err(hold)));
        }
    }
    match capped(subject, &subject.settings.caps(), addresses, now) {
        Ok(said) => checks.extend(said.into_iter().map(|words| (Rule::ContactCaps, Ok(words)))),
        Err(hold) => checks.push((hold.rule, Err(hold))),
    }
    checks
}

fn held_number(subject: Subject<'_>, addresses: &dyn Addresses, now: Timestamp) -> Option<Hold> {
    let (rule, reason, until) = match addresses.standing(subject.contact.phone, subject.own, now) {
        Standing::Free => return None,
        Standing::Suppressed(reason) => (Rule::SuppressionLists, reason, None),
        Standing::Called => {
            let reason = "another attempt of the organization is calling this number".to_owned();
            (Rule::AlreadyCalling, reason, Some(now + CALLED_ELSEWHERE))
        }
        Standing::NotKnown => return Some(unreadable()),
    };
    Some(Hold { rule, reason, until })
}

fn unreadable() -> Hold {
    Hold {
        rule: Rule::Store,
        reason: "it cannot be told whether the number may be called: the store cannot be read".to_owned(),
        until: None,
    }
}

/// What the caps say for a call, one sentence for each.
fn capped(
    subject: Subject<'_>,
    caps: &Caps,
    addresses: &dyn Addresses,
    now: Timestamp,
) -> Result<Vec<String>, Hold> {
    if *caps == Caps::default() {
        return Ok(Vec::new());
    }
    let since = now + Millis(-caps.reach().0);
    let Some(past) = addresses.tried(subject.contact.phone, subject.own, since) else {
        return Err(unreadable());
    };
    let (rule, until) = match caps.allowance(&past, now) {
        Allowance::Now => {
            let within = |hours: u32| {
                let since = now + Millis::seconds(-3600 * i64::from(hours));
                past.iter().filter(|past| past.at > since).count()
            };
            let said = caps.caps.iter().map(|cap| {
                let rule = CapRule::Attempts(*cap);
                let label = cap_law(subject, rule).map_or("contact_caps", |law| law.id);
                format!("{label}: {} of {rule}", within(cap.per_hours))
            });
            let peace = caps.days_after_conversation.map(|days| {
                let law = cap_law(subject, CapRule::Conversation { days });
                let label = law.map_or("contact_caps", |law| law.id);
                format!("{label}: no conversation within {days} days")
            });
            return Ok(said.chain(peace).collect());
        }
        Allowance::From { at, rule } => (rule, Some(at)),
        Allowance::Never { rule } => (rule, None),
    };
    let source = match cap_law(subject, rule) {
        Some(law) => format!("{} allows", law.id),
        None => "the contact caps allow".to_owned(),
    };
    let reason = match until {
        Some(at) => {
            format!("{source} {rule}, over all campaigns of the organization: again from {at}")
        }
        None => format!("{source} {rule}"),
    };
    Err(Hold {
        rule: Rule::ContactCaps,
        reason,
        until,
    })
}

/// The law that a cap comes from; `None`: it is the campaign's own.
fn cap_law(subject: Subject<'_>, rule: CapRule) -> Option<&'static Preset> {
    let settings = subject.settings;
    let demands = |law: &&Preset| match rule {
        CapRule::Attempts(cap) => law.caps.contains(&cap),
        CapRule::Conversation { days } => law.days_after_conversation == Some(days),
    };
    let is_own = matches!(rule, CapRule::Attempts(cap) if settings.contact_caps.contains(&cap));
    settings.laws.iter().copied().find(demands).filter(|_| !is_own)
}

/// Why a call at this instant is lawful, for the record.
fn clearance(subject: Subject<'_>, rules: &[HourRule<'_>], caps: Vec<String>, now: Timestamp) -> Clearance {
    let settings = subject.settings;
    let own = rules.first();
    let judged = own.map_or(&[][..], |own| &own.zones);
    let closes = |zone: &Tz| {
        let one = own.map(|own| window::Rule {
            zones: std::slice::from_ref(zone),
            ..own.judged()
        });
        match one.map(|one| hours_of_all(&[one], now)) {
            Some(Hours::Open { closes: Some(at) }) => at,
            _ => Timestamp::from_millis(i64::MAX),
        }
    };
    // Where every zone is as good as any other, none is asked when it closes.
    let zone = match judged {
        [one] => Some(one),
        several => several.iter().min_by_key(|zone| closes(zone)),
    };
    let zone_source = match settings.window_zone {
        _ if zone.is_none() => "none",
        WindowZone::Campaign => "campaign",
        WindowZone::Contact if subject.zones.is_empty() => "campaign",
        WindowZone::Contact if subject.contact.timezone.is_some() => "contact",
        WindowZone::Contact => "number",
    };
    let mut said: Vec<String> = rules.iter().map(|rule| rule.words(subject, now)).collect();
    said.extend(caps);
    Clearance {
        local_time: zone
            .zip(now.utc())
            .map(|(zone, at)| local(at.with_timezone(zone))),
        zone: zone.map(|zone| zone.name().to_owned()),
        zone_source,
        rules: said,
    }
}

fn local(at: DateTime<Tz>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

#[cfg(test)]
mod tests;
