//! What is known of the number: do-not-call lists, calls that are under way, and caps.

use super::*;

const NOON: &str = "2026-07-01T12:00:00Z";

fn caps(caps: &[(u32, u32)]) -> Settings {
    let cap = |(max_attempts, per_hours): &(u32, u32)| Cap {
        max_attempts: *max_attempts,
        per_hours: *per_hours,
    };
    Settings {
        contact_caps: caps.iter().map(cap).collect(),
        ..free()
    }
}

fn standing(standing: Standing) -> Known {
    Known {
        standing,
        ..Known::nothing()
    }
}

#[test]
fn a_number_on_a_do_not_call_list_is_held_back_for_good_with_the_lists_reason() {
    let known = standing(Standing::Suppressed("STOP on 2026-06-01".to_owned()));
    let case = Case::new(free(), &[]).known(known);
    assert_eq!(case.never(NOON, Rule::SuppressionLists), "STOP on 2026-06-01");
}

#[test]
fn a_number_that_is_being_called_is_looked_at_again_soon_and_not_held_against_its_own_attempt() {
    let mut case = Case::new(free(), &[]).known(standing(Standing::Called));
    let hold = case.judged_at(at(NOON)).unwrap_err();
    assert_eq!(hold.rule, Rule::AlreadyCalling);
    assert_eq!(hold.until, Some(at(NOON) + Millis::seconds(10)));
    assert_eq!(
        hold.reason,
        "another attempt of the organization is calling this number"
    );
    case.own = Some(attempt(1));
    case.allowed(NOON);
}

#[test]
fn what_cannot_be_read_allows_nothing() {
    let reason = "it cannot be told whether the number may be called: the store cannot be read";
    let unknown = Case::new(free(), &[]).known(standing(Standing::NotKnown));
    assert_eq!(unknown.never(NOON, Rule::Store), reason);
    let unread = || Known {
        tried: None,
        ..Known::nothing()
    };
    let capped = Case::new(caps(&[(3, 24)]), &[]).known(unread());
    assert_eq!(capped.never(NOON, Rule::Store), reason);
    Case::new(free(), &[]).known(unread()).allowed(NOON);
}

#[test]
fn a_number_that_was_tried_often_enough_is_held_back_until_the_first_attempt_is_long_enough_ago() {
    let tried = [("2026-06-30T18:00:00Z", false), ("2026-07-01T09:00:00Z", false)];
    let case = Case::new(caps(&[(2, 24)]), &[]).known(Known::tried(&tried));
    assert_eq!(
        case.held(NOON, Rule::ContactCaps, "2026-07-01T18:00:00Z"),
        "the contact caps allow at most 2 attempts in 24 hours, over all campaigns of the organization: again from \
         2026-07-01T18:00:00Z"
    );
    let clearance = case.allowed("2026-07-01T18:00:00Z");
    assert_eq!(
        clearance.rules[1],
        "contact_caps: 1 of at most 2 attempts in 24 hours"
    );
}

#[test]
fn an_attempt_is_not_counted_against_itself() {
    let tried = [("2026-07-01T12:00:00Z", false)];
    let mut case = Case::new(caps(&[(1, 24)]), &[]).known(Known::tried(&tried));
    case.held(NOON, Rule::ContactCaps, "2026-07-02T12:00:00Z");
    case.own = Some(attempt(1));
    assert_eq!(
        case.allowed(NOON).rules[1],
        "contact_caps: 0 of at most 1 attempt in 24 hours"
    );
}

