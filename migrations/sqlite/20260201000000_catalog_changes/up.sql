-- What changed in the catalogue, for the replicas to follow: each row is written in the transaction of the change it
-- reports.
CREATE TABLE catalog_changes (
    seq BIGINT PRIMARY KEY NOT NULL,
    entity TEXT NOT NULL CHECK (entity IN ('PRODUCT', 'CATEGORY', 'EVERYTHING')),
    entity_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX catalog_changes_age ON catalog_changes (created_at);

-- Who changed what through the admin API. Rows outlive what they are about, so nothing refers to it.
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY NOT NULL,
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    before TEXT,
    after TEXT,
    request_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX audit_log_entity ON audit_log (entity, entity_id, id);
