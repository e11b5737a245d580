use std::collections::BTreeMap;

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use vwis_model::{agreement::Measure, algebra::Levels, dictionary::Category, here};

use super::testing::{agreement, organisations, payloads};
use super::*;

fn query(by: &[&str], filters: &[&str]) -> Query {
    Query {
        by: by.iter().map(|&code| code.to_owned()).collect(),
        filters: filters.iter().map(|text| text.parse().unwrap()).collect(),
    }
}

fn position(code: &str) -> usize {
    here::dictionary()
        .data_set("staff")
        .unwrap()
        .position(code)
        .unwrap()
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-6
}

#[test]
fn without_noise_every_table_is_what_counting_one_by_one_gives() {
    let agreement = agreement();
    for series in agreement.series() {
        let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
        for table in promised_tables(series) {
            let by: Vec<_> = table.by.iter().map(String::as_str).collect();
            let resolved = query(&by, &[]).resolve(series).unwrap();
            for (ods_code, sum) in picture.organisations() {
                let people = &organisations()[ods_code];
                for row in resolved.rows(sum) {
                    let fits = |person: &[usize]| {
                        by.iter()
                            .zip(&row.categories)
                            .all(|(code, &c)| person[position(code)] == c)
                    };
                    let unit = if series.measure() == Measure::Fte {
                        100.0
                    } else {
                        1.0
                    };
                    let exact = people.count(series.measure(), fits) as f64 / unit;
                    let found = row.estimate.value();
                    assert!(
                        close(found, exact),
                        "{} {by:?}: {found} for {exact}",
                        series.name()
                    );
                }
            }
        }
    }
}

#[test]
fn organisations_add_up_to_the_system_and_margins_agree() {
    let agreement = agreement();
    for series in agreement.series() {
        let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
        let all: Vec<_> = rows(series, &picture, None).collect();
        let total = picture.system().table(Levels::TOTAL).unwrap().estimates[0];
        let tolerance = 1e-9 * total;
        let per_org = all.len() / 4;
        for (index, system) in all[3 * per_org..].iter().enumerate() {
            assert_eq!(system.org, SYSTEM);
            let sum: f64 = (0..3)
                .map(|org| all[org * per_org + index].estimate.value())
                .sum();
            assert!((sum - system.estimate.value()).abs() <= tolerance);
        }
        for table in promised_tables(series) {
            let of_table = all
                .iter()
                .filter(|r| r.org == SYSTEM && r.table == table.name());
            let sum: f64 = of_table.map(|row| row.estimate.value()).sum();
            assert!((sum - total).abs() <= tolerance, "{}", table.name());
        }
    }
}

#[test]
fn columns_come_in_the_order_asked_for() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
    let one = query(&["staff_group", "gender"], &[])
        .resolve(series)
        .unwrap();
    let other = query(&["gender", "staff_group"], &[])
        .resolve(series)
        .unwrap();
    let one_rows = one.rows(picture.system());
    let other_rows = other.rows(picture.system());
    assert_eq!(one.columns[0].attribute.code(), "staff_group");
    assert_eq!(one_rows[1].categories, [0, 1], "the last column is fastest");
    for row in &one_rows {
        let turned = [row.categories[1], row.categories[0]];
        let same = other_rows.iter().find(|r| r.categories == turned).unwrap();
        assert_eq!(same.estimate, row.estimate);
    }
}

#[test]
fn a_filter_on_another_attribute_sums_its_categories_with_the_exact_variance() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
    let gender = here::dictionary().attribute("gender").unwrap();
    let every: Vec<_> = gender.categories().iter().map(Category::code).collect();
    let filter = format!("gender={}", every.join(","));
    let filtered = query(&["staff_group"], &[&filter]).resolve(series).unwrap();
    let plain = query(&["staff_group"], &[]).resolve(series).unwrap();
    let rows = filtered
        .rows(picture.system())
        .into_iter()
        .zip(plain.rows(picture.system()));
    for (all, plain) in rows {
        assert!(close(all.estimate.value(), plain.estimate.value()));
        // With every category wanted, the doubt is the same as in the table by staff group alone.
        assert!((all.estimate.variance() / plain.estimate.variance() - 1.0).abs() < 1e-9);
    }
    let some = query(&["staff_group"], &[&format!("gender={}", every[0])])
        .resolve(series)
        .unwrap();
    let exact: i64 = organisations()
        .values()
        .map(|people| {
            people.count(Measure::Headcount, |p| {
                p[position("gender")] == 0 && p[position("staff_group")] == 2
            })
        })
        .sum();
    assert!(close(
        some.rows(picture.system())[2].estimate.value(),
        exact as f64
    ));
}

