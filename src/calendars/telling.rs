//! How a changed calendar reaches the campaigns that keep it: a campaign that rests until the end of a holiday must
//! not rest on when there is no such holiday any more.
//!
//! The change is on disk together with a note that it was made. The note goes when every campaign that keeps the
//! calendar has been told, and has that on disk; a process that dies in between leaves it to the next start. Whom
//! nobody can tell now, because the store fails or the campaign is being restarted, is told later.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use outdial_domain::ids::{CampaignId, HolidayCalendarId, OrgId};
use outdial_domain::step::Input;
use outdial_storage::batch::Batch;
use outdial_storage::{keys, read};

use crate::error::Error;
use crate::in_use::User;
use crate::orchestrator::{Inner, Orchestrator};

/// Campaigns told at a time.
const AT_ONCE: usize = 64;
/// The first wait before those that could not be told are tried again; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// No such wait is longer.
const LAST_WAIT: Duration = Duration::from_secs(60);

/// A change and those who have not heard of it yet.
pub(super) struct News {
    org: OrgId,
    calendar: HolidayCalendarId,
    /// The calendar's [`updated_at`](crate::HolidayCalendar::updated_at) when it was looked up who is to hear of it;
    /// whatever is newer is told by whoever made it. `None` where it was deleted since.
    version: Option<i64>,
    left: Vec<CampaignId>,
}

impl Orchestrator {
    /// Tells of the changes that an earlier process has not told of to the end.
    pub(crate) async fn tell_of_calendars_left(&self) -> Result<(), Error> {
        for (org, calendar) in read::changed_calendars(self.inner.store.as_ref())? {
            self.tell_of_calendar(org, calendar).await;
        }
        Ok(())
    }

    /// Tells every campaign that keeps the calendar that it has changed, if it has. Comes back when each was tried
    /// once; those that cannot be told now are told later.
    pub(crate) async fn tell_of_calendar(&self, org: OrgId, calendar: HolidayCalendarId) {
        let mut news = None;
        if let Err(error) = self.try_to_tell(org, calendar, &mut news).await {
            tracing::warn!(%calendar, %error, "not every campaign could be told of a holiday calendar's change yet");
            let outdial = Arc::downgrade(&self.inner);
            tokio::spawn(keep_telling(outdial, org, calendar, news));
        }
    }

    /// Tells those who are left, once. What is found out of the change is kept in `news`, for the next try.
    async fn try_to_tell(
        &self,
        org: OrgId,
        calendar: HolidayCalendarId,
        news: &mut Option<News>,
    ) -> Result<(), Error> {
        let news = match news {
            Some(news) => news,
            None => match self.news_of(org, calendar)? {
                Some(found) => news.insert(found),
                None => return Ok(()),
            },
        };
        let mut failed = (Vec::new(), None);
        for some in news.left.chunks(AT_ONCE) {
            let asked = some
                .iter()
                .map(|campaign| self.ask(org, *campaign, Input::Calendars(None)));
            for (campaign, answer) in some.iter().zip(join_all(asked).await) {
                match answer {
                    Ok(_) | Err(Error::NotFound { .. }) => {}
                    Err(error) => {
                        failed.0.push(*campaign);
                        failed.1 = Some(error);
                    }
                }
            }
        }
        news.left = failed.0;
        match failed.1 {
            Some(error) => Err(error),
            None => self.end_of_news(news).await,
        }
    }

    /// What is to be told of a calendar, and to whom; `None` where nothing is.
    pub(super) fn news_of(&self, org: OrgId, calendar: HolidayCalendarId) -> Result<Option<News>, Error> {
        if self
            .inner
            .store
            .get(&keys::calendar_changed(org, calendar))?
            .is_none()
        {
            return Ok(None);
        }
        // The version first: who begins to keep the calendar after that knows it.
        let version = self.version_of(org, calendar)?;
        let keepers = self.users(org, |settings| settings.holiday_calendars.contains(&calendar))?;
        Ok(Some(News {
            org,
            calendar,
            version,
            left: keepers.iter().map(|User { id, .. }| *id).collect(),
        }))
    }

    /// Takes the note away, unless it is that of a later change.
    pub(super) async fn end_of_news(&self, news: &News) -> Result<(), Error> {
        let _turn = self.inner.calendars.lock().await;
        if self.version_of(news.org, news.calendar)? != news.version {
            return Ok(());
        }
        let mut batch = Batch::new();
        batch.delete(keys::calendar_changed(news.org, news.calendar));
        self.commit(batch).await
    }

    fn version_of(&self, org: OrgId, calendar: HolidayCalendarId) -> Result<Option<i64>, Error> {
        let found = read::holiday_calendar(self.inner.store.as_ref(), org, calendar)?;
        Ok(found.map(|record| record.updated_at))
    }
}

/// Tries again until all are told, or outdial is dropped: the next start finds the note then.
async fn keep_telling(outdial: Weak<Inner>, org: OrgId, calendar: HolidayCalendarId, mut news: Option<News>) {
    let mut wait = FIRST_WAIT;
    loop {
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LAST_WAIT);
        let Some(inner) = outdial.upgrade() else { return };
        let told = Orchestrator { inner }.try_to_tell(org, calendar, &mut news).await;
        match told {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%calendar, %error, "campaigns still cannot be told of a holiday calendar's change");
            }
        }
    }
}
