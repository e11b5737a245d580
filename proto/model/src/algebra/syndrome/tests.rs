use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use crate::algebra::testing::{Rng, cases, chi_square_bounds};

proptest! {
    #[test]
    fn it_is_of_the_noise_alone_whoever_is_counted(case in cases()) {
        let strategy = &case.strategy;
        let people = strategy.encode(&case.tables()).unwrap();
        let nobody = vec![0; people.len()];
        let noise: Vec<i64> = Rng(case.seed).noisy(strategy, &nobody);
        let answer: Vec<i64> = people.iter().zip(&noise).map(|(x, z)| x + z).collect();
        let (alone, together) = (strategy.syndromes(&noise).unwrap(), strategy.syndromes(&answer).unwrap());
        let (exact, largest) = (
            strategy.syndromes(&people).unwrap(),
            people.iter().map(|x| x.unsigned_abs()).max().unwrap_or(0) as f64 / strategy.gamma() as f64,
        );
        prop_assert_eq!(alone.len(), together.len());
        for ((noise, both), people) in alone.iter().zip(&together).zip(&exact) {
            prop_assert!((noise.squares - both.squares).abs() <= 1e-9 * (1.0 + noise.squares + largest), "{:?} {:?}", noise, both);
            prop_assert!(people.squares <= 1e-18 * (1.0 + largest * largest), "{:?}", people);
        }
        // Dimensions add up: those of people, and these.
        let told: usize = strategy.layout().iter().map(|span| {
            let axes = strategy.domain().axes(span.residual);
            axes.iter().map(|level| level.size() - level.groups()).product::<usize>()
        }).sum();
        let degrees: u64 = alone.iter().map(|syndrome| syndrome.degrees).sum();
        prop_assert_eq!(told as u64 + degrees, strategy.entries() as u64);
        prop_assert_eq!(strategy.syndromes(&noise[1..]), None);
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(32))]

    #[test]
    fn of_honest_noise_its_length_is_chi_squared(case in cases()) {
        let strategy = &case.strategy;
        let mut rng = Rng(case.seed);
        let nobody = vec![0; strategy.entries()];
        let mut sums = vec![(0.0, 0_u64); strategy.syndromes(&nobody).unwrap().len()];
        for _ in 0..40 {
            let noise = rng.noisy(strategy, &nobody);
            for (sum, syndrome) in sums.iter_mut().zip(strategy.syndromes(&noise).unwrap()) {
                *sum = (sum.0 + syndrome.squares, sum.1 + syndrome.degrees);
            }
        }
        for (squares, degrees) in sums {
            let (least, most) = chi_square_bounds(degrees as f64, 1e-9);
            prop_assert!((least..=most).contains(&squares), "{} of {}", squares, degrees);
        }
    }
}
