-- What the ledger counts otherwise than the nodes' own settlements say, as streams of settlements of its own. The row in
-- ledger_streams stays locked to the end of the transaction, so a stream's rows are committed in the order of their numbers.
CREATE TABLE ledger_streams (
    stream text   NOT NULL PRIMARY KEY,
    seq    bigint NOT NULL
);

CREATE TABLE ledger_settlements (
    stream         text   NOT NULL,
    seq            bigint NOT NULL,
    reservation_id uuid,
    cost           bigint NOT NULL,
    budgets        text   NOT NULL,
    at             bigint NOT NULL,
    PRIMARY KEY (stream, seq)
);
