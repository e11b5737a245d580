//! Representation: does the workforce look like the residents?

use super::{
    Definition, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{
        ALL_SITES, BAND_7, BME, DISABLED, ETHNIC_GROUP, ETHNIC_GROUP_UNKNOWN, LOCALITY, ROLE, SAID,
        SHARED_SERVICE, STAFF_GROUP, TUMOUR_SITE, WOMEN,
    },
    population::{self, Characteristic, OF},
    shares::UNKNOWN,
};
use crate::estimator::Estimator;

pub(super) static REPRESENTATION: Indicator = Indicator {
    definition: Definition {
        name: "representation",
        title: "Representation of the population",
        question: "Does the workforce look like the people it serves?",
        definition: "Each ethnic group's share of staff (or each gender's, or of disabled people) beside its \
            share of residents: of the locality where they work, by locality; of the whole place in all \
            other breakdowns. Yes, no, or cannot tell. Groups of staff are also held against all staff of \
            the same employers.",
        formula: "share = people of the group and part / people of the group; looks like: its whole interval \
            lies within 2 percentage points of the residents' share; does not: the interval lies outside of that. \
            Beside all staff, the noise of both counts",
        denominator: "Those of the group who said; `unknown=counted` counts those who did not, too. The \
            share who did not say is beside it, and of all people of the group. Of residents: all of them.",
        excluded: "Nobody beyond the standard headcount filter. No residents are set against those who work \
            elsewhere or nobody knows where.",
        source: "Residents by ethnic group, sex and disability as the place pack has them, whose source is \
            noted. That shares within 2 percentage points look alike is a judgement.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "Residents of all ages, children and pensioners among them, are not those who could work here, \
             and many work outside the place where they live.",
            "The census asks of disability whether day-to-day activities are limited, employers whether \
             somebody considers themself disabled, and residents of all ages are more often limited than \
             people of working age.",
            "Residents of the census day are held against staff of today.",
            "Whoever did not say may be another mixture than those who did: look at how many they are. With \
             `unknown=counted` they count as of no other part, so every share is a little low; where that \
             could turn a no, the row says so.",
        ],
        reads: &["ethnic_group", "gender", "disability"],
        breakdowns: &[
            &["locality"],
            &[],
            &["pathway"],
            &["band"],
            &["staff_group"],
            &["role"],
        ],
        options: &[OF, UNKNOWN],
        key_figures: || {
            vec![
                KeyFigure::staff(&[BME]),
                KeyFigure::staff(&[BME, LOCALITY]),
                KeyFigure::staff(&[BME, STAFF_GROUP]),
                KeyFigure::staff(&[BME, ROLE]),
                KeyFigure::staff(&[BME, BAND_7]),
                KeyFigure::staff(&[ETHNIC_GROUP, BAND_7]),
                KeyFigure::staff(&[ETHNIC_GROUP, LOCALITY]),
                KeyFigure::staff(&[DISABLED]),
                KeyFigure::staff(&[DISABLED, LOCALITY]),
                KeyFigure::staff(&[WOMEN]),
                KeyFigure::staff(&[WOMEN, LOCALITY]),
                KeyFigure::staff(&[SAID, LOCALITY]),
                KeyFigure::staff(&[SAID, STAFF_GROUP]),
                KeyFigure::staff(&[SAID, ROLE]),
                KeyFigure::staff(&[SAID, TUMOUR_SITE]),
                KeyFigure::staff(&[BME, TUMOUR_SITE]),
                KeyFigure::staff(&[BME, SHARED_SERVICE]),
                KeyFigure::staff(&[BME, ALL_SITES]),
                KeyFigure::staff(&[TUMOUR_SITE, ETHNIC_GROUP]),
                KeyFigure::staff(&[TUMOUR_SITE, ETHNIC_GROUP_UNKNOWN]),
                KeyFigure::staff(&[WOMEN, TUMOUR_SITE]),
                KeyFigure::staff(&[WOMEN, SHARED_SERVICE]),
                KeyFigure::staff(&[DISABLED, TUMOUR_SITE]),
                KeyFigure::staff(&[DISABLED, SHARED_SERVICE]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &REPRESENTATION.definition;
    let characteristic = Characteristic::chosen(question, definition);
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(characteristic.split.dimension());
    findings.note(population::note(characteristic.split.attribute));
    for group in population::groups(question, definition)? {
        findings
            .rows
            .extend(characteristic.rows(estimator, &group)?);
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        estimate::Verdict,
        indicator::testing::{STANDARD, Workforce, close, row},
    };

    fn question(by: &str, of: &str) -> Question {
        Question {
            by: Some(vec![by.to_owned()]),
            options: [("of".to_owned(), of.to_owned())].into(),
            ..Question::default()
        }
    }

    #[test]
    fn each_locality_is_held_against_its_own_residents() {
        let at = |locality, ethnic| [("locality", locality), ("ethnic_group", ethnic)];
        let archive = Workforce::new()
            .people(&at("e08000001", "white"), 700)
            .people(&at("e08000001", "asian"), 200)
            .people(&at("e08000001", "black"), 80)
            .people(&at("e08000001", "unknown"), 20)
            .people(&at("e08000003", "white"), 800)
            .people(&at("e08000003", "asian"), 100)
            .people(&at("e08000003", "unknown"), 100)
            .people(&at("elsewhere", "white"), 10)
            .archive(r#"{ by = ["locality", "ethnic_group"] }"#, "{ by = [] }");
        let of_those_who_said = Workforce::ask(&archive, &REPRESENTATION, &Question::default());
        let of_those_who_said = of_those_who_said.unwrap();
        close(
            row(&of_those_who_said, "share", &["e08000001", "bme"]).figure,
            280.0 / 980.0,
        );
        // The share who did not say stands in a row of its own, and is a share of all.
        close(
            row(&of_those_who_said, "share", &["e08000001", "unknown"]).figure,
            0.02,
        );
        let question = Question {
            options: [("unknown".to_owned(), "counted".to_owned())].into(),
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &REPRESENTATION, &question).unwrap();
        let bme = |locality| row(&findings, "share", &[locality, "bme"]);
        // ONS Census 2021, TS021: Bolton 212,941 of 295,960 white, so 83,019 of other groups, 28.05%;
        // 58,473 of them Asian or Asian British, without Chinese.
        let bolton = bme("e08000001").benchmark.clone().unwrap();
        assert_eq!(bolton.label, "Census 2021, all ages, Bolton");
        assert!((bolton.value - 83_019.0 / 295_960.0).abs() < 1e-9);
        close(bme("e08000001").figure, 0.28);
        assert_eq!(bme("e08000001").verdict, Some(Verdict::Yes));
        let asian = row(&findings, "share", &["e08000001", "asian"]);
        let census = asian.benchmark.clone().unwrap().value;
        assert!((census - 58_473.0 / 295_960.0).abs() < 1e-9);
        assert_eq!(asian.verdict, Some(Verdict::Yes));
        // Manchester: 238,306 of 551,938 residents, 43.2%. Of the staff 10%: too few, even if all of the 10%
        // who did not say were from minority groups.
        assert_eq!(bme("e08000003").verdict, Some(Verdict::No));
        assert_eq!(bme("e08000003").note, None);
        // Greater Manchester: 676,914 of 2,867,752 residents, 23.6%. Of the staff 380 of 2,010, 18.9%; 120
        // did not say.
        let all = bme("total");
        close(all.figure, 380.0 / 2_010.0);
        assert_eq!(
            all.benchmark.as_ref().unwrap().label,
            "Census 2021, all ages, Greater Manchester"
        );
        assert_eq!(all.verdict, Some(Verdict::No));
        let note = all.note.clone().unwrap();
        assert!(note.contains("The 6.0% who did not say"), "{note}");
        // Nobody lives in "elsewhere", and the census has no residents who did not say.
        assert_eq!(bme("elsewhere").benchmark, None);
        let unknown = row(&findings, "share", &["e08000003", "unknown"]);
        assert_eq!((unknown.benchmark.is_none(), unknown.verdict), (true, None));
        // Compared with all staff: 28% in Bolton, 18.9% of all.
        let beside = row(&findings, "share_beside_staff", &["e08000001", "bme"]);
        assert!((beside.benchmark.as_ref().unwrap().value - 380.0 / 2_010.0).abs() < 1e-9);
        assert_eq!(beside.verdict, Some(Verdict::No));
    }

    #[test]
    fn a_pathway_is_held_against_greater_manchester_and_beside_all_staff() {
        let at = |pathway, ethnic| [("pathway", pathway), ("ethnic_group", ethnic)];
        let archive = Workforce::new()
            .people(&at("breast", "white"), 76)
            .people(&at("breast", "asian"), 24)
            .people(&at("shared_treatment", "white"), 90)
            .people(&at("shared_treatment", "black"), 10)
            .people(&at("not_cancer", "white"), 800)
            .archive(r#"{ by = ["pathway", "ethnic_group"] }"#, "{ by = [] }");
        let ask = |question| Workforce::ask(&archive, &REPRESENTATION, &question).unwrap();
        let findings = ask(question("pathway", "ethnic_group"));
        let breast = row(&findings, "share", &["breast", "bme"]);
        // The residents of Greater Manchester: 23.6%.
        assert_eq!(breast.verdict, Some(Verdict::Yes));
        let beside = row(&findings, "share_beside_staff", &["breast", "bme"]);
        assert!((beside.benchmark.as_ref().unwrap().value - 0.034).abs() < 1e-9);
        assert_eq!(beside.verdict, Some(Verdict::No));
        // All cancer pathways together: 34 of 200.
        close(row(&findings, "share", &["cancer", "bme"]).figure, 0.17);
        close(row(&findings, "people", &["cancer", "total"]).figure, 200.0);
        // With a filter for one pathway there is no sum over all.
        let mut one = question("pathway", "ethnic_group");
        one.filters = vec!["pathway=breast".parse().unwrap()];
        let findings = ask(one);
        assert!(
            findings
                .rows
                .iter()
                .all(|row| row.group[0].code == "breast")
        );
    }

    #[test]
    fn a_small_team_gets_no_answer_and_a_large_locality_does() {
        let at = |place, pathway, ethnic| {
            [
                ("locality", place),
                ("pathway", pathway),
                ("ethnic_group", ethnic),
            ]
        };
        let archive = Workforce::new()
            .people(&at("e08000001", "not_cancer", "white"), 7_200)
            .people(&at("e08000001", "not_cancer", "asian"), 2_800)
            .people(&at("e08000001", "sarcoma", "white"), 20)
            .people(&at("e08000001", "sarcoma", "black"), 5)
            .doubted()
            .archive_under(STANDARD);
        let ask = |by| {
            let asked = question(by, "ethnic_group");
            Workforce::ask(&archive, &REPRESENTATION, &asked).unwrap()
        };
        let bolton = ask("locality");
        let bolton = row(&bolton, "share", &["e08000001", "bme"]);
        assert_eq!(bolton.verdict, Some(Verdict::Yes));
        let pathways = ask("pathway");
        let sarcoma = row(&pathways, "share", &["sarcoma", "bme"]);
        assert_eq!(sarcoma.verdict, Some(Verdict::CannotTell));
        assert!(!sarcoma.figure.is_shown());
        let beside = row(&pathways, "share_beside_staff", &["sarcoma", "bme"]);
        assert_eq!(beside.verdict, Some(Verdict::CannotTell));
    }

    #[test]
    fn disability_in_the_census_is_another_question_and_that_is_said() {
        let at = |locality, disability| [("locality", locality), ("disability", disability)];
        let archive = Workforce::new()
            .people(&at("e08000001", "yes"), 5)
            .people(&at("e08000001", "no"), 75)
            .people(&at("e08000001", "unknown"), 20)
            .archive(r#"{ by = ["locality", "disability"] }"#, "{ by = [] }");
        let ask = |question| Workforce::ask(&archive, &REPRESENTATION, &question).unwrap();
        let mut asked = question("locality", "disability");
        let of_those_who_said = asked.clone();
        asked
            .options
            .insert("unknown".to_owned(), "counted".to_owned());
        let findings = ask(asked);
        assert!(
            findings.notes[0].contains("all ages"),
            "{:?}",
            findings.notes
        );
        let disabled = row(&findings, "share", &["e08000001", "yes"]);
        // TS038: 53,598 of 295,963 residents of Bolton, 18.1%. That lies between the 5% of staff who said yes
        // and the 25% if all who did not say are added.
        assert!(disabled.note.is_some());
        assert_eq!(disabled.verdict, Some(Verdict::No));
        let findings = ask(of_those_who_said);
        let disabled = row(&findings, "share", &["e08000001", "yes"]);
        close(disabled.figure, 5.0 / 80.0);
        assert_eq!(disabled.note, None);
    }
}
