-- What one call, account or day may take of the store.

CREATE FUNCTION smsengage_internal.limit_of(name text, limited boolean)
RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT l.value FROM smsengage.store_limit l WHERE l.name = limit_of.name AND (l.everyone OR limited));
END
$$;
COMMENT ON FUNCTION smsengage_internal.limit_of(text, boolean) IS 'A limit of the table store_limit as it holds for a call; NULL if there is none. Used by ingestion.';

CREATE FUNCTION smsengage_internal.names_made(account text, dimension text, day date)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_names_made' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.names_made(text, text, date) IS 'How many names of an account and dimension got a series of their own on a day, those of transactions that have not ended too; NULL on a cluster. Used by ingestion.';

CREATE FUNCTION smsengage_internal.rejected_size(account text, day date)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_rejected_size' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage_internal.rejected_size(text, date) IS 'How many bytes rejected_count says were kept of an account and day, those of transactions that have not ended too; NULL on a cluster. Used by ingestion.';

CREATE FUNCTION smsengage_internal.count_rejects(day date, account text, provider text, kept bigint, kept_size bigint, lost bigint, lost_size bigint)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	free bigint;
BEGIN
	-- a row that no other call is at
	SELECT c.count_no INTO free
	FROM smsengage.rejected_count c
	WHERE c.account = count_rejects.account AND c.day = count_rejects.day AND c.provider = count_rejects.provider
	ORDER BY c.count_no
	LIMIT 1
	FOR UPDATE SKIP LOCKED;
	IF free IS NULL THEN
		INSERT INTO smsengage.rejected_count (day, account, provider, kept_pieces, kept_bytes, lost_pieces, lost_bytes)
		VALUES (day, account, provider, kept, kept_size, lost, lost_size);
	ELSE
		UPDATE smsengage.rejected_count c
		SET kept_pieces = c.kept_pieces + kept, kept_bytes = c.kept_bytes + kept_size,
			lost_pieces = c.lost_pieces + lost, lost_bytes = c.lost_bytes + lost_size
		WHERE c.count_no = free;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage_internal.count_rejects(date, text, text, bigint, bigint, bigint, bigint) IS 'Adds to rejected_count what a call had. Used by store_rejects().';

CREATE FUNCTION smsengage_internal.last_reject(batch smsengage.parsed_batch, account text, erased uuid[], most bigint)
RETURNS uuid
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own text := coalesce(account, '');
	today date := timezone('UTC', now())::date;
	room bigint := most - coalesce(smsengage_internal.rejected_size(own, today),
		(SELECT sum(c.kept_bytes) FROM smsengage.rejected_count c WHERE c.account = own AND c.day = today), 0);
	-- looked up by themselves, as a cluster cannot send a batch
	digests uuid[] := ARRAY(SELECT DISTINCT b.digest FROM smsengage_internal.batch_pieces(batch, account) b);
	known uuid[] := ARRAY(SELECT e.digest FROM smsengage.rejected_event e WHERE e.digest = ANY (digests))
		|| ARRAY(SELECT n.digest FROM smsengage.provider_notice n WHERE n.digest = ANY (digests)) || erased;
	last uuid := '00000000-0000-0000-0000-000000000000';
	part record;
BEGIN
	FOR part IN
		SELECT p.provider, (max(p.digest::text COLLATE "C") FILTER (WHERE p.filled <= room))::uuid AS last,
			count(*) FILTER (WHERE p.filled <= room) AS kept, coalesce(sum(p.size) FILTER (WHERE p.filled <= room), 0)::bigint AS kept_size,
			count(*) FILTER (WHERE p.filled > room) AS lost, coalesce(sum(p.size) FILTER (WHERE p.filled > room), 0)::bigint AS lost_size
		FROM (
			-- in an order that nobody chooses; what is there already needs no room
			SELECT r.provider, r.digest, r.size, sum(r.size) OVER (ORDER BY r.digest) AS filled
			FROM (
				SELECT DISTINCT ON (b.digest) b.provider, b.digest,
					200 + octet_length(b.reason)::bigint + octet_length(b.payload) + coalesce(octet_length(b.payload_bytes), 0) AS size
				FROM smsengage_internal.batch_pieces(batch, account) b
				ORDER BY b.digest
			) r
			WHERE NOT EXISTS (SELECT FROM unnest(known) k WHERE k = r.digest)
		) p
		GROUP BY p.provider
		ORDER BY p.provider
	LOOP
		last := CASE WHEN part.last > last THEN part.last ELSE last END;
		PERFORM smsengage_internal.count_rejects(today, own, part.provider, part.kept, part.kept_size, part.lost, part.lost_size);
	END LOOP;
	RETURN last;
