-- delivery_state: the laws of the merge, on random reports.  The seed is
-- fixed so that a failure can be looked at; the fuzz harness draws others.
SET TimeZone = 'UTC';
SET search_path = smsengage, smsengage_internal, pg_catalog;
SET max_parallel_workers_per_gather = 0;
\set seed 0.20210205
SELECT :seed AS seed, setseed(:seed) IS NOT NULL AS seeded;

-- 500 messages of 1 to 12 reports each.  Ranking: a third each by code, by time, by
-- class, and every tenth message mixes them.  Few clocks, codes, parts and
-- channels, so that ties and repetitions are frequent.
CREATE TABLE receipt AS
SELECT m AS message, r AS no, class, code, at, channel, part, ranking, sent_at,
	   delivery_report(class, code, at, channel, part, ranking, sent_at) AS state
FROM generate_series(1, 500) m,
	 LATERAL (SELECT 1 + floor(random() * 12 + m * 0)::int AS n) size,
	 LATERAL generate_series(1, n) r,
	 LATERAL (SELECT
		(ARRAY['unknown', 'accepted', 'not_sent', 'sent', 'in_transit', 'to_operator', 'expired', 'undelivered', 'delivered', 'seen'])[1 + floor(random() * 10)::int] AS class,
		(ARRAY[0, 1, 1000, 1040, 1500, 1501, 2000, 3000, 3400, 4000, 4500, 4501])[1 + floor(random() * 12)::int] AS code,
		CASE WHEN random() < 0.8 THEN '2021-02-05 22:00Z'::timestamptz + floor(random() * 5) * interval '1 second' END AS at,
		(ARRAY['SMS', 'RCS'])[1 + floor(random() * 1.3)::int] AS channel,
		nullif(floor(random() * 3)::int, 2) AS part,
		(ARRAY['code', 'time', 'class'])[CASE WHEN m % 10 = 0 THEN 1 + floor(random() * 3 + r * 0)::int ELSE 1 + m % 3 END] AS ranking,
		CASE WHEN random() < 0.3 THEN '2021-02-05 21:00Z'::timestamptz + floor(random() * 3) * interval '1 second' END AS sent_at) v;
CREATE TABLE expected AS SELECT message, count(*) AS n, merge(state ORDER BY no) AS state FROM receipt GROUP BY message;
SELECT count(*) AS messages, count(DISTINCT n) AS sizes, count(DISTINCT state) > 400 AS varied,
	   count(*) FILTER (WHERE is_conflicting(state)) > 50 AS conflicts FROM expected;

-- any order, any repetition
CREATE FUNCTION pg_temp.differing(round int) RETURNS TABLE (in_text bigint, in_bytes bigint)
LANGUAGE sql VOLATILE AS $$
	SELECT count(*) FILTER (WHERE e.state::text <> s.state::text),
		   count(*) FILTER (WHERE delivery_state_send(e.state) <> delivery_state_send(s.state))
	FROM expected e JOIN (
		SELECT message, merge(state ORDER BY place) AS state
		FROM (SELECT message, state, random() + round * 0 AS place FROM receipt
			  UNION ALL SELECT message, state, random() FROM receipt WHERE random() < 0.3) shuffled
		GROUP BY message) s USING (message)
$$;
SELECT count(*) AS rounds, sum(in_text) AS in_text, sum(in_bytes) AS in_bytes
FROM generate_series(1, 20) round, LATERAL pg_temp.differing(round);

-- any tree: join two random states, from either side, until one is left
CREATE FUNCTION pg_temp.merge_at_random(states delivery_state[]) RETURNS delivery_state
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	n int;
	i int;
	j int;
BEGIN
	LOOP
		n := cardinality(states);
		EXIT WHEN n = 1;
		i := 1 + floor(random() * n)::int;
		j := 1 + (i + floor(random() * (n - 1))::int) % n;
		states[j] := states[i] || states[j];
		-- now and then the merged one stays, which is a repetition
		IF random() < 0.9 THEN
			states := states[:i - 1] || states[i + 1:];
		END IF;
	END LOOP;
	RETURN states[1];
