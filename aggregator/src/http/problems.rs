//! Turns reasons for having no answer into problem details.
use vwis_web::problem::{Kind, Problem};

use super::kinds;
use crate::{
    access::Denied,
    answer::AnswerError,
    cache::ArchivesError,
    estimator::EstimatorError,
    export::canonical::BASE,
    indicator::IndicatorError,
    picture::{NotInRelease, QueryError},
    store::StoreError,
};

/// Logs the cause and does not send it: it may name files.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(
            error = vwis_host::command::with_causes(&error),
            "the store failed"
        );
        Kind::STORE_UNAVAILABLE
            .problem("the aggregator's store cannot be used now; its operator finds why in the log")
            .retry_after_s(30)
    }
}

pub(super) fn of_denied(denied: &Denied) -> Problem {
    Kind::FORBIDDEN.problem(denied)
}

pub(super) fn of_answer(error: &AnswerError) -> Problem {
    match error {
        AnswerError::Query(query) => of_query(query),
        AnswerError::NotInRelease(NotInRelease { ods_code, there }) => kinds::UNKNOWN_ORGANISATION
            .problem(error)
            .instead_of(ods_code.as_str(), there),
        AnswerError::NotReleased { period, there } => kinds::UNKNOWN_PERIOD
            .problem(error)
            .instead_of(period, there),
        AnswerError::NotYet { series } => kinds::NOT_RELEASED.problem(error).available(series),
        AnswerError::NothingReleased => kinds::NOT_RELEASED.problem(error),
        AnswerError::Replaced { by, .. } | AnswerError::PartReplaced { by, .. } => kinds::REPLACED
            .problem(error)
            .available([format!("{BASE}/releases/{by}")]),
        AnswerError::Indicator(indicator) => of_indicator(indicator),
    }
}

pub(super) fn of_indicator(error: &IndicatorError) -> Problem {
    match error {
        IndicatorError::Unknown { there, nearest, .. } => kinds::UNKNOWN_INDICATOR
            .problem(error)
            .available(there)
            .nearest(nearest.as_ref()),
        IndicatorError::Refused { .. } => kinds::INDICATOR_REFUSED.problem(error),
        IndicatorError::Breakdown { there, .. } | IndicatorError::Filter { there, .. } => {
            Kind::BAD_QUERY.problem(error).available(there)
        }
        IndicatorError::UnknownOption { option, there, .. } => Kind::UNKNOWN_PARAMETER
            .problem(error)
            .instead_of(option, there),
        IndicatorError::BadOption { value, there, .. } => {
            Kind::BAD_QUERY.problem(error).instead_of(value, there)
        }
        IndicatorError::BadInput(_) => Kind::BAD_QUERY.problem(error),
        IndicatorError::Estimator(facts) => of_facts(facts),
        IndicatorError::Query(query) => of_query(query),
    }
}

fn of_facts(error: &EstimatorError) -> Problem {
    match error {
        EstimatorError::NotPromised { there, .. } => {
            kinds::NOT_PROMISED.problem(error).available(there)
        }
        EstimatorError::NotReleased { there, .. } => {
            kinds::UNKNOWN_PERIOD.problem(error).available(there)
        }
        EstimatorError::NotInRelease { whose, there } => kinds::UNKNOWN_ORGANISATION
            .problem(error)
            .instead_of(whose, there),
        EstimatorError::NobodyInBoth { .. } => kinds::UNKNOWN_PERIOD.problem(error),
        EstimatorError::OneEmployer { .. }
        | EstimatorError::NotTold
        | EstimatorError::EmployersChanged { .. } => Kind::FORBIDDEN.problem(error),
    }
}

fn of_query(error: &QueryError) -> Problem {
    match error {
        QueryError::UnknownAttribute { nearest, there, .. } => kinds::UNKNOWN_ATTRIBUTE
            .problem(error)
            .available(there)
            .nearest(nearest.as_ref()),
        QueryError::UnknownCategory { nearest, there, .. } => kinds::UNKNOWN_CATEGORY
            .problem(error)
            .available(there)
            .nearest(nearest.as_ref()),
        QueryError::Repeated(_)
        | QueryError::PartOfGroup { .. }
        | QueryError::FilteredTwice(_)
        | QueryError::Filter(_)
        | QueryError::OtherMeasure { .. } => Kind::BAD_QUERY.problem(error),
        QueryError::NotPromised { nearest, .. } => {
            let detail = format!(
                "{error}. A new version of the agreement can add it: `agreement plan` shows what that \
                 costs, `agreement propose` asks the employers"
            );
            kinds::NOT_PROMISED.problem(detail).available(nearest)
        }
        QueryError::UnknownSeries { series, there } => kinds::UNKNOWN_SERIES
            .problem(error)
            .instead_of(series, there),
        QueryError::NotMeasured { there, .. } => {
            kinds::NOT_PROMISED.problem(error).available(there)
        }
    }
}

/// Logs the cause and does not send it.
impl From<ArchivesError> for Problem {
    fn from(error: ArchivesError) -> Self {
        if let ArchivesError::NotPublished { .. } = error {
            let detail = format!(
                "{error} to readers below analyst: a period is when all expected employers are in, on the day \
                 that the agreement names, or when a person publishes it"
            );
            return kinds::NOT_PUBLISHED.problem(detail);
        }
        tracing::error!(%error, "a release cannot be read");
        Kind::STORE_UNAVAILABLE
            .problem(
                "the releases cannot be read now; the aggregator's operator finds why in the log",
            )
            .retry_after_s(30)
    }
}
