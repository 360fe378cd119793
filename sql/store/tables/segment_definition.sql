CREATE TABLE IF NOT EXISTS smsengage.segment_definition (
	name text COLLATE "C" CONSTRAINT segment_definition_pkey PRIMARY KEY,
	rule text NOT NULL,
	description text,
	saved_at timestamptz NOT NULL,
	account text COLLATE "C" NOT NULL DEFAULT ''
);

COMMENT ON TABLE smsengage.segment_definition IS 'Saved segments: a rule under a name. In another rule: in segment ''name''.';
COMMENT ON COLUMN smsengage.segment_definition.name IS 'Name of the segment';
COMMENT ON COLUMN smsengage.segment_definition.rule IS 'The rule, in its canonical form';
COMMENT ON COLUMN smsengage.segment_definition.description IS 'What it is for';
COMMENT ON COLUMN smsengage.segment_definition.saved_at IS 'When it was saved last';
COMMENT ON COLUMN smsengage.segment_definition.account IS 'Account whose readers see it; empty: all do';
