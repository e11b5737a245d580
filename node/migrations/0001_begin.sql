-- The node's store. One writer at a time; every table that a promise stands on is append-only,
-- and the triggers below make the database itself refuse anything else.

-- The chain. `node::ledger` explains what an entry is.
CREATE TABLE ledger_entry (
    sequence INTEGER NOT NULL PRIMARY KEY,  -- 1, 2, 3, …
    body     TEXT    NOT NULL,              -- JSON, hashed as it stands
    hash     BLOB    NOT NULL               -- SHA-256, 32 bytes
) STRICT;

-- Sealed measurements: the bytes that answer an identity for ever.
CREATE TABLE measurement (
    identity BLOB NOT NULL PRIMARY KEY,     -- SHA-256 of the measurement's key, 32 bytes
    payload  BLOB NOT NULL                  -- little-endian 64-bit integers, already noisy
) STRICT;

-- By what the key of employee numbers is known again: under another one everybody would be somebody
-- else. A keyed hash of a constant; it tells nothing of the key. The last one counts: a recovery makes
-- another key where the folder that held it is lost.
CREATE TABLE employee_key (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    check_value BLOB    NOT NULL               -- HMAC-SHA-256, 32 bytes
) STRICT;

-- The staff of the organisation on a period's last day.
CREATE TABLE snapshot (
    id          TEXT    NOT NULL PRIMARY KEY,  -- random
    data_set    TEXT    NOT NULL,
    period      TEXT    NOT NULL,              -- YYYY-MM
    revision    INTEGER NOT NULL,              -- 1, and one more for each further import
    dictionary  TEXT    NOT NULL,              -- version that the codes are of
    origin      TEXT    NOT NULL               -- from a file, or from two snapshots of staff
                CHECK (origin IN ('extract', 'derived')),
    joining_source BLOB NOT NULL,              -- of an extract of staff: a category index a person
    left_listed BLOB    NOT NULL,              -- the same: who left, tag, reason and destination, 18 bytes each
    absent      BLOB    NOT NULL,              -- tags of people employed who do not count, 16 bytes each
    rows_tag    BLOB,                          -- keyed hash of the extract's rows, 32 bytes; leaves the node in nothing
    report      TEXT,                          -- JSON of the import's report, without any row's values
    imported_at TEXT    NOT NULL,              -- RFC 3339, UTC
    people_key  INTEGER NOT NULL,              -- the employee_key that its tags are hashed with; 0: none yet
    UNIQUE (data_set, period, revision)
) STRICT;

-- Coded attributes of people, in blocks: everything that is done with people is done with all of a
-- snapshot. No name, number or date of a person is ever here.
CREATE TABLE people (
    snapshot_id    TEXT    NOT NULL REFERENCES snapshot (id),
    block          INTEGER NOT NULL,           -- 0, 1, 2, …
    tags           BLOB    NOT NULL,           -- keyed hashes of employee numbers, 16 bytes each
    codes          BLOB    NOT NULL,           -- a category index a byte, attribute after attribute
    fte_hundredths BLOB    NOT NULL,           -- a byte each, 0 to 100
    PRIMARY KEY (snapshot_id, block)
) STRICT;

-- Funded posts, as the trust's finance department tells them. Not about persons.
CREATE TABLE establishment (
    period              TEXT    NOT NULL,      -- YYYY-MM
    staff_group         TEXT    NOT NULL,      -- category codes of the dictionary
    band                TEXT    NOT NULL,
    locality            TEXT    NOT NULL,
    posts_fte_hundredths INTEGER NOT NULL,
    PRIMARY KEY (period, staff_group, band, locality)
) STRICT;

-- Exact tables, counted when a snapshot meets an approved agreement, so that the time of the first
-- answer tells nothing. Confidential like the rows they count.
CREATE TABLE counts (
    snapshot_id TEXT NOT NULL REFERENCES snapshot (id),
    agreement   BLOB NOT NULL,                 -- its hash
    series      TEXT NOT NULL,
    tables      BLOB NOT NULL,                 -- `counts::ConfidentialCounts::to_store`
    PRIMARY KEY (snapshot_id, agreement, series)
) STRICT;

CREATE TRIGGER ledger_entry_is_append_only_1 BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entry_is_append_only_2 BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER measurement_is_sealed_1 BEFORE UPDATE ON measurement
BEGIN SELECT RAISE(ABORT, 'a measurement is sealed'); END;
CREATE TRIGGER measurement_is_sealed_2 BEFORE DELETE ON measurement
BEGIN SELECT RAISE(ABORT, 'a measurement is sealed'); END;
CREATE TRIGGER employee_key_is_for_good_1 BEFORE UPDATE ON employee_key
BEGIN SELECT RAISE(ABORT, 'people are hashed by one key'); END;
CREATE TRIGGER employee_key_is_for_good_2 BEFORE DELETE ON employee_key
BEGIN SELECT RAISE(ABORT, 'people are hashed by one key'); END;
