//! A law preset as the API shows it.

use outdial_domain::law::Preset;
use schemars::JsonSchema;
use serde::Serialize;

use super::text;
use crate::spec::ContactCapSpec;

/// A calling law that a campaign can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LawPresetView {
    /// What campaigns call it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The day from which its figures have been law, as `YYYY-MM-DD`.
    pub since: String,
    /// Where to read it.
    pub source: &'static str,
    /// The hours of every day that it allows; `null`: it names none.
    pub hours: Option<DailyHoursView>,
    /// How often it allows a person to be tried.
    pub contact_caps: Vec<ContactCapSpec>,
    /// For how many days it demands peace after a conversation.
    pub days_after_conversation: Option<u32>,
}

/// Hours of every day, by the clock of whoever is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DailyHoursView {
    /// `HH:MM`: open from here on.
    pub start: String,
    /// `HH:MM`: closed from here on.
    pub end: String,
}

/// Shows a law preset.
pub fn law_preset_view(preset: &Preset) -> LawPresetView {
    LawPresetView {
        id: preset.id,
        name: preset.name,
        since: preset.since.to_string(),
        source: preset.source,
        hours: preset.hours.map(|hours| DailyHoursView {
            start: text::time_of_day(hours.start),
            end: text::time_of_day(hours.end),
        }),
        contact_caps: preset.caps.iter().copied().map(Into::into).collect(),
        days_after_conversation: preset.days_after_conversation,
    }
}
