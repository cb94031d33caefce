//! A contact out of the cells of a row.

use outdial_domain::phone::PhoneNumber;

use crate::cell;
use crate::columns::Layout;
use crate::contact::{CustomData, ParsedContact, RowError};
use crate::instant;
use crate::phone;
use crate::region::Region;
use crate::split::Cells;
use crate::zone;

/// The longest cell, in bytes of UTF-8.
const LONGEST_CELL: usize = 4096;

/// Why a cell with a spreadsheet's error is no value.
const FAULT: &str = "the cell shows an error instead of a value: mend its formula";

/// Reads rows by the columns of their list.
pub(crate) struct Interpreter {
    pub(crate) layout: Layout,
    pub(crate) region: Region,
}

impl Interpreter {
    /// The contact of a row, or what keeps it out. Errors of a spreadsheet in columns that decide
    /// neither whom nor when to call count as empty cells.
    pub(crate) fn contact(&self, row: u64, cells: &Cells) -> Result<ParsedContact, RowError> {
        self.check_cells(row, cells)?;
        let phone = self.phone(row, cells)?;
        let filled = |column: Option<usize>| {
            column
                .map(|index| self.text(cells, index))
                .filter(|text| !text.is_empty())
        };
        let timezone = filled(self.layout.timezone)
            .map(|text| zone::zone_named(text).map_err(|error| RowError::new(row, "timezone", text, &error)))
            .transpose()?;
        let not_before = filled(self.layout.not_before)
            .map(|text| {
                instant::read(text, timezone, phone)
                    .map_err(|error| RowError::new(row, "not_before", text, &error))
            })
            .transpose()?;
        let mut contact = ParsedContact {
            row,
            phone,
            name: self.name(cells),
            email: None,
            timezone,
            not_before,
            person_id: filled(self.layout.person_id).map(str::to_owned),
            custom_data: CustomData::default(),
            warnings: Vec::new(),
        };
        for index in 0..cells.len() {
            let Some(text) = filled(Some(index)) else {
                continue;
            };
            let is_email = self.layout.email == Some(index);
            if is_email && let Some(address) = email_address(text) {
                contact.email = Some(address.to_owned());
            } else if is_email || self.layout.is_custom(index) {
                contact
                    .custom_data
                    .push(self.layout.name_of(index), text.to_owned());
            }
            if is_email && contact.email.is_none() {
                let reason = "not an e-mail address; kept as custom data";
                contact.warnings.push(RowError::new(row, "email", text, &reason));
            }
        }
        Ok(contact)
    }

    fn phone(&self, row: u64, cells: &Cells) -> Result<PhoneNumber, RowError> {
        let text = cells.get(self.layout.phone);
        phone::normalize(text, self.region).map_err(|error| RowError::new(row, "phone_number", text, &error))
    }

    /// The whole name. What was exported as one is not taken apart again.
    fn name(&self, cells: &Cells) -> Option<String> {
        let parts = self.layout.name.iter().map(|index| self.text(cells, *index));
        let mut parts = parts.filter(|text| !text.is_empty());
        if self.layout.verbatim && self.layout.name.len() == 1 {
            parts.next().map(str::to_owned)
        } else {
            joined_name(parts)
        }
    }

    /// The text of a cell without what spreadsheets put around it.
    fn text<'a>(&self, cells: &'a Cells, index: usize) -> &'a str {
        let text = cells.get(index);
        let bare = if self.layout.verbatim {
            text
        } else {
            cell::unwrapped(text)
        };
        cell::without_guard(bare)
    }

    fn check_cells(&self, row: u64, cells: &Cells) -> Result<(), RowError> {
        for (index, text) in cells.iter().enumerate() {
            if self.layout.is_passed_over(index) {
                continue;
            }
            let reason = if text.len() > LONGEST_CELL {
                "the cell is longer than 4 KB"
            } else if text.contains('\0') {
                "the cell holds binary data"
            } else {
                continue;
            };
            return Err(RowError::new(row, &self.layout.name_of(index), text, &reason));
        }
        let layout = &self.layout;
        for (field, column) in [
            ("phone_number", Some(layout.phone)),
            ("timezone", layout.timezone),
            ("not_before", layout.not_before),
        ] {
            if let Some(shown) = column.and_then(|index| cells.fault(index)) {
                return Err(RowError::new(row, field, shown, &FAULT));
            }
        }
        Ok(())
    }
}

/// The parts by blank, each run of blanks made one; a part that repeats the words of the other
/// (`Lee` beside `Ada Lee`) is left out.
fn joined_name<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let parts: Vec<Vec<&str>> = parts.map(|part| part.split_whitespace().collect()).collect();
    let repeats = |index: usize| {
        parts.iter().enumerate().any(|(other, words)| {
            let longer = (words.len(), other) > (parts[index].len(), index);
            longer && parts[index].iter().all(|word| words.contains(word))
        })
    };
    let kept: Vec<&str> = (0..parts.len())
        .filter(|index| !repeats(*index))
        .flat_map(|index| parts[index].iter().copied())
        .collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// The address, if mail can have such a one: something, `@`, and a domain with a dot
/// (RFC 5321 allows 254 characters).
fn email_address(text: &str) -> Option<&str> {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = address.split_once('@')?;
    let stray =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
    let labels = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let sound = !local.is_empty() && labels && !local.contains(stray) && !domain.contains(stray);
    (sound && address.len() <= 254).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_joined_once() {
        let joined = |parts: &[&str]| joined_name(parts.iter().copied());
        assert_eq!(joined(&["Ada", "Lee"]).as_deref(), Some("Ada Lee"));
        assert_eq!(joined(&["Ada", "Ada  Lee"]).as_deref(), Some("Ada Lee"));
        assert_eq!(joined(&["Ann", "Annable"]).as_deref(), Some("Ann Annable"));
        assert_eq!(joined(&["Lee", "Lee"]).as_deref(), Some("Lee"));
        assert_eq!(joined(&[]), None);
    }

    #[test]
    fn an_address_has_one_at_sign_and_a_domain() {
        assert_eq!(email_address("mailto:ada@example.com"), Some("ada@example.com"));
        for text in [
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a b@example.com",
            "a@b.com; c@d.com",
            "a@.com",
        ] {
            assert_eq!(email_address(text), None, "{text}");
        }
    }
}
