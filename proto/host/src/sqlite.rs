//! What all stores have in common: how they are opened and migrated, and what a person can do about
//! SQLite's errors.

use std::{borrow::Cow, path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection, SqlStr, SqlitePool,
    error::DatabaseError,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::files::{self, FileError};

/// Longest that a command waits for another one's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Written by a later version.
    #[error(
        "the store was written by a newer version of this software (schema {0}): install that version"
    )]
    NewerSchema(i64),
    /// The schema cannot be brought up to date.
    #[error("the store's schema cannot be brought up to date")]
    Migrate(#[source] MigrateError),
    /// The database refused.
    #[error("the store cannot be read or written{}", remedy(.0))]
    Database(#[from] sqlx::Error),
}

/// Opens a database and brings its schema up to date by `steps`.
///
/// # Errors
/// [`OpenError`] says whether a later version wrote it.
pub async fn open(
    options: SqliteConnectOptions,
    connections: u32,
    steps: &[Step],
) -> Result<SqlitePool, OpenError> {
    let pool = pool(connections).connect_with(options).await?;
    let migrated = migrator(steps).run(&pool).await;
    migrated.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::NewerSchema(version),
        other => OpenError::Migrate(other),
    })?;
    Ok(pool)
}

/// How the database in `path` is opened: its commits are on disk before they return, its references are
/// checked, its triggers see every change, and its file, log and index are this user's alone.
///
/// # Errors
/// Its files cannot be kept from others.
pub fn options(path: &Path, create: bool) -> Result<SqliteConnectOptions, FileError> {
    // SQLite gives a new log and a new index the rights of the database's file.
    files::private_file(path)?;
    for beside in ["-wal", "-shm"] {
        let mut beside_it = path.as_os_str().to_owned();
        beside_it.push(beside);
        files::keep_private(Path::new(&beside_it))?;
    }
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Without it, INSERT OR REPLACE deletes a row and no trigger hears of it.
        .pragma("recursive_triggers", "ON")
        .busy_timeout(BUSY_TIMEOUT)
        // Statements carry data; they are never logged.
        .disable_statement_logging())
}

/// A pool of at most `connections` connections, none of which is given on inside a transaction.
#[must_use]
pub fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        // After a full or failing disk, a connection can be inside a transaction that it could not end,
        // or that only the driver believes in. Back in the pool it would fail every later caller.
        .after_release(|connection, _| {
            Box::pin(async move {
                let begun = sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut *connection).await;
                Ok(begun.is_ok() && !connection.is_in_transaction())
            })
        })
}

/// A migration: its number, its name, and its statements.
pub type Step = (i64, &'static str, &'static str);

/// The migrations of a store, in order. The driver's own macro reads them from a folder; it is not used,
/// because it has the database driver built a second time, for the compiler.
fn migrator(steps: &[Step]) -> Migrator {
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

/// What a person can do about what the database refused; empty if that is unknown.
#[must_use]
pub fn remedy(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.map_or("", |code| remedy_for(&code))
}

/// The remedy for an extended result code, which the driver writes in decimal.
/// Source: <https://sqlite.org/rescode.html>.
fn remedy_for(code: &str) -> &'static str {
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
    use super::remedy_for;

    #[test]
    fn extended_codes_have_the_remedy_of_their_primary_one() {
        // SQLITE_IOERR_SHMSIZE, SQLITE_FULL, SQLITE_READONLY_DIRECTORY, SQLITE_CONSTRAINT
        assert!(remedy_for("4874").contains("full"));
        assert!(remedy_for("13").contains("full"));
        assert!(remedy_for("1544").contains("written"));
        assert_eq!(remedy_for("19"), "");
        assert_eq!(remedy_for("HY000"), "");
    }
}
