-- For pgbench: a payload of :size events that no other call has, and the table
-- that the plain INSERT fills.  Cheap: one prepared text, its numbers replaced.
CREATE TABLE bench_text (size integer PRIMARY KEY, payload text NOT NULL);
INSERT INTO bench_text
SELECT size, CASE size WHEN 1 THEN min(payload) ELSE '[' || string_agg(payload, ',') || ']' END
FROM (VALUES (1), (10), (100), (1000)) s (size),
	 LATERAL (SELECT replace(payload, '"compositeId":"', '"compositeId":"@') AS payload FROM raw_ens LIMIT size) r
GROUP BY size;
CREATE FUNCTION bench_payload(n bigint, size integer) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT replace(replace(t.payload, '"@', '"' || n || '-'), '"customer-', '"customer-' || n % 1000) FROM bench_text t WHERE t.size = bench_payload.size
$$;
CREATE TABLE plain_payload (no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), payload text NOT NULL);
