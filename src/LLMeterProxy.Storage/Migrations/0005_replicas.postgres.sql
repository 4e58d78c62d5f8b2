-- What nodes know of each other and of the shared counters. Instants are milliseconds of the Unix epoch (UTC).

CREATE TABLE incarnations (
    incarnation    text   NOT NULL PRIMARY KEY,
    node_id        text   NOT NULL,
    registered_at  bigint NOT NULL,
    replayed_epoch bigint NOT NULL DEFAULT 0,
    expired_at     bigint,
    closed_at      bigint
);

CREATE INDEX incarnations_unclosed ON incarnations (incarnation) WHERE closed_at IS NULL;

-- One row. positions is JSON: how far each node's journal was in the figures that the counters were set to.
CREATE TABLE counter_epoch (
    id        bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    number    bigint NOT NULL,
    store     text   NOT NULL,
    state     text   NOT NULL,
    raised_by text   NOT NULL,
    raised_at bigint NOT NULL,
    positions text   NOT NULL
);

-- Every slot that was made in the counter store, with the epoch in which it was made last.
CREATE TABLE counter_slots (
    slot  text   NOT NULL PRIMARY KEY,
    epoch bigint NOT NULL
);
