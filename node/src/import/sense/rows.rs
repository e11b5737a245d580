//! Checks the extract against itself: where its rows went, and how they are written.

use super::{Question, percent, question};
use crate::{
    import::{
        Allowance, Field, MERGED_ACROSS, MERGED_DOWN, Report, hidden_columns, oddity::Oddity, said,
    },
    plural::{people, several},
};
use vwis_model::text::shown;

/// Largest share of the rows that one rule may leave out, in percent. In the demo's extracts, which follow
/// published figures, most are bank assignments, at a few hundredths.
const MOST_LEFT_OUT: f64 = 25.0;
/// From this share on, in percent, the file is not an extract of staff with some leavers in it.
const NEARLY_ALL: f64 = 50.0;
/// Largest share of further assignments among the rows that count, in percent. About one in thirty of NHS
/// staff has a second one.
const MOST_FURTHER: f64 = 20.0;
/// Largest share of people with two primary assignments, in percent. A person should have one; a merger of
/// employers leaves some with two.
const MOST_TWO_PRIMARIES: f64 = 2.0;
/// Most rows with a leaving reason and no date, or with a date and no reason, whatever the share.
const FEW_APART: u64 = 5;
/// Largest share of the rows with the one that may lack the other, in percent, of whichever is rarer.
const MOST_APART: f64 = 50.0;
/// Largest share of a column's dates that may be written differently from the rest, in percent. A few are
/// typed by hand, such as 1900-01-01 where nothing is known.
const MOST_OF_ANOTHER_FORM: f64 = 1.0;

pub(super) fn questions(report: &Report) -> Vec<Question> {
    let mut questions = Vec::new();
    questions.extend(numbers(report));
    left_out(report, &mut questions);
    questions.extend(reasons(report));
    assignments(report, &mut questions);
    dates(report, &mut questions);
    of_the_file(report, &mut questions);
    questions
}

/// Those of a list of applications, of which a person may have any number, and whose people need not be found
/// again.
pub(super) fn of_applications(report: &Report) -> Vec<Question> {
    let mut questions = Vec::new();
    left_out(report, &mut questions);
    dates(report, &mut questions);
    of_the_file(report, &mut questions);
    questions
}

/// Asks about what the file as such shows, whatever it lists.
fn of_the_file(report: &Report, questions: &mut Vec<Question>) {
    let signs = &report.signs;
    if let Some((line, period)) = signs.other_period {
        questions.push(question(
            Allowance::Period,
            format!("Line {line}, above the header, names another day, in {period}: is it the extract of this period?"),
        ));
    }
    if signs.spreadsheet_errors.rows > 0 {
        questions.push(question(
            Allowance::Errors,
            format!(
                "{} hold an error of the spreadsheet, such as #N/A, or a formula without a value, in a \
                 column that is read: open the file in the spreadsheet, mend them, and save it",
                signs.spreadsheet_errors.said()
            ),
        ));
    }
    if signs.hidden_rows > 0 {
        questions.push(question(
            Allowance::Hidden,
            format!(
                "{} of the sheet are hidden, by hand or by a filter, and are read like the others: \
                 show them all, and look whether they belong in it",
                several(signs.hidden_rows, "row")
            ),
        ));
    }
    if let Some(said) = hidden_columns(&signs.hidden_columns) {
        questions.push(question(
            Allowance::Hidden,
            format!(
                "In the sheet {said}, and read like any other: show it, and look whether it holds what is meant"
            ),
        ));
    }
    if signs.merged_down.rows > 0 {
        questions.push(question(
            Allowance::MergedCells,
            format!("From {} on, {MERGED_DOWN}", signs.merged_down.lines_said()),
        ));
    }
    if signs.merged_across.rows > 0 {
        questions.push(question(
            Allowance::MergedCells,
            format!("In {}, {MERGED_ACROSS}", signs.merged_across.lines_said()),
        ));
    }
    if signs.has_visible_others {
        questions.push(question(
            Allowance::Sheets,
            format!(
                "Another visible sheet has a header too, and is not read ({}): is the extract spread over \
                 several sheets? Put them into one, or name the one that holds all with --sheet",
                report.other_sheets.iter().map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(", ")
            ),
        ));
    }
    if let Some(list) = &report.pathway.list
        && list.listed > 1
        && list.placed * 2 < list.listed
    {
        questions.push(question(
            Allowance::PathwayList,
            format!(
                "Of {} on the cancer manager's list {} are not in this extract: are its numbers those of the \
                 staff, in the same spelling?",
                people(list.listed),
                list.not_found
            ),
        ));
    }
    if signs.sheet_is_hidden {
        questions.push(question(
            Allowance::Hidden,
            "The sheet with the header is a hidden one, and no visible one has any; name the right one \
             with --sheet",
        ));
    }
}

