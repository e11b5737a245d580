use super::*;

const DAYS: [&str; 3] = ["2024-03", "2025-03", "2026-03"];

/// 100, 130 and 160 women on band 5 at R0A in three years, and 40 at RM3 each year; with the doubt of a release.
fn three_years() -> Workforce {
    let women = [("band", "afc_5"), ("gender", "female")];
    DAYS.into_iter().zip([100, 130, 160]).fold(
        Workforce::new().doubted(),
        |workforce, (day, number)| {
            let own = workforce.period(day).employer("R0A").people(&women, number);
            own.employer("RM3").people(&women, 40)
        },
    )
}

fn archive_of(workforce: &Workforce) -> Archive {
    workforce.archive(r#"{ by = ["band"] }"#, r#"{ by = ["band"] }"#)
}

fn over(years: u16, whose: Whose) -> Table {
    Table {
        whose,
        years,
        ..question(&["band"])
    }
}

/// Estimate and standard deviation of band 5.
fn band_5(answer: &Answer) -> [f64; 2] {
    let sheet = &answer.sheet;
    let place = |name: &str| sheet.place(name).unwrap();
    let is_of_band_5 = |row: &&Vec<Cell>| row[place("band")] == Cell::text("afc_5");
    let row = sheet.rows.iter().find(is_of_band_5).unwrap();
    ["estimate", "sd"].map(|name| match row[place(name)] {
        Cell::Number(value) => value,
        ref other => panic!("{other:?}"),
    })
}

#[test]
fn a_mean_over_years_has_the_noise_of_a_mean_and_is_labelled_as_of_all_of_them() {
    let archive = archive_of(&three_years());
    let own = Whose::Organisations(vec!["R0A".parse().unwrap()]);
    for (whose, expected) in [
        (own, [160.0, 145.0, 130.0]),
        (Whose::System, [200.0, 185.0, 170.0]),
    ] {
        let [_, sd] = band_5(&over(1, whose.clone()).answer(&archive).unwrap());
        for (years, expected) in (1..).zip(expected) {
            let answer = over(years, whose.clone()).answer(&archive).unwrap();
            let [estimate, of_mean] = band_5(&answer);
            assert!((estimate - expected).abs() < 1e-9, "{years}: {estimate}");
            assert!((of_mean * f64::from(years).sqrt() / sd - 1.0).abs() < 1e-9);
            assert_eq!(answer.releases.len(), usize::from(years));
            let sheet = &answer.sheet;
            let is_told = sheet
                .notes
                .iter()
                .any(|note| note.contains("and not of now"));
            assert_eq!(is_told, years > 1, "{:?}", sheet.notes);
            if years == 2 {
                let days = "the mean of 2025-03-31 and 2026-03-31";
                assert!(sheet.title.ends_with(days), "{}", sheet.title);
                let period = sheet.place("period").unwrap();
                assert_eq!(sheet.rows[0][period], Cell::text("2025-03 2026-03"));
                assert_eq!(sheet.metadata["mean_with"][0]["period"], "2025-03");
                assert_eq!(sheet.metadata["period"], "2026-03");
            }
        }
    }
}

#[test]
fn each_employers_mean_is_of_each_employer() {
    let answer = over(2, Whose::System).each(&archive_of(&three_years()), || false);
    let title = answer.unwrap().sheet.title;
    let expected = "headcount of each employer, the mean of 2025-03-31 and 2026-03-31";
    assert!(title.ends_with(expected), "{title}");
}

#[test]
fn a_year_that_is_not_released_is_named() {
    let error = over(4, Whose::System).answer(&archive_of(&three_years()));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("not released for 2023-03"), "{error}");
}

#[test]
fn a_mean_is_over_those_who_are_in_all_years_and_never_over_one_alone() {
    let women = [("band", "afc_5"), ("gender", "female")];
    let came = |workforce: Workforce| {
        workforce
            .period("2026-03")
            .employer("RMC")
            .people(&women, 7)
    };
    let answer = over(2, Whose::System).answer(&archive_of(&came(three_years())));
    let answer = answer.unwrap();
    assert!((band_5(&answer)[0] - 185.0).abs() < 1e-9);
    let notes = answer.sheet.notes.join(" ");
    assert!(notes.contains("left out: RMC"), "{notes}");

    let one_stayed = Workforce::new()
        .period("2025-03")
        .people(&women, 10)
        .period("2026-03")
        .people(&women, 10);
    let error = over(2, Whose::System).answer(&archive_of(&came(one_stayed)));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("R0A"), "{error}");
}
