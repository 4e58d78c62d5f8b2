-- Documents are JSON: they are read whole into the snapshot, and a new field needs no migration. Key hashes are columns of
-- their own so that no document, and so no audit row, ever contains one. Text is compared byte for byte, as this program orders it.

-- The row is locked by every change of what is below, to the change's end: changes come one after the other, so that versions
-- are exact, revisions are committed in their order, and each audit row follows the one before it.
CREATE TABLE tenancy_revision (
    id       bigint PRIMARY KEY CHECK (id = 1),
    revision bigint NOT NULL
);

INSERT INTO tenancy_revision (id, revision) VALUES (1, 1);

CREATE TABLE tenants (
    id       text COLLATE "C" PRIMARY KEY,
    version  bigint NOT NULL,
    document text   NOT NULL
);

CREATE TABLE virtual_keys (
    id            text COLLATE "C" PRIMARY KEY,
    tenant        text COLLATE "C" NOT NULL REFERENCES tenants (id),
    hash          bytea  NOT NULL UNIQUE,
    previous_hash bytea,
    version       bigint NOT NULL,
    document      text   NOT NULL
);

CREATE INDEX virtual_keys_of_tenant ON virtual_keys (tenant);
CREATE INDEX virtual_keys_rotated ON virtual_keys (previous_hash) WHERE previous_hash IS NOT NULL;

-- owner is empty for a global budget. opening_window is the window whose spend from before the budget is still to be added.
CREATE TABLE budgets (
    owner          text COLLATE "C" NOT NULL,
    name           text COLLATE "C" NOT NULL,
    version        bigint NOT NULL,
    opening_window text,
    document       text   NOT NULL,
    PRIMARY KEY (owner, name)
);

-- hash covers the row and the hash before it, so that a row cannot be taken out or rewritten unseen.
CREATE TABLE audit (
    id      bigint PRIMARY KEY,
    at      bigint NOT NULL,
    actor   text   NOT NULL,
    action  text   NOT NULL,
    subject text   NOT NULL,
    before  text,
    after   text,
    hash    text   NOT NULL
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END
$$;

CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
