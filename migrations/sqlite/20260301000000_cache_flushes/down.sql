-- What was flushed is made anew in any case.
CREATE TABLE catalog_changes_next (
    seq BIGINT PRIMARY KEY NOT NULL,
    entity TEXT NOT NULL CHECK (entity IN ('PRODUCT', 'CATEGORY', 'EVERYTHING')),
    entity_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO catalog_changes_next SELECT seq, entity, entity_id, created_at FROM catalog_changes WHERE entity <> 'CACHE';
DROP TABLE catalog_changes;
ALTER TABLE catalog_changes_next RENAME TO catalog_changes;
CREATE INDEX catalog_changes_age ON catalog_changes (created_at);
