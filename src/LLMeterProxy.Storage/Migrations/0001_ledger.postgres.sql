-- What this database holds is never lowered or rewritten: money is nano-USD, instants are milliseconds of the Unix epoch (UTC),
-- buckets are quarters of an hour since the epoch. Text is compared byte for byte, as this program orders it.

CREATE TABLE settings (
    name  text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);

-- The truth, in a partition a month (UTC). payload is the journal's entry, byte for byte; the columns are only what it is found
-- by. occurred_at is the instant in the id, so that the same record always meets itself in the same partition.
-- There is no DEFAULT partition: the writer makes the month of whatever it brings, and a default one would have to be locked and
-- scanned whenever a month is attached.
CREATE SEQUENCE records_seq;

CREATE TABLE records (
    seq         bigint NOT NULL DEFAULT nextval('records_seq'),
    attempt_id  uuid   NOT NULL,
    tenant      text COLLATE "C" NOT NULL,
    occurred_at bigint NOT NULL,
    corrects    uuid,
    payload     bytea  NOT NULL,
    PRIMARY KEY (attempt_id, occurred_at)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX records_of_tenant ON records (tenant, attempt_id);
CREATE INDEX records_corrections ON records (corrects) WHERE corrects IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER records_never_change BEFORE UPDATE OR DELETE ON records FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER records_never_emptied BEFORE TRUNCATE ON records FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE chain_heads (
    tenant      text COLLATE "C" NOT NULL,
    incarnation text COLLATE "C" NOT NULL,
    seq         bigint NOT NULL,
    hash        text NOT NULL,
    PRIMARY KEY (tenant, incarnation)
);

-- Rows of sums are rewritten with every batch: room on the page keeps that out of the index.
CREATE TABLE rollups (
    tenant         text COLLATE "C" NOT NULL,
    bucket         bigint  NOT NULL,
    key_id         text COLLATE "C" NOT NULL,
    provider       text COLLATE "C" NOT NULL,
    model          text COLLATE "C" NOT NULL,
    operation      text COLLATE "C" NOT NULL,
    channel        text COLLATE "C" NOT NULL,
    source         text COLLATE "C" NOT NULL,
    requests       bigint  NOT NULL,
    input          bigint  NOT NULL,
    uncached_input bigint  NOT NULL,
    cache_read     bigint  NOT NULL,
    cache_write_5m bigint  NOT NULL,
    cache_write_1h bigint  NOT NULL,
    output         bigint  NOT NULL,
    reasoning      bigint  NOT NULL,
    cost           bigint  NOT NULL,
    billed         bigint  NOT NULL,
    estimated      bigint  NOT NULL,
    unpriced       bigint  NOT NULL,
    PRIMARY KEY (tenant, bucket, key_id, provider, model, operation, channel, source)
) WITH (fillfactor = 80);

-- Values that have rollups of their own; the rest of a tenant's values is summed under _other.
CREATE TABLE tag_values (
    tenant text COLLATE "C" NOT NULL,
    name   text COLLATE "C" NOT NULL,
    value  text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, name, value)
);

CREATE TABLE tag_rollups (
    tenant         text COLLATE "C" NOT NULL,
    bucket         bigint  NOT NULL,
    name           text COLLATE "C" NOT NULL,
    value          text COLLATE "C" NOT NULL,
    requests       bigint  NOT NULL,
    input          bigint  NOT NULL,
    uncached_input bigint  NOT NULL,
    cache_read     bigint  NOT NULL,
    cache_write_5m bigint  NOT NULL,
    cache_write_1h bigint  NOT NULL,
    output         bigint  NOT NULL,
    reasoning      bigint  NOT NULL,
    cost           bigint  NOT NULL,
    billed         bigint  NOT NULL,
    estimated      bigint  NOT NULL,
    unpriced       bigint  NOT NULL,
    PRIMARY KEY (tenant, bucket, name, value)
) WITH (fillfactor = 80);

CREATE TABLE budget_spend (
    slot       text COLLATE "C" NOT NULL,
    budget_id  text COLLATE "C" NOT NULL,
    window_id  text COLLATE "C" NOT NULL,
    spent      bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (slot, budget_id, window_id)
) WITH (fillfactor = 80);

-- How far each node's journal is in this ledger; moves in the transaction of the records.
CREATE TABLE journal_position (
    node_id    text COLLATE "C" PRIMARY KEY,
    position   bigint NOT NULL,
    updated_at bigint NOT NULL
);

-- Journal entries that could not be read: kept for a person to look at, because nothing is lost.
CREATE TABLE unreadable_entries (
    node_id  text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    payload  bytea  NOT NULL,
    PRIMARY KEY (node_id, position)
);
