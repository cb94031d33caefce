//! Which part of a campaign's course is asked for, and how finely: the query of a trend.

use std::ops::Range;

use outdial_domain::tally::Minute;
use outdial_domain::time::{Millis, Timestamp};
use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::quoted;

const TREND: Shape = Shape {
    what: "a trend's query",
    known: &["from", "to", "bucket_seconds"],
    read_only: &[],
};

/// How long a bucket may be: a minute, which is as finely as it is known, to a day.
pub(crate) const BUCKETS: [u32; 5] = [60, 300, 900, 3600, 86400];
/// How long it is unless told otherwise.
pub(crate) const USUAL_BUCKET: u32 = BUCKETS[0];
/// Buckets that a span may have at most: a day has 1,440 minutes.
const MOST_BUCKETS: i64 = 1500;
/// What is looked back for the beginning of a span.
const DAY: Millis = Millis::seconds(86400);
/// The last second that RFC 3339 can name: 9999-12-31T23:59:59Z.
const LAST: Timestamp = Timestamp::from_millis(253_402_300_799_000);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TrendSpec {
    /// One of [`BUCKETS`].
    pub(crate) bucket_seconds: u32,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// Judges the query of a trend, an object of strings.
///
/// # Errors
/// Every parameter that cannot be accepted.
pub(crate) fn judge_trend(query: &Value) -> Result<TrendSpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(query, "", &TREND, &mut findings) else {
        return Err(findings.into_errors());
    };
    let spec = TrendSpec {
        from: fields.instant("from", &mut findings),
        to: fields.instant("to", &mut findings),
        bucket_seconds: bucket(&fields, &mut findings),
    };
    if let (Some(from), Some(to)) = (spec.from, spec.to)
        && from >= to
    {
        let message = format!("must be before to ({to}), which {from} is not");
        findings.refuse("from", message);
    }
    findings.verdict(spec)
}

fn bucket(fields: &Fields<'_>, findings: &mut Findings) -> u32 {
    let Some(text) = fields.text("bucket_seconds", findings) else {
        return USUAL_BUCKET;
    };
    let bucket = text.parse().ok().filter(|bucket| BUCKETS.contains(bucket));
    bucket.unwrap_or_else(|| {
        let words = BUCKETS.map(|bucket| bucket.to_string());
        let message = format!(
            "`{}` is no length of a bucket: it may be {}",
            quoted::shortened(text),
            quoted::either(&words.each_ref().map(String::as_str))
        );
        findings.refuse_value("bucket_seconds", &text.into(), message);
        USUAL_BUCKET
    })
}

impl TrendSpec {
    /// When the bucket begins to which an instant belongs; days are those of UTC.
    pub(crate) fn bucket_of(&self, at: Timestamp) -> Timestamp {
        let length = self.length();
        Timestamp::from_millis(at.millis().div_euclid(length).saturating_mul(length))
    }

    /// Whether the beginning of the span is left to what happened in it.
    pub(crate) fn begins_when_busy(&self) -> bool {
        self.from.is_none()
    }

    /// The span that is asked for, in whole buckets; `last` is the last minute in which anything happened. Where no end is
    /// named, it ends with that minute; where no beginning is, it is a day at most.
    ///
    /// # Errors
    /// It has too many buckets.
    pub(crate) fn span(
        &self,
        last: Option<Minute>,
        now: Timestamp,
    ) -> Result<Range<Timestamp>, Vec<FieldError>> {
        let from = self.from.map(|from| self.bucket_of(from));
        let to = match self.to {
            Some(to) if self.bucket_of(to) == to => to,
            Some(to) => self.end_of_bucket(to),
            None => {
                let busy = self.end_of_bucket(last.map_or(now, Minute::begin));
                from.map_or(busy, |from| busy.max(self.end_of_bucket(from)))
            }
        };
        let from = from.unwrap_or_else(|| self.bucket_of(to + Millis(-DAY.0)));
        let most = Millis(self.length() * MOST_BUCKETS);
        if to - from > most {
            return Err(self.too_many(from, to));
        }
        Ok(from..to)
    }

    fn too_many(&self, from: Timestamp, to: Timestamp) -> Vec<FieldError> {
        let span = (to - from).0;
        let count = |bucket: u32| span / (i64::from(bucket) * 1000);
        let fits = BUCKETS.iter().find(|bucket| count(**bucket) <= MOST_BUCKETS);
        let (field, advice) = match fits {
            Some(bucket) => (
                "bucket_seconds",
                format!("ask for {bucket}, or for a shorter span"),
            ),
            None => ("from", "ask for a shorter span".to_owned()),
        };
        let mut findings = Findings::default();
        let message = format!(
            "from {from} to {to} there are {} buckets of {} seconds, and at most {MOST_BUCKETS} are shown: {advice}",
            count(self.bucket_seconds),
            self.bucket_seconds
        );
        findings.refuse(field, message);
        findings.into_errors()
    }

    fn end_of_bucket(&self, at: Timestamp) -> Timestamp {
        (self.bucket_of(at) + Millis(self.length())).min(LAST)
    }

    fn length(&self) -> i64 {
        i64::from(self.bucket_seconds) * 1000
    }
}
