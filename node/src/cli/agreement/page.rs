//! The page that `agreement show` prints, for a person who is no engineer.

use std::{collections::BTreeSet, fmt::Write as _};

use vwis_model::agreement::{Agreement, Measure, Scope, published_in_words};

use super::exactness::{self, Beside};

use crate::{
    cli::{
        Context, Failure,
        words::{day, left_then, loss, point, several, table_of_numbers, what_a_loss_is, wrapped},
    },
    explain::{DecisionLine, Explanation, SeriesExplained, YearLine, in_millionths},
    import::APPLICANTS,
};

/// The whole page.
pub(super) fn text(
    agreement: &Agreement,
    page: &Explanation,
    beside: &Beside,
    context: &Context,
) -> Result<String, Failure> {
    let sections = [
        heading(page),
        section("What it is for", &wrapped(&page.purpose, INDENT)),
        section("Who sees it", &who_sees_it(page)),
        section("What leaves, and how often", &what_leaves(page)),
        section("How exact", &exactness::text(agreement, page, beside)?),
        section("What it costs", &what_it_costs(page)),
        section(
            "What is different from what is approved here",
            &what_is_different(page),
        ),
        section("What it does not protect against", &limits(page)),
        section("How to decide", &how_to_decide(page, context)),
    ];
    Ok(sections.join("\n"))
}

const INDENT: &str = "  ";

fn section(title: &str, body: &str) -> String {
    format!("{title}\n{}\n", body.trim_end())
}

fn heading(page: &Explanation) -> String {
    let mut text = format!(
        "{} (version {})\n{}\n",
        page.name, page.version, page.agreement
    );
    if page.state == "proposed" {
        text += "Proposed: it waits for a decision, and nothing leaves before that.\n";
    }
    for decision in &page.decisions {
        let _ = writeln!(text, "{}", decided(decision));
    }
    text
}

/// `approved by A Tester on 2026-11-25: board paper 12`.
pub(in crate::cli) fn decided(decision: &DecisionLine) -> String {
    format!(
        "{} by {} on {}: {}",
        decision.what,
        decision.by,
        day(decision.at),
        decision.reason
    )
}

fn who_sees_it(page: &Explanation) -> String {
    let seen = |series: &SeriesExplained| match series.scope {
        Scope::Organisation => "receives this organisation's noisy numbers under its name",
    };
    let seen: BTreeSet<_> = page.series.iter().map(seen).collect();
    let seen: Vec<_> = seen.into_iter().collect();
    let text = format!(
        "{} asks, and {}. Readers of what is made of them: {}. By its clause, {}; {}.",
        page.aggregator,
        seen.join(", and "),
        page.readers.trim_end_matches('.'),
        page.organisations_visible_to.in_words(),
        published_in_words(page.published_after_days)
    );
    wrapped(&text, INDENT)
}

fn what_leaves(page: &Explanation) -> String {
    let mut text = format!("  From {} to {}:\n", page.first_period, page.last_period);
    for series in &page.series {
        let line = format!(
            "{}: {} of \"{}\", measured {}: {}, {} in all.",
            series.series,
            measure(series.measure),
            series.data_set_label,
            series.cadence,
            several(series.tables.len(), "table"),
            several(series.releases_in_term, "time"),
        );
        let _ = writeln!(text, "{}", point(&line));
    }
    if page
        .series
        .iter()
        .any(|series| series.data_set == APPLICANTS)
    {
        let line = "Applicants are people who are mostly not your staff, and who may know nothing of this agreement: \
            each candidate once in a year, by the application to you that went furthest. Who applied to several \
            employers is in the numbers of each.";
        let _ = writeln!(text, "{}", point(line));
    }
    for period in &page.incomplete_years {
        let line = format!(
            "Of the joiners and leavers of the year to {period} nothing leaves, unless the extracts of all \
             its quarters and of the day before it are imported."
        );
        let _ = writeln!(text, "{}", point(&line));
    }
    for period in &page.movements_missing {
        let line = format!(
            "Of the career movement of the year to {period} nothing leaves, unless the extracts of that day and \
             of twelve months before are imported."
        );
        let _ = writeln!(text, "{}", point(&line));
    }
    text + &wrapped(
        "Only these tables leave, each number with noise added to it before it leaves. No record, \
         no name, no number of an employee and no exact count does. The noise is drawn once: \
         whoever asks again gets the same numbers.",
        INDENT,
    )
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Headcount => "number of people",
        Measure::Fte => "full-time equivalents",
    }
}

fn what_it_costs(page: &Explanation) -> String {
    let mut text = wrapped(&what_a_loss_is(page.full_year.rho_nano), INDENT);
    text += "\n\n";
    let rows = page.series.iter().map(|series| {
        vec![
            series.series.clone(),
            loss(series.each),
            loss(series.full_year),
            loss(series.whole_term),
        ]
    });
    let all = vec![
        "all together".to_owned(),
        String::new(),
        loss(page.full_year),
        loss(page.whole_term),
    ];
    let header = ["series", "each time", "a full year", "the whole term"];
    let rows = rows.chain([all]).collect();
    let _ = writeln!(text, "{}\n", table_of_numbers(&header, 1, rows));
    let _ = writeln!(text, "{}\n", wrapped(&back_history(page), INDENT));
    text + &against_the_cap(&page.years)
}

/// A sentence on how many measurements of past periods the term contains, and what they cost.
pub(super) fn back_history(page: &Explanation) -> String {
    if page.back_history_measurements == 0 {
        "Of the periods that are held here, nothing is left to be asked for.".to_owned()
    } else {
        format!(
            "Of the whole term, {} of periods that are held here already could be asked for at \
             once: {}.",
            several(page.back_history_measurements, "measurement"),
            loss(page.back_history),
        )
    }
}

