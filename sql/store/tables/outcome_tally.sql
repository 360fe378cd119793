CREATE TABLE IF NOT EXISTS smsengage.outcome_tally (
	send_cell timestamptz NOT NULL,
	messages bigint NOT NULL,
	parts bigint NOT NULL,
	priced bigint NOT NULL,
	cost numeric NOT NULL,
	level smallint NOT NULL,
	outcome text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	provider text COLLATE "C" NOT NULL,
	channel text COLLATE "C" NOT NULL,
	bulk_message text COLLATE "C" NOT NULL,
	sender_id text COLLATE "C" NOT NULL,
	country text COLLATE "C" NOT NULL,
	price_currency text COLLATE "C" NOT NULL
);
CREATE INDEX IF NOT EXISTS outcome_tally_idx ON smsengage.outcome_tally (level, send_cell);

COMMENT ON TABLE smsengage.outcome_tally IS 'How many messages ended how, by quarter hour of sending. A message that changes takes itself out where it was and adds itself where it is, so rows are only added; what holds of a cell is the sum of its rows at one level and of the rows of level 0 inside it. fold() joins rows.';
COMMENT ON COLUMN smsengage.outcome_tally.messages IS 'Number of messages; negative where they were taken out';
COMMENT ON COLUMN smsengage.outcome_tally.level IS 'Length of the cell: 0 newly added and 1 quarter hour, 2 hour, 3 day';
:include outcome_comments.inc
