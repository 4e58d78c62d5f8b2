-- What this file holds is never lowered or rewritten: money is nano-USD, instants are milliseconds of the Unix epoch (UTC),
-- buckets are quarters of an hour since the epoch.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The truth. payload is the journal's entry, byte for byte; the columns are only what it is found by.
-- An id begins with its instant, so ordering by id is ordering by time and no index of the instant is needed.
CREATE TABLE records (
    seq         INTEGER PRIMARY KEY,
    attempt_id  BLOB    NOT NULL UNIQUE,
    tenant      TEXT    NOT NULL,
    occurred_at INTEGER NOT NULL,
    corrects    BLOB,
    payload     BLOB    NOT NULL
) STRICT;

CREATE INDEX records_of_tenant ON records (tenant, attempt_id);
CREATE INDEX records_corrections ON records (corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER records_never_change BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'usage records are never changed: a correction is a new record'); END;

CREATE TRIGGER records_never_go BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'usage records are never deleted'); END;

CREATE TABLE chain_heads (
    tenant      TEXT    NOT NULL,
    incarnation TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    hash        TEXT    NOT NULL,
    PRIMARY KEY (tenant, incarnation)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollups (
    tenant         TEXT    NOT NULL,
    bucket         INTEGER NOT NULL,
    key_id         TEXT    NOT NULL,
    provider       TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    operation      TEXT    NOT NULL,
    channel        TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    requests       INTEGER NOT NULL,
    input          INTEGER NOT NULL,
    uncached_input INTEGER NOT NULL,
    cache_read     INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output         INTEGER NOT NULL,
    reasoning      INTEGER NOT NULL,
    cost           INTEGER NOT NULL,
    billed         INTEGER NOT NULL,
    estimated      INTEGER NOT NULL,
    unpriced       INTEGER NOT NULL,
    PRIMARY KEY (tenant, bucket, key_id, provider, model, operation, channel, source)
) STRICT, WITHOUT ROWID;

-- Values that have rollups of their own; the rest of a tenant's values is summed under _other.
CREATE TABLE tag_values (
    tenant TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (tenant, name, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag_rollups (
    tenant         TEXT    NOT NULL,
    bucket         INTEGER NOT NULL,
    name           TEXT    NOT NULL,
    value          TEXT    NOT NULL,
    requests       INTEGER NOT NULL,
    input          INTEGER NOT NULL,
    uncached_input INTEGER NOT NULL,
    cache_read     INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output         INTEGER NOT NULL,
    reasoning      INTEGER NOT NULL,
    cost           INTEGER NOT NULL,
    billed         INTEGER NOT NULL,
    estimated      INTEGER NOT NULL,
    unpriced       INTEGER NOT NULL,
    PRIMARY KEY (tenant, bucket, name, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE budget_spend (
    slot       TEXT    NOT NULL,
    budget_id  TEXT    NOT NULL,
    window_id  TEXT    NOT NULL,
    spent      INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (slot, budget_id, window_id)
) STRICT, WITHOUT ROWID;

-- How far each node's journal is in this ledger; moves in the transaction of the records.
CREATE TABLE journal_position (
    node_id    TEXT    NOT NULL PRIMARY KEY,
    position   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Journal entries that could not be read: kept for a person to look at, because nothing is lost.
CREATE TABLE unreadable_entries (
    node_id  TEXT    NOT NULL,
    position INTEGER NOT NULL,
    payload  BLOB    NOT NULL,
    PRIMARY KEY (node_id, position)
) STRICT;
