//! Neighbourhood team: the staff that a locality can draw on, across its employers.

use vwis_model::period::Period;

use super::{
    Category, Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{LOCALITY, SUPPORT_WORKER},
};
use crate::{
    estimator::{Cohort, Estimator, EstimatorError},
    picture::Whose,
};

const PEOPLE: (&str, &str) = ("people", "People");

/// An employer is said to have staff in a place if its count lies this many sds above 0. Noise alone exceeds
/// that once in 740 times.
const PRESENT_ABOVE_SDS: f64 = 3.0;

pub(super) static NEIGHBOURHOOD_TEAM: Indicator = Indicator {
    definition: Definition {
        name: "neighbourhood-team",
        title: "Who a neighbourhood team can draw on",
        question: "Which roles work in a locality, across all its employers?",
        definition: "People by role whose work site is in the locality, of all employers together; for analysts, \
            how many employers certainly have staff there, too.",
        formula: "people of a role in a locality, summed over the employers; an employer certainly has staff there where its own estimate is more than 3 \
            standard deviations above 0",
        denominator: "None: counts. All roles of a locality include those of unknown role.",
        excluded: "Bank staff, and employers outside the federation: general practice, care homes and \
            voluntary organisations unless they run a node.",
        source: "VWIS: about thirty roles from occupation code and job role (NHS Occupation Code Manual \
            v22.1); locality from the work site.",
        limits: &[
            "A work site is where somebody is based, not where visits are made: community staff who cross \
             a boundary count at their base.",
            "People by employer, not unique people; and in post is not the same as available.",
            "An employer with a few people in a locality cannot be told from one with none.",
        ],
        reads: &[],
        breakdowns: &[&["locality", "role"], &["locality"]],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::staff(&[LOCALITY]),
                KeyFigure::staff(&[SUPPORT_WORKER, LOCALITY]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &NEIGHBOURHOOD_TEAM.definition;
    let by_role = question.breakdown(definition)?.contains(&"role");
    let attributes = question.attributes(definition)?;
    let mut findings = Findings::by(&attributes);
    let localities = question.attribute("locality");
    let roles = question.attribute("role");
    let wanted_roles = if by_role {
        question.categories(roles)?
    } else {
        Vec::new()
    };
    let in_locality = |locality: usize| Cohort::staff().among(localities, &[locality]);
    let finest = if by_role {
        in_locality(0).among(roles, &[0])
    } else {
        in_locality(0)
    };
    let release = estimator.latest(&[finest])?;
    let period = release.period();
    let employers = release.organisations().iter();
    let employers = employers.map(|code| estimator.of(Whose::Organisations(vec![code.clone()])));
    let employers: Vec<_> = employers.collect();
    let reach = match estimator.whose() {
        Whose::System => estimator.archive().reach(release.archived()).in_words(),
        whose @ Whose::Organisations(_) => whose.name(),
    };
    findings.note(format!("Staff in post at the end of {period}: {reach}."));
    for locality in question.categories(localities)? {
        let here = in_locality(locality);
        let mut wanted = vec![here.clone()];
        wanted.extend(
            wanted_roles
                .iter()
                .map(|&role| here.clone().among(roles, &[role])),
        );
        let counts = estimator.at(period, &wanted)?;
        let place = Category::of(localities, locality);
        let at = |role: Category| {
            let mut at = vec![place.clone()];
            at.extend(by_role.then_some(role));
            at
        };
        let mut all = Finding::new(
            at(Category::total()),
            PEOPLE,
            counts.estimate(0),
            counts.source(),
        );
        // The note needs each employer's own estimate, so only who may read employers by name gets it.
        if estimator.archive().is_for_analysts() {
            let present = present(&employers, &here, period)?;
            all = all.noted(format!(
                "{} certainly {} staff here",
                count_of(present, "employer"),
                if present == 1 { "has" } else { "have" },
            ));
        }
        findings.rows.push(all);
        for (index, &role) in wanted_roles.iter().enumerate() {
            let role = Category::of(roles, role);
            let people = counts.estimate(index + 1);
            let finding = Finding::new(at(role), PEOPLE, people, counts.source());
            findings.rows.push(finding);
        }
    }
    Ok(findings)
}

/// How many of the employers certainly have staff there.
fn present(
    employers: &[Estimator<'_>],
    here: &Cohort,
    period: Period,
) -> Result<usize, EstimatorError> {
    let mut present = 0;
    for own in employers {
        let people = own.at(period, std::slice::from_ref(here))?.estimate(0);
        let is_clear = people.value() > PRESENT_ABOVE_SDS * people.sd();
        present += usize::from(is_clear && people.value() >= 0.5);
    }
    Ok(present)
}

fn count_of(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    #[test]
    fn a_locality_has_the_roles_of_all_its_employers() {
        let at =
            |locality: &'static str, role: &'static str| [("locality", locality), ("role", role)];
        let archive = Workforce::new()
            .people(&at("e08000001", "community_nurse"), 30)
            .people(&at("e08000001", "physiotherapist"), 10)
            .employer("RMC")
            .people(&at("e08000001", "community_nurse"), 15)
            .people(&at("e08000002", "physiotherapist"), 5)
            .archive(r#"{ by = ["locality", "role"] }"#, "{ by = [] }");
        let bolton = Question {
            filters: vec!["locality=e08000001,e08000002".parse().unwrap()],
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &NEIGHBOURHOOD_TEAM, &bolton).unwrap();
        let of = |locality: &str, role: &str, measure: &str| {
            let row = findings.rows.iter().find(|row| {
                let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
                codes == [locality, role] && row.measure == measure
            });
            row.unwrap().clone()
        };
        close(of("e08000001", "community_nurse", "people").figure, 45.0);
        let bolton = of("e08000001", "total", "people");
        close(bolton.figure, 55.0);
        assert_eq!(
            bolton.note.unwrap(),
            "2 employers certainly have staff here"
        );
        let bury = of("e08000002", "total", "people");
        assert_eq!(bury.note.unwrap(), "1 employer certainly has staff here");
        assert!(
            findings.notes[0].ends_with("2026-03: 2 of 2 employers."),
            "{:?}",
            findings.notes
        );
    }
}
