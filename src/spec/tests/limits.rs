//! Which holiday calendars a campaign may be asked to keep, and how often it may be asked to try a number.

use outdial_domain::caps::Cap;
use serde_json::{Value, json};

use super::{LINE, accepted, campaign, refused, refuses};

#[test]
fn a_campaign_names_up_to_twenty_holiday_calendars_each_once() {
    let ids: Vec<String> = (0..21)
        .map(|n| format!("0198f3a0-1234-7abc-8def-{n:012}"))
        .collect();
    let kept = accepted(json!({"holiday_calendar_ids": ids[..20]}))
        .settings
        .holiday_calendars;
    assert_eq!(
        kept.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ids[..20]
    );
    refuses([
        (
            json!({"holiday_calendar_ids": ids}),
            "holiday_calendar_ids: must have at most 20 entries, not 21",
        ),
        (
            json!({"holiday_calendar_ids": [LINE, "Czech"]}),
            "holiday_calendar_ids[1]: must be the id of a holiday calendar, a UUID, not \"Czech\"",
        ),
        (
            json!({"holiday_calendar_ids": [LINE, LINE.to_uppercase()]}),
            "holiday_calendar_ids[1]: `0198f3a0-1234-7abc-8def-000000000001` is named twice; leave one out",
        ),
        (
            json!({"holiday_calendar_ids": LINE}),
            "holiday_calendar_ids: must be a list, not \"0198f3a0-1234-7abc-8def-000000000001\"",
        ),
        (
            json!({"suppression_list_ids": [7]}),
            "suppression_list_ids[0]: must be the id of a do-not-call list, a UUID, not 7",
        ),
    ]);
}

#[test]
fn a_cap_allows_some_attempts_in_some_hours() {
    let asked = json!([{"max_attempts": 1, "per_hours": 744}, {"max_attempts": 100, "per_hours": 1}]);
    let cap = |max_attempts, per_hours| Cap {
        max_attempts,
        per_hours,
    };
    assert_eq!(
        accepted(json!({"contact_caps": asked})).settings.contact_caps,
        [cap(1, 744), cap(100, 1)]
    );
    let caps = |count: u32| -> Value {
        (1..=count)
            .map(|hours| json!({"max_attempts": 1, "per_hours": hours}))
            .collect()
    };
    accepted(json!({"contact_caps": caps(10)}));
    refuses([
        (
            json!({"contact_caps": caps(11)}),
            "contact_caps: must have at most 10 entries, not 11",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 0, "per_hours": 24}]}),
            "contact_caps[0].max_attempts: must be a whole number from 1 to 100, not 0",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 101, "per_hours": 24}]}),
            "contact_caps[0].max_attempts: must be a whole number from 1 to 100, not 101",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 3, "per_hours": 745}]}),
            "contact_caps[0].per_hours: must be a whole number from 1 to 744, not 745",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 3}]}),
            "contact_caps[0].per_hours: is required: a whole number from 1 to 744",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 3, "per_hours": 24}, {"max_attempts": 3, "per_hours": 24.0}]}),
            "contact_caps[1]: `at most 3 attempts in 24 hours` is said twice; leave one out",
        ),
        (
            json!({"contact_caps": [3]}),
            "contact_caps[0]: must be a contact cap: an object with max_attempts, per_hours, not 3",
        ),
    ]);
}

#[test]
fn caps_that_are_refused_are_not_called_the_same_besides() {
    let errors = refused(&campaign(
        json!({"contact_caps": [{"per_hours": 0}, {"max_attempts": 0}]}),
    ));
    assert_eq!(errors.len(), 4, "{errors:?}");
}
