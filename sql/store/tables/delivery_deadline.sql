CREATE TABLE IF NOT EXISTS smsengage.delivery_deadline (
	provider text COLLATE "C" CONSTRAINT delivery_deadline_pkey PRIMARY KEY,
	deadline_hours integer NOT NULL,
	CONSTRAINT delivery_deadline_check CHECK (deadline_hours > 0)
);

COMMENT ON TABLE smsengage.delivery_deadline IS 'How long after sending an outcome can be expected; an open message is pending before and unknown after. Rows may be edited; that with an empty provider must stay.';
COMMENT ON COLUMN smsengage.delivery_deadline.provider IS 'Name of the provider; empty: for those without a row';
COMMENT ON COLUMN smsengage.delivery_deadline.deadline_hours IS 'Counted from the quarter hour of sending';
