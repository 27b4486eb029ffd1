-- Payments that need a confirmation, or whose outcome is not known yet; the provider's events; orders that wait for their
-- payment for a limited time; what administrators note on orders. SQLite can't change a CHECK, so the table is made anew.
CREATE TABLE payments_new (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (
        status IN (
            'STARTED', 'NEEDS_CONFIRMATION', 'PROCESSING', 'SUCCEEDED', 'DECLINED', 'REFUND_DUE', 'REFUNDED'
        )
    ),
    card_last4 TEXT NOT NULL,
    -- What the provider makes of the card, in a word; never its number.
    card_kind TEXT NOT NULL DEFAULT '',
    -- What the customer answered when the card needed a confirmation, written down before the provider is told.
    confirmation TEXT CHECK (confirmation IN ('APPROVED', 'REFUSED')),
    decline_reason TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
INSERT INTO payments_new (id, order_id, amount, currency, status, card_last4, decline_reason, created_at, updated_at)
SELECT id, order_id, amount, currency, status, card_last4, decline_reason, created_at, updated_at
FROM payments;
DROP TABLE payments;
ALTER TABLE payments_new RENAME TO payments;
CREATE INDEX payments_order ON payments (order_id);
-- Never two charges for one order: one payment at most runs or has succeeded.
CREATE UNIQUE INDEX payments_one_charge ON payments (order_id)
WHERE status IN ('STARTED', 'NEEDS_CONFIRMATION', 'PROCESSING', 'SUCCEEDED');
-- The jobs look for payments that have been in a status for too long.
CREATE INDEX payments_status ON payments (status, updated_at, id);

-- What the provider told by itself. An event has an effect once, however often it comes.
CREATE TABLE payment_events (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    received_at TIMESTAMP NOT NULL
);
CREATE INDEX payment_events_payment ON payment_events (payment_id);

-- Until when an order that is not paid holds its stock; orders from before there was a limit have none.
ALTER TABLE orders ADD COLUMN expires_at TIMESTAMP;
CREATE INDEX orders_expiry ON orders (status, expires_at, id);
CREATE INDEX orders_newest ON orders (created_at, id);
CREATE INDEX orders_status ON orders (status, created_at, id);

-- Every change of an order by an administrator, with what they noted. Customers never see it.
CREATE TABLE order_notes (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    author_id TEXT NOT NULL REFERENCES users (id),
    status TEXT NOT NULL CHECK (
        status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')
    ),
    text TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX order_notes_order ON order_notes (order_id, id);
