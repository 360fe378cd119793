-- segment_rule: who did what, how often, when

CREATE TYPE smsengage.segment_rule;

CREATE FUNCTION smsengage.segment_rule_in(pg_catalog.cstring) RETURNS smsengage.segment_rule
	AS 'MODULE_PATHNAME', 'sms_segment_rule_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.segment_rule_in(pg_catalog.cstring) IS 'input of segment_rule; errors: 42601 with position, what was read and expected; 54000 for a limit, 54001 for too many nested parentheses';

CREATE FUNCTION smsengage.segment_rule_out(smsengage.segment_rule) RETURNS pg_catalog.cstring
	AS 'MODULE_PATHNAME', 'sms_segment_rule_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_out(smsengage.segment_rule) IS 'output of segment_rule: the canonical text';

CREATE FUNCTION smsengage.segment_rule_recv(pg_catalog.internal) RETURNS smsengage.segment_rule
	AS 'MODULE_PATHNAME', 'sms_segment_rule_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.segment_rule_recv(pg_catalog.internal) IS 'binary input of segment_rule: a version byte (1), then text, which is read as by segment_rule_in';

CREATE FUNCTION smsengage.segment_rule_send(smsengage.segment_rule) RETURNS pg_catalog.bytea
	AS 'MODULE_PATHNAME', 'sms_segment_rule_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_send(smsengage.segment_rule) IS 'binary output of segment_rule: a version byte (1), then the canonical text';

CREATE TYPE smsengage.segment_rule (
	INPUT = smsengage.segment_rule_in,
	OUTPUT = smsengage.segment_rule_out,
	RECEIVE = smsengage.segment_rule_recv,
	SEND = smsengage.segment_rule_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = pg_catalog.int4,
	STORAGE = extended
);
COMMENT ON TYPE smsengage.segment_rule IS $$A rule that people fulfil or not at a moment. Equal when the canonical texts are equal.

rule      = all { "or" all }
all       = one { "and" one }
one       = { "not" } ( "(" rule ")" | condition )
condition = event [ count ] [ window ]
          | event [ count ] "in" n "of" "last" n ( days | weeks | months ) [ zone ]
          | event [ window ] ( "then" | "not" "followed" "by" ) event [ "within" span [ zone ] ]
          | ( "first" | "last" ) event window
          | "subscribed" [ "to" 'sender' ]
          | "bucket" percent "%" [ "seed" 'text' ]
          | "in" "segment" 'name'
          | "individual" "in" ( 'id', ... )
          | "known"
event     = an event type in lower case, or "event" for any, then [ "[" filter { "and" filter } "]" ]
filter    = column ( = <> < <= > >= ) value | column [ "not" ] "in" ( value, ... )
          | column [ "not" ] "like" 'pattern' | column "is" [ "not" ] "null"
count     = ( = <> < <= > >= ) n [ "times" ] | "at least" n | "at most" n | "exactly" n | "fewer than" n | "more than" n
window    = "in last" span [ zone ] | ( "more" | "less" ) "than" span "ago" [ zone ]
          | "in" ( "this" | "previous" ) ( day | week | month | quarter | year ) [ zone ]
          | "since" 'time' [ zone ] | "before" 'time' [ zone ] | "between" 'time' "and" 'time' [ zone ]
span      = n unit { n unit }, units from minute to year
zone      = "at time zone" 'name'; UTC unless named

Windows are half-open and end at the moment asked for at the latest; no window means ever. No count means at least once; a count that zero fulfils holds for everyone known without such an event. "in last" rolls back from the moment by calendar arithmetic, "in this" and "in previous" follow the calendar (weeks start on Monday), "in 3 of last 4 weeks" wants the count in at least 3 of the 4 periods that roll back from the moment. "first" and "last" ask whether the first (last) such event of all lies in the window. "A then B within D": some A in the window has a B later than A, by at most D. "A not followed by B within D": some A in the window, with D run out at the moment, has none. A missing value fulfils no filter but "is null".

Limits: 65536 bytes, 64 parentheses inside each other, 1000 conditions, 1000 items of a list, 32 filters of an event, 1000 periods, spans of 1000 years, counts up to 2147483647.$$;

-- comparison, by the bytes of the canonical text