#[test]
fn the_caps_of_laws_hold_besides_the_campaigns_own_and_the_longest_wait_counts() {
    let tried = [
        ("2026-07-01T05:00:00Z", false),
        ("2026-07-01T10:00:00Z", false),
        ("2026-07-01T11:00:00Z", false),
    ];
    let settings = Settings {
        laws: vec![law("us-ok")],
        ..caps(&[(1, 2)])
    };
    let case = Case::new(settings, &[Tz::UTC]).known(Known::tried(&tried));
    let hold = case.judged_at(at(NOON)).unwrap_err();
    assert_eq!(
        (hold.rule, hold.until),
        (Rule::ContactCaps, Some(at("2026-07-02T05:00:00Z")))
    );
    assert!(
        hold.reason.contains("at most 3 attempts in 24 hours"),
        "{}",
        hold.reason
    );
    let rules = case.allowed("2026-07-02T08:00:00Z").rules;
    assert!(rules.contains(&"contact_caps: 0 of at most 1 attempt in 2 hours".to_owned()));
    assert!(rules.contains(&"us-ok: 2 of at most 3 attempts in 24 hours".to_owned()));
}

#[test]
fn after_a_conversation_regulation_f_demands_a_week_of_peace() {
    let settings = || Settings {
        laws: vec![law("us-reg-f")],
        ..free()
    };
    let spoken = Known::tried(&[("2026-06-25T12:00:00Z", true)]);
    let case = Case::new(settings(), &[]).known(spoken);
    let reason = case.held(NOON, Rule::ContactCaps, "2026-07-02T12:00:00Z");
    assert!(
        reason.contains("none within 7 days after a conversation"),
        "{reason}"
    );
    let rung = Known::tried(&[("2026-06-25T12:00:00Z", false)]);
    let rules = Case::new(settings(), &[]).known(rung).allowed(NOON).rules;
    assert_eq!(
        rules[1..],
        [
            "us-reg-f: 1 of at most 7 attempts in 168 hours",
            "us-reg-f: no conversation within 7 days"
        ]
    );
}

#[test]
fn a_cap_of_none_is_for_good() {
    let case = Case::new(caps(&[(0, 24)]), &[]);
    assert_eq!(
        case.never(NOON, Rule::ContactCaps),
        "the contact caps allow at most 0 attempts in 24 hours"
    );
}

#[test]
fn the_rules_are_judged_in_one_order_and_the_first_that_holds_back_is_named() {
    let night = "2026-07-03T05:00:00Z";
    let settings = |windows| Settings {
        windows,
        laws: vec![law("us-tcpa")],
        ..caps(&[(1, 24)])
    };
    let tried = || Known::tried(&[(night, false)]);
    let stopped = || Known {
        standing: Standing::Suppressed("STOP".to_owned()),
        ..tried()
    };
    let holiday = || vec![HolidayDate::Once(date("2026-07-03"))];
    let zones = [Tz::UTC];
    let rule = |case: Case, now: &str| case.judged_at(at(now)).unwrap_err().rule;
    let all = Case::new(settings(daily(9, 17)), &zones);
    assert_eq!(
        rule(all.holidays(holiday()).known(stopped()), night),
        Rule::CallingWindows
    );
    let open = || Case::new(settings(Windows::Any), &zones);
    assert_eq!(
        rule(open().holidays(holiday()).known(stopped()), night),
        Rule::HolidayCalendars
    );
    assert_eq!(rule(open().known(stopped()), night), Rule::LawPresets);
    let day = "2026-07-03T09:00:00Z";
    assert_eq!(rule(open().known(stopped()), day), Rule::SuppressionLists);
    let called = Known {
        standing: Standing::Called,
        ..tried()
    };
    assert_eq!(rule(open().known(called), day), Rule::AlreadyCalling);
    assert_eq!(rule(open().known(tried()), day), Rule::ContactCaps);
    open().allowed(day);
}

#[test]
fn every_rule_has_a_name_of_its_own() {
    let rules = [
        Rule::CallingWindows,
        Rule::FallbackWindow,
        Rule::HolidayCalendars,
        Rule::LawPresets,
        Rule::SuppressionLists,
        Rule::AlreadyCalling,
        Rule::ContactCaps,
        Rule::Store,
    ];
    let names: std::collections::BTreeSet<_> = rules.into_iter().map(Rule::name).collect();
    assert_eq!(names.len(), rules.len());
}
