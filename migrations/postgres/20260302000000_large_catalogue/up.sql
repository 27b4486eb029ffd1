-- Lists of a million products. Counting them takes longer than reading a page, so counts are kept; and a page is found by
-- looking at an index alone, whatever it is filtered by, which is why what is filtered by comes after what is sorted by.

-- How many products there are of each kind that lists ask for. Triggers keep it, so that nobody can forget to.
CREATE TABLE product_counts (
    category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    is_featured BOOLEAN NOT NULL,
    slot BIGINT NOT NULL,
    products BIGINT NOT NULL,
    PRIMARY KEY (category_id, status, is_featured, slot)
);

-- Nobody waits for a count: a transaction adds to a row that no other one has changed and not yet committed, or to a row of
-- its own, so a kind has as many rows as transactions have counted it at once, and what counts is their sum.
CREATE FUNCTION count_products(category TEXT, state TEXT, featured BOOLEAN, change BIGINT) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE product_counts SET products = products + change
    WHERE category_id = category AND status = state AND is_featured = featured AND slot = (
        SELECT slot FROM product_counts
        WHERE category_id = category AND status = state AND is_featured = featured
        ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED
    );
    IF NOT FOUND THEN
        INSERT INTO product_counts VALUES (category, state, featured, txid_current(), change);
    END IF;
END
$$;

-- The rows of one statement are counted at once. A sale changes nothing that is counted here.
CREATE FUNCTION count_inserted_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_products(category_id, status, is_featured, products) FROM (
        SELECT category_id, status, is_featured, COUNT(*) AS products FROM inserted
        GROUP BY category_id, status, is_featured
    ) AS counted;
    RETURN NULL;
END
$$;

CREATE FUNCTION count_deleted_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_products(category_id, status, is_featured, -products) FROM (
        SELECT category_id, status, is_featured, COUNT(*) AS products FROM deleted
        GROUP BY category_id, status, is_featured
    ) AS counted;
    RETURN NULL;
END
$$;

CREATE FUNCTION count_moved_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_products(OLD.category_id, OLD.status, OLD.is_featured, -1);
    PERFORM count_products(NEW.category_id, NEW.status, NEW.is_featured, 1);
    RETURN NULL;
END
$$;

-- Nobody adds a product between the counting of those that are there and the first trigger.
LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE;

CREATE TRIGGER product_counts_insert AFTER INSERT ON products
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_products();

CREATE TRIGGER product_counts_delete AFTER DELETE ON products
REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_products();

CREATE TRIGGER product_counts_update AFTER UPDATE OF category_id, status, is_featured ON products FOR EACH ROW
WHEN ((OLD.category_id, OLD.status, OLD.is_featured) IS DISTINCT FROM (NEW.category_id, NEW.status, NEW.is_featured))
EXECUTE FUNCTION count_moved_product();

INSERT INTO product_counts
SELECT category_id, status, is_featured, 0, COUNT(*) FROM products GROUP BY category_id, status, is_featured;

-- No index begins with the status: most products are active, so it would tell the planner little, and tempt it to sort.
DROP INDEX products_newest;
DROP INDEX products_price;
DROP INDEX products_name;
DROP INDEX products_category;
DROP INDEX products_stock;
CREATE INDEX products_newest ON products (created_at, id, status, category_id, price, is_featured);
CREATE INDEX products_price ON products (price, id, status, category_id, is_featured);
CREATE INDEX products_name ON products (name, id, status, category_id, price, is_featured);
CREATE INDEX products_category ON products (category_id, created_at, id, status, price, name, is_featured);
-- What runs low, lowest first.
CREATE INDEX products_stock ON products (stock, id) WHERE status = 'ACTIVE';
-- What is sold out; whatever else is in stock, so it need not be counted.
CREATE INDEX products_sold_out ON products (status, category_id, is_featured, stock) WHERE stock = 0;
-- Latest changed first, for the sitemap.
CREATE INDEX products_changed ON products (updated_at, id) WHERE status = 'ACTIVE';
