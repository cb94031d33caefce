//! What the campaign's JSON can say, and this version cannot do. To ignore it silently would be dangerous, so it
//! is refused.

use super::fields::Fields;
use super::findings::Findings;
use super::quoted;

const DIRECTIONS: [&str; 3] = ["outbound", "inbound", "hybrid"];
/// Every channel that a campaign can name.
pub(crate) const CHANNELS: [&str; 5] = ["voice", "sms", "whatsapp", "email", "multi"];

/// Refuses whatever asks for something that this version cannot do.
pub(super) fn refuse(campaign: &Fields<'_>, findings: &mut Findings) {
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
