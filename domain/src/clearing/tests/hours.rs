//! Windows, holidays and the hours of laws, each by its clock.

use super::*;

const NO_ZONE: &str = "no time zone is known for this number, and the campaign has no fallback_window";

fn once(text: &str) -> HolidayDate {
    HolidayDate::Once(date(text))
}

fn windows(windows: Windows) -> Settings {
    Settings { windows, ..free() }
}

fn by_campaign(windows: Windows) -> Settings {
    Settings {
        windows,
        window_zone: WindowZone::Campaign,
        ..free()
    }
}

#[test]
fn the_windows_are_judged_by_the_contacts_clock_and_the_wait_ends_with_their_first_instant() {
    let case = Case::new(windows(daily(9, 17)), &[Tz::America__New_York]);
    let reason = case.held(
        "2026-07-01T12:59:59.999Z",
        Rule::CallingWindows,
        "2026-07-01T13:00:00Z",
    );
    assert_eq!(
        reason,
        "calling_windows closed: it is Wednesday 08:59 in America/New_York; calls are allowed again from \
         2026-07-01T13:00:00Z"
    );
    case.allowed("2026-07-01T20:59:59.999Z");
    case.held(
        "2026-07-01T21:00:00Z",
        Rule::CallingWindows,
        "2026-07-02T13:00:00Z",
    );
}

#[test]
fn the_clearance_names_clock_zone_and_where_the_zone_came_from() {
    let mut case = Case::new(windows(daily(9, 17)), &[Tz::America__New_York]);
    let clearance = case.allowed("2026-07-01T13:00:00Z");
    assert_eq!(
        clearance,
        Clearance {
            local_time: Some("2026-07-01T09:00:00-04:00".to_owned()),
            zone: Some("America/New_York".to_owned()),
            zone_source: "number",
            rules: vec!["calling_windows: open in every candidate zone".to_owned()],
        }
    );
    case.own_zone = Some(Tz::America__New_York);
    assert_eq!(case.allowed("2026-07-01T13:00:00Z").zone_source, "contact");
    let campaigns = Case::new(by_campaign(daily(9, 17)), &[Tz::America__New_York]);
    let clearance = campaigns.allowed("2026-07-01T07:00:00Z");
    assert_eq!(clearance.local_time.as_deref(), Some("2026-07-01T09:00:00+02:00"));
    assert_eq!(
        (clearance.zone.as_deref(), clearance.zone_source),
        (Some("Europe/Berlin"), "campaign")
    );
    assert_eq!(clearance.rules, ["calling_windows: open in the campaign's zone"]);
}

#[test]
fn by_the_campaigns_clock_it_does_not_matter_where_the_contact_is() {
    for zones in [
        &[][..],
        &[Tz::America__New_York],
        &[Tz::Asia__Tokyo, Tz::Asia__Kolkata],
    ] {
        let case = Case::new(by_campaign(daily(9, 17)), zones);
        let reason = case.held(
            "2026-07-01T06:59:00Z",
            Rule::CallingWindows,
            "2026-07-01T07:00:00Z",
        );
        assert!(
            reason.contains("it is Wednesday 08:59 in Europe/Berlin"),
            "{reason}"
        );
    }
}

#[test]
fn of_several_candidate_zones_all_must_be_open_and_the_one_that_is_not_is_named() {
    let case = Case::new(
        windows(daily(9, 17)),
        &[Tz::America__Los_Angeles, Tz::America__New_York],
    );
    let reason = case.held(
        "2026-07-01T13:30:00Z",
        Rule::CallingWindows,
        "2026-07-01T16:00:00Z",
    );
    assert!(reason.contains("06:30 in America/Los_Angeles"), "{reason}");
    let reason = case.held(
        "2026-07-01T21:30:00Z",
        Rule::CallingWindows,
        "2026-07-02T16:00:00Z",
    );
    assert!(reason.contains("17:30 in America/New_York"), "{reason}");
    let clearance = case.allowed("2026-07-01T16:00:00Z");
    assert_eq!(
        clearance.zone.as_deref(),
        Some("America/New_York"),
        "it closes first"
    );
}

#[test]
fn windows_that_the_candidate_zones_never_share_are_said_to_be_never() {
    let case = Case::new(windows(daily(9, 12)), &[Tz::America__New_York, Tz::Asia__Kolkata]);
    assert_eq!(
        case.never("2026-07-01T13:00:00Z", Rule::CallingWindows),
        "the calling windows allow no minute at which every candidate time zone is open"
    );
    let case = Case::new(windows(Windows::Weekly(vec![])), &[Tz::America__New_York]);
    assert_eq!(
        case.never("2026-07-01T13:00:00Z", Rule::CallingWindows),
        "calling_windows never open"
    );
}

