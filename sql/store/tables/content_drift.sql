CREATE TABLE IF NOT EXISTS smsengage.content_drift (
	event_time timestamptz NOT NULL,
	event_key bigint NOT NULL,
	received_at timestamptz NOT NULL,
	provider text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	columns text NOT NULL,
	CONSTRAINT content_drift_pkey PRIMARY KEY (event_time, event_key)
);

COMMENT ON TABLE smsengage.content_drift IS 'Events of which a later copy said something else. The first stored stays.';
COMMENT ON COLUMN smsengage.content_drift.event_time IS 'Time of the event in the table event';
COMMENT ON COLUMN smsengage.content_drift.event_key IS 'Key of the event in the table event';
COMMENT ON COLUMN smsengage.content_drift.received_at IS 'When the first copy that differed arrived';
COMMENT ON COLUMN smsengage.content_drift.provider IS 'Which provider sent it';
COMMENT ON COLUMN smsengage.content_drift.account IS 'Account of the event';
COMMENT ON COLUMN smsengage.content_drift.columns IS 'Columns of event in which that copy differed';
