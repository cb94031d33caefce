//! Scans: in order, at most so many, from the start of a range to before its end.

use outdial_storage::keys;

use crate::rows::{key, keys_of, puts};
use crate::stores::Subject;

over_every_store!(
    a_scan_is_in_the_order_of_the_keys,
    a_scan_holds_the_start_of_its_range_and_not_its_end,
    a_scan_stops_at_its_limit,
    a_scan_back_is_a_scan_reversed,
    a_scan_back_gives_the_last_rows_first,
    an_empty_range_has_no_rows,
    a_range_that_ends_before_it_starts_has_no_rows,
    pages_behind_the_last_key_meet_every_row_once,
);

fn with_six(subject: &Subject) {
    subject.save(puts(&[
        ("b", "2"),
        ("ba", "3"),
        ("a", "1"),
        ("d", "6"),
        ("c", "5"),
        ("bb", "4"),
    ]));
}

fn scanned(subject: &Subject, from: &str, to: &str, limit: usize) -> Vec<String> {
    let rows = subject.store().scan(key(from)..key(to), limit).unwrap();
    keys_of(&rows).into_iter().map(str::to_owned).collect()
}

fn scanned_back(subject: &Subject, from: &str, to: &str, limit: usize) -> Vec<String> {
    let rows = subject.store().scan_back(key(from)..key(to), limit).unwrap();
    keys_of(&rows).into_iter().map(str::to_owned).collect()
}

fn a_scan_is_in_the_order_of_the_keys(subject: &mut Subject) {
    with_six(subject);
    assert_eq!(scanned(subject, "a", "z", 10), ["a", "b", "ba", "bb", "c", "d"]);
}

fn a_scan_holds_the_start_of_its_range_and_not_its_end(subject: &mut Subject) {
    with_six(subject);
    assert_eq!(scanned(subject, "b", "c", 10), ["b", "ba", "bb"]);
    assert_eq!(scanned_back(subject, "b", "c", 10), ["bb", "ba", "b"]);
    assert_eq!(scanned(subject, "aa", "bb", 10), ["b", "ba"]);
    assert_eq!(scanned_back(subject, "aa", "bb", 10), ["ba", "b"]);
}

fn a_scan_stops_at_its_limit(subject: &mut Subject) {
    with_six(subject);
    assert_eq!(scanned(subject, "a", "z", 2), ["a", "b"]);
    assert_eq!(scanned(subject, "a", "z", 0), Vec::<String>::new());
    assert_eq!(scanned_back(subject, "a", "z", 0), Vec::<String>::new());
}

fn a_scan_back_is_a_scan_reversed(subject: &mut Subject) {
    with_six(subject);
    let mut back = scanned_back(subject, "a", "z", 10);
    back.reverse();
    assert_eq!(back, scanned(subject, "a", "z", 10));
}

fn a_scan_back_gives_the_last_rows_first(subject: &mut Subject) {
    with_six(subject);
    assert_eq!(scanned_back(subject, "a", "z", 3), ["d", "c", "bb"]);
}

fn an_empty_range_has_no_rows(subject: &mut Subject) {
    with_six(subject);
    assert_eq!(scanned(subject, "b", "b", 10), Vec::<String>::new());
    assert_eq!(scanned_back(subject, "b", "b", 10), Vec::<String>::new());
    assert_eq!(scanned(subject, "e", "z", 10), Vec::<String>::new());
    assert_eq!(scanned_back(subject, "e", "z", 10), Vec::<String>::new());
}

fn a_range_that_ends_before_it_starts_has_no_rows(subject: &mut Subject) {
    with_six(subject);
    assert_eq!(scanned(subject, "d", "a", 10), Vec::<String>::new());
    assert_eq!(scanned_back(subject, "d", "a", 10), Vec::<String>::new());
}

fn pages_behind_the_last_key_meet_every_row_once(subject: &mut Subject) {
    with_six(subject);
    let mut met = Vec::new();
    let mut range = key("a")..key("z");
    loop {
        let page = subject.store().scan(range.clone(), 4).unwrap();
        let Some((last, _)) = page.last() else { break };
        range = keys::after(range, last.clone());
        met.extend(keys_of(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(met, ["a", "b", "ba", "bb", "c", "d"]);
}
