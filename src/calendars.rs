//! Holiday calendars as kept: days on which the campaigns that name them call nobody.
//!
//! A change is committed together with a note, and every campaign that keeps the calendar and has not ended is told
//! of it; see [`telling`].

use outdial_domain::calendar::Calendar;
use outdial_domain::ids::{HolidayCalendarId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::records::HolidayCalendarV1;
use outdial_storage::store::StoreError;
use outdial_storage::{keys, read};

use crate::error::Error;
use crate::in_use;
use crate::orchestrator::Orchestrator;
use crate::receipt;
use crate::spec::{FieldError, HolidayCalendarSpec};

mod telling;

/// Campaigns that are named where a calendar is still kept.
const NAMED: usize = 5;

/// A holiday calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayCalendar {
    /// Its id.
    pub id: HolidayCalendarId,
    /// What people call it, unlike every other calendar of the organization.
    pub name: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Its holidays.
    pub dates: Calendar,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed: later with every change.
    pub updated_at: Timestamp,
}

impl HolidayCalendar {
    fn from_record(id: HolidayCalendarId, record: HolidayCalendarV1) -> Result<Self, Error> {
        let dates = record.calendar().map_err(|unreadable| StoreError::Corrupt {
            table: "holiday calendar",
            detail: unreadable.0,
        })?;
        Ok(Self {
            id,
            name: record.name,
            description: record.description,
            dates,
            created_at: Timestamp::from_millis(record.created_at),
            updated_at: Timestamp::from_millis(record.updated_at),
        })
    }

    fn record(&self) -> HolidayCalendarV1 {
        let (created_at, updated_at) = (self.created_at.millis(), self.updated_at.millis());
        let (name, description) = (self.name.clone(), self.description.clone());
        HolidayCalendarV1::new(name, description, &self.dates, created_at, updated_at)
    }
}

impl Orchestrator {
    /// Adds a holiday calendar, for campaigns to keep.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that cannot be accepted.
    pub async fn create_holiday_calendar(
        &self,
        spec: &HolidayCalendarSpec,
    ) -> Result<HolidayCalendar, Error> {
        let spec = spec.judged().map_err(Error::Invalid)?;
        self.add_holiday_calendar(self.inner.org, spec).await
    }

    /// Replaces what a holiday calendar is. The answer comes when the campaigns that keep it have been told.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that cannot be accepted; [`Error::NotFound`].
    pub async fn change_holiday_calendar(
        &self,
        id: HolidayCalendarId,
        spec: &HolidayCalendarSpec,
    ) -> Result<HolidayCalendar, Error> {
        let spec = spec.judged().map_err(Error::Invalid)?;
        self.put_holiday_calendar(self.inner.org, id, spec).await
    }

    /// Deletes a holiday calendar.
    ///
    /// # Errors
    /// [`Error::Conflict`] where a campaign keeps it that has not ended; [`Error::NotFound`].
    pub async fn delete_holiday_calendar(&self, id: HolidayCalendarId) -> Result<(), Error> {
        self.remove_holiday_calendar(self.inner.org, id).await
    }

    /// A holiday calendar.
    pub fn holiday_calendar(&self, id: HolidayCalendarId) -> Result<HolidayCalendar, Error> {
        self.holiday_calendar_of(self.inner.org, id)
    }

    /// Every holiday calendar, oldest first.
    pub fn holiday_calendars(&self) -> Result<Vec<HolidayCalendar>, Error> {
        self.holiday_calendars_of(self.inner.org)
    }

    pub(crate) fn holiday_calendar_of(
        &self,
        org: OrgId,
        id: HolidayCalendarId,
    ) -> Result<HolidayCalendar, Error> {
        let found = read::holiday_calendar(self.inner.store.as_ref(), org, id)?;
        HolidayCalendar::from_record(id, found.ok_or_else(|| Error::not_found("holiday calendar", id))?)
    }

    pub(crate) fn holiday_calendars_of(&self, org: OrgId) -> Result<Vec<HolidayCalendar>, Error> {
        let found = read::holiday_calendars(self.inner.store.as_ref(), org)?.into_iter();
        found
            .map(|(id, record)| HolidayCalendar::from_record(id, record))
            .collect()
    }

