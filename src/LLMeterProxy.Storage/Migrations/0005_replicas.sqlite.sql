-- What nodes know of each other and of the shared counters. Instants are milliseconds of the Unix epoch (UTC).

CREATE TABLE incarnations (
    incarnation    TEXT    NOT NULL PRIMARY KEY,
    node_id        TEXT    NOT NULL,
    registered_at  INTEGER NOT NULL,
    replayed_epoch INTEGER NOT NULL DEFAULT 0,
    expired_at     INTEGER,
    closed_at      INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX incarnations_unclosed ON incarnations (incarnation) WHERE closed_at IS NULL;

-- One row. positions is JSON: how far each node's journal was in the figures that the counters were set to.
CREATE TABLE counter_epoch (
    id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number    INTEGER NOT NULL,
    store     TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    raised_by TEXT    NOT NULL,
    raised_at INTEGER NOT NULL,
    positions TEXT    NOT NULL
) STRICT;

-- Every slot that was made in the counter store, with the epoch in which it was made last.
CREATE TABLE counter_slots (
    slot  TEXT    NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
