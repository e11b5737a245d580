//! The ladder of pay bands, which says who stands higher.

use super::Attribute;

/// The groups of the grouping `pay_system` that are one ladder, the lower one first.
const LADDER: [&str; 2] = ["afc", "vsm"];

/// The categories of `band` that are rungs of the ladder, from the lowest to the highest: the bands of Agenda
/// for Change, then very senior managers. Pay outside of both is on no rung.
///
/// # Panics
/// Where `band` is not grouped by pay system. In the dictionary it is.
#[must_use]
pub fn ladder(band: &Attribute) -> Vec<usize> {
    let systems = band.grouping("pay_system");
    let systems = systems.expect("the dictionary groups bands by pay system");
    let rungs = LADDER.iter().flat_map(|code| {
        let system = systems.group(code);
        system
            .expect("the dictionary has these pay systems")
            .categories()
    });
    rungs.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::here;

    #[test]
    fn the_ladder_goes_from_band_1_to_very_senior_managers_and_leaves_out_all_other_pay() {
        let band = here::dictionary().attribute("band").unwrap();
        let rungs = ladder(band).into_iter();
        let codes: Vec<_> = rungs.map(|rung| band.categories()[rung].code()).collect();
        let expected = [
            "afc_1", "afc_2", "afc_3", "afc_4", "afc_5", "afc_6", "afc_7", "afc_8a", "afc_8b",
            "afc_8c", "afc_8d", "afc_9", "vsm",
        ];
        assert_eq!(codes, expected);
    }
}