#[test]
fn a_filter_on_a_column_keeps_its_rows_only() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let band = here::dictionary().attribute("band").unwrap();
    let wanted = format!(
        "band={},{}",
        band.categories()[3].code(),
        band.categories()[1].code()
    );
    let resolved = query(&["band"], &[&wanted]).resolve(series).unwrap();
    let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
    let rows = resolved.rows(picture.system());
    let kept: Vec<_> = rows.iter().map(|row| row.categories[0]).collect();
    assert_eq!(kept, [1, 3]);
}

#[test]
fn one_table_follows_from_another_by_summing() {
    let agreement = agreement();
    // The agreement lists no table of `headline` by locality alone; it follows from the one by locality and
    // staff group.
    assert!(
        query(&["locality"], &[])
            .resolve(&agreement.series()[0])
            .is_ok()
    );
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let agreement = agreement();
    let ask = |by: &[&str], filters: &[&str], series: Option<&str>| {
        let error = query(by, filters).candidates(&agreement, Measure::Headcount, series);
        error.expect_err("no such table").to_string()
    };
    assert!(ask(&["staf_group"], &[], None).contains("did you mean `staff_group`?"));
    assert!(ask(&["xyzzy"], &[], None).contains("there are: "));
    assert!(ask(&["band"], &["band=band_99999999"], None).contains("is not a category of band"));
    assert!(ask(&["band", "band"], &[], None).contains("named twice"));
    assert!(ask(&["band", "locality"], &[], None).contains("nearest are: "));
    assert!(ask(&[], &[], Some("nope")).contains("headline, fte, detail"));
    // A sign that denies the word behind it is not dropped.
    for denied in ["!male", "-male", "~male", "<male", "not male", "*", "=male"] {
        let said = ask(&["gender"], &[&format!("gender={denied}")], None);
        assert!(said.contains("is not a category of gender"), "{said}");
    }
    assert!("band".parse::<Filter>().is_err());
    assert!("band=".parse::<Filter>().is_err());
}

#[test]
fn every_series_that_can_answer_is_a_candidate() {
    let agreement = agreement();
    let names = |by: &[&str]| -> Vec<_> {
        let found = query(by, &[])
            .candidates(&agreement, Measure::Headcount, None)
            .unwrap();
        found.iter().map(|(series, _)| series.name()).collect()
    };
    assert_eq!(names(&["staff_group"]), ["headline", "detail"]);
    assert_eq!(names(&["locality"]), ["headline"]);
    assert_eq!(names(&["band", "gender"]), ["detail"]);
}

#[test]
fn an_organisation_that_is_not_in_the_release_is_named() {
    let agreement = agreement();
    let series = &agreement.series()[1];
    let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
    let error = picture
        .sum_of(&Whose::of(vec!["RXX".parse().unwrap()]))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "RXX is not in this release; in it are: R0A, RM3, RW6"
    );
}

#[test]
fn the_picture_has_the_total_always_and_names_cells_by_codes() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
    let rows: Vec<_> = rows(series, &picture, None).collect();
    assert_eq!(
        (rows[0].org.as_str(), rows[0].table.as_str()),
        ("R0A", "total")
    );
    assert_eq!(rows[0].cell, "total");
    assert_eq!(rows[1].table, "locality+staff_group");
    assert_eq!(rows[1].cell.split('+').count(), 2);
}

proptest! {
    #[test]
    fn full_precision_survives_the_text(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
        prop_assert_eq!(value.to_string().parse::<f64>().unwrap().to_bits(), value.to_bits());
    }
}

#[test]
fn a_named_series_counts_what_it_counts_and_nothing_else() {
    let agreement = agreement();
    let of = |asked, series| Query::measure_of(&agreement, asked, series);
    assert_eq!(of(None, None), Ok(Measure::Headcount));
    assert_eq!(of(None, Some("fte")), Ok(Measure::Fte));
    assert_eq!(of(Some(Measure::Fte), Some("fte")), Ok(Measure::Fte));
    assert_eq!(of(Some(Measure::Fte), None), Ok(Measure::Fte));
    let said = of(Some(Measure::Fte), Some("headline")).unwrap_err();
    assert!(said.to_string().contains("of headcount"), "{said}");
    // `candidates` is the one to say that there is no such series.
    assert_eq!(of(Some(Measure::Fte), Some("none")), Ok(Measure::Fte));
}

