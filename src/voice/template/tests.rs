use super::*;

fn refused(text: &str) -> String {
    check(text).expect_err(text)
}

#[test]
fn what_a_caller_says_is_allowed() {
    for text in [
        "",
        "Good morning!",
        "Hello {{ first_name | default('there') }}, 100 % of {{ contact[\"Order No\"] }} {# a remark #}",
        "{% if order is defined and order > 3 %}many{% elif vip %}few{% else %}none{% endif %}",
        "{% for item in contact.items[:3] %}{{ loop.index }}: {{ item.name | upper }}, {% endfor %}",
        "{% raw %}{{ not this }}{% endraw %}",
        "{{ 'a' ~ b if c else d | round(1) + 2 - 3 }}",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn a_slip_is_quoted_with_its_place() {
    for (text, message) in [
        (
            "Hello {{ name | shout }}",
            "there is no filter `shout`: there are abs, ",
        ),
        ("Hello {{ name | shout }}", "(at character 17: `shout`)"),
        (
            "Hello {{ name is big }}",
            "there is no test `big`: there are defined, ",
        ),
        (
            "Käse\n{{ a }} {{ name | shout }}",
            "(at line 2, character 19: `shout`)",
        ),
        ("Hello {{ name", "(at character "),
        ("Hello {{ first name }}", "`name`)"),
        ("{% if a %}yes", "unexpected end of input"),
        ("{% endif %}", "`endif`"),
    ] {
        let refused = refused(text);
        assert!(refused.contains(message), "{text}: {refused}");
    }
}

#[test]
fn nothing_is_read_remembered_or_called() {
    for (text, message) in [
        ("{% include 'secret.key' %}", "include"),
        ("{% import 'a' as b %}", "import"),
        ("{% extends 'a' %}", "extends"),
        ("{% macro a() %}{% endmacro %}", "macro"),
        ("{% set a = 1 %}", "`set` cannot be used: only if and for can"),
        ("{% set a %}b{% endset %}", "`set` cannot be used"),
        ("{% with a = 1 %}{% endwith %}", "`with` cannot be used"),
        ("{% filter upper %}a{% endfilter %}", "`filter` cannot be used"),
        (
            "{% autoescape true %}a{% endautoescape %}",
            "`autoescape` cannot be used",
        ),
        ("{% do a() %}", "`do` cannot be used"),
        (
            "{{ range(10) }}",
            "there are no functions to call (at character 4: `range(10)`)",
        ),
        ("{{ name.upper() }}", "there are no functions to call"),
        ("{{ debug() }}", "there are no functions to call"),
        (
            "{% if a %}{{ namespace() }}{% endif %}",
            "there are no functions to call",
        ),
        (
            "{{ name | default(dict(a=1)) }}",
            "there are no functions to call",
        ),
    ] {
        let refused = refused(text);
        assert!(refused.contains(message), "{text}: {refused}");
    }
}

#[test]
fn no_text_can_be_made_twice_of_itself() {
    for text in [
        "{{ name * 1000 }}",
        "{{ 'a' * 1000 }}",
        "{{ 2 ** 100 }}",
        "{% for a in [name ~ name] %}{{ a }}{% endfor %}",
        "{% for a in name | upper %}{{ a }}{% endfor %}",
        "{% for a in b recursive %}{{ loop(a) }}{% endfor %}",
        "{{ name | indent(1000) }}",
        "{{ '%9999d' | format(1) }}",
    ] {
        refused(text);
    }
}

#[test]
fn depth_and_length_have_their_bounds() {
    let nested = |depth: usize| format!("{{{{ a{} }}}}", ".b".repeat(depth));
    assert_eq!(check(&nested(50)), Ok(()));
    assert!(refused(&nested(150)).contains("is nested more than 100 deep"));
    let blocks = "{% if a %}".repeat(120) + &"{% endif %}".repeat(120);
    refused(&blocks);
    assert_eq!(check(&"ä".repeat(4000)), Ok(()));
    assert_eq!(
        refused(&"ä".repeat(4001)),
        "must be at most 4000 characters, not 4001"
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_check_panic(pieces in proptest::collection::vec(piece(), 0..20)) {
        let _ = check(&pieces.concat());
    }
}

fn piece() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;

    let telling = "{{;}};{%;%};{#;#};{%-;-%}; if ; for a in b ; endif ; endfor ; else ; set ;a;.b;[1:];| upper;is defined;(;);';\";~;*;é;\n";
    let telling = prop::sample::select(telling.split(';').map(str::to_owned).collect::<Vec<_>>());
    prop_oneof![9 => telling, 1 => any::<char>().prop_map(String::from)]
}
