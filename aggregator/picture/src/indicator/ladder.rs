//! The ladder: a part's share of the people on each band, from the lowest to the highest.

use vwis_model::dictionary::ladder;

use super::{
    Category, Definition, Dimension, Findings, Indicator, IndicatorError, KeyFigure,
    OptionDefinition, Question,
    key_figure::{
        ALL_SITES, BAND_7, BAND_8A, BME, DISABLED, ETHNIC_GROUP, ETHNIC_GROUP_UNKNOWN, LOWER_BANDS,
        MIDDLE_BANDS, SAID, SHARED_SERVICE, STAFF_GROUP, TUMOUR_SITE, UPPER_BANDS, WOMEN,
    },
    population::{self, BESIDE_STAFF, Characteristic, Group, OF},
    shares::{PEOPLE, Share, UNKNOWN},
};
use crate::{
    estimate::Verdict,
    estimator::{Cohort, Estimator},
    indicator::Finding,
};

pub(super) static LADDER: Indicator = Indicator {
    definition: Definition {
        name: "ladder",
        title: "The ladder of bands",
        question: "At which band does the workforce stop looking like the people it serves?",
        definition: "The share of people of minority ethnic groups (or of women, or of disabled people) on \
            each band, beside their share of the place's residents and of all staff; and the band \
            from which upwards it is lower than among the residents.",
        formula: "share = people of the band who are of the part / people of the band; looks like: its whole \
            interval lies within 2 percentage points of the residents' share; does not: the interval \
            lies outside of that. The turn is the lowest band that is clearly lower, with none above it that looks \
            like the residents or is clearly higher",
        denominator: "Those of the band who said; `unknown=counted` counts those who did not, too. Of \
            residents: all of them.",
        excluded: "Medical grades and other pay, which are no rungs; they are in the total.",
        source: "Residents as the place pack has them, whose source is noted; bands of Agenda for Change. That \
            shares within 2 percentage points look alike is a judgement.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "It compares those in post on one day and says nothing of how they came there.",
            "Residents of all ages are not those who could work here.",
            "A pathway or staff group has few people on its upper bands: there the answer is mostly that \
             one cannot tell.",
        ],
        reads: &["band", "ethnic_group", "gender", "disability"],
        breakdowns: &[&[], &["pathway"], &["staff_group"]],
        options: &[OF, UNKNOWN, RUNGS],
        key_figures: || {
            vec![
                KeyFigure::staff(&[BME, BAND_8A]),
                KeyFigure::staff(&[ETHNIC_GROUP, BAND_8A]),
                KeyFigure::staff(&[BAND_8A, ETHNIC_GROUP_UNKNOWN]),
                KeyFigure::staff(&[SAID, BAND_8A]),
                KeyFigure::staff(&[SAID, STAFF_GROUP, BAND_7]),
                KeyFigure::staff(&[SAID, TUMOUR_SITE, BAND_7]),
                KeyFigure::staff(&[SAID, TUMOUR_SITE, MIDDLE_BANDS]),
                KeyFigure::staff(&[SAID, TUMOUR_SITE, LOWER_BANDS]),
                KeyFigure::staff(&[SAID, ALL_SITES, BAND_7]),
                KeyFigure::staff(&[BME, TUMOUR_SITE, LOWER_BANDS]),
                KeyFigure::staff(&[BME, STAFF_GROUP, BAND_7]),
                KeyFigure::staff(&[BME, TUMOUR_SITE, BAND_7]),
                KeyFigure::staff(&[BME, TUMOUR_SITE, MIDDLE_BANDS]),
                KeyFigure::staff(&[BME, SHARED_SERVICE, MIDDLE_BANDS]),
                KeyFigure::staff(&[BME, ALL_SITES, BAND_7]),
                KeyFigure::staff(&[BME, ALL_SITES, UPPER_BANDS]),
                KeyFigure::staff(&[WOMEN, BAND_8A]),
                KeyFigure::staff(&[DISABLED, BAND_8A]),
            ]
        },
    },
    answer,
};

/// The option that joins bands to tiers, for groups with few people on each band.
const RUNGS: OptionDefinition = OptionDefinition {
    name: "rungs",
    description: "What a rung is: each band, or the three tiers of the race disparity ratio (band 5 and \
        below, 6 and 7, 8a and above), which a small group is told by with less noise for its size",
    default: "band",
    values: &["band", "tier"],
};

