//! Charts drawn as SVG, with real text, intervals in every chart, and a table behind each.
//!
//! x is in percent of the plot's width, y in pixels, so that text keeps its size from a phone to a wide
//! screen. There are two kinds of charts. A *row chart* ([`RowChart`]; [`Budget`] for exact amounts) is a
//! real table with a drawn column, and its text is the accessible version. A *drawn chart* ([`Trend`],
//! [`Multiples`], [`Pyramid`], [`Fan`], [`NumberLine`]) is one image with a title and a description, and its
//! table stands in the chart's foot. [`Framed`] puts title, unit, key and foot around either.
//!
//! | mark | means |
//! |---|---|
//! | whisker with caps | the 95% interval; an end without a cap goes on, or is clipped at 0 |
//! | filled dot, hollow dot | clearly different from the benchmark, or not |
//! | hatched box without a dot | too noisy to show: the box is the interval |
//! | bar from 0 | a count |
//! | black line, grey tick | benchmark, comparator |
//! | dashed line | not in this release |

mod behind;
mod drawing;
mod fan;
mod frame;
mod ladder;
mod marks;
mod multiples;
mod number_line;
mod pyramid;
mod rows;
mod scale;
mod series;
mod trend;

pub(in crate::ui) use behind::Behind;
pub use fan::{Fan, Horizon};
pub use frame::{Foot, Framed, Key};
pub use ladder::{Ladder, Narrowing, Rung};
pub use multiples::{Multiples, Panel};
pub use number_line::{Beside, NumberLine};
pub use pyramid::{AgeBand, Pyramid};
pub use rows::{Amount, Benchmark, Budget, Content, Order, Row, RowChart, Spending, Start};
pub use series::Point;
pub use trend::Trend;

use super::{DataTable, Html};

/// A chart that can stand in a frame.
pub trait Chart {
    /// The chart as it stands in the frame.
    fn html(&self) -> Html;

    /// The marks that occur in the chart and need an explanation.
    fn key(&self) -> Vec<Key>;

    /// A sentence where the scale does not start at 0; `None` where it does.
    fn start_in_words(&self) -> Option<String>;

    /// The same numbers as a table; `None` where the chart is a table itself.
    fn table(&self) -> Option<DataTable>;
}

#[cfg(test)]
mod testing;
