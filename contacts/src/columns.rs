//! Which column holds what: by header, else by content.

use std::ops::Range;
use std::sync::Arc;

use crate::cell;
use crate::column_names::{distinct, names, numbered};
use crate::error::ListError;
use crate::export;
use crate::header::{self, Meaning};
use crate::phone;
use crate::region::Region;

/// The fewest digits of a cell that is tried as a phone number.
const FEWEST_DIGITS: usize = 6;

/// The most rows before the header, such as a title and a date.
const MOST_TITLES: usize = 5;

/// The columns of a list by index, and their names.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Rows with anything in them before the header.
    pub(crate) titles: usize,
    /// Whether the first row names the columns.
    pub(crate) has_header: bool,
    /// One name a column, each once.
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) phone: usize,
    /// The columns that make the name, in the order they are joined.
    pub(crate) name: Vec<usize>,
    pub(crate) email: Option<usize>,
    pub(crate) timezone: Option<usize>,
    pub(crate) not_before: Option<usize>,
    pub(crate) person_id: Option<usize>,
    /// Columns of an export that tell how a campaign went, and are not read.
    pub(crate) standing: Range<usize>,
    /// Whether cells hold what was exported to the letter, blanks at their ends included.
    pub(crate) verbatim: bool,
}

impl Layout {
    /// Tells the columns by the first rows that hold anything.
    ///
    /// # Errors
    /// [`ListError::NoPhoneColumn`].
    pub(crate) fn detect(rows: &[Vec<String>], region: Region) -> Result<Self, ListError> {
        if let Some(layout) = rows.first().and_then(|header| Self::of_export(header)) {
            return Ok(layout);
        }
        let titles = titles(rows, region);
        let rows = &rows[titles..];
        let numbers = Numbers::count(rows, region);
        if let Some(phone) = numbers.fullest(|_| true)
            && numbers.in_first_row[phone]
        {
            let names = names(&vec![String::new(); numbers.width()]);
            return Ok(Self {
                titles,
                has_header: false,
                names,
                phone,
                name: Vec::new(),
                email: None,
                timezone: None,
                not_before: None,
                person_id: None,
                standing: 0..0,
                verbatim: false,
            });
        }
        let empty = Vec::new();
        let headers = rows.first().unwrap_or(&empty);
        let meanings: Vec<Meaning> = headers.iter().map(|text| header::meaning(text)).collect();
        let column = |wanted: Meaning| meanings.iter().position(|meaning| *meaning == wanted);
        let names = names(headers);
        let Some(phone) = phone_column(headers, &meanings, &numbers) else {
            return Err(ListError::NoPhoneColumn {
                seen: names.iter().map(|name| (**name).to_owned()).collect(),
            });
        };
        let mut name = name_columns(&column);
        name.retain(|index| *index != phone);
        Ok(Self {
            titles,
            has_header: true,
            names,
            phone,
            name,
            email: column(Meaning::Email),
            timezone: column(Meaning::TimeZone),
            not_before: column(Meaning::NotBefore),
            person_id: column(Meaning::PersonId),
            standing: 0..0,
            verbatim: false,
        })
    }

    /// The layout of a list that [`ExportWriter`](crate::ExportWriter) wrote, whatever the other
    /// columns are called.
    fn of_export(header: &[String]) -> Option<Self> {
        let fields = export::FIELDS.len();
        if !header
            .iter()
            .zip(export::FIELDS)
            .all(|(text, field)| text == field)
            || header.len() < fields
        {
            return None;
        }
        let mut names: Vec<Arc<str>> = export::FIELDS.map(Into::into).into();
        let mut standing = fields..fields;
        if header[fields..].len() >= export::STANDING.len()
            && header[fields..]
                .iter()
                .zip(export::STANDING)
                .all(|(text, field)| text == field)
        {
            standing.end += export::STANDING.len();
            names.extend(export::STANDING.map(Arc::from));
        }
        let others: Vec<String> = header[standing.end..]
            .iter()
            .map(|name| cell::without_guard(name).to_owned())
            .collect();
        names.extend(distinct(&others, standing.end));
        Some(Self {
            titles: 0,
            has_header: true,
            names,
            phone: 0,
            name: vec![1],
            email: Some(2),
            timezone: Some(3),
            not_before: Some(4),
            person_id: Some(5),
            standing,
            verbatim: true,
        })
    }

