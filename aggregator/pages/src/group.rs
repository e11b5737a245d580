//! A group of staff that a page is about (everybody, those of one locality, or those of one staff group), and
//! what every such page says about it first.

use vwis_model::dictionary::Category;

use super::{Ask, At, Gap, IndicatorAnswer, Reading, changes, charts, words};
use crate::{
    estimate::{Unit, Verdict},
    indicator::Finding,
    ui::{
        DisplayedFigure, Html, Sentence, Tag,
        chart::{Order, RowChart, Trend},
        component::{Card, Cards, Inset},
        markup::Part,
        sentence,
    },
};

/// A group of staff: everybody, or those in one category of an attribute.
pub(super) struct Group<'a, 'r> {
    reading: &'r Reading<'a>,
    of: Option<(&'static str, &'static Category)>,
}

/// What a page says about a group first: how many people, what changed, how many are 55 or over.
pub(super) struct AtAGlance {
    pub(super) people: IndicatorAnswer,
    change: Result<IndicatorAnswer, Gap>,
    ages: Result<IndicatorAnswer, Gap>,
}

// === impl Group ===

impl<'a, 'r> Group<'a, 'r> {
    /// The group of all staff.
    pub(super) fn everybody(reading: &'r Reading<'a>) -> Self {
        Self { reading, of: None }
    }

    /// The group of those in one category.
    pub(super) fn of(
        reading: &'r Reading<'a>,
        attribute: &'static str,
        category: &'static Category,
    ) -> Self {
        Self {
            reading,
            of: Some((attribute, category)),
        }
    }

    /// The releases that answers about the group come from.
    pub(super) fn reading(&self) -> &'r Reading<'a> {
        self.reading
    }

    /// The category of the group, by its dimension, for looking up rows; empty for everybody.
    pub(super) fn at(&self) -> Vec<(&'static str, &'static str)> {
        let at = self
            .of
            .map(|(attribute, category)| (attribute, category.code()));
        at.into_iter().collect()
    }

    /// An indicator's answer about the group, also broken down by these attributes.
    pub(super) fn ask(&self, ask: Ask, by: &[&'static str]) -> Result<IndicatorAnswer, Gap> {
        let own = self.of.map(|(attribute, _)| attribute);
        let by: Vec<_> = own.into_iter().chain(by.iter().copied()).collect();
        let mut ask = ask.by(&by);
        if let Some((attribute, category)) = self.of {
            ask = ask.only(attribute, &[category.code()]);
        }
        self.reading.ask(&ask)
    }

    /// The answers that a page gives first.
    pub(super) fn at_a_glance(&self) -> Result<AtAGlance, Gap> {
        Ok(AtAGlance {
            people: self.ask(Ask::of("composition"), &[])?,
            change: self.ask(Ask::of("change"), &[]),
            ages: self.ask(Ask::of("age-profile"), &[]),
        })
    }

    /// The trend of people over all releases, with the verdict on the change since the first.
    pub(super) fn trend(&self) -> Result<Html, Gap> {
        let answer = self.ask(Ask::of("trend"), &[])?;
        let at = self.at();
        let points = charts::points(&answer, "headcount", &at);
        if points.len() < 2 {
            return Err(Gap::new(changes::ONE_DATE));
        }
        let first = points.first().map(|point| point.label.clone());
        let name = "People over all releases";
        let chart = Trend::new("trend", name, "People", Unit::People, points);
        let framed = charts::framed(
            &answer,
            &chart,
            name,
            "People at the employers present throughout",
            "The band is the 95% interval of each release.",
        );
        let since_first = answer.within("change_since_first", &at);
        Ok(match (since_first.first(), first) {
            (Some(found), Some(first)) => {
                let (tag, says) = charts::change(found, "people", &format!("than in {first}"));
                framed.saying(tag, says.whole()).html()
            }
            _ => framed.html(),
        })
    }

    /// An inset that says how comparisons over time are made, and who is left out of them.
    pub(super) fn like_with_like(&self) -> Html {
        let mut says = vec![Sentence::words(
            "comparisons over time are of the employers that are in all releases compared",
        )];
        match self.ask(Ask::of("change"), &[]) {
            Ok(answer) => {
                let notes = answer.findings.notes.iter();
                says.extend(notes.map(|note| Sentence::words(note.trim_end_matches('.'))));
            }
            Err(gap) => says.extend(gap.sentence("the latest change")),
        }
        says.push(Sentence::words(
            "a change is called real when it is larger than the noise of both releases together",
        ));
        Inset::caveat("Comparing like with like", says)
            .more("How we decide", "/method#real")
            .html()
    }

    /// People by age band, with the youngest last.
    pub(super) fn ages(&self) -> Result<Html, Gap> {
        let answer = self.ask(Ask::of("age-profile"), &[])?;
        let rows = charts::rows(&answer, "people", "age_band", &self.at(), charts::unlinked);
        let rows = charts::highest_first(rows);
        let title = "People by age band";
        let chart =
            RowChart::new(title, ("Age", "People"), Unit::People, rows).ordered(Order::AsGiven);
        Ok(charts::framed(&answer, &chart, title, "People", charts::PEOPLE_BY_EMPLOYER).html())
    }

    /// People by role. `answer` is that with `measure` by role. A note counts the roles that have too few
    /// people to be shown.
    pub(super) fn by_role(
        &self,
        answer: &IndicatorAnswer,
        measure: &str,
        title: &str,
        note: &str,
    ) -> Result<Html, Gap> {
        let rows = charts::rows(answer, measure, "role", &self.at(), charts::unlinked);
        let (rows, unseen) = charts::without_the_unseen(rows, "roles")?;
        let chart = RowChart::new(title, ("Role", "People"), Unit::People, rows);
        let note = charts::with_the_unseen("roles", unseen, note);
        Ok(charts::framed(answer, &chart, title, "People", note).html())
    }

    /// The age pyramid of women and men.
    pub(super) fn pyramid(&self) -> Result<Html, Gap> {
        let answer = self.ask(Ask::of("composition"), &["age_band", "gender"])?;
        Ok(charts::pyramid(
            "pyramid",
            &answer,
            &self.at(),
            "Age and gender",
        ))
    }

    /// How many may have left in one, three and five years.
    pub(super) fn retirement(&self) -> Result<Html, Gap> {
        let answer = self.ask(Ask::of("retirement-outlook"), &[])?;
        charts::fan("fan", &answer, &self.at())
    }
}

// === impl AtAGlance ===

impl AtAGlance {
    /// The first sentences: `about 8,600 people work in Bolton …`, the change, and how many are 55 or over.
    pub(super) fn lead(&self, at: At<'_>, (what, of_where): (&str, &str)) -> Vec<Sentence> {
        let mut lead = Vec::new();
        if let Some(all) = self.people.figure("headcount", at) {
            lead.push(sentence::count(&all, what, of_where));
        }
        if let Some((found, date)) = self.latest_change(at) {
            lead.push(charts::change(found, "people", &format!("than on {date}")).1);
        }
        if let Err(gap) = &self.change {
            lead.extend(gap.sentence("how many it was before"));
        }
        if let Some(over_55) = self.over_55(at) {
            let are = match self.ages.as_ref().map(IndicatorAnswer::date) {
                Ok(date) if date != self.people.date() => format!("were 55 or over on {date}"),
                _ => "are 55 or over".to_owned(),
            };
            lead.push(sentence::level(&over_55.figure, &are));
        }
        lead
    }

