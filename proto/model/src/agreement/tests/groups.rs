//! Agreements that measure groups of categories beside the categories.

use super::*;

/// A series that measures groups of two attributes, one of them three levels deep.
const GROUPS: &str = r#"
[[series]]
name = "groups"
measure = "headcount"
cadence = "yearly"
rho = 0.1
trees = ["ethnic_group", "band"]
tables = [
    { by = ["band", "ethnic_group:1"], weight = 2 },
    { by = ["band:1", "ethnic_group"] },
    { by = ["gender", "band:2"] },
]
"#;

fn with_groups() -> Agreement {
    compile(&format!("{DRAFT}{GROUPS}")).unwrap()
}

#[test]
fn groups_are_in_the_bytes_of_their_series_and_nowhere_else() {
    let agreement = with_groups();
    let text = String::from_utf8(agreement.canonical().to_vec()).unwrap();
    let (before, series) = text.split_once("\"name\":\"groups\"").unwrap();
    assert_eq!(
        format!("{}]}}", before.strip_suffix(",{").unwrap()),
        canonical()
    );
    let trees = concat!(
        "\"rho_nano\":100000000,\"trees\":[{\"attribute\":\"band\",\"levels\":[",
        "[0,0,0,0,0,0,0,1,1,1,1,1,1,2,2,2,2,2],[0,0,0,0,1,1,1,2,2,3,3,3,3,4,4,4,5,5]]},",
        "{\"attribute\":\"ethnic_group\",\"levels\":[[0,1,1,1,1,1,0]]}],\"tables\":[",
        "{\"by\":[\"band\",\"ethnic_group:1\"],\"weight_milli\":2000},",
    );
    assert!(series.contains(trees), "{series}");
    // Every level is written, so that a residual means the same whatever the dictionary says later.
    for residual in [
        r#"["gender:1"]"#,
        r#"["band:3","ethnic_group:1"]"#,
        r#"["band:1","ethnic_group:2"]"#,
    ] {
        assert!(
            series.contains(&format!("{{\"by\":{residual},\"weight\":")),
            "{residual}: {series}"
        );
    }
    let read = Agreement::from_canonical(agreement.canonical(), here::editions()).unwrap();
    assert_eq!(read.hash(), agreement.hash());
    assert_eq!(
        read.series()[2].strategy(),
        agreement.series()[2].strategy()
    );
}

