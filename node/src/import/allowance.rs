//! What looks like a mistake and is refused, unless a person says that it is right.

/// A kind of suspicious content that an import takes only when it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Allowance {
    /// An extract in which nobody counts.
    Nobody,
    /// A file in which every row stands twice.
    Repeats,
    /// Rows of one person that tell of different people, or leaving dates in other rows than the reasons.
    Contradictions,
    /// A headcount more than a tenth from the snapshot before.
    Change,
    /// A last line that is short and has no end.
    CutOff,
    /// Somebody's rows with nothing, 0, N/A or the like in the place of an employee number.
    MissingNumbers,
    /// Numbers with a letter where most have a digit that looks like it, such as O for 0.
    MisreadNumbers,
    /// Numbers that count the rows, such as 1, 2, 3.
    RunningNumbers,
    /// Numbers such as 20000000-2, which are usually assignments and not people.
    AssignmentNumbers,
    /// A column of codes read partly by the mapping and partly by the dictionary, of numbers of which only some
    /// are known, or by which most are men or many disabled: usually another system's list.
    Codes,
    /// Fewer than half of the people of the last snapshot found again.
    Strangers,
    /// People who are new since the last snapshot, here or in the period after, and began before.
    OldJoiners,
    /// People found again who changed in what stays with a person, in their post, or changed places in a
    /// column.
    ChangedPeople,
    /// People gone without a leaving date, from an extract that has some or that is imported again.
    Gone,
    /// A staff group, site or band that nearly disappeared or lost more than half its people.
    Groups,
    /// A needed column of which more than half is unknown.
    Unknown,
    /// A category whose share moved by more than 10 points.
    Shares,
    /// FTE of which most people have none, or that changed for everybody at once.
    Fte,
    /// A column that decides who counts, which the last snapshot was read from, and which this extract does
    /// not have, holds nothing in, or has beside other people.
    Columns,
    /// Joiners or leavers about whom the snapshots say otherwise, or fewer of them than the snapshots show.
    Movers,
    /// One rule that leaves out more than a quarter of the rows.
    LeftOut,
    /// More than a fifth of the rows that count are further assignments.
    FurtherAssignments,
    /// Rows equal to another row of the same person in everything that is read.
    EqualRows,
    /// Many people with two primary assignments.
    TwoPrimaries,
    /// Many dates, and next to none that tells day from month.
    MonthFirst,
    /// A column in which the cells that a spreadsheet took for dates are before the 13th, and next to no
    /// other is.
    TurnedDates,
    /// Numbers of days beside dates in one column.
    Serials,
    /// First days of work that are years ahead.
    FarDates,
    /// Rows that are held as another period, or a title that names another day.
    Period,
    /// Hidden rows, hidden columns that are read, or a hidden sheet.
    Hidden,
    /// Cells of columns that are read, merged over several rows or columns, all but the first of which hold
    /// nothing.
    MergedCells,
    /// Another visible sheet with a header.
    Sheets,
    /// A cancer manager's list of which most are not in the extract.
    PathwayList,
    /// Errors of a spreadsheet such as #N/A, and formulas without a value.
    Errors,
    /// Applications of which none led to an appointment, or that all went as far.
    Stages,
    /// Candidate ids of which each has one application, or such as 100023-2: usually those of applications.
    ApplicationIds,
}

// === impl Allowance ===

impl Allowance {
    /// Whether `allowed` covers it, by name or as part of something larger: a file pasted twice has as many
    /// further assignments as people.
    pub(super) fn is_in(self, allowed: &[Self]) -> bool {
        let larger: &[Self] = match self {
            Self::FurtherAssignments | Self::EqualRows | Self::TwoPrimaries => {
                &[Self::Repeats, Self::Contradictions]
            }
            _ => &[],
        };
        allowed
            .iter()
            .any(|named| *named == self || larger.contains(named))
    }

    /// The command-line option that allows it, as errors propose it.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Self::Nobody => "--allow nobody",
            Self::Repeats => "--allow repeats",
            Self::Contradictions => "--allow contradictions",
            Self::Change => "--allow change",
            Self::CutOff => "--allow cut-off",
            Self::MissingNumbers => "--allow missing-numbers",
            Self::MisreadNumbers => "--allow misread-numbers",
            Self::RunningNumbers => "--allow running-numbers",
            Self::AssignmentNumbers => "--allow assignment-numbers",
            Self::Codes => "--allow codes",
            Self::Strangers => "--allow strangers",
            Self::OldJoiners => "--allow old-joiners",
            Self::ChangedPeople => "--allow changed-people",
            Self::Gone => "--allow gone",
            Self::Groups => "--allow groups",
            Self::Unknown => "--allow unknown",
            Self::Shares => "--allow shares",
            Self::Fte => "--allow fte",
            Self::Columns => "--allow columns",
            Self::Movers => "--allow movers",
            Self::LeftOut => "--allow left-out",
            Self::FurtherAssignments => "--allow further-assignments",
            Self::EqualRows => "--allow equal-rows",
            Self::TwoPrimaries => "--allow two-primaries",
            Self::MonthFirst => "--allow month-first",
            Self::TurnedDates => "--allow turned-dates",
            Self::Serials => "--allow serials",
            Self::FarDates => "--allow far-dates",
            Self::Period => "--allow period",
            Self::Hidden => "--allow hidden",
            Self::MergedCells => "--allow merged-cells",
            Self::Sheets => "--allow sheets",
            Self::PathwayList => "--allow pathway-list",
            Self::Errors => "--allow errors",
            Self::Stages => "--allow stages",
            Self::ApplicationIds => "--allow application-ids",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_option_that_an_error_proposes_is_one_that_the_command_takes() {
        for allowance in Allowance::value_variants() {
            let value = allowance.to_possible_value().unwrap();
            assert_eq!(allowance.option(), format!("--allow {}", value.get_name()));
        }
    }
}
