//! Campaigns that rest through a holiday, and hear that it is none any more.

use chrono::Datelike;
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::ids::HolidayCalendarId;
use outdial_storage::records::HolidayCalendarV1;

use super::*;

const CALENDAR: HolidayCalendarId = HolidayCalendarId(Uuid::from_u128(3));
const DAY: i64 = 86_400_000;

impl Stage {
    /// A stage whose campaign keeps a calendar of the next days, today included, and has come to rest.
    async fn resting(holidays: i64) -> Self {
        let stage = Self::new(|_| Schedule::Immediate).await;
        let mut definition = definition(Schedule::Immediate, stage.clock.now());
        definition.settings.holiday_calendars = vec![CALENDAR];
        let mut batch = Batch::new();
        batch.create(&definition, &Progress::new(stage.clock.now()));
        stage.store.commit(1, batch).await.unwrap();
        stage.keep_holidays(holidays).await;
        stage.add_and_start(3).await;
        pass(10).await;
        assert_eq!(stage.asked(), 0, "nobody is called on a holiday");
        let opens = stage.midnight(holidays);
        assert_eq!(stage.rest(), Rest::Asleep(Some(opens)), "it rests");
        stage
    }

    /// Makes this many days from today on holidays.
    async fn keep_holidays(&self, holidays: i64) {
        let today = self.clock.now().utc().unwrap().date_naive();
        let holiday = |ahead| Holiday {
            name: format!("{ahead} days ahead of {}", today.year()),
            day: HolidayDate::Once(today + chrono::Duration::days(ahead)),
        };
        let dates = (0..holidays).map(holiday).collect();
        let calendar = Calendar { dates };
        let record = HolidayCalendarV1::new("Days off".to_owned(), String::new(), &calendar, 0, 0);
        let mut batch = Batch::new();
        batch.holiday_calendar(ORG, CALENDAR, &record);
        self.store.commit(1, batch).await.unwrap();
    }

    /// The first instant of the day that is so many days ahead.
    fn midnight(&self, days_ahead: i64) -> Timestamp {
        let today = self.clock.now().millis() / DAY;
        Timestamp::from_millis((today + days_ahead) * DAY)
    }
}

#[test]
fn a_resting_campaign_whose_calendar_loses_its_holiday_is_woken_and_calls_at_once() {
    play(async {
        let stage = Stage::resting(1).await;
        stage.keep_holidays(0).await;
        pass(600).await;
        assert_eq!(stage.asked(), 0, "nobody has told it yet");
        assert_eq!(stage.ask(Input::Calendars(None)).await, Ok(Reply::Done));
        pass(1).await;
        assert_eq!(stage.asked(), 3);
        stage.report_all().await;
        assert_eq!(stage.progress().status, Status::Completed);
    });
}

#[test]
fn a_campaign_that_was_told_of_a_changed_calendar_is_not_taken_for_asleep_after_a_crash() {
    play(async {
        let stage = Stage::resting(2).await;
        stage.keep_holidays(1).await;
        assert_eq!(stage.ask(Input::Calendars(None)).await, Ok(Reply::Done));
        assert_eq!(stage.rest(), Rest::Awake, "as of the answer");
        pass(10).await;
        assert_eq!(
            stage.rest(),
            Rest::Asleep(Some(stage.midnight(1))),
            "it rests for less"
        );
        assert_eq!(stage.asked(), 0);
    });
}

#[test]
fn a_calendar_that_gains_a_holiday_stops_a_campaign_that_calls() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        let mut definition = definition(Schedule::Immediate, stage.clock.now());
        definition.settings.holiday_calendars = vec![CALENDAR];
        let mut batch = Batch::new();
        batch.create(&definition, &Progress::new(stage.clock.now()));
        stage.store.commit(1, batch).await.unwrap();
        stage.keep_holidays(0).await;
        stage.add_and_start(25).await;
        tokio::time::sleep(Duration::from_millis(550)).await;
        stage.keep_holidays(1).await;
        assert_eq!(stage.ask(Input::Calendars(None)).await, Ok(Reply::Done));
        let before = stage.asked();
        assert!((1..25).contains(&before), "{before}");
        pass(600).await;
        assert_eq!(stage.asked(), before);
    });
}