#[test]
fn groups_that_are_no_tree_or_are_not_as_the_tables_say_are_refused() {
    let text = String::from_utf8(with_groups().canonical().to_vec()).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        reread(&text.replacen(from, to, 1))
            .expect_err(to)
            .to_string()
    };
    let ethnic = "[[0,1,1,1,1,1,0]]";
    for (tree, problem) in [
        ("[[0,1,1,1,1,1,1]]", "only child"),
        ("[[0,0,0,0,0,0,0]]", "only child"),
        ("[[1,0,0,0,0,0,1]]", "label 1"),
        ("[[0,1,1,1,1,1]]", "6 labels for 7 categories"),
        ("[]", "0 levels"),
        (
            "[[0,1,1,1,1,1,0],[0,0,1,1,2,2,0]]",
            "two groups of the level above",
        ),
        (
            "[[0,1,1,1,1,1,0],[0,1,1,2,2,3,3]]",
            "two groups of the level above",
        ),
        ("[[0,1,1,1,1,1,0],[0,1,1,1,1,1,0]]", "only child"),
        ("[[0,1,1,1,1,1,4294967295]]", "label 4294967295"),
    ] {
        let said = refused(ethnic, tree);
        assert!(
            said.contains("ethnic_group") && said.contains(problem),
            "{tree}: {said}"
        );
    }
    for (from, to, problem) in [
        (
            r#"{"attribute":"band""#,
            r#"{"attribute":"grade""#,
            "`grade`",
        ),
        (r#"{"attribute":"band""#, r#"{"attribute":"role""#, "levels"),
        (
            r#"["gender","band:2"]"#,
            r#"["gender","band:3"]"#,
            "`band:3` is no level",
        ),
        (
            r#"["gender","band:2"]"#,
            r#"["gender","band:0"]"#,
            "`band:0` is no level",
        ),
        (
            r#"["gender","band:2"]"#,
            r#"["gender","band:02"]"#,
            "`band:02` is no level",
        ),
        (
            r#"["gender","band:2"]"#,
            r#"["gender","band:"]"#,
            "`band:` is no level",
        ),
        (
            r#"["gender","band:2"]"#,
            r#"["gender:1","band:2"]"#,
            "`gender:1` is no level",
        ),
        (r#"["gender","band:2"]"#, r#"["band:1","band:2"]"#, "twice"),
        (
            r#"["gender","band:2"]"#,
            r#"["gender","band:1"]"#,
            "exactly the residuals",
        ),
        (
            r#""by":["gender:1"]"#,
            r#""by":["gender"]"#,
            "`gender` is no level",
        ),
        (
            r#""by":["band:3"]"#,
            r#""by":["band:4"]"#,
            "`band:4` is no level",
        ),
    ] {
        let said = refused(from, to);
        assert!(
            said.contains(problem) || said.contains("make no tree"),
            "{to}: {said}"
        );
    }
}

#[test]
fn weights_of_groups_are_bounded_before_anything_is_counted() {
    let text = String::from_utf8(with_groups().canonical().to_vec()).unwrap();
    let begin = text
        .find(r#"{"by":["band:3","ethnic_group:1"],"weight":"#)
        .unwrap();
    let end = begin + text[begin..].find('}').unwrap();
    let with = |weight: u64| {
        let residual = format!(r#"{{"by":["band:3","ethnic_group:1"],"weight":{weight}"#);
        reread(&[&text[..begin], &residual, &text[end..]].concat())
            .unwrap_err()
            .to_string()
    };
    assert!(with(0).contains("weight 0"), "{}", with(0));
    // The largest block has K = (4·3)·(2·1): below √24 it would be measured with weight 0.
    assert!(with(4).contains("too small"), "{}", with(4));
    assert!(with(1 << 40).contains("2^40"), "{}", with(1 << 40));
    assert!(with((1 << 40) - 1).contains("its strategy spends"));
}

#[test]
fn a_draft_of_groups_is_refused_with_the_fix() {
    let draft = format!("{DRAFT}{GROUPS}");
    for (from, to, expected) in [
        (
            r#"["ethnic_group", "band"]"#,
            r#"["ethnic_group", "band", "contract"]"#,
            "no table counts by `contract`",
        ),
        (
            r#"["ethnic_group", "band"]"#,
            r#"["ethnic_group", "band", "gender"]"#,
            "no groups of `gender`",
        ),
        (
            r#"["ethnic_group", "band"]"#,
            r#"["ethnic_group", "band", "bandd"]"#,
            "did you mean `band`?",
        ),
        (
            r#"["ethnic_group", "band"]"#,
            r#"["band", "ethnic_group", "band"]"#,
            "`band` stands twice",
        ),
        (
            r#"["ethnic_group", "band"]"#,
            r#"["band"]"#,
            "`ethnic_group:1` is no level",
        ),
        (
            r#"["band:1", "ethnic_group"]"#,
            r#"["band:1", "ethnic_group:2"]"#,
            "`ethnic_group:2` is no level",
        ),
        (
            r#"["gender", "band:2"]"#,
            r#"["band", "ethnic_group:1"]"#,
            "stands twice",
        ),
    ] {
        assert!(draft.contains(from), "{from}");
        let error = compile(&draft.replacen(from, to, 1)).expect_err(to);
        assert!(error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn a_group_is_called_what_the_dictionary_calls_exactly_its_categories() {
    let agreement = with_groups();
    let series = &agreement.series()[2];
    let codes = |attribute: &str, level| {
        let position = series.data_set().position(attribute).unwrap();
        let groups = series.attribute_at(position, level);
        let named = groups
            .categories()
            .iter()
            .map(|group| format!("{} ({})", group.code(), group.label()));
        named.collect::<Vec<_>>()
    };
    // White and unknown together are no group of the dictionary's.
    assert_eq!(
        codes("ethnic_group", 1),
        ["~0 (White, Unknown)", "bme (Black and minority ethnic)"]
    );
    assert_eq!(codes("band", 1)[1], "upper (Upper (band 8a and above))");
    let text = String::from_utf8(agreement.canonical().to_vec()).unwrap();
    // A tree that puts Mixed beside White must not be called what the dictionary calls another set.
    let other = text.replacen("[[0,1,1,1,1,1,0]]", "[[0,0,1,1,1,1,0]]", 1);
    let other = reread(&other).unwrap();
    let series = &other.series()[2];
    let position = series.data_set().position("ethnic_group").unwrap();
    let groups = series.attribute_at(position, 1);
    assert!(groups.category("bme").is_none());
    assert_eq!(
        groups.categories()[1].label(),
        "Asian or Asian British, Black or Black British, Chinese, Any other ethnic group"
    );
}
