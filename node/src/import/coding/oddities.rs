//! Contradictions across the fields of a row that counts all the same.

use vwis_proto::dictionary::{Attribute, DataSet};

use super::{MOST_ATTRIBUTES, column::narrow};

/// Something odd about a row or a person. The row counts: only the organisation can tell what is
/// right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Oddity {
    FteZero,
    FteAbove1,
    ImplausibleAge,
    StartedUnder16,
    DoctorOnAgendaForChange,
    MedicalGradeOutsideMedical,
    RegisteredNurseBelowBand5,
    TwoPrimaryAssignments,
    AssignmentsDisagree,
    LeftBeforeStart,
}

/// The oddities of one row.
#[derive(Clone, Copy, Default)]
pub(super) struct Oddities(u16);

/// What of a person's codes contradicts what.
pub(super) struct Contradictions {
    staff_group: usize,
    band: usize,
    medical_group: u8,
    nursing_group: u8,
    first_registered_band: u8,
    last_afc_band: u8,
    medical_bands: Vec<bool>,
}

// === impl Oddity ===

impl Oddity {
    const ALL: [Self; 10] = [
        Self::FteZero,
        Self::FteAbove1,
        Self::ImplausibleAge,
        Self::StartedUnder16,
        Self::DoctorOnAgendaForChange,
        Self::MedicalGradeOutsideMedical,
        Self::RegisteredNurseBelowBand5,
        Self::TwoPrimaryAssignments,
        Self::AssignmentsDisagree,
        Self::LeftBeforeStart,
    ];

    /// Its name in reports.
    pub(in crate::import) fn code(self) -> &'static str {
        match self {
            Self::FteZero => "fte_zero",
            Self::FteAbove1 => "fte_above_1",
            Self::ImplausibleAge => "implausible_age",
            Self::StartedUnder16 => "started_under_16",
            Self::DoctorOnAgendaForChange => "doctor_on_agenda_for_change",
            Self::MedicalGradeOutsideMedical => "medical_grade_outside_medical",
            Self::RegisteredNurseBelowBand5 => "registered_nurse_below_band_5",
            Self::TwoPrimaryAssignments => "two_primary_assignments",
            Self::AssignmentsDisagree => "assignments_disagree",
            Self::LeftBeforeStart => "left_before_start",
        }
    }

    /// What it is, for people.
    pub(in crate::import) fn meaning(self) -> &'static str {
        match self {
            Self::FteZero => "an active assignment with no contracted time",
            Self::FteAbove1 => "people whose assignments add up to more than 1.00; counted as 1.00",
            Self::ImplausibleAge => "an age that nobody at work has; counted as unknown",
            Self::StartedUnder16 => "began to work here before the age of 16",
            Self::DoctorOnAgendaForChange => {
                "medical and dental staff on an Agenda for Change band"
            }
            Self::MedicalGradeOutsideMedical => {
                "a medical grade outside the medical and dental staff group"
            }
            Self::RegisteredNurseBelowBand5 => "registered nurses and midwives below band 5",
            Self::TwoPrimaryAssignments => {
                "a second primary assignment of one person; the first one counts"
            }
            Self::AssignmentsDisagree => {
                "assignments of one person that differ in ethnic group, gender or age"
            }
            Self::LeftBeforeStart => "a last day before the first; the person counts",
        }
    }
}

// === impl Oddities ===

impl Oddities {
    pub(super) fn note(&mut self, oddity: Oddity) {
        self.0 |= 1 << oddity as u16;
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Oddity> {
        Oddity::ALL
            .into_iter()
            .filter(move |oddity| self.0 & (1 << *oddity as u16) != 0)
    }
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

    pub(super) fn find(
        &self,
        codes: &[u8; MOST_ATTRIBUTES],
        fte_hundredths: u8,
        oddities: &mut Oddities,
    ) {
        let (group, band) = (codes[self.staff_group], codes[self.band]);
        if fte_hundredths == 0 {
            oddities.note(Oddity::FteZero);
        }
        // The dictionary has the bands in their order.
        if group == self.medical_group && band <= self.last_afc_band {
            oddities.note(Oddity::DoctorOnAgendaForChange);
        }
        if group != self.medical_group && self.medical_bands[usize::from(band)] {
            oddities.note(Oddity::MedicalGradeOutsideMedical);
        }
        if group == self.nursing_group && band < self.first_registered_band {
            oddities.note(Oddity::RegisteredNurseBelowBand5);
        }
    }
}

fn category(attribute: &Attribute, code: &str) -> u8 {
    narrow(
        attribute
            .category(code)
            .expect("the dictionary has this category"),
    )
}
