-- Second payloads of an id that is in the ledger already, byte for byte: each is a link of its chain, and nothing is lost.
-- correction_id is the record that stands for the payload; null where it contradicts the stored one and a person has to look.
CREATE TABLE displaced_records (
    attempt_id    uuid  NOT NULL,
    content_hash  bytea NOT NULL,
    correction_id uuid,
    payload       bytea NOT NULL,
    PRIMARY KEY (attempt_id, content_hash)
);

CREATE TRIGGER displaced_records_never_change BEFORE UPDATE OR DELETE ON displaced_records FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER displaced_records_never_emptied BEFORE TRUNCATE ON displaced_records FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