    /// Refuses ids that name no calendar, each by its place.
    pub(crate) fn require_holiday_calendars(
        &self,
        org: OrgId,
        ids: &[HolidayCalendarId],
    ) -> Result<(), Error> {
        let mut unknown = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            if read::holiday_calendar(self.inner.store.as_ref(), org, *id)?.is_none() {
                unknown.push(FieldError {
                    field: format!("holiday_calendar_ids[{index}]"),
                    message: format!("there is no holiday calendar `{id}`"),
                });
            }
        }
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(unknown))
        }
    }

    pub(crate) async fn add_holiday_calendar(
        &self,
        org: OrgId,
        spec: HolidayCalendarSpec,
    ) -> Result<HolidayCalendar, Error> {
        let _turn = self.inner.calendars.lock().await;
        let now = self.now();
        let id = HolidayCalendarId(self.new_id(now));
        let calendar = self.named_anew(org, id, spec, now, now)?;
        let mut batch = Batch::new();
        batch.holiday_calendar(org, id, &calendar.record());
        // No campaign keeps it yet, so nobody is to be told.
        batch.delete(keys::calendar_changed(org, id));
        receipt::made(&mut batch, format!("/holiday-calendars/{id}"));
        self.commit(batch).await?;
        Ok(calendar)
    }

    pub(crate) async fn put_holiday_calendar(
        &self,
        org: OrgId,
        id: HolidayCalendarId,
        spec: HolidayCalendarSpec,
    ) -> Result<HolidayCalendar, Error> {
        let outdial = self.clone();
        // Whoever asked may stop waiting, and the campaigns must be told all the same.
        let change = tokio::spawn(async move {
            let changed = outdial.replace_holiday_calendar(org, id, spec).await;
            // Also where it failed: a batch that could not be acknowledged may be there later.
            outdial.tell_of_calendar(org, id).await;
            changed
        });
        let cut_short = |error| Error::Unavailable(format!("the change was cut short: {error}"));
        change.await.map_err(cut_short)?
    }

    async fn replace_holiday_calendar(
        &self,
        org: OrgId,
        id: HolidayCalendarId,
        spec: HolidayCalendarSpec,
    ) -> Result<HolidayCalendar, Error> {
        let _turn = self.inner.calendars.lock().await;
        let before = self.holiday_calendar_of(org, id)?;
        let just_after = Timestamp::from_millis(before.updated_at.millis() + 1);
        let updated_at = self.now().max(just_after);
        let calendar = self.named_anew(org, id, spec, before.created_at, updated_at)?;
        let mut batch = Batch::new();
        batch.holiday_calendar(org, id, &calendar.record());
        self.commit(batch).await?;
        Ok(calendar)
    }

    /// The calendar as asked for, unless another has its name.
    fn named_anew(
        &self,
        org: OrgId,
        id: HolidayCalendarId,
        spec: HolidayCalendarSpec,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Result<HolidayCalendar, Error> {
        let others = read::holiday_calendars(self.inner.store.as_ref(), org)?;
        let mut others = others.iter().filter(|(other, _)| *other != id);
        if others.any(|(_, other)| other.name == spec.name) {
            let message = format!(
                "there is a holiday calendar named `{}` already; choose another name",
                spec.name
            );
            return Err(Error::field("name", message));
        }
        Ok(HolidayCalendar {
            id,
            name: spec.name,
            description: spec.description,
            dates: spec.dates,
            created_at,
            updated_at,
        })
    }

    /// Deletes a calendar that no campaign keeps, unless it has ended: whoever has ended calls nobody, and needs no
    /// holidays.
    pub(crate) async fn remove_holiday_calendar(
        &self,
        org: OrgId,
        id: HolidayCalendarId,
    ) -> Result<(), Error> {
        let _turn = self.inner.calendars.lock().await;
        self.holiday_calendar_of(org, id)?;
        let users = self.users(org, |settings| settings.holiday_calendars.contains(&id))?;
        in_use::require_none(&users, NAMED, "keep this calendar")?;
        let mut batch = Batch::new();
        batch.delete(keys::holiday_calendar(org, id));
        batch.delete(keys::calendar_changed(org, id));
        self.commit(batch).await
    }
}

#[cfg(test)]
mod tests;
