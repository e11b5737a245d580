//! Rows of extracts, each of which is one assignment of a person.

use jiff::{ToSpan, civil::Date};
use rand::Rng;
use rand_chacha::ChaCha20Rng;

use super::{date, line::Line};
use crate::{
    choice::any,
    grade::Grade,
    person::{Away, Birth, Leaving, Person, Post, Status},
    posts::{self, Catalogue},
    published::Group,
    trusts::{Dates, Ethnicity, Grades, Trust},
    values::{
        CONTRACTS, DESTINATIONS, DISABILITIES, ETHNIC_ORIGINS, FORENAMES, GENDERS, NATIONALITIES,
        REASONS, SOURCES, STAFF_GROUPS, SURNAMES, Value,
    },
};

/// What all rows of an extract share.
pub(super) struct Row<'a> {
    pub(super) trust: &'a Trust,
    pub(super) catalogue: &'a Catalogue,
    /// The first day of the quarter.
    pub(super) first_day: Date,
    pub(super) last_day: Date,
}

/// An assignment of a person, as its row says it.
#[derive(Clone, Copy)]
pub(super) struct Assignment {
    pub(super) post: Post,
    /// FTE in hundredths.
    pub(super) fte: u8,
    /// Whether its FTE may be written to five decimals.
    pub(super) has_odd_hours: bool,
    pub(super) contract: u8,
    pub(super) flag: Flag,
    pub(super) number: u8,
    pub(super) is_bank: bool,
}

/// What the column of the primary assignment holds.
#[derive(Clone, Copy)]
pub(super) enum Flag {
    Primary,
    Secondary,
    Blank,
}

// === impl Row ===