#[test]
fn without_a_zone_the_fallback_window_holds_by_the_campaigns_clock() {
    let settings = Settings {
        fallback_window: Some(daily(12, 14)),
        ..windows(daily(9, 17))
    };
    let unknown = Case::new(settings.clone(), &[]);
    let reason = unknown.held(
        "2026-07-01T09:59:00Z",
        Rule::FallbackWindow,
        "2026-07-01T10:00:00Z",
    );
    assert_eq!(
        reason,
        "fallback_window closed: it is Wednesday 11:59 in Europe/Berlin; calls are allowed again from \
         2026-07-01T10:00:00Z"
    );
    let clearance = unknown.allowed("2026-07-01T10:00:00Z");
    assert_eq!(clearance.zone_source, "campaign");
    assert_eq!(
        clearance.rules,
        ["fallback_window: open in the campaign's zone, none being known of the contact"]
    );
    Case::new(settings, &[Tz::Europe__Berlin]).allowed("2026-07-01T07:00:00Z");
}

#[test]
fn without_a_zone_and_a_fallback_window_nobody_is_called_but_at_any_hour() {
    let case = Case::new(windows(daily(9, 17)), &[]);
    assert_eq!(case.never("2026-07-01T10:00:00Z", Rule::CallingWindows), NO_ZONE);
    let clearance = Case::new(free(), &[]).allowed("2026-07-01T01:00:00Z");
    assert_eq!(
        clearance,
        Clearance {
            local_time: None,
            zone: None,
            zone_source: "none",
            rules: vec!["calling_windows: any hour".to_owned()],
        }
    );
}

#[test]
fn on_a_holiday_nobody_is_called_by_the_clock_of_the_windows() {
    let new_york = [Tz::America__New_York];
    let fourth = || vec![once("2026-07-03")];
    let case = Case::new(windows(daily(9, 17)), &new_york).holidays(fourth());
    let reason = case.held(
        "2026-07-03T15:00:00Z",
        Rule::HolidayCalendars,
        "2026-07-04T13:00:00Z",
    );
    assert_eq!(
        reason,
        "it is Friday 11:00 in America/New_York, and a holiday: Founders' Day (calendar `ours`); calls are allowed \
         again from 2026-07-04T13:00:00Z"
    );
    let reason = case.held(
        "2026-07-02T23:00:00Z",
        Rule::CallingWindows,
        "2026-07-04T13:00:00Z",
    );
    assert!(reason.contains("Thursday 19:00"), "{reason}");
    assert_eq!(
        case.allowed("2026-07-02T15:00:00Z").rules[1],
        "holiday_calendars: no holiday"
    );
    let campaigns = Case::new(by_campaign(daily(0, 24)), &new_york).holidays(fourth());
    campaigns.held(
        "2026-07-02T22:00:00Z",
        Rule::HolidayCalendars,
        "2026-07-03T22:00:00Z",
    );
}

#[test]
fn any_hour_is_no_hour_of_a_holiday_by_the_contacts_clock_or_else_the_campaigns() {
    let known = Case::new(free(), &[Tz::America__New_York]).holidays(vec![once("2026-07-03")]);
    known.allowed("2026-07-03T03:59:59.999Z");
    known.held(
        "2026-07-03T04:00:00Z",
        Rule::HolidayCalendars,
        "2026-07-04T04:00:00Z",
    );
    let unknown = Case::new(free(), &[]).holidays(vec![once("2026-07-03")]);
    let reason = unknown.held(
        "2026-07-02T22:00:00Z",
        Rule::HolidayCalendars,
        "2026-07-03T22:00:00Z",
    );
    assert!(reason.contains("Friday 00:00 in Europe/Berlin"), "{reason}");
    assert_eq!(unknown.allowed("2026-07-03T22:00:00Z").zone_source, "campaign");
}

#[test]
fn a_yearly_holiday_comes_every_year_and_one_of_one_year_once() {
    let christmas = HolidayDate::yearly(12, 25).unwrap();
    let case = Case::new(free(), &[Tz::UTC]).holidays(vec![christmas, once("2026-12-26")]);
    case.held(
        "2026-12-25T12:00:00Z",
        Rule::HolidayCalendars,
        "2026-12-27T00:00:00Z",
    );
    case.held(
        "2027-12-25T12:00:00Z",
        Rule::HolidayCalendars,
        "2027-12-26T00:00:00Z",
    );
}

#[test]
fn with_a_holiday_on_every_day_there_is_nothing_to_wait_for() {
    let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
    let every = days.filter_map(|(month, day)| HolidayDate::yearly(month, day).ok());
    let case = Case::new(windows(daily(9, 17)), &[Tz::UTC]).holidays(every.collect());
    assert_eq!(
        case.never("2026-07-01T12:00:00Z", Rule::HolidayCalendars),
        "the holiday calendars leave no day at all"
    );
}

