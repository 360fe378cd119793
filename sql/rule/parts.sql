-- Rules made of rules, and what they are made of.

-- putting rules together

CREATE FUNCTION smsengage.rule_and(a smsengage.segment_rule, b smsengage.segment_rule) RETURNS smsengage.segment_rule
	AS 'MODULE_PATHNAME', 'sms_rule_and' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.rule_and(smsengage.segment_rule, smsengage.segment_rule) IS 'the rule that both rules hold; errors: 54000, 54001 where the result exceeds a limit of segment_rule';
CREATE FUNCTION smsengage.rule_or(a smsengage.segment_rule, b smsengage.segment_rule) RETURNS smsengage.segment_rule
	AS 'MODULE_PATHNAME', 'sms_rule_or' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.rule_or(smsengage.segment_rule, smsengage.segment_rule) IS 'the rule that one of the rules holds, or both; errors: 54000, 54001 where the result exceeds a limit of segment_rule';
CREATE FUNCTION smsengage.rule_not(a smsengage.segment_rule) RETURNS smsengage.segment_rule
	AS 'MODULE_PATHNAME', 'sms_rule_not' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.rule_not(smsengage.segment_rule) IS 'the rule that the rule does not hold; twice gives the rule itself; errors: 54001 where the result exceeds a limit of segment_rule';

-- looking into a rule

CREATE FUNCTION smsengage.rule_conditions(rule smsengage.segment_rule,
	OUT no integer, OUT kind pg_catalog.text, OUT event_type pg_catalog.text, OUT filters pg_catalog.text, OUT comparison pg_catalog.text,
	OUT n bigint, OUT window_text pg_catalog.text, OUT zone pg_catalog.text, OUT condition pg_catalog.text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'sms_rule_conditions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 3;
COMMENT ON FUNCTION smsengage.rule_conditions(smsengage.segment_rule) IS
'the conditions of a rule in the order of its text: number from 1; kind (count, regular, first, last, followed, not_followed, opted_out, opted_in, bucket, segment, individual, known); event type (null: any, or none); its filters; comparison and n of a count; window and its time zone (null: ever, or none); the text of the whole condition';

CREATE FUNCTION smsengage.rule_window(rule smsengage.segment_rule, no integer, at pg_catalog.timestamptz,
	OUT since pg_catalog.timestamptz, OUT until pg_catalog.timestamptz)
	AS 'MODULE_PATHNAME', 'sms_rule_window_sql' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.rule_window(smsengage.segment_rule, integer, pg_catalog.timestamptz) IS
'the window of a condition (number as in rule_conditions) at a moment, half-open and clipped at the moment: since is -infinity where the window has no start, and equals until where it is empty; for "in K of last N" all periods together; nulls for a condition without events; errors: 22023 for an unknown time zone, an infinite moment or a number that is no condition, 22008 for an instant out of range';
