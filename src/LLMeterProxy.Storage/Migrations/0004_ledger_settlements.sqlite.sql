-- What the ledger counts otherwise than the nodes' own settlements say, as streams of settlements of its own. The row in
-- ledger_streams is written in the same transaction, so a stream's rows are committed in the order of their numbers.
CREATE TABLE ledger_streams (
    stream TEXT    NOT NULL PRIMARY KEY,
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_settlements (
    stream         TEXT    NOT NULL,
    seq            INTEGER NOT NULL,
    reservation_id BLOB,
    cost           INTEGER NOT NULL,
    budgets        TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
