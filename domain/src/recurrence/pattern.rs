//! POSIX patterns in the words of the `cron` crate.
//!
//! The crate wants seconds, counts weekdays from Sunday as 1, and demands that day of month and day of week
//! both match. So every field is read here, held to its bounds and written out as a list of numbers, weekdays
//! by name, and the choice between two restricted day fields becomes two expressions.

use std::collections::BTreeSet;
use std::fmt;

use super::RecurrenceError;

/// One of the five fields of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12, or JAN to DEC.
    Month,
    /// 0 to 7, or SUN to SAT; 0 and 7 are both Sunday.
    DayOfWeek,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const SUNDAY_AGAIN: u32 = 7;

const NICKNAMES: [(&str, &str); 7] = [
    ("@hourly", "`0 * * * *`"),
    ("@daily", "`0 0 * * *`"),
    ("@midnight", "`0 0 * * *`"),
    ("@weekly", "`0 0 * * 0`"),
    ("@monthly", "`0 0 1 * *`"),
    ("@yearly", "`0 0 1 1 *`"),
    ("@annually", "`0 0 1 1 *`"),
];

/// The pattern as one or two expressions of the `cron` crate, of which one must match.
pub(super) fn expressions(pattern: &str) -> Result<Vec<String>, RecurrenceError> {
    let fields: Vec<&str> = pattern.split_ascii_whitespace().collect();
    if let [nickname] = fields[..]
        && nickname.starts_with('@')
    {
        let known = NICKNAMES
            .iter()
            .find(|(name, _)| nickname.eq_ignore_ascii_case(name));
        return Err(RecurrenceError::Nickname {
            pattern: nickname.to_owned(),
            instead: known.map_or("as in `0 9 * * 1-5`", |(_, instead)| instead),
        });
    }
    let [minute, hour, day, month, weekday] = fields[..] else {
        return Err(RecurrenceError::FieldCount {
            pattern: pattern.to_owned(),
            count: fields.len(),
        });
    };
    let minutes = Field::Minute.read(minute)?;
    let hours = Field::Hour.read(hour)?;
    let days = Field::DayOfMonth.read(day)?;
    let months = Field::Month.read(month)?;
    let weekdays = Field::DayOfWeek.read(weekday)?;
    let expression = |days: &str, weekdays: &str| format!("0 {minutes} {hours} {days} {months} {weekdays}");
    // A field that begins with `*` restricts together with the other, as in every crond since Vixie's.
    let either_will_do = !day.starts_with('*') && !weekday.starts_with('*');
    Ok(match either_will_do {
        true => vec![expression(&days, "*"), expression("*", &weekdays)],
        false => vec![expression(&days, &weekdays)],
    })
}

impl Field {
    /// The least and the greatest number that may be written.
    fn bounds(self) -> (u32, u32) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (0, SUNDAY_AGAIN),
        }
    }

    /// The names of its numbers, from the least on.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Minute | Self::Hour | Self::DayOfMonth => &[],
            Self::Month => &MONTHS,
            Self::DayOfWeek => &WEEKDAYS,
        }
    }

    /// What a number of this field may be, in words.
    fn choice(self) -> String {
        let (least, greatest) = self.bounds();
        match self.names() {
            [first, .., last] => {
                format!("a number from {least} to {greatest} or a name from {first} to {last}")
            }
            _ => format!("a number from {least} to {greatest}"),
        }
    }

    /// The list that the field means, as the `cron` crate writes it.
    fn read(self, text: &str) -> Result<String, RecurrenceError> {
        if text == "*" {
            return Ok(text.to_owned());
        }
        let mut numbers = BTreeSet::new();
        for element in text.split(',') {
            let range = self.element(element).map_err(|reason| RecurrenceError::Field {
                field: self,
                element: element.to_owned(),
                reason,
            })?;
            numbers.extend(range);
        }
        if self == Self::DayOfWeek && numbers.remove(&SUNDAY_AGAIN) {
            numbers.insert(0);
        }
        let written = numbers.iter().map(|number| match self {
            Self::DayOfWeek => WEEKDAYS[*number as usize].to_owned(),
            _ => number.to_string(),
        });
        Ok(written.collect::<Vec<_>>().join(","))
    }

    /// The numbers that one element of a list names, or why it names none.
    fn element(self, element: &str) -> Result<Vec<u32>, String> {
        let (base, step) = match element.split_once('/') {
            Some((base, step)) => (base, Some(self.step(step)?)),
            None => (element, None),
        };
        let (start, end) = match (base, base.split_once('-'), step) {
            ("*", _, Some(_)) => (self.bounds().0, self.last()),
            ("*", _, None) => {
                return Err("`*` stands alone or with a step, as in `*/2`; leave it out of a list".into());
            }
            (_, Some((start, end)), _) => self.range(start, end)?,
            (_, None, None) => {
                let number = self.number(base)?;
                (number, number)
            }
            (_, None, Some(step)) => {
                let start = self.number(base)?;
                let end = self.last();
                return Err(format!(
                    "a step needs a range: write `{start}-{end}/{step}`, or `*/{step}`"
                ));
            }
        };
        Ok((start..=end).step_by(step.unwrap_or(1) as usize).collect())
    }

    /// The greatest number, Sunday counted once.
    fn last(self) -> u32 {
        match self {
            Self::DayOfWeek => SUNDAY_AGAIN - 1,
            _ => self.bounds().1,
        }
    }

    fn step(self, text: &str) -> Result<u32, String> {
        let greatest = self.bounds().1;
        let step = digits(text).filter(|step| (1..=greatest).contains(step));
        step.ok_or_else(|| format!("the step `{text}` is not a number from 1 to {greatest}"))
    }

    fn range(self, start: &str, end: &str) -> Result<(u32, u32), String> {
        let first = self.number(start)?;
        let mut last = self.number(end)?;
        if self == Self::DayOfWeek && last == 0 && digits(end).is_none() {
            // FRI-SUN: the Sunday after, as nobody means the one before.
            last = if first == 0 { 0 } else { SUNDAY_AGAIN };
        }
        if first <= last {
            return Ok((first, last));
        }
        Err(format!(
            "the range runs backwards: write `{first}-{},{}-{last}` if you mean across the end, or the smaller first",
            self.last(),
            self.bounds().0
        ))
    }

    fn number(self, text: &str) -> Result<u32, String> {
        let (least, greatest) = self.bounds();
        let named = || {
            let place = self
                .names()
                .iter()
                .position(|name| text.eq_ignore_ascii_case(name));
            place
                .and_then(|place| u32::try_from(place).ok())
                .map(|place| least + place)
        };
        let number = digits(text)
            .or_else(named)
            .filter(|number| (least..=greatest).contains(number));
        number.ok_or_else(|| format!("`{text}` is not {}", self.choice()))
    }
}

/// The pattern's word for the field.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::DayOfMonth => "day-of-month",
            Self::Month => "month",
            Self::DayOfWeek => "day-of-week",
        })
    }
}

/// A number written in plain digits, and nothing else.
fn digits(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}
