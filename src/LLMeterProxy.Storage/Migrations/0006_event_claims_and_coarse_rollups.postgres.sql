-- Reported events by the id that their sender gave them: the same id with the same content is counted once. Not partitioned:
-- the id has no time.
CREATE TABLE event_claims (
    tenant       text COLLATE "C" NOT NULL,
    event_id     text COLLATE "C" NOT NULL,
    content_hash bytea  NOT NULL,
    at           bigint NOT NULL,
    PRIMARY KEY (tenant, event_id)
);

-- The rollups once more, in spans of 4 and 24 quarters of an hour and without keys, so that a month is few rows. bucket is the
-- span's first quarter.
CREATE TABLE coarse_rollups (
    tenant         text COLLATE "C" NOT NULL,
    quarters       bigint  NOT NULL,
    bucket         bigint  NOT NULL,
    provider       text COLLATE "C" NOT NULL,
    model          text COLLATE "C" NOT NULL,
    operation      text COLLATE "C" NOT NULL,
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
    PRIMARY KEY (tenant, quarters, bucket, provider, model, operation)
) WITH (fillfactor = 80);