END
$$;
COMMENT ON FUNCTION smsengage_internal.last_reject(smsengage.parsed_batch, text, uuid[], bigint) IS 'The last piece, in order of digests, that the batch''s account has room for within a limit of bytes for the day; counts those before and behind it in rejected_count. Used by store_rejects().';

CREATE FUNCTION smsengage_internal.names_beyond(batch smsengage.parsed_batch, event_keys bigint[], dimensions text[], series_nos bigint[], limited boolean)
RETURNS integer[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	today date := timezone('UTC', now())::date;
	most bigint := smsengage_internal.limit_of('new_names', limited);
BEGIN
	IF most IS NULL THEN
		RETURN '{}';
	END IF;
	RETURN ARRAY(
		WITH missing AS MATERIALIZED (
			SELECT b.no, b.account, b.dimension, row_number() OVER (PARTITION BY b.account, b.dimension ORDER BY b.no) AS nth
			FROM smsengage_internal.batch_series(batch, event_keys, dimensions) b
			WHERE series_nos[b.no] IS NULL AND b.dimension <> '' AND b.value <> '(other)'
		), room AS MATERIALIZED (
			SELECT g.account, g.dimension, most - coalesce(smsengage_internal.names_made(g.account, g.dimension, today),
				(SELECT count(*) FROM smsengage.series s
				 WHERE s.account = g.account AND s.dimension = g.dimension AND s.made_on = today AND s.own AND s.value <> '(other)')) AS n
			FROM (SELECT DISTINCT m.account, m.dimension FROM missing m) g
		)
		SELECT m.no FROM missing m JOIN room r ON r.account = m.account AND r.dimension = m.dimension WHERE m.nth > r.n);
END
$$;
COMMENT ON FUNCTION smsengage_internal.names_beyond(smsengage.parsed_batch, bigint[], text[], bigint[], boolean) IS 'Which series of batch_series() that have no number yet (NULL in series_nos) come after the limit new_names, by their no. Used by add_series().';

CREATE FUNCTION smsengage_internal.add_series(batch smsengage.parsed_batch, event_keys bigint[], dimensions text[], series_nos bigint[], limited boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	today date := timezone('UTC', now())::date;
	beyond integer[] := smsengage_internal.names_beyond(batch, event_keys, dimensions, series_nos, limited);
BEGIN
	INSERT INTO smsengage.series (digest, account, event_type, dimension, value, made_on, own)
	SELECT b.digest, b.account, b.event_type, b.dimension, b.value, today, true
	FROM smsengage_internal.batch_series(batch, event_keys, dimensions) b
	WHERE series_nos[b.no] IS NULL AND NOT EXISTS (SELECT FROM unnest(beyond) x WHERE x = b.no)
	ORDER BY b.digest
	ON CONFLICT DO NOTHING;
	IF beyond = '{}' THEN
		RETURN;
	END IF;
	INSERT INTO smsengage.series (digest, account, event_type, dimension, value, made_on, own)
	SELECT DISTINCT smsengage_internal.series_digest(b.account, b.event_type, b.dimension, '(other)'), b.account, b.event_type, b.dimension, '(other)', today, true
	FROM smsengage_internal.batch_series(batch, event_keys, dimensions) b
	JOIN unnest(beyond) x ON x = b.no
	ORDER BY 1
	ON CONFLICT DO NOTHING;
	WITH b AS MATERIALIZED (
		-- a cluster cannot send a batch
		SELECT s.*, smsengage_internal.series_digest(s.account, s.event_type, s.dimension, '(other)') AS other
		FROM smsengage_internal.batch_series(batch, event_keys, dimensions) s
		JOIN unnest(beyond) x ON x = s.no
	)
	INSERT INTO smsengage.series (series_no, digest, account, event_type, dimension, value, made_on, own)
	SELECT o.series_no, b.digest, b.account, b.event_type, b.dimension, b.value, today, false
	FROM b
	JOIN smsengage.series o ON o.digest = b.other
	ORDER BY b.digest
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage_internal.add_series(smsengage.parsed_batch, bigint[], text[], bigint[], boolean) IS 'Adds the series of batch_series() that have no number yet (NULL in series_nos): within the limit new_names each with one of its own, the others with that of the name (other). Used by add_tallies().';
