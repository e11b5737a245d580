//! The fields of an extract: what a column of it can hold.

use serde::Deserialize;

use super::Kind;

/// The meaning of one column. An attribute of the dictionary is read from one or several of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Tells people apart; kept as a keyed hash only.
    EmployeeNumber,
    /// Contracted full-time equivalent of the assignment.
    Fte,
    /// ODS code of the employer.
    Organisation,
    /// Whether this is the person's primary assignment.
    Primary,
    /// Active, suspended, on a career break …
    AssignmentStatus,
    /// Permanent, fixed term, bank …
    Contract,
    /// One of the ten staff groups.
    StaffGroup,
    /// Agenda for Change band or medical grade.
    Band,
    /// Job role.
    JobRole,
    /// NHS occupation code.
    OccupationCode,
    /// Title of the position.
    PositionTitle,
    /// Area of work.
    AreaOfWork,
    /// Care group.
    CareGroup,
    /// Ethnic category.
    EthnicGroup,
    /// Stated gender.
    Gender,
    /// Date of birth; only the age band is kept.
    BirthDate,
    /// Completed years, or an age band.
    Age,
    /// Whether the person considers themself disabled.
    Disability,
    /// Stated nationality.
    Nationality,
    /// Work site, or the locality itself.
    Site,
    /// Cancer pathway, where the extract has one itself.
    Pathway,
    /// First day with this employer.
    StartDate,
    /// Last day with this employer.
    LeavingDate,
    /// Where a joiner came from.
    JoiningSource,
    /// Why a leaver left.
    LeavingReason,
    /// Where a leaver went.
    LeavingDestination,
    /// Tells the people apart who apply; kept as a keyed hash only.
    CandidateId,
    /// The day of an application; never kept.
    AppliedOn,
    /// How far an application went.
    Stage,
    /// Whether the application was shortlisted, where the list says so in a column of its own.
    Shortlisted,
    /// Whether it led to an appointment, likewise.
    Appointed,
}

// === impl Field ===

impl Field {
    /// All fields, in the order of the enum.
    pub const ALL: [Self; 31] = [
        Self::EmployeeNumber,
        Self::Fte,
        Self::Organisation,
        Self::Primary,
        Self::AssignmentStatus,
        Self::Contract,
        Self::StaffGroup,
        Self::Band,
        Self::JobRole,
        Self::OccupationCode,
        Self::PositionTitle,
        Self::AreaOfWork,
        Self::CareGroup,
        Self::EthnicGroup,
        Self::Gender,
        Self::BirthDate,
        Self::Age,
        Self::Disability,
        Self::Nationality,
        Self::Site,
        Self::Pathway,
        Self::StartDate,
        Self::LeavingDate,
        Self::JoiningSource,
        Self::LeavingReason,
        Self::LeavingDestination,
        Self::CandidateId,
        Self::AppliedOn,
        Self::Stage,
        Self::Shortlisted,
        Self::Appointed,
    ];

    /// Fields that only a list of applications has. `Status` or `Submitted` mean nothing in a list of staff.
    const OF_APPLICATIONS: [Self; 5] = [
        Self::CandidateId,
        Self::AppliedOn,
        Self::Stage,
        Self::Shortlisted,
        Self::Appointed,
    ];

    /// Fields of a list of staff that a list of applications has too.
    const OF_BOTH: [Self; 9] = [
        Self::Organisation,
        Self::StaffGroup,
        Self::Band,
        Self::JobRole,
        Self::OccupationCode,
        Self::PositionTitle,
        Self::EthnicGroup,
        Self::Gender,
        Self::Disability,
    ];

    /// Fields that decide whether a row counts, and which of a person's rows comes first.
    pub(super) const FILTERS: [Self; 5] = [
        Self::AssignmentStatus,
        Self::Contract,
        Self::Primary,
        Self::StartDate,
        Self::LeavingDate,
    ];

    /// The fields that a file of this kind is read for, in the order of the enum.
    pub(super) fn of(kind: Kind) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |field| field.is_of(kind))
    }

    /// Whether a file of this kind is read for it.
    pub(super) fn is_of(self, kind: Kind) -> bool {
        match kind {
            Kind::Applicants => [&Self::OF_APPLICATIONS[..], &Self::OF_BOTH]
                .concat()
                .contains(&self),
            Kind::Staff | Kind::Joiners | Kind::Leavers => !Self::OF_APPLICATIONS.contains(&self),
        }
    }

    /// Whether it tells people apart.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::EmployeeNumber | Self::CandidateId)
    }

    /// Whether it holds dates.
    pub(super) fn is_date(self) -> bool {
        matches!(
            self,
            Self::BirthDate | Self::StartDate | Self::LeavingDate | Self::AppliedOn
        )
    }

    /// Its name in a mapping's `[columns]`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::EmployeeNumber => "employee_number",
            Self::Fte => "fte",
            Self::Organisation => "organisation",
            Self::Primary => "primary",
            Self::AssignmentStatus => "assignment_status",
            Self::Contract => "contract",
            Self::StaffGroup => "staff_group",
            Self::Band => "band",
            Self::JobRole => "job_role",
            Self::OccupationCode => "occupation_code",
            Self::PositionTitle => "position_title",
            Self::AreaOfWork => "area_of_work",
            Self::CareGroup => "care_group",
            Self::EthnicGroup => "ethnic_group",
            Self::Gender => "gender",
            Self::BirthDate => "birth_date",
            Self::Age => "age",
            Self::Disability => "disability",
            Self::Nationality => "nationality",
            Self::Site => "site",
            Self::Pathway => "pathway",
            Self::StartDate => "start_date",
            Self::LeavingDate => "leaving_date",
            Self::JoiningSource => "joining_source",
            Self::LeavingReason => "leaving_reason",
            Self::LeavingDestination => "leaving_destination",
            Self::CandidateId => "candidate_id",
            Self::AppliedOn => "applied_on",
            Self::Stage => "stage",
            Self::Shortlisted => "shortlisted",
            Self::Appointed => "appointed",
        }
    }

    /// Whether a mapping can say in `[values]` what its values mean.
    #[must_use]
    pub fn takes_values(self) -> bool {
        // An age is a number, and sites have a table of their own, `[sites]`.
        self.attribute().is_some() && !matches!(self, Self::Age | Self::Site)
    }

    /// The attribute of the dictionary that is read from this column alone; `None` where there is none.
    #[must_use]
    pub fn attribute(self) -> Option<&'static str> {
        Some(match self {
            Self::Contract => "contract",
            Self::AssignmentStatus => "assignment_status",
            Self::StaffGroup => "staff_group",
            Self::Band => "band",
            Self::EthnicGroup => "ethnic_group",
            Self::Gender => "gender",
            Self::Age => "age_band",
            Self::Disability => "disability",
            Self::Nationality => "nationality_group",
            Self::Site => "locality",
            Self::Pathway => "pathway",
            Self::JobRole => "role",
            Self::JoiningSource => "joining_source",
            Self::LeavingReason => "leaving_reason",
            Self::LeavingDestination => "leaving_destination",
            Self::Stage => "furthest_stage",
            _ => return None,
        })
    }
}
