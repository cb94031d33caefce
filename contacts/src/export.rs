//! Contacts as a list that spreadsheets open and [`ContactReader`](crate::ContactReader) reads back
//! the same.
//!
//! What a spreadsheet would run as a formula gets an apostrophe before it, which comes off again
//! when the list is read. A list is known for an export by its first columns, [`FIELDS`]; the cells
//! of such a list are taken to the letter.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono_tz::Tz;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;

use crate::cell;

/// The first columns of every export, in this order.
pub const FIELDS: [&str; 6] = [
    "phone_number",
    "name",
    "email",
    "timezone",
    "not_before",
    "person_id",
];

/// The columns that tell how a campaign went for a contact. Where they follow [`FIELDS`], all of them
/// and in this order, they are passed over when the list is read: they say nothing of whom to call.
pub const STANDING: [&str; 8] = [
    "status",
    "status_reason",
    "attempt_count",
    "called_at",
    "last_outcome",
    "result_summary",
    "error_message",
    "sentiment_score",
];

/// What a spreadsheet may have put between the columns of an export that it saved again.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// A contact as it is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportedContact<'a> {
    /// The number.
    pub phone: PhoneNumber,
    /// The name.
    pub name: Option<&'a str>,
    /// The e-mail address.
    pub email: Option<&'a str>,
    /// The contact's own time zone.
    pub timezone: Option<Tz>,
    /// The instant before which it is not to be called.
    pub not_before: Option<Timestamp>,
    /// The organization's own id of the person.
    pub person_id: Option<&'a str>,
    /// The values of the other columns, in their order; an empty one is no value.
    pub others: &'a [&'a str],
}

/// Writes CSV (RFC 4180, UTF-8) contact by contact. Carriage returns within a value come back as
/// line feeds, and a value of more than 4 KB is refused when it is read; everything else reads
/// back as it was.
pub struct ExportWriter<W> {
    out: W,
    others: usize,
}

impl<W: Write> ExportWriter<W> {
    /// Writes the header: [`FIELDS`], then `others`, whose names ought to be distinct and not
    /// empty; [`STANDING`] may come before them. With `mark` the list begins with a byte order mark, by which Excel knows UTF-8.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(mut out: W, others: &[&str], mark: bool) -> io::Result<Self> {
        if mark {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = Self {
            out,
            others: others.len(),
        };
        writer.line(FIELDS.iter().chain(others).copied())?;
        Ok(writer)
    }

    /// Writes a contact.
    ///
    /// # Errors
    /// Those of `out`; [`io::ErrorKind::InvalidInput`] for a contact with another number of values
    /// than there are columns.
    pub fn write(&mut self, contact: &ExportedContact<'_>) -> io::Result<()> {
        if contact.others.len() != self.others {
            let (has, wanted) = (contact.others.len(), self.others);
            let reason = format!("a contact has {has} other values, and the export {wanted} other columns");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let phone = contact.phone.to_string();
        let not_before = contact.not_before.map(|instant| instant.to_string());
        let fields = [
            Some(phone.as_str()),
            contact.name,
            contact.email,
            contact.timezone.map(|zone| zone.name()),
            not_before.as_deref(),
            contact.person_id,
        ];
        let fields = fields.into_iter().map(Option::unwrap_or_default);
        self.line(fields.chain(contact.others.iter().copied()))
    }

    /// Ends the export, flushes it and gives back what it was written to.
    ///
    /// # Errors
    /// Those of the flush.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn line<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            let harmless = formula_free(cell);
            if needs_quotes(&harmless) {
                write!(self.out, "\"{}\"", harmless.replace('"', "\"\""))?;
            } else {
                self.out.write_all(harmless.as_bytes())?;
            }
        }
        self.out.write_all(b"\r\n")
    }
}

/// The text so that no spreadsheet takes it for a formula: with an apostrophe before `=`, `+`, `-`,
/// `@`, a tab or a carriage return, and before an apostrophe that is there already. A phone number
/// in E.164 stays as it is.
pub fn formula_free(text: &str) -> Cow<'_, str> {
    if cell::may_be_formula(text) && text.parse::<PhoneNumber>().is_err() {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The delimiter of a text that begins as an export does.
pub(crate) fn delimiter_of(text: &[u8]) -> Option<u8> {
    DELIMITERS.into_iter().find(|delimiter| {
        let header = FIELDS.join(&char::from(*delimiter).to_string());
        let rest = text.strip_prefix(header.as_bytes());
        rest.is_some_and(|rest| {
            rest.first()
                .is_none_or(|next| next == delimiter || *next == b'\n')
        })
    })
}

fn needs_quotes(text: &str) -> bool {
    let special = |c: char| matches!(c, '"' | '\'') || c.is_control() || c.is_whitespace();
    text.contains(|c| special(c) || DELIMITERS.iter().any(|delimiter| c == char::from(*delimiter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_made_harmless_and_a_number_is_left_alone() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+1 202 555 0123", "'+1 202 555 0123"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'=1", "''=1"),
            ("+", "'+"),
            ("+12025550123", "+12025550123"),
            ("'t Hooft", "'t Hooft"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(formula_free(text), written, "{text:?}");
        }
    }

    #[test]
    fn the_columns_of_an_export_tell_its_delimiter() {
        let header = FIELDS.join(";");
        assert_eq!(delimiter_of(format!("{header};x,phone\n").as_bytes()), Some(b';'));
        assert_eq!(delimiter_of(format!("{header}\n").as_bytes()), Some(b';'));
        assert_eq!(delimiter_of(format!("{header}s\n").as_bytes()), None);
        assert_eq!(delimiter_of(b"phone_number,name\n"), None);
    }

    #[test]
    fn a_contact_with_too_few_values_is_refused() {
        let mut export = ExportWriter::new(Vec::new(), &["city"], false).unwrap();
        let contact = ExportedContact {
            phone: "+12025550123".parse().unwrap(),
            name: None,
            email: None,
            timezone: None,
            not_before: None,
            person_id: None,
            others: &[],
        };
        let error = export.write(&contact).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a contact has 0 other values, and the export 1 other columns"
        );
    }
}
