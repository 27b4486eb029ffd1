-- A flush of kept answers travels to the replicas like a change of the catalogue.
ALTER TABLE catalog_changes DROP CONSTRAINT catalog_changes_entity_check;
ALTER TABLE catalog_changes ADD CONSTRAINT catalog_changes_entity_check
    CHECK (entity IN ('PRODUCT', 'CATEGORY', 'EVERYTHING', 'CACHE'));
