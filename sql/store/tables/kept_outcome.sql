CREATE TABLE IF NOT EXISTS smsengage.kept_outcome (
	send_cell timestamptz NOT NULL,
	messages bigint NOT NULL,
	parts bigint NOT NULL,
	priced bigint NOT NULL,
	cost numeric NOT NULL,
	outcome text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	provider text COLLATE "C" NOT NULL,
	channel text COLLATE "C" NOT NULL,
	bulk_message text COLLATE "C" NOT NULL,
	sender_id text COLLATE "C" NOT NULL,
	country text COLLATE "C" NOT NULL,
	price_currency text COLLATE "C" NOT NULL
);

COMMENT ON TABLE smsengage.kept_outcome IS 'What messages count for in outcome_tally that forget(keep_sums => true) erased.';
COMMENT ON COLUMN smsengage.kept_outcome.messages IS 'Number of messages';
:include outcome_comments.inc