    /// The cards: people, full-time equivalents, change, share of 55 and over.
    pub(super) fn cards(&self, at: At<'_>) -> Cards {
        let mut cards = Vec::new();
        if let Some(all) = self.people.figure("headcount", at) {
            cards.push(Card::new("People", &all).noted("People by employer, not unique people"));
        }
        if let Some(fte) = self.people.figure("fte", at) {
            let card = Card::new("Full-time equivalents", &fte);
            let each = self.people.figure("fte_per_head", at);
            let each = each.filter(crate::estimate::Figure::is_shown);
            let each = each.map(|figure| sentence::level(&figure, "for each person").text());
            cards.push(match each {
                Some(each) => card.noted(each),
                None => card,
            });
        }
        if let Some((found, date)) = self.latest_change(at) {
            let verdict = found.verdict.unwrap_or(Verdict::CannotTell);
            let change = Card::new(format!("Change since {date}"), &found.figure);
            let change = change.tagged(Tag::of_change(&found.figure, verdict));
            let year = self.change(at, "year_before");
            cards.push(match year.filter(|(_, earlier)| *earlier != date) {
                Some((year, earlier)) => {
                    let between = DisplayedFigure::of(&year.figure).between();
                    change.noted(format!("Since {earlier}: {between}"))
                }
                None => change,
            });
        }
        if let Err(gap) = &self.change {
            cards.extend(gap.card("Change"));
        }
        if let Err(gap) = &self.ages {
            cards.extend(gap.card("Aged 55 and over"));
        }
        if let Some(over_55) = self.over_55(at) {
            let card = Card::new("Aged 55 and over", &over_55.figure);
            let note = match self.ages.as_ref().map(IndicatorAnswer::date) {
                Ok(date) if date != self.people.date() => format!("Of all on {date}"),
                _ => "Of all of them".to_owned(),
            };
            cards.push(card.noted(note));
        }
        Cards::new(cards)
    }

    fn over_55(&self, at: At<'_>) -> Option<&Finding> {
        let rows = self.ages.as_ref().ok()?.within("share_55_and_over", at);
        rows.first().copied()
    }

    /// The change since the quarter before, or since the year before if that quarter has no release, with the
    /// date that is compared with.
    fn latest_change(&self, at: At<'_>) -> Option<(&Finding, String)> {
        let against = ["previous_quarter", "year_before"];
        against.into_iter().find_map(|one| self.change(at, one))
    }

    fn change(&self, at: At<'_>, against: &str) -> Option<(&Finding, String)> {
        let change = self.change.as_ref().ok()?;
        let at = [at, &[("compared_with", against)]].concat();
        let before = change.at("before", &at)?.source.period.parse().ok()?;
        Some((change.at("change", &at)?, words::date(before)))
    }
}
