-- Made-up clicks for segments.sh: :events events of :people people over 60
-- days up to :last_day.  Some people click far more than others, by day more
-- than by night; rows lie in the order of time, as they would arrive.
--
-- Rows go straight into event and individual.  Tallies then come from
-- rebuild_tallies(), which computes from event what add_tallies() and fold()
-- would have left; check_tallies() in the property tests holds the two equal.
\set ON_ERROR_STOP on
SELECT smsengage.make_partition(m::date)
FROM generate_series(date_trunc('month', :'last_day'::timestamp - interval '60 days'), :'last_day'::timestamp, '1 month') m \g /dev/null
DROP INDEX smsengage.event_individual_no_idx;
ALTER TABLE smsengage.event DROP CONSTRAINT event_pkey;

INSERT INTO smsengage.individual (scope, individual_id, individual_no)
SELECT 'salesforce_dmo', 'ind-' || i, i FROM generate_series(1, :people) i;
SELECT setval(pg_get_serial_sequence('smsengage.individual', 'individual_no'), :people) \g /dev/null

SELECT setseed(0.4) \g /dev/null
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, provider, event_type, account,
	bulk_message, recipient, link_name, link_url)
SELECT at, i, 1 + floor(:people * power(random(), 1.5))::bigint, at, at, 'salesforce_dmo', 'CLICK', 'shop',
	'send-' || day * 3 + floor(3 * random())::int, '', 'link-' || floor(20 * random() * random())::int, 'https://shop.example/'
FROM (
	SELECT i, i * 60 / :events AS day,
		:'last_day'::timestamptz - interval '60 days'
			+ interval '1 day' * (i * 60 / :events)
			-- within the day: few by night, rising in i
			+ interval '1 day' * (0.5 + 0.5 * sign(f - 0.5) * power(abs(2 * f - 1), 1.4)) AS at
	FROM (SELECT i, i * 60.0 / :events - i * 60 / :events AS f FROM generate_series(0::bigint, :events - 1) i) a
) b;
ALTER TABLE smsengage.event ADD CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key);
CREATE INDEX event_individual_no_idx ON smsengage.event (individual_no, event_time);
VACUUM ANALYZE smsengage.individual;
VACUUM ANALYZE smsengage.event;
