//! The people of one trust, from quarter to quarter.

use jiff::civil::Date;
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha20Rng;

use super::{
    Change, Counted, Moved, Snapshot,
    leaving::{Mover, leave},
};
use crate::{
    inventor::{Arrival, Inventor, between, value},
    person::{Away, Coder, Person, Status},
    posts::Catalogue,
    published::{Group, Published},
    trusts::Trust,
    values::{CONTRACTS, GENDERS, SOURCES},
};

/// The chance of moving up a band in a quarter.
const MOVES_UP: f64 = 0.012;
/// The chance that a woman of child-bearing age goes on maternity leave in a quarter.
const MATERNITY: f64 = 0.012;
/// The chance of any other leave of absence in a quarter.
const OTHER_ABSENCE: f64 = 0.001;
/// The number of people on leave when the history begins, for each person at work.
const ON_LEAVE: f64 = 0.03;
/// The number of people on the bank and nothing else, for each person at work.
const BANK_ONLY: f64 = 0.04;
/// The number of honorary contracts, for each doctor at work.
const HONORARY: f64 = 0.004;

/// A trust and its people, as they are now.
pub(crate) struct Workforce {
    pub(crate) trust: &'static Trust,
    pub(crate) people: Vec<Person>,
    next_number: u32,
    /// How many people of each group the true change has let go so far: nobody follows them.
    gone: [usize; 13],
    rng: ChaCha20Rng,
}

type Days = (Date, Date);

// === impl Workforce ===

impl Workforce {
    pub(super) fn new(trust: &'static Trust, seed: u64) -> Self {
        // Each trust has a stream of its own, so that one trust's people do not depend on
        // another's; only movers do.
        let stream = trust
            .ods_code
            .bytes()
            .fold(0, |sum: u64, byte| sum << 8 | u64::from(byte));
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self {
            trust,
            people: Vec::new(),
            next_number: 20_000_000,
            gone: [0; 13],
            rng,
        }
    }

    /// Invents everyone as they are when the history begins.
    pub(super) fn invent(
        &mut self,
        targets: &[usize; 13],
        published: &Published,
        catalogue: &Catalogue,
        day: Date,
    ) {
        let inventor = Inventor {
            trust: self.trust,
            published,
            catalogue,
        };
        for (group, target) in Group::ALL.into_iter().zip(targets) {
            for _ in 0..*target {
                let person = self.person(&inventor, group, Arrival::Before, day);
                self.people.push(person);
            }
        }
        let at_work = self.people.len();
        for index in 0..at_work {
            let group = self.people[index].group;
            if self.rng.random_bool(ON_LEAVE) {
                let mut person = self.person(&inventor, group, Arrival::Before, day);
                let until = self.rng.random_range(1..=3);
                person.status = Status::Away {
                    why: self.absence(),
                    until,
                };
                self.people.push(person);
            }
            if self.rng.random_bool(BANK_ONLY) && group != Group::Unclassified {
                self.outside(&inventor, group, "bank", day);
            }
            if self.rng.random_bool(HONORARY) && group == Group::Doctors {
                self.outside(&inventor, group, "honorary", day);
            }
        }
        for _ in 0..at_work.div_ceil(1000).min(7) {
            self.outside(&inventor, Group::SeniorManagers, "non_executive", day);
        }
        self.people.shuffle(&mut self.rng);
    }