/// Asks about rows of people without a number of their own. Such a person would be a leaver, or one person
/// with others, or somebody else each time.
fn numbers(report: &Report) -> Vec<Question> {
    let (missing, short) = (&report.signs.missing_numbers, &report.signs.short_numbers);
    let mut questions = Vec::new();
    if !missing.is_empty() {
        let kinds = missing.iter();
        let kinds: Vec<_> = kinds
            .map(|(kind, seen)| format!("{}, in {}", kind.in_words(), seen.said()))
            .collect();
        questions.push(question(
            Allowance::MissingNumbers,
            format!(
                "In the place of an employee number stand {}: these people are left out, and whoever was in \
                 the snapshot before is taken for a leaver. Put their numbers in, or take the rows out",
                kinds.join("; ")
            ),
        ));
    }
    if short.rows > 0 {
        questions.push(question(
            Allowance::MissingNumbers,
            format!(
                "{} a number that is half as long as most, or shorter: does it, such as 1 or 99, stand where \
                 a number is missing? All rows with the same one are one person",
                match short.rows {
                    1 => format!("1 person ({}) has", short.lines_said()),
                    several => format!("{several} people ({}) have", short.lines_said()),
                }
            ),
        ));
    }
    if let Some((first, last)) = report.signs.running.count() {
        questions.push(question(
            Allowance::RunningNumbers,
            format!(
                "The employee numbers run from {first} to {last}, as numbers of rows do: unless each person keeps \
                 theirs, in the next extract they would be other people's, and everybody would seem to change, \
                 to leave or to join. Name the column of the person's own number in the mapping's [columns] \
                 employee_number",
            ),
        ));
    }
    let misread = &report.signs.misread_numbers;
    if misread.rows > 0 {
        questions.push(question(
            Allowance::MisreadNumbers,
            format!(
                "{} a letter where most have a digit that looks like it, O for 0 or l for 1: somebody whose \
                 number is spelt in both ways would be two people. Put the digits in",
                match misread.rows {
                    1 => format!("1 number ({}) has", misread.lines_said()),
                    several => format!("{several} numbers ({}) have", misread.lines_said()),
                }
            ),
        ));
    }
    questions
}

fn left_out(report: &Report, questions: &mut Vec<Question>) {
    for (rule, rows) in &report.excluded {
        let share = percent(*rows, report.rows_read);
        if rule == "blank_row" || *rows < 2 || share <= MOST_LEFT_OUT {
            continue;
        }
        let what = match rule.as_str() {
            "left" if share > NEARLY_ALL => {
                "is it a list of leavers (--data-set leavers), or does a date such as 1900-01-01 mean that \
                 there is none?"
            }
            "left" | "not_started" => {
                "does a date such as 1900-01-01 mean that there is none, and is it of this period?"
            }
            "another_year" => "is it the report of the twelve months up to the period's last day?",
            _ => "do the values of that column mean that?",
        };
        questions.push(question(
            Allowance::LeftOut,
            format!(
                "{rows} of {} rows ({share:.0}%) are left out by one rule, {}: {what}",
                report.rows_read,
                said(rule)
            ),
        ));
    }
}

/// Asks about leaving dates and leaving reasons that stand in different rows, as one of them sorted without
/// the other does.
fn reasons(report: &Report) -> Option<Question> {
    let leaving = report.signs.leaving;
    let apart = leaving.only_dated.min(leaving.only_reasoned);
    // Contracts that will end have a date and no reason, so the dated rows may be many more.
    let fewer = apart + leaving.both;
    (apart > FEW_APART && percent(apart, fewer) > MOST_APART).then(|| {
        question(
            Allowance::Contradictions,
            format!(
                "{} have a leaving date and no leaving reason, {} a reason and no date, and {} both: was \
                 one of these columns sorted without the others?",
                several(leaving.only_dated, "row"),
                leaving.only_reasoned,
                leaving.both
            ),
        )
    })
}