    /// The name of a column; of one beyond the header, `column_N`.
    pub(crate) fn name_of(&self, index: usize) -> Arc<str> {
        self.names.get(index).cloned().unwrap_or_else(|| {
            let mut name = numbered(index);
            while self.names.iter().any(|known| **known == name) {
                name.push_str("_2");
            }
            name.into()
        })
    }

    /// Whether the column has no field of its own.
    pub(crate) fn is_custom(&self, index: usize) -> bool {
        index != self.phone
            && !self.name.contains(&index)
            && self.email != Some(index)
            && self.timezone != Some(index)
            && self.not_before != Some(index)
            && self.person_id != Some(index)
            && !self.standing.contains(&index)
    }
}

/// Rows of one cell, none a number, if the row after them is a header that names a phone column
/// among others.
fn titles(rows: &[Vec<String>], region: Region) -> usize {
    let filled = |row: &[String]| row.iter().filter(|text| !cell::is_blank(text)).count();
    let is_title = |row: &Vec<String>| {
        filled(row) == 1 && row.iter().all(|text| phone::normalize(text, region).is_err())
    };
    match rows.iter().take(MOST_TITLES + 1).position(|row| !is_title(row)) {
        Some(first) if filled(&rows[first]) > 1 && names_phones(&rows[first]) => first,
        _ => 0,
    }
}

/// Whether a row, as a header, names a column of phone numbers.
pub(crate) fn names_phones(row: &[String]) -> bool {
    row.iter()
        .any(|text| matches!(header::meaning(text), Meaning::Phone(_)))
}

/// Prefers the header's word, unless its column holds no number and another does.
fn phone_column(headers: &[String], meanings: &[Meaning], numbers: &Numbers) -> Option<usize> {
    let mut named: Vec<_> = (0..meanings.len())
        .filter_map(|index| match meanings[index] {
            Meaning::Phone(rank) => Some((rank, index)),
            _ => None,
        })
        .collect();
    named.sort_unstable();
    let unnamed = |index: usize| {
        matches!(
            meanings.get(index),
            None | Some(Meaning::Other | Meaning::PerhapsName)
        ) && !headers.get(index).is_some_and(|text| header::is_no_phone(text))
    };
    let first_with_numbers = named
        .iter()
        .find(|(_, index)| numbers.valid_below_header(*index) > 0);
    let named_index = |(_, index): &(_, usize)| *index;
    first_with_numbers
        .map(named_index)
        .or_else(|| numbers.fullest(unnamed))
        .or_else(|| named.first().map(named_index))
}

/// One column with whole names, or a first and a last name, or whatever is there of them.
fn name_columns(column: &impl Fn(Meaning) -> Option<usize>) -> Vec<usize> {
    let (first, last, any) = (
        column(Meaning::FirstName),
        column(Meaning::LastName),
        column(Meaning::AnyName),
    );
    let columns = match (column(Meaning::FullName), first, last) {
        (Some(full), ..) => [Some(full), None],
        (None, Some(_), Some(_)) if any.is_some() => [any, None],
        (None, Some(first), None) => [Some(first), any],
        (None, None, Some(last)) => [any, Some(last)],
        (None, Some(first), Some(last)) => [Some(first), Some(last)],
        (None, None, None) => [any.or_else(|| column(Meaning::PerhapsName)), None],
    };
    columns.into_iter().flatten().collect()
}

/// How many phone numbers each column of the sample holds.
struct Numbers {
    in_first_row: Vec<bool>,
    valid: Vec<usize>,
    /// Cells with anything in them, a header left out.
    filled: Vec<usize>,
}

impl Numbers {
    fn count(rows: &[Vec<String>], region: Region) -> Self {
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let mut counted = Self {
            in_first_row: vec![false; width],
            valid: vec![0; width],
            filled: vec![0; width],
        };
        for (row_index, row) in rows.iter().enumerate() {
            for (index, text) in row.iter().enumerate().filter(|(_, text)| !cell::is_blank(text)) {
                let digits = text.chars().filter(|c| c.is_numeric()).count();
                let valid = digits >= FEWEST_DIGITS && phone::normalize(text, region).is_ok();
                counted.filled[index] += usize::from(valid || row_index > 0);
                counted.valid[index] += usize::from(valid);
                counted.in_first_row[index] |= valid && row_index == 0;
            }
        }
        counted
    }

    fn width(&self) -> usize {
        self.valid.len()
    }

    fn valid_below_header(&self, index: usize) -> usize {
        self.valid[index] - usize::from(self.in_first_row[index])
    }

