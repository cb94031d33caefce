//! The text of a workbook's cell, as a list would have it.

use std::borrow::Cow;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

/// The first serial number beyond the calendar of spreadsheets, 10000-01-01.
const CALENDAR_END: f64 = 2_958_466.0;

/// Whole numbers below this have all their digits in a cell.
const EXACT_BELOW: f64 = 1e15;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    /// An error, as a spreadsheet shows it.
    Fault(&'static str),
}

impl<'a> Value<'a> {
    /// Numbers with at most 15 significant digits and without exponent, dates and times in
    /// ISO 8601, `true` and `false`; nothing for an empty cell.
    pub(crate) fn of(content: DataRef<'a>) -> Option<Self> {
        Some(match content {
            DataRef::Empty => return None,
            DataRef::Int(number) => Self::owned(number.to_string()),
            DataRef::Float(number) => Self::owned(number_text(number)),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                Self::Text(plain_lines(Cow::Owned(text)))
            }
            DataRef::SharedString(text) => Self::Text(plain_lines(Cow::Borrowed(text))),
            DataRef::Bool(value) => Self::owned(value.to_string()),
            DataRef::DateTime(value) => Self::owned(date_text(&value)),
            DataRef::Error(error) => Self::Fault(fault(&error)),
        })
    }

    /// The same of a cell that is read into memory.
    pub(crate) fn of_data(content: &'a Data) -> Option<Self> {
        Self::of(match content {
            Data::Empty => DataRef::Empty,
            Data::Int(number) => DataRef::Int(*number),
            Data::Float(number) => DataRef::Float(*number),
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
                DataRef::SharedString(text)
            }
            Data::Bool(value) => DataRef::Bool(*value),
            Data::DateTime(value) => DataRef::DateTime(*value),
            Data::Error(error) => DataRef::Error(error.clone()),
        })
    }

    fn owned(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// Line ends as `\n`, as in lists of delimited text.
fn plain_lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    }
}

/// A spreadsheet keeps and shows 15 digits; what a binary fraction adds beyond them is noise.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < EXACT_BELOW {
        return format!("{:.0}", number + 0.0);
    }
    let rounded: Result<f64, _> = format!("{number:.14e}").parse();
    rounded.unwrap_or(number).to_string()
}

/// `2026-07-01`, `2026-07-01T09:30:00`, `09:30:00` for a time without a date, `PT26H30M0S` for a
/// span; a serial number that no calendar has stays a number.
fn date_text(value: &ExcelDateTime) -> String {
    let serial = value.as_f64();
    if value.is_duration() {
        let seconds = (serial * 86_400.0).round();
        let sign = if seconds < 0.0 { "-" } else { "" };
        let whole = seconds.abs() as u64;
        let (hours, minutes) = (whole / 3600, whole / 60 % 60);
        return format!("{sign}PT{hours}H{minutes}M{}S", whole % 60);
    }
    if !(0.0..CALENDAR_END).contains(&serial) {
        return number_text(serial);
    }
    let (year, month, day, hour, minute, second, millis) = value.to_ymd_hms_milli();
    let mut time = format!("{hour:02}:{minute:02}:{second:02}");
    if millis > 0 {
        time.push_str(&format!(".{millis:03}"));
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (serial < 1.0, time == "00:00:00") {
        (true, false) => time,
        (_, true) => date,
        (false, false) => format!("{date}T{time}"),
    }
}

fn fault(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn a_number_has_its_digits_and_nothing_else() {
        for (number, text) in [
            (12_025_550_123.0, "12025550123"),
            (1.202_555_012_3e10, "12025550123"),
            (447_700_900_123_456.0, "447700900123456"),
            (-0.0, "0"),
            (-3.0, "-3"),
            (0.1 + 0.2, "0.3"),
            (1234.5, "1234.5"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn dates_and_times_are_iso_8601() {
        let shown = |serial, kind| date_text(&ExcelDateTime::new(serial, kind, false));
        let date = ExcelDateTimeType::DateTime;
        assert_eq!(shown(46_204.0, date), "2026-07-01");
        assert_eq!(shown(46_204.0 + 9.5 / 24.0, date), "2026-07-01T09:30:00");
        assert_eq!(shown(9.5 / 24.0, date), "09:30:00");
        assert_eq!(shown(2_025_550_123.0, date), "2025550123");
        assert_eq!(shown(-5.0, date), "-5");
        assert_eq!(shown(26.5 / 24.0, ExcelDateTimeType::TimeDelta), "PT26H30M0S");
        let old_mac = ExcelDateTime::new(44_742.0, date, true);
        assert_eq!(date_text(&old_mac), "2026-07-01");
    }

    #[test]
    fn line_ends_are_those_of_text() {
        let value = Value::of(DataRef::SharedString("a\r\nb\rc"));
        assert_eq!(value, Some(Value::Text(Cow::Borrowed("a\nb\nc"))));
    }
}
