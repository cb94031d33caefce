//! Which column holds what: by hand, by header, else by content.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use outdial_domain::list_columns::{ChosenColumns, ListField};

use crate::by_hand::ByHand;
use crate::cell;
use crate::column_names::{distinct, names, numbered};
use crate::error::ListError;
use crate::export;
use crate::header::{self, Meaning};
use crate::numbers::Numbers;
use crate::phone;
use crate::region::Region;

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
    /// Tells the columns by what was chosen, and the others by the first rows that hold anything. Names and places of
    /// columns do not depend on what was chosen.
    ///
    /// # Errors
    /// [`ListError::NoPhoneColumn`]; [`ListError::NoSuchColumn`] and [`ListError::ColumnOfTwo`].
    pub(crate) fn of(
        rows: &[Vec<String>],
        region: Region,
        chosen: &ChosenColumns,
    ) -> Result<Self, ListError> {
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        if let Some(export) = rows.first().and_then(|header| Self::of_export(header)) {
            return export.corrected(chosen, width);
        }
        let titles = titles(rows, region);
        let rows = &rows[titles..];
        let numbers = Numbers::count(rows, region);
        let fullest = numbers.fullest(|_| true);
        let has_header = !fullest.is_some_and(|phone| numbers.in_first_row[phone]);
        let headers = if has_header {
            rows.first().cloned().unwrap_or_default()
        } else {
            vec![String::new(); numbers.width()]
        };
        let mut layout = Self {
            titles,
            has_header,
            names: names(&headers),
            phone: 0,
            name: Vec::new(),
            email: None,
            timezone: None,
            not_before: None,
            person_id: None,
            standing: 0..0,
            verbatim: false,
        };
        let all = layout.all_names(width);
        let by_hand = ByHand::find(chosen, &all)?;
        let meanings: Vec<Meaning> = headers.iter().map(|text| header::meaning(text)).collect();
        let column = |wanted: Meaning| {
            let is_it = |(index, meaning): (usize, &Meaning)| *meaning == wanted && by_hand.leaves(index);
            meanings.iter().enumerate().position(is_it)
        };
        let found = if by_hand.leaves_open(ListField::PhoneNumber) {
            phone_column(&headers, &meanings, &numbers, &by_hand)
        } else {
            None
        };
        let Some(phone) = by_hand.or_found(ListField::PhoneNumber, found) else {
            return Err(no_phone_column(&all));
        };
        let mut name = name_columns(&column);
        name.retain(|index| *index != phone);
        layout.phone = phone;
        layout.name = by_hand.or_all_found(ListField::Name, name);
        layout.email = by_hand.or_found(ListField::Email, column(Meaning::Email));
        layout.timezone = by_hand.or_found(ListField::Timezone, column(Meaning::TimeZone));
        layout.not_before = by_hand.or_found(ListField::NotBefore, column(Meaning::NotBefore));
        layout.person_id = by_hand.or_found(ListField::PersonId, column(Meaning::PersonId));
        Ok(layout)
    }

    /// What is known of the columns, put right by what was chosen.
    fn corrected(mut self, chosen: &ChosenColumns, width: usize) -> Result<Self, ListError> {
        let all = self.all_names(width);
        let by_hand = ByHand::find(chosen, &all)?;
        let phone = by_hand.or_found(ListField::PhoneNumber, Some(self.phone));
        self.phone = phone.ok_or_else(|| no_phone_column(&all))?;
        self.name = by_hand.or_all_found(ListField::Name, self.name);
        self.email = by_hand.or_found(ListField::Email, self.email);
        self.timezone = by_hand.or_found(ListField::Timezone, self.timezone);
        self.not_before = by_hand.or_found(ListField::NotBefore, self.not_before);
        self.person_id = by_hand.or_found(ListField::PersonId, self.person_id);
        Ok(self)
    }

    /// The names of all columns, of those beyond the header too.
    pub(crate) fn all_names(&self, width: usize) -> Vec<Arc<str>> {
        let known: HashSet<&str> = self.names.iter().map(|name| &**name).collect();
        let beyond = (self.names.len()..width).map(|index| name_beyond(index, |name| known.contains(name)));
        self.names.iter().cloned().chain(beyond).collect()
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
        let is_known = |name: &str| self.names.iter().any(|known| **known == *name);
        let known = self.names.get(index).cloned();
        known.unwrap_or_else(|| name_beyond(index, is_known))
    }

    /// The field that the column holds, if it holds one.
    pub(crate) fn field(&self, index: usize) -> Option<ListField> {
        let is = |column: Option<usize>| column == Some(index);
        ListField::ALL.into_iter().find(|field| match field {
            ListField::PhoneNumber => self.phone == index,
            ListField::Name => self.name.contains(&index),
            ListField::Email => is(self.email),
            ListField::Timezone => is(self.timezone),
            ListField::NotBefore => is(self.not_before),
            ListField::PersonId => is(self.person_id),
        })
    }

    /// Whether the column has no field of its own.
    pub(crate) fn is_custom(&self, index: usize) -> bool {
        self.field(index).is_none() && !self.standing.contains(&index)
    }

    /// Whether the column is not read at all.
    pub(crate) fn is_passed_over(&self, index: usize) -> bool {
        self.standing.contains(&index) && self.field(index).is_none()
    }
}

fn name_beyond(index: usize, is_known: impl Fn(&str) -> bool) -> Arc<str> {
    let mut name = numbered(index);
    while is_known(&name) {
        name.push_str("_2");
    }
    name.into()
}

fn no_phone_column(names: &[Arc<str>]) -> ListError {
    ListError::NoPhoneColumn {
        seen: names.iter().map(|name| (**name).to_owned()).collect(),
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

/// Prefers the header's word, unless its column holds no number and another does; of the columns that are left.
fn phone_column(
    headers: &[String],
    meanings: &[Meaning],
    numbers: &Numbers,
    by_hand: &ByHand,
) -> Option<usize> {
    let mut named: Vec<_> = (0..meanings.len())
        .filter(|index| by_hand.leaves(*index))
        .filter_map(|index| match meanings[index] {
            Meaning::Phone(rank) => Some((rank, index)),
            _ => None,
        })
        .collect();
    named.sort_unstable();
    let unnamed = |index: usize| {
        let is_open = matches!(
            meanings.get(index),
            None | Some(Meaning::Other | Meaning::PerhapsName)
        );
        let is_barred = headers.get(index).is_some_and(|text| header::is_no_phone(text));
        is_open && !is_barred && by_hand.leaves(index)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(rows: &[&[&str]]) -> Result<Layout, ListError> {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        Layout::of(&rows, Region::US, &ChosenColumns::default())
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
