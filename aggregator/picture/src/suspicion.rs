//! Whether a measurement can be what the agreed mechanism makes.
//!
//! Nobody but the node knows whom it counted, but part of every measurement is noise alone ([`Syndrome`]). Where
//! that part is too short or too long for the agreed γ, something is wrong: another agreement's noise, noise
//! that was clamped, rounded or left out, entries in another order, bytes that were changed. Such a measurement
//! is kept and summed into no release until a person admits it.

use std::fmt;

use statrs::distribution::{ChiSquared, ContinuousCDF as _};
use vwis_model::{agreement::Series, algebra::Syndrome};

/// How often a measurement is suspect though its noise is as agreed, at most.
pub const FALSE_ALARM: f64 = 1e-6;

/// Why a measurement is suspect.
#[derive(Clone, Debug, PartialEq)]
pub enum Suspicion {
    /// It is not as long as its series says.
    Length,
    /// Its noise has another variance than agreed.
    Noise {
        /// The name of the component, such as `band:1+ethnic_group:1`; `None` for all together.
        component: Option<String>,
        /// The variance found, of the agreed one.
        ratio: f64,
        /// The number of independent values that this was seen in.
        values: u64,
    },
}

/// The suspicion about a measurement of `series`; `None` where its noise may be as agreed.
#[must_use]
pub fn suspicion(series: &Series, entries: &[i64]) -> Option<Suspicion> {
    let Some(parts) = series.strategy().syndromes(entries) else {
        return Some(Suspicion::Length);
    };
    let all = parts.iter().fold((0.0, 0), |(squares, degrees), part| {
        (squares + part.squares, degrees + part.degrees)
    });
    let of_part = |part: &Syndrome| {
        let component = Some(series.name_of(part.residual));
        (component, part.squares, part.degrees)
    };
    let looks = [(None, all.0, all.1)].into_iter();
    let looks = looks
        .chain(parts.iter().map(of_part))
        .filter(|look| look.2 > 0);
    let looks: Vec<_> = looks.collect();
    #[expect(clippy::cast_precision_loss, reason = "at most 2^24 entries")]
    let judged = looks.iter().map(|(component, squares, degrees)| {
        (
            odds(*squares, *degrees as f64),
            component,
            squares / *degrees as f64,
            *degrees,
        )
    });
    let (least, component, ratio, values) = judged.min_by(|a, b| a.0.total_cmp(&b.0))?;
    #[expect(clippy::cast_precision_loss, reason = "at most 2^16 components")]
    let among_all = least * looks.len() as f64;
    (among_all < FALSE_ALARM).then(|| Suspicion::Noise {
        component: component.clone(),
        ratio,
        values,
    })
}

/// The chance of a χ² at least as far out, on either side.
fn odds(squares: f64, degrees: f64) -> f64 {
    let Ok(distribution) = ChiSquared::new(degrees) else {
        return 1.0;
    };
    2.0 * distribution.cdf(squares).min(distribution.sf(squares))
}

