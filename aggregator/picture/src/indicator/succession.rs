//! Succession: who could follow when senior posts become free.

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{BANDS_7_TO_8B, FROM_55, STAFF_GROUP, UPPER_BANDS},
};
use crate::estimator::{Cohort, Estimator};

const POOL: (&str, &str) = ("pool", "On bands 7 to 8b");
const POOL_UNDER_55: (&str, &str) = ("pool_under_55", "Of these, not 55 or over");
const POSTS: (&str, &str) = ("posts", "On band 8a and above");
const POSTS_OVER_55: (&str, &str) = ("posts_55_and_over", "Of these, 55 and over");
const SHARE_OVER_55: (&str, &str) = (
    "share_55_and_over",
    "Share of band 8a and above aged 55 and over",
);
const RATIO: (&str, &str) = (
    "pool_per_post",
    "People on bands 7 to 8b for each senior of 55 and over",
);

const POOL_BANDS: [&str; 3] = ["afc_7", "afc_8a", "afc_8b"];

pub(super) static SUCCESSION: Indicator = Indicator {
    definition: Definition {
        name: "succession",
        title: "Succession to senior posts",
        question: "Who could follow when those on band 8a and above retire?",
        definition: "People on bands 7 to 8b (the pool) for each person on band 8a and above who is 55 or \
            over (a post that may fall free), by staff group.",
        formula: "pool per post = people on bands 7, 8a and 8b / people of 55 and over on bands 8a to 9 and \
            very senior managers",
        denominator: "People of 55 and over on band 8a and above; those of unknown age are not among them. \
            Share: all on band 8a and above.",
        excluded: "Doctors and dentists, who are on other pay scales, and who is on an unknown band.",
        source: "VWIS: own judgement of pool and posts; 8a and above as in the race disparity ratio; 55 is \
            the age from which most members of the 1995 section of the NHS Pension Scheme can retire.",
        limits: &[
            "A pool is of the right band, not of the right skill or wish; and not everybody of 55 leaves \
             soon: the retirement outlook says how many are expected to.",
            "Those of 55 and over on 8a and 8b are in the pool and hold a post: `pool_under_55` leaves them \
             out of the pool.",
            "A ratio has no upper limit where no senior of 55 or over is certain.",
            "People by employer, not unique people: a pool of one employer serves the posts of another only \
             if people move.",
        ],
        reads: &["age_band", "band"],
        breakdowns: &[&["staff_group"], &[]],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::staff(&[STAFF_GROUP, BANDS_7_TO_8B]),
                KeyFigure::staff(&[FROM_55, UPPER_BANDS]),
                KeyFigure::staff(&[FROM_55, STAFF_GROUP, UPPER_BANDS]),
            ]
        },
    },
    answer,
};

fn in_bands(cohort: Cohort, codes: &[&str]) -> Cohort {
    cohort.with_any("band", codes)
}

fn senior(cohort: Cohort) -> Cohort {
    cohort.in_group("band", "disparity", "upper")
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &SUCCESSION.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    for group in question.groups(definition)? {
        let staff = group.of(Cohort::staff());
        let over_55 = |cohort: Cohort| cohort.in_group("age_band", "retirement", "55_and_over");
        let pool = in_bands(staff.clone(), &POOL_BANDS);
        let posts = senior(staff);
        let counts =
            estimator.latest(&[pool.clone(), posts.clone(), over_55(posts), over_55(pool)])?;
        let under_55 = counts.parts().combined(&[&[1.0, 0.0, 0.0, -1.0]]);
        let under_55 = under_55.estimate(counts.estimate(0).measure(), 0);
        let mut row = |measure, figure| {
            let categories = group.categories.clone();
            let finding = Finding::new(categories, measure, figure, counts.source());
            findings.rows.push(finding);
        };
        row(POOL, counts.estimate(0).into());
        row(POOL_UNDER_55, under_55.into());
        row(POSTS, counts.estimate(1).into());
        row(POSTS_OVER_55, counts.estimate(2).into());
        row(SHARE_OVER_55, counts.share(2, 1));
        row(RATIO, counts.parts().ratio(&[0], &[2]));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    #[test]
    fn a_pool_is_held_against_the_posts_that_may_fall_free() {
        let nurse = |band: &'static str, age: &'static str| {
            [
                ("staff_group", "nursing_and_midwifery"),
                ("band", band),
                ("age_band", age),
            ]
        };
        let archive = Workforce::new()
            .people(&nurse("afc_6", "60_64"), 500)
            .people(&nurse("afc_7", "40_44"), 90)
            .people(&nurse("afc_7", "55_59"), 10)
            .people(&nurse("afc_8b", "55_59"), 12)
            .people(&nurse("afc_8c", "60_64"), 5)
            .people(&nurse("vsm", "65_and_over"), 3)
            .people(&nurse("afc_8d", "50_54"), 20)
            .archive(
                r#"{ by = ["staff_group", "band", "age_band"] }"#,
                "{ by = [] }",
            );
        let findings = Workforce::ask(&archive, &SUCCESSION, &Question::default()).unwrap();
        let of = |measure: &str| {
            let row = findings
                .rows
                .iter()
                .find(|row| row.measure == measure && row.group[0].code == "nursing_and_midwifery");
            row.unwrap().figure
        };
        // The pool is 90 + 10 + 12, of whom 22 are 55 and over; of the 40 posts 12 + 5 + 3 are held by people
        // of 55 and over.
        close(of("pool"), 112.0);
        close(of("pool_under_55"), 90.0);
        close(of("posts"), 40.0);
        close(of("posts_55_and_over"), 20.0);
        close(of("share_55_and_over"), 0.5);
        close(of("pool_per_post"), 5.6);
    }
}
