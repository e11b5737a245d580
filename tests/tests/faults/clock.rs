//! A clock that jumps, forwards and back, by years.

use std::sync::{Arc, Mutex};

use jiff::{Timestamp, ToSpan as _};
use vwis_host::clock::{Clock, SystemClock};
use vwis_node::{config::Config, node::Node, server::run::Serving};
use vwis_noise::DiscreteGaussian;
use vwis_proto::reason::Reason;
use vwis_tests::{call::reason, certificates::System};

use super::{approved_node, ask, charged_once_each};

/// A clock that is right at first, and then off by the next of these many hours at each look.
struct Jumping {
    hours: Vec<i64>,
    looks: Mutex<usize>,
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        let mut looks = self.looks.lock().unwrap();
        let hours = self.hours[*looks % self.hours.len()];
        *looks += 1;
        SystemClock.now() + hours.hours()
    }
}

#[tokio::test]
async fn a_clock_that_jumps_moves_no_charge_to_another_year_and_breaks_no_chain() {
    let system = System::new();
    let (node, agreement) = approved_node(&system, 12).await;
    let year = 365 * 24;
    let clock = Arc::new(Jumping {
        hours: vec![0, -9 * year, 9 * year, 1, -1, -3 * year, 20 * year],
        looks: Mutex::new(0),
    });
    let mut last = None;
    let mut answers = Vec::new();
    for number in 0..12 {
        let config = Config::read(&node.dir().join("node.toml")).unwrap();
        let opened = Node::open(config, clock.clone(), Arc::new(DiscreteGaussian)).await;
        let served = Serving::bind(Arc::new(opened.unwrap()))
            .await
            .unwrap()
            .spawn();
        let caller = system.caller_of(node.ods_code(), &served.url()).await;
        // A clock that is years behind says that the period is not over; the next look may be right.
        let answer = loop {
            match caller.measure(ask(&agreement, number, last.as_ref())).await {
                Err(refused) if reason(&refused) == Reason::PeriodNotOver => {}
                answer => break answer.unwrap(),
            }
        };
        // Every earlier answer is the same, whatever the time is.
        for (earlier, entries) in answers.iter().enumerate() {
            let again = ask(&agreement, earlier, Some(&answer.receipt));
            assert_eq!(&caller.measure(again).await.unwrap().entries, entries);
        }
        last = Some(answer.receipt);
        answers.push(answer.entries);
        served.stop().await.unwrap();
    }
    assert!(
        *clock.looks.lock().unwrap() > 12,
        "nobody looked at the clock"
    );
    charged_once_each(&node, 12).await;
    // The period decides which year pays, never the clock.
    let budget = node.budget().await;
    let years = budget["years"].as_array().unwrap();
    let spent: Vec<_> = years
        .iter()
        .filter(|year| year["spent_rho_nano"].as_u64().unwrap() > 0)
        .collect();
    assert_eq!(spent.len(), 1, "{budget:#}");
}

#[tokio::test]
async fn what_was_imported_under_a_clock_ahead_is_drawn_once_its_period_is_over() {
    let system = System::new();
    let (node, agreement) = approved_node(&system, 1).await;
    let years_behind = Jumping {
        hours: vec![-9 * 365 * 24],
        looks: Mutex::new(0),
    };
    for (clock, is_over) in [
        (Arc::new(years_behind) as Arc<dyn Clock>, false),
        (Arc::new(SystemClock), true),
    ] {
        let config = Config::read(&node.dir().join("node.toml")).unwrap();
        let opened = Node::open(config, clock, Arc::new(DiscreteGaussian)).await;
        let served = Serving::bind(Arc::new(opened.unwrap()))
            .await
            .unwrap()
            .spawn();
        let caller = system.caller_of(node.ods_code(), &served.url()).await;
        let answer = caller.measure(ask(&agreement, 0, None)).await;
        match answer {
            Ok(_) => assert!(is_over),
            Err(refused) => {
                assert_eq!(reason(&refused), Reason::PeriodNotOver);
                assert!(!is_over);
                charged_once_each(&node, 0).await;
            }
        }
        served.stop().await.unwrap();
    }
    charged_once_each(&node, 1).await;
}