    /// The column with the most numbers, of those that are allowed and more than half filled
    /// with numbers; the leftmost of several.
    fn fullest(&self, allowed: impl Fn(usize) -> bool) -> Option<usize> {
        (0..self.width())
            .filter(|index| allowed(*index))
            .filter(|index| self.valid[*index] * 2 > self.filled[*index])
            .max_by_key(|index| (self.valid[*index], std::cmp::Reverse(*index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(rows: &[&[&str]]) -> Result<Layout, ListError> {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        Layout::detect(&rows, Region::US)
    }

    fn phone_of(header: &[&str], row: &[&str]) -> String {
        let layout = detect(&[header, row]).unwrap();
        layout.name_of(layout.phone).to_string()
    }

    #[test]
    fn a_mobile_goes_before_a_phone_and_a_phone_before_the_others() {
        let number = "2025550123";
        let row = [number; 4];
        assert_eq!(
            phone_of(&["Home Phone", "Number", "Phone", "Mobile"], &row),
            "Mobile"
        );
        assert_eq!(phone_of(&["Home Phone", "Number", "Phone", "Fax"], &row), "Phone");
        assert_eq!(
            phone_of(&["Number", "Home Phone", "Work Phone", "Fax"], &row),
            "Home Phone"
        );
        assert_eq!(phone_of(&["Phone 2", "Phone 1", "x", "Phone"], &row), "Phone 1");
    }

    #[test]
    fn a_phone_column_without_numbers_gives_way_to_one_with_numbers() {
        assert_eq!(
            phone_of(&["Mobile", "Business Phone"], &["", "2025550123"]),
            "Business Phone"
        );
        assert_eq!(
            phone_of(&["Number", "Reach at"], &["A-17", "2025550123"]),
            "Reach at"
        );
        assert_eq!(phone_of(&["Phone", "Name"], &["", "Ada"]), "Phone");
    }

    #[test]
    fn without_a_telling_header_the_content_tells() {
        let rows: [&[&str]; 4] = [
            &["Ref", "Fax", "Reach at"],
            &["12", "2025550150", "2025550123"],
            &["13", "2025550151", "none"],
            &["14", "2025550152", "2025550125"],
        ];
        assert_eq!(detect(&rows).unwrap().phone, 2);
    }

    #[test]
    fn a_first_row_with_a_number_is_no_header() {
        let layout = detect(&[&["Ada", "mobile", "2025550123"], &["Bob", "home", "2025550124"]]).unwrap();
        assert!(!layout.has_header);
        assert_eq!(layout.phone, 2);
        assert_eq!(layout.names, ["column_1", "column_2", "column_3"].map(Into::into));
    }

    #[test]
    fn a_list_without_numbers_names_its_columns_and_what_would_do() {
        let error = detect(&[&["Ref", "Città", "Ref"], &["1", "Roma", ""]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no column holds phone numbers; the columns are: Ref, Città, Ref_2; name one `phone`, `mobile`, \
             `telephone`, `cell` or `number`"
        );
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let layout = detect(&[
            &["Export of 1 July"],
            &["", "by Ada"],
            &["Name", "Phone"],
            &["B", ""],
        ])
        .unwrap();
        assert_eq!((layout.titles, layout.phone), (2, 1));
        assert_eq!(detect(&[&["Phone"], &["Name", "Phone"]]).unwrap().titles, 1);
        assert_eq!(detect(&[&["Phone"], &["2025550123", "Ada"]]).unwrap().titles, 0);
        assert_eq!(
            detect(&[&["2025550123"], &["2025550124"], &["Name", "Phone"]])
                .unwrap()
                .titles,
            0
        );
    }

    #[test]
    fn the_name_is_one_column_or_first_and_last() {
        let name_of = |header: &[&str]| {
            let layout = detect(&[header]).unwrap();
            layout
                .name
                .iter()
                .map(|index| layout.name_of(*index).to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            name_of(&["Phone", "Last Name", "First Name"]),
            ["First Name", "Last Name"]
        );
        assert_eq!(name_of(&["Phone", "Last Name", "First Name", "Name"]), ["Name"]);
        assert_eq!(name_of(&["Telefon", "Name", "Vorname"]), ["Vorname", "Name"]);
        assert_eq!(
            name_of(&["Móvil", "Nombre", "Apellidos"]),
            ["Nombre", "Apellidos"]
        );
        assert_eq!(name_of(&["Phone", "Customer", "Surname"]), ["Surname"]);
        assert_eq!(name_of(&["Phone", "Customer"]), ["Customer"]);
        assert!(name_of(&["Phone"]).is_empty());
    }
}
