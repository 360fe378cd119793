-- People who are one person: link_individuals(), LINK events, unified => true
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT smsengage.create_store();

CREATE FUNCTION click(person text, at text, account text DEFAULT 'shop') RETURNS bigint LANGUAGE sql AS
$$ SELECT accepted FROM smsengage.ingest('salesforce_dmo', json_build_object('EventID', person || at || account, 'EventType', 'CLICK',
	'EventDateTime', at, 'IndividualID', nullif(person, ''), 'RecipientPhone', '+12025550101'), account) $$;
SELECT click('anna', '2026-01-01T10:00:00Z'), click('anna', '2026-01-03T10:00:00Z'), click('ann', '2026-01-02T10:00:00Z'),
	click('bob', '2026-01-02T10:00:00Z'), click('bob', '2026-01-02T10:00:00Z', 'other'), click('carl', '2026-01-02T10:00:00Z');

-- what cannot be linked
SELECT smsengage.link_individuals('anna', 'nobody');
SELECT smsengage.link_individuals('nobody', 'anna');
SELECT smsengage.link_individuals('anna', 'anna');
SELECT smsengage.link_individuals('anna', NULL);
SELECT smsengage.link_individuals('anna', 'bob');
SELECT smsengage.link_individuals('anna', 'ann', '1999-01-01Z');
SELECT smsengage.link_individuals('anna', 'ann', now() + '3 days');
SELECT count(*) FROM smsengage.individual_link;

-- from the fourth of January on they are one
SELECT smsengage.link_individuals('ann', 'anna', '2026-01-04 00:00Z');
SELECT smsengage.link_individuals('anna', 'ann', '2026-01-04 00:00Z');
SELECT l.individual_no < l.other_no AS ordered, valid_from AT TIME ZONE 'UTC' AS valid_from FROM smsengage.individual_link l;
SELECT account, event_type, individual_id, extra FROM smsengage.event WHERE event_type = 'LINK';

SELECT individual_id FROM smsengage.segment('click >= 3', '2026-01-05Z') ORDER BY 1;
SELECT individual_id FROM smsengage.segment('click >= 3', '2026-01-05Z', unified => true) ORDER BY 1;
SELECT individual_id FROM smsengage.segment('click >= 3', '2026-01-03 23:59:59.999999Z', unified => true) ORDER BY 1;
SELECT individual_id FROM smsengage.segment('click >= 1', '2026-01-05Z', unified => true) ORDER BY 1;
SELECT smsengage.segment_size('click >= 1', '2026-01-05Z'), smsengage.segment_size('click >= 1', '2026-01-05Z', unified => true) AS unified;
SELECT smsengage.is_member('ann', 'click >= 3', '2026-01-05Z') AS alone, smsengage.is_member('ann', 'click >= 3', '2026-01-05Z', unified => true) AS by_one_id,
	smsengage.is_member('anna', 'click >= 3', '2026-01-05Z', unified => true) AS by_the_other;

-- an earlier link moves the moment, a later one does not
SELECT smsengage.link_individuals('ann', 'anna', '2026-01-06 00:00Z');
SELECT valid_from AT TIME ZONE 'UTC' AS valid_from FROM smsengage.individual_link;
SELECT smsengage.link_individuals('ann', 'anna', '2026-01-01 00:00Z');
SELECT valid_from AT TIME ZONE 'UTC' AS valid_from FROM smsengage.individual_link;

-- a LINK event of somebody not met yet, in the scope of the first
SELECT accepted FROM smsengage.ingest('native', '{"event_type": "LINK", "event_time": "2026-01-01T00:00:00Z", "account": "shop",
	"scope": "salesforce_dmo/shop", "individual_id": "carl", "other_individual_id": "charles"}');
SELECT click('charles', '2026-01-02T11:00:00Z');
SELECT individual_id FROM smsengage.segment('click = 2', '2026-01-05Z', 'shop', unified => true) ORDER BY 1;
SELECT scope, individual_id FROM smsengage.individual ORDER BY 1, 2;

