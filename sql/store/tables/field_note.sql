CREATE TABLE IF NOT EXISTS smsengage.field_note (
	provider text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	path text COLLATE "C" NOT NULL,
	reason text COLLATE "C" NOT NULL,
	events bigint NOT NULL,
	first_seen timestamptz NOT NULL,
	last_seen timestamptz NOT NULL,
	CONSTRAINT field_note_pkey PRIMARY KEY (account, provider, path, reason)
);

COMMENT ON TABLE smsengage.field_note IS 'Members of payloads that could not be read: the events are stored without them, and have them as they were written in extra.';
COMMENT ON COLUMN smsengage.field_note.provider IS 'Which provider sent them';
COMMENT ON COLUMN smsengage.field_note.account IS 'Account of the events';
COMMENT ON COLUMN smsengage.field_note.path IS 'The member; empty: one that has no column';
COMMENT ON COLUMN smsengage.field_note.reason IS 'What was expected, or what is wrong';
COMMENT ON COLUMN smsengage.field_note.events IS 'Number of events';
COMMENT ON COLUMN smsengage.field_note.first_seen IS 'First arrival';
COMMENT ON COLUMN smsengage.field_note.last_seen IS 'Last arrival';
