-- Documents are JSON: they are read whole into the snapshot, and a new field needs no migration. Key hashes are columns of
-- their own so that no document, and so no audit row, ever contains one.

CREATE TABLE tenancy_revision (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;

INSERT INTO tenancy_revision (id, revision) VALUES (1, 1);

CREATE TABLE tenants (
    id       TEXT    NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    document TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE virtual_keys (
    id            TEXT    NOT NULL PRIMARY KEY,
    tenant        TEXT    NOT NULL REFERENCES tenants (id),
    hash          BLOB    NOT NULL UNIQUE,
    previous_hash BLOB,
    version       INTEGER NOT NULL,
    document      TEXT    NOT NULL
) STRICT;

CREATE INDEX virtual_keys_of_tenant ON virtual_keys (tenant);

-- owner is empty for a global budget. opening_window is the window whose spend from before the budget is still to be added.
CREATE TABLE budgets (
    owner          TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    opening_window TEXT,
    document       TEXT    NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

-- hash covers the row and the hash before it, so that a row cannot be taken out or rewritten unseen.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    before   TEXT,
    after    TEXT,
    hash     TEXT    NOT NULL
) STRICT;

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
