DROP TABLE audit_log;
DROP TABLE catalog_changes;
