-- Who corrected stock by hand, and why. Orders move stock without either. The ledger outlives accounts, so it does not refer
-- to them.
ALTER TABLE stock_movements ADD COLUMN actor_id TEXT;
ALTER TABLE stock_movements ADD COLUMN note TEXT;
-- A product's ledger is read newest first.
DROP INDEX stock_movements_product;
CREATE INDEX stock_movements_product ON stock_movements (product_id, created_at, id);

-- What runs low, lowest first.
CREATE INDEX products_stock ON products (status, stock, id);

-- What one administrator did, newest first.
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