    /// Lets a quarter pass: people return from leave, move up and leave. Returns those who go to another
    /// trust of the place.
    pub(super) fn pass(
        &mut self,
        quarter: u8,
        days: Days,
        published: &Published,
        catalogue: &Catalogue,
    ) -> Vec<Mover> {
        // Extracts list those who left in the last quarter. A fifth stay listed for a quarter more.
        let mut rng = self.rng.clone();
        self.people.retain(|person| {
            person.left.is_none_or(|left| {
                let first = days.0;
                (first - left.day).get_days() < 100 && rng.random_bool(0.2)
            })
        });
        self.rng = rng;
        let inventor = Inventor {
            trust: self.trust,
            published,
            catalogue,
        };
        let mut movers = Vec::new();
        for person in &mut self.people {
            if person.left.is_some() || !person.is_contracted() {
                continue;
            }
            let rng = &mut self.rng;
            if let Status::Away { until, .. } = person.status
                && until <= quarter
            {
                person.status = Status::Active;
            }
            let age = person.age(days.1);
            let grade = person.post.grade;
            let yearly = published.leaving_rate(person.group, grade, age).min(0.95);
            if rng.random_bool(1.0 - (1.0 - yearly).powf(0.25)) {
                movers.extend(leave(person, self.trust.ods_code, days, rng));
                continue;
            }
            if is_woman(person) && (23..=42).contains(&age) && rng.random_bool(MATERNITY) {
                let until = quarter + rng.random_range(3..=4);
                person.status = Status::Away {
                    why: Away::Maternity,
                    until,
                };
            } else if rng.random_bool(OTHER_ABSENCE) {
                let why = absence(rng);
                let until = quarter + rng.random_range(1..=4);
                person.status = Status::Away { why, until };
            } else if rng.random_bool(MOVES_UP) {
                move_up(person, &inventor, rng);
            }
        }
        movers
    }

    /// Brings every group to its target: posts are filled, or not renewed. With a change, some people
    /// of one role in one locality go, and nobody follows them.
    pub(super) fn fill(
        &mut self,
        targets: &[usize; 13],
        days: Days,
        movers: &mut Vec<Mover>,
        change: Option<&Change>,
        published: &Published,
        catalogue: &Catalogue,
    ) {
        let inventor = Inventor {
            trust: self.trust,
            published,
            catalogue,
        };
        let mut targets = *targets;
        if let Some(change) = change {
            self.let_go_of_some(change, days, catalogue);
        }
        for (target, gone) in targets.iter_mut().zip(self.gone) {
            *target -= gone.min(*target);
        }
        let mut counted = [0; 13];
        for person in self.people.iter().filter(|person| person.is_counted()) {
            counted[person.group.index()] += 1;
        }
        for group in Group::ALL {
            let (now, target) = (counted[group.index()], targets[group.index()]);
            for _ in now..target {
                let mut person = self.joiner(&inventor, group, days, movers);
                while change.is_some_and(|change| change.is_about(&person, catalogue)) {
                    person.post = inventor.post(group, person.post.grade, &mut self.rng);
                }
                self.people.push(person);
            }
            for _ in target..now {
                self.let_one_go(days, |person| person.group == group);
            }
        }
    }