impl Row<'_> {
    /// Writes the 27 fields, in the order of the headings.
    pub(super) fn write(
        &self,
        person: &Person,
        assignment: &Assignment,
        line: &mut Line,
        rng: &mut ChaCha20Rng,
    ) {
        line.field(self.trust.ods_code);
        write_identity(person, assignment, line);
        self.write_person(person, line, rng);
        self.write_assignment(person, assignment, line, rng);
        self.write_post(assignment, line, rng);
        self.write_dates(person, line, rng);
    }

    fn write_person(&self, person: &Person, line: &mut Line, rng: &mut ChaCha20Rng) {
        let style = &self.trust.style;
        match person.birth {
            Birth::On(day) => date::write(line, day, self.dates(rng)),
            Birth::NotRecorded(_) => line.field(""),
            Birth::Wrong(_) => date::write(line, Date::constant(1900, 1, 1), Dates::Iso),
        }
        let of = |values: &[(&str, &'static [&'static str], &'static str)], at: u8, rng: &mut _| {
            let (_, long, short) = values[usize::from(at)];
            if style.short_values {
                short
            } else {
                any(long, rng)
            }
        };
        line.field(of(&GENDERS, person.gender, rng));
        let origin = &ETHNIC_ORIGINS[usize::from(person.ethnic_origin)];
        // A trust that writes codes alone writes a few of them with their labels.
        match style.ethnicity {
            Ethnicity::Label => line.field(origin.label),
            Ethnicity::Code if rng.random_bool(0.97) => line.field(origin.code),
            _ if origin.code.is_empty() => line.field(""),
            _ => line.plain(format_args!("{} {}", origin.code, origin.label)),
        }
        line.field(of(&DISABILITIES, person.disability, rng));
        line.field(NATIONALITIES[usize::from(person.nationality)].label);
    }

    fn write_assignment(
        &self,
        person: &Person,
        assignment: &Assignment,
        line: &mut Line,
        rng: &mut ChaCha20Rng,
    ) {
        let style = &self.trust.style;
        line.field(self.status(person, assignment, rng));
        if assignment.is_bank {
            line.field(any(&["Bank", "Bank Staff"], rng));
        } else {
            let (_, long, short) = CONTRACTS[usize::from(assignment.contract)];
            // A spreadsheet that turns dates into serial numbers also drops leading zeros of codes.
            match (style.short_values, style.dates) {
                (true, _) => line.field(short),
                (_, Dates::Serial) => line.field(short.trim_start_matches('0')),
                _ => line.field(any(long, rng)),
            }
        }
        line.field(
            match (assignment.flag, style.short_values, style.secondary_first) {
                (Flag::Blank, ..) => "",
                (Flag::Primary, true, _) => "Y",
                (Flag::Primary, _, true) => "Primary",
                (Flag::Primary, ..) => "Yes",
                (Flag::Secondary, true, _) => "N",
                (Flag::Secondary, _, true) => "Secondary",
                (Flag::Secondary, ..) => "No",
            },
        );
        let (whole, hundredths) = (assignment.fte / 100, assignment.fte % 100);
        if assignment.has_odd_hours && hundredths == 64 {
            // 24 hours of 37.5 are 0.64 FTE, and so is a little less, rounded.
            line.plain(format_args!("{whole}.63867"));
        } else if hundredths == 0 && rng.random_bool(0.5) {
            line.plain(format_args!("{whole}"));
        } else if rng.random_bool(0.3) {
            line.plain(format_args!("{whole}.{hundredths:02}000"));
        } else {
            line.plain(format_args!("{whole}.{hundredths:02}"));
        }
    }

    fn status(
        &self,
        person: &Person,
        assignment: &Assignment,
        rng: &mut ChaCha20Rng,
    ) -> &'static str {
        match (person.left, person.status) {
            (Some(left), _) if left.day < self.first_day => "Terminate Assignment",
            (Some(_), _) => "Active Assignment",
            _ if assignment.is_bank => "Active Assignment",
            (_, Status::Active) if rng.random_bool(0.01) => "ACTIVE ASSIGN",
            (_, Status::Active) => "Active Assignment",
            (_, Status::ActingUp) => "Acting Up",
            (_, Status::InternalSecondment) => "Internal Secondment",
            (_, Status::Away { why, .. }) => match why {
                Away::Maternity => "Maternity & Adoption",
                Away::CareerBreak => "Career Break",
                Away::ExternalSecondment => "Out on External Secondment - Paid",
                Away::Suspended => "Suspend With Pay",
            },
        }
    }

    fn write_post(&self, assignment: &Assignment, line: &mut Line, rng: &mut ChaCha20Rng) {
        let own = assignment.post;
        let post = &self.catalogue.posts[usize::from(own.kind)];
        let area = &self.catalogue.areas[usize::from(own.area)];
        let (_, usual, other) = STAFF_GROUPS[post.staff_group_spelling];
        line.field(if rng.random_bool(0.97) { usual } else { other });
        if post.group == Group::Doctors {
            line.field(own.grade.spellings()[0]);
        } else if rng.random_bool(0.02) {
            line.field(&post.job_role.to_uppercase());
        } else {
            line.field(&post.job_role);
        }
        let has_code = !post.is_told_by_job_role || rng.random_bool(0.98);
        line.field(if has_code { &post.occupation_code } else { "" });
        self.write_grade(own.grade, post, line, rng);
        let title =
            (post.title.replace("{grade}", own.grade.spellings()[0])).replace("{area}", &area.name);
        if rng.random_bool(0.97) || area.name.is_empty() {
            line.field(&title);
            line.field(&area.name);
        } else {
            // Some people's area stands in the title only.
            line.field(&format!("{title} - {}", area.name));
            line.field("");
        }
        line.field(&area.care_group);
        line.field(&self.catalogue.sites[usize::from(own.site)].name);
    }

    fn write_grade(
        &self,
        grade: Grade,
        post: &posts::Post,
        line: &mut Line,
        rng: &mut ChaCha20Rng,
    ) {
        let Some(digits) = grade.scale_digits() else {
            return line.field(any(grade.spellings(), rng));
        };
        // Pay scales have one letter for clinical staff and another for all others.
        let scale = if post.occupation_code.starts_with('G') {
            'N'
        } else {
            'R'
        };
        let label = any(grade.spellings(), rng);
        let non = if scale == 'N' { "Non " } else { "" };
        match self.trust.style.grades {
            _ if rng.random_bool(0.01) => line.field(label),
            Grades::Long => line.plain(format_args!("{non}Review Body {label} ")),
            Grades::Scale => line.plain(format_args!("X{scale}{digits:02}")),
            Grades::Parts => line.plain(format_args!(
                "NHS|X{scale}{digits:02}|{non}Review Body {label}"
            )),
        }
    }

    fn write_dates(&self, person: &Person, line: &mut Line, rng: &mut ChaCha20Rng) {
        let style = &self.trust.style;
        date::write(line, person.start, self.dates(rng));
        let is_fixed_term = CONTRACTS[usize::from(person.contract)].0 == "fixed_term";
        match person.left {
            Some(left) => date::write(line, left.day, self.dates(rng)),
            // The end of a fixed term stands in the extract before it comes.
            None if is_fixed_term && rng.random_bool(0.4) => {
                let day = self
                    .last_day
                    .saturating_add(rng.random_range(1..700).days());
                date::write(line, day, date::with_whole_year(self.dates(rng)));
            }
            None => line.field(""),
        }
        let coded = |value: &Value, line: &mut Line| {
            let is_coded = style.short_values && !value.code.is_empty();
            line.field(if is_coded { value.code } else { value.label });
        };
        coded(&SOURCES[usize::from(person.source)], line);
        let Some(Leaving {
            reason,
            destination,
            ..
        }) = person.left
        else {
            line.field("");
            return line.field("");
        };
        coded(&REASONS[usize::from(reason)], line);
        coded(&DESTINATIONS[usize::from(destination)], line);
    }

    /// The way to write a date: mostly the trust's own.
    fn dates(&self, rng: &mut ChaCha20Rng) -> Dates {
        let own = self.trust.style.dates;
        let as_always = rng.random_bool(0.94);
        // A spreadsheet that shows numbers for dates does so in the whole column: an import would ask
        // about a column with some of each.
        if as_always || own == Dates::Serial {
            return own;
        }
        match rng.random_range(0..4) {
            0 => Dates::Iso,
            1 => Dates::Month,
            2 => Dates::Slashes,
            _ => Dates::Oracle,
        }
    }
}

fn write_identity(person: &Person, assignment: &Assignment, line: &mut Line) {
    let number = person.number;
    line.plain(format_args!("{number}"));
    if assignment.number == 1 {
        line.plain(format_args!("{number}"));
    } else {
        line.plain(format_args!("{number}-{}", assignment.number));
    }
    let (forename, surname) = person.name;
    line.plain(format_args!(
        "\"{}, {}\"",
        SURNAMES[usize::from(surname)],
        FORENAMES[usize::from(forename)]
    ));
    // No National Insurance number begins with QQ.
    line.plain(format_args!(
        "QQ{:06}{}",
        number % 1_000_000,
        "ABCD".as_bytes()[number as usize % 4] as char
    ));
}