fn assignments(report: &Report, questions: &mut Vec<Question>) {
    let signs = &report.signs;
    if signs.assignment_numbers.rows > 0 {
        questions.push(question(
            Allowance::AssignmentNumbers,
            format!(
                "{} have a number like 20000000-2, 20000000 (2) or 20000000 II, which is usually an \
                 assignment's: a person with m of them would count as m people, at m² times the ρ that is \
                 charged. Name the column of the person's own number in the mapping's [columns] employee_number",
                signs.assignment_numbers.said()
            ),
        ));
    } else if signs.extended_numbers.are_of_one() {
        questions.push(question(
            Allowance::AssignmentNumbers,
            format!(
                "{} have a number of the same file with something about it, such as 20000000B beside 20000000, \
                 and the same age, gender and ethnic group: is it the number of an assignment? A person with m \
                 of them would count as m people, at m² times the ρ that is charged. Name the column of the \
                 person's own number in the mapping's [columns] employee_number",
                signs.extended_numbers.said()
            ),
        ));
    }
    let share = percent(report.merged, report.kept + report.merged);
    if report.merged > 1 && share > MOST_FURTHER {
        questions.push(question(
            Allowance::FurtherAssignments,
            format!(
                "{} of the rows that count ({share:.0}%) are further assignments of somebody: is a part of \
                 the extract in it twice, and does the column of employee numbers tell people apart?",
                report.merged
            ),
        ));
    } else if signs.equal_rows.rows > 1 {
        questions.push(question(
            Allowance::EqualRows,
            format!(
                "{} are as another row of the same person in everything that is read, FTE, primary flag and \
                 start date too, and are counted beside it: is a part of the extract in it twice?",
                signs.equal_rows.said()
            ),
        ));
    }
    let twice = report.rows_with(Oddity::TwoPrimaryAssignments);
    if twice > 2 && percent(twice, report.kept) > MOST_TWO_PRIMARIES {
        questions.push(question(
            Allowance::TwoPrimaries,
            format!(
                "{} are a second primary assignment of somebody: is a part of the extract in \
                 it twice, and does column {} say which one is primary?",
                several(twice, "row"),
                report
                    .columns
                    .get(Field::Primary.code())
                    .map_or("of it", String::as_str)
            ),
        ));
    }
}

fn dates(report: &Report, questions: &mut Vec<Question>) {
    let signs = &report.signs;
    let order = &signs.order;
    if order.is_doubtful() {
        questions.push(question(
            Allowance::MonthFirst,
            format!(
                "Of {} dates {} a day above 12, and by chance three in five would: are they written with the \
                 other number first? Say so in the mapping, [format] dates = \"month_first\" or \"day_first\"",
                order.ambiguous + order.proved,
                match order.proved {
                    0 => "none has".to_owned(),
                    1 => "only one has".to_owned(),
                    few => format!("only {few} have"),
                }
            ),
        ));
    }
    for (field, column) in &signs.dates {
        let heading = report.columns.get(field.code()).map_or(field.code(), |h| h);
        if column.is_turned() {
            questions.push(question(
                Allowance::TurnedDates,
                format!(
                    "In column {heading} {} of the {} dates that a spreadsheet took for one are before the 13th, \
                     and {} of the {} that it left as text are later: a spreadsheet of the United States has \
                     read them with the month first, and turned day and month of those that it could read. \
                     Export it again, with the column as Text",
                    column.taken.dates[0],
                    column.taken.all(),
                    column.left.dates[1],
                    column.left.all()
                ),
            ));
        }
        let (serials, written) = (column.serials.rows, column.written());
        if percent(serials.min(written), serials + written) > MOST_OF_ANOTHER_FORM {
            questions.push(question(
                Allowance::Serials,
                format!(
                    "Column {heading} holds {} with a spreadsheet's number in place of a date, beside {} \
                     written as dates: a spreadsheet has turned some of them, and perhaps day and month of \
                     those. Format the column in one way, and export it again",
                    column.serials.said(),
                    written
                ),
            ));
        }
    }
    let far = &signs.far_starts;
    if far.rows > 1 || (far.rows == 1 && report.rows_read < 50) {
        questions.push(question(
            Allowance::FarDates,
            format!(
                "{} have a first day of work more than a year ahead, and are left out: is the century \
                 right?",
                far.said()
            ),
        ));
    }
}