/// How the part's share on a rung compares with its share among the residents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rung {
    /// Clearly lower.
    Lower,
    /// Alike, or clearly higher.
    NotLower,
    /// It cannot be told.
    Open,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &LADDER.definition;
    let characteristic = Characteristic::chosen(question, definition);
    let band = question.attribute("band");
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension::of(band));
    findings.dimensions.push(characteristic.split.dimension());
    for group in population::groups(question, definition)? {
        let all_staff = (Cohort::staff(), "all staff");
        let others = (!group.is_everybody).then(|| all_staff.clone());
        let all_bands = (Category::total(), group.cohort.clone(), others);
        findings
            .rows
            .extend(rung(estimator, &characteristic, &group, all_bands)?);
        let mut rungs = Vec::new();
        for (category, bands) in rungs_of_agenda_for_change(question) {
            let on = |cohort: Cohort| cohort.among(band, &bands);
            // For everybody, a rung is compared with all staff; for a group, with all staff on the same rung.
            let others = if group.is_everybody {
                all_staff.clone()
            } else {
                (on(Cohort::staff()), "all staff on the same band")
            };
            let here = (category.clone(), on(group.cohort.clone()), Some(others));
            let rows = rung(estimator, &characteristic, &group, here)?;
            let beside_residents = rows
                .iter()
                .find(|row| row.measure == super::shares::SHARE.0);
            rungs.push((category, beside_residents.map_or(Rung::Open, Rung::of)));
            findings.rows.extend(rows);
        }
        let whose = match group.categories.last() {
            Some(category) if !group.is_everybody => category.label.as_str(),
            _ => "all staff",
        };
        let part = &characteristic.subject.category.label;
        findings.note(format!("{part}, {whose}: {}", turn(&rungs)));
    }
    findings.note(population::note(characteristic.split.attribute));
    Ok(findings)
}

/// The rows of one rung: how many people stand there, how many of them are in the part, and the part's share,
/// compared with those of the residents and of the others.
fn rung(
    estimator: &Estimator<'_>,
    characteristic: &Characteristic,
    group: &Group,
    (category, cohort, others): (Category, Cohort, Option<(Cohort, &str)>),
) -> Result<Vec<Finding>, IndicatorError> {
    let Characteristic {
        split,
        subject,
        unknown,
    } = characteristic;
    let here = Group {
        categories: [group.categories.as_slice(), &[category]].concat(),
        cohort,
        ..group.clone()
    };
    let at = |part: &Category| [here.categories.as_slice(), std::slice::from_ref(part)].concat();
    let counted_beside = others.as_ref().map(|(cohort, _)| cohort);
    let share = Share::count(
        estimator,
        split,
        subject,
        &here.cohort,
        counted_beside,
        *unknown,
    )?;
    let silent = characteristic.silent(estimator, &here)?;
    let place = at(&subject.category);
    let mut rows = vec![
        Finding::new(
            at(&Category::total()),
            PEOPLE,
            share.whole(),
            share.source(),
        ),
        Finding::new(place.clone(), PEOPLE, share.people(), share.source()),
        characteristic.beside_residents(subject, place.clone(), &share, &here, &silent),
    ];
    if let Some((_, label)) = others {
        rows.push(share.against_others(place, BESIDE_STAFF, label));
    }
    Ok(rows)
}

/// The rungs from the lowest to the highest, with the bands that each consists of: bands 1 to 9 and very
/// senior managers one by one, or tiers of them.
fn rungs_of_agenda_for_change(question: &Question) -> Vec<(Category, Vec<usize>)> {
    let band = question.attribute("band");
    if question.option(&LADDER.definition, RUNGS.name) == "tier" {
        let grouping = band.grouping("disparity");
        let grouping = grouping.expect("the dictionary groups bands by tier");
        let tiers = ["lower", "middle", "upper"].into_iter();
        return tiers
            .filter_map(|code| grouping.group(code))
            .map(|tier| {
                let category = Category::named(tier.code(), tier.label());
                (category, tier.categories().to_vec())
            })
            .collect();
    }
    ladder(band)
        .into_iter()
        .map(|index| (Category::of(band, index), vec![index]))
        .collect()
}

/// A sentence that says from which rung up the share stays lower than among the residents.
fn turn(rungs: &[(Category, Rung)]) -> String {
    let last_not_lower = rungs.iter().rposition(|(_, rung)| *rung == Rung::NotLower);
    let above = &rungs[last_not_lower.map_or(0, |index| index + 1)..];
    match above.iter().find(|(_, rung)| *rung == Rung::Lower) {
        Some((category, _)) => format!(
            "from {} up, the share is lower than among the residents, as far as can be told",
            category.label
        ),
        None => {
            "no band from which up the share is clearly lower than among the residents".to_owned()
        }
    }
}

// === impl Rung ===

