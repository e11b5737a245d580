//! What stores have in common: their migrations, and what a person can do about what SQLite says.

use std::borrow::Cow;

use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// A migration: its number, its name, and its statements.
pub type Step = (i64, &'static str, &'static str);

/// The migrations of a store, in order. Made here, since the macro that reads them from a folder
/// builds the database driver a second time, for the compiler.
#[must_use]
pub fn migrator(steps: &[Step]) -> Migrator {
    let step = |&(version, name, statements): &Step| {
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            SqlStr::from_static(statements),
            false,
        )
    };
    Migrator::with_migrations(steps.iter().map(step).collect())
}

/// The primary part of an extended result code.
const PRIMARY: u32 = 0xff;

/// The remedy for an extended result code, as the driver writes it in decimal; empty where there is
/// none to name. Source: <https://sqlite.org/rescode.html>.
#[must_use]
pub fn remedy(code: &str) -> &'static str {
    match code.parse().map(|code: u32| code & PRIMARY) {
        // SQLITE_BUSY, SQLITE_LOCKED
        Ok(5 | 6) => " (another process holds it: try again)",
        // SQLITE_READONLY, SQLITE_CANTOPEN
        Ok(8 | 14) => {
            " (its folder or file cannot be written: see who owns it and how it is mounted)"
        }
        // SQLITE_IOERR, SQLITE_FULL
        Ok(10 | 13) => {
            " (the disk is full or failing: make room or mend it, and do the same again; what was \
             committed stands)"
        }
        // SQLITE_CORRUPT, SQLITE_NOTADB
        Ok(11 | 26) => " (the file is damaged: put the last backup back)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::remedy;

    #[test]
    fn extended_codes_have_the_remedy_of_their_primary_one() {
        // SQLITE_IOERR_SHMSIZE, SQLITE_FULL, SQLITE_READONLY_DIRECTORY, SQLITE_CONSTRAINT
        assert!(remedy("4874").contains("full"));
        assert!(remedy("13").contains("full"));
        assert!(remedy("1544").contains("written"));
        assert_eq!(remedy("19"), "");
        assert_eq!(remedy("HY000"), "");
    }
}
