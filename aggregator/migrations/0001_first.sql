-- Times are whole seconds since 1970-01-01T00:00:00Z. Hashes and keys are raw bytes.
-- What was collected or released never changes: triggers at the end refuse it.

-- The organisations that releases expect: what `node add` and `node remove` manage.
CREATE TABLE node (
    ods_code   TEXT PRIMARY KEY,
    address    TEXT    NOT NULL,            -- https://HOST:PORT
    added_at_s INTEGER NOT NULL             -- s
) STRICT;

-- One-time tokens. Only the hash of a secret is here.
CREATE TABLE enrolment_token (
    secret_hash  BLOB PRIMARY KEY CHECK (length(secret_hash) = 32),   -- SHA-256
    ods_code     TEXT    NOT NULL,
    created_at_s INTEGER NOT NULL,          -- s
    expires_at_s INTEGER NOT NULL,          -- s
    used_at_s    INTEGER                    -- s; NULL until used
) STRICT;

-- Every enrolment. The last one of an organisation pins its receipt key.
CREATE TABLE enrolment (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    ods_code           TEXT    NOT NULL,
    receipt_public_key BLOB    NOT NULL CHECK (length(receipt_public_key) = 32),  -- Ed25519
    certificate_pem    TEXT    NOT NULL,
    secret_hash        BLOB    NOT NULL UNIQUE REFERENCES enrolment_token (secret_hash),
    enrolled_at_s      INTEGER NOT NULL     -- s
) STRICT;
CREATE INDEX enrolment_by_organisation ON enrolment (ods_code, id);

-- Certificates that nodes got over the connection that they have; the last one is the one they show.
CREATE TABLE renewal (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    ods_code        TEXT    NOT NULL,
    certificate_pem TEXT    NOT NULL,
    renewed_at_s    INTEGER NOT NULL        -- s
) STRICT;
CREATE INDEX renewal_by_organisation ON renewal (ods_code, id);

CREATE TABLE agreement (
    hash      BLOB PRIMARY KEY CHECK (length(hash) = 32),   -- SHA-256 of canonical
    canonical BLOB    NOT NULL,             -- canonical JSON, UTF-8
    kept_at_s INTEGER NOT NULL              -- s
) STRICT;

-- One sealed noisy vector of one node, as received.
CREATE TABLE measurement (
    identity       BLOB PRIMARY KEY CHECK (length(identity) = 32),
    ods_code       TEXT    NOT NULL,
    agreement_hash BLOB    NOT NULL REFERENCES agreement (hash),
    series         TEXT    NOT NULL,
    period         TEXT    NOT NULL,        -- YYYY-MM
    correction     INTEGER NOT NULL,        -- 0 for the first
    header         BLOB    NOT NULL,        -- vwis.v1.MeasurementHeader, receipt included
    payload        BLOB    NOT NULL,        -- little-endian signed 64-bit integers
    payload_hash   BLOB    NOT NULL CHECK (length(payload_hash) = 32),   -- SHA-256
    received_at_s  INTEGER NOT NULL,        -- s
    snapshot       BLOB CHECK (length(snapshot) = 16),                   -- UUID of the import that it counted; NULL where the node does not know it
    suspicion      TEXT,                    -- why its noise cannot be as agreed; NULL where it can
    UNIQUE (agreement_hash, series, period, ods_code, correction)
) STRICT;
-- Persons' decisions to sum a measurement that is suspect.
CREATE TABLE admission (
    identity      BLOB PRIMARY KEY REFERENCES measurement (identity),
    admitted_by   TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    admitted_at_s INTEGER NOT NULL          -- s
) STRICT;

-- Every receipt. Of those by the key that the node has now, the one with the largest sequence goes with
-- the next request to it; those by earlier keys prove what the organisation has spent all the same.
CREATE TABLE receipt (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    ods_code      TEXT    NOT NULL,
    public_key    BLOB    NOT NULL CHECK (length(public_key) = 32),   -- Ed25519
    sequence      INTEGER NOT NULL,         -- entries in the node's chain
    identity      BLOB    NOT NULL REFERENCES measurement (identity),
    message       BLOB    NOT NULL,         -- vwis.v1.Receipt
    received_at_s INTEGER NOT NULL          -- s
) STRICT;
CREATE INDEX receipt_by_organisation ON receipt (ods_code, public_key, sequence, id);

