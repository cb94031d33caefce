//! A campaign that recurs, over days.

use outdial_domain::recurrence::Recurrence;

use super::*;

fn hourly(_: Timestamp) -> Schedule {
    let recurrence = Recurrence::parse("0 * * * *", chrono_tz::Tz::UTC).unwrap();
    Schedule::Recurring {
        recurrence: Box::new(recurrence),
        end_at: None,
    }
}

#[test]
fn a_campaign_that_recurs_calls_everybody_at_each_start_and_sleeps_in_between() {
    play(async {
        let stage = Stage::new(hourly).await;
        stage.add_and_start(3).await;
        assert_eq!(stage.progress().status, Status::Scheduled);
        for run in 1..=3 {
            pass(600).await;
            let runs = read::runs(stage.store.as_ref(), CAMPAIGN).unwrap().unwrap();
            let next = runs.next_start.unwrap();
            assert_eq!(
                stage.rest(),
                Rest::Asleep(Some(next)),
                "run {run} is slept towards"
            );
            let wait = (next - stage.clock.now()).0 as u64;
            tokio::time::sleep(Duration::from_millis(wait - 1)).await;
            assert_eq!(stage.asked(), 3 * (run - 1));
            pass(2).await;
            assert_eq!(stage.asked(), 3 * run, "everybody is called in run {run}");
            assert_eq!(stage.progress().run, run as u32);
            stage.report_all().await;
            let progress = stage.progress();
            assert_eq!(
                (progress.status, progress.run),
                (Status::Scheduled, run as u32 + 1)
            );
            assert_eq!((progress.counters.pending, progress.counters.completed), (3, 0));
        }
        let runs = read::runs(stage.store.as_ref(), CAMPAIGN).unwrap().unwrap();
        assert_eq!((runs.earlier.completed, runs.earlier.attempts), (9, 9));
        let differences = outdial_storage::audit::differences(stage.store.as_ref(), CAMPAIGN).unwrap();
        assert!(differences.is_empty(), "{differences:?}");
    });
}
