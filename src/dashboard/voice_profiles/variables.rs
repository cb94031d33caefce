//! What of a contact a profile's texts speak of, so that it can be typed for a sample.

use std::collections::BTreeSet;

use minijinja::Environment;

use super::Profile;

/// What a contact has by itself; everything else is custom data.
const OWN: [&str; 7] = [
    "phone_number",
    "name",
    "first_name",
    "email",
    "timezone",
    "person_id",
    "campaign",
];

/// What of a contact's custom data the texts name: `doctor`, `visit.day`.
pub(super) fn custom(profile: &Profile) -> Vec<String> {
    let own = [&profile.greeting, &profile.voicemail, &profile.agent_prompt];
    let own = own.into_iter().flatten().map(String::as_str);
    let steps = profile.script.iter().flat_map(|step| step.texts());
    custom_in(own.chain([profile.fallback.as_str()]).chain(steps))
}

fn custom_in<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let environment = Environment::empty();
    let mut found = BTreeSet::new();
    for text in texts {
        // A text that is no template was not accepted either.
        let Ok(template) = environment.template_from_str(text) else {
            continue;
        };
        for name in template.undeclared_variables(true) {
            let name = name.strip_prefix("contact.").unwrap_or(&name);
            let first = name.split('.').next().unwrap_or_default();
            if first != "contact" && !OWN.contains(&first) {
                found.insert(name.to_owned());
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_data_is_found_in_texts_and_a_contacts_own_fields_are_not() {
        let texts = [
            "Hello {{ first_name | default('there') }}, {{ doctor }} of {{ campaign.name }}",
            "{% if vip %}{{ contact.visit.day }}{% endif %}{{ contact.name }}",
            "{% for pet in pets %}{{ pet }}{% endfor %}",
            "no {{ template",
        ];
        assert_eq!(
            custom_in(texts.into_iter()),
            ["doctor", "pets", "vip", "visit.day"]
        );
    }
}
