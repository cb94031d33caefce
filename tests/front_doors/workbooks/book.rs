//! XLSX workbooks, written part by part.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A cell as its type and its content, such as text, a number, or a formula with the value it came to.
enum Cell<'a> {
    Text(&'a str),
    Number(f64),
    Formula(&'a str, &'a str),
}

use Cell::{Formula, Number, Text};

/// The rows of a worksheet as XML.
fn rows(rows: &[Vec<Cell>]) -> String {
    let mut xml = String::new();
    for (row, cells) in (1..).zip(rows) {
        xml.push_str(&format!(r#"<row r="{row}">"#));
        for (column, cell) in ('A'..).zip(cells) {
            let at = format!("{column}{row}");
            let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            xml.push_str(&match cell {
                Text(text) => format!(
                    r#"<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#,
                    escaped(text)
                ),
                Number(value) => format!(r#"<c r="{at}"><v>{value}</v></c>"#),
                Formula(formula, value) => format!(
                    r#"<c r="{at}" t="str"><f>{}</f><v>{}</v></c>"#,
                    escaped(formula),
                    escaped(value)
                ),
            });
        }
        xml.push_str("</row>");
    }
    xml
}

/// A workbook of these worksheets, by name.
pub(super) fn xlsx(sheets: &[(&str, String)]) -> Vec<u8> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut list, mut relations) = (String::new(), String::new());
    let mut parts = Vec::new();
    for (n, (name, rows)) in (1..).zip(sheets) {
        list.push_str(&format!(r#"<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>"#));
        relations.push_str(&format!(
            r#"<Relationship Id="r{n}" Type="{kind}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        ));
        parts.push((
            format!("xl/worksheets/sheet{n}.xml"),
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    let root = format!(
        r#"<Relationships><Relationship Id="r" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    for (name, content) in [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", root),
        (
            "xl/workbook.xml",
            format!("<workbook><sheets>{list}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{relations}</Relationships>"),
        ),
    ] {
        parts.push((name.to_owned(), content));
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook whose second worksheet has the contacts: one of them full of formulas, one twice, one without a number.
pub(super) fn spring() -> Vec<u8> {
    let notes = rows(&[
        vec![Text("Read me"), Text("Say")],
        vec![Text("Ask Ada"), Text("hello")],
    ]);
    let contacts = rows(&[
        vec![Text("Name"), Text("Phone"), Text("Note"), Text("Person ID")],
        vec![
            Text("Ada"),
            Number(12_025_550_123.0),
            Text("=cmd|'/c calc'!A1"),
            Number(17.0),
        ],
        vec![
            Text("Bob & Co"),
            Text("(202) 555-0124"),
            Formula("1+1", "@SUM(A1)"),
            Text("c-18"),
        ],
        vec![Text("Ada again"), Text("+1 202 555 0123"), Text(""), Text("")],
        vec![Text("Nobody"), Text("n/a"), Text(""), Text("")],
    ]);
    xlsx(&[("Notes", notes), ("Contacts", contacts)])
}

/// A workbook of this many contacts, with a duplicate and a bad row after every thousandth.
pub(super) fn long(contacts: usize) -> Vec<u8> {
    let mut texts = vec![["Phone".to_owned(), "Name".to_owned()]];
    for n in 0..contacts {
        texts.push([format!("+1212{:07}", 2_000_000 + n), format!("Nr {n}")]);
        if n % 1000 == 999 {
            texts.push([format!("+1212{:07}", 2_000_000 + n), format!("Nr {n} again")]);
            texts.push(["n/a".to_owned(), "nobody".to_owned()]);
        }
    }
    let cells: Vec<Vec<Cell>> = texts
        .iter()
        .map(|row| row.iter().map(|text| Text(text)).collect())
        .collect();
    xlsx(&[("All", rows(&cells))])
}
