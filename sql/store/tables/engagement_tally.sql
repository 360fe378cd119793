CREATE TABLE IF NOT EXISTS smsengage.engagement_tally (
	series_no bigint NOT NULL,
	cell_start timestamptz NOT NULL,
	anonymous bigint NOT NULL,
	chunk integer NOT NULL,
	level smallint NOT NULL,
	tally smsengage.tally,
	quarters smsengage.day_tally
);
CREATE INDEX IF NOT EXISTS engagement_tally_idx ON smsengage.engagement_tally (series_no, level, cell_start, chunk);

COMMENT ON TABLE smsengage.engagement_tally IS 'How often each person was met in each cell of time. What a cell holds is the sum of its rows at its level and of the deltas (level 0) inside it; rows are added, and fold() joins them.';
COMMENT ON COLUMN smsengage.engagement_tally.series_no IS 'What is counted, in the table series';
COMMENT ON COLUMN smsengage.engagement_tally.cell_start IS 'Where the cell begins (UTC); at level 1 the day';
COMMENT ON COLUMN smsengage.engagement_tally.anonymous IS 'Events that belong to nobody (chunk -1), or to people who were forgotten (chunk -2)';
COMMENT ON COLUMN smsengage.engagement_tally.chunk IS 'The people with individual_no / 65536 = chunk; -1 for nobody; -2 for people who were forgotten, whose sums were kept';
COMMENT ON COLUMN smsengage.engagement_tally.level IS 'Length of the cell: 0 delta (a quarter hour), 1 the quarter hours of a day, 3 day, 4 week, 5 eight weeks, 6 sixty-four weeks';
COMMENT ON COLUMN smsengage.engagement_tally.tally IS 'Person (individual_no modulo 65536) to number of events; null at level 1';
COMMENT ON COLUMN smsengage.engagement_tally.quarters IS 'Level 1 only: a tally for each quarter hour of the day; events of nobody as those of 0';
