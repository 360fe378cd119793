CREATE TABLE IF NOT EXISTS smsengage.store_layout (
	layout text COLLATE "C" CONSTRAINT store_layout_pkey PRIMARY KEY
);

COMMENT ON TABLE smsengage.store_layout IS 'The levels that the tallies of this store have.';
COMMENT ON COLUMN smsengage.store_layout.layout IS 'People in a chunk, and the length of each level''''s cells';