// === impl Suspicion ===

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "it is not as long as its series says"),
            Self::Noise {
                component,
                ratio,
                values,
            } => {
                let of = match component.as_deref() {
                    None => "its noise".to_owned(),
                    Some(component) => format!("its noise on {component}"),
                };
                write!(
                    f,
                    "{of} has {ratio:.3} of the agreed variance in {values} values, which chance makes less than \
                     once in a million measurements"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, seq::SliceRandom as _};
    use rand_chacha::ChaCha20Rng;
    use vwis_model::{
        agreement::{Agreement, Draft},
        here,
    };

    use super::*;
    use crate::indicator::testing::{STANDARD, drawn};

    fn standard() -> Agreement {
        let draft = Draft::parse(STANDARD).unwrap();
        draft.compile(here::dictionary()).unwrap().0
    }

    fn honest(series: &Series, noise: &mut ChaCha20Rng) -> Vec<i64> {
        let strategy = series.strategy();
        let people = (0..strategy.entries()).map(|_| 0);
        people.map(|x| x + drawn(strategy.gamma(), noise)).collect()
    }

    #[test]
    fn honest_noise_is_not_suspect() {
        let agreement = standard();
        let mut noise = ChaCha20Rng::seed_from_u64(1);
        for series in agreement.series() {
            let times = 2_000_000 / series.strategy().entries().max(1_000);
            for _ in 0..times {
                assert_eq!(suspicion(series, &honest(series, &mut noise)), None);
            }
        }
    }

    #[test]
    fn noise_of_another_scale_or_shape_or_in_another_order_is_suspect() {
        let agreement = standard();
        let series = agreement.series_named("detail").unwrap();
        let gamma = i64::try_from(series.strategy().gamma()).unwrap();
        let mut noise = ChaCha20Rng::seed_from_u64(2);
        let answer = honest(series, &mut noise);
        let suspect = |entries: Vec<i64>| suspicion(series, &entries).expect("it is suspect");
        let scaled = |tenths: i64| answer.iter().map(|y| y / 10 * tenths).collect::<Vec<_>>();
        for wrong in [0, 9, 11, 20] {
            let Suspicion::Noise {
                component, ratio, ..
            } = suspect(scaled(wrong))
            else {
                panic!("it is as long as it should be");
            };
            if wrong == 9 {
                assert_eq!(
                    component, None,
                    "every component has it, and all together tell it best"
                );
                assert!((ratio - 0.81).abs() < 0.03, "{ratio}");
            }
        }
        suspect(answer.iter().map(|&y| y.clamp(-gamma, gamma)).collect());
        suspect(answer.iter().map(|y| *y.max(&0)).collect());
        assert_eq!(suspect(answer[1..].to_vec()), Suspicion::Length);
        // A large count, and one entry that somebody changed.
        let total = series.strategy().layout()[0];
        let mut changed = answer.clone();
        changed[total.offset] += 1_000_000 * gamma;
        assert_eq!(suspicion(series, &changed), None, "any total may be true");
        let finest = series.strategy().layout().pop().unwrap();
        changed[finest.offset] += 100 * gamma;
        let Suspicion::Noise { component, .. } = suspect(changed) else {
            panic!("it is as long as it should be");
        };
        assert_eq!(component, Some(series.name_of(finest.residual)));
    }

    #[test]
    fn people_in_another_order_are_suspect() {
        let agreement = standard();
        let series = agreement.series_named("headline").unwrap();
        let mut noise = ChaCha20Rng::seed_from_u64(3);
        let domain = series.strategy().domain();
        let mut exact = vwis_model::algebra::Tables::new(domain.clone());
        for table in series.tables() {
            let cells = usize::try_from(domain.cells(table.levels)).unwrap();
            let mut counts = vec![0; cells];
            // Everybody is in one category of each attribute, by their number.
            for person in 0..5_000_usize {
                let nodes = table.levels.iter().map(|(at, level)| {
                    let tree = domain.tree(at);
                    tree.ancestor(tree.depth(), person * (at + 3) % tree.categories(), level)
                });
                let cell = domain.cell_index(table.levels, &nodes.collect::<Vec<_>>());
                counts[cell.unwrap()] += 1;
            }
            exact.insert(table.levels, counts).unwrap();
        }
        let mut answer = series.strategy().encode(&exact).unwrap();
        for y in &mut answer {
            *y += drawn(series.strategy().gamma(), &mut noise);
        }
        assert_eq!(suspicion(series, &answer), None);
        answer.shuffle(&mut noise);
        assert!(suspicion(series, &answer).is_some());
    }

    #[test]
    fn a_suspicion_says_where_and_how_much() {
        let suspicion = Suspicion::Noise {
            component: Some("band:1+ethnic_group:1".to_owned()),
            ratio: 0.25,
            values: 12,
        };
        assert_eq!(
            suspicion.to_string(),
            "its noise on band:1+ethnic_group:1 has 0.250 of the agreed variance in 12 values, which chance makes \
             less than once in a million measurements"
        );
    }
}