#[test]
fn a_laws_hours_hold_besides_the_campaigns_own() {
    let settings = Settings {
        laws: vec![law("us-tcpa"), law("us-fl")],
        ..windows(daily(7, 22))
    };
    let case = Case::new(settings, &[Tz::America__New_York]);
    let reason = case.held("2026-07-01T11:30:00Z", Rule::LawPresets, "2026-07-01T12:00:00Z");
    assert_eq!(
        reason,
        "law_presets: us-tcpa (47 CFR 64.1200(c)(1), law since 1992-12-20) closed: it is Wednesday 07:30 in \
         America/New_York; calls are allowed again from 2026-07-01T12:00:00Z"
    );
    let reason = case.held("2026-07-02T00:30:00Z", Rule::LawPresets, "2026-07-02T12:00:00Z");
    assert!(reason.starts_with("law_presets: us-fl"), "{reason}");
    case.held(
        "2026-07-02T03:00:00Z",
        Rule::CallingWindows,
        "2026-07-02T12:00:00Z",
    );
    let rules = case.allowed("2026-07-01T12:00:00Z").rules;
    assert_eq!(rules.len(), 4, "windows, two laws, and the cap of one: {rules:?}");
    assert_eq!(
        rules[1],
        "law_presets: us-tcpa (47 CFR 64.1200(c)(1), law since 1992-12-20): open at 08:00 in America/New_York"
    );
}

#[test]
fn a_law_looks_at_the_clock_of_whom_it_protects_even_where_the_windows_are_the_campaigns() {
    let settings = Settings {
        laws: vec![law("us-tcpa")],
        ..by_campaign(daily(9, 17))
    };
    let case = Case::new(settings, &[Tz::America__New_York]);
    let reason = case.held("2026-07-01T07:00:00Z", Rule::LawPresets, "2026-07-01T12:00:00Z");
    assert!(reason.contains("03:00 in America/New_York"), "{reason}");
    let cleared = case.allowed("2026-07-01T12:00:00Z");
    assert_eq!(cleared.zone_source, "campaign");
    let kept = &cleared.rules[1];
    assert!(kept.ends_with("open at 08:00 in America/New_York"), "{kept}");
}

#[test]
fn of_many_clocks_that_a_law_looks_at_the_record_names_a_few() {
    let settings = Settings {
        laws: vec![law("us-tcpa")],
        ..free()
    };
    let zones = [
        Tz::America__Chicago,
        Tz::America__Denver,
        Tz::America__Los_Angeles,
        Tz::America__New_York,
        Tz::America__Phoenix,
    ];
    let kept = Case::new(settings, &zones).allowed("2026-07-01T18:00:00Z").rules;
    let clocks = "open at 13:00 in America/Chicago, 12:00 in America/Denver, 11:00 in America/Los_Angeles and by 2 more \
                  clocks";
    assert!(kept[1].ends_with(clocks), "{}", kept[1]);
}

#[test]
fn a_laws_hours_never_come_for_a_number_without_a_zone_unless_a_fallback_window_answers_for_it() {
    for settings in [free(), by_campaign(daily(9, 17))] {
        let settings = Settings {
            laws: vec![law("us-tcpa")],
            ..settings
        };
        let reason = Case::new(settings.clone(), &[]).never("2026-07-01T12:00:00Z", Rule::LawPresets);
        assert_eq!(
            reason,
            "no time zone is known for this number, so the hours of us-tcpa (47 CFR 64.1200(c)(1), law since \
             1992-12-20) never come, and the campaign has no fallback_window"
        );
        let settings = Settings {
            fallback_window: Some(daily(0, 24)),
            ..settings
        };
        Case::new(settings.clone(), &[]).allowed("2026-07-01T07:00:00Z");
        Case::new(
            Settings {
                windows: Windows::Any,
                ..settings
            },
            &[],
        )
        .held("2026-07-01T05:00:00Z", Rule::LawPresets, "2026-07-01T06:00:00Z");
    }
}

#[test]
fn a_law_that_names_no_hours_closes_none() {
    let settings = Settings {
        laws: vec![law("us-reg-f")],
        ..free()
    };
    Case::new(settings, &[]).allowed("2026-07-01T01:00:00Z");
}

#[test]
fn a_law_whose_hours_candidate_zones_never_share_is_named() {
    let settings = Settings {
        laws: vec![law("us-fl")],
        ..free()
    };
    let case = Case::new(settings, &[Tz::America__New_York, Tz::Asia__Shanghai]);
    let reason = case.never("2026-07-01T12:00:00Z", Rule::LawPresets);
    assert!(reason.contains("us-fl"), "{reason}");
    assert!(!reason.contains("calling windows"), "{reason}");
}

#[test]
fn rules_that_leave_no_minute_in_common_are_said_to_be_never() {
    let settings = Settings {
        laws: vec![law("us-tcpa")],
        ..windows(daily(21, 23))
    };
    let case = Case::new(settings, &[Tz::America__New_York]);
    assert_eq!(
        case.never("2026-07-01T12:00:00Z", Rule::CallingWindows),
        "calling windows, holidays and law presets leave no minute in common"
    );
}
