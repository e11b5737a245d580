-- Agreements handed to this node. Whether one is approved is told by the ledger alone.
CREATE TABLE agreement (
    hash        BLOB NOT NULL PRIMARY KEY,  -- SHA-256 of canonical, 32 bytes
    canonical   BLOB NOT NULL,              -- canonical JSON
    proposed_by TEXT NOT NULL,              -- aggregator's name
    proposed_at TEXT NOT NULL               -- RFC 3339, UTC
) STRICT;

CREATE TRIGGER agreement_is_its_hash_1 BEFORE UPDATE ON agreement
BEGIN SELECT RAISE(ABORT, 'an agreement is its hash'); END;
CREATE TRIGGER agreement_is_its_hash_2 BEFORE DELETE ON agreement
BEGIN SELECT RAISE(ABORT, 'an agreement is its hash'); END;
