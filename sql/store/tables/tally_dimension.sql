CREATE TABLE IF NOT EXISTS smsengage.tally_dimension (
	dimension text COLLATE "C" CONSTRAINT tally_dimension_pkey PRIMARY KEY,
	complete_from timestamptz NOT NULL,
	CONSTRAINT tally_dimension_check CHECK (dimension IN ('bulk_message', 'link_name'))
);

COMMENT ON TABLE smsengage.tally_dimension IS 'The attributes by which tallies are kept, besides account and type. A row may be deleted to keep fewer.';
COMMENT ON COLUMN smsengage.tally_dimension.dimension IS 'bulk_message or link_name';
COMMENT ON COLUMN smsengage.tally_dimension.complete_from IS 'Tallies hold all events from here on; before, events are read';
