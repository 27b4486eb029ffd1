DROP INDEX products_changed;
DROP INDEX products_sold_out;
DROP INDEX products_stock;
DROP INDEX products_category;
DROP INDEX products_name;
DROP INDEX products_price;
DROP INDEX products_newest;
CREATE INDEX products_newest ON products (status, created_at, id);
CREATE INDEX products_price ON products (status, price, id);
CREATE INDEX products_name ON products (status, name, id);
CREATE INDEX products_category ON products (category_id, status, created_at, id);
CREATE INDEX products_stock ON products (status, stock, id);

DROP TRIGGER product_counts_update;
DROP TRIGGER product_counts_delete;
DROP TRIGGER product_counts_insert;
DROP TABLE product_counts;