-- The sum of one series' measurements for a period.
CREATE TABLE release (
    sequence       INTEGER PRIMARY KEY AUTOINCREMENT,   -- in the order in which they were made
    id             TEXT    NOT NULL UNIQUE, -- UUID v7
    agreement_hash BLOB    NOT NULL REFERENCES agreement (hash),
    series         TEXT    NOT NULL,
    period         TEXT    NOT NULL,        -- YYYY-MM
    number         INTEGER NOT NULL,        -- 1, 2, ... per agreement, series and period
    made_at_s      INTEGER NOT NULL,        -- s
    UNIQUE (agreement_hash, series, period, number)
) STRICT;
CREATE TABLE release_contributor (
    release_id TEXT NOT NULL REFERENCES release (id),
    identity   BLOB NOT NULL REFERENCES measurement (identity),
    PRIMARY KEY (release_id, identity)
) STRICT;
-- Coverage: the organisations that the release should hold.
CREATE TABLE release_expected (
    release_id TEXT NOT NULL REFERENCES release (id),
    ods_code   TEXT NOT NULL,
    PRIMARY KEY (release_id, ods_code)
) STRICT;
CREATE INDEX release_expected_by_organisation ON release_expected (ods_code);

-- Persons' decisions to publish what is in of a period to readers below analyst.
CREATE TABLE publication (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    agreement_hash BLOB    NOT NULL REFERENCES agreement (hash),
    period         TEXT    NOT NULL,        -- YYYY-MM
    after_release  INTEGER NOT NULL REFERENCES release (sequence),   -- the last one made by then
    decided_at_s   INTEGER NOT NULL,        -- s
    decided_by     TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    telling        TEXT    NOT NULL         -- ODS codes whose corrections can be told by it, with blanks
) STRICT;

-- API tokens. Only the hash of a token is here.
CREATE TABLE api_token (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash    BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),  -- SHA-256
    name           TEXT    NOT NULL,
    roles          TEXT    NOT NULL,        -- joined by commas
    ods_code       TEXT,                    -- whose people hold it; NULL: nobody's
    pathways       TEXT    NOT NULL,        -- category codes joined by commas
    created_at_s   INTEGER NOT NULL,        -- s
    expires_at_s   INTEGER NOT NULL,        -- s
    revoked_at_s   INTEGER,                 -- s; NULL unless ended by hand
    last_used_at_s INTEGER                  -- s, at most an hour old; NULL until used
) STRICT;

-- People who signed in with a browser, until they sign out or their time is over. Only the hash of
-- what their browser holds is here.
CREATE TABLE session (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash  BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),   -- SHA-256
    issuer       TEXT    NOT NULL,          -- where they signed in
    client_id    TEXT    NOT NULL,          -- as which client of it
    configured   BLOB    NOT NULL CHECK (length(configured) = 32),   -- SHA-256 of [oidc] at that time
    subject      TEXT    NOT NULL,          -- as the issuer names them
    name         TEXT    NOT NULL,
    roles        TEXT    NOT NULL,          -- joined by commas
    ods_code     TEXT,                      -- whose people they are; NULL: nobody's
    pathways     TEXT    NOT NULL,          -- JSON list, as the issuer says them
    created_at_s INTEGER NOT NULL,          -- s
    used_at_s    INTEGER NOT NULL           -- s, at most a minute old
) STRICT;

-- Who asked for organisations' own tables: one row an answer, refusals included.
CREATE TABLE access_request (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_s    INTEGER NOT NULL,               -- s
    who     TEXT    NOT NULL,
    via     TEXT    NOT NULL,               -- loopback, token ID, oidc SUBJECT
    request TEXT    NOT NULL,               -- path and query; of a refusal its first 500 characters
    status  INTEGER NOT NULL,               -- of the answer, HTTP
    request_hash BLOB CHECK (length(request_hash) = 32)   -- SHA-256 of the whole, where it was cut
) STRICT;
-- Whose tables they were: one row an organisation, and one for all codes that nobody here knows, or
-- for refusals that are counted together.
CREATE TABLE access_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES access_request (id),
    ods_code   TEXT                         -- NULL: of nobody here
) STRICT;
CREATE INDEX access_log_by_organisation ON access_log (ods_code, request_id);

-- A token ends and is used; who it is for never changes, and that it was there is not forgotten.
CREATE TRIGGER api_token_fixed BEFORE UPDATE OF id, secret_hash, name, roles, ods_code, pathways,
    created_at_s, expires_at_s ON api_token