fn against_the_cap(years: &[YearLine]) -> String {
    let mut text = String::from("  Against this node's yearly budget, in ρ (from 1 April):\n");
    let rows = years.iter().map(|year| {
        vec![
            year.financial_year.clone(),
            in_millionths(year.cap_rho_nano),
            in_millionths(year.spent_rho_nano),
            in_millionths(year.committed_rho_nano),
            in_millionths(year.added_rho_nano),
            left_then(year.fits, year.left_then_rho_nano),
        ]
    });
    let header = [
        "year",
        "allowed",
        "spent",
        "other agreements may take",
        "this one may take",
        "left then",
    ];
    let _ = writeln!(text, "{}", table_of_numbers(&header, 1, rows.collect()));
    if years.iter().any(|year| !year.fits) {
        let line = "What does not fit is refused by the node, whoever asks for it first: the \
                    budget is never overspent.";
        text += &wrapped(line, INDENT);
    }
    text
}

fn what_is_different(page: &Explanation) -> String {
    let mut text = String::new();
    if page.beside.is_empty() {
        let nothing = format!(
            "Nothing that {} asks for is approved here: there is nothing to compare it with.",
            page.aggregator
        );
        let _ = writeln!(text, "{}", wrapped(&nothing, INDENT));
    }
    for beside in &page.beside {
        let against = format!(
            "Beside \"{}\", version {} ({}), which is {} here:",
            beside.name,
            beside.version,
            beside.agreement.short(),
            beside.state
        );
        let _ = writeln!(text, "{}", wrapped(&against, INDENT));
        if beside.changes.is_empty() {
            let _ = writeln!(text, "{}", point("Nothing that matters is different."));
        }
        for change in &beside.changes {
            let _ = writeln!(text, "{}", point(&change.to_string()));
        }
    }
    if !page.never_approved.is_empty() {
        let versions: Vec<_> = page
            .never_approved
            .iter()
            .map(|other| format!("version {} ({})", other.version, other.agreement.short()))
            .collect();
        let never = format!(
            "Never approved here, though it was handed over under the same name: {}.",
            versions.join(", ")
        );
        let _ = writeln!(text, "{}", wrapped(&never, INDENT));
    }
    if page.unreadable_agreements > 0 {
        let unreadable = format!(
            "{} of another data dictionary cannot be read by this version of the software, and could not \
             be compared.",
            several(page.unreadable_agreements, "agreement")
        );
        let _ = writeln!(text, "{}", wrapped(&unreadable, INDENT));
    }
    if !page.beside.is_empty() {
        text += &wrapped(
            "What several agreements promise is drawn anew under each, and each draw is paid for: the \
             yearly budget bounds their sum.",
            INDENT,
        );
    }
    text
}

fn limits(page: &Explanation) -> String {
    let points = [
        "A person with jobs at k organisations stands in the numbers of each and is exposed to k \
         times the ρ above."
            .to_owned(),
        format!(
            "The ρ above bounds what can be told about whether a person is there at all. Telling \
             what a person who is known to be there is like (a band, a disability) may cost up to \
             {:.2} times as much.",
            page.change_factor
        ),
        "A person whom the extract holds under m employee numbers, and the import did not know for one, \
         stands in the numbers m times and is exposed to m² times the ρ above."
            .to_owned(),
        "It hides persons, not the organisation: that one staff group here is large, or that \
         leavers are many, is what the numbers are meant to tell."
            .to_owned(),
        "Where nearly all people of a place or a group are this organisation's, the system's figure is \
         in effect its own, with everybody's noise; if it joins or leaves between two periods, that shows, \
         up to how much the others changed; and organisations can pool what they know."
            .to_owned(),
        "Losses of all series, agreements and years add up; the budget statement shows the sum."
            .to_owned(),
        "What has left cannot be called back.".to_owned(),
    ];
    let points = points.map(|text| point(&text));
    points.join("\n")
}

fn how_to_decide(page: &Explanation, context: &Context) -> String {
    let short = page.agreement.short();
    let signed = "--by \"NAME, OFFICE\" --reason \"GROUND\"";
    let mut steps = vec![(
        "See an example beside the truth (throw-away noise; a terminal only):",
        format!("preview {short} --period YYYY-MM"),
    )];
    match page.state {
        "proposed" => {
            steps.push((
                "Allow it (not to decide is to refuse):",
                format!("agreement approve {short} {signed}"),
            ));
            steps.push((
                "Refuse it, for the record:",
                format!("agreement decline {short} {signed}"),
            ));
        }
        "declined" => steps.push((
            "Allow it after all:",
            format!("agreement approve {short} {signed}"),
        )),
        "approved" => steps.push((
            "Stop it for now, at once:",
            format!("agreement pause {short} {signed}"),
        )),
        "paused" => steps.push((
            "Let it go on:",
            format!("agreement resume {short} {signed}"),
        )),
        _ => {}
    }
    match page.state {
        "approved" | "paused" => steps.push((
            "End it, for good:",
            format!("agreement withdraw {short} {signed}"),
        )),
        "withdrawn" => {
            return wrapped("It was withdrawn, and that is for good.", INDENT);
        }
        _ => {}
    }
    steps.push(("See what was spent, and on what:", "budget".to_owned()));
    let mut text = String::new();
    for (what, command) in steps {
        let _ = writeln!(text, "  {what}\n    {}", context.command(&command));
    }
    text
}
