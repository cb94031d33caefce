//! A contact list as businesses export them, of any length: names, numbers as people write them, addresses, two
//! columns of their own; now and then a number that came before, or a row that nobody can be rung by.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Area codes of six zones, Hawaii and Arizona among them.
const AREAS: [u32; 20] = [
    212, 305, 404, 617, 202, 312, 214, 713, 615, 504, 303, 801, 505, 602, 206, 213, 415, 702, 808, 907,
];
const FIRST_NAMES: [&str; 10] = [
    "Ada", "Élodie", "Grace", "Jürgen", "Kim", "Linus", "María", "Noah", "Olga", "Wei",
];
const LAST_NAMES: [&str; 8] = [
    "Lovelace", "Garçon", "Hopper", "Müller", "Nguyen", "O'Brien", "Pérez", "Smith",
];
const PLANS: [&str; 3] = ["Basic", "Premium", "Family, annual"];
/// What people have in a column of numbers, and is none.
const NO_NUMBERS: [&str; 4] = ["n/a", "12345", "+1 (212) 555", ""];
/// After so many rows one comes again, written in another way.
const REPEATED_EACH: usize = 400;
/// How far back that one is.
const REPEATED_FROM: usize = 250;
/// After so many rows one is no good.
const BAD_EACH: usize = 500;

/// What a list holds, as an import should count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Different numbers.
    pub contacts: u64,
    /// Rows with a number that came before.
    pub duplicates: u64,
    /// Rows without a number that can be rung.
    pub bad: u64,
}

impl Counted {
    /// Rows, the header apart.
    pub fn rows(self) -> u64 {
        self.contacts + self.duplicates + self.bad
    }
}

/// Writes a list of so many different numbers, from the `first` on; no two below 160 million are the same.
pub fn write(path: &Path, first: usize, contacts: usize) -> std::io::Result<Counted> {
    let mut file = BufWriter::new(File::create(path)?);
    let (mut duplicates, mut bad) = (0, 0);
    writeln!(file, "Name,Phone,Email,Account,Plan")?;
    for n in first..first + contacts {
        let written = n - first + 1;
        write_row(&mut file, n, &spelling(n, n))?;
        if written.is_multiple_of(REPEATED_EACH) {
            let again = n - REPEATED_FROM;
            write_row(&mut file, again, &spelling(again, again + 1))?;
            duplicates += 1;
        }
        if written.is_multiple_of(BAD_EACH) {
            write_row(&mut file, n, NO_NUMBERS[written / BAD_EACH % NO_NUMBERS.len()])?;
            bad += 1;
        }
    }
    file.flush()?;
    Ok(Counted {
        contacts: contacts as u64,
        duplicates,
        bad,
    })
}

fn write_row(file: &mut impl Write, n: usize, phone: &str) -> std::io::Result<()> {
    let (first, last) = (
        FIRST_NAMES[n % FIRST_NAMES.len()],
        LAST_NAMES[n / 7 % LAST_NAMES.len()],
    );
    let plan = PLANS[n % PLANS.len()];
    writeln!(
        file,
        "{first} {last},{phone},customer.{n}@example.com,A-{n:08},\"{plan}\""
    )
}

/// A number in one of the ways that people write it.
fn spelling(n: usize, way: usize) -> String {
    // Scattered, as the numbers of customers are; odd and no multiple of five, so that all are different.
    let local = 2_000_000 + n / AREAS.len() * 4_999_999 % 8_000_000;
    let (area, exchange, last) = (AREAS[n % AREAS.len()], local / 10_000, local % 10_000);
    match way % 4 {
        0 => format!("+1{area}{exchange}{last:04}"),
        1 => format!("({area}) {exchange}-{last:04}"),
        2 => format!("{area}-{exchange}-{last:04}"),
        _ => format!("1{area}{exchange}{last:04}"),
    }
}
