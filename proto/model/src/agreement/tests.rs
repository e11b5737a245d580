use super::*;
use crate::{here, rho::Rho};

mod groups;

const DRAFT: &str = r#"
name = "A small agreement"
version = 1
aggregator = "gm-icb"
purpose = "To plan for people."
readers = "Analysts of the system."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [
    { by = [] },
    { by = ["staff_group"], weight = 2.5 },
    { by = ["locality", "staff_group"] },
]

[[series]]
name = "fte"
measure = "fte"
cadence = "yearly"
rho = "0.02"
objective = "worst_table"
tables = [{ by = ["staff_group"] }, { by = ["band"] }]
"#;

fn compile(text: &str) -> Result<Agreement, String> {
    let dictionary = here::dictionary();
    Draft::parse(text)
        .and_then(|draft| draft.compile(dictionary))
        .map(|(agreement, _)| agreement)
        .map_err(|error| error.to_string())
}

fn agreement() -> Agreement {
    compile(DRAFT).unwrap()
}

fn reread(text: &str) -> Result<Agreement, AgreementError> {
    Agreement::from_canonical(text.as_bytes(), here::editions())
}

fn canonical() -> String {
    String::from_utf8(agreement().canonical().to_vec()).unwrap()
}

#[test]
fn the_name_is_the_hash_of_the_bytes_and_the_bytes_read_back() {
    let agreement = agreement();
    let read = reread(&canonical()).unwrap();
    assert_eq!(read.hash(), agreement.hash());
    assert_eq!(AgreementHash::of(agreement.canonical()), agreement.hash());
    assert_eq!(agreement.hash().to_string().parse(), Ok(agreement.hash()));
}

/// What a draft without groups is compiled to, before there were any groups and since, but for the edition of
/// the dictionary, which is named as it was then.
#[test]
fn an_agreement_without_groups_keeps_its_name() {
    let name = "006c93c0a15dd93b7dae2d7498932de581530ca341f21c3cdf16e18e9f409927";
    let version = here::dictionary().version();
    let (edition, _) = version.split_once('@').unwrap();
    let then = canonical().replace(edition, "nwd-3.6+vwis.1.a5ab483a");
    assert_eq!(AgreementHash::of(then.as_bytes()).to_string(), name);
}

#[test]
fn compiling_twice_gives_the_same_bytes() {
    assert_eq!(agreement().canonical(), compile(DRAFT).unwrap().canonical());
}

#[test]
fn a_series_never_spends_more_than_it_states_nor_much_less() {
    for series in agreement().series() {
        assert!(series.charge() <= series.stated_rho());
        let unspent = series.stated_rho().nano() - series.charge().nano();
        assert!(
            unspent <= series.stated_rho().nano() / 10_000,
            "{}",
            series.name()
        );
    }
}

#[test]
fn a_table_keeps_the_order_in_which_it_was_written() {
    let agreement = agreement();
    let table = &agreement.series()[0].tables()[2];
    assert_eq!(table.name(), "locality+staff_group");
    assert_eq!(agreement.series()[0].tables()[0].name(), "total");
}

#[test]
fn only_periods_of_the_term_and_on_the_cadence_are_allowed() {
    let agreement = agreement();
    let headline = agreement.series_named("headline").unwrap();
    let periods: Vec<_> = agreement
        .periods_of(headline)
        .map(|p| p.to_string())
        .collect();
    assert_eq!(
        periods,
        ["2026-03", "2026-06", "2026-09", "2026-12", "2027-03"]
    );
    for wrong in ["2025-12", "2026-04", "2027-06"] {
        assert!(
            !agreement.allows(headline, wrong.parse().unwrap()),
            "{wrong}"
        );
    }
    let fte = agreement.series_named("fte").unwrap();
    assert_eq!(agreement.periods_of(fte).count(), 2);
}