BEGIN SELECT RAISE(ABORT, 'what a token grants never changes'); END;
CREATE TRIGGER api_token_revoked BEFORE UPDATE OF revoked_at_s ON api_token
WHEN OLD.revoked_at_s IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked token stays revoked'); END;
CREATE TRIGGER api_token_kept BEFORE DELETE ON api_token
BEGIN SELECT RAISE(ABORT, 'API tokens are never deleted'); END;
CREATE TRIGGER access_request_unchanged BEFORE UPDATE ON access_request
BEGIN SELECT RAISE(ABORT, 'the access log never changes'); END;
CREATE TRIGGER access_request_kept BEFORE DELETE ON access_request
BEGIN SELECT RAISE(ABORT, 'the access log is never deleted'); END;
CREATE TRIGGER access_log_unchanged BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log never changes'); END;
CREATE TRIGGER access_log_kept BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is never deleted'); END;
-- Funded posts, as employers gave them: no personal data, and replaced whenever they are given anew.
CREATE TABLE establishment (
    ods_code              TEXT    NOT NULL,
    period                TEXT    NOT NULL, -- YYYY-MM
    staff_group           TEXT    NOT NULL, -- code of the dictionary
    locality              TEXT,             -- code of the dictionary; NULL where not told apart
    funded_fte_hundredths INTEGER NOT NULL CHECK (funded_fte_hundredths >= 0),
    UNIQUE (ods_code, period, staff_group, locality)
) STRICT;
-- One row: how often posts were given. What was computed from earlier ones is told by it.
CREATE TABLE establishment_version (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;

CREATE TRIGGER measurement_unchanged BEFORE UPDATE ON measurement
BEGIN SELECT RAISE(ABORT, 'measurements never change'); END;
CREATE TRIGGER measurement_kept BEFORE DELETE ON measurement
BEGIN SELECT RAISE(ABORT, 'measurements are never deleted'); END;
CREATE TRIGGER admission_unchanged BEFORE UPDATE ON admission
BEGIN SELECT RAISE(ABORT, 'admissions never change'); END;
CREATE TRIGGER admission_kept BEFORE DELETE ON admission
BEGIN SELECT RAISE(ABORT, 'admissions are never deleted'); END;
CREATE TRIGGER receipt_unchanged BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipts never change'); END;
CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipts are never deleted'); END;
CREATE TRIGGER agreement_unchanged BEFORE UPDATE ON agreement
BEGIN SELECT RAISE(ABORT, 'agreements never change'); END;
CREATE TRIGGER agreement_kept BEFORE DELETE ON agreement
BEGIN SELECT RAISE(ABORT, 'agreements are never deleted'); END;
CREATE TRIGGER enrolment_unchanged BEFORE UPDATE ON enrolment
BEGIN SELECT RAISE(ABORT, 'enrolments never change'); END;
CREATE TRIGGER enrolment_kept BEFORE DELETE ON enrolment
BEGIN SELECT RAISE(ABORT, 'enrolments are never deleted'); END;
CREATE TRIGGER release_unchanged BEFORE UPDATE ON release
BEGIN SELECT RAISE(ABORT, 'releases never change'); END;
CREATE TRIGGER release_kept BEFORE DELETE ON release
BEGIN SELECT RAISE(ABORT, 'releases are never deleted'); END;
CREATE TRIGGER renewal_unchanged BEFORE UPDATE ON renewal
BEGIN SELECT RAISE(ABORT, 'renewals never change'); END;
CREATE TRIGGER renewal_kept BEFORE DELETE ON renewal
BEGIN SELECT RAISE(ABORT, 'renewals are never deleted'); END;
CREATE TRIGGER publication_unchanged BEFORE UPDATE ON publication
BEGIN SELECT RAISE(ABORT, 'what was decided never changes'); END;
CREATE TRIGGER publication_kept BEFORE DELETE ON publication
BEGIN SELECT RAISE(ABORT, 'what was decided is never deleted'); END;
CREATE TRIGGER release_contributor_unchanged BEFORE UPDATE ON release_contributor
BEGIN SELECT RAISE(ABORT, 'releases never change'); END;
CREATE TRIGGER release_contributor_kept BEFORE DELETE ON release_contributor
BEGIN SELECT RAISE(ABORT, 'releases never change'); END;
CREATE TRIGGER release_expected_unchanged BEFORE UPDATE ON release_expected
BEGIN SELECT RAISE(ABORT, 'releases never change'); END;
CREATE TRIGGER release_expected_kept BEFORE DELETE ON release_expected
BEGIN SELECT RAISE(ABORT, 'releases never change'); END;
