//! Contradictions across the fields of a row that counts all the same.

use vwis_model::dictionary::{Attribute, DataSet};

use super::{MOST_ATTRIBUTES, column::narrow};
use crate::import::oddity::{Oddities, Oddity};

/// Positions and codes for finding contradictions between a person's staff group and band.
pub(super) struct Contradictions {
    staff_group: usize,
    band: usize,
    medical_group: u8,
    nursing_group: u8,
    first_registered_band: u8,
    last_afc_band: u8,
    medical_bands: Vec<bool>,
}

// === impl Contradictions ===

impl Contradictions {
    pub(super) fn new(data_set: &'static DataSet) -> Self {
        let position = |code| data_set.position(code).expect("every data set has it");
        let (staff_group, band) = (position("staff_group"), position("band"));
        let groups = &data_set.attributes()[staff_group];
        let bands = &data_set.attributes()[band];
        let medical = bands
            .grouping("pay_system")
            .and_then(|by| by.groups().iter().find(|group| group.code() == "medical"))
            .expect("bands are grouped by pay system");
        Self {
            staff_group,
            band,
            medical_group: category(groups, "medical_and_dental"),
            nursing_group: category(groups, "nursing_and_midwifery"),
            first_registered_band: category(bands, "afc_5"),
            last_afc_band: category(bands, "afc_9"),
            medical_bands: (0..bands.size())
                .map(|index| medical.categories().contains(&index))
                .collect(),
        }
    }

    pub(super) fn find(&self, codes: &[u8; MOST_ATTRIBUTES], fte_hundredths: u8) -> Oddities {
        let mut oddities = Oddities::default();
        let (group, band) = (codes[self.staff_group], codes[self.band]);
        if fte_hundredths == 0 {
            oddities.note(Oddity::FteZero);
        }
        // The dictionary lists the bands in order, so the Agenda for Change bands come first.
        if group == self.medical_group && band <= self.last_afc_band {
            oddities.note(Oddity::DoctorOnAgendaForChange);
        }
        if group != self.medical_group && self.medical_bands[usize::from(band)] {
            oddities.note(Oddity::MedicalGradeOutsideMedical);
        }
        if group == self.nursing_group && band < self.first_registered_band {
            oddities.note(Oddity::RegisteredNurseBelowBand5);
        }
        oddities
    }
}

fn category(attribute: &Attribute, code: &str) -> u8 {
    narrow(
        attribute
            .category(code)
            .expect("the dictionary has this category"),
    )
}
