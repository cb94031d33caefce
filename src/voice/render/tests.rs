use proptest::prelude::*;
use serde_json::json;

use super::*;

fn contact(custom_data: &Value) -> Contact {
    Contact {
        phone: "+12025550123".parse().expect("a number"),
        name: Some("Ada  King Lovelace".to_owned()),
        email: Some("ada@example.com".to_owned()),
        timezone: Some(chrono_tz::Europe::London),
        person_id: None,
        custom_data: custom_data.to_string(),
    }
}

fn fields(custom_data: &Value) -> ContactFields {
    ContactFields::of(&contact(custom_data), "July reminders")
}

fn rendered(text: &str, custom_data: &Value) -> String {
    render(text, &fields(custom_data)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str, custom_data: &Value) -> String {
    render(text, &fields(custom_data)).expect_err(text).to_string()
}

#[test]
fn a_text_is_filled_in_with_what_is_known_of_the_contact() {
    let custom = json!({"order": 17, "Due on": "Monday", "paid": true, "address": {"city": "Brno"}});
    for (text, expected) in [
        ("Hello {{ first_name }}!", "Hello Ada!"),
        ("{{ name }}", "Ada  King Lovelace"),
        (
            "{{ phone_number }} {{ email }} {{ timezone }}",
            "+12025550123 ada@example.com Europe/London",
        ),
        ("Order {{ order }} in {{ address.city }}", "Order 17 in Brno"),
        (
            "{{ contact[\"Due on\"] }}, {{ contact.first_name }}",
            "Monday, Ada",
        ),
        ("{{ campaign.name }}", "July reminders"),
        ("{{ \"paid\" if paid else \"open\" }}: {{ paid }}", "paid: true"),
        ("{{ name | replace(\"King \", \"\") | upper }}", "ADA  LOVELACE"),
        ("Tom & <Jerry>", "Tom & <Jerry>"),
    ] {
        assert_eq!(rendered(text, &custom), expected);
    }
}

#[test]
fn what_is_not_known_is_an_error_unless_something_stands_in_for_it() {
    let custom = json!({"note": null, "address": {"zip": null}});
    for text in [
        "{{ person_id }}",
        "{{ nmae }}",
        "{{ note }}",
        "{{ address.zip }}",
        "{{ contact.note }}",
        "{{ note | upper }}",
        "{{ note | join }}",
        "{{ note | replace('a', 'b') }}",
        "{% for a in note %}{% endfor %}",
        "{% if note %}{% endif %}",
        "a {{ note ~ 'b' }}",
    ] {
        let error = refused(text, &custom);
        assert!(error.contains("is not known of this contact"), "{text}: {error}");
        assert!(error.contains("default("), "{error}");
    }
    assert_eq!(
        refused("Dear {{ nmae }}", &custom),
        "is not known of this contact; write `| default(\"…\")` behind it for those of whom it is not (at character 9: `nmae`)"
    );
    for (text, expected) in [
        ("Hello {{ person_id | default(\"there\") }}", "Hello there"),
        ("{{ address.zip | default(\"no zip\") }}", "no zip"),
        ("{% if note is defined %}yes{% else %}no{% endif %}", "no"),
    ] {
        assert_eq!(rendered(text, &custom), expected);
    }
}

#[test]
fn the_contacts_own_fields_come_before_custom_data_of_that_name() {
    let custom = json!({
        "name": "Eve", "phone_number": "+1", "person_id": "P-1", "contact": "x", "campaign": {"name": "y"},
    });
    for (text, expected) in [
        (
            "{{ name }} {{ contact.name }}",
            "Ada  King Lovelace Ada  King Lovelace",
        ),
        ("{{ phone_number }}", "+12025550123"),
        ("{{ person_id }}", "P-1"),
        (
            "{{ contact.phone_number }} {{ contact.contact }}",
            "+12025550123 x",
        ),
        ("{{ campaign.name }}", "July reminders"),
    ] {
        assert_eq!(rendered(text, &custom), expected);
    }
    let nobody = Contact {
        name: None,
        custom_data: "not JSON".to_owned(),
        ..contact(&json!({}))
    };
    let fields = ContactFields::of(&nobody, "x");
    assert_eq!(
        render("{{ first_name | default(\"there\") }}", &fields),
        Ok("there".to_owned())
    );
}

#[test]
fn hostile_data_is_spoken_and_never_evaluated() {
    for hostile in [
        "{{ 7*7 }}",
        "{% for a in contact %}{{ a }}{% endfor %}",
        "{# #}",
        "{{ email }}",
        "</Say><Dial>900</Dial>",
    ] {
        let custom = json!({"note": hostile, "list": [hostile]});
        for text in [
            "{{ note }}",
            "{{ contact.note }}",
            "{{ note | default(\"x\") }}",
            "{{ list | join }}",
            "{% for entry in list %}{{ entry }}{% endfor %}",
        ] {
            assert_eq!(rendered(text, &custom), hostile);
        }
        let custom = json!({hostile: "x", "note": "y"});
        assert_eq!(rendered("{{ note }}", &custom), "y");
    }
}

#[test]
fn nothing_but_the_contact_and_the_campaigns_name_is_within_reach() {
    for name in [
        "range",
        "dict",
        "namespace",
        "debug",
        "loop",
        "self",
        "super",
        "env",
        "state",
        "cycler",
        "lipsum",
        "__class__",
        "id",
        "counters",
    ] {
        let error = refused(&format!("{{{{ {name} }}}}"), &json!({}));
        assert!(error.contains("is not known"), "{name}: {error}");
    }
    let error = refused("{{ campaign }}", &json!({}));
    assert!(error.contains("a map cannot be spoken"), "{error}");
    assert!(refused("{{ campaign.id }}", &json!({})).contains("is not known"));
}

#[test]
fn lists_are_spoken_entry_by_entry() {
    let custom = json!({"items": ["tea", "milk", null, 3], "rows": [{"n": 1}, {"n": 2}]});
    for (text, expected) in [
        (
            "{% for item in items[:2] %}{{ loop.index }} {{ item }}. {% endfor %}",
            "1 tea. 2 milk. ",
        ),
        ("{{ items[:2] | join(\" and \") }}", "tea and milk"),
        ("{% for row in rows if row.n > 1 %}{{ row.n }}{% endfor %}", "2"),
        ("{{ items | length }} {{ items | first | title }}", "4 Tea"),
        ("{{ items[2] }}", ""),
    ] {
        assert_eq!(rendered(text, &custom), expected);
    }
    let error = refused("{{ items }}", &custom);
    assert!(error.contains("a sequence cannot be spoken"), "{error}");
}

#[test]
fn a_text_that_grows_too_long_is_an_error_and_not_a_speech() {
    let custom = json!({"text": "é".repeat(2000), "list": vec!["x"; 1500]});
    assert_eq!(rendered("{{ text }}{{ text }}", &custom).chars().count(), 4000);
    for text in [
        "{{ text }}{{ text }}!",
        "{{ text ~ text ~ text }}",
        "{% for a in list %}{{ text }}{% endfor %}",
    ] {
        assert_eq!(
            refused(text, &custom),
            "would be more than 4000 characters once filled in"
        );
    }
    for text in ["{{ list | join(text) }}", "{{ text | replace(\"é\", text) }}"] {
        let error = refused(text, &custom);
        assert!(error.contains("would make more than 4000 characters"), "{error}");
    }
}

#[test]
fn a_text_that_takes_too_many_steps_is_an_error() {
    let custom = json!({"list": vec![1; 500]});
    let text = "{% for a in list %}{% for b in list %}{% if a > b %}x{% endif %}{% endfor %}{% endfor %}";
    assert_eq!(refused(text, &custom), "takes too long to fill in");
}

#[test]
fn every_filter_and_test_that_is_named_is_there() {
    for filter in filters::FILTERS {
        let text = format!("{{{{ email | {filter} }}}}");
        if let Err(error) = render(&text, &fields(&json!({}))) {
            assert!(!error.to_string().contains("unknown filter"), "{error}");
        }
    }
    for test in filters::TESTS {
        let text = format!("{{{{ email is {test} }}}}");
        if let Err(error) = render(&text, &fields(&json!({}))) {
            assert!(!error.to_string().contains("unknown test"), "{error}");
        }
    }
}

proptest! {
    #[test]
    fn whatever_a_contact_holds_is_put_in_as_it_is(value in any::<String>(), key in "[a-z]{1,8}") {
        let value: String = value.chars().take(1000).collect();
        let fields = fields(&json!({"k": {key.clone(): value.clone()}}));
        prop_assert_eq!(render(&format!("{{{{ k[\"{key}\"] }}}}"), &fields), Ok(value));
    }
}
