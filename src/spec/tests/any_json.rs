//! No JSON makes the judge panic, and what it accepts it would accept again.

use outdial_domain::settings::Kind;
use outdial_domain::voice::{Answer, Place};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::NOW;
use crate::spec::{CampaignSpec, judge, judge_contacts, judge_result, judge_voice_profile};

/// Texts that mean something somewhere.
const TELLING: &str = "| |reminder|custom|immediate|scheduled|recurring|outbound|voice|contact|campaign|lost|retry|busy\
    |no-answer|machine|mon|sun|00:00|09:30|24:00|24:01|ab:cd|é9:00|UTC|EST|Europe/Prague|US|gb|zz\
    |0198f3a0-1234-7abc-8def-000000000001|+12025550123|202 555 0123|+44 20 7946 0958|2026-07-02T09:00:00Z\
    |9999-12-31T23:59:60Z|9999-12-31T23:59:59-23:59|0000-01-01T00:00:00+23:59|2016-12-31T23:59:60Z|ada@example.com\
    |0 9 * * 1-5|*/15 * 29 2 *|0 0 30 2 *|run|skip|run_within|us-fl|us-reg-f|plan|phone_number|equals|exists|less_than";

/// Fields of the parts of a campaign.
const PART_FIELDS: &str = "start_at|end_at|cron|days|start|end|max_concurrent|per_minute|delay_seconds|max_retries\
    |backoff_seconds|outcomes|failure_rate|window_seconds|greeting|script|say|gather|choices|keys|phrases|goto|record\
    |connect|stream|sip|number|parameters|headers|policy|grace_seconds|max_attempts|per_hours|include|exclude|field|operator|value|machine_detection|mode|on_machine|voicemail|scorecard|answers|revenue|wait_seconds|then|phone_number|email|not_before|person_id|custom_data|status";

fn text() -> impl Strategy<Value = String> {
    let telling: Vec<&str> = TELLING.split('|').collect();
    let telling = prop::sample::select(telling).prop_map(str::to_owned);
    prop_oneof![3 => telling, 1 => any::<String>()]
}

fn name() -> impl Strategy<Value = String> {
    let mut known = crate::spec::settings::CAMPAIGN.known.to_vec();
    known.extend(PART_FIELDS.split('|'));
    let known = prop::sample::select(known).prop_map(str::to_owned);
    prop_oneof![9 => known, 1 => any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..100_u32).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A calling window that is likely to be good.
fn window() -> impl Strategy<Value = Value> {
    let days = prop::collection::vec(prop::sample::select(vec!["mon", "wed", "sat", "sun"]), 1..4);
    (days, 0..24_u32, 0..60_u32, 0..25_u32).prop_map(|(days, hour, minute, end)| {
        json!({"days": days, "start": format!("{hour:02}:{minute:02}"), "end": format!("{end:02}:00")})
    })
}

/// A pattern that matches in every zone.
fn pattern() -> impl Strategy<Value = String> {
    let weekdays = prop::sample::select(vec!["*", "1-5", "SUN", "0,3", "*/2"]);
    (0..60_u32, 0..24_u32, 1..29_u32, weekdays)
        .prop_map(|(minute, hour, day, weekdays)| format!("{minute}  {hour} {day},1-2 * {weekdays}"))
}

/// Caps of different spans.
fn caps() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(1..745_u32, 1..101_u32, 0..10).prop_map(|caps| {
        let cap = |(hours, attempts): (u32, u32)| json!({"max_attempts": attempts, "per_hours": hours});
        caps.into_iter().map(cap).collect()
    })
}

fn audience() -> impl Strategy<Value = Value> {
    let rule = || {
        let rule = prop_oneof![
            any::<i64>()
                .prop_map(|value| json!({"field": "age", "operator": "greater_than", "value": value})),
            any::<bool>().prop_map(|value| json!({"field": " vip", "operator": "equals", "value": value})),
            "[a-z][a-z ]{0,9}"
                .prop_map(|value| json!({"field": "n", "operator": "not_contains", "value": value})),
            Just(json!({"field": "email", "operator": "exists"})),
        ];
        prop::collection::vec(rule, 0..4)
    };
    (rule(), rule()).prop_map(|(include, exclude)| json!({"include": include, "exclude": exclude}))
}