    /// Whom the snapshot of a day holds, and who joined and left since the last call.
    pub(super) fn count(&mut self, coder: &Coder<'_>, day: Date) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for person in &mut self.people {
            let now = person.is_counted().then(|| coder.codes(person, day));
            let away = person.is_away();
            match (person.before, now) {
                (None, Some(own)) if !person.was_away => snapshot.joiners.push(Moved {
                    number: person.number,
                    codes: own,
                }),
                (Some(before), None) if !away => snapshot.leavers.push(Moved {
                    number: person.number,
                    codes: coder.codes_of_leaver(before, person.left),
                }),
                _ => {}
            }
            if let Some(own) = now {
                snapshot.staff.push(Counted {
                    codes: own,
                    fte_hundredths: person.fte_sum(),
                    number: person.number,
                    group: person.group,
                });
            }
            if away {
                snapshot.away.push(person.number);
            }
            (person.before, person.was_away) = (now, away);
        }
        snapshot
    }

    /// Invents somebody, with a new employee number.
    fn person(
        &mut self,
        inventor: &Inventor<'_>,
        group: Group,
        arrival: Arrival,
        day: Date,
    ) -> Person {
        self.next_number += self.rng.random_range(1..20);
        inventor.person(self.next_number, group, arrival, day, &mut self.rng)
    }

    /// Adds somebody whom the headcount filter leaves out because of their contract.
    fn outside(&mut self, inventor: &Inventor<'_>, group: Group, contract: &str, day: Date) {
        let mut person = self.person(inventor, group, Arrival::Before, day);
        let index = CONTRACTS.iter().position(|(code, ..)| *code == contract);
        let index = index.expect("the contracts left out are listed");
        person.contract = u8::try_from(index).expect("there are seven");
        (person.fte, person.second, person.is_also_bank) = (0, None, false);
        self.people.push(person);
    }

    /// A joiner: somebody who left another trust of the place for this one, or somebody new.
    fn joiner(
        &mut self,
        inventor: &Inventor<'_>,
        group: Group,
        days: Days,
        movers: &mut Vec<Mover>,
    ) -> Person {
        let arrival = Arrival::Between(days.0, days.1);
        let mut person = self.person(inventor, group, arrival, days.1);
        let from = movers
            .iter()
            .position(|mover| mover.person.group == group && mover.from != self.trust.ods_code);
        if let Some(from) = from {
            let known = movers.swap_remove(from).person;
            let left = known.left.map_or(days.0, |left| left.day);
            let grade = known.post.grade;
            person = Person {
                number: person.number,
                start: between(left, days.1, &mut self.rng),
                source: value(&SOURCES, "nhs", &mut self.rng),
                post: inventor.post(group, grade, &mut self.rng),
                second: None,
                is_also_bank: false,
                status: Status::Active,
                left: None,
                before: None,
                was_away: false,
                ..known
            };
        }
        person
    }

    fn let_go_of_some(&mut self, change: &Change, days: Days, catalogue: &Catalogue) {
        let about = |person: &Person| person.is_counted() && change.is_about(person, catalogue);
        let there = self.people.iter().filter(|person| about(person)).count();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of some hundred people"
        )]
        let wanted = (there as f64 * change.share).ceil() as usize;
        for _ in 0..wanted {
            if let Some(group) = self.let_one_go(days, about) {
                self.gone[group.index()] += 1;
            }
        }
    }

    /// Ends the contract of somebody who is counted and wanted. Returns their group; `None` if there is
    /// nobody.
    fn let_one_go(&mut self, days: Days, wanted: impl Fn(&Person) -> bool) -> Option<Group> {
        let from = self.rng.random_range(0..self.people.len());
        let fits = |at: &usize| self.people[*at].is_counted() && wanted(&self.people[*at]);
        // Not somebody who joined this quarter: their row would begin and end in it.
        let old = |at: &usize| self.people[*at].before.is_some();
        let index = (from..self.people.len())
            .chain(0..from)
            .find(|at| fits(at) && old(at))?;
        let person = &mut self.people[index];
        leave(person, self.trust.ods_code, days, &mut self.rng);
        Some(person.group)
    }

    fn absence(&mut self) -> Away {
        if self.rng.random_bool(0.85) {
            Away::Maternity
        } else {
            absence(&mut self.rng)
        }
    }
}

fn move_up(person: &mut Person, inventor: &Inventor<'_>, rng: &mut ChaCha20Rng) {
    let Some(next) = person.post.grade.next_band() else {
        return;
    };
    // Nobody moves up to a grade that the group does not have.
    if !inventor
        .published
        .mix(person.group)
        .iter()
        .any(|(grade, _)| *grade == next)
    {
        return;
    }
    let site = person.post.site;
    let mut post = inventor.post(person.group, next, rng);
    let is_same_kind = |at: u16| {
        let posts = &inventor.catalogue.posts;
        posts[usize::from(at)].role == posts[usize::from(person.post.kind)].role
    };
    for _ in 0..12 {
        if is_same_kind(post.kind) {
            break;
        }
        post = inventor.post(person.group, next, rng);
    }
    post.site = site;
    person.post = post;
}

fn absence(rng: &mut ChaCha20Rng) -> Away {
    match rng.random_range(0..10) {
        0..5 => Away::CareerBreak,
        5..8 => Away::ExternalSecondment,
        _ => Away::Suspended,
    }
}

fn is_woman(person: &Person) -> bool {
    GENDERS[usize::from(person.gender)].0 == "female"
}
