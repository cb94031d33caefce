//! Keys of a telephone.

use crate::spec::fields::Fields;
use crate::spec::findings::Findings;
use crate::spec::quoted;

/// Whether a text is keys and nothing else.
pub(super) fn are_keys(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || c == '*' || c == '#')
}

/// The key in the field `finish_on_key`; `""` is none.
pub(super) fn finish_on_key(
    fields: &Fields<'_>,
    default: Option<char>,
    findings: &mut Findings,
) -> Option<char> {
    let name = "finish_on_key";
    let Some(text) = fields.text(name, findings) else {
        return default;
    };
    if text.chars().count() > 1 || !are_keys(text) {
        let message = format!(
            "`{}` is not a key: write one of 0 to 9, * and #, or \"\" for none",
            quoted::shortened(text)
        );
        findings.refuse_value(fields.at(name), &text.into(), message);
    }
    text.chars().next()
}
