-- What signed-in shoppers have put into their carts. The row in `carts` is what writers stand in line for.
CREATE TABLE carts (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE cart_items (
    user_id TEXT NOT NULL REFERENCES carts (user_id) ON DELETE CASCADE,
    product_id TEXT NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    position INTEGER NOT NULL CHECK (position >= 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, product_id)
);
CREATE INDEX cart_items_product ON cart_items (product_id);