/// A campaign that is likely to be good.
fn good() -> impl Strategy<Value = Value> {
    let numbers = (1..10_000_u32, 1..60_000_u32, 0..101_u32);
    let outcomes = prop::collection::vec(prop::sample::select(vec!["busy", "machine", "failed"]), 0..4);
    let windows = prop::option::of(prop::collection::vec(window(), 0..4));
    let zone = prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec());
    let schedule = prop::option::of((
        0..4_000_000_000_i64,
        prop::option::of(4_000_000_000..9_000_000_000_i64),
    ));
    let waits = prop::collection::vec(0..2_592_001_u32, 1..5);
    let rules = (prop::option::of(pattern()), caps(), prop::option::of(audience()));
    (
        numbers,
        outcomes,
        windows,
        prop::option::of(window()),
        zone,
        schedule,
        waits,
        rules,
    )
        .prop_map(
            |((concurrent, per_minute, retries), outcomes, windows, fallback, zone, schedule, waits, (cron, caps, audience))| {
                let at =
                    |seconds: i64| outdial_domain::time::Timestamp::from_millis(seconds * 1000).to_string();
                let schedule = schedule.map(
                    |(start, end)| json!({"type": "scheduled", "start_at": at(start), "end_at": end.map(at)}),
                );
                let recurring = cron.map(|cron| json!({"type": "recurring", "cron": cron}));
                json!({
                    "name": "x", "type": "survey", "line_id": super::LINE, "timezone": zone.name(),
                    "schedule": recurring.or(schedule), "contact_caps": caps, "audience": audience, "calling_windows": windows, "fallback_window": fallback,
                    "pacing": {"max_concurrent": concurrent, "per_minute": per_minute},
                    "retry": {"max_retries": retries, "backoff_seconds": waits, "outcomes": outcomes},
                })
            },
        )
}

proptest! {
    #[test]
    fn no_json_makes_the_judge_panic(value in value(), region in text()) {
        for error in judge(&value, NOW).err().into_iter().flatten() {
            prop_assert!(!error.field.is_empty() && !error.message.is_empty());
        }
        for error in judge_voice_profile(&value).err().into_iter().flatten() {
            prop_assert!(!error.field.is_empty() && !error.message.is_empty());
        }
        let _ = judge_result(&value, Kind::Custom);
        let _ = judge_contacts(&value, &region);
    }

    #[test]
    fn no_step_of_a_script_makes_the_judge_panic(
        steps in prop::collection::vec(prop::collection::vec((name(), value()), 0..4), 0..4),
    ) {
        let step = |fields: Vec<(String, Value)>| Value::Object(fields.into_iter().collect());
        let steps: Vec<Value> = steps.into_iter().map(step).collect();
        for act in ["say", "gather", "record", "connect", "goto"] {
            let wrapped: Vec<Value> = steps.iter().map(|step| json!({ act: step })).collect();
            for script in [&steps, &wrapped] {
                let profile = json!({"name": "x", "greeting": "y", "script": script});
                if let Ok(profile) = judge_voice_profile(&profile) {
                    profile.scene(Place::Start, &Answer::Nothing, None, str::to_owned);
                }
            }
        }
    }

    #[test]
    fn no_field_of_a_campaign_makes_the_judge_panic(
        fields in prop::collection::vec((name(), value()), 0..6),
    ) {
        let mut campaign = json!({"name": "x", "type": "survey", "line_id": super::LINE});
        for (name, value) in fields {
            campaign[name] = value;
        }
        if let Ok(judged) = judge(&campaign, NOW) {
            let again = CampaignSpec::of(&judged.settings).judge(NOW);
            prop_assert_eq!(again.map(|again| again.settings), Ok(judged.settings));
        }
    }

    #[test]
    fn what_was_accepted_once_is_accepted_again_and_means_the_same(campaign in good()) {
        match judge(&campaign, NOW) {
            Ok(judged) => {
                let again = CampaignSpec::of(&judged.settings).judge(NOW);
                prop_assert_eq!(again.map(|again| again.settings), Ok(judged.settings));
            }
            // Zones named like abbreviations are the one thing above that is refused.
            Err(errors) => prop_assert!(errors.iter().all(|error| error.field == "timezone"), "{errors:?}"),
        }
    }
}