#[test]
fn the_rows_of_one_are_those_that_it_has_among_all() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let picture = SeriesPicture::new(series, &payloads(series)).unwrap();
    let line = |row: PictureRow| (row.org.clone(), format!("{row:?}"));
    let all: Vec<_> = rows(series, &picture, None).map(line).collect();
    for org in ["RM3", SYSTEM] {
        let own: Vec<_> = rows(series, &picture, Some(org)).map(line).collect();
        let among: Vec<_> = all.iter().filter(|row| row.0 == org).cloned().collect();
        assert!(!own.is_empty());
        assert_eq!(own, among);
    }
    assert_eq!(rows(series, &picture, Some("X00")).count(), 0);
}

#[test]
fn a_table_that_no_series_promises_is_told_with_the_nearest_of_all() {
    let agreement = agreement();
    let query = Query {
        by: vec!["band".to_owned(), "locality".to_owned()],
        filters: Vec::new(),
    };
    let error = query
        .candidates(&agreement, Measure::Headcount, None)
        .unwrap_err();
    let QueryError::NotPromised {
        series, nearest, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(series, "headline` or `detail");
    assert!(
        nearest.contains(&"locality+staff_group".to_owned()),
        "{nearest:?}"
    );
    assert!(nearest.contains(&"band+gender".to_owned()), "{nearest:?}");
}

/// Tables of categories, of groups, and of both, and what was seen of their cells in each draw.
#[derive(Default)]
struct Seen {
    covered: Vec<f64>,
    squares: Vec<f64>,
}

impl Seen {
    /// Whether the mean over independent draws is within 6 standard errors of `expected`: once in 1e9 it is
    /// not.
    #[expect(clippy::cast_precision_loss, reason = "some hundred draws")]
    fn holds(draws: &[f64], expected: f64) -> bool {
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let squares = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>();
        (mean - expected).abs() < 6.0 * (squares / (n - 1.0) / n).sqrt()
    }
}

/// Of tables with at most 700 cells, in 600 seeded draws.
#[test]
fn groups_categories_and_both_together_are_as_exact_as_is_said() {
    let draft = vwis_model::agreement::Draft::parse(crate::indicator::testing::STANDARD).unwrap();
    let (agreement, _) = draft.compile(here::dictionary()).unwrap();
    let mut noise = ChaCha20Rng::seed_from_u64(20_261_130);
    let mut seen: BTreeMap<(&str, &str), Seen> = BTreeMap::new();
    for name in ["headline", "detail", "year_leavers"] {
        let series = agreement.series_named(name).unwrap();
        let strategy = series.strategy();
        let variances = strategy.variances(1);
        let mut tables: BTreeMap<&str, Vec<(Levels, Vec<f64>)>> = BTreeMap::new();
        for table in promised_tables(series) {
            let groups = table.by.iter().filter(|name| name.contains(':')).count();
            let kind = match groups {
                0 => "categories",
                all if all == table.by.len() => "groups",
                _ => "both",
            };
            if strategy.domain().cells(table.levels) <= 700 {
                let of = variances.cell_variances(table.levels).unwrap();
                tables.entry(kind).or_default().push((table.levels, of));
            }
        }
        for _ in 0..600 {
            let drawn = |_| crate::indicator::testing::drawn(strategy.gamma(), &mut noise);
            let entries: Vec<i64> = (0..strategy.entries()).map(drawn).collect();
            let mut sum = ResidualSum::for_strategy(strategy);
            sum.add(strategy, &entries).unwrap();
            for (kind, tables) in &tables {
                let (mut cells, mut covered, mut squares) = (0.0, 0.0, 0.0);
                for (levels, variances) in tables {
                    let table = sum.table(*levels).unwrap();
                    for (error, variance) in table.estimates.iter().zip(variances) {
                        let standardised = error / variance.sqrt();
                        cells += 1.0;
                        squares += standardised.powi(2);
                        covered +=
                            f64::from(standardised.abs() <= crate::estimate::thresholds::Z_95);
                    }
                }
                let seen = seen.entry((name, kind)).or_default();
                seen.covered.push(covered / cells);
                seen.squares.push(squares / cells);
            }
        }
    }
    assert_eq!(seen.len(), 9);
    for ((series, kind), seen) in seen {
        assert!(Seen::holds(&seen.covered, 0.95), "{series} {kind}");
        assert!(Seen::holds(&seen.squares, 1.0), "{series} {kind}");
    }
}