END $$;
SELECT count(*) AS trees, count(*) FILTER (WHERE e.state <> pg_temp.merge_at_random(r.states)) AS differing
FROM expected e JOIN (SELECT message, array_agg(state) AS states FROM receipt GROUP BY message) r USING (message),
	 generate_series(1, 5);

-- pair by pair, on states of one message
SELECT count(*) AS triples,
	   count(*) FILTER (WHERE (a.state || b.state) <> (b.state || a.state)) AS not_commutative,
	   count(*) FILTER (WHERE ((a.state || b.state) || c.state) <> (a.state || (b.state || c.state))) AS not_associative,
	   count(*) FILTER (WHERE (a.state || a.state) <> a.state OR ((a.state || b.state) || a.state) <> (a.state || b.state)) AS not_idempotent,
	   count(*) FILTER (WHERE (a.state || '') <> a.state OR ('' || a.state) <> a.state) AS not_neutral
FROM receipt a JOIN receipt b USING (message) JOIN receipt c USING (message) WHERE message % 5 = 0;

-- text and back
SELECT count(*) AS states, count(*) FILTER (WHERE state::text::delivery_state <> state) AS differing FROM expected;
-- text with its entries backwards
SELECT count(*) AS texts, count(*) FILTER (WHERE backwards::delivery_state <> state) AS differing
FROM expected, LATERAL (SELECT string_agg(entry, ';' ORDER BY no DESC) AS backwards FROM string_to_table(state::text, ';') WITH ORDINALITY AS t(entry, no)) b;

-- the deciding report, found by plain SQL instead
CREATE VIEW ranked AS
SELECT *, class IN ('not_sent', 'expired', 'undelivered', 'delivered', 'seen') AS final,
	   CASE WHEN class = 'not_sent' AND code NOT IN (1500, 1501) THEN 1999
			WHEN code <> 0 THEN code
			ELSE coalesce(('{"accepted": 1000, "sent": 2000, "in_transit": 3000, "to_operator": 3000, "delivered": 4000, "undelivered": 4500, "expired": 4501}'::json ->> class)::int, 0) END AS rank,
	   array_position(ARRAY['unknown', 'accepted', 'not_sent', 'sent', 'in_transit', 'to_operator', 'expired', 'undelivered', 'delivered', 'seen'], class) AS height
FROM receipt WHERE message % 10 <> 0;
SELECT count(*) AS entries, count(*) FILTER (WHERE (r.class, coalesce(r.code, 0), r.at) IS DISTINCT FROM (d.class, d.code, d.at)) AS differing
FROM expected e CROSS JOIN reports(e.state) r
JOIN (SELECT DISTINCT ON (message, channel, part) *
	  FROM ranked
	  ORDER BY message, channel, part, class = 'seen' DESC,
			   CASE WHEN ranking = 'code' THEN rank ELSE final::int END DESC,
			   CASE WHEN ranking = 'time' AND final THEN at END DESC NULLS LAST,
			   height DESC, at DESC NULLS LAST, code DESC) d
	ON d.message = e.message AND d.channel = r.channel AND d.part IS NOT DISTINCT FROM r.part;
-- and what else is kept
SELECT count(*) AS entries, count(*) FILTER (WHERE (r.sent_at, r.seen_at, r.conflict) IS DISTINCT FROM (x.sent_at, x.seen_at, x.groups > 1)) AS differing
FROM expected e CROSS JOIN reports(e.state) r
JOIN (SELECT message, channel, part,
			 min(least(sent_at, CASE WHEN class = 'sent' THEN at END)) AS sent_at, min(at) FILTER (WHERE class = 'seen') AS seen_at,
			 count(DISTINCT replace(class, 'seen', 'delivered')) FILTER (WHERE class IN ('not_sent', 'expired', 'undelivered', 'delivered', 'seen')) AS groups
	  FROM receipt GROUP BY message, channel, part) x
	ON x.message = e.message AND x.channel = r.channel AND x.part IS NOT DISTINCT FROM r.part;
DROP VIEW ranked;
DROP TABLE receipt, expected;
