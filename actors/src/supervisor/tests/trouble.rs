//! What the world does to a running service: its carrier is gone for an hour, its clock is set, dialling is held.

use super::*;

impl Stage {
    async fn line_health(&self) -> LineHealth {
        let (reply, answer) = oneshot::channel();
        self.supervisor.do_send(ToSupervisor::LineHealth(LINE, reply));
        answer.await.unwrap().unwrap()
    }

    fn set_clock_by(&self, seconds: i64) {
        self.clock.1.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

#[test]
fn a_carrier_that_is_gone_for_an_hour_is_tried_rarely_and_everybody_is_called_once_it_is_back() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.carrier.is_down.store(true, Ordering::Relaxed);
        stage.add_and_start(20).await;
        pass(3600).await;
        let in_vain = stage.carrier.in_vain.load(Ordering::Relaxed);
        assert!(
            (50..=80).contains(&in_vain),
            "once a minute in the end: {in_vain}"
        );
        let progress = stage.progress();
        assert_eq!(
            (progress.status, progress.counters.attempts),
            (Status::Running, 0)
        );
        assert_eq!(progress.counters.pending, 20);
        let trouble = stage.line_health().await.trouble().unwrap();
        assert!(trouble.contains("connection refused"), "{trouble}");
        stage.carrier.is_down.store(false, Ordering::Relaxed);
        pass(70).await;
        assert_eq!(stage.asked(), 20);
        assert_eq!(stage.line_health().await.trouble(), None);
        stage.report_all().await;
        assert_eq!(stage.progress().counters.completed, 20);
    });
}

#[test]
fn a_clock_that_is_set_back_by_a_day_leaves_no_silent_call_unwatched_and_no_contact_uncalled() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(15).await;
        pass(1).await;
        stage.set_clock_by(-86_400);
        pass(5).await;
        assert_eq!(stage.asked(), 15, "the pace follows the clock");
        assert_eq!(stage.carrier.polled.load(Ordering::Relaxed), 0);
        // The longest silence, and the longest wait until a set clock is noticed.
        pass(300 + 60).await;
        assert_eq!(
            stage.progress().counters.calling,
            0,
            "every silent call was asked about"
        );
        assert_eq!(stage.progress().status, Status::Completed);
        assert_eq!(stage.asked(), 15, "nobody was rung twice");
    });
}

#[test]
fn a_clock_that_jumps_ahead_by_a_day_has_the_carrier_asked_and_nobody_rung_twice() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(15).await;
        pass(1).await;
        stage.set_clock_by(86_400);
        pass(120).await;
        assert_eq!(stage.asked(), 15);
        assert_eq!(stage.progress().counters.completed, 15);
        assert_eq!(stage.progress().status, Status::Completed);
    });
}

#[test]
fn while_dialling_is_held_nothing_is_asked_of_the_carrier_and_after_the_release_everything() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        let reason = "restored from a backup".to_owned();
        stage.supervisor.do_send(ToSupervisor::HoldBack(Some(reason)));
        stage.add_and_start(5).await;
        pass(600).await;
        assert_eq!(stage.asked(), 0);
        let trouble = stage.line_health().await.trouble().unwrap();
        assert_eq!(trouble, "dialling is held: restored from a backup");
        stage.supervisor.do_send(ToSupervisor::FellLine(LINE));
        pass(60).await;
        assert_eq!(stage.asked(), 0, "a line that is started anew is held as well");
        stage.supervisor.do_send(ToSupervisor::HoldBack(None));
        pass(60).await;
        assert_eq!(stage.asked(), 5);
    });
}
