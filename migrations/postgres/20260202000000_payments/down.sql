DROP TABLE order_notes;
DROP INDEX orders_status;
DROP INDEX orders_newest;
DROP INDEX orders_expiry;
ALTER TABLE orders DROP COLUMN expires_at;
DROP TABLE payment_events;

DROP INDEX payments_status;
DROP INDEX payments_one_charge;
ALTER TABLE payments DROP CONSTRAINT payments_status_check;
-- Nothing was charged for a payment that waits for its confirmation.
UPDATE payments SET status = 'DECLINED' WHERE status = 'NEEDS_CONFIRMATION';
UPDATE payments SET status = 'STARTED' WHERE status = 'PROCESSING';
ALTER TABLE payments ADD CONSTRAINT payments_status_check CHECK (
    status IN ('STARTED', 'SUCCEEDED', 'DECLINED', 'REFUND_DUE', 'REFUNDED')
);
ALTER TABLE payments DROP COLUMN confirmation;
ALTER TABLE payments DROP COLUMN card_kind;
CREATE UNIQUE INDEX payments_one_charge ON payments (order_id) WHERE status IN ('STARTED', 'SUCCEEDED');
