//! Fields that the campaign's JSON has, and that this version does nothing about. To ignore one
//! silently would be dangerous, a rule of compliance above all, so only its being empty is accepted.

use serde_json::Value;

use super::fields::Fields;
use super::findings::Findings;
use super::quoted;

/// The fields of a campaign that may only be empty.
pub(super) const FIELDS: [&str; 5] = [
    "missed_start",
    "holiday_calendar_ids",
    "contact_caps",
    "law_presets",
    "audience",
];

const DIRECTIONS: [&str; 3] = ["outbound", "inbound", "hybrid"];
/// Every channel that a campaign can name.
pub(crate) const CHANNELS: [&str; 5] = ["voice", "sms", "whatsapp", "email", "multi"];

/// Refuses whatever asks for something that this version cannot do.
pub(super) fn refuse(campaign: &Fields<'_>, findings: &mut Findings) {
    for name in FIELDS {
        let Some(value) = campaign.get(name) else { continue };
        if !matches!(value, Value::Array(entries) if entries.is_empty()) {
            let message = "is not supported by this version yet; leave it out";
            findings.refuse_value(campaign.at(name), value, message);
        }
    }
    only_first_word(campaign, "direction", &DIRECTIONS, findings);
    only_first_word(campaign, "channel", &CHANNELS, findings);
}

fn only_first_word(campaign: &Fields<'_>, name: &str, words: &[&str], findings: &mut Findings) {
    let Some(value) = campaign.get(name) else { return };
    let message = match value.as_str() {
        Some(word) if word == words[0] => return,
        Some(word) if words.contains(&word) => {
            format!(
                "`{word}` is not supported by this version yet: write {}",
                words[0]
            )
        }
        _ => format!("must be {}, not {}", quoted::either(words), quoted::json(value)),
    };
    findings.refuse_value(campaign.at(name), value, message);
}
