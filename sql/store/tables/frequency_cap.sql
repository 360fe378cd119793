CREATE TABLE IF NOT EXISTS smsengage.frequency_cap (
	account text COLLATE "C" NOT NULL DEFAULT '',
	sender text COLLATE "C" NOT NULL DEFAULT '',
	purpose text COLLATE "C" NOT NULL DEFAULT '',
	period interval NOT NULL CONSTRAINT frequency_cap_period_check CHECK (period > interval '0' AND period <= interval '366 days'
		AND extract(month FROM period) = 0 AND extract(year FROM period) = 0),
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	max_messages integer CONSTRAINT frequency_cap_max_messages_check CHECK (max_messages > 0),
	CONSTRAINT frequency_cap_sender_check CHECK (sender NOT LIKE '+%'),
	CONSTRAINT frequency_cap_pkey PRIMARY KEY (account, sender, purpose, period, valid_from)
);

COMMENT ON TABLE smsengage.frequency_cap IS 'How many messages may go to one number in a period that ends at the moment of sending; every cap that applies must hold. Versions by valid_from.';
COMMENT ON COLUMN smsengage.frequency_cap.account IS 'Account it holds for; empty: each account by itself';
COMMENT ON COLUMN smsengage.frequency_cap.sender IS 'Our number it holds for and whose messages it counts, without plus; empty: all together';
COMMENT ON COLUMN smsengage.frequency_cap.purpose IS 'Purpose of sending it holds for; empty: all but confirmation. It counts messages of every purpose, as events do not tell';
COMMENT ON COLUMN smsengage.frequency_cap.period IS 'Length of the period, in days or shorter units';
COMMENT ON COLUMN smsengage.frequency_cap.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.frequency_cap.max_messages IS 'Most messages in a period; NULL: the cap no longer holds';
