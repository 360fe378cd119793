-- fold(), check_tallies(), rebuild_tallies(), add_tally_dimension()
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT smsengage.create_store();
CREATE FUNCTION click(person text, at timestamptz, link text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS
$$ SELECT accepted FROM smsengage.ingest('salesforce_dmo', json_build_object('EventID', concat(person, at AT TIME ZONE 'UTC'), 'EventType', 'CLICK',
	'EventDateTime', at, 'IndividualID', person, 'LinkName', link)) $$;

-- cells and their ends
SELECT level, smsengage_internal.cell_start(level, t) AT TIME ZONE 'UTC' AS since, smsengage_internal.cell_end(level, t) AT TIME ZONE 'UTC' AS until,
	smsengage_internal.cell_start(level, smsengage_internal.cell_end(level, t)) = smsengage_internal.cell_end(level, t) AS next_one
FROM generate_series(0, 6) level, (VALUES ('2026-03-29 01:44:59.999999Z'::timestamptz)) v (t);
SELECT smsengage_internal.cell_end(7, now());
SELECT smsengage_internal.cell_end(3, 'infinity'), smsengage_internal.cell_end(3, '-infinity'), smsengage_internal.cell_end(3, NULL) IS NULL AS of_null;

-- whatever the session's zone, also in the last hour of eight weeks with a change of clocks
SET TimeZone = 'Europe/Berlin';
SELECT sum(click('anna', smsengage_internal.cell_end(5, '2026-03-29') - i * interval '5 minutes')) FROM generate_series(1, 14) i;
CALL smsengage.fold();
SELECT count(*) AS deltas FROM smsengage.engagement_tally WHERE level = 0;
SET TimeZone = 'UTC';

-- who may commit: a procedure outside of a transaction block
SELECT smsengage_internal.may_commit();
DO $$ BEGIN RAISE WARNING 'may commit: %', smsengage_internal.may_commit(); END $$;
BEGIN;
DO $$ BEGIN RAISE WARNING 'may commit: %', smsengage_internal.may_commit(); END $$;
CALL smsengage.fold();
COMMIT;

-- folded often, a cell still has few rows
CREATE PROCEDURE fold_often(n int) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..n LOOP
		PERFORM click('p' || i, '2026-05-05 12:00Z'::timestamptz + i * interval '1 second');
		CALL smsengage.fold();
	END LOOP;
END $$;
CALL fold_often(200);
SELECT level, max(rows) <= 4 AS few, sum(people) AS people
FROM (SELECT level, cell_start, count(*) AS rows, sum(smsengage.individuals(coalesce(tally, smsengage.tally(quarters, cell_start, '-infinity', 'infinity')))) AS people FROM smsengage.engagement_tally
	  WHERE cell_start > '2024-01-01' AND smsengage_internal.cell_end(greatest(level, 3), cell_start) > '2026-05-05 12:00Z' GROUP BY 1, 2) c
GROUP BY 1 ORDER BY 1;
SELECT * FROM smsengage.check_tallies();

-- what is missing, too much or wrong is found, and made right again
CREATE FUNCTION wrong() RETURNS TABLE (level integer, cells bigint) LANGUAGE sql AS
$$ SELECT level, count(*) FROM smsengage.check_tallies() GROUP BY 1 ORDER BY 1 $$;
DELETE FROM smsengage.engagement_tally WHERE level IN (3, 5);
SELECT * FROM wrong();
SELECT smsengage.rebuild_tallies();
SELECT * FROM wrong();
INSERT INTO smsengage.engagement_tally SELECT * FROM smsengage.engagement_tally WHERE level = 1 ORDER BY cell_start LIMIT 1;
INSERT INTO smsengage.engagement_tally SELECT 0, cell_start, anonymous, chunk, level, tally FROM smsengage.engagement_tally WHERE level = 6 LIMIT 1;
SELECT series_no = 0 AS of_no_series, level, cell_start, chunk, smsengage.total(expected) AS expected, smsengage.total(found) AS found FROM smsengage.check_tallies() ORDER BY 2;
SELECT smsengage.rebuild_tallies();
SELECT * FROM wrong();
-- erased: the cells of one chunk and of those hours
DELETE FROM smsengage.event WHERE individual_no = (SELECT individual_no FROM smsengage.individual WHERE individual_id = 'p7');
SELECT * FROM wrong();
SELECT smsengage.rebuild_tallies('2026-05-05 12:00Z', '2026-05-05 12:00:30Z', 1);
SELECT * FROM wrong();
SELECT smsengage.rebuild_tallies('2026-05-05 12:00Z', '2026-05-05 12:00:30Z', 0);
SELECT * FROM wrong();
SELECT smsengage.rebuild_tallies(NULL);

-- a dimension less, and again
DELETE FROM smsengage.tally_dimension WHERE dimension = 'link_name';
SELECT click('anna', '2026-05-06Z', 'buy'), click('anna', '2026-05-07Z', 'buy');
SELECT individual_id FROM smsengage.segment('click[link_name = ''buy''] >= 2', '2026-06-01Z');
SELECT smsengage.add_tally_dimension('link_name');
SELECT click('anna', '2026-05-08Z', 'buy');
SELECT individual_id FROM smsengage.segment('click[link_name = ''buy''] >= 3', '2026-06-01Z');
SELECT complete_from > now() + interval '47 hours' AS ahead FROM smsengage.tally_dimension WHERE dimension = 'link_name';
SELECT * FROM wrong();
SELECT smsengage.rebuild_tallies('2026-05-08');
SELECT dimension, complete_from FROM smsengage.tally_dimension ORDER BY 1;
SELECT individual_id FROM smsengage.segment('click[link_name = ''buy''] >= 3', '2026-06-01Z');
SELECT smsengage.rebuild_tallies();
SELECT dimension, complete_from FROM smsengage.tally_dimension ORDER BY 1;
SELECT * FROM wrong();
SELECT smsengage.add_tally_dimension('link_name');
SELECT smsengage.add_tally_dimension('sender_id');
SELECT smsengage.drop_store(force => true);
-- the functions above, which must not stand in the way of other tests
DO $$ BEGIN EXECUTE (SELECT string_agg(format('DROP ROUTINE %s', p.oid::regprocedure), '; ') FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace); END $$;
