//! Times as people read them: in their own zone, with the campaign's beside it.
//!
//! Without script nobody knows the viewer's zone, and times are shown in UTC; the module leaves it in a cookie.

use actix_web::http::header::HeaderMap;
use chrono::{DateTime, Offset, SecondsFormat, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::http::caller::cookie;

const COOKIE: &str = "outdial_zone";

/// An instant, as the API writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant(pub(super) DateTime<Utc>);

impl Instant {
    pub(super) fn of(at: Timestamp) -> Self {
        Self(DateTime::from_timestamp_millis(at.millis()).unwrap_or_default())
    }

    /// Seconds from `earlier` to this; negative where it is before.
    pub(super) fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds()
    }

    /// As the API writes it.
    pub(super) fn text(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let parsed = DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(parsed.with_timezone(&Utc)))
    }
}

/// The zone that the viewer's browser is in; UTC where it does not say.
pub(super) fn zone_of_viewer(headers: &HeaderMap) -> Tz {
    let said = cookie(headers, COOKIE).map(|value| value.replace("%2F", "/"));
    said.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}

/// A zone's name as people say it: the last part of it, without underscores.
pub(super) fn place(zone: Tz) -> String {
    place_of(zone.name())
}

/// The same of a zone's name.
pub(super) fn place_of(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or_default().replace('_', " ")
}

/// An instant to the minute in the viewer's zone, with another zone's clock beside it where that shows another time.
pub(super) fn when(at: Instant, viewer: Tz, beside: Option<Tz>) -> Markup {
    shown(at, viewer, beside, "%-d %b %Y, %H:%M")
}

/// The same to the second.
pub(super) fn when_exactly(at: Instant, viewer: Tz, beside: Option<Tz>) -> Markup {
    shown(at, viewer, beside, "%-d %b %Y, %H:%M:%S")
}

fn shown(at: Instant, viewer: Tz, beside: Option<Tz>, format: &str) -> Markup {
    let own = at.0.with_timezone(&viewer);
    let other = beside.map(|zone| (zone, at.0.with_timezone(&zone)));
    let other = other.filter(|(_, there)| there.offset().fix() != own.offset().fix());
    let clock = if own.date_naive()
        == other
            .as_ref()
            .map_or(own.date_naive(), |(_, there)| there.date_naive())
    {
        "%H:%M"
    } else {
        "%-d %b, %H:%M"
    };
    html! {
        time.when datetime=(at.text()) title=(at.0.format("%Y-%m-%d %H:%M:%S UTC")) {
            (own.format(format)) " " span.zone { (place(viewer)) }
        }
        @if let Some((zone, there)) = other {
            " " span.beside { "(" (there.format(clock)) " " span.zone { (place(zone)) } ")" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(markup: &Markup) -> String {
        let mut text = String::new();
        let mut is_tag = false;
        for letter in markup.0.chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                letter if !is_tag => text.push(letter),
                _ => {}
            }
        }
        text
    }

    #[test]
    fn a_time_is_shown_in_the_viewers_zone_with_the_campaigns_beside_it() {
        let at = Instant(
            DateTime::parse_from_rfc3339("2026-07-01T13:00:00Z")
                .expect("a time")
                .into(),
        );
        let (amsterdam, new_york) = (Tz::Europe__Amsterdam, Tz::America__New_York);
        assert_eq!(
            text(&when(at, amsterdam, Some(new_york))),
            "1 Jul 2026, 15:00 Amsterdam (09:00 New York)"
        );
        assert_eq!(
            text(&when(at, new_york, Some(new_york))),
            "1 Jul 2026, 09:00 New York"
        );
        assert_eq!(
            text(&when(at, Tz::Pacific__Auckland, Some(new_york))),
            "2 Jul 2026, 01:00 Auckland (1 Jul, 09:00 New York)"
        );
    }
}