impl Rung {
    fn of(row: &Finding) -> Self {
        let (Some(benchmark), Some(value)) = (&row.benchmark, row.figure.value()) else {
            return Self::Open;
        };
        match row.verdict {
            Some(Verdict::No) if value < benchmark.value => Self::Lower,
            Some(Verdict::No | Verdict::Yes) => Self::NotLower,
            _ => Self::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{ENGLAND_TABLES, Workforce, close, row};

    #[test]
    fn england_turns_where_its_share_falls_below_the_residents() {
        // GOV.UK Ethnicity facts and figures, NHS workforce, June 2022, BME of all on a band, without
        // doctors: band 5 83,856 of 240,811 (34.8%), 6 49,621 of 235,246 (21.1%), 7 25,076 of 148,054
        // (16.9%), VSM 189 of 2,351 (8.0%). Greater Manchester: 23.6%, so alike is 21.6% to 25.6%.
        let archive = Workforce::of_england().archive(ENGLAND_TABLES, "{ by = [] }");
        let question = Question {
            options: [("unknown".to_owned(), "counted".to_owned())].into(),
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &LADDER, &question).unwrap();
        let bme = |band| row(&findings, "share", &[band, "bme"]);
        close(bme("afc_7").figure, 25_076.0 / 148_054.0);
        assert_eq!(bme("afc_7").verdict, Some(Verdict::No));
        close(bme("vsm").figure, 189.0 / 2_351.0);
        assert_eq!(
            findings.notes[0],
            "Black and minority ethnic, all staff: from Band 6 up, the share is lower than among the \
             residents, as far as can be told"
        );
        let beside = row(&findings, "share_beside_staff", &["afc_7", "bme"]);
        let all = beside.benchmark.as_ref().unwrap().value;
        assert!((all - 339_488.0 / 1_387_813.0).abs() < 1e-9);
    }

    #[test]
    fn a_turn_is_not_claimed_below_a_band_that_looks_like_the_residents() {
        let rungs = |rungs: &[Rung]| {
            let named = rungs.iter().enumerate().map(|(index, rung)| {
                let label = format!("Band {}", index + 1);
                (Category::named(&label, &label), *rung)
            });
            turn(&named.collect::<Vec<_>>())
        };
        let (lower, like, open) = (Rung::Lower, Rung::NotLower, Rung::Open);
        assert!(rungs(&[like, open, lower, open, lower]).starts_with("from Band 3 up"));
        assert!(rungs(&[lower, lower]).starts_with("from Band 1 up"));
        assert!(rungs(&[lower, like, open]).starts_with("no band"));
        assert!(rungs(&[lower, like, lower]).starts_with("from Band 3 up"));
        assert!(rungs(&[]).starts_with("no band"));
    }

    #[test]
    fn a_pathways_rung_is_held_beside_the_same_band_of_all_staff() {
        let at = |pathway, band, ethnic| {
            [
                ("pathway", pathway),
                ("band", band),
                ("ethnic_group", ethnic),
            ]
        };
        let archive = Workforce::new()
            .people(&at("breast", "afc_6", "white"), 15)
            .people(&at("breast", "afc_6", "asian"), 5)
            .people(&at("not_cancer", "afc_6", "white"), 80)
            .people(&at("not_cancer", "afc_2", "asian"), 100)
            .archive(
                r#"{ by = ["pathway", "band", "ethnic_group"] }"#,
                "{ by = [] }",
            );
        let question = Question {
            by: Some(vec!["pathway".to_owned()]),
            filters: vec!["pathway=breast".parse().unwrap()],
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &LADDER, &question).unwrap();
        let beside = row(&findings, "share_beside_staff", &["breast", "afc_6", "bme"]);
        close(beside.figure, 0.25);
        // Over all employers, 5 of 100 on band 6.
        assert!((beside.benchmark.as_ref().unwrap().value - 0.05).abs() < 1e-9);
        assert!(findings.notes[0].contains("Breast"), "{:?}", findings.notes);
    }

    #[test]
    fn a_small_group_can_be_asked_by_tier() {
        let at = |band, ethnic| {
            [
                ("pathway", "breast"),
                ("band", band),
                ("ethnic_group", ethnic),
            ]
        };
        let archive = Workforce::new()
            .people(&at("afc_6", "white"), 10)
            .people(&at("afc_7", "asian"), 30)
            .people(&at("afc_9", "white"), 4)
            .archive(
                r#"{ by = ["pathway", "band", "ethnic_group"] }"#,
                "{ by = [] }",
            );
        let question = Question {
            by: Some(vec!["pathway".to_owned()]),
            filters: vec!["pathway=breast".parse().unwrap()],
            options: [("rungs".to_owned(), "tier".to_owned())].into(),
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &LADDER, &question).unwrap();
        close(
            row(&findings, "share", &["breast", "middle", "bme"]).figure,
            0.75,
        );
        close(
            row(&findings, "people", &["breast", "upper", "total"]).figure,
            4.0,
        );
        let rungs = findings.rows.iter().map(|row| row.group[1].code.as_str());
        let rungs: std::collections::BTreeSet<_> = rungs.collect();
        assert_eq!(rungs, ["lower", "middle", "total", "upper"].into());
    }
}
