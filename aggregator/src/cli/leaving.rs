//! Writes a sheet to stdout, or to a file together with its metadata.

use std::{
    io::{IsTerminal as _, stdout},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use vwis_host::{command, files};

use super::{Exit, Failure, context::Context};
use crate::{
    answer::Answer,
    export::{Sheet, csv::csv, csvw::csvw, json::json, media::Format, text, xlsx::xlsx},
};

/// Writes the answer in `format` or, if none is said, in that of the file's ending or as a table. A CSV file
/// gets its CSVW metadata in the file [`beside`] it.
pub(super) fn write(
    answer: &Answer,
    format: Option<Format>,
    output: Option<&Path>,
    context: &mut Context,
) -> Result<(), Failure> {
    let Answer { sheet, made_at, .. } = answer;
    let made_at = *made_at;
    let format = format
        .or_else(|| output.and_then(Format::of_file))
        .unwrap_or(Format::Table);
    let Some(path) = output else {
        if format == Format::Xlsx && stdout().is_terminal() {
            let message = "a spreadsheet is no text for a terminal: --output FILE.xlsx";
            return Err(Failure::new(Exit::Usage, message));
        }
        let file = Format::Csv.file_name(&sheet.name);
        let bytes = bytes(sheet, format, &file, text::terminal_width(), made_at)?;
        context.out.write_all(&bytes)?;
        return Ok(());
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Only metadata needs it: `staff.csv-metadata.json` and `staff.json` both describe `staff.csv`.
    let csv_name = match name.strip_suffix("-metadata.json") {
        Some(csv_name) => csv_name.to_owned(),
        None => Path::new(&*name)
            .with_extension("csv")
            .display()
            .to_string(),
    };
    files::write_public(path, &bytes(sheet, format, &csv_name, None, made_at)?)?;
    command::say(format_args!("wrote {}", path.display()));
    if format == Format::Csv {
        let beside = beside(path);
        let metadata = bytes(sheet, Format::Csvw, &name, None, made_at)?;
        files::write_public(&beside, &metadata)?;
        command::say(format_args!("wrote {}", beside.display()));
    }
    Ok(())
}

/// The file that describes `path`: its name with the ending `.json`, or with `-metadata.json` if `path` ends
/// in `.json` itself.
pub(super) fn beside(path: &Path) -> PathBuf {
    let beside = path.with_extension("json");
    // Some file systems hold `staff.JSON` and `staff.json` to be one file.
    let is_itself = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if !is_itself {
        return beside;
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-metadata.json"))
}

fn bytes(
    sheet: &Sheet,
    format: Format,
    csv_name: &str,
    width: Option<u16>,
    made_at: Timestamp,
) -> Result<Vec<u8>, Failure> {
    Ok(match format {
        Format::Table => text::text(sheet, width).into_bytes(),
        Format::Csv => csv(sheet).into_bytes(),
        Format::Csvw => (serde_json::to_string_pretty(&csvw(sheet, csv_name))? + "\n").into_bytes(),
        Format::Json => (json(sheet) + "\n").into_bytes(),
        Format::Xlsx => xlsx(sheet, made_at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_describes_a_file_is_never_written_over_it() {
        let beside = |name: &str| beside(Path::new(name)).display().to_string();
        assert_eq!(beside("out/staff.csv"), "out/staff.json");
        assert_eq!(beside("staff"), "staff.json");
        assert_eq!(beside("out/staff.json"), "out/staff-metadata.json");
        assert_eq!(beside("staff.JSON"), "staff-metadata.json");
        let described = Path::new("staff-metadata.json");
        assert_eq!(Format::of_file(described), Some(Format::Csvw));
    }
}
