CREATE TABLE IF NOT EXISTS smsengage.health_threshold (
	metric text COLLATE "C" CONSTRAINT health_threshold_pkey PRIMARY KEY,
	lowest numeric(12,6),
	highest numeric(12,6),
	note text,
	CONSTRAINT health_threshold_check CHECK (lowest IS NOT NULL OR highest IS NOT NULL)
);

COMMENT ON TABLE smsengage.health_threshold IS 'From where on health() calls a metric unhealthy. May be edited.';
COMMENT ON COLUMN smsengage.health_threshold.metric IS 'Name of the metric, as in health()';
COMMENT ON COLUMN smsengage.health_threshold.lowest IS 'Healthy from here on; NULL: no lower limit';
COMMENT ON COLUMN smsengage.health_threshold.highest IS 'Healthy up to here; NULL: no upper limit';
COMMENT ON COLUMN smsengage.health_threshold.note IS 'Where the value comes from';