#[test]
fn a_bad_draft_is_refused_with_the_place_and_the_fix() {
    let cases = [
        (
            "\"staff_group\"]",
            "\"staf_group\"]",
            "did you mean `staff_group`?",
        ),
        (
            "{ by = [\"staff_group\"], weight = 2.5 }",
            "{ by = [\"staff_group\", \"locality\"] }",
            "stands twice",
        ),
        (
            "[\"locality\", \"staff_group\"]",
            "[\"locality\", \"locality\"]",
            "names an attribute twice",
        ),
        ("rho = 0.04", "rho = 0", "above 0"),
        ("rho = 0.04", "rho = 0.0", "above 0"),
        ("rho = 0.04", "rho = nan", "plain decimal"),
        ("rho = 0.04", "rho = -1", "plain decimal"),
        ("rho = 0.04", "rho = inf", "plain decimal"),
        ("rho = 0.04", "rho = true", "plain decimal"),
        ("weight = 2.5", "weight = 0", "weight of table staff_group"),
        (
            "weight = 2.5",
            "weight = -1.0",
            "weight of table staff_group",
        ),
        (
            "weight = 2.5",
            "weight = nan",
            "weight of table staff_group",
        ),
        (
            "[\"locality\", \"staff_group\"]",
            "[\"staff_group\", \"band\", \"role\", \"locality\", \"pathway\"]",
            "cross fewer",
        ),
        ("name = \"fte\"", "name = \"headline\"", "stands twice"),
        ("name = \"fte\"", "name = \"F T E\"", "a-z, 0-9"),
        (
            "first_period = \"2026-03\"",
            "first_period = \"2026-3\"",
            "expected YYYY-MM",
        ),
        (
            "first_period = \"2026-03\"",
            "first_period = \"2028-03\"",
            "run forward",
        ),
        (
            "purpose = \"To plan for people.\"",
            "purpose = \" \"",
            "purpose",
        ),
        (
            "cadence = \"yearly\"",
            "cadence = \"weekly\"",
            "unknown variant",
        ),
        ("version = 1", "version = 1\nsurprise = 2", "unknown field"),
        (
            "measure = \"fte\"",
            "measure = \"fte\"\ndata_set = \"stuff\"",
            "data set `stuff`",
        ),
        (
            "aggregator = \"gm-icb\"",
            "aggregator = \"GM ICB\"",
            "lower-case",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(DRAFT.contains(from), "{from}");
        let error = compile(&DRAFT.replacen(from, to, 1)).expect_err(to);
        assert!(error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn compiled_bytes_with_any_clause_bent_are_refused() {
    let text = canonical();
    let series = &agreement().series()[0].clone();
    let gamma = format!("\"gamma\":{}", series.strategy().gamma());
    let cases = [
        // A smaller γ spends more than the agreement states.
        (
            gamma.clone(),
            format!("\"gamma\":{}", series.strategy().gamma() / 2),
        ),
        (gamma.clone(), "\"gamma\":0".to_owned()),
        (gamma, format!("\"gamma\":{}", u64::MAX)),
        (
            "\"rho_nano\":40000000".to_owned(),
            "\"rho_nano\":39000000".to_owned(),
        ),
        (
            "\"rho_nano\":40000000".to_owned(),
            "\"rho_nano\":0".to_owned(),
        ),
        (
            "\"weight_milli\":2500".to_owned(),
            "\"weight_milli\":0".to_owned(),
        ),
        (
            "{\"by\":[],\"weight_milli\":1000},".to_owned(),
            "{\"by\":[],\"weight_milli\":1000},{\"by\":[],\"weight_milli\":1000},".to_owned(),
        ),
        (
            "{\"by\":[\"locality\",\"staff_group\"],\"weight_milli\":1000}".to_owned(),
            "{\"by\":[\"role\"],\"weight_milli\":1000}".to_owned(),
        ),
        ("{\"format\"".to_owned(), " {\"format\"".to_owned()),
        (
            "vwis.agreement.v1".to_owned(),
            "vwis.agreement.v2".to_owned(),
        ),
        (
            "\"dictionary\":\"".to_owned(),
            "\"dictionary\":\"x".to_owned(),
        ),
    ];
    for (from, to) in cases {
        assert!(text.contains(&from), "{from}");
        assert!(
            reread(&text.replacen(&from, &to, 1)).is_err(),
            "{from} -> {to}"
        );
    }
}

#[test]
fn an_understated_rho_is_named_with_both_figures() {
    let text = canonical().replacen("\"rho_nano\":40000000", "\"rho_nano\":39000000", 1);
    let error = reread(&text).unwrap_err().to_string();
    assert!(
        error.contains("states rho 0.039 and its strategy spends 0.0"),
        "{error}"
    );
    assert!(agreement().series()[0].charge() <= Rho::from_nano(40_000_000));
}

#[test]
fn bytes_that_are_no_agreement_never_panic() {
    for bytes in [
        &b""[..],
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{\"format\":",
    ] {
        assert!(Agreement::from_canonical(bytes, here::editions()).is_err());
    }
    let long = vec![b' '; 1 << 20];
    assert!(matches!(
        Agreement::from_canonical(&long, here::editions()),
        Err(AgreementError::TooLong(_))
    ));
}

#[test]
fn what_is_shown_of_one_organisation_is_for_analysts_unless_the_agreement_says_otherwise() {
    assert_eq!(agreement().organisations_visible_to(), Visibility::Analysts);
    let clause = "organisations_visible_to = \"members\"\nfirst_period";
    let open = compile(&DRAFT.replace("first_period", clause)).unwrap();
    assert_eq!(open.organisations_visible_to(), Visibility::Members);
    assert_ne!(open.hash(), agreement().hash());
    let read = Agreement::from_canonical(open.canonical(), here::editions()).unwrap();
    assert_eq!(read.organisations_visible_to(), Visibility::Members);
    let unsaid = canonical().replace("\"organisations_visible_to\":\"analysts\",", "");
    assert!(matches!(reread(&unsaid), Err(AgreementError::Syntax(_))));
    let typo = compile(&DRAFT.replace("first_period", &clause.replace("members", "everybody")));
    assert!(typo.unwrap_err().contains("everybody"));
}
