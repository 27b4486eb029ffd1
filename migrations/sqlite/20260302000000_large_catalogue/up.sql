-- Lists of a million products. Counting them takes longer than reading a page, so counts are kept; and a page is found by
-- looking at an index alone, whatever it is filtered by, which is why what is filtered by comes after what is sorted by.

-- How many products there are of each kind that lists ask for. Triggers keep it, so that nobody can forget to. There is one
-- writer, so the slot is always 0; on PostgreSQL transactions at the same time count in different ones.
CREATE TABLE product_counts (
    category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    is_featured BOOLEAN NOT NULL,
    slot BIGINT NOT NULL,
    products BIGINT NOT NULL,
    PRIMARY KEY (category_id, status, is_featured, slot)
);

CREATE TRIGGER product_counts_insert AFTER INSERT ON products BEGIN
    INSERT INTO product_counts VALUES (NEW.category_id, NEW.status, NEW.is_featured, 0, 1)
    ON CONFLICT (category_id, status, is_featured, slot) DO UPDATE SET products = products + 1;
END;

CREATE TRIGGER product_counts_delete AFTER DELETE ON products BEGIN
    UPDATE product_counts SET products = products - 1
    WHERE category_id = OLD.category_id AND status = OLD.status AND is_featured = OLD.is_featured;
END;

CREATE TRIGGER product_counts_update AFTER UPDATE OF category_id, status, is_featured ON products
WHEN OLD.category_id <> NEW.category_id OR OLD.status <> NEW.status OR OLD.is_featured <> NEW.is_featured
BEGIN
    UPDATE product_counts SET products = products - 1
    WHERE category_id = OLD.category_id AND status = OLD.status AND is_featured = OLD.is_featured;
    INSERT INTO product_counts VALUES (NEW.category_id, NEW.status, NEW.is_featured, 0, 1)
    ON CONFLICT (category_id, status, is_featured, slot) DO UPDATE SET products = products + 1;
END;

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
