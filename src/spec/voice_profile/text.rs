//! Texts, names and addresses of a voice profile.

use actix_web::http::Uri;

use crate::spec::fields::Fields;
use crate::spec::findings::Findings;
use crate::spec::quoted;
use crate::voice;

/// The longest address that is kept.
const LONGEST_URL: usize = 2000;
const LONGEST_NAME: usize = 40;

/// A text that is filled in for each contact; `None` where it is blank.
pub(super) fn template(fields: &Fields<'_>, name: &str, findings: &mut Findings) -> Option<String> {
    let text = fields.text(name, findings)?.trim();
    check(text, fields.at(name), findings);
    (!text.is_empty()).then(|| text.to_owned())
}

/// Refuses a text that is no template.
pub(super) fn check(text: &str, at: String, findings: &mut Findings) {
    if let Err(message) = voice::check(text) {
        findings.refuse_value(at, &text.into(), message);
    }
}

/// The name under which an answer is kept.
pub(super) fn answer_name(fields: &Fields<'_>, findings: &mut Findings) -> String {
    let at = fields.at("name");
    if fields.get("name").is_none() {
        findings.refuse(at, "is required: the name under which the answer is kept");
        return String::new();
    }
    let name = fields.text("name", findings).unwrap_or("unnamed");
    if !is_name(name, "_") {
        let message = format!(
            "`{}` cannot name an answer: write 1 to {LONGEST_NAME} of the letters a to z, digits and _",
            quoted::shortened(name)
        );
        findings.refuse_value(at, &name.into(), message);
    }
    name.to_owned()
}

/// Whether a text is 1 to 40 small letters, digits and such other signs.
pub(super) fn is_name(text: &str, signs: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || signs.contains(c);
    (1..=LONGEST_NAME).contains(&text.len()) && text.chars().all(is_letter)
}

/// An address that begins with one of these schemes, and names a host.
pub(super) fn url(fields: &Fields<'_>, name: &str, schemes: &[&str], findings: &mut Findings) -> String {
    let Some(text) = fields.text(name, findings).map(str::trim) else {
        return String::new();
    };
    let is_good = |uri: &Uri| {
        uri.host().is_some_and(|host| !host.is_empty())
            && uri.scheme_str().is_some_and(|scheme| schemes.contains(&scheme))
    };
    if text.len() > LONGEST_URL || !text.parse::<Uri>().is_ok_and(|uri| is_good(&uri)) {
        let beginnings: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://…")).collect();
        let beginnings: Vec<&str> = beginnings.iter().map(String::as_str).collect();
        let message = format!(
            "`{}` is not an address that can be used: write {} with at most {LONGEST_URL} characters",
            quoted::shortened(text),
            quoted::either(&beginnings)
        );
        findings.refuse_value(fields.at(name), &text.into(), message);
    }
    text.to_owned()
}
