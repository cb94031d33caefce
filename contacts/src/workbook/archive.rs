//! Whether a ZIP archive is an XLSX workbook that can be read in bounded memory.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::part;
use crate::error::ListError;

/// The most bytes that all parts together may have, unpacked.
const LARGEST_WORKBOOK: u64 = 8 << 30;

/// The most bytes that the parts other than worksheets may have together, unpacked: their texts
/// are held in memory.
const LARGEST_TABLES: u64 = 256 << 20;

/// Parts that tell an archive to be something else, each with what it is called.
const OTHERS: [(&str, &str); 5] = [
    ("xl/workbook.bin", "a binary Excel workbook (XLSB)"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a presentation"),
    ("index/document.iwa", "a Numbers document"),
    ("content.xml", "an OpenDocument file"),
];

/// Parts that are read into memory whatever folder they lie in.
const TABLES: [&str; 4] = ["sharedstrings.xml", "styles.xml", "theme1.xml", ".rels"];

/// Reads every part of the workbook once, keeping nothing.
///
/// # Errors
/// [`ListError`]: something else, encrypted, damaged, or too large unpacked.
pub(crate) fn screen<R: Read + Seek>(source: &mut R) -> Result<(), ListError> {
    screen_within(source, LARGEST_WORKBOOK, LARGEST_TABLES)
}

/// The same, with at most `most` bytes unpacked, and `most_in_tables` of the parts that are held in
/// memory.
fn screen_within<R: Read + Seek>(source: &mut R, most: u64, most_in_tables: u64) -> Result<(), ListError> {
    source.rewind()?;
    let mut archive = ZipArchive::new(&mut *source).map_err(zip_error)?;
    let mut names = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(zip_error)?;
        if file.encrypted() {
            return Err(ListError::Encrypted);
        }
        let name = file.name().map_err(zip_error)?;
        names.push(name.replace('\\', "/").to_lowercase());
    }
    for (part, called) in OTHERS {
        if names.iter().any(|name| name == part) {
            return Err(ListError::OtherFormat(called));
        }
    }
    if !names.iter().any(|name| name == "_rels/.rels") {
        return Err(ListError::OtherFormat("a ZIP archive"));
    }
    let (mut left, mut left_for_tables) = (most, most_in_tables);
    for (index, name) in names.iter().enumerate() {
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let is_table = !name.contains("/worksheets/") || TABLES.iter().any(|end| name.ends_with(end));
        let allowed = if is_table { left_for_tables.min(left) } else { left };
        let file = archive.by_index(index).map_err(zip_error)?;
        let read = part::screen(file, allowed)?;
        left -= read;
        if is_table {
            left_for_tables -= read;
        }
    }
    source.rewind()?;
    Ok(())
}

fn zip_error(error: ZipError) -> ListError {
    match error {
        ZipError::Io(error) => part::broken_off(error),
        ZipError::UnsupportedArchive(what) if what == ZipError::PASSWORD_REQUIRED => ListError::Encrypted,
        other => ListError::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn judge(sheet: usize, texts: usize) -> Result<(), ListError> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, entries) in [
            ("_rels/.rels", 1),
            ("xl/worksheets/sheet1.xml", sheet),
            ("xl/sharedStrings.xml", texts),
        ] {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            write!(archive, "<a>{}</a>", "<b></b>".repeat(entries)).unwrap();
        }
        screen_within(&mut archive.finish().unwrap(), 10_000, 1_000)
    }

    #[test]
    fn tables_have_a_narrower_limit_than_the_whole() {
        assert!(judge(1_000, 100).is_ok());
        assert!(matches!(judge(1_000, 200), Err(ListError::TooLarge(_))));
        assert!(matches!(judge(2_000, 100), Err(ListError::TooLarge(_))));
    }
}
