-- Second payloads of an id that is in the ledger already, byte for byte: each is a link of its chain, and nothing is lost.
-- correction_id is the record that stands for the payload; null where it contradicts the stored one and a person has to look.
CREATE TABLE displaced_records (
    attempt_id    BLOB NOT NULL,
    content_hash  BLOB NOT NULL,
    correction_id BLOB,
    payload       BLOB NOT NULL,
    PRIMARY KEY (attempt_id, content_hash)
) STRICT;

CREATE TRIGGER displaced_records_never_change BEFORE UPDATE ON displaced_records
BEGIN SELECT RAISE(ABORT, 'displaced records are never changed'); END;

CREATE TRIGGER displaced_records_never_go BEFORE DELETE ON displaced_records
BEGIN SELECT RAISE(ABORT, 'displaced records are never deleted'); END;