-- the table is what the events say
CREATE TABLE before AS TABLE smsengage.individual_link;
DELETE FROM smsengage.individual_link WHERE individual_no = (SELECT min(individual_no) FROM smsengage.individual_link);
SELECT smsengage_internal.rebuild_links();
SELECT count(*) AS links FROM smsengage.individual_link;
TABLE before EXCEPT ALL TABLE smsengage.individual_link;

---------------------------------------------------------------------------
-- random links against plain SQL; links of links are one person
\set seed 0.7
\echo seed :seed
SELECT setseed(:seed) \g /dev/null
SELECT count(click('p' || floor(random() * 40), to_char('2026-01-01Z'::timestamptz + random() * interval '60 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))) FROM generate_series(1, 200);
SELECT count(smsengage.link_individuals('p' || a, 'p' || b, '2026-01-01Z'::timestamptz + random() * interval '60 days'))
FROM (SELECT floor(random() * 40)::int AS a, floor(random() * 40)::int AS b FROM generate_series(1, 14)) p
WHERE a <> b AND EXISTS (SELECT FROM smsengage.individual WHERE individual_id = 'p' || a) AND EXISTS (SELECT FROM smsengage.individual WHERE individual_id = 'p' || b);
CREATE FUNCTION one_person(asked timestamptz) RETURNS TABLE (individual_no bigint, root bigint) LANGUAGE sql STABLE AS $$
	WITH RECURSIVE pair AS (
		SELECT individual_no AS a, other_no AS b FROM smsengage.individual_link WHERE valid_from <= asked
		UNION SELECT other_no, individual_no FROM smsengage.individual_link WHERE valid_from <= asked
	), reach AS (
		SELECT individual_no AS a, individual_no AS b FROM smsengage.individual
		UNION SELECT r.a, p.b FROM reach r JOIN pair p ON p.a = r.b
	)
	SELECT a, min(b) FROM reach GROUP BY 1
$$;
CREATE FUNCTION wrong(asked timestamptz, rule text, op text, n int, account text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
	expected bigint[];
	members bigint[];
BEGIN
	EXECUTE format('SELECT coalesce(array_agg(root ORDER BY root), ''{}'') FROM (
		SELECT o.root FROM one_person($1) o JOIN smsengage.event e USING (individual_no)
		WHERE e.event_time < $1 AND ($2 IS NULL OR e.account = $2)
		GROUP BY 1 HAVING count(*) FILTER (WHERE e.event_type = ''CLICK'' AND e.event_time >= $1 - interval ''20 days'') %s %s) x', op, n)
	INTO expected USING asked, account;
	RETURN (ARRAY(SELECT s.individual_no FROM smsengage.segment(rule, asked, account, unified => true) s ORDER BY 1) <> expected)::int
		+ (smsengage.segment_size(rule, asked, account, true) <> cardinality(expected))::int
		-- every number of a person has the answer of the person
		+ (SELECT count(*) FROM one_person(asked) o
		   WHERE smsengage.is_member(o.individual_no, rule::smsengage.segment_rule, asked, account, true) <> (o.root = ANY (expected)));
END $$;
SELECT sum(wrong(at, format('click %s %s in last 20 days', op, n), op, n, account)) AS differences, count(*) > 50 AS many
FROM generate_series('2026-01-02 00:07Z'::timestamptz, '2026-03-01Z', interval '101 hours') at,
	(VALUES ('>=', 2), ('>=', 4), ('=', 0), ('<', 3)) r (op, n), (VALUES (NULL), ('shop')) a (account);
CALL smsengage.fold();
SELECT sum(wrong(at, format('click %s %s in last 20 days', op, n), op, n, NULL)) AS differences
FROM generate_series('2026-01-02 00:07Z'::timestamptz, '2026-03-01Z', interval '11 days') at, (VALUES ('>=', 2), ('=', 0)) r (op, n);
SELECT smsengage.drop_store(force => true);
-- the functions above, which must not stand in the way of other tests
DO $$ BEGIN EXECUTE (SELECT string_agg(format('DROP ROUTINE %s', p.oid::regprocedure), '; ') FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace); END $$;
