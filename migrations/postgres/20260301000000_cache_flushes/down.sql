-- What was flushed is made anew in any case.
DELETE FROM catalog_changes WHERE entity = 'CACHE';
ALTER TABLE catalog_changes DROP CONSTRAINT catalog_changes_entity_check;
ALTER TABLE catalog_changes ADD CONSTRAINT catalog_changes_entity_check
    CHECK (entity IN ('PRODUCT', 'CATEGORY', 'EVERYTHING'));
