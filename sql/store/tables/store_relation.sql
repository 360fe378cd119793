CREATE TABLE IF NOT EXISTS smsengage.store_relation (
	relation text COLLATE "C" CONSTRAINT store_relation_pkey PRIMARY KEY
);

COMMENT ON TABLE smsengage.store_relation IS 'The tables and views that belong to the store.';
COMMENT ON COLUMN smsengage.store_relation.relation IS 'Name in the schema smsengage';
