DROP TABLE order_notes;
DROP INDEX orders_status;
DROP INDEX orders_newest;
DROP INDEX orders_expiry;
ALTER TABLE orders DROP COLUMN expires_at;
DROP TABLE payment_events;

CREATE TABLE payments_old (
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
-- Nothing was charged for a payment that waits for its confirmation.
INSERT INTO payments_old
SELECT
    id,
    order_id,
    amount,
    currency,
    CASE status WHEN 'NEEDS_CONFIRMATION' THEN 'DECLINED' WHEN 'PROCESSING' THEN 'STARTED' ELSE status END,
    card_last4,
    decline_reason,
    created_at,
    updated_at
FROM payments;
DROP TABLE payments;
ALTER TABLE payments_old RENAME TO payments;
CREATE INDEX payments_order ON payments (order_id);
CREATE UNIQUE INDEX payments_one_charge ON payments (order_id) WHERE status IN ('STARTED', 'SUCCEEDED');
