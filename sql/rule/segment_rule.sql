-- segment_rule: who did what, how often, when.

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
          | "opted" ( "out" | "in" ) [ "of" 'sender' ]
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

Windows are half-open and end at the moment asked for at the latest; no window means ever. No count means at least once; a count that zero fulfils holds for everyone known without such an event. "in last" rolls back from the moment by calendar arithmetic, "in this" and "in previous" follow the calendar (weeks start on Monday), "in 3 of last 4 weeks" wants the count in at least 3 of the 4 periods that roll back from the moment. "first" and "last" ask whether the first (last) such event of all lies in the window. "A then B within D": some A in the window has a B later than A, by at most D. "A not followed by B within D": some A in the window, with D run out at the moment, has none. A missing value fulfils no filter but "is null". "opted out" and "opted in" ask for the state of consent at the moment, as subscription_state() tells it; who said nothing is in neither. "subscribed" [ "to" 'sender' ] means opted in.

Limits: 65536 bytes, 64 parentheses inside each other, 1000 conditions, 1000 items of a list, 32 filters of an event, 1000 periods, spans of 1000 years, counts up to 2147483647.$$;
