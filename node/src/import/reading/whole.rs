//! Checks of an extract as a whole, after its last row: an error refuses the file, otherwise its people
//! follow.

use super::{Reading, disagreement};
use crate::{
    import::{
        Allowance, FEW_CONTRADICTING, Field, ImportError, Imported, Kind, PathwayListReport,
        PathwayReport, oddity::Oddity, reason::Reason, seen::Seen, sense::DECIDING, signs::Codes,
        source::Ended,
    },
    turnover::Moving,
};

// === impl Reading ===

impl Reading<'_> {
    pub(in crate::import) fn finish(mut self, ended: &Ended) -> Result<Imported, ImportError> {
        let Some((coder, sketch)) = &self.coder else {
            return Err(match self.nearly_header {
                None => ImportError::Empty(self.path.to_owned()),
                Some(_) => self.no_header(),
            });
        };
        if self.report.rows_read == 0 {
            return Err(ImportError::Empty(self.path.to_owned()));
        }
        self.report.vet();
        let filled = DECIDING.iter().zip(self.filled);
        self.report.filled = filled
            .filter(|(field, _)| self.report.columns.contains_key(field.code()))
            .map(|(field, rows)| (field.code().to_owned(), rows))
            .collect();
        self.report.sheet.clone_from(&ended.sheet);
        let (line, fields) = self.last_row;
        let columns = coder.columns();
        let width = columns.width();
        if ended.breaks_off && fields < width && !self.is_allowed(Allowance::CutOff) {
            return Err(ImportError::CutOff {
                path: self.path.to_owned(),
                line,
                fields,
                width,
                report: Box::new(self.report),
            });
        }
        // This check comes before those of the rows: the header between two pasted copies is no fault of a
        // row.
        // A person's equal applications are one, so two copies of a list of them do no harm.
        let is_harmless =
            self.options.kind == Kind::Applicants || self.is_allowed(Allowance::Repeats);
        if sketch.is_doubled() && !is_harmless {
            return Err(ImportError::Doubled {
                path: self.path.to_owned(),
                report: Box::new(self.report),
            });
        }
        let hidden = ended.hidden_of(&columns.read()).into_iter();
        self.report.signs.hidden_columns =
            hidden.map(|at| columns.heading_at(at).to_owned()).collect();
        self.report.signs.codes = coder.codes();
        self.report.signs.other_period = self.titles.other_than(self.options.period);
        self.report.signs.hidden_rows = ended.hidden_rows();
        self.report.signs.merged_down =
            Seen::at(ended.merged_down(self.header_line, &columns.read()));
        // A note below the list may be merged over all columns, and is nobody's row.
        self.report.signs.merged_across = Seen::at(
            ended
                .merged_across(self.header_line, &columns.read())
                .filter(|line| self.counted_lines.contains(*line)),
        );
        self.report.signs.sheet_is_hidden = ended.sheet_is_hidden;
        self.report.signs.has_visible_others = ended.has_visible_others;
        self.report.other_sheets.clone_from(&ended.other_sheets);
        self.check_codes()?;
        let rows_tag = self.options.tagger.rows_tag(&sketch.bytes());
        self.check_rejections()?;
        self.check_contradictions()?;
        self.place_pathways();
        if self.report.kept == 0 && !self.is_allowed(Allowance::Nobody) {
            return Err(ImportError::Nobody {
                path: self.path.to_owned(),
                report: Box::new(self.report),
            });
        }
        self.report.running_numbers = self.report.signs.running.count().is_some();
        self.report.signs.extended_numbers = self.roll.extended();
        self.report.signs.short_numbers = self.roll.short_numbers();
        self.report.signs.misread_numbers = self.roll.misread_numbers();
        self.report
            .find_people(Oddity::FteAbove1, self.roll.above_full_time());
        let (people, joining_source, began) = self.roll.into_people();
        let index = people.index();
        self.absent
            .retain(|tag| index.find(people.tags(), *tag).is_none());
        Ok(Imported {
            people,
            moving: Moving {
                joining_source,
                leavers: self.leavers,
                absent: self.absent,
            },
            began,
            rows_tag,
            report: self.report,
        })
    }

    fn place_pathways(&mut self) {
        let has_own_column = self.report.columns.contains_key(Field::Pathway.code());
        let mut list_report = None;
        if let Some(list) = self.options.pathway_list
            && let Some(pathway) = self.data_set.position("pathway")
        {
            let placed = self
                .roll
                .override_pathway(pathway, |tag| list.pathway_of(tag));
            list_report = Some(PathwayListReport {
                listed: list.len(),
                placed,
                not_found: list.len() - placed,
            });
        }
        let has_no_pathway = self.data_set.position("pathway").is_none();
        self.report.pathway = if has_own_column || has_no_pathway {
            PathwayReport::default()
        } else {
            self.roll.pathway_report(self.options.pathway_rule)
        };
        self.report.pathway.list = list_report;
    }

    /// Refuses a column of codes of which the mapping explains some and the dictionary others, or of numbers
    /// of which only some are known. Such codes are another system's, and those that are known mean something
    /// else there.
    fn check_codes(&self) -> Result<(), ImportError> {
        let half_read = |codes: &&Codes| codes.is_half_read();
        let codes = self.report.signs.codes.iter().find(half_read);
        match codes {
            Some(codes) if !self.is_allowed(Allowance::Codes) => Err(ImportError::OtherCodes {
                path: self.path.to_owned(),
                column: codes.heading.clone(),
                field: codes.field,
                are_numbers: codes.are_numbers,
                report: Box::new(self.report.clone()),
            }),
            _ => Ok(()),
        }
    }

    fn check_rejections(&self) -> Result<(), ImportError> {
        let report = &self.report;
        let path = self.path.to_owned();
        let others = report
            .rejected
            .get(Reason::OtherOrganisation.code())
            .copied()
            .unwrap_or(0);
        if others * 2 > report.rows_read {
            let theirs = report
                .rejected_columns
                .iter()
                .find(|group| group.reason == Reason::OtherOrganisation)
                .and_then(|group| group.by_rows().first().map(|(code, _)| (*code).to_owned()));
            return Err(ImportError::OtherOrganisation {
                path,
                found: theirs.unwrap_or_default(),
                expected: self.options.organisation.clone(),
            });
        }
        let rejected = report.rejected_rows();
        if is_more_than(rejected, self.options.most_rejected, report.rows_read) {
            return Err(ImportError::TooManyRejected {
                path,
                rejected,
                rows: report.rows_read,
                most: self.options.most_rejected * 100.0,
                report: Box::new(report.clone()),
            });
        }
        Ok(())
    }

    fn check_contradictions(&self) -> Result<(), ImportError> {
        let report = &self.report;
        let kind = self.options.kind;
        let rows = report.rows_with(disagreement(kind));
        let is_much = is_more_than(rows, kind.most_contradicting(), report.merged);
        // Where every repeated number contradicts itself, a few are enough.
        let is_all = rows > 1 && rows == report.merged;
        let is_odd = is_all || (rows > FEW_CONTRADICTING && is_much);
        if !is_odd || self.is_allowed(Allowance::Contradictions) {
            return Ok(());
        }
        Err(ImportError::Contradictory {
            path: self.path.to_owned(),
            rows,
            further: report.merged,
            kind,
            report: Box::new(report.clone()),
        })
    }

    fn is_allowed(&self, allowance: Allowance) -> bool {
        self.options.allowed.contains(&allowance)
    }
}

/// Whether `part` is more than `share` of `whole`. Computed exactly, in billionths, so that 29 of 100 is not
/// more than 0.29.
fn is_more_than(part: u64, share: f64, whole: u64) -> bool {
    const BILLION: f64 = 1e9;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is from 0 to 1"
    )]
    let billionths = (share * BILLION).round() as u128;
    u128::from(part) * 1_000_000_000 > billionths * u128::from(whole)
}
