use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + millis)
}

/// What a thread does to a line: how late it looks, and after how long a permit's start goes out; `None`: never.
#[derive(Debug, Clone)]
struct Turn {
    late: i64,
    start_after: Option<i64>,
}

fn turns(late: std::ops::Range<i64>, start_after: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Turn>> {
    let turn = (late, prop::option::weighted(0.95, start_after))
        .prop_map(|(late, start_after)| Turn { late, start_after });
    prop::collection::vec(turn, 200..400)
}

/// When starts happen, one permit after the other, as a line hands them out.
fn starts(per_second: f64, turns: &[Turn]) -> Vec<i64> {
    let mut schedule = Schedule::default();
    let (mut now, mut out, mut starts): (i64, Vec<i64>, Vec<i64>) = (0, Vec::new(), Vec::new());
    let mut go_out = |schedule: &mut Schedule, out: &mut Vec<i64>, until: i64| {
        out.sort_unstable();
        let due = out.partition_point(|start| *start <= until);
        for start in out.drain(..due) {
            schedule.started(at(start));
            starts.push(start);
        }
    };
    for turn in turns {
        loop {
            let wait = schedule.wait(at(now), per_second).0;
            if wait == 0 {
                break;
            }
            // Whatever starts meanwhile is told of, and may be waited for as well.
            let next = out
                .iter()
                .min()
                .map_or(now + wait, |start| (*start).min(now + wait));
            now = next.max(now + 1);
            go_out(&mut schedule, &mut out, now);
        }
        now += turn.late;
        go_out(&mut schedule, &mut out, now);
        if schedule.wait(at(now), per_second) > Millis(0) {
            continue;
        }
        schedule.permit(at(now), per_second);
        match turn.start_after {
            Some(after) => out.push(now + after),
            None => schedule.give_back(per_second),
        }
    }
    go_out(&mut schedule, &mut out, i64::MAX / 2);
    starts
}

fn most_within(starts: &[i64], span: i64) -> usize {
    let within = |n: usize| starts[n..].partition_point(|start| *start < starts[n] + span);
    (0..starts.len()).map(within).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_second_has_more_starts_than_the_line_allows_however_late_threads_and_disks_are(
        per_second in prop::sample::select(vec![0.5, 1.0, 1.5, 3.0, 10.0, 50.0, 200.0, 5_000.0]),
        turns in turns(0..300, 0..1_500),
    ) {
        let starts = starts(per_second, &turns);
        let (most, span) = window(per_second);
        prop_assert!(span.0 > 1000);
        prop_assert!(most_within(&starts, span.0) <= most);
    }

    #[test]
    fn a_line_whose_threads_are_a_little_late_keeps_its_rate(
        per_second in prop::sample::select(vec![1.0, 10.0, 50.0, 200.0]),
        turns in turns(0..4, 1..6),
    ) {
        let starts = starts(per_second, &turns);
        let seconds = (starts[starts.len() - 1] - starts[0]) as f64 / 1000.0;
        let rate = (starts.len() - 1) as f64 / seconds;
        prop_assert!(rate >= 0.98 * per_second, "{rate} of {per_second}");
    }
}

#[test]
fn a_line_saves_nothing_up() {
    let mut schedule = Schedule::default();
    schedule.permit(at(0), 10.0);
    schedule.started(at(0));
    schedule.permit(at(60_000), 10.0);
    assert_eq!(schedule.wait(at(60_000), 10.0), Millis(100));
}

#[test]
fn a_start_that_comes_late_does_not_move_the_next() {
    let mut schedule = Schedule::default();
    schedule.permit(at(0), 10.0);
    schedule.permit(at(130), 10.0);
    assert_eq!(
        schedule.wait(at(130), 10.0),
        Millis(71),
        "its slot, a little over 200"
    );
}

#[test]
fn a_permit_of_which_nothing_is_heard_holds_the_line_for_a_while_and_no_longer() {
    let mut schedule = Schedule::default();
    schedule.permit(at(0), 1.0);
    assert_eq!(schedule.wait(at(1_500), 1.0), Millis(3_500));
    schedule.permit(at(5_000), 1.0);
    schedule.started(at(5_010));
    assert_eq!(schedule.wait(at(5_500), 1.0), Millis(511));
}

#[test]
fn a_permit_that_is_lost_counts_no_more() {
    let mut schedule = Schedule::default();
    schedule.permit(at(0), 1.0);
    schedule.lose();
    assert_eq!(schedule.wait(at(0), 1.0), Millis(1_008));
}

#[test]
fn a_clock_that_is_set_back_delays_the_next_start_by_no_more_than_one() {
    let mut schedule = Schedule::default();
    schedule.permit(at(3_600_000), 1.0);
    schedule.started(at(3_600_000));
    schedule.follow_clock(at(0), 1.0);
    assert_eq!(schedule.wait(at(0), 1.0), Millis(1_008));
}
