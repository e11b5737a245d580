//! Each ethnic group on each band: the groups that "BME" puts together, apart from each other.

use super::super::{
    Ask, Gap, IndicatorAnswer, Reading, charts, indicator_answer::is_total, ladders,
};
use crate::{
    indicator::Category,
    ui::{
        Html,
        component::{Cell, Matrix},
        markup::Part,
    },
};

const BAND: &str = "band";
const ETHNIC_GROUP: &str = "ethnic_group";
/// The code of all minority groups together, which the ladders on the page show already.
const TOGETHER: &str = "bme";
const NOTE: &str = "Shares of all on the band, those who did not say included. Read along a row: its shares \
    add up to about 100%.";

/// The share of each group on each band: all staff first, then the bands from the highest down.
pub(super) fn by_band(reading: &Reading<'_>) -> Result<Html, Gap> {
    // A row adds up to 100% only if those who did not say are a column of it.
    let ask = Ask::of("representation").by(&[BAND]);
    let answer = reading.ask(&ask.option("unknown", "counted"))?;
    let all_staff = answer.within("share", &[(BAND, "total")]);
    let groups = all_staff
        .iter()
        .filter_map(|row| answer.category(row, ETHNIC_GROUP));
    let groups: Vec<_> = groups.filter(|group| group.code != TOGETHER).collect();
    if groups.is_empty() {
        return Err(Gap::new("no ethnic group is in these releases"));
    }
    let columns = groups.iter().map(|group| match group.code.as_str() {
        charts::UNKNOWN => "Did not say".to_owned(),
        _ => group.label.clone(),
    });
    let caption = format!(
        "Share of each ethnic group by band, of all, those who did not say included, with its 95% interval, \
         {}",
        answer.of_whom_and_when()
    );
    let mut matrix = Matrix::new(caption, "Band", columns.collect());
    for band in bands(&answer) {
        let cells = groups.iter().map(|group| {
            let at = [
                (BAND, band.code.as_str()),
                (ETHNIC_GROUP, group.code.as_str()),
            ];
            let share = answer.within("share", &at);
            share.first().map(|row| Cell::of(&row.figure))
        });
        let name = if is_total(band) {
            "All staff"
        } else {
            &band.label
        };
        matrix.push(name, None, cells.collect());
    }
    Ok(matrix.behind(answer.foot(NOTE)).html())
}

/// All staff, then the bands from the highest down.
fn bands(answer: &IndicatorAnswer) -> Vec<&Category> {
    let rows = answer.within("share", &[(ETHNIC_GROUP, charts::UNKNOWN)]);
    let bands = rows
        .into_iter()
        .filter_map(|row| answer.category(row, BAND));
    let (all, rungs): (Vec<_>, Vec<_>) = bands
        .filter(|band| is_total(band) || ladders::is_rung(band))
        .partition(|band| is_total(band));
    all.into_iter().chain(rungs.into_iter().rev()).collect()
}
