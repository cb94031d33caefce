//! How patterns are read and refused.

use super::*;

fn refusal(pattern: &str) -> String {
    Recurrence::parse(pattern, Tz::UTC).unwrap_err().to_string()
}

/// Whether two patterns are made the same thing of.
fn means(pattern: &str, same: &str) {
    let expressions = |text| pattern::expressions(text).unwrap();
    let (one, other) = (expressions(pattern), expressions(same));
    assert_eq!(one, other, "`{pattern}` and `{same}`");
}

#[test]
fn names_stand_for_numbers_in_any_case_and_in_ranges() {
    means("0 0 * JAN *", "0 0 * 1 *");
    means("0 0 * jan-Mar,dec *", "0 0 * 1-3,12 *");
    means("0 0 * * MON-FRI", "0 0 * * 1-5");
    means("0 0 * * sat", "0 0 * * 6");
    means("0 0 * * FRI-SUN", "0 0 * * 5-7");
    means("0 0 * * SUN-TUE", "0 0 * * 0-2");
    means("0 0 * * SUN-SUN", "0 0 * * 0");
}

#[test]
fn lists_ranges_and_steps_name_what_they_do_in_posix_and_in_vixies_cron() {
    means("*/15 * * * *", "0,15,30,45 * * * *");
    means("5-20/5 * * * *", "5,10,15,20 * * * *");
    means("0 9-17/4,20 * * *", "0 9,13,17,20 * * *");
    means("0 0 * * */2", "0 0 * * 0,2,4,6");
    means("0 0 * * 1-7/2", "0 0 * * 1,3,5,0");
    means("05 09 01 07 *", "5 9 1 7 *");
    means("  0\t9  * * * ", "0 9 * * *");
}

#[test]
fn a_pattern_is_kept_with_single_spaces() {
    let recurrence = Recurrence::parse(" 0\t9  * *  MON ", Tz::Asia__Kathmandu).unwrap();
    assert_eq!(recurrence.pattern(), "0 9 * * MON");
    assert_eq!(recurrence.zone(), Tz::Asia__Kathmandu);
}

#[test]
fn another_number_of_fields_is_refused_with_the_five_named() {
    for (pattern, count) in [
        ("", 0),
        ("0 9 * *", 4),
        ("0 0 9 * * 1-5", 6),
        ("0 0 9 * * 1 2026", 7),
    ] {
        let error = refusal(pattern);
        assert!(
            error.starts_with(&format!("`{pattern}` has {count} fields")),
            "{error}"
        );
        assert!(
            error.contains("minute hour day-of-month month day-of-week"),
            "{error}"
        );
    }
}

#[test]
fn a_nickname_is_refused_with_its_five_fields() {
    assert!(refusal("@daily").contains("`0 0 * * *`"));
    assert!(refusal("@Weekly").contains("`0 0 * * 0`"));
    assert!(refusal("@reboot").contains("`0 9 * * 1-5`"));
}

#[test]
fn a_number_out_of_bounds_is_refused_with_its_field_and_the_bounds() {
    for (pattern, wrong, right) in [
        ("60 * * * *", "minute `60`", "from 0 to 59"),
        ("* 24 * * *", "hour `24`", "from 0 to 23"),
        ("* * 0 * *", "day-of-month `0`", "from 1 to 31"),
        ("* * 32 * *", "day-of-month `32`", "from 1 to 31"),
        (
            "* * * 13 *",
            "month `13`",
            "from 1 to 12 or a name from JAN to DEC",
        ),
        (
            "* * * * 8",
            "day-of-week `8`",
            "from 0 to 7 or a name from SUN to SAT",
        ),
        ("* 9-24 * * *", "hour `9-24`", "`24` is not a number from 0 to 23"),
        ("* * * * 1,8", "day-of-week `8`", "from 0 to 7"),
    ] {
        let error = refusal(pattern);
        assert!(error.starts_with(wrong) && error.contains(right), "{error}");
    }
}

#[test]
fn what_is_no_number_is_refused_with_the_field_named() {
    for (pattern, field) in [
        ("x * * * *", "minute `x`"),
        ("* ? * * *", "hour `?`"),
        ("* * L * *", "day-of-month `L`"),
        ("* * 15W * *", "day-of-month `15W`"),
        ("* * * MAYBE *", "month `MAYBE`"),
        ("* * * * MONDAY", "day-of-week `MONDAY`"),
        ("* * * * 5#2", "day-of-week `5#2`"),
        ("MON * * * *", "minute `MON`"),
        ("-1 * * * *", "minute `-1`"),
        ("+1 * * * *", "minute `+1`"),
        ("١ * * * *", "minute `١`"),
        ("1,,2 * * * *", "minute ``"),
        ("1-2-3 * * * *", "minute `1-2-3`"),
        ("99999999999 * * * *", "minute `99999999999`"),
        ("1- * * * *", "minute `1-`"),
    ] {
        let error = refusal(pattern);
        assert!(
            error.starts_with(field) && error.contains("is not a number from"),
            "{error}"
        );
    }
}

#[test]
fn a_range_that_runs_backwards_is_refused_with_one_that_does_not() {
    assert!(refusal("0 22-5 * * *").contains("`22-23,0-5`"));
    assert!(refusal("0 0 * * FRI-TUE").contains("`5-6,0-2`"));
    means("0 22-23,0-5 * * *", "0 0-5,22,23 * * *");
}

#[test]
fn a_step_that_steps_over_nothing_or_from_no_range_is_refused() {
    for step in ["0", "60", "x", "", "-1", "1/2"] {
        let error = refusal(&format!("*/{step} * * * *"));
        assert!(
            error.contains(&format!("the step `{step}` is not a number from 1 to 59")),
            "{error}"
        );
    }
    assert!(refusal("5/15 * * * *").contains("`5-59/15`"));
    assert!(refusal("* * * * 1/2").contains("`1-6/2`"));
}

#[test]
fn a_star_within_a_list_is_refused_and_one_with_a_step_is_not() {
    assert!(refusal("*,5 * * * *").contains("`*` stands alone"));
    means("*/30,5 * * * *", "0,5,30 * * * *");
}

#[test]
fn a_day_that_no_month_has_is_refused() {
    for pattern in [
        "0 0 31 2 *",
        "0 0 30 2 *",
        "0 0 31 4,6,9,11 *",
        "0 0 30,31 FEB */2",
    ] {
        let error = refusal(pattern);
        assert!(
            error.starts_with(&format!("`{pattern}` never matches")),
            "{error}"
        );
    }
    for pattern in ["0 0 29 2 *", "0 0 31 4,5 *", "0 0 31 2 1"] {
        assert!(Recurrence::parse(pattern, Tz::UTC).is_ok(), "{pattern}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(pattern in "[0-9*/,A-Za-z@#? -]{0,40}|.{0,40}") {
        if let Ok(recurrence) = Recurrence::parse(&pattern, Tz::Europe__Dublin) {
            proptest::prop_assert!(recurrence.next_after(Timestamp::from_millis(0)).is_some());
        }
    }

    #[test]
    fn five_fields_in_any_combination_break_nothing(
        fields in proptest::collection::vec("[0-9]{1,2}|\\*|\\*/[0-9]{1,2}|[0-9]-[0-9]{1,2}|[0-9],[0-9]{1,2}", 5)
    ) {
        if let Ok(recurrence) = Recurrence::parse(&fields.join(" "), Tz::America__Sao_Paulo) {
            proptest::prop_assert!(recurrence.next_after(Timestamp::from_millis(0)).is_some());
        }
    }
}
