-- People for segments.sh, the tables of figures, and the functions that take
-- them.
SET client_min_messages = warning;
SELECT smsengage_internal.make_partition(m::date)
FROM generate_series(date_trunc('month', :'last_day'::timestamp - interval '60 days'), :'last_day'::timestamp, '1 month') m;

INSERT INTO smsengage.individual (scope, individual_id, individual_no)
SELECT 'salesforce_dmo', 'ind-' || i, i FROM generate_series(1, :people) i;
SELECT setval(pg_get_serial_sequence('smsengage.individual', 'individual_no'), :people);
VACUUM ANALYZE smsengage.individual;

CREATE TABLE figure (events bigint, what text, run int, ms float8, answer bigint);
CREATE TABLE fact (events bigint, what text, value numeric);
CREATE FUNCTION measure(events bigint, what text, query text, run int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	answer bigint;
	start timestamptz := clock_timestamp();
BEGIN
	EXECUTE query INTO answer;
	INSERT INTO figure VALUES (events, what, run, extract(epoch FROM clock_timestamp() - start) * 1000, answer);
END $$;
CREATE FUNCTION plain(at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT individual_no FROM smsengage.event WHERE event_type = ''CLICK'' AND event_time >= %L AND event_time < %L
		AND individual_no <> 0 AND (part IS NULL OR part = 0) GROUP BY 1 HAVING count(*) >= 3', at - interval '30 days', at) $$;
CREATE FUNCTION sized(at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT smsengage.segment_size(''click >= 3 in last 30 days'', %L)', at) $$;
CREATE FUNCTION listed(at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT count(individual_id) FROM smsengage.segment(''click >= 3 in last 30 days'', %L)', at) $$;
CREATE FUNCTION asked(people bigint, at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT count(smsengage.is_member(n, ''click >= 3 in last 30 days''::smsengage.segment_rule, %L))
		FROM (SELECT 1 + floor(random() * %s)::bigint AS n FROM generate_series(1, 1000)) p', at, people) $$;
-- memory of this backend in kB: now, and at its peak
CREATE FUNCTION memory(line text) RETURNS bigint LANGUAGE sql AS $$
	SELECT substring(pg_read_file('/proc/self/status') FROM line || ':\s*(\d+)')::bigint $$;
