-- Made-up clicks for segments.sh: of :events events of :people people over 60
-- days up to :last_day, those of the first or the second month.  Some people
-- click far more than others, by day more than by night; rows lie in the order
-- of time, as they would arrive.
--
-- Rows go straight into event.  Tallies then come from rebuild_tallies(), which
-- computes from event what add_tallies() and fold() would have left;
-- check_tallies() in the property tests holds the two equal.
SELECT p.inhrelid::regclass AS partition, b.since, b.until,
	ceil(:events / 60.0 * greatest(0, extract(epoch FROM b.since - s.start) / 86400))::bigint AS first,
	ceil(:events / 60.0 * least(60, extract(epoch FROM b.until - s.start) / 86400))::bigint - 1 AS last
FROM (SELECT :'last_day'::timestamptz - interval '60 days' AS start) s
CROSS JOIN LATERAL (SELECT date_trunc('month', s.start) + :month * interval '1 month' AS since, date_trunc('month', s.start) + (:month + 1) * interval '1 month' AS until) b
JOIN pg_inherits p ON p.inhparent = 'smsengage.event'::regclass
	AND pg_get_expr((SELECT relpartbound FROM pg_class WHERE oid = p.inhrelid), p.inhrelid) LIKE format('FOR VALUES FROM (''%s%%', to_char(b.since, 'YYYY-MM-DD')) \gset

SELECT setseed(0.4 + :month / 100.0);
-- what is emptied in the same transaction is not logged
BEGIN;
TRUNCATE :partition;
INSERT INTO :partition (event_time, event_key, individual_no, created_time, received_at, provider, event_type, account, bulk_message, recipient, link_name)
SELECT at, i, 1 + floor(:people * power(random(), 1.5))::bigint, at, at, 'salesforce_dmo', 'CLICK', 'shop',
	'send-' || day * 3 + floor(3 * random())::int, '', 'link-' || floor(20 * random() * random())::int
FROM (
	SELECT i, day, :'last_day'::timestamptz - interval '60 days' + interval '1 day' * day
			-- within the day: few by night, rising in i
			+ interval '1 day' * (0.5 + 0.5 * sign(f - 0.5) * power(abs(2 * f - 1), 1.4)) AS at
	FROM (SELECT i, (i * 60 / :events)::integer AS day, (i * 60.0::float8 / :events) - i * 60 / :events AS f FROM generate_series(:first::bigint, :last::bigint) i) a
) b;
COMMIT;
