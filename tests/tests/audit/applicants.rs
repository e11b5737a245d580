//! Audits applicants over the wire: whoever applied forty times is in the answer once, by the application that went
//! furthest, and moves it by one person's length.

use vwis_model::{
    agreement::{Agreement, Series},
    dictionary::DataSet,
    here,
};
use vwis_tests::{
    agreement::{APPLICANTS, Clause, agreement},
    call::request,
    certificates::System,
    extract::{Extract, Person},
    node::NodeFixture,
};

use super::apart::{SIGMAS, along, is_noise, less};

/// The programs of VWIS in one binary.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
const PERIOD: &str = "2018-03";

/// Applicants at a ρ at which a person more is nearly thirty times as long as the noise in their direction.
const APPLIED: Clause = Clause {
    rho: "400",
    ..APPLICANTS
};

/// Codes of an application: band, ethnic group and how far it went.
type Application = [&'static str; 3];

/// The one person's applications: forty, of which the seventeenth went furthest.
const BEST: Application = ["afc_4", "black", "shortlisted"];
const FAILED: Application = ["afc_2", "white", "applied"];

fn applicants() -> &'static DataSet {
    here::dictionary().data_set("applicants").unwrap()
}

/// Everybody else, each with the application that counts and how many others that do not.
fn others() -> Vec<(String, Application, usize)> {
    let bands = ["afc_2", "afc_3", "afc_5"];
    let groups = ["white", "white", "asian", "unknown"];
    let stages = ["applied", "applied", "shortlisted", "appointed", "unknown"];
    let other = |n: usize| {
        let best = [bands[n % 3], groups[n % 4], stages[n % 5]];
        (format!("C{}", 1_000_000 + n * n), best, n % 2)
    };
    (0..150).map(other).collect()
}

/// The list as a node gets it.
fn list(with_the_one: bool) -> String {
    let mut rows = vec!["candidate_id,applied_on,stage,gender,band,ethnic_group".to_owned()];
    let mut add = |candidate: &str, on: &str, [band, group, stage]: Application| {
        rows.push(format!("{candidate},{on},{stage},female,{band},{group}"));
    };
    for (candidate, best, worse) in others() {
        add(&candidate, "2017-06-30", best);
        for _ in 0..worse {
            add(&candidate, "2017-05-01", [best[0], best[1], "unknown"]);
        }
    }
    if with_the_one {
        for n in 0..40 {
            let application = if n == 16 { BEST } else { FAILED };
            add(
                "C7000000",
                &format!("2017-0{}-{:02}", 4 + n % 6, 1 + n % 28),
                application,
            );
        }
    }
    rows.join("\n") + "\n"
}

/// The vector of people with these applications.
fn exact(series: &Series, applications: impl IntoIterator<Item = Application>) -> Vec<i64> {
    let person = |[band, group, stage]: Application| {
        let code = |attribute: &std::sync::Arc<vwis_model::dictionary::Attribute>| {
            let said = match attribute.code() {
                "band" => band,
                "ethnic_group" => group,
                "furthest_stage" => stage,
                "gender" => "female",
                _ => "unknown",
            };
            attribute.category(said).unwrap()
        };
        Person {
            number: String::new(),
            fte_hundredths: 100,
            codes: applicants().attributes().iter().map(code).collect(),
        }
    };
    Extract {
        people: applications.into_iter().map(person).collect(),
    }
    .exact(series)
}

/// The one answer, without or with the one person.
async fn answer(system: &System, agreement: &Agreement, with_the_one: bool) -> Vec<i64> {
    let node = NodeFixture::new(BINARY, system, "1000").await;
    node.without_answer_floor();
    let (server, caller) = node.serve_approved(system, &[agreement]).await;
    let options = ["--data-set", "applicants", "--allow", "contradictions"];
    let list = list(with_the_one);
    node.import_bytes(list.as_bytes(), PERIOD, &options)
        .await
        .done();
    let ask = request(agreement, APPLIED.name, PERIOD);
    let measured = caller.measure(ask).await.unwrap();
    server.stop().await;
    measured.entries
}

#[tokio::test]
async fn whoever_applied_forty_times_is_in_the_answer_once() {
    let (system, agreement) = (System::new(), agreement(&[APPLIED]));
    let series = &agreement.series()[0];
    let gamma = series.strategy().gamma() as f64;
    let once = [BEST, FAILED].map(|application| exact(series, [application]));
    let mut answers = Vec::new();
    for with_the_one in [false, true] {
        let answer = answer(&system, &agreement, with_the_one).await;
        let all = others().into_iter().map(|(_, best, _)| best);
        let truth = exact(series, all.chain(with_the_one.then_some(BEST)));
        let noise = less(&answer, &truth);
        assert!(is_noise(&noise, gamma, &once));
        // The check would notice somebody who is there once more, or once too few.
        for row in &once {
            let more: Vec<_> = noise.iter().zip(row).map(|(z, x)| z + x).collect();
            assert!(!is_noise(&more, gamma, &once));
            assert!(!is_noise(&less(&noise, row), gamma, &once));
        }
        answers.push(answer);
    }
    // Forty applications are one row, and so not longer than what is charged.
    let moved = less(&answers[1], &answers[0]);
    let scale = gamma * f64::sqrt(2.0);
    assert!(is_noise(&less(&moved, &once[0]), scale, &once));
    let (times, sd) = along(&moved, &once[0], scale);
    assert!((times - 1.0).abs() < SIGMAS * sd, "{times}");
    let squared: f64 = once[0].iter().map(|x| (*x as f64).powi(2)).sum();
    let charged = series.charge().nano() as f64 / 1e9;
    assert!(squared / (2.0 * gamma * gamma) <= charged);
}
