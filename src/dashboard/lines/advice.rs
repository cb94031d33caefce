//! What came of a test call in words, and what to look at where it did not work.

use super::Health;
use super::steps::Attempt;
use crate::dashboard::failure::sentence;
use crate::dashboard::when::Instant;

/// Seconds after which a carrier has usually told more of a call that it took: that it rings, at the least.
const SILENT: i64 = 20;

/// What is told of a test call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Advice {
    /// What came of it so far.
    pub(super) verdict: String,
    /// Whether that is good; `None`: not known yet.
    pub(super) is_good: Option<bool>,
    /// What to look at.
    pub(super) checks: Vec<String>,
}

impl Advice {
    fn new(is_good: Option<bool>, verdict: &str) -> Self {
        Self {
            verdict: verdict.to_owned(),
            is_good,
            checks: Vec::new(),
        }
    }

    fn look(mut self, check: impl Into<String>) -> Self {
        self.checks.push(check.into());
        self
    }
}

/// Where a test call stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) status: &'a str,
    pub(super) status_reason: Option<&'a str>,
    /// Where the one contact stands, and why.
    pub(super) contact: Option<(&'a str, Option<&'a str>)>,
    pub(super) attempt: Option<&'a Attempt>,
    pub(super) health: &'a Health,
    pub(super) public_url: &'a str,
    pub(super) is_out_of_reach: bool,
    pub(super) now: Instant,
}

pub(super) fn advice(seen: &Seen<'_>) -> Advice {
    if let Some(("skipped", reason)) = seen.contact {
        return Advice::new(Some(false), "The call was not made: the number was skipped.")
            .look(sentence(reason.unwrap_or("no reason is known")))
            .look("Do-not-call lists hold for test calls, too. Try a number that is on none.");
    }
    match seen.attempt {
        Some(attempt) => of_attempt(seen, attempt),
        None => waiting(seen),
    }
}

/// Nothing was tried yet.
fn waiting(seen: &Seen<'_>) -> Advice {
    if seen.status == "draft" {
        return Advice::new(Some(false), "The test call is not started.")
            .look("Start it here, or see its campaign for what is missing.");
    }
    let reason = seen.health.held_reason.as_deref().or(seen.status_reason);
    match reason {
        Some(reason) => Advice::new(Some(false), "The call waits.").look(sentence(reason)),
        None => Advice::new(None, "The call is about to be made.")
            .look("Where the line has other campaigns to serve, this one waits for its turn."),
    }
}

fn of_attempt(seen: &Seen<'_>, attempt: &Attempt) -> Advice {
    let silent = seen
        .now
        .seconds_since(attempt.placed_at.unwrap_or(attempt.intended_at))
        >= SILENT;
    match (attempt.state.as_str(), attempt.outcome.as_deref()) {
        ("intended", _) => Advice::new(None, "The call is about to be sent to the carrier."),
        ("unknown", _) => Advice::new(None, "The carrier did not say whether it took the call.").look(
            "outdial waits for a callback and then asks the carrier. It is never sent again, so that nobody is rung \
             twice. Where this lasts, look whether the carrier’s API is in trouble.",
        ),
        ("placed", _) if silent => unheard(seen, "The carrier took the call, and has told nothing since."),
        ("placed", _) => Advice::new(None, "The carrier has the call.")
            .look("Where it tells nothing more within half a minute, look again: this page then says what to check."),
        ("ringing", _) => Advice::new(None, "The phone rings."),
        ("answered", _) => Advice::new(Some(true), "The call is answered: the line works."),
        ("refused", _) => refused(attempt),
        ("deferred", _) => Advice::new(Some(false), "The carrier takes no more calls just now; it is tried again.")
            .look("Lower the line’s calls a second, or ask the carrier for more."),
        ("withdrawn", _) => withdrawn(seen, attempt),
        (_, Some("completed")) => Advice::new(Some(true), "The call was answered: the line works."),
        (_, Some("machine")) => Advice::new(Some(true), "A machine answered: the line works."),
        (_, Some("busy")) => Advice::new(Some(true), "The number was busy. The line works: the carrier tried it and told."),
        (_, Some("no-answer")) => Advice::new(Some(true), "Nobody answered. The line works: the carrier rang and told."),
        (_, Some("lost")) => unheard(seen, "Nothing was ever heard of the call."),
        (_, Some("canceled")) => Advice::new(Some(false), "The carrier canceled the call."),
        _ => failed(attempt),
    }
}

/// It was never sent.
fn withdrawn(seen: &Seen<'_>, attempt: &Attempt) -> Advice {
    let verdict = match seen.status {
        "running" => "The call was not sent. It is tried again, so the phone may ring later.",
        _ => "The call was not sent.",
    };
    let advice = Advice::new(Some(false), verdict);
    match attempt.error_message.as_deref().or(seen.status_reason) {
        Some(reason) => advice.look(sentence(reason)),
        None => advice.look("The campaign was paused, or a rule came between."),
    }
}

/// Callbacks that do not come.
fn unheard(seen: &Seen<'_>, verdict: &str) -> Advice {
    let told = Advice::new(Some(false), verdict);
    let url = seen.public_url;
    let told = if seen.is_out_of_reach {
        told.look(format!(
            "The carrier calls back at {url}, which only this machine or its network reaches. Start outdial with \
             OUTDIAL_PUBLIC_URL set to its address on the internet."
        ))
    } else {
        told.look(format!(
            "The carrier calls back at {url} (OUTDIAL_PUBLIC_URL). Look whether that is reached from the internet, with \
             a certificate that is valid."
        ))
    };
    told.look(
        "Callbacks whose signature is wrong are refused: look at the auth token, or at the keys that sign webhooks, and \
         whether a proxy changes the address.",
    )
}

