DROP INDEX audit_log_actor;
DROP INDEX products_stock;
DROP INDEX stock_movements_product;
CREATE INDEX stock_movements_product ON stock_movements (product_id);
ALTER TABLE stock_movements DROP COLUMN note;
ALTER TABLE stock_movements DROP COLUMN actor_id;
