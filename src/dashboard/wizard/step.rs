//! The steps of the wizard, and which field is typed where.

/// A step, a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// What it is, and who speaks.
    Info,
    /// Whom it calls.
    Audience,
    /// When, how fast, and by which rules.
    Rules,
    /// What would come of it.
    Review,
}

impl Step {
    pub(super) const ALL: [Self; 4] = [Self::Info, Self::Audience, Self::Rules, Self::Review];

    /// The last part of its address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Audience => "audience",
            Self::Rules => "rules",
            Self::Review => "review",
        }
    }

    /// What people call it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Info => "Campaign",
            Self::Audience => "Audience",
            Self::Rules => "Compliance and pace",
            Self::Review => "Review",
        }
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// The step before, if there is one.
    pub(super) fn before(self) -> Option<Self> {
        let place = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(place.checked_sub(1)?).copied()
    }

    /// The step behind it; the last is its own.
    pub(super) fn behind(self) -> Self {
        match self {
            Self::Info => Self::Audience,
            Self::Audience => Self::Rules,
            Self::Rules | Self::Review => Self::Review,
        }
    }

    /// Where a field is typed, whether it is a control's, or one that the API names: `calling_windows[0].start` is typed
    /// where `calling_windows` is. `None`: nowhere.
    pub(super) fn of(field: &str) -> Option<Self> {
        let whole = field.split(['.', '[']).next().unwrap_or(field);
        match whole {
            "name" | "type" | "channel" | "direction" | "line_id" | "voice_profile_id" | "description"
            | "timezone" => Some(Self::Info),
            "file" | "sheet" | "default_region" | "contacts" | "audience" => Some(Self::Audience),
            column if COLUMNS.contains(&column) => Some(Self::Audience),
            "calling_windows"
            | "window_zone"
            | "fallback_window"
            | "holiday_calendar_ids"
            | "suppression_list_ids"
            | "law_presets"
            | "contact_caps"
            | "pacing"
            | "retry"
            | "circuit_breaker"
            | "schedule"
            | "missed_start" => Some(Self::Rules),
            _ => None,
        }
    }
}

/// The controls that say which column of a list holds what. A name may be of two columns.
pub(super) const COLUMNS: [&str; 7] = [
    "phone_number_column",
    "name_column",
    "name_column_2",
    "email_column",
    "timezone_column",
    "not_before_column",
    "person_id_column",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use outdial_domain::time::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::spec::{self, CampaignSpec};

    #[test]
    fn a_field_is_typed_where_its_whole_is() {
        assert_eq!(Step::of("calling_windows[1].start"), Some(Step::Rules));
        assert_eq!(Step::of("retry.backoff_seconds[0]"), Some(Step::Rules));
        assert_eq!(Step::of("name"), Some(Step::Info));
        assert_eq!(Step::of("name_column_2"), Some(Step::Audience));
        for nowhere in ["go", "made.of", "names", ""] {
            assert_eq!(Step::of(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn everything_that_a_campaign_can_be_told_has_its_step_but_for_what_is_left_as_it_usually_is() {
        let id = "0197fa10-0000-7000-8000-000000000001";
        let campaign = json!({
            "name": "July", "type": "custom", "line_id": id, "voice_profile_id": id, "holiday_calendar_ids": [id],
            "suppression_list_ids": [id], "law_presets": ["us-tcpa"], "circuit_breaker": {"failure_rate": 0.5},
            "contact_caps": [{"max_attempts": 1, "per_hours": 24}],
            "fallback_window": {"days": ["mon"], "start": "09:00", "end": "10:00"},
        });
        let judged = spec::judge(&campaign, Timestamp::default()).expect("it is sound");
        let whole = json!(CampaignSpec::of(&judged.settings));
        let fields = [&campaign, &whole].map(|json| json.as_object().expect("an object").keys());
        let no_step: BTreeSet<&str> = fields
            .into_iter()
            .flatten()
            .filter(|field| Step::of(field).is_none())
            .map(String::as_str)
            .collect();
        let usual = ["ring_timeout_seconds", "unknown", "watchdog_seconds"];
        assert_eq!(no_step, usual.into());
    }

    #[test]
    fn steps_follow_each_other() {
        assert_eq!(Step::Info.before(), None);
        for pair in Step::ALL.windows(2) {
            assert_eq!(pair[0].behind(), pair[1]);
            assert_eq!(pair[1].before(), Some(pair[0]));
            assert_eq!(Step::named(pair[0].word()), Some(pair[0]));
        }
    }
}