CREATE FUNCTION smsengage.segment_rule_eq(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_eq(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of = operator';
CREATE FUNCTION smsengage.segment_rule_ne(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_ne(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of <> operator';
CREATE FUNCTION smsengage.segment_rule_lt(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_lt(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of < operator';
CREATE FUNCTION smsengage.segment_rule_le(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_le(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of <= operator';
CREATE FUNCTION smsengage.segment_rule_gt(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_gt(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of > operator';
CREATE FUNCTION smsengage.segment_rule_ge(smsengage.segment_rule, smsengage.segment_rule) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sms_segment_rule_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_ge(smsengage.segment_rule, smsengage.segment_rule) IS 'implementation of >= operator';
CREATE FUNCTION smsengage.segment_rule_cmp(smsengage.segment_rule, smsengage.segment_rule) RETURNS integer
	AS 'MODULE_PATHNAME', 'sms_segment_rule_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_cmp(smsengage.segment_rule, smsengage.segment_rule) IS 'order of the canonical texts by their bytes: -1, 0 or 1';
CREATE FUNCTION smsengage.segment_rule_hash(smsengage.segment_rule) RETURNS integer
	AS 'MODULE_PATHNAME', 'sms_segment_rule_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_hash(smsengage.segment_rule) IS 'hash of the canonical text';
CREATE FUNCTION smsengage.segment_rule_hash_extended(smsengage.segment_rule, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'sms_segment_rule_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.segment_rule_hash_extended(smsengage.segment_rule, bigint) IS 'seeded hash of the canonical text';

CREATE OPERATOR smsengage.= (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_eq,
	COMMUTATOR = OPERATOR(smsengage.=), NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR smsengage.= (smsengage.segment_rule, smsengage.segment_rule) IS 'equal canonical text';
CREATE OPERATOR smsengage.<> (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_ne,
	COMMUTATOR = OPERATOR(smsengage.<>), NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR smsengage.<> (smsengage.segment_rule, smsengage.segment_rule) IS 'other canonical text';
CREATE OPERATOR smsengage.< (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_lt,
	COMMUTATOR = OPERATOR(smsengage.>), NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR smsengage.< (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts before';
CREATE OPERATOR smsengage.<= (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_le,
	COMMUTATOR = OPERATOR(smsengage.>=), NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR smsengage.<= (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts before or is equal';
CREATE OPERATOR smsengage.> (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_gt,
	COMMUTATOR = OPERATOR(smsengage.<), NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR smsengage.> (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts after';
CREATE OPERATOR smsengage.>= (
	LEFTARG = smsengage.segment_rule, RIGHTARG = smsengage.segment_rule,
	FUNCTION = smsengage.segment_rule_ge,
	COMMUTATOR = OPERATOR(smsengage.<=), NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR smsengage.>= (smsengage.segment_rule, smsengage.segment_rule) IS 'canonical text sorts after or is equal';

CREATE OPERATOR CLASS smsengage.segment_rule_ops DEFAULT FOR TYPE smsengage.segment_rule USING btree AS
	OPERATOR 1 smsengage.<, OPERATOR 2 smsengage.<=, OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=, OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.segment_rule_cmp(smsengage.segment_rule, smsengage.segment_rule);
COMMENT ON OPERATOR CLASS smsengage.segment_rule_ops USING btree IS 'order of the canonical texts by their bytes';
COMMENT ON OPERATOR FAMILY smsengage.segment_rule_ops USING btree IS 'order of the canonical texts by their bytes';
CREATE OPERATOR CLASS smsengage.segment_rule_ops DEFAULT FOR TYPE smsengage.segment_rule USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.segment_rule_hash(smsengage.segment_rule),
	FUNCTION 2 smsengage.segment_rule_hash_extended(smsengage.segment_rule, bigint);
COMMENT ON OPERATOR CLASS smsengage.segment_rule_ops USING hash IS 'hash of the canonical text';
COMMENT ON OPERATOR FAMILY smsengage.segment_rule_ops USING hash IS 'hash of the canonical text';

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
'the conditions of a rule in the order of its text: number from 1; kind (count, regular, first, last, followed, not_followed, subscribed, bucket, segment, individual, known); event type (null: any, or none); its filters; comparison and n of a count; window and its time zone (null: ever, or none); the text of the whole condition';

CREATE FUNCTION smsengage.rule_window(rule smsengage.segment_rule, no integer, at pg_catalog.timestamptz,
	OUT since pg_catalog.timestamptz, OUT until pg_catalog.timestamptz)
	AS 'MODULE_PATHNAME', 'sms_rule_window_sql' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.rule_window(smsengage.segment_rule, integer, pg_catalog.timestamptz) IS
'the window of a condition (number as in rule_conditions) at a moment, half-open and clipped at the moment: since is -infinity where the window has no start, and equals until where it is empty; for "in K of last N" all periods together; nulls for a condition without events; errors: 22023 for an unknown time zone, an infinite moment or a number that is no condition, 22008 for an instant out of range';
