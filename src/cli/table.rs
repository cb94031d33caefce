//! Tables for people: aligned, numbers on the right, cut to the terminal's width, and nothing in them that a terminal
//! would obey.

use console::{Term, measure_text_width, truncate_str};

/// Between two columns.
const GAP: &str = "  ";
/// What may be cut is not cut below this many columns of the terminal.
const LEAST: usize = 8;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// What is copied from the table, and never cut.
    Ids,
    /// What may be cut.
    Texts,
    /// What stands on the right, and is never cut.
    Numbers,
}

pub(super) struct Table {
    columns: Vec<(&'static str, Holds)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(columns: &[(&'static str, Holds)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| on_one_line(&cell)).collect());
    }

    /// The table as it fits the terminal that it is printed on; where there is none, in full.
    pub(super) fn shown(&self) -> String {
        let terminal = Term::stdout();
        let width = terminal.is_term().then(|| terminal.size_checked()).flatten();
        self.fitted(width.map(|(_, columns)| usize::from(columns)))
    }

    fn fitted(&self, width: Option<usize>) -> String {
        let widths = self.widths(width);
        let header = self.columns.iter().map(|(name, _)| *name);
        let mut lines = vec![self.line(header, &widths)];
        let rows = self.rows.iter();
        lines.extend(rows.map(|row| self.line(row.iter().map(String::as_str), &widths)));
        if let Some(width) = width {
            for line in &mut lines {
                *line = truncate_str(line, width, "…").into_owned();
            }
        }
        lines.join("\n")
    }

    fn widths(&self, width: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = self.rows.iter().map(|row| measure_text_width(&row[column]));
                cells.max().unwrap_or(0).max(self.columns[column].0.len())
            })
            .collect();
        let Some(width) = width else { return widths };
        let gaps = GAP.len() * (widths.len() - 1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        while over > 0 {
            let texts = (0..widths.len()).filter(|column| self.columns[*column].1 == Holds::Texts);
            let Some(widest) = texts.max_by_key(|column| widths[*column]) else {
                break;
            };
            if widths[widest] <= LEAST {
                break;
            }
            widths[widest] -= 1;
            over -= 1;
        }
        widths
    }

    fn line<'t>(&self, cells: impl Iterator<Item = &'t str>, widths: &[usize]) -> String {
        let cells = cells.zip(widths).zip(&self.columns);
        let cells: Vec<String> = cells
            .map(|((cell, width), (_, holds))| {
                let cell = truncate_str(cell, *width, "…");
                let space = " ".repeat(width - measure_text_width(&cell));
                match holds {
                    Holds::Ids | Holds::Texts => format!("{cell}{space}"),
                    Holds::Numbers => format!("{space}{cell}"),
                }
            })
            .collect();
        cells.join(GAP).trim_end().to_owned()
    }
}

/// Names and what they are, aligned.
pub(super) fn pairs(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name:width$}{GAP}{}", on_one_line(value)))
        .collect();
    lines.join("\n")
}

/// A text without what a terminal would obey; ends of lines stay.
pub(super) fn plain(text: &str) -> String {
    let shown = |letter: char| {
        if letter.is_control() && letter != '\n' {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(shown).collect()
}

fn on_one_line(text: &str) -> String {
    plain(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[
            ("ID", Holds::Ids),
            ("NAME", Holds::Texts),
            ("TOTAL", Holds::Numbers),
        ]);
        table.row(["a1".to_owned(), "July reminders".to_owned(), "7".to_owned()]);
        table.row(["b22".to_owned(), "夏の電話".to_owned(), "12345678".to_owned()]);
        table
    }

    #[test]
    fn columns_are_aligned_and_numbers_stand_on_the_right() {
        let shown = table().fitted(None);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines,
            [
                "ID   NAME               TOTAL",
                "a1   July reminders         7",
                "b22  夏の電話        12345678",
            ]
        );
    }

    #[test]
    fn what_is_too_wide_loses_text_before_ids_and_numbers() {
        let shown = table().fitted(Some(25));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[1], "a1   July remi…         7");
        assert_eq!(lines[2], "b22  夏の電話    12345678");
        assert!(lines.iter().all(|line| measure_text_width(line) <= 25));
        let narrow = table().fitted(Some(10));
        assert!(
            narrow.lines().all(|line| measure_text_width(line) <= 10),
            "{narrow}"
        );
    }

    #[test]
    fn nothing_in_a_cell_moves_the_terminal() {
        let mut table = Table::new(&[("NAME", Holds::Texts)]);
        table.row(["a\u{1b}[2Jb\r\nc\t\u{9b}d".to_owned()]);
        let shown = table.fitted(None);
        assert_eq!(shown.lines().count(), 2);
        assert!(!shown.replace('\n', "").contains(char::is_control), "{shown:?}");
    }
}
