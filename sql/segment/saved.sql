-- Saved segments.

CREATE FUNCTION smsengage.rule_segments(rule smsengage.segment_rule)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_rule_segments' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;
COMMENT ON FUNCTION smsengage.rule_segments(smsengage.segment_rule) IS 'The names of the saved segments that a rule names.';

-- saved segments

CREATE FUNCTION smsengage.save_segment(name text, rule smsengage.segment_rule, description text DEFAULT NULL, account text DEFAULT '')
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
BEGIN
	IF coalesce(name, '') = '' OR rule IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a segment needs a name and a rule';
	END IF;
	SELECT s INTO missing
	FROM smsengage.rule_segments(rule) s
	WHERE s <> name AND NOT EXISTS (SELECT FROM smsengage.segment_definition d WHERE d.name = s)
	LIMIT 1;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('there is no segment "%s"', missing);
	END IF;
	IF EXISTS (
		WITH RECURSIVE part (name) AS (
			SELECT s FROM smsengage.rule_segments(save_segment.rule) s
			UNION
			SELECT s FROM part p JOIN smsengage.segment_definition d ON d.name = p.name CROSS JOIN LATERAL smsengage.rule_segments(d.rule::smsengage.segment_rule) s
		)
		SELECT FROM part p WHERE p.name = save_segment.name)
	THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_recursion', MESSAGE = format('segment "%s" would be part of itself', name);
	END IF;
	INSERT INTO smsengage.segment_definition AS d (name, rule, description, saved_at, account)
	VALUES (save_segment.name, save_segment.rule::text, save_segment.description, now(), coalesce(save_segment.account, ''))
	ON CONFLICT ON CONSTRAINT segment_definition_pkey DO UPDATE SET rule = excluded.rule, description = excluded.description, saved_at = excluded.saved_at, account = excluded.account;
END
$$;
COMMENT ON FUNCTION smsengage.save_segment(text, smsengage.segment_rule, text, text) IS 'Saves a rule under a name, or replaces it; with an account, only readers of this account see it and may name it. Raises 42704 if the rule names a segment that there is not, 42P19 if the segment would be part of itself.';

CREATE FUNCTION smsengage.save_segment(name text, rule text, description text DEFAULT NULL, account text DEFAULT '')
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.save_segment(name, rule::smsengage.segment_rule, description, account);
END
$$;
COMMENT ON FUNCTION smsengage.save_segment(text, text, text, text) IS 'The same for a rule as text.';
