//! XLSX workbooks, written part by part.

use std::io::{Cursor, Write};

use outdial_contacts::{CheckReport, ListError, Options, check};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Styles by number: 0 none, 1 a date, 2 a span of time, 3 a date and time as a user defined it.
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy hh:mm"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook to be.
#[derive(Default)]
pub(super) struct Book {
    sheets: Vec<(String, String, String)>,
    texts: Vec<String>,
    properties: String,
}

impl Book {
    /// A workbook with one worksheet, whose rows are given as XML.
    pub(super) fn of(rows: &str) -> Self {
        Self::default().sheet("Contacts", "", rows)
    }

    /// Adds a worksheet; `state` is `hidden` or empty.
    pub(super) fn sheet(mut self, name: &str, state: &str, rows: &str) -> Self {
        self.sheets
            .push((name.to_owned(), state.to_owned(), rows.to_owned()));
        self
    }

    /// Adds shared texts, given as XML.
    pub(super) fn texts(mut self, texts: &[&str]) -> Self {
        self.texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    /// Dates count from 1904.
    pub(super) fn old_mac(mut self) -> Self {
        "<workbookPr date1904=\"1\"/>".clone_into(&mut self.properties);
        self
    }

    /// The parts, by name.
    pub(super) fn parts(&self) -> Vec<(String, String)> {
        let mut list = String::new();
        let mut relations = String::new();
        let mut parts = Vec::new();
        for (index, (name, state, rows)) in self.sheets.iter().enumerate() {
            let state = if state.is_empty() { "visible" } else { state };
            list.push_str(&format!(
                r#"<sheet name="{name}" sheetId="{index}" state="{state}" r:id="r{index}"/>"#
            ));
            relations.push_str(&format!(
                r#"<Relationship Id="r{index}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{index}.xml"/>"#
            ));
            parts.push((
                format!("xl/worksheets/sheet{index}.xml"),
                format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
            ));
        }
        let texts: String = self.texts.iter().map(|text| format!("<si>{text}</si>")).collect();
        let properties = &self.properties;
        let (count, root) = (self.texts.len(), "xl/workbook.xml");
        parts.extend([
            ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
            (
                "_rels/.rels".to_owned(),
                format!(
                    r#"<Relationships><Relationship Id="r" Type="{RELATIONS}/officeDocument" Target="{root}"/></Relationships>"#
                ),
            ),
            (
                root.to_owned(),
                format!("<workbook>{properties}<sheets>{list}</sheets></workbook>"),
            ),
            (
                "xl/_rels/workbook.xml.rels".to_owned(),
                format!("<Relationships>{relations}</Relationships>"),
            ),
            ("xl/styles.xml".to_owned(), STYLES.to_owned()),
            (
                "xl/sharedStrings.xml".to_owned(),
                format!(r#"<sst uniqueCount="{count}">{texts}</sst>"#),
            ),
        ]);
        parts
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        zipped(&self.parts())
    }
}

/// A ZIP archive of parts.
pub(super) fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A row of XML from texts in columns A, B, C …; an empty one is no cell.
pub(super) fn row(number: u32, texts: &[&str]) -> String {
    let cells: String = texts
        .iter()
        .zip('A'..)
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, column)| format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>"#))
        .collect();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

/// Reads a workbook of one worksheet, whose rows are given as XML.
pub(super) fn read_rows(rows: &str) -> CheckReport {
    super::read(Book::of(rows).bytes())
}

/// What a list from the worksheet `sheet` is read as.
pub(super) fn read_sheet(book: &Book, sheet: &str) -> Result<CheckReport, ListError> {
    let options = Options {
        sheet: Some(sheet.to_owned()),
        ..Options::default()
    };
    check(Cursor::new(book.bytes()), options)
}
