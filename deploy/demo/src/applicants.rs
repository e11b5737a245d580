//! Invents who applied to a trust in a year, and writes the list of their applications.
//!
//! Lists of applications are reports of a recruitment system, and other than those of staff: one row for each
//! application, with the monitoring answers of the candidate and the words of the system for its status. White
//! candidates are shortlisted and appointed more often than others: that is there to be found.

use std::{collections::BTreeSet, path::Path};

use jiff::{ToSpan, civil::Date};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use vwis_model::period::Period;

use crate::{
    choice::{any, draw},
    inventor::{Arrival, Inventor, between},
    person::{Coder, Codes, Person, STAGES, Stage},
    posts::Catalogue,
    published::Published,
    trusts::Trust,
    values::{DISABILITIES, ETHNIC_ORIGINS, GENDERS, STAFF_GROUPS},
};

/// How many people apply for each member of staff, 0 to 3: a judgement, 1.5 on average.
const APPLY: [f64; 4] = [0.2, 0.3, 0.3, 0.2];
/// The chance that somebody applies once more.
const ONCE_MORE: f64 = 0.45;
/// The most applications of one person in a year.
const MOST: usize = 40;
/// The chance of being shortlisted, and then of being appointed: of white people, and of all others.
const SHORTLISTED: [f64; 2] = [0.3, 0.24];
const APPOINTED: [f64; 2] = [0.3, 0.2];
/// The chance that the list does not say how far an application went.
const NOT_SAID: f64 = 0.005;
/// The chance that a list has an application of before its year, which does not count.
const TOO_EARLY: f64 = 0.02;

/// What recruitment systems call the stages, in the order of [`STAGES`].
const WORDS: [&[&str]; 4] = [
    &[
        "Rejected at shortlisting",
        "Withdrawn",
        "Application received",
    ],
    &[
        "Rejected after interview",
        "Did not attend interview",
        "Interviewed",
    ],
    &["Conditional offer accepted", "Started", "Offer declined"],
    &[""],
];

/// The columns, in order.
const HEADINGS: [&str; 12] = [
    "Vacancy Reference",
    "Candidate ID",
    "Application Date",
    "Job Title",
    "Job Role",
    "Occupation Code",
    "Staff Group",
    "Pay Band",
    "Gender",
    "Ethnic Origin",
    "Disability",
    "Application Status",
];

/// An application, as its row says it.
struct Application {
    on: Date,
    stage: Stage,
    person: Person,
}

/// Writes the list of a trust's applications in the year up to `period`, and returns the categories of
/// everybody who applied in it, by the application that went furthest.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(
    file: &Path,
    (trust, people): (&Trust, &[Person]),
    (published, catalogue, coder): (&Published, &Catalogue, &Coder<'_>),
    period: Period,
    seed: u64,
) -> anyhow::Result<Vec<Codes>> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 0x6170_706c);
    let stream = trust.ods_code.bytes();
    rng.set_stream(stream.fold(0, |sum: u64, byte| sum << 8 | u64::from(byte)));
    let inventor = Inventor {
        trust,
        published,
        catalogue,
    };
    let last = period.last_day();
    let first = last.saturating_sub(1.years()).saturating_add(1.days());
    let (mut rows, mut everybody) = (Vec::new(), Vec::new());
    let mut candidate = 4_000_000;
    for member in people.iter().filter(|person| person.is_counted()) {
        for _ in 0..draw(&APPLY, &mut rng) {
            candidate += rng.random_range(1..30);
            let arrival = Arrival::Between(first, last);
            let person = inventor.person(candidate, member.group, arrival, last, &mut rng);
            let own = applications(&person, &inventor, (first, last), &mut rng);
            let in_the_year = own.iter().filter(|one| one.on >= first);
            // Of applications that went as far, the latest; no two of a person are of one day.
            if let Some(furthest) = in_the_year.max_by_key(|one| (one.stage.reached(), one.on)) {
                everybody.push(coder.codes_of_applicant(&furthest.person, furthest.stage, last));
            }
            rows.extend(own);
        }
    }
    // A report is sorted by date, so that a person's rows stand apart from each other.
    rows.sort_by_key(|one| one.on);
    let mut csv = csv::Writer::from_path(file)?;
    csv.write_record(HEADINGS)?;
    for row in &rows {
        csv.write_record(row.fields(catalogue, &mut rng))?;
    }
    csv.flush()?;
    Ok(everybody)
}

/// All applications of one person, each for a post of its own.
fn applications(
    person: &Person,
    inventor: &Inventor<'_>,
    (first, last): (Date, Date),
    rng: &mut ChaCha20Rng,
) -> Vec<Application> {
    let is_white = ETHNIC_ORIGINS[usize::from(person.ethnic_origin)].category == "white";
    let chance = |[white, others]: [f64; 2]| if is_white { white } else { others };
    let (mut all, mut days) = (Vec::new(), BTreeSet::new());
    loop {
        let on = if rng.random_bool(TOO_EARLY) {
            between(
                first.saturating_sub(60.days()),
                first.saturating_sub(1.days()),
                rng,
            )
        } else {
            between(first, last, rng)
        };
        if days.insert(on) {
            let stage = if rng.random_bool(NOT_SAID) {
                Stage::Unknown
            } else if !rng.random_bool(chance(SHORTLISTED)) {
                Stage::Applied
            } else if !rng.random_bool(chance(APPOINTED)) {
                Stage::Shortlisted
            } else {
                Stage::Appointed
            };
            let person = Person {
                post: inventor.post(person.group, person.post.grade, rng),
                ..person.clone()
            };
            all.push(Application { on, stage, person });
        }
        if all.len() == MOST || !rng.random_bool(ONCE_MORE) {
            return all;
        }
    }
}

// === impl Application ===

impl Application {
    fn fields(&self, catalogue: &Catalogue, rng: &mut ChaCha20Rng) -> [String; 12] {
        let Person { post: own, .. } = self.person;
        let post = &catalogue.posts[usize::from(own.kind)];
        let grade = own.grade.spellings()[0];
        let job_role = if post.job_role.is_empty() {
            grade
        } else {
            &post.job_role
        };
        let area = &catalogue.areas[usize::from(own.area)];
        let title = post
            .title
            .replace("{grade}", grade)
            .replace("{area}", &area.name);
        let stage = STAGES.iter().position(|one| *one == self.stage);
        let words = WORDS[stage.expect("every stage is listed")];
        [
            format!("{}-26-{:05}", own.area, rng.random_range(0..100_000)),
            self.person.number.to_string(),
            self.on.strftime("%d/%m/%Y").to_string(),
            title,
            job_role.to_owned(),
            post.occupation_code.clone(),
            STAFF_GROUPS[post.staff_group_spelling].1.to_owned(),
            grade.to_owned(),
            any(GENDERS[usize::from(self.person.gender)].1, rng).to_owned(),
            ETHNIC_ORIGINS[usize::from(self.person.ethnic_origin)]
                .label
                .to_owned(),
            any(DISABILITIES[usize::from(self.person.disability)].1, rng).to_owned(),
            any(words, rng).to_owned(),
        ]
    }
}
