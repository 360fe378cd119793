-- Takes all events away, and the indexes that slow their coming.  One of them,
-- of clicks alone, is not read here and stays away.
SET client_min_messages = warning;
TRUNCATE smsengage.event, smsengage.engagement_tally, smsengage.series;
DROP INDEX IF EXISTS smsengage.event_individual_no_idx, smsengage.event_click_idx, smsengage.plain_sql;
ALTER TABLE smsengage.event DROP CONSTRAINT IF EXISTS event_pkey;
