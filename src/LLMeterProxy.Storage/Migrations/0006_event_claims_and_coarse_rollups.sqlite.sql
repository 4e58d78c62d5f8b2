-- Reported events by the id that their sender gave them: the same id with the same content is counted once.
CREATE TABLE event_claims (
    tenant       TEXT    NOT NULL,
    event_id     TEXT    NOT NULL,
    content_hash BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (tenant, event_id)
) STRICT, WITHOUT ROWID;

-- The rollups once more, in spans of 4 and 24 quarters of an hour and without keys, so that a month is few rows. bucket is the
-- span's first quarter.
CREATE TABLE coarse_rollups (
    tenant         TEXT    NOT NULL,
    quarters       INTEGER NOT NULL,
    bucket         INTEGER NOT NULL,
    provider       TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    operation      TEXT    NOT NULL,
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
    PRIMARY KEY (tenant, quarters, bucket, provider, model, operation)
) STRICT, WITHOUT ROWID;

INSERT INTO coarse_rollups
SELECT r.tenant, s.quarters, r.bucket / s.quarters * s.quarters, r.provider, r.model, r.operation,
    SUM(r.requests), SUM(r.input), SUM(r.uncached_input), SUM(r.cache_read), SUM(r.cache_write_5m), SUM(r.cache_write_1h),
    SUM(r.output), SUM(r.reasoning), SUM(r.cost), SUM(r.billed), SUM(r.estimated), SUM(r.unpriced)
FROM rollups AS r CROSS JOIN (SELECT 4 AS quarters UNION ALL SELECT 24) AS s
GROUP BY 1, 2, 3, 4, 5, 6;
