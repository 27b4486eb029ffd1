-- The shop: accounts, catalogue, orders, payments. Money is in minor units; moments are UTC; ids are UUIDv7 made by the
-- server; enumerations are words held in place by CHECK.

CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    role TEXT NOT NULL CHECK (role IN ('CUSTOMER', 'ADMIN')),
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- One signed-in device: the family of refresh tokens that follow one another.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT,
    address TEXT,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX sessions_user ON sessions (user_id);

-- Only hashes. A token with `rotated_at` has been used: seeing it again means it was stolen.
CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    rotated_at TIMESTAMP
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE categories (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    description TEXT,
    image_url TEXT,
    parent_id TEXT REFERENCES categories (id) ON DELETE SET NULL,
    is_active BOOLEAN NOT NULL,
    sort_order INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX categories_parent ON categories (parent_id);

CREATE TABLE products (
    id TEXT PRIMARY KEY NOT NULL,
    category_id TEXT NOT NULL REFERENCES categories (id),
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    description TEXT,
    price BIGINT NOT NULL CHECK (price > 0),
    compare_at BIGINT CHECK (compare_at > 0),
    stock INTEGER NOT NULL CHECK (stock >= 0),
    image_url TEXT,
    images TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('DRAFT', 'ACTIVE', 'ARCHIVED')),
    is_featured BOOLEAN NOT NULL,
    metadata TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX products_newest ON products (status, created_at, id);
CREATE INDEX products_price ON products (status, price, id);
CREATE INDEX products_name ON products (status, name, id);
CREATE INDEX products_category ON products (category_id, status, created_at, id);

CREATE TABLE orders (
    id TEXT PRIMARY KEY NOT NULL,
    order_number TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    status TEXT NOT NULL CHECK (
        status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')
    ),
    subtotal BIGINT NOT NULL CHECK (subtotal >= 0),
    tax BIGINT NOT NULL CHECK (tax >= 0),
    shipping_amount BIGINT NOT NULL CHECK (shipping_amount >= 0),
    discount_amount BIGINT NOT NULL CHECK (discount_amount >= 0),
    total_amount BIGINT NOT NULL CHECK (total_amount = subtotal + tax + shipping_amount - discount_amount),
    currency TEXT NOT NULL,
    notes TEXT,
    shipping_address TEXT NOT NULL,
    billing_address TEXT NOT NULL,
    paid_at TIMESTAMP,
    shipped_at TIMESTAMP,
    delivered_at TIMESTAMP,
    cancelled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX orders_user ON orders (user_id, created_at, id);

-- Name, SKU and price as they were when the order was placed.
CREATE TABLE order_items (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id TEXT NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit_price BIGINT NOT NULL CHECK (unit_price > 0),
    subtotal BIGINT NOT NULL CHECK (subtotal = unit_price * quantity),
    UNIQUE (order_id, product_id)
);
CREATE INDEX order_items_product ON order_items (product_id);

-- The ledger: the sum of a product's movements is its stock. Rows are only ever added.
CREATE TABLE stock_movements (
    id TEXT PRIMARY KEY NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    order_id TEXT REFERENCES orders (id),
    reason TEXT NOT NULL CHECK (reason IN ('INITIAL', 'ORDER', 'RETURN', 'ADJUSTMENT')),
    delta INTEGER NOT NULL CHECK (delta <> 0),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX stock_movements_product ON stock_movements (product_id);
-- An order takes and returns a product's units at most once each.
CREATE UNIQUE INDEX stock_movements_once ON stock_movements (order_id, product_id, reason);

CREATE TABLE payments (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('STARTED', 'SUCCEEDED', 'DECLINED', 'REFUND_DUE', 'REFUNDED')),
    card_last4 TEXT NOT NULL,
    decline_reason TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX payments_order ON payments (order_id);
-- Never two charges for one order.
CREATE UNIQUE INDEX payments_one_charge ON payments (order_id) WHERE status IN ('STARTED', 'SUCCEEDED');

-- The answer given under an Idempotency-Key; without one the request is still running.
CREATE TABLE idempotency_keys (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response_status INTEGER,
    response_body TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
