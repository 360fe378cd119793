CREATE TABLE IF NOT EXISTS smsengage.quiet_hours (
	account text COLLATE "C" NOT NULL DEFAULT '',
	purpose text COLLATE "C" NOT NULL DEFAULT '',
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	quiet_start time NOT NULL,
	quiet_end time NOT NULL,
	fallback_zone text NOT NULL DEFAULT 'UTC' CONSTRAINT quiet_hours_fallback_zone_check CHECK (timezone(fallback_zone, '2000-01-01 00:00:00'::timestamp) IS NOT NULL),
	CONSTRAINT quiet_hours_pkey PRIMARY KEY (account, purpose, valid_from)
);

COMMENT ON TABLE smsengage.quiet_hours IS 'When not to send, by the clock of the recipient. The row of the account goes before that for all, then the row of the purpose; versions by valid_from. The same start and end: no quiet hours.';
COMMENT ON COLUMN smsengage.quiet_hours.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.quiet_hours.purpose IS 'Purpose of sending it holds for; empty: all but confirmation';
COMMENT ON COLUMN smsengage.quiet_hours.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.quiet_hours.quiet_start IS 'Begin, may be later than the end: then it is quiet over midnight';
COMMENT ON COLUMN smsengage.quiet_hours.quiet_end IS 'End; sending is allowed from then on';
COMMENT ON COLUMN smsengage.quiet_hours.fallback_zone IS 'Time zone of numbers whose place is not known';
