//! What can be odd about a row or a person that still counts.

/// Something odd about a row or a person. The row counts, because only the organisation can tell what is
/// right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
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
    ApplicationsDisagree,
}

/// The oddities of one row, one bit for each [`Oddity`].
#[derive(Clone, Copy, Default)]
pub(super) struct Oddities(u16);

// === impl Oddity ===

impl Oddity {
    pub(super) const ALL: [Self; 11] = [
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
        Self::ApplicationsDisagree,
    ];

    /// The oddity's name in reports.
    pub(super) fn code(self) -> &'static str {
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
            Self::ApplicationsDisagree => "applications_disagree",
        }
    }

    /// What the oddity is, in words.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::FteZero => "an active assignment with no contracted time",
            Self::FteAbove1 => "assignments that add up to more than 1.00; counted as 1.00",
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
            Self::ApplicationsDisagree => {
                "applications of one person that differ in ethnic group or gender"
            }
        }
    }
}

// === impl Oddities ===

impl Oddities {
    pub(super) fn note(&mut self, oddity: Oddity) {
        self.0 |= 1 << oddity as u16;
    }

    /// These and others of the same row.
    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Oddity> {
        Oddity::ALL
            .into_iter()
            .filter(move |oddity| self.0 & (1 << *oddity as u16) != 0)
    }
}
