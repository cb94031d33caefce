//! `outdial check`: parse a contact list and report.

use std::fs::File;
use std::path::PathBuf;

use outdial_contacts::{Options as ReadOptions, Region, Source, check_watched};

use super::columns::Columns;
use super::give;
use super::progress::ListProgress;

/// Errors shown to a person; all of them are in `--json`.
const SHOWN: usize = 20;

#[derive(clap::Args)]
pub(super) struct Options {
    /// The contact list
    file: PathBuf,
    /// The region of numbers written without a country code
    #[arg(long, default_value = "US")]
    region: String,
    /// The worksheet of a workbook; without it, the first with anything in it
    #[arg(long)]
    sheet: Option<String>,
    /// The whole report, for programs
    #[arg(long)]
    json: bool,
    // Last, because its heading is that of all that follow.
    #[command(flatten)]
    columns: Columns,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let default_region: Region = options
        .region
        .parse()
        .map_err(|error| format!("--region: {error}"))?;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", options.file.display());
    let file = File::open(&options.file).map_err(|error| named(&error))?;
    let how = ReadOptions {
        default_region,
        sheet: options.sheet.clone(),
        columns: options.columns.chosen()?,
    };
    let bytes = file.metadata().map_err(|error| named(&error))?.len();
    let mut progress = ListProgress::new("checking", bytes);
    let report = check_watched(file, how, |rows, bytes| progress.show(rows, bytes));
    progress.finish();
    let report = report.map_err(|error| named(&error))?;
    if options.json {
        give(&serde_json::to_string(&report).map_err(|error| error.to_string())?);
        return Ok(());
    }
    give(&format!(
        "{} rows: {} contacts, {} duplicates, {} errors",
        report.rows,
        report.contacts.len(),
        report.duplicates.len(),
        report.errors.len()
    ));
    let sheet = match &report.columns.source {
        Source::Text { .. } => String::new(),
        Source::Xlsx { sheet } | Source::Xls { sheet } => format!(" of worksheet `{sheet}`"),
    };
    give(&format!(
        "phone numbers come from column `{}`{sheet}",
        report.columns.phone_number
    ));
    for error in report.errors.iter().take(SHOWN) {
        give(&format!(
            "row {}: {} `{}`: {}",
            error.row, error.field, error.value, error.reason
        ));
    }
    if report.errors.len() > SHOWN {
        give(&format!(
            "and {} errors more; --json shows them all",
            report.errors.len() - SHOWN
        ));
    }
    Ok(())
}