/// The carrier would not have the call.
fn refused(attempt: &Attempt) -> Advice {
    let advice = Advice::new(Some(false), "The carrier refused the call.");
    match attempt.error_code.as_deref() {
        Some("20003" | "20005" | "10001" | "401" | "403") => advice.look(
            "The carrier does not accept the credentials, or the account is closed: look at the account SID and the auth \
             token of the line.",
        ),
        Some("21205" | "21206" | "21208" | "21209") => {
            advice.look("The carrier cannot use the addresses that it was given: look at OUTDIAL_PUBLIC_URL.")
        }
        Some("21210" | "21212" | "21213") => advice.look(format!(
            "The number shown, {}, is not one that this account may show: look at the line’s numbers.",
            attempt.from
        )),
        Some("21215") => {
            advice.look("The account may not call that country: allow it at the carrier (geographic permissions).")
        }
        Some("21219") => {
            advice.look("A trial account calls verified numbers only: verify this one at the carrier, or upgrade.")
        }
        Some("21211" | "21214" | "21216" | "21217") => {
            advice.look(format!("The carrier does not call {}: try another number.", attempt.to))
        }
        _ => advice.look("Look at the line’s credentials and numbers, and the error up at the carrier."),
    }
}

fn failed(attempt: &Attempt) -> Advice {
    let advice = Advice::new(Some(false), "The carrier could not complete the call.");
    match &attempt.error_code {
        Some(_) => advice.look("The carrier’s own log says more under the id of the call."),
        None => {
            advice.look("Is the number in service? The carrier’s own log says more under the id of the call.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::steps::tests::attempt;
    use super::*;

    fn at(text: &str) -> Instant {
        serde_json::from_value(text.into()).expect("a time")
    }

    fn free() -> Health {
        Health {
            in_flight: 0,
            waiting_campaigns: 0,
            held_until: None,
            held_reason: None,
        }
    }

    fn seen<'a>(attempt: Option<&'a Attempt>, health: &'a Health) -> Seen<'a> {
        Seen {
            status: "running",
            status_reason: None,
            contact: Some(("pending", None)),
            attempt,
            health,
            public_url: "https://calls.example.com",
            is_out_of_reach: false,
            now: at("2026-07-01T12:00:05Z"),
        }
    }

    #[test]
    fn a_number_on_a_do_not_call_list_is_told_with_the_reason() {
        let health = free();
        let skipped = Seen {
            contact: Some(("skipped", Some("it is on the list `Staff`"))),
            ..seen(None, &health)
        };
        let told = advice(&skipped);
        assert_eq!(told.is_good, Some(false));
        assert_eq!(told.checks[0], "It is on the list `Staff`.");
    }

    #[test]
    fn a_carrier_that_is_silent_after_it_took_the_call_points_at_the_public_url() {
        let health = free();
        let placed = attempt("placed", None);
        assert_eq!(advice(&seen(Some(&placed), &health)).is_good, None);
        let later = Seen {
            now: at("2026-07-01T12:00:20Z"),
            ..seen(Some(&placed), &health)
        };
        assert!(advice(&later).checks[0].contains("https://calls.example.com"));
        let local = Seen {
            is_out_of_reach: true,
            ..later
        };
        assert!(advice(&local).checks[0].contains("only this machine"));
    }

    #[test]
    fn a_refusal_names_what_to_look_at() {
        let health = free();
        let look = |code: &str| {
            let refused = Attempt {
                error_code: Some(code.to_owned()),
                ..attempt("refused", Some("refused"))
            };
            advice(&seen(Some(&refused), &health)).checks[0].clone()
        };
        assert!(look("20003").contains("account SID"));
        assert!(look("21210").contains("+12025550100"));
        assert!(look("21215").contains("country"));
    }

    #[test]
    fn a_line_that_is_held_is_the_reason_why_a_call_waits() {
        let health = Health {
            held_reason: Some("the carrier answers with 429".to_owned()),
            ..free()
        };
        let told = advice(&seen(None, &health));
        assert_eq!(told.checks, ["The carrier answers with 429."]);
        assert_eq!(told.is_good, Some(false));
    }

    #[test]
    fn a_call_that_was_not_sent_may_still_be_and_says_so() {
        let health = free();
        let withdrawn = Attempt {
            error_message: Some("not sent: dns error".to_owned()),
            ..attempt("withdrawn", None)
        };
        let told = advice(&seen(Some(&withdrawn), &health));
        assert!(told.verdict.contains("may ring later"), "{}", told.verdict);
        assert_eq!(told.checks, ["Not sent: dns error."]);
        let paused = Seen {
            status: "paused",
            ..seen(Some(&withdrawn), &health)
        };
        assert!(!advice(&paused).verdict.contains("later"));
    }

    #[test]
    fn a_line_works_also_where_nobody_answered() {
        let health = free();
        for outcome in ["completed", "machine", "busy", "no-answer"] {
            let ended = attempt("ended", Some(outcome));
            assert_eq!(
                advice(&seen(Some(&ended), &health)).is_good,
                Some(true),
                "{outcome}"
            );
        }
        for outcome in ["failed", "lost", "canceled"] {
            let ended = attempt("ended", Some(outcome));
            assert_eq!(
                advice(&seen(Some(&ended), &health)).is_good,
                Some(false),
                "{outcome}"
            );
        }
    }
}
