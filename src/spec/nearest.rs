//! Which known name somebody meant who wrote an unknown one.

/// Names longer than this are nobody's slip.
const LONGEST: usize = 40;

/// The known name closest to `name`, if one is close: the same but for case and separators, a
/// part of the other, or a few letters away.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let wanted = letters(name);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let distance = |candidate: &str| {
        let candidate = letters(candidate);
        let edits = edits(&wanted, &candidate);
        let holds = |long: &[char], short: &[char]| {
            short.len() >= 4 && long.windows(short.len()).any(|part| part == short)
        };
        if edits <= wanted.len().max(candidate.len()) / 3 {
            Some(edits)
        } else if holds(&candidate, &wanted) || holds(&wanted, &candidate) {
            Some(LONGEST + edits)
        } else {
            None
        }
    };
    let close = known.iter().filter_map(|name| Some((distance(name)?, *name)));
    close.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

fn letters(name: &str) -> Vec<char> {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).take(LONGEST + 1).collect()
}

/// Letters to be inserted, removed or replaced to make one name of the other.
fn edits(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] = [
        "name",
        "max_concurrent",
        "per_minute",
        "phone_number",
        "calling_windows",
        "retry",
    ];

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        for (written, meant) in [
            ("max_concurent", "max_concurrent"),
            ("maxConcurrent", "max_concurrent"),
            ("per-minute", "per_minute"),
            ("phone", "phone_number"),
            ("windows", "calling_windows"),
            ("retrys", "retry"),
            ("Name", "name"),
        ] {
            assert_eq!(nearest(written, &KNOWN), Some(meant), "{written}");
        }
    }

    #[test]
    fn what_resembles_nothing_finds_nothing() {
        for written in ["", "colour", "x", "_", &"n".repeat(5000)] {
            assert_eq!(nearest(written, &KNOWN), None, "{written}");
        }
    }
}
