//! Extracts, which hold what a trust's ESR report would, in the mess that real ones are in.

mod date;
mod junk;
mod line;
mod row;

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context as _;
use jiff::civil::Date;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use vwis_model::period::Period;

use self::{
    line::{Line, windows_1252},
    row::{Assignment, Flag, Row},
};
use crate::{
    history::Workforce,
    inventor::{Arrival, Inventor},
    person::Person,
    posts::Catalogue,
    published::{Group, Published},
};

/// The columns, in order.
pub(crate) const HEADINGS: [&str; 27] = [
    "ODS Code",
    "Employee Number",
    "Assignment Number",
    "Full Name",
    "NI Number",
    "Date Of Birth",
    "Gender",
    "Ethnic Origin",
    "Disabled",
    "Nationality",
    "Assignment Status",
    "Assignment Category",
    "Primary Assignment",
    "FTE",
    "Staff Group",
    "Job Role",
    "Occupation Code",
    "Grade",
    "Position Title",
    "Area Of Work",
    "Care Group",
    "Location",
    "Start Date",
    "Termination Date",
    "Recruitment Source",
    "Leaving Reason",
    "Destination On Leaving",
];

/// There is one broken row for so many people.
const ROWS_FOR_A_BROKEN_ONE: u64 = 400;
/// There is one person who has not started yet for so many people.
const ROWS_FOR_A_FUTURE_STARTER: u64 = 500;

/// Writes the extract of one trust for one period.
pub(crate) struct Extract<'a> {
    pub(crate) published: &'a Published,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) period: Period,
    pub(crate) seed: u64,
}

struct Writer<W: Write> {
    out: W,
    line: Line,
    is_windows_1252: bool,
    end: &'static [u8],
    rows: u64,
}

// === impl Extract ===

impl Extract<'_> {
    /// Writes everyone as rows of assignments. Returns the number of rows.
    pub(crate) fn write(&self, path: &Path, workforce: &Workforce) -> anyhow::Result<u64> {
        let in_file = || format!("cannot write {}", path.display());
        let file = File::create(path).with_context(in_file)?;
        self.write_to(BufWriter::with_capacity(1 << 20, file), workforce)
            .with_context(in_file)
    }

    fn write_to(&self, mut out: impl Write, workforce: &Workforce) -> std::io::Result<u64> {
        let style = &workforce.trust.style;
        if style.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = Writer {
            out,
            line: Line::default(),
            is_windows_1252: style.windows_1252,
            end: if style.crlf { b"\r\n" } else { b"\n" },
            rows: 0,
        };
        for heading in HEADINGS {
            writer.line.field(heading);
        }
        writer.end_line()?;
        // The mess has a random stream of its own, so that it changes no person.
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed ^ 0x6d65_7373);
        let months = u64::from(self.period.year().unsigned_abs()) * 12
            + u64::from(self.period.month().unsigned_abs());
        let trust = workforce.trust.ods_code.bytes();
        rng.set_stream(trust.fold(months, |sum: u64, byte| sum << 8 | u64::from(byte)));
        let row = Row {
            trust: workforce.trust,
            catalogue: self.catalogue,
            first_day: first_day(self.period),
            last_day: self.period.last_day(),
        };
        for (at, person) in (1_u64..).zip(&workforce.people) {
            write_person(&row, person, &mut writer, &mut rng)?;
            if at % ROWS_FOR_A_BROKEN_ONE == ROWS_FOR_A_BROKEN_ONE - 1 {
                junk::write(
                    &row,
                    at / ROWS_FOR_A_BROKEN_ONE,
                    person,
                    &mut writer.line,
                    &mut rng,
                );
                writer.end_row()?;
            }
            if at % ROWS_FOR_A_FUTURE_STARTER == 0 {
                let person = self.future_starter(workforce, at, row.last_day, &mut rng);
                write_person(&row, &person, &mut writer, &mut rng)?;
            }
        }
        writer.out.flush()?;
        Ok(writer.rows)
    }

    fn future_starter(
        &self,
        workforce: &Workforce,
        at: u64,
        last_day: Date,
        rng: &mut ChaCha20Rng,
    ) -> Person {
        let inventor = Inventor {
            trust: workforce.trust,
            published: self.published,
            catalogue: self.catalogue,
        };
        let day = |days: i64| last_day.saturating_add(jiff::Span::new().days(days));
        let arrival = Arrival::Between(day(1), day(60));
        let number = 80_000_000 + u32::try_from(at).unwrap_or_default();
        let mut person = inventor.person(number, Group::SupportClinical, arrival, last_day, rng);
        (person.second, person.is_also_bank) = (None, false);
        person
    }
}

// === impl Writer ===

impl<W: Write> Writer<W> {
    fn end_row(&mut self) -> std::io::Result<()> {
        self.rows += 1;
        self.end_line()
    }

    fn end_line(&mut self) -> std::io::Result<()> {
        let text = self.line.text();
        if self.is_windows_1252 {
            self.out.write_all(&windows_1252(text))?;
        } else {
            self.out.write_all(text.as_bytes())?;
        }
        self.out.write_all(self.end)?;
        self.line.clear();
        Ok(())
    }
}

/// Writes all rows of a person, in the trust's order.
fn write_person<W: Write>(
    row: &Row<'_>,
    person: &Person,
    writer: &mut Writer<W>,
    rng: &mut ChaCha20Rng,
) -> std::io::Result<()> {
    let has_second = person.second.is_some();
    // Without flags, the first row is the primary one.
    let is_flagged = if has_second {
        rng.random_bool(0.9)
    } else {
        rng.random_bool(0.98)
    };
    let flag = |flag| if is_flagged { flag } else { Flag::Blank };
    let primary = Assignment {
        post: person.post,
        fte: person.fte,
        has_odd_hours: !has_second,
        contract: person.contract,
        flag: flag(Flag::Primary),
        number: 1,
        is_bank: false,
    };
    let second = person.second.map(|second| Assignment {
        post: second.post,
        fte: second.fte,
        has_odd_hours: false,
        flag: flag(Flag::Secondary),
        number: 2,
        ..primary
    });
    let bank = person.is_also_bank.then_some(Assignment {
        fte: 0,
        flag: Flag::Secondary,
        number: 3,
        is_bank: true,
        ..primary
    });
    let mut all = [Some(primary), second, bank];
    if row.trust.style.secondary_first && is_flagged {
        all.reverse();
    }
    for assignment in all.iter().flatten() {
        row.write(person, assignment, &mut writer.line, rng);
        writer.end_row()?;
    }
    Ok(())
}

/// The first day of the quarter that a period ends.
fn first_day(period: Period) -> Date {
    let first = period.last_day().first_of_month();
    first.saturating_sub(jiff::Span::new().months(2))
}

/// The text of a trust's mapping, which names its sites.
pub(crate) fn mapping(catalogue: &Catalogue, ods_code: &str) -> String {
    let mut text = format!(
        "# Sites of {ods_code} and the localities that they are in. A site that is not here counts as\n\
         # unknown, and the import lists it. Columns and spellings are the built-in ones.\n\n\
         version = 1\nname = \"ESR, sites of {ods_code}\"\n\n[sites]\n"
    );
    let own = (catalogue.sites.iter()).filter(|site| site.ods_code == ods_code);
    for site in own.filter(|site| site.locality_code != vwis_model::dictionary::UNKNOWN) {
        let _ = writeln!(text, "{:?} = {:?}", site.name, site.locality_code);
    }
    text
}

#[cfg(test)]
mod tests;
