//! Figures as people read them.

/// A count, with a thin space between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    shown
}

/// A count with what is counted, in the singular where it is one.
pub(super) fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// A part in whole percent, rounded; but never 100 before all is done, and never 0 once something is.
pub(super) fn percent(part: u64, whole: u64) -> u64 {
    match (part, whole) {
        (0, _) | (_, 0) => 0,
        (part, whole) if part >= whole => 100,
        (part, whole) => {
            let (part, whole) = (u128::from(part), u128::from(whole));
            ((200 * part + whole) / (2 * whole)).clamp(1, 99) as u64
        }
    }
}

/// A figure in percent, to one decimal; a dash where there is none.
pub(super) fn rate(percent: Option<f64>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent:.1} %"))
}

/// A length of time, in its two largest units: `3 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let parts = |large: u64, unit: &str, small: u64, under: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {under}"),
    };
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => parts(whole / 60, "min", whole % 60, "s"),
        3_600..86_400 => parts(whole / 3_600, "h", whole % 3_600 / 60, "min"),
        _ => parts(whole / 86_400, "d", whole % 86_400 / 3_600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000_000), "1\u{202f}000\u{202f}000");
        assert_eq!(counted(1, "contact", "contacts"), "1 contact");
    }

    #[test]
    fn percents_say_nothing_and_everything_only_where_it_is_so() {
        assert_eq!((percent(0, 0), percent(0, 9), percent(9, 9)), (0, 0, 100));
        assert_eq!((percent(1, 1_000_000), percent(999_999, 1_000_000)), (1, 99));
        assert_eq!((percent(248, 394), percent(1, 2), percent(1, 3)), (63, 50, 33));
    }

    #[test]
    fn durations_are_told_in_two_units() {
        assert_eq!(duration(3.4), "3 s");
        assert_eq!(duration(250.0), "4 min 10 s");
        assert_eq!(duration(7_500.0), "2 h 5 min");
        assert_eq!(duration(86_400.0), "1 d");
    }
}
