-- The indexes of the store, and for plain SQL the best that it can have.
SET client_min_messages = warning;
SET max_parallel_maintenance_workers = 2;
ALTER TABLE smsengage.event ADD CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key);
CREATE INDEX event_individual_no_idx ON smsengage.event (individual_no, event_time);
CREATE INDEX plain_sql ON smsengage.event (event_type, event_time) INCLUDE (individual_no, part);
VACUUM (ANALYZE, INDEX_CLEANUP off) smsengage.event;
