-- smsengage: types, functions and aggregates of the extension.
-- The tables of a store are made by create_store() and are not members.
\echo Use "CREATE EXTENSION smsengage" to load this file. \quit

COMMENT ON SCHEMA smsengage IS 'SMS engagement data: events, delivery state, tallies, segments and the send gate';

CREATE FUNCTION smsengage.may_commit()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_may_commit' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION smsengage.may_commit() IS 'Whether the procedure that asks may COMMIT: false inside a transaction block or a function. Used by procedures.';
-- Taxonomy: every provider's codes and what they mean.  Pure functions over
-- tables compiled into the library, and reference views over them.

CREATE FUNCTION smsengage.status_group(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'sms_status_group'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.status_group(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'Status group of a provider''s code: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED; UNKNOWN for a code in no table whose group is not known either; NULL for a code that says nothing of delivery, or without provider or event class. event_class: status, not_sent, error, or an ENS event type (SmsSent, SmsNotSent, SmsTransient, SmsDelivered, SmsBounced). The group a provider states stands, whatever the name of the status begins with.';

CREATE FUNCTION smsengage.status_class(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'sms_status_class'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.status_class(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'Class of a provider''s code, in rising order of knowledge: unknown, accepted, not_sent, sent, in_transit, to_operator, expired, undelivered, delivered, seen; NULL for a code that says nothing of delivery. The class of an error counts only where no status came with it.';

CREATE FUNCTION smsengage.is_permanent(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.text) RETURNS pg_catalog.bool
	AS 'MODULE_PATHNAME', 'sms_is_permanent'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.is_permanent(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'Does the provider call this failure permanent? NULL where it does not say. A default: the flag of a report itself counts more.';

CREATE FUNCTION smsengage.opt_out_scope(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'sms_opt_out_scope'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.opt_out_scope(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'Whether a code means that the person opted out: sender (of this sender, list or agent), account (of every sender of the account), NULL if it means no opt-out.';

-- The same for codes held as numbers.
CREATE FUNCTION smsengage.status_group(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.int4) RETURNS pg_catalog.text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT smsengage.status_group(provider, event_class, group_code, CAST(code AS pg_catalog.text));
	END;
COMMENT ON FUNCTION smsengage.status_group(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Status group of a provider''s code, for a code held as a number';

CREATE FUNCTION smsengage.status_class(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.int4) RETURNS pg_catalog.text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT smsengage.status_class(provider, event_class, group_code, CAST(code AS pg_catalog.text));
	END;
COMMENT ON FUNCTION smsengage.status_class(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Class of a provider''s code, for a code held as a number';

CREATE FUNCTION smsengage.is_permanent(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.int4) RETURNS pg_catalog.bool
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT smsengage.is_permanent(provider, event_class, group_code, CAST(code AS pg_catalog.text));
	END;
COMMENT ON FUNCTION smsengage.is_permanent(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Does the provider call this failure permanent, for a code held as a number';

CREATE FUNCTION smsengage.opt_out_scope(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.int4) RETURNS pg_catalog.text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT smsengage.opt_out_scope(provider, event_class, group_code, CAST(code AS pg_catalog.text));
	END;
COMMENT ON FUNCTION smsengage.opt_out_scope(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Whether a code means that the person opted out, for a code held as a number';

CREATE FUNCTION smsengage.status_group_id(status_group pg_catalog.text) RETURNS pg_catalog.int4
	AS 'MODULE_PATHNAME', 'sms_status_group_id'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.status_group_id(pg_catalog.text) IS
'Number of a status group, as Infobip numbers them: ACCEPTED 0, PENDING 1, UNDELIVERABLE 2, DELIVERED 3, EXPIRED 4, REJECTED 5; NULL for UNKNOWN and for any other word';

CREATE FUNCTION smsengage.status_codes(OUT provider pg_catalog.text, OUT event_class pg_catalog.text,
	OUT group_id pg_catalog.int4, OUT group_name pg_catalog.text, OUT code pg_catalog.text,
	OUT name pg_catalog.text, OUT description pg_catalog.text, OUT status_class pg_catalog.text,
	OUT status_group pg_catalog.text, OUT is_final pg_catalog.bool, OUT permanent pg_catalog.bool,
	OUT issue pg_catalog.int4, OUT block_code pg_catalog.int4, OUT opt_out pg_catalog.text,
	OUT category pg_catalog.text, OUT subcategory pg_catalog.text, OUT duplicate pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_status_codes'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 550;
COMMENT ON FUNCTION smsengage.status_codes() IS
'Every code of every provider in the order of the tables; columns as in the view status_code';

CREATE FUNCTION smsengage.delivery_issues(OUT issue_no pg_catalog.int4, OUT issue pg_catalog.text,
	OUT meaning pg_catalog.text, OUT possible_fix pg_catalog.text, OUT retryable pg_catalog.bool,
	OUT kind pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_delivery_issues'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 8;
COMMENT ON FUNCTION smsengage.delivery_issues() IS
'The eight delivery issues of Intercom''s outbound SMS report; columns as in the view delivery_issue_reason';

CREATE FUNCTION smsengage.delivery_issue(provider pg_catalog.text, reason pg_catalog.text,
	OUT issue pg_catalog.text, OUT meaning pg_catalog.text, OUT possible_fix pg_catalog.text,
	OUT retryable pg_catalog.bool)
	AS 'MODULE_PATHNAME', 'sms_delivery_issue'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.delivery_issue(pg_catalog.text, pg_catalog.text) IS
'The delivery issue behind a reason: Intercom''s text (straight or curly quotes, any case, with or without full stop), or a code or the name of a code of the provider. A number that is both an error and a status is taken for the error; the form with four arguments tells them apart. All columns NULL if there is none.';

CREATE FUNCTION smsengage.delivery_issue(provider pg_catalog.text, event_class pg_catalog.text,
	group_code pg_catalog.int4, code pg_catalog.text,
	OUT issue pg_catalog.text, OUT meaning pg_catalog.text, OUT possible_fix pg_catalog.text,
	OUT retryable pg_catalog.bool)
	AS 'MODULE_PATHNAME', 'sms_delivery_issue_of_code'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.delivery_issue(pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'The delivery issue behind a code of exactly this event class and group; all columns NULL if there is none';

CREATE FUNCTION smsengage.status_categories(OUT category pg_catalog.text, OUT subcategory pg_catalog.text,
	OUT meaning pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_status_categories'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 23;
COMMENT ON FUNCTION smsengage.status_categories() IS
'The five categories of EngageLab''s SMS status page, each followed by its subcategories; columns as in the view status_category';

CREATE FUNCTION smsengage.block_codes(OUT code pg_catalog.int4, OUT description pg_catalog.text,
	OUT block_interval pg_catalog.interval, OUT scope pg_catalog.text, OUT user_deletable pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_block_codes'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION smsengage.block_codes() IS
'The ten block list codes with the policy EngageLab publishes: how long a failure of this kind blocks the number (0: it is recorded and never blocks), for whom (global, local, none), and whether a user may delete his own record';

CREATE FUNCTION smsengage.channels() RETURNS SETOF pg_catalog.text
	AS 'MODULE_PATHNAME', 'sms_channels'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 17;
COMMENT ON FUNCTION smsengage.channels() IS
'Names of the channels a message can go through; OTHER stands for every name that is not in the list';

CREATE FUNCTION smsengage.event_types(OUT event_type pg_catalog.text, OUT origin pg_catalog.text,
	OUT meaning pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_event_types'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 18;
COMMENT ON FUNCTION smsengage.event_types() IS
'The event types of a store; columns as in the view event_type_reference';

-- Reference views
CREATE VIEW smsengage.status_code AS
	SELECT c.provider, c.event_class, c.group_id, c.group_name, c.code, c.name, c.description,
		c.status_class, c.status_group, c.is_final, c.permanent, c.issue, c.block_code, c.opt_out,
		c.category, c.subcategory, c.duplicate
	FROM smsengage.status_codes() AS c;
COMMENT ON VIEW smsengage.status_code IS
'Every code of every provider: key is (provider, event_class, group_id, code)';
COMMENT ON COLUMN smsengage.status_code.provider IS 'provider that uses the code';
COMMENT ON COLUMN smsengage.status_code.event_class IS 'status, not_sent (ENS SmsNotSent: a code space of its own) or error';
COMMENT ON COLUMN smsengage.status_code.group_id IS 'the provider''s own number for the group of the code; null if it has no groups';
COMMENT ON COLUMN smsengage.status_code.group_name IS 'name of that group; groups of errors are other groups than those of statuses';
COMMENT ON COLUMN smsengage.status_code.code IS 'the code as the provider sends it';
COMMENT ON COLUMN smsengage.status_code.name IS 'the provider''s name for the code';
COMMENT ON COLUMN smsengage.status_code.description IS 'what the code means';
COMMENT ON COLUMN smsengage.status_code.status_class IS 'class of the code, see status_class(); null if it says nothing of delivery';
COMMENT ON COLUMN smsengage.status_code.status_group IS 'status group of the code, see status_group(); null if it says nothing of delivery';
COMMENT ON COLUMN smsengage.status_code.is_final IS 'true if no better report is expected after it';
COMMENT ON COLUMN smsengage.status_code.permanent IS 'true if sending again cannot help, false if it can, null if the provider does not say';
COMMENT ON COLUMN smsengage.status_code.issue IS 'number of the delivery issue, see delivery_issue_reason';
COMMENT ON COLUMN smsengage.status_code.block_code IS 'block list code that a failure with this code leads to, see block_code_default';
COMMENT ON COLUMN smsengage.status_code.opt_out IS 'sender or account if the code means that the person opted out';
COMMENT ON COLUMN smsengage.status_code.category IS 'category of EngageLab''s status page that the code belongs to, see status_category';
COMMENT ON COLUMN smsengage.status_code.subcategory IS 'subcategory within Process failed or Send failed';
COMMENT ON COLUMN smsengage.status_code.duplicate IS 'true if the report is about a second submission under a used message id: it says nothing of the first one and does not change its state';

CREATE VIEW smsengage.delivery_issue_reason AS
	SELECT i.issue_no, i.issue, i.meaning, i.possible_fix, i.retryable, i.kind
	FROM smsengage.delivery_issues() AS i;
COMMENT ON VIEW smsengage.delivery_issue_reason IS
'The eight reasons of Intercom''s delivery issue report, to which the failure codes of every provider are mapped';
COMMENT ON COLUMN smsengage.delivery_issue_reason.issue_no IS 'number of the issue, in the order of Intercom''s page';
COMMENT ON COLUMN smsengage.delivery_issue_reason.issue IS 'Intercom''s text';
COMMENT ON COLUMN smsengage.delivery_issue_reason.meaning IS 'what it means';
COMMENT ON COLUMN smsengage.delivery_issue_reason.possible_fix IS 'what can be done about it';
COMMENT ON COLUMN smsengage.delivery_issue_reason.retryable IS 'true if the same message to the same number may arrive at another time';
COMMENT ON COLUMN smsengage.delivery_issue_reason.kind IS 'bad_number, content, rate, unreachable, opt_out, temporary, country or account';

CREATE VIEW smsengage.status_category AS
	SELECT c.category, c.subcategory, c.meaning
	FROM smsengage.status_categories() AS c;
COMMENT ON VIEW smsengage.status_category IS
'The five categories of EngageLab''s SMS status page with the eight subcategories of Process failed and the ten of Send failed';
COMMENT ON COLUMN smsengage.status_category.category IS 'Sending, Delivered, Wait result, Process failed or Send failed';
COMMENT ON COLUMN smsengage.status_category.subcategory IS 'subcategory; null in the row of the category itself';
COMMENT ON COLUMN smsengage.status_category.meaning IS 'what it means';

CREATE VIEW smsengage.block_code_default AS
	SELECT b.code, b.description,
		CAST(pg_catalog.date_part('epoch', b.block_interval) AS pg_catalog.int8) AS block_seconds,
		b.scope, b.user_deletable
	FROM smsengage.block_codes() AS b;
COMMENT ON VIEW smsengage.block_code_default IS
'The ten block list codes with the policy EngageLab publishes; a store keeps its own, versioned copy in block_policy';
COMMENT ON COLUMN smsengage.block_code_default.code IS 'block list code, 500 to 590';
COMMENT ON COLUMN smsengage.block_code_default.description IS 'kind of failure';
COMMENT ON COLUMN smsengage.block_code_default.block_seconds IS 'how long such a failure blocks the number, in seconds; 0: it is recorded and never blocks';
COMMENT ON COLUMN smsengage.block_code_default.scope IS 'global: for every account; local: for the account it happened to; none: never blocks';
COMMENT ON COLUMN smsengage.block_code_default.user_deletable IS 'true if a user may delete his own record';

CREATE VIEW smsengage.event_type_reference AS
	SELECT t.event_type, t.origin, t.meaning
	FROM smsengage.event_types() AS t;
COMMENT ON VIEW smsengage.event_type_reference IS
'The event types of a store';
COMMENT ON COLUMN smsengage.event_type_reference.event_type IS 'name of the type';
COMMENT ON COLUMN smsengage.event_type_reference.origin IS 'Salesforce MessageEngagement for the eight of its data model, smsengage for what they lack';
COMMENT ON COLUMN smsengage.event_type_reference.meaning IS 'what an event of this type says';

-- The views belong to whoever ran the script, which is the bootstrap superuser
-- when a trusted extension is created.
GRANT SELECT ON smsengage.status_code, smsengage.delivery_issue_reason, smsengage.status_category,
	smsengage.block_code_default, smsengage.event_type_reference TO PUBLIC;
-- delivery_state: what is known about the delivery of one message

CREATE TYPE smsengage.delivery_state;

CREATE FUNCTION smsengage.delivery_state_in(pg_catalog.cstring)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_in';
COMMENT ON FUNCTION smsengage.delivery_state_in(pg_catalog.cstring) IS 'text input of delivery_state';

CREATE FUNCTION smsengage.delivery_state_out(smsengage.delivery_state)
RETURNS pg_catalog.cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_out';
COMMENT ON FUNCTION smsengage.delivery_state_out(smsengage.delivery_state) IS 'text output of delivery_state';

CREATE FUNCTION smsengage.delivery_state_recv(pg_catalog.internal)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_recv';
COMMENT ON FUNCTION smsengage.delivery_state_recv(pg_catalog.internal) IS 'binary input of delivery_state; bytes that are not canonical are refused';

CREATE FUNCTION smsengage.delivery_state_send(smsengage.delivery_state)
RETURNS pg_catalog.bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_send';
COMMENT ON FUNCTION smsengage.delivery_state_send(smsengage.delivery_state) IS 'binary output of delivery_state: the stored bytes, the same on every machine';

CREATE TYPE smsengage.delivery_state (
	INPUT = smsengage.delivery_state_in,
	OUTPUT = smsengage.delivery_state_out,
	RECEIVE = smsengage.delivery_state_recv,
	SEND = smsengage.delivery_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = main
);
COMMENT ON TYPE smsengage.delivery_state IS 'What is known about the delivery of one message, merged from its reports in any order. Text: entries separated by ";", each "CHANNEL[/part] class [code] [@time] by code|time|class", then ", sent time", ", seen time" and ", not_sent|expired|undelivered|delivered [time]" for what the deciding report does not imply, e.g. SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code, sent 2021-02-05T22:30:20Z. Times carry an offset from UTC. Empty text: no report yet.';

-- Making and merging

CREATE FUNCTION smsengage.delivery_report(
	class pg_catalog.text,
	code pg_catalog.int4 DEFAULT 0,
	at pg_catalog.timestamptz DEFAULT NULL,
	channel pg_catalog.text DEFAULT 'SMS',
	part pg_catalog.int4 DEFAULT NULL,
	ranking pg_catalog.text DEFAULT 'time',
	sent_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_report';
COMMENT ON FUNCTION smsengage.delivery_report(pg_catalog.text, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.int4, pg_catalog.text, pg_catalog.timestamptz) IS
'The delivery state after one report. class: unknown, accepted, not_sent, sent, in_transit, to_operator, expired, undelivered, delivered or seen (NULL: no report, NULL). code: the provider''s, 0 or NULL for none. at: when it happened, by the provider''s clock. channel: a name not in the list is OTHER. part: 0..254, NULL for the whole message. ranking: how reports of this provider outrank each other: code (Salesforce ENS: the highest status code is final; NotSent codes rank below 2000), time (final before open, then the latest) or class (payloads without a clock). sent_at: when the message was sent, if the report tells. Errors: 22023 for an unknown class, ranking or part, 22008 for a time that is infinite or outside the years 0001 to 9999.';

CREATE FUNCTION smsengage.delivery_merge(smsengage.delivery_state, smsengage.delivery_state)
RETURNS smsengage.delivery_state
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_merge_states';
COMMENT ON FUNCTION smsengage.delivery_merge(smsengage.delivery_state, smsengage.delivery_state) IS 'what both delivery states know together: commutative, associative, idempotent';

CREATE OPERATOR smsengage.|| (
	FUNCTION = smsengage.delivery_merge,
	LEFTARG = smsengage.delivery_state,
	RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.||)
);
COMMENT ON OPERATOR smsengage.|| (smsengage.delivery_state, smsengage.delivery_state) IS 'what both delivery states know together';

CREATE AGGREGATE smsengage.merge(smsengage.delivery_state) (
	SFUNC = smsengage.delivery_merge,
	STYPE = smsengage.delivery_state,
	COMBINEFUNC = smsengage.delivery_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.merge(smsengage.delivery_state) IS 'what all delivery states know together, the same in any order; NULL if there is none';

-- Comparison

CREATE FUNCTION smsengage.delivery_state_lt(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_lt';
COMMENT ON FUNCTION smsengage.delivery_state_lt(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of < operator';

CREATE FUNCTION smsengage.delivery_state_le(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_le';
COMMENT ON FUNCTION smsengage.delivery_state_le(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of <= operator';

CREATE FUNCTION smsengage.delivery_state_eq(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_eq';
COMMENT ON FUNCTION smsengage.delivery_state_eq(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of = operator';

CREATE FUNCTION smsengage.delivery_state_ne(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_ne';
COMMENT ON FUNCTION smsengage.delivery_state_ne(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of <> operator';

CREATE FUNCTION smsengage.delivery_state_ge(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_ge';
COMMENT ON FUNCTION smsengage.delivery_state_ge(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of >= operator';

CREATE FUNCTION smsengage.delivery_state_gt(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_gt';
COMMENT ON FUNCTION smsengage.delivery_state_gt(smsengage.delivery_state, smsengage.delivery_state) IS 'implementation of > operator';

CREATE FUNCTION smsengage.delivery_state_cmp(smsengage.delivery_state, smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_cmp';
COMMENT ON FUNCTION smsengage.delivery_state_cmp(smsengage.delivery_state, smsengage.delivery_state) IS 'order of the bytes of two delivery states: negative, 0 or positive';

CREATE FUNCTION smsengage.delivery_state_hash(smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_hash';
COMMENT ON FUNCTION smsengage.delivery_state_hash(smsengage.delivery_state) IS 'hash of a delivery state';

CREATE FUNCTION smsengage.delivery_state_hash_extended(smsengage.delivery_state, pg_catalog.int8)
RETURNS pg_catalog.int8
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_state_hash_extended';
COMMENT ON FUNCTION smsengage.delivery_state_hash_extended(smsengage.delivery_state, pg_catalog.int8) IS 'seeded 64-bit hash of a delivery state';

CREATE OPERATOR smsengage.= (
	FUNCTION = smsengage.delivery_state_eq,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.=), NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
COMMENT ON OPERATOR smsengage.= (smsengage.delivery_state, smsengage.delivery_state) IS 'the same knowledge';

CREATE OPERATOR smsengage.<> (
	FUNCTION = smsengage.delivery_state_ne,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.<>), NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR smsengage.<> (smsengage.delivery_state, smsengage.delivery_state) IS 'not the same knowledge';

CREATE OPERATOR smsengage.< (
	FUNCTION = smsengage.delivery_state_lt,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.>), NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR smsengage.< (smsengage.delivery_state, smsengage.delivery_state) IS 'comes before in the order of bytes';

CREATE OPERATOR smsengage.<= (
	FUNCTION = smsengage.delivery_state_le,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.>=), NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR smsengage.<= (smsengage.delivery_state, smsengage.delivery_state) IS 'comes before in the order of bytes, or is equal';

CREATE OPERATOR smsengage.>= (
	FUNCTION = smsengage.delivery_state_ge,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.<=), NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR smsengage.>= (smsengage.delivery_state, smsengage.delivery_state) IS 'comes after in the order of bytes, or is equal';

CREATE OPERATOR smsengage.> (
	FUNCTION = smsengage.delivery_state_gt,
	LEFTARG = smsengage.delivery_state, RIGHTARG = smsengage.delivery_state,
	COMMUTATOR = OPERATOR(smsengage.<), NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR smsengage.> (smsengage.delivery_state, smsengage.delivery_state) IS 'comes after in the order of bytes';

CREATE OPERATOR CLASS smsengage.delivery_state_ops
DEFAULT FOR TYPE smsengage.delivery_state USING btree AS
	OPERATOR 1 smsengage.<,
	OPERATOR 2 smsengage.<=,
	OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=,
	OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.delivery_state_cmp(smsengage.delivery_state, smsengage.delivery_state),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS smsengage.delivery_state_ops USING btree IS 'grouping and sorting of delivery states by their bytes';
COMMENT ON OPERATOR FAMILY smsengage.delivery_state_ops USING btree IS 'grouping and sorting of delivery states by their bytes';

CREATE OPERATOR CLASS smsengage.delivery_state_hash_ops
DEFAULT FOR TYPE smsengage.delivery_state USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.delivery_state_hash(smsengage.delivery_state),
	FUNCTION 2 smsengage.delivery_state_hash_extended(smsengage.delivery_state, pg_catalog.int8);
COMMENT ON OPERATOR CLASS smsengage.delivery_state_hash_ops USING hash IS 'hashing of delivery states by their bytes';
COMMENT ON OPERATOR FAMILY smsengage.delivery_state_hash_ops USING hash IS 'hashing of delivery states by their bytes';

-- Reading.  The message is as good as its best channel, a channel as bad as
-- its worst part; reports on the whole message count for each of its parts.

CREATE FUNCTION smsengage.status_group(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_group';
COMMENT ON FUNCTION smsengage.status_group(smsengage.delivery_state) IS 'Status group of the message, as Infobip names them: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED; UNKNOWN if no table has the code, or nothing was reported. "Delivered to operator" is in group DELIVERED, though not final.';

CREATE FUNCTION smsengage.status_group_id(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_group_id';
COMMENT ON FUNCTION smsengage.status_group_id(smsengage.delivery_state) IS 'Infobip''s id of the status group: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; NULL for UNKNOWN';

CREATE FUNCTION smsengage.status_class(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_class';
COMMENT ON FUNCTION smsengage.status_class(smsengage.delivery_state) IS 'class of the deciding report: unknown, accepted, not_sent, sent, in_transit, to_operator, expired, undelivered, delivered or seen; NULL if nothing was reported';

CREATE FUNCTION smsengage.status_category(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_category';
COMMENT ON FUNCTION smsengage.status_category(smsengage.delivery_state) IS 'EngageLab''s category of the message: Sending (accepted), Wait result (sent, no result yet), Delivered, Process failed (never given to a channel), Send failed (undelivered or expired); NULL if nothing was reported';

CREATE FUNCTION smsengage.status_code(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_status_code';
COMMENT ON FUNCTION smsengage.status_code(smsengage.delivery_state) IS 'the provider''s code in the deciding report; NULL if it has none';

CREATE FUNCTION smsengage.decision_split(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_decision_split';
COMMENT ON FUNCTION smsengage.decision_split(smsengage.delivery_state) IS 'branch of a journey''s decision split (Infobip''s Salesforce connector): DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, else NOT_AVAILABLE';

CREATE FUNCTION smsengage.sent_at(state smsengage.delivery_state)
RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_sent_at';
COMMENT ON FUNCTION smsengage.sent_at(smsengage.delivery_state) IS 'earliest time of sending that any report tells; a report of class sent tells its own time';

CREATE FUNCTION smsengage.done_at(state smsengage.delivery_state)
RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_done_at';
COMMENT ON FUNCTION smsengage.done_at(smsengage.delivery_state) IS 'when the final outcome was reached: the earliest report of a failure of that group, or the time by which every known part was delivered (of each part the earliest report counts); NULL while the message is open or without clocks';

CREATE FUNCTION smsengage.seen_at(state smsengage.delivery_state)
RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_seen_at';
COMMENT ON FUNCTION smsengage.seen_at(smsengage.delivery_state) IS 'earliest time at which the message was displayed, NULL if not reported';

CREATE FUNCTION smsengage.is_final(state smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_is_final';
COMMENT ON FUNCTION smsengage.is_final(smsengage.delivery_state) IS 'whether the message has an outcome: not sent, expired, undelivered, delivered or seen';

CREATE FUNCTION smsengage.is_conflicting(state smsengage.delivery_state)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_is_conflicting';
COMMENT ON FUNCTION smsengage.is_conflicting(smsengage.delivery_state) IS 'whether two different outcomes were reported for one part of one channel';

CREATE FUNCTION smsengage.parts_known(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_parts_known';
COMMENT ON FUNCTION smsengage.parts_known(smsengage.delivery_state) IS 'number of parts with reports of their own in the deciding channel; no provider tells the total in advance';

CREATE FUNCTION smsengage.parts_delivered(state smsengage.delivery_state)
RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_parts_delivered';
COMMENT ON FUNCTION smsengage.parts_delivered(smsengage.delivery_state) IS 'number of those parts that are delivered or seen; a message delivered as a whole, without known parts, counts 1';

CREATE FUNCTION smsengage.delivered_to(state smsengage.delivery_state)
RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sms_delivery_delivered_to';
COMMENT ON FUNCTION smsengage.delivered_to(smsengage.delivery_state) IS 'how far a delivery is confirmed: handset, or operator only (not final); NULL if not delivered';

CREATE FUNCTION smsengage.reports(
	state smsengage.delivery_state,
	OUT channel pg_catalog.text,
	OUT part pg_catalog.int4,
	OUT class pg_catalog.text,
	OUT code pg_catalog.int4,
	OUT at pg_catalog.timestamptz,
	OUT ranking pg_catalog.text,
	OUT sent_at pg_catalog.timestamptz,
	OUT seen_at pg_catalog.timestamptz,
	OUT conflict pg_catalog.bool)
RETURNS SETOF pg_catalog.record
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 2
AS 'MODULE_PATHNAME', 'sms_delivery_reports';
COMMENT ON FUNCTION smsengage.reports(smsengage.delivery_state) IS 'What is kept of each channel and part (NULL: the whole message): class, code, time and ranking of the deciding report, earliest sent and seen times, and whether two different outcomes were reported.';
-- tally: counts of the people of one chunk, and their sums.

CREATE TYPE smsengage.tally;

CREATE FUNCTION smsengage.tally_in(pg_catalog.cstring) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.tally_out(smsengage.tally) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'sms_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.tally_recv(pg_catalog.internal) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.tally_send(smsengage.tally) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'sms_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE smsengage.tally (
	INPUT = smsengage.tally_in,
	OUTPUT = smsengage.tally_out,
	RECEIVE = smsengage.tally_recv,
	SEND = smsengage.tally_send,
	STORAGE = main
);
COMMENT ON TYPE smsengage.tally IS 'Numbers of events of the people of one chunk: {3,17:2,40} is one event of offset 3, two of 17, one of 40. Offsets are 0 to 65535, counts 1 to 2147483647. Values above 7,800 bytes are to be stored through split().';


COMMENT ON FUNCTION smsengage.tally_in(pg_catalog.cstring) IS 'Input of tally; bad syntax is 22P02, an offset or a count out of range 22003';
COMMENT ON FUNCTION smsengage.tally_out(smsengage.tally) IS 'Output of tally: {offset[:count],...}';
COMMENT ON FUNCTION smsengage.tally_recv(pg_catalog.internal) IS 'Binary input of tally: a version byte and the canonical bytes, anything else is 22P03';
COMMENT ON FUNCTION smsengage.tally_send(smsengage.tally) IS 'Binary output of tally';

-- chunks of individual numbers
CREATE FUNCTION smsengage.chunk_of(individual_no pg_catalog.int8) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_chunk_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.chunk_start(chunk pg_catalog.int4) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_chunk_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.chunk_offset(individual_no pg_catalog.int8) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_chunk_offset' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.chunk_of(pg_catalog.int8) IS 'The chunk of an individual number: 65,536 consecutive numbers each; below 0 or above 2^47 - 1 is 22003';
COMMENT ON FUNCTION smsengage.chunk_start(pg_catalog.int4) IS 'The first individual number of a chunk; a negative chunk is 22003';
COMMENT ON FUNCTION smsengage.chunk_offset(pg_catalog.int8) IS 'The offset of an individual number in its chunk, 0 to 65535; errors as chunk_of';

-- making and reading
CREATE FUNCTION smsengage.tally(offsets pg_catalog.int4[], counts pg_catalog.int4[] DEFAULT NULL) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.individuals(tally smsengage.tally) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_individuals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.total(tally smsengage.tally) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.bytes(tally smsengage.tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.count_of(tally smsengage.tally, offset_no pg_catalog.int4) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_count_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION smsengage.tally_without(tally smsengage.tally, offset_no pg_catalog.int4) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.at_least(tally smsengage.tally, n pg_catalog.int4) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_at_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.entries(tally smsengage.tally,
	OUT offset_no pg_catalog.int4, OUT events pg_catalog.int8) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_entries' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000;
CREATE FUNCTION smsengage.split(tally smsengage.tally) RETURNS SETOF smsengage.tally
AS 'MODULE_PATHNAME', 'sms_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;

COMMENT ON FUNCTION smsengage.tally(pg_catalog.int4[], pg_catalog.int4[]) IS 'A tally of offsets in any order, each counting 1 or what stands in the same place of counts; repeated ones add up. NULL if offsets is NULL; a null element is 22004, arrays of different length 2202E, an offset or a count out of range 22003';
COMMENT ON FUNCTION smsengage.individuals(smsengage.tally) IS 'The number of different people in a tally, exactly';
COMMENT ON FUNCTION smsengage.total(smsengage.tally) IS 'The number of events in a tally';
COMMENT ON FUNCTION smsengage.bytes(smsengage.tally) IS 'How many bytes a tally takes, without its length word';
COMMENT ON FUNCTION smsengage.count_of(smsengage.tally, pg_catalog.int4) IS 'The number of events of one offset, 0 if it has none; an offset outside 0 to 65535 is 22003';
COMMENT ON FUNCTION smsengage.tally_without(smsengage.tally, pg_catalog.int4) IS 'The tally without the events of one offset; an offset outside 0 to 65535 is 22003';
COMMENT ON FUNCTION smsengage.at_least(smsengage.tally, pg_catalog.int4) IS 'The people with n events or more, each counting 1; n below 1 is 22023';
COMMENT ON FUNCTION smsengage.entries(smsengage.tally) IS 'The entries of a tally, rising in offset';
COMMENT ON FUNCTION smsengage.split(smsengage.tally) IS 'Tallies of at most 7,800 bytes, rising in offset and without common offsets, whose sum is the given one: those can be stored without TOAST';

-- sums and sets
CREATE FUNCTION smsengage.tally_add(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally_and(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_and' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally_or(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_or' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally_and_not(smsengage.tally, smsengage.tally) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_tally_and_not' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION smsengage.tally_add(smsengage.tally, smsengage.tally) IS 'The sum of two tallies; a count above 2147483647 is 22003';
COMMENT ON FUNCTION smsengage.tally_and(smsengage.tally, smsengage.tally) IS 'The people in both tallies, each counting 1';
COMMENT ON FUNCTION smsengage.tally_or(smsengage.tally, smsengage.tally) IS 'The people in either tally, each counting 1';
COMMENT ON FUNCTION smsengage.tally_and_not(smsengage.tally, smsengage.tally) IS 'The people in the first tally and not in the second, each counting 1';

CREATE OPERATOR smsengage.+ (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_add,
	COMMUTATOR = OPERATOR(smsengage.+)
);
CREATE OPERATOR smsengage.& (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_and,
	COMMUTATOR = OPERATOR(smsengage.&)
);
CREATE OPERATOR smsengage.| (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_or,
	COMMUTATOR = OPERATOR(smsengage.|)
);
CREATE OPERATOR smsengage.- (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_and_not
);

COMMENT ON OPERATOR smsengage.+ (smsengage.tally, smsengage.tally) IS 'The sum of two tallies';
COMMENT ON OPERATOR smsengage.& (smsengage.tally, smsengage.tally) IS 'The people in both tallies, each counting 1';
COMMENT ON OPERATOR smsengage.| (smsengage.tally, smsengage.tally) IS 'The people in either tally, each counting 1';
COMMENT ON OPERATOR smsengage.- (smsengage.tally, smsengage.tally) IS 'The people in the first tally and not in the second, each counting 1';

CREATE AGGREGATE smsengage.sum(smsengage.tally) (
	SFUNC = smsengage.tally_add,
	STYPE = smsengage.tally,
	SSPACE = 4096,
	COMBINEFUNC = smsengage.tally_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.sum(smsengage.tally) IS 'The sum of tallies of one chunk; NULL without rows, 22003 when a count passes 2147483647';

-- Equality is that of content. The order serves sorting only.
CREATE FUNCTION smsengage.tally_eq(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_ne(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_lt(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_le(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_gt(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_ge(smsengage.tally, smsengage.tally) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'sms_tally_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_cmp(smsengage.tally, smsengage.tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_hash(smsengage.tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_tally_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.tally_hash_extended(smsengage.tally, pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_tally_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.tally_eq(smsengage.tally, smsengage.tally) IS 'Equal in content';
COMMENT ON FUNCTION smsengage.tally_ne(smsengage.tally, smsengage.tally) IS 'Different in content';
COMMENT ON FUNCTION smsengage.tally_lt(smsengage.tally, smsengage.tally) IS 'Before in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_le(smsengage.tally, smsengage.tally) IS 'Not after in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_gt(smsengage.tally, smsengage.tally) IS 'After in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_ge(smsengage.tally, smsengage.tally) IS 'Not before in the order for sorting';
COMMENT ON FUNCTION smsengage.tally_cmp(smsengage.tally, smsengage.tally) IS 'Order of the bytes; it has no meaning of its own';
COMMENT ON FUNCTION smsengage.tally_hash(smsengage.tally) IS 'Hash of a tally';
COMMENT ON FUNCTION smsengage.tally_hash_extended(smsengage.tally, pg_catalog.int8) IS 'Hash of a tally with a seed';

CREATE OPERATOR smsengage.= (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_eq,
	COMMUTATOR = OPERATOR(smsengage.=),
	NEGATOR = OPERATOR(smsengage.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR smsengage.<> (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_ne,
	COMMUTATOR = OPERATOR(smsengage.<>),
	NEGATOR = OPERATOR(smsengage.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR smsengage.< (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_lt,
	COMMUTATOR = OPERATOR(smsengage.>),
	NEGATOR = OPERATOR(smsengage.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR smsengage.<= (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_le,
	COMMUTATOR = OPERATOR(smsengage.>=),
	NEGATOR = OPERATOR(smsengage.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR smsengage.> (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_gt,
	COMMUTATOR = OPERATOR(smsengage.<),
	NEGATOR = OPERATOR(smsengage.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
CREATE OPERATOR smsengage.>= (
	LEFTARG = smsengage.tally, RIGHTARG = smsengage.tally,
	FUNCTION = smsengage.tally_ge,
	COMMUTATOR = OPERATOR(smsengage.<=),
	NEGATOR = OPERATOR(smsengage.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);

COMMENT ON OPERATOR smsengage.= (smsengage.tally, smsengage.tally) IS 'Equal in content';
COMMENT ON OPERATOR smsengage.<> (smsengage.tally, smsengage.tally) IS 'Different in content';
COMMENT ON OPERATOR smsengage.< (smsengage.tally, smsengage.tally) IS 'Before in the order for sorting';
COMMENT ON OPERATOR smsengage.<= (smsengage.tally, smsengage.tally) IS 'Not after in the order for sorting';
COMMENT ON OPERATOR smsengage.> (smsengage.tally, smsengage.tally) IS 'After in the order for sorting';
COMMENT ON OPERATOR smsengage.>= (smsengage.tally, smsengage.tally) IS 'Not before in the order for sorting';

CREATE OPERATOR CLASS smsengage.tally_ops DEFAULT FOR TYPE smsengage.tally USING btree AS
	OPERATOR 1 smsengage.<,
	OPERATOR 2 smsengage.<=,
	OPERATOR 3 smsengage.=,
	OPERATOR 4 smsengage.>=,
	OPERATOR 5 smsengage.>,
	FUNCTION 1 smsengage.tally_cmp(smsengage.tally, smsengage.tally);
COMMENT ON OPERATOR CLASS smsengage.tally_ops USING btree IS 'Sorting and grouping of tallies by content';

CREATE OPERATOR CLASS smsengage.tally_ops DEFAULT FOR TYPE smsengage.tally USING hash AS
	OPERATOR 1 smsengage.=,
	FUNCTION 1 smsengage.tally_hash(smsengage.tally),
	FUNCTION 2 smsengage.tally_hash_extended(smsengage.tally, pg_catalog.int8);
COMMENT ON OPERATOR CLASS smsengage.tally_ops USING hash IS 'Hashing of tallies by content';
-- day_tally: the tallies of the quarter hours of one day, in one value.

CREATE TYPE smsengage.day_tally;

CREATE FUNCTION smsengage.day_tally_in(pg_catalog.cstring) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.day_tally_out(smsengage.day_tally) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'sms_day_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.day_tally_recv(pg_catalog.internal) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION smsengage.day_tally_send(smsengage.day_tally) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'sms_day_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE smsengage.day_tally (
	INPUT = smsengage.day_tally_in,
	OUTPUT = smsengage.day_tally_out,
	RECEIVE = smsengage.day_tally_recv,
	SEND = smsengage.day_tally_send,
	STORAGE = main
);
COMMENT ON TYPE smsengage.day_tally IS 'The tallies of one chunk of people in the quarter hours of a day of UTC: {40:{3,17:2}} is one event of offset 3 and two of 17 from 10:00 to 10:15. Quarter hours are 0 to 95. Values above 7,800 bytes are to be stored through day_split().';

COMMENT ON FUNCTION smsengage.day_tally_in(pg_catalog.cstring) IS 'Input of day_tally; bad syntax is 22P02, a quarter hour, an offset or a count out of range 22003';
COMMENT ON FUNCTION smsengage.day_tally_out(smsengage.day_tally) IS 'Output of day_tally: {quarter:{offset[:count],...},...}';
COMMENT ON FUNCTION smsengage.day_tally_recv(pg_catalog.internal) IS 'Binary input of day_tally: a version byte and the canonical bytes, anything else is 22P03';
COMMENT ON FUNCTION smsengage.day_tally_send(smsengage.day_tally) IS 'Binary output of day_tally';

-- making
CREATE FUNCTION smsengage.day_tally(at pg_catalog.timestamptz, tally smsengage.tally) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION smsengage.day_tally_add(smsengage.day_tally, smsengage.day_tally) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
CREATE FUNCTION smsengage.day_tally_count(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.int4) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_count' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION smsengage.day_tally(pg_catalog.timestamptz, smsengage.tally) IS 'A day tally with one tally, in the quarter hour that holds the moment; an infinite moment is 22023. Used by fold().';
COMMENT ON FUNCTION smsengage.day_tally_add(smsengage.day_tally, smsengage.day_tally) IS 'The sum of two day tallies; a count above 2147483647 is 22003. Used by sum(day_tally).';
COMMENT ON FUNCTION smsengage.day_tally_count(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.int4) IS 'One more event. Used by count_day().';

CREATE AGGREGATE smsengage.sum(smsengage.day_tally) (
	SFUNC = smsengage.day_tally_add,
	STYPE = smsengage.day_tally,
	SSPACE = 4096,
	COMBINEFUNC = smsengage.day_tally_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.sum(smsengage.day_tally) IS 'The sum of day tallies of one chunk and day; NULL without rows, 22003 when a count passes 2147483647';

CREATE AGGREGATE smsengage.count_day(at pg_catalog.timestamptz, offset_no pg_catalog.int4) (
	SFUNC = smsengage.day_tally_count,
	STYPE = smsengage.day_tally,
	SSPACE = 4096,
	COMBINEFUNC = smsengage.day_tally_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.count_day(pg_catalog.timestamptz, pg_catalog.int4) IS 'The day tally of single events of one chunk and day, given by their times and the offsets of who did them; NULL without rows. Used by rebuild_tallies().';

-- reading
CREATE FUNCTION smsengage.day_total(day_tally smsengage.day_tally) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_day_tally_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION smsengage.day_bytes(day_tally smsengage.day_tally) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'sms_day_tally_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smsengage.day_count_of(day_tally smsengage.day_tally, offset_no pg_catalog.int4) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'sms_day_tally_count_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.tally(day_tally smsengage.day_tally, day pg_catalog.timestamptz, since pg_catalog.timestamptz, until pg_catalog.timestamptz) RETURNS smsengage.tally
AS 'MODULE_PATHNAME', 'sms_day_tally_sum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION smsengage.quarter_cells(chunk pg_catalog.int4, day pg_catalog.timestamptz, day_tally smsengage.day_tally, bounds pg_catalog.timestamptz[])
RETURNS TABLE (cell_start pg_catalog.timestamptz, tally smsengage.tally, anonymous pg_catalog.int8)
AS 'MODULE_PATHNAME', 'sms_quarter_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 2;
CREATE FUNCTION smsengage.day_split(day_tally smsengage.day_tally) RETURNS SETOF smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;

COMMENT ON FUNCTION smsengage.day_total(smsengage.day_tally) IS 'The number of events in a day tally';
COMMENT ON FUNCTION smsengage.day_bytes(smsengage.day_tally) IS 'How many bytes a day tally takes, without its length word. Used by fold().';
COMMENT ON FUNCTION smsengage.day_count_of(smsengage.day_tally, pg_catalog.int4) IS 'The number of events of one offset in the day; an offset outside 0 to 65535 is 22003';
COMMENT ON FUNCTION smsengage.tally(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz) IS 'The sum of the quarter hours of a day tally that begin in [since, until); day is where the day begins';
COMMENT ON FUNCTION smsengage.quarter_cells(pg_catalog.int4, pg_catalog.timestamptz, smsengage.day_tally, pg_catalog.timestamptz[]) IS 'What the quarter hours of a row of engagement_tally (level 1) add up to between two neighbours of bounds, which rise; without bounds each quarter hour is a row. Of chunk -1 as anonymous, with an empty tally. A null in bounds is 22004. Used by reports.';
COMMENT ON FUNCTION smsengage.day_split(smsengage.day_tally) IS 'Day tallies of at most 7,800 bytes whose sum is the given one: those can be stored without TOAST. Used by fold().';

-- erasing
CREATE FUNCTION smsengage.day_without(day_tally smsengage.day_tally, offset_no pg_catalog.int4) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
CREATE FUNCTION smsengage.day_tally_of(day_tally smsengage.day_tally, offset_no pg_catalog.int4) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
CREATE FUNCTION smsengage.day_tally_outside(day_tally smsengage.day_tally, day pg_catalog.timestamptz, since pg_catalog.timestamptz, until pg_catalog.timestamptz) RETURNS smsengage.day_tally
AS 'MODULE_PATHNAME', 'sms_day_tally_outside' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION smsengage.day_without(smsengage.day_tally, pg_catalog.int4) IS 'The day tally without the events of one offset; an offset outside 0 to 65535 is 22003. Used by forget().';
COMMENT ON FUNCTION smsengage.day_tally_of(smsengage.day_tally, pg_catalog.int4) IS 'The events of one offset as those of nobody, which are counted at offset 0. Used by forget().';
COMMENT ON FUNCTION smsengage.day_tally_outside(smsengage.day_tally, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz) IS 'The day tally without the quarter hours that begin in [since, until). Used by rebuild_tallies().';
-- Recipients, message texts and keywords: pure functions, no locale, no table.

CREATE FUNCTION smsengage.normalize_recipient(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_normalize_recipient_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.normalize_recipient(text) IS
'A recipient in the form in which people are found again: "+" and 7 to 15 digits when it is an international phone number (with or without +, 00, tel:, whatsapp: and the like, blanks, brackets, "(0)"), else as given without blanks around it: short codes of up to 6 digits, names, and numbers in national form, whose country is not known. Digits without a plus are taken for an international number, as ENS and Infobip send them';

CREATE FUNCTION smsengage.same_sender(a text, b text) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_same_sender_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.same_sender(text, text) IS
'Are two senders the same, byte by byte, with or without a leading plus';

CREATE FUNCTION smsengage.calling_code(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_calling_code'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.calling_code(text) IS
'The calling code of a phone number, digits only (ITU-T E.164); NULL when it is no phone number or the code is not assigned';

CREATE FUNCTION smsengage.country_of(recipient text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_country_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.country_of(text) IS
'The country of a phone number''s prefix, ISO 3166-1 alpha-2 (and XK): +1 by area code, +7 and +44 where the next digits tell; NULL when there is none, or it is not one country (toll-free, satellite, unknown area codes)';

CREATE FUNCTION smsengage.zones_of(recipient text) RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_zones_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.zones_of(text) IS
'Time zones that a phone number''s prefix may lie in, as names of the tz database: one where the prefix decides, else all of the country that differ, so that the strictest can be taken; NULL when nothing is known. Mobile numbers in Australia, Russia and Indonesia, for example, do not tell the zone';

CREATE FUNCTION smsengage.sms_parts(message_text text, OUT encoding text, OUT units integer, OUT parts integer)
AS 'MODULE_PATHNAME', 'sms_parts'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.sms_parts(text) IS
'What a text costs to send (3GPP 23.038): encoding GSM-7 or UCS-2, units (septets or UTF-16 code units), parts (one of 160 or 70 units, or several of 153 or 67; escape and surrogate pairs are not split). An empty text has 0 parts. An estimate: providers may transliterate or use national tables, the count they report is kept with the message';

CREATE FUNCTION smsengage.sms_parts(message_text text, reference_bits integer, OUT encoding text, OUT units integer, OUT parts integer)
AS 'MODULE_PATHNAME', 'sms_parts'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.sms_parts(text, integer) IS
'As sms_parts(message_text), with the size of the reference in the header that joins parts: 8 bits (the usual, 153 or 67 units a part) or 16 (152 or 66). Error 22023 for another size';

CREATE FUNCTION smsengage.estimate_cost(message_text text, price_per_part numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
	SELECT p.parts OPERATOR(pg_catalog.*) price_per_part FROM smsengage.sms_parts(message_text) AS p;
END;
COMMENT ON FUNCTION smsengage.estimate_cost(text, numeric) IS
'Price of one message with this text, in the currency of the price: parts x price per part, exact';

CREATE FUNCTION smsengage.ucs2_characters(message_text text, OUT "position" integer, OUT "character" text, OUT code_point text, OUT replacement text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_ucs2_characters'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION smsengage.ucs2_characters(text) IS
'The characters that force a text into UCS-2, which more than halves what fits a part: position in characters from 1, the character, its code point, and what may stand for it without changing what is read (typographic quotes, dashes and blanks; empty: leave it out; NULL: nothing)';

CREATE FUNCTION smsengage.fold_keyword(message_text text, loose boolean DEFAULT false) RETURNS text
AS 'MODULE_PATHNAME', 'sms_fold_keyword_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.fold_keyword(text, boolean) IS
'The form in which keywords are compared: without blanks around it, ASCII letters in upper case, other letters untouched, the same in every locale. Loose: also without punctuation around it, and runs of blanks as one';

CREATE FUNCTION smsengage.first_word(message_text text) RETURNS text
AS 'MODULE_PATHNAME', 'sms_first_word_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.first_word(text) IS
'The first word of a text in the folded form of keywords, without punctuation around it';

CREATE FUNCTION smsengage.match_keyword(message_text text, loose boolean DEFAULT false) RETURNS text
AS 'MODULE_PATHNAME', 'sms_match_keyword_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.match_keyword(text, boolean) IS
'What a message asks for by the default keywords of all origins: STOP, START, HELP or NULL. The whole message must be the keyword; loose: punctuation does not count, and a message whose first word is a stop word is a STOP ("Stop please", but also "End of story")';

CREATE FUNCTION smsengage.default_keywords(OUT keyword text, OUT action text, OUT origin text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_default_keywords'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 41;
COMMENT ON FUNCTION smsengage.default_keywords() IS
'Keywords that providers act on by default: folded keyword, action (STOP, START, HELP), origin (twilio: long and short codes; twilio_toll_free; aws; ctia: Short Code Monitoring Handbook; fcc: 47 CFR 64.1200(a)(10); telnyx: what it adds)';
-- Is a call from the provider that it claims to be from?

CREATE FUNCTION smsengage.verify_signature(provider text, body bytea, headers jsonb, secret text, url text DEFAULT NULL, header_name text DEFAULT NULL) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_verify_signature'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION smsengage.verify_signature(text, bytea, jsonb, text, text, text) IS
'Was this call signed with this secret? body: the bytes as they came; headers: an object of names (any case) and values. salesforce_ens: x-sfmc-ens-signature, base64 HMAC-SHA256 of the body, the key''s text as it stands. infobip: hex or base64 HMAC-SHA256 of the body in the header header_name (its name is not published; without it X-Hub-Signature, X-IB-Signature or Authorization: HMAC are looked at). engagelab: X-CALLBACK-ID, hex HMAC-SHA256 of timestamp, nonce and username; the body is not signed, so the caller should refuse old timestamps and used nonces. intercom: X-Hub-Signature, sha1= and hex HMAC-SHA1 of the body. twilio: X-Twilio-Signature, base64 HMAC-SHA1 of url and the sorted form fields, given form-encoded or as a flat JSON object. A missing or doubled header, an empty secret and NULL are false, never NULL. Errors 22023: unknown provider, headers no object, no url for twilio';

CREATE FUNCTION smsengage.is_provider_address(provider text, address inet) RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_is_provider_address'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.is_provider_address(text, inet) IS
'Is this one of the addresses that a provider calls from? Infobip: the 71 addresses of its guide for Salesforce Marketing Cloud; NULL for providers that publish no list. Error 22023: unknown provider';
-- What Infobip's connector for Salesforce Marketing Cloud says of a request
-- before it sends anything.

CREATE FUNCTION smsengage.message_status(channel text, phone text, message_text text DEFAULT NULL, template_name text DEFAULT NULL, sender text DEFAULT NULL, scenario_key text DEFAULT NULL, promotional text DEFAULT NULL, image_url text DEFAULT NULL, buttons jsonb DEFAULT NULL, max_text_length integer DEFAULT 1800, max_url_length integer DEFAULT 1000, max_button_text_length integer DEFAULT NULL, max_buttons integer DEFAULT 5) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- "KakaoChinguTalk", "Kakao ChinguTalk" and "KAKAO_CHINGUTALK" are one
	name text := upper(regexp_replace(channel, '[ _-]', '', 'g') COLLATE "C");
	whatsapp boolean := name = 'WHATSAPP';
	viber boolean := name = 'VIBER';
	kakao boolean := name IN ('KAKAO', 'KAKAOALIM', 'KAKAOCHINGUTALK');
	button jsonb;
	part text;
BEGIN
	IF name IS NULL OR NOT (whatsapp OR viber OR kakao OR name IN ('SMS', 'LMS', 'MMS', 'RCS')) THEN
		RAISE EXCEPTION 'unknown channel "%"', left(channel, 64)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Channels are SMS, LMS, MMS, Viber, WhatsApp, RCS, Kakao Alim and Kakao ChinguTalk.';
	END IF;
	IF buttons IS NOT NULL AND jsonb_typeof(buttons) <> 'array' THEN
		RAISE EXCEPTION 'buttons must be a JSON array of objects'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A button has the members text, url, androidScheme and iosScheme.';
	END IF;

	IF phone IS NULL OR smsengage.normalize_recipient(phone) = '' THEN
		RETURN 'Error: Missing phone number in request';
	END IF;

	-- A Viber message may be an image alone, a WhatsApp one a template alone.
	IF name = 'SMS' AND coalesce(message_text, '') = ''
		OR viber AND coalesce(message_text, '') = '' AND image_url IS NULL
		OR whatsapp AND message_text = ''
		OR (name = 'SMS' OR whatsapp OR viber) AND length(message_text) > max_text_length THEN
		RETURN 'Error: Invalid text length';
	END IF;
	IF whatsapp AND coalesce(btrim(template_name), '') = '' THEN
		RETURN 'Error: Invalid template name';
	END IF;
	IF viber AND btrim(scenario_key) = '' THEN
		RETURN 'Error: Invalid scenario key';
	END IF;
	IF viber AND lower(promotional COLLATE "C") NOT IN ('true', 'false') THEN
		RETURN 'Error: Invalid promotional flag';
	END IF;
	IF (viber OR kakao) AND (image_url = '' OR length(image_url) > max_url_length) THEN
		RETURN 'Error: Invalid image url length';
	END IF;
	IF (whatsapp OR kakao OR viber) AND coalesce(btrim(sender), '') = '' THEN
		RETURN 'Error: Invalid from field';
	END IF;
	IF kakao AND jsonb_array_length(buttons) > max_buttons THEN
		RETURN 'Error: Invalid buttons field length';
	END IF;
	FOR button IN SELECT jsonb_array_elements(buttons) LOOP
		part := button ->> 'url';
		IF viber AND (part = '' OR length(part) > max_url_length) THEN
			RETURN 'Error: Invalid button url length';
		END IF;
		part := coalesce(button ->> 'text', '');
		IF (viber OR kakao) AND (part = '' OR length(part) > max_button_text_length) THEN
			RETURN 'Error: Invalid button text length';
		END IF;
		IF kakao AND (button ->> 'androidScheme' = '' OR length(button ->> 'androidScheme') > max_url_length
			OR button ->> 'iosScheme' = '' OR length(button ->> 'iosScheme') > max_url_length) THEN
			RETURN 'Error: Invalid androidScheme and iosScheme length';
		END IF;
	END LOOP;
	RETURN 'Success';
END
$$;
COMMENT ON FUNCTION smsengage.message_status(text, text, text, text, text, text, text, text, jsonb, integer, integer, integer, integer) IS
'The connector''s verdict on a message before it is sent, "Success" or the first "Error: ...", by the table of message statuses and channels in Infobip''s guide for Salesforce Marketing Cloud ("Kakao" there is taken for both Kakao channels; RCS is not in it and needs a phone number only). buttons: array of objects with text, url, androidScheme, iosScheme. A value that is NULL was not given and is only missed where the channel cannot do without: text (SMS; Viber without an image), template name (WhatsApp), sender (WhatsApp, Viber, Kakao), button text. The vendor publishes few lengths, so they are arguments, in characters; NULL: not checked. Defaults: text 1800 (carriers, by Intercom), URLs and schemes 1000 (what the click tables hold), buttons 5 (Kakao ChinguTalk), button text not checked. Errors 22023: unknown channel, buttons no array';

CREATE FUNCTION smsengage.callback_data_check(callback_data jsonb, max_length integer DEFAULT 4000, own_least integer DEFAULT 250, own_most integer DEFAULT 600, OUT problem text, OUT field_name text, OUT detail text) RETURNS SETOF record
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	restricted constant text[] := '{ACTIVITYID,BULKID,FROM,MESSAGE,JOURNEYNAME,CONTACTKEY,MID,VERSIONID,VERSIONNUMBER,TEMPLATENAME}';
	value jsonb;
	total integer := 0;
BEGIN
	IF jsonb_typeof(callback_data) <> 'object' THEN
		RAISE EXCEPTION 'callback data must be a JSON object of field names and values'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	FOR field_name, value IN SELECT * FROM jsonb_each(callback_data) LOOP
		-- quoted name, colon, value, comma
		total := total + length(to_jsonb(field_name)::text) + length(value::text) + 2;
		IF field_name = '' THEN
			problem := 'empty name';
			detail := 'A field needs a name.';
			RETURN NEXT;
		END IF;
		IF upper(field_name COLLATE "C") = ANY (restricted) THEN
			problem := 'restricted name';
			detail := 'The connector writes a field of this name itself.';
			RETURN NEXT;
		END IF;
		IF field_name ~ '["\\\u0001-\u001F]' COLLATE "C" THEN
			problem := 'forbidden character';
			detail := 'A name has no double quotation mark, backslash or control character.';
			RETURN NEXT;
		END IF;
	END LOOP;

	field_name := NULL;
	-- the comma of each field but one, and the braces, come to one more
	total := total + 1;
	IF total + own_least > max_length THEN
		problem := 'too long';
		detail := format('The fields take %s characters, and the connector at least %s of %s: the message fails.', total, own_least, max_length);
		RETURN NEXT;
	ELSIF total + own_most >= max_length THEN
		problem := 'may be too long';
		detail := format('The fields take %s characters, and the connector up to %s of %s: the message may fail.', total, own_most, max_length);
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.callback_data_check(jsonb, integer, integer, integer) IS
'What is wrong with custom callback data, no row if nothing: "restricted name" (the ten names of Infobip''s guide for Salesforce Marketing Cloud, in any case), "forbidden character" (double quotation mark, backslash, U+0000 to U+001F), "empty name", "too long" (over 4000 characters even with the least that the connector takes for itself, 250), "may be too long" (with the most, 600). Error 22023: not an object';

CREATE FUNCTION smsengage.first_phone(VARIADIC phones text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT smsengage.normalize_recipient(p.phone)
	FROM pg_catalog.unnest(phones) WITH ORDINALITY AS p(phone, n)
	WHERE smsengage.normalize_recipient(p.phone) OPERATOR(pg_catalog.<>) ''
	ORDER BY p.n
	LIMIT 1;
END;
COMMENT ON FUNCTION smsengage.first_phone(text[]) IS
'The first populated one of several phone fields, in the form of normalize_recipient(): neither NULL nor blank; NULL if none is. As the connector does, populated is enough, valid is not asked';

CREATE FUNCTION smsengage.dispatch_plan(recipients bigint, message_count integer, unit text, at timestamptz DEFAULT pg_catalog.now(), OUT per_message interval, OUT messages_per_second numeric, OUT starts_at timestamptz, OUT ends_at timestamptz, OUT warning text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seconds integer := CASE lower(unit COLLATE "C") WHEN 'minute' THEN 60 WHEN 'hour' THEN 3600 WHEN 'day' THEN 86400 END;
BEGIN
	IF message_count NOT BETWEEN 1 AND 100000 THEN
		RAISE EXCEPTION 'message count % is out of range', message_count
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A sending speed limit is 1 to 100000 messages per unit.';
	END IF;
	IF seconds IS NULL THEN
		RAISE EXCEPTION 'unknown unit "%"', left(unit, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Units are minute, hour and day.';
	END IF;
	IF recipients < 0 THEN
		RAISE EXCEPTION 'number of recipients % is out of range', recipients
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is 0 or more.';
	END IF;

	per_message := interval '1 second' * (seconds::double precision / message_count);
	messages_per_second := round(message_count::numeric / seconds, 6);
	starts_at := at;
	ends_at := at + interval '1 second' * (recipients::numeric * seconds / message_count)::double precision;
	IF message_count > 200 * seconds THEN
		warning := format('%s messages per second: above a couple of hundred it is better to set no limit.', round(messages_per_second, 1));
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.dispatch_plan(bigint, integer, text, timestamptz) IS
'How an evenly spaced sending speed limit of message_count messages per unit (minute, hour or day of 24 hours) works out: time between messages (500 an hour: 7.2 s), messages per second, when the time of the last one has passed, and a warning above 200 a second, where Infobip''s guide for Salesforce Marketing Cloud advises against a limit. Reports asked for before ends_at will count messages as missing that were not sent yet. Errors 22023: count not 1 to 100000, unknown unit, negative recipients';
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
-- Parsing: from what a provider POSTs to rows.

CREATE TYPE smsengage.parsed_event AS (
	event_no integer,
	outcome text,
	reason text,
	raw text,
	event_time timestamptz,
	event_key bigint,
	scope text,
	created_time timestamptz,
	received_at timestamptz,
	sent_time timestamptz,
	message_key uuid,
	part smallint,
	parts smallint,
	status_class text,
	error_permanent boolean,
	provider text,
	event_type text,
	time_source text,
	account text,
	event_id text,
	message_id text,
	bulk_message text,
	template text,
	channel text,
	individual_id text,
	recipient text,
	sender_id text,
	keyword text,
	message_text text,
	unsubscribe_source text,
	unsubscribe_reason text,
	link_name text,
	link_url text,
	resolved_url text,
	user_agent text,
	device_type text,
	os text,
	device_name text,
	status_code text,
	status_name text,
	error_code text,
	error_text text,
	price numeric,
	price_currency text,
	callback_data text,
	extra json
);
COMMENT ON TYPE smsengage.parsed_event IS 'One event of a payload: outcome is event, ignored (understood, but not engagement: reason says what) or rejected (reason names the JSON path and what was expected, raw is the event as sent). scope tells where individual_id means one person; empty if the event belongs to nobody. The other columns are those of the table event.';

CREATE FUNCTION smsengage.parse(provider text, payload text, account text DEFAULT NULL, arrival timestamptz DEFAULT pg_catalog.now())
RETURNS SETOF smsengage.parsed_event
AS 'MODULE_PATHNAME', 'sms_parse_text'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.parse(text, text, text, timestamptz) IS 'What a payload of this provider (or auto) says, one row an event in the order of the payload; stores nothing and raises for no payload. account fills a missing one; arrival stands for the clock where a payload has none, and limits times to two days ahead of it.';

CREATE FUNCTION smsengage.parse(provider text, payload bytea, account text DEFAULT NULL, arrival timestamptz DEFAULT pg_catalog.now())
RETURNS SETOF smsengage.parsed_event
AS 'MODULE_PATHNAME', 'sms_parse_bytea'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.parse(text, bytea, text, timestamptz) IS 'The same for the raw bytes of a request: events with bytes that are not UTF-8 are rejected, the others are not touched by them.';

-- A payload on its way into the store.

CREATE TYPE smsengage.parsed_batch;
CREATE FUNCTION smsengage.parsed_batch_in(cstring) RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_parsed_batch_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.parsed_batch_in(cstring) IS 'Refuses every text: only batch() makes such values.';
CREATE FUNCTION smsengage.parsed_batch_out(smsengage.parsed_batch) RETURNS cstring
AS 'MODULE_PATHNAME', 'sms_parsed_batch_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.parsed_batch_out(smsengage.parsed_batch) IS 'Says how many events the batch holds.';
CREATE TYPE smsengage.parsed_batch (
	INPUT = smsengage.parsed_batch_in,
	OUTPUT = smsengage.parsed_batch_out,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE smsengage.parsed_batch IS 'The events of one payload between the commands of one ingestion; lives in memory only.';

-- The columns of the table event, in its order.
CREATE TYPE smsengage.event_row AS (
	event_time timestamptz,
	event_key bigint,
	individual_no bigint,
	created_time timestamptz,
	received_at timestamptz,
	sent_time timestamptz,
	message_key uuid,
	part smallint,
	parts smallint,
	status_class smallint,
	error_permanent boolean,
	provider text,
	event_type text,
	time_source text,
	account text,
	event_id text,
	message_id text,
	bulk_message text,
	template text,
	channel text,
	individual_id text,
	recipient text,
	sender_id text,
	keyword text,
	message_text text,
	unsubscribe_source text,
	unsubscribe_reason text,
	link_name text,
	link_url text,
	resolved_url text,
	user_agent text,
	device_type text,
	os text,
	device_name text,
	status_code text,
	status_name text,
	error_code text,
	error_text text,
	price numeric,
	price_currency text,
	callback_data text,
	extra json
);
COMMENT ON TYPE smsengage.event_row IS 'A row of the table event as batch_events() hands it out.';

-- The columns of the table message, in its order.
CREATE TYPE smsengage.message_row AS (
	message_key uuid,
	first_time timestamptz,
	last_time timestamptz,
	individual_no bigint,
	parts smallint,
	account text,
	provider text,
	message_id text,
	recipient text,
	sender_id text,
	channel text,
	bulk_message text,
	template text,
	price numeric,
	price_currency text,
	callback_data text,
	state smsengage.delivery_state
);
COMMENT ON TYPE smsengage.message_row IS 'A row of the table message as batch_messages() hands it out.';

CREATE FUNCTION smsengage.batch(provider text, payload text, account text, arrival timestamptz)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_of_text' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.batch(text, text, text, timestamptz) IS 'Parses a payload for ingestion. Used by ingest().';
CREATE FUNCTION smsengage.batch(provider text, payload bytea, account text, arrival timestamptz)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_of_bytea' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.batch(text, bytea, text, timestamptz) IS 'Parses the raw bytes of a request for ingestion. Used by ingest().';

CREATE FUNCTION smsengage.batch_all(provider text, payloads bytea[], account text, arrivals timestamptz[], reason text DEFAULT NULL)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_all' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.batch_all(text, bytea[], text, timestamptz[], text) IS 'Parses several payloads, each with its arrival, for one ingestion; a broken one does not touch the others. With a reason they are rejected unread. Used by drain_inbox().';

CREATE FUNCTION smsengage.batch_from(provider text, source regclass, payload_column name, account text, arrival timestamptz, after tid, max_rows integer, max_bytes integer, reason text DEFAULT NULL)
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_from' LANGUAGE C STABLE COST 10000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off;
COMMENT ON FUNCTION smsengage.batch_from(text, regclass, name, text, timestamptz, tid, integer, integer, text) IS 'Parses the payloads of a table behind the row at after (NULL: from its beginning) in the order in which they lie, up to max_rows rows or max_bytes bytes; at least one row. Raises 42703 and 42804 for a column that is not there or holds no payloads. Used by ingest_from().';

CREATE FUNCTION smsengage.batch_rows(batch smsengage.parsed_batch, OUT payloads integer, OUT nulls integer, OUT last tid)
AS 'MODULE_PATHNAME', 'sms_batch_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.batch_rows(smsengage.parsed_batch) IS 'How many payloads the batch was made of, how many rows of the source were NULL, and the last row that was read; NULL if there was none. Used by ingestion.';

CREATE FUNCTION smsengage.batch_counts(batch smsengage.parsed_batch,
	OUT events integer, OUT repeated integer, OUT rejected integer, OUT ignored integer, OUT people integer, OUT named integer, OUT timeless integer, OUT links integer)
AS 'MODULE_PATHNAME', 'sms_batch_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.batch_counts(smsengage.parsed_batch) IS 'How many events of the batch are to be stored, are repeated within it, were rejected or ignored; how many people they belong to, how many events name a person, have no time in their identity, and make two people one. Used by ingestion.';

CREATE FUNCTION smsengage.batch_subjects(batch smsengage.parsed_batch)
RETURNS TABLE (event_key bigint, event_time timestamptz, account text, recipient text, scope text, individual_id text)
AS 'MODULE_PATHNAME', 'sms_batch_subjects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_subjects(smsengage.parsed_batch) IS 'Whom each event of the batch is about, and when. Used by ingestion.';

CREATE FUNCTION smsengage.batch_without(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS smsengage.parsed_batch
AS 'MODULE_PATHNAME', 'sms_batch_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION smsengage.batch_without(smsengage.parsed_batch, bigint[]) IS 'The batch without these events: they count as ignored and are kept nowhere. Used by ingestion.';

CREATE FUNCTION smsengage.batch_people(batch smsengage.parsed_batch)
RETURNS TABLE (person_no integer, scope text, individual_id text)
AS 'MODULE_PATHNAME', 'sms_batch_people' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_people(smsengage.parsed_batch) IS 'The people that the batch''s events belong to, in order of scope and id. Used by ingestion.';

CREATE FUNCTION smsengage.batch_missing_months(batch smsengage.parsed_batch)
RETURNS date[]
AS 'MODULE_PATHNAME', 'sms_batch_missing_months' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.batch_missing_months(smsengage.parsed_batch) IS 'The first days of the months (UTC) that the batch''s events lie in and for which event has no partition; NULL if there is none. Used by ingestion.';

CREATE FUNCTION smsengage.batch_identities(batch smsengage.parsed_batch)
RETURNS TABLE (digest uuid, event_time timestamptz)
AS 'MODULE_PATHNAME', 'sms_batch_identities' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_identities(smsengage.parsed_batch) IS 'Identity and time of the events whose identity does not contain the time. Used by ingestion.';

CREATE FUNCTION smsengage.batch_events(batch smsengage.parsed_batch, people bigint[], identities uuid[])
RETURNS SETOF smsengage.event_row
AS 'MODULE_PATHNAME', 'sms_batch_events' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_events(smsengage.parsed_batch, bigint[], uuid[]) IS 'The batch''s events in key order; people are the numbers of batch_people() in its order, identities those of batch_identities() that were new. Used by ingestion.';

CREATE FUNCTION smsengage.batch_copies(batch smsengage.parsed_batch)
RETURNS SETOF smsengage.event_row
AS 'MODULE_PATHNAME', 'sms_batch_copies' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_copies(smsengage.parsed_batch) IS 'All events of the batch, repetitions too, whether they are stored or not; individual_no is 0. Used by ingestion.';

CREATE FUNCTION smsengage.batch_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[], message_keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
AS 'MODULE_PATHNAME', 'sms_batch_messages' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_messages(smsengage.parsed_batch, bigint[], bigint[], uuid[]) IS 'The delivery reports among the events with these keys, merged by message, in key order; given message_keys, those of these messages only. Used by ingestion.';

CREATE FUNCTION smsengage.batch_contacts(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS TABLE (individual_no bigint, recipient text, last_day date)
AS 'MODULE_PATHNAME', 'sms_batch_contacts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_contacts(smsengage.parsed_batch, bigint[], bigint[]) IS 'The numbers that the events with these keys give for named people, and the last day (UTC) of each, in key order. Used by ingestion.';

CREATE FUNCTION smsengage.batch_rejects(batch smsengage.parsed_batch, account text)
RETURNS TABLE (outcome text, digest uuid, provider text, reason text, payload text, payload_bytes bytea)
AS 'MODULE_PATHNAME', 'sms_batch_rejects' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage.batch_rejects(smsengage.parsed_batch, text) IS 'What the batch rejected or ignored; payload_bytes only where the text cannot hold the bytes as they came; digest identifies the piece in the account. Used by ingestion.';

CREATE FUNCTION smsengage.event_state(provider text, status_class smallint, status_code text, error_code text, channel text, part smallint, event_time timestamptz, sent_time timestamptz, time_source text)
RETURNS smsengage.delivery_state
AS 'MODULE_PATHNAME', 'sms_event_state' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.event_state(text, smallint, text, text, text, smallint, timestamptz, timestamptz, text) IS 'The delivery state that one stored event gives by itself; NULL for an event that is not a delivery report. merge() over the events of a message is the state of the message. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.content_digest(VARIADIC fields text[])
RETURNS uuid
AS 'MODULE_PATHNAME', 'sms_content_digest' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.content_digest(text[]) IS 'BLAKE2b-128 (RFC 7693) over the fields, each with its length, so that no two lists look alike; NULL differs from the empty text. The same on every server, for ever. Used by ingestion.';
-- The format of provider 'native', for sources without a descriptor.

CREATE VIEW smsengage.native_format AS
	SELECT f.member, f.type, f.meaning
	FROM (VALUES
		('event_type', 'text', 'Required: one of event_type_reference'),
		('event_time', 'time', 'When it happened: ISO 8601 with an offset, or seconds or milliseconds since 1970; missing: its arrival'),
		('event_id', 'text', 'The source''s id of the event; with event_type it is the identity. Without it, all columns together are'),
		('account', 'text', 'Business unit or user; missing: the one given to ingest()'),
		('individual_id', 'text', 'The person, as the source names it; missing: the recipient''s number stands for the person'),
		('scope', 'text', 'Where individual_id means one person; missing: native/ and the account. Give it to mean a person of another provider, as in parse()'),
		('recipient', 'text', 'The person''s number or address; required for BLOCK and UNBLOCK'),
		('sender_id', 'text', 'Our number, short code or name'),
		('message_id', 'text', 'Id of the message, one for each recipient; without it no message row'),
		('message_key', 'text', 'What tells messages of one id apart, if the source reuses ids'),
		('part', 'integer', 'Part of the message that the event is about, from 0'),
		('parts', 'integer', 'Number of parts of the message'),
		('bulk_message', 'text', 'The send, campaign or journey'),
		('template', 'text', 'Template of the message'),
		('channel', 'text', 'SMS, VIBER, WHATSAPP, ...; missing: SMS'),
		('status_class', 'text', 'What it says of the delivery, a name as status_class() gives it; missing: as event_type says, but nothing in an event with an event_key'),
		('status_code', 'text', 'The source''s status code'),
		('status_name', 'text', 'Its name'),
		('error_code', 'text', 'The source''s error code; 500 to 590 as in block_code_default put the number on the block list'),
		('error_text', 'text', 'Its text'),
		('error_permanent', 'boolean', 'Whether the error is permanent'),
		('sent_time', 'time', 'When the message was sent'),
		('created_time', 'time', 'When the source made the record; missing: its arrival'),
		('keyword', 'text', 'Keyword of an inbound message'),
		('message_text', 'text', 'Text of the message'),
		('unsubscribe_source', 'text', 'Where an opt-out came from'),
		('unsubscribe_reason', 'text', 'Why'),
		('link_name', 'text', 'Name of the clicked link'),
		('link_url', 'text', 'Its target'),
		('resolved_url', 'text', 'The same as personalised'),
		('user_agent', 'text', 'What the browser said of itself'),
		('device_type', 'text', 'Phone, desktop, ...'),
		('os', 'text', 'Operating system'),
		('device_name', 'text', 'Maker or model'),
		('price', 'numeric', 'Price of the message'),
		('price_currency', 'text', 'ISO 4217 code'),
		('callback_data', 'text or json', 'What the sender attached to the message'),
		('other_individual_id', 'text', 'LINK: the id that is the same person as individual_id'),
		('valid_from', 'time', 'LINK: from when on; the same as event_time'),
		('time_source', 'text', 'arrival: event_time is no clock, so reports outrank each other by class'),
		('event_key', 'text', 'Key of the event where it came from; before event_id the identity. parse() gives it'),
		('extra', 'json', 'An object whose members are kept, as is every other member'),
		('event_no', 'any', 'Dropped, as are outcome and received_at: what parse() says beside the event')
	) AS f(member, type, meaning);
COMMENT ON VIEW smsengage.native_format IS 'The JSON object that ingest(''native'', ...) takes: members called as the columns of parsed_event, so that ingest(''native'', to_json(p)) stores a row p of parse(). Only event_type is required; texts may be numbers, numbers texts.';
COMMENT ON COLUMN smsengage.native_format.member IS 'name of the member';
COMMENT ON COLUMN smsengage.native_format.type IS 'text, integer, numeric, boolean, time or json';
COMMENT ON COLUMN smsengage.native_format.meaning IS 'what it says, and what follows if it is missing';
GRANT SELECT ON smsengage.native_format TO PUBLIC;
-- The store: tables made by create_store(), owned by its caller and not
-- members of the extension, so that a plain dump carries them, DROP EXTENSION
-- refuses while they stand, and a cluster may distribute them.

CREATE FUNCTION smsengage.describe(relation text, description text, columns text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind "char" := (SELECT c.relkind FROM pg_class c WHERE c.oid = relation::regclass);
	line text;
	parts text[];
BEGIN
	EXECUTE format('COMMENT ON %s %s IS %L', CASE kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
				   relation::regclass, description);
	FOREACH line IN ARRAY string_to_array(btrim(columns, E' \t\n'), E'\n') LOOP
		parts := regexp_match(line, '^\s*("[^"]+"|[a-z_0-9]+):\s*(\S.*)$');
		IF parts IS NULL THEN
			RAISE EXCEPTION 'cannot read the description of a column of %: "%"', relation, line;
		END IF;
		EXECUTE format('COMMENT ON COLUMN %s.%s IS %L', relation::regclass, parts[1], parts[2]);
	END LOOP;
	PERFORM smsengage.note_relation(relation::regclass);
END
$$;
COMMENT ON FUNCTION smsengage.describe(text, text, text) IS 'Sets the comments of a table or view and its columns, one line "column: text" each, and notes that it belongs to the store. Used by migrate().';

CREATE FUNCTION smsengage.note_relation(made regclass)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.store_relation (relation)
	SELECT c.relname FROM pg_class c WHERE c.oid = made
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.note_relation(regclass) IS 'Notes that a table or view belongs to the store. Used by migrate().';

CREATE FUNCTION smsengage.store_relations()
RETURNS TABLE (relation regclass, name text, kind "char")
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.oid::regclass, c.relname::text, c.relkind
	FROM smsengage.store_relation r
	JOIN pg_class c ON c.relname = r.relation
	WHERE c.relnamespace = 'smsengage'::regnamespace
		AND c.relowner = (SELECT o.relowner FROM pg_class o WHERE o.oid = 'smsengage.event'::regclass);
END
$$;
COMMENT ON FUNCTION smsengage.store_relations() IS 'The tables (kind r or p) and views (v) of the store; not what its owner may have beside them in the schema. Used by what drops, grants or protects all of them.';

CREATE FUNCTION smsengage.store_exists()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.to_regclass('smsengage.event') IS NOT NULL;
END;
COMMENT ON FUNCTION smsengage.store_exists() IS 'Whether create_store() has been called in this database. Used by migrate().';

CREATE FUNCTION smsengage.store_is_distributed()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_store_is_distributed_sql' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.store_is_distributed() IS 'Whether distribute_store() has spread the store over a cluster. Costs a look into the catalogue cache. Used by ingestion and reports.';

CREATE FUNCTION smsengage.check_store_place()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	group_id integer;
BEGIN
	IF getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('the database has the encoding %s, a store needs UTF8', getdatabaseencoding()),
			HINT = 'Create a database with ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;
	IF NOT has_schema_privilege('smsengage', 'CREATE') THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = format('role "%s" may not create tables in the schema smsengage', current_user),
			HINT = format('The owner of the schema can say: GRANT CREATE ON SCHEMA smsengage TO %I.', current_user);
	END IF;
	IF to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL THEN
		EXECUTE 'SELECT groupid FROM pg_catalog.pg_dist_local_group' INTO group_id;
		IF group_id <> 0 THEN
			RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
				MESSAGE = 'this is a worker of a cluster',
				HINT = 'Call this function on the coordinator.';
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_store_place() IS 'Raises, with what to do, where a store cannot be made: other encoding than UTF8 (0A000), no right to create in the schema (42501), worker of a cluster (55000). Used by create_store().';

CREATE FUNCTION smsengage.store_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.store_relation (
		relation text COLLATE "C" CONSTRAINT store_relation_pkey PRIMARY KEY
	);

	CREATE TABLE IF NOT EXISTS smsengage.event (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		individual_no bigint NOT NULL,
		created_time timestamptz NOT NULL,
		received_at timestamptz NOT NULL,
		sent_time timestamptz,
		message_key uuid,
		part smallint,
		parts smallint,
		status_class smallint,
		error_permanent boolean,
		provider text COLLATE "C" NOT NULL,
		event_type text COLLATE "C" NOT NULL,
		time_source text COLLATE "C",
		account text COLLATE "C" NOT NULL,
		event_id text COLLATE "C",
		message_id text COLLATE "C",
		bulk_message text COLLATE "C",
		template text COLLATE "C",
		channel text COLLATE "C",
		individual_id text COLLATE "C",
		recipient text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C",
		keyword text COLLATE "C",
		message_text text,
		unsubscribe_source text,
		unsubscribe_reason text,
		link_name text COLLATE "C",
		link_url text COLLATE "C",
		resolved_url text COLLATE "C",
		user_agent text,
		device_type text,
		os text,
		device_name text,
		status_code text COLLATE "C",
		status_name text,
		error_code text COLLATE "C",
		error_text text,
		price numeric,
		price_currency text COLLATE "C",
		callback_data text,
		extra json,
		CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key)
	) PARTITION BY RANGE (event_time);
	CREATE INDEX IF NOT EXISTS event_individual_no_idx ON smsengage.event (individual_no, event_time);

	CREATE TABLE IF NOT EXISTS smsengage.event_identity (
		digest uuid CONSTRAINT event_identity_pkey PRIMARY KEY,
		event_time timestamptz NOT NULL
	);

	CREATE TABLE IF NOT EXISTS smsengage.message (
		message_key uuid CONSTRAINT message_pkey PRIMARY KEY,
		first_time timestamptz NOT NULL,
		last_time timestamptz NOT NULL,
		individual_no bigint NOT NULL,
		parts smallint,
		account text COLLATE "C" NOT NULL,
		provider text COLLATE "C" NOT NULL,
		message_id text COLLATE "C" NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C",
		channel text COLLATE "C",
		bulk_message text COLLATE "C",
		template text COLLATE "C",
		price numeric,
		price_currency text COLLATE "C",
		callback_data text COLLATE "C",
		state smsengage.delivery_state NOT NULL
	) WITH (fillfactor = 80);

	CREATE TABLE IF NOT EXISTS smsengage.individual (
		individual_no bigint GENERATED BY DEFAULT AS IDENTITY,
		scope text COLLATE "C" NOT NULL,
		individual_id text COLLATE "C" NOT NULL,
		CONSTRAINT individual_pkey PRIMARY KEY (individual_id, scope)
	);
	CREATE INDEX IF NOT EXISTS individual_individual_no_idx ON smsengage.individual (individual_no) INCLUDE (individual_id);

	CREATE TABLE IF NOT EXISTS smsengage.contact_point (
		individual_no bigint NOT NULL,
		last_day date NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		CONSTRAINT contact_point_pkey PRIMARY KEY (individual_no, recipient)
	) WITH (fillfactor = 80);

	CREATE TABLE IF NOT EXISTS smsengage.rejected_event (
		digest uuid CONSTRAINT rejected_event_pkey PRIMARY KEY,
		received_at timestamptz NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		reason text NOT NULL,
		payload text NOT NULL,
		payload_bytes bytea
	);

	CREATE TABLE IF NOT EXISTS smsengage.content_drift (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		received_at timestamptz NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		columns text NOT NULL,
		CONSTRAINT content_drift_pkey PRIMARY KEY (event_time, event_key)
	);

	CREATE TABLE IF NOT EXISTS smsengage.provider_notice (
		digest uuid CONSTRAINT provider_notice_pkey PRIMARY KEY,
		received_at timestamptz NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		reason text NOT NULL,
		payload text NOT NULL,
		payload_bytes bytea
	);
END
$$;
COMMENT ON FUNCTION smsengage.store_tables() IS 'Makes the tables of the store that are missing. Used by migrate().';

CREATE FUNCTION smsengage.describe_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.describe('smsengage.store_relation', 'The tables and views that belong to the store.', $c$
		relation: Name in the schema smsengage$c$);
	PERFORM smsengage.describe('smsengage.event', 'One row per event, as a provider reported it; never updated. Partitioned by month of event_time (UTC).', $c$
		event_time: When it happened, by the provider's clock (time_source says where that is not so)
		event_key: Identity of the event together with event_time: first half of a digest of its content
		individual_no: Number of the person in the table individual; 0 if nobody is known
		created_time: When the provider made the record, if it says so; else the arrival
		received_at: When it arrived here
		sent_time: When the message was sent, if this event says so
		message_key: The message it belongs to, in the table message; NULL without a message id (in a distributed store then 16 zeros and event_key)
		part: Part of a multi-part message, from 0; NULL if it is about the whole message
		parts: Number of parts of the message, if the provider says so
		status_class: What it says of the delivery: 1 unknown, 2 accepted, 3 not sent, 4 sent, 5 in transit, 6 with the operator, 7 expired, 8 undelivered, 9 delivered, 10 seen; NULL if nothing
		error_permanent: Whether the provider calls the error permanent
		provider: Which provider reported it: salesforce_ens, salesforce_dmo, infobip, engagelab, intercom, twilio, aws, native
		event_type: SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK, UNDELIVERED, ACCEPTED, TRANSIENT, DELIVERED, EXPIRED, REJECTED, SEEN, REPLY, BLOCK, UNBLOCK, LINK
		time_source: arrival if the payload had no clock and event_time is the arrival; else NULL
		account: Business unit, MID or user of the provider; empty if none is known
		event_id: The provider's own id
		message_id: The provider's id of the message
		bulk_message: The send that the message belongs to: bulk message, send definition, campaign
		template: Template of the message
		channel: SMS, VIBER, WHATSAPP, RCS, ... as given; NULL means SMS
		individual_id: The person's id, as given
		recipient: The person's number: plus sign and digits if it is a phone number, else as given; empty if none
		sender_id: Our number, short code or name, as given
		keyword: Keyword of an inbound message
		message_text: Text of the message
		unsubscribe_source: Where the opt-out came from
		unsubscribe_reason: Why
		link_name: Name or alias of the clicked link
		link_url: Target of the clicked link
		resolved_url: The same as personalised for the person
		user_agent: What the browser said of itself
		device_type: Phone, desktop, ...
		os: Operating system of the device
		device_name: Maker or model of the device
		status_code: The provider's status code
		status_name: The provider's name of the status
		error_code: The provider's error code
		error_text: The provider's error text
		price: As the provider states it; Infobip: per part
		price_currency: ISO 4217 code of the price
		callback_data: What the sender attached to the message
		extra: Every member of the payload that has no column, as it was written$c$);
	PERFORM smsengage.describe('smsengage.event_identity', 'Identities that do not contain the time: the first time stored for each, so that a redelivery under another time is the same event.', $c$
		digest: Digest of the identity
		event_time: The time of the event in the table event$c$);
	PERFORM smsengage.describe('smsengage.message', 'One row per message with delivery reports: the merge of its events, the same for every order of arrival.', $c$
		message_key: Digest of provider, account, message id and what tells messages of one id apart
		first_time: Earliest event_time of its reports
		last_time: Latest event_time of its reports
		individual_no: Number of the person; 0 if nobody is known
		parts: Number of parts, if the provider says so
		account: Business unit, MID or user of the provider; empty if none is known
		provider: Which provider reported it
		message_id: The provider's id of the message
		recipient: The person's number; empty if none
		sender_id: Our number, short code or name
		channel: The channel that its reports name; NULL means SMS
		bulk_message: The send that the message belongs to
		template: Template of the message
		price: As the provider states it; Infobip: per part
		price_currency: ISO 4217 code of the price
		callback_data: What the sender attached to the message
		state: Merge of its delivery reports; read it with status_group(), done_at(), parts_delivered(), ...$c$);
	PERFORM smsengage.describe('smsengage.individual', 'The people that events belong to, numbered.', $c$
		individual_no: Number of the person
		scope: Where individual_id means one person: provider and its account or enterprise; for a number, the account
		individual_id: The provider's id of the person, or tel: and the number$c$);
	PERFORM smsengage.describe('smsengage.contact_point', 'The numbers under which named people were met.', $c$
		individual_no: Number of the person
		last_day: Last day (UTC) with an event of the person under this number
		recipient: The number$c$);
	PERFORM smsengage.describe('smsengage.rejected_event', 'What could not be understood, whole, with the reason. retry_rejected() tries again.', $c$
		digest: Identity of the piece, so that a redelivery does not add another
		received_at: When it first arrived
		provider: The provider that was named or found; auto if none was
		account: The account given to ingest(); empty if none
		reason: JSON path, and what was expected there
		payload: The event as it was sent; bytes that a text cannot hold are shown as U+FFFD
		payload_bytes: The bytes themselves, where payload cannot hold them$c$);
	PERFORM smsengage.describe('smsengage.content_drift', 'Events of which a later copy said something else. The first stored stays.', $c$
		event_time: Time of the event in the table event
		event_key: Key of the event in the table event
		received_at: When the first copy that differed arrived
		provider: Which provider sent it
		account: Account of the event
		columns: Columns of event in which that copy differed$c$);
	PERFORM smsengage.describe('smsengage.provider_notice', 'What providers send beside engagement events: verification calls, account notifications, members around the events.', $c$
		digest: Identity of the piece, so that a redelivery does not add another
		received_at: When it first arrived
		provider: The provider that was named or found
		account: The account given to ingest(); empty if none
		reason: What it is
		payload: The piece as it was sent
		payload_bytes: The bytes themselves, where payload cannot hold them$c$);
END
$$;
COMMENT ON FUNCTION smsengage.describe_tables() IS 'Sets the comments of the store''s tables. Used by migrate().';

CREATE FUNCTION smsengage.restore_states()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'state' AND NOT attisdropped) THEN
		RETURN;
	END IF;
	ALTER TABLE smsengage.message ADD COLUMN state smsengage.delivery_state;
	UPDATE smsengage.message m SET state = s.state
	FROM (
		SELECT e.message_key, smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel,
			e.part, e.event_time, e.sent_time, e.time_source)) AS state
		FROM smsengage.event e
		WHERE e.message_id IS NOT NULL AND e.status_class IS NOT NULL
		GROUP BY e.message_key
	) s
	WHERE m.message_key = s.message_key;
	-- nothing is known of a message whose events are gone
	UPDATE smsengage.message SET state = smsengage.delivery_state '' WHERE state IS NULL;
	ALTER TABLE smsengage.message ALTER COLUMN state SET NOT NULL;
END
$$;
COMMENT ON FUNCTION smsengage.restore_states() IS 'Puts back the column state of the table message, which DROP EXTENSION ... CASCADE takes along, and fills it from the events. Used by migrate().';

CREATE FUNCTION smsengage.migrate()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_store_place();
	PERFORM smsengage.store_tables();
	PERFORM smsengage.restore_states();
	PERFORM smsengage.describe_tables();
	PERFORM smsengage.tally_tables();
	PERFORM smsengage.segment_tables();
	PERFORM smsengage.bulk_tables();
	PERFORM smsengage.gate_tables();
	PERFORM smsengage.erasure_tables();
	PERFORM smsengage.access_tables();
	PERFORM smsengage.outcome_tables();
	PERFORM smsengage.check_layout();
	PERFORM smsengage.machine_click_tables();
	PERFORM smsengage.health_tables();
	PERFORM smsengage.store_views();
	PERFORM smsengage.access_rules();
END
$$;
COMMENT ON FUNCTION smsengage.migrate() IS 'Brings the store up to date with the extension: makes what is missing, replaces views, changes no event. Call it after ALTER EXTENSION smsengage UPDATE; it may be repeated.';

CREATE FUNCTION smsengage.create_store()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'duplicate_table',
			MESSAGE = 'this database has a store already',
			HINT = 'migrate() brings it up to date.';
	END IF;
	PERFORM smsengage.migrate();
END
$$;
COMMENT ON FUNCTION smsengage.create_store() IS 'Makes the tables and views of the store in schema smsengage, owned by the caller. Raises 42P07 if there is one, and as check_store_place().';

CREATE FUNCTION smsengage.drop_store(force boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	relation record;
	owner oid;
	events boolean;
BEGIN
	IF NOT smsengage.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = 'this database has no store';
	END IF;
	owner := (SELECT c.relowner FROM pg_class c WHERE c.oid = 'smsengage.event'::regclass);
	IF smsengage.store_is_distributed() THEN
		-- one connection to a node, as views are dropped in the same transaction
		PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
	END IF;
	events := EXISTS (SELECT 1 FROM smsengage.event);
	events := events OR EXISTS (SELECT 1 FROM smsengage.rejected_event);
	IF events AND NOT coalesce(force, false) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the store has events',
			HINT = 'drop_store(force => true) drops them; there is no way back.';
	END IF;
	FOR relation IN SELECT r.relation AS name, r.kind FROM smsengage.store_relations() r ORDER BY r.kind = 'v' DESC, r.relation::oid DESC LOOP
		EXECUTE format('DROP %s %s', CASE relation.kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relation.name);
	END LOOP;
	FOR relation IN
		SELECT p.oid::regprocedure AS name
		FROM pg_proc p
		WHERE p.pronamespace = 'smsengage'::regnamespace AND p.proowner = owner AND p.prosecdef
			AND (p.proname IN ('submit', 'pseudonym') OR p.proname LIKE 'masked\_%')
	LOOP
		EXECUTE format('DROP FUNCTION %s', relation.name);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.drop_store(boolean) IS 'Drops the store''s tables, views and definer functions, and nothing else that may be in the schema. Refuses (55000) while there are events, unless force is true. Raises 2BP01 if something else depends on them.';
-- Tallies in the store: exact counts of people over any window, kept by
-- appending what each batch adds.

CREATE FUNCTION smsengage.batch_series(batch smsengage.parsed_batch, event_keys bigint[], dimensions text[])
RETURNS TABLE (no integer, digest uuid, account text, event_type text, dimension text, value text)
AS 'MODULE_PATHNAME', 'sms_batch_series' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage.batch_series(smsengage.parsed_batch, bigint[], text[]) IS 'The series in which the events with these keys count: one for account and type, one more for each of these dimensions in which an event has a value. Used by ingestion.';

CREATE FUNCTION smsengage.batch_tallies(batch smsengage.parsed_batch, people bigint[], event_keys bigint[], dimensions text[], series_nos bigint[])
RETURNS TABLE (series_no bigint, cell_start timestamptz, chunk integer, tally smsengage.tally, anonymous bigint)
AS 'MODULE_PATHNAME', 'sms_batch_tallies' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION smsengage.batch_tallies(smsengage.parsed_batch, bigint[], bigint[], text[], bigint[]) IS 'What the events with these keys add to the tallies of their series (numbers in the order of batch_series()), in quarter hours. A message counts once, by its first part; events of nobody are in chunk -1, as anonymous. Used by ingestion.';

CREATE FUNCTION smsengage.cell_start(level integer, at timestamptz)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_cell_start_sql' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.cell_start(integer, timestamptz) IS 'Where the cell of a level begins that holds the instant: 0 and 1 quarter hour, 2 hour, 3 day, 4 week from Monday, 5 eight weeks, 6 sixty-four weeks, all of UTC. Raises 22023 for another level. Used by tallies.';

CREATE FUNCTION smsengage.restore_tallies()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	lost boolean := 2 > (SELECT count(*) FROM pg_attribute WHERE attrelid = 'smsengage.engagement_tally'::regclass AND attname IN ('tally', 'quarters') AND NOT attisdropped);
BEGIN
	IF lost THEN
		TRUNCATE smsengage.engagement_tally;
		ALTER TABLE smsengage.engagement_tally ADD COLUMN IF NOT EXISTS tally smsengage.tally, ADD COLUMN IF NOT EXISTS quarters smsengage.day_tally;
	END IF;
	-- not again: a cluster cannot
	IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'smsengage.engagement_tally'::regclass AND a.attname IN ('tally', 'quarters') AND a.attstorage <> 'p') THEN
		ALTER TABLE smsengage.engagement_tally ALTER COLUMN tally SET STORAGE PLAIN, ALTER COLUMN quarters SET STORAGE PLAIN, ALTER COLUMN tally DROP NOT NULL;
	END IF;
	IF lost THEN
		PERFORM smsengage.rebuild_tallies();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.restore_tallies() IS 'Stores tallies as they are, without compression; puts back the columns tally and quarters, which DROP EXTENSION ... CASCADE takes along, and counts the events again. Used by migrate().';

CREATE FUNCTION smsengage.cell_end(level integer, at timestamptz)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_cell_end_sql' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.cell_end(integer, timestamptz) IS 'Where the cell of cell_start() ends and the next one begins. Used by tallies.';

CREATE FUNCTION smsengage.series_digest(account text, event_type text, dimension text, value text)
RETURNS uuid
AS 'MODULE_PATHNAME', 'sms_series_digest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.series_digest(text, text, text, text) IS 'The key of a series. Used by ingestion.';

CREATE FUNCTION smsengage.tally_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.tally_dimension (
		dimension text COLLATE "C" CONSTRAINT tally_dimension_pkey PRIMARY KEY,
		complete_from timestamptz NOT NULL,
		CONSTRAINT tally_dimension_check CHECK (dimension IN ('bulk_message', 'link_name'))
	);
	IF to_regclass('smsengage.engagement_tally') IS NULL THEN
		INSERT INTO smsengage.tally_dimension (dimension, complete_from)
		VALUES ('bulk_message', '-infinity'), ('link_name', '-infinity')
		ON CONFLICT DO NOTHING;
	END IF;
	CREATE TABLE IF NOT EXISTS smsengage.series (
		series_no bigint GENERATED BY DEFAULT AS IDENTITY,
		digest uuid CONSTRAINT series_pkey PRIMARY KEY,
		account text COLLATE "C" NOT NULL,
		event_type text COLLATE "C" NOT NULL,
		dimension text COLLATE "C" NOT NULL,
		value text COLLATE "C" NOT NULL
	);
	CREATE INDEX IF NOT EXISTS series_event_type_idx ON smsengage.series (event_type, dimension, value);
	CREATE TABLE IF NOT EXISTS smsengage.engagement_tally (
		series_no bigint NOT NULL,
		cell_start timestamptz NOT NULL,
		anonymous bigint NOT NULL,
		chunk integer NOT NULL,
		level smallint NOT NULL,
		tally smsengage.tally,
		quarters smsengage.day_tally
	);
	PERFORM smsengage.restore_tallies();
	CREATE INDEX IF NOT EXISTS engagement_tally_idx ON smsengage.engagement_tally (series_no, level, cell_start, chunk);

	PERFORM smsengage.describe('smsengage.tally_dimension', 'The attributes by which tallies are kept, besides account and type. A row may be deleted to keep fewer.', $c$
		dimension: bulk_message or link_name
		complete_from: Tallies hold all events from here on; before, events are read$c$);
	PERFORM smsengage.describe('smsengage.series', 'What tallies are kept of: events of an account and type, all or those with one value of a dimension.', $c$
		series_no: Number of the series
		digest: Digest of account, type, dimension and value
		account: Account of the events
		event_type: Type of the events
		dimension: Empty for all events; else the attribute that has one value
		value: That value$c$);
	PERFORM smsengage.describe('smsengage.engagement_tally', 'How often each person was met in each cell of time. What a cell holds is the sum of its rows at its level and of the deltas (level 0) inside it; rows are added, and fold() joins them.', $c$
		series_no: What is counted, in the table series
		cell_start: Where the cell begins (UTC); at level 1 the day
		anonymous: Events that belong to nobody (chunk -1), or to people who were forgotten (chunk -2)
		chunk: The people with individual_no / 65536 = chunk; -1 for nobody; -2 for people who were forgotten, whose sums were kept
		level: Length of the cell: 0 delta (a quarter hour), 1 the quarter hours of a day, 3 day, 4 week, 5 eight weeks, 6 sixty-four weeks
		tally: Person (individual_no modulo 65536) to number of events; null at level 1
		quarters: Level 1 only: a tally for each quarter hour of the day; events of nobody as those of 0$c$);
END
$$;
COMMENT ON FUNCTION smsengage.tally_tables() IS 'Makes the tables of tallies that are missing. Used by migrate().';

-- No SET clause: it is called once for each ingest(), whose settings hold.
CREATE FUNCTION smsengage.add_tallies(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	dimensions text[] := ARRAY(SELECT d.dimension FROM smsengage.tally_dimension d);
	series_nos bigint[];
BEGIN
	SELECT pg_catalog.array_agg((SELECT s.series_no FROM smsengage.series s WHERE s.digest OPERATOR(pg_catalog.=) b.digest) ORDER BY b.no)
	INTO series_nos
	FROM smsengage.batch_series(batch, event_keys, dimensions) b;
	-- later parts of messages count nowhere
	IF series_nos IS NULL THEN
		RETURN;
	END IF;
	IF pg_catalog.array_position(series_nos, NULL) IS NOT NULL THEN
		INSERT INTO smsengage.series (digest, account, event_type, dimension, value)
		SELECT b.digest, b.account, b.event_type, b.dimension, b.value
		FROM smsengage.batch_series(batch, event_keys, dimensions) b
		WHERE series_nos[b.no] IS NULL
		ORDER BY b.digest
		ON CONFLICT DO NOTHING;
		SELECT pg_catalog.array_agg((SELECT s.series_no FROM smsengage.series s WHERE s.digest OPERATOR(pg_catalog.=) b.digest) ORDER BY b.no)
		INTO series_nos
		FROM smsengage.batch_series(batch, event_keys, dimensions) b;
	END IF;
	INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
	SELECT t.series_no, t.cell_start, t.anonymous, t.chunk, 0, t.tally
	FROM smsengage.batch_tallies(batch, people, event_keys, dimensions, series_nos) t;
END
$$;
COMMENT ON FUNCTION smsengage.add_tallies(smsengage.parsed_batch, bigint[], bigint[]) IS 'Appends what the events with these keys add to the tallies. Used by ingest_batch().';

CREATE FUNCTION smsengage.fold_series(folded bigint, since timestamptz, until timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- each fresh cell finds its rows by the index, however many there are
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
DECLARE
	tallies integer := 'smsengage.engagement_tally'::regclass::oid::integer;
	deltas bigint;
BEGIN
	-- what another fold() or rebuild_tallies() is at is left to it
	IF NOT pg_try_advisory_xact_lock_shared(tallies, 0) OR NOT pg_try_advisory_xact_lock(tallies, hashint8(folded)) THEN
		RETURN 0;
	END IF;
	-- One statement, so that every snapshot sees either the deltas or what they
	-- became. A row of a cell joins the new sum unless it is larger than four
	-- times what has gathered beside it; so a cell has few rows, each five
	-- times the one before, and a large row is rewritten seldom.
	WITH gone AS (
		DELETE FROM smsengage.engagement_tally t
		WHERE t.series_no = folded AND t.level = 0 AND t.cell_start >= since AND t.cell_start < until
		RETURNING t.cell_start, t.chunk, t.tally, t.anonymous
	), quarters AS (
		SELECT g.cell_start, g.chunk, smsengage.sum(g.tally) AS tally, sum(g.anonymous)::bigint AS anonymous
		FROM gone g GROUP BY 1, 2
	), days AS (
		SELECT smsengage.cell_start(3, q.cell_start) AS cell_start, q.chunk, smsengage.sum(q.tally) AS tally, sum(q.anonymous)::bigint AS anonymous,
			smsengage.sum(smsengage.day_tally(q.cell_start, CASE WHEN q.chunk >= 0 THEN q.tally ELSE smsengage.tally('{0}', ARRAY[q.anonymous::integer]) END)) AS quarters
		FROM quarters q GROUP BY 1, 2
	), weeks AS (
		SELECT smsengage.cell_start(4, d.cell_start) AS cell_start, d.chunk, smsengage.sum(d.tally) AS tally, sum(d.anonymous)::bigint AS anonymous
		FROM days d GROUP BY 1, 2
	), weeks_8 AS (
		SELECT smsengage.cell_start(5, w.cell_start) AS cell_start, w.chunk, smsengage.sum(w.tally) AS tally, sum(w.anonymous)::bigint AS anonymous
		FROM weeks w GROUP BY 1, 2
	), weeks_64 AS (
		SELECT smsengage.cell_start(6, w.cell_start) AS cell_start, w.chunk, smsengage.sum(w.tally) AS tally, sum(w.anonymous)::bigint AS anonymous
		FROM weeks_8 w GROUP BY 1, 2
	), fresh AS (
		SELECT 1::smallint AS level, d.cell_start, d.chunk, d.anonymous, NULL::smsengage.tally AS tally, d.quarters FROM days d
		UNION ALL SELECT 3::smallint, d.cell_start, d.chunk, d.anonymous, d.tally, NULL FROM days d
		UNION ALL SELECT 4::smallint, w.cell_start, w.chunk, w.anonymous, w.tally, NULL FROM weeks w
		UNION ALL SELECT 5::smallint, w.cell_start, w.chunk, w.anonymous, w.tally, NULL FROM weeks_8 w
		UNION ALL SELECT 6::smallint, w.cell_start, w.chunk, w.anonymous, w.tally, NULL FROM weeks_64 w
	), beside AS (
		SELECT t.level, t.cell_start, t.chunk, coalesce(smsengage.bytes(t.tally), smsengage.day_bytes(t.quarters)) AS size,
			coalesce(smsengage.bytes(f.tally), smsengage.day_bytes(f.quarters)) + coalesce(sum(coalesce(smsengage.bytes(t.tally), smsengage.day_bytes(t.quarters))) OVER (
				PARTITION BY t.level, t.cell_start, t.chunk ORDER BY coalesce(smsengage.bytes(t.tally), smsengage.day_bytes(t.quarters))
				ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS gathered
		FROM fresh f
		JOIN smsengage.engagement_tally t ON t.series_no = folded AND t.level = f.level AND t.cell_start = f.cell_start AND t.chunk = f.chunk
	), small AS (
		SELECT b.level, b.cell_start, b.chunk, max(b.size) AS size
		FROM beside b
		WHERE b.size <= 4 * b.gathered
		GROUP BY 1, 2, 3
	), joined AS (
		DELETE FROM smsengage.engagement_tally t
		USING small s
		WHERE t.series_no = folded AND t.level = s.level AND t.cell_start = s.cell_start AND t.chunk = s.chunk
			AND coalesce(smsengage.bytes(t.tally), smsengage.day_bytes(t.quarters)) <= s.size
		RETURNING t.level, t.cell_start, t.chunk, t.anonymous, t.tally, t.quarters
	), sums AS (
		SELECT a.level, a.cell_start, a.chunk, sum(a.anonymous)::bigint AS anonymous, smsengage.sum(a.tally) AS tally, smsengage.sum(a.quarters) AS quarters
		FROM (SELECT f.* FROM fresh f UNION ALL SELECT j.* FROM joined j) a
		GROUP BY 1, 2, 3
	), put AS (
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
		SELECT folded, s.cell_start, s.anonymous, s.chunk, s.level, piece.tally, piece.quarters
		FROM sums s
		CROSS JOIN LATERAL (
			SELECT p AS tally, NULL::smsengage.day_tally AS quarters FROM smsengage.split(s.tally) p
			UNION ALL
			SELECT NULL, p FROM smsengage.day_split(s.quarters) p
		) piece
		ORDER BY s.level, s.cell_start, s.chunk
	)
	SELECT count(*) INTO deltas FROM gone;
	RETURN deltas;
END
$$;
COMMENT ON FUNCTION smsengage.fold_series(bigint, timestamptz, timestamptz) IS 'Adds the deltas of a series in [since, until) to the cells of every level and deletes them; returns how many. Does nothing, and returns 0, while another session is at it. Used by fold().';

CREATE PROCEDURE smsengage.fold()
LANGUAGE plpgsql
AS $$
DECLARE
	piece record;
BEGIN
	-- Eight weeks of one series at a time. The lateral query asks the index once
	-- for each series, where the whole table would be read otherwise; the chunk is
	-- there for clusters, which ask where it is.
	FOR piece IN
		SELECT DISTINCT s.series_no, d.since
		FROM smsengage.series s
		CROSS JOIN LATERAL (
			SELECT DISTINCT t.chunk, smsengage.cell_start(5, t.cell_start) AS since
			FROM smsengage.engagement_tally t
			WHERE t.series_no OPERATOR(pg_catalog.=) s.series_no AND t.level OPERATOR(pg_catalog.=) 0::smallint
		) d
		ORDER BY 1, 2
	LOOP
		PERFORM smsengage.fold_series(piece.series_no, piece.since, smsengage.cell_end(5, piece.since));
		IF smsengage.may_commit() THEN
			COMMIT;
		END IF;
	END LOOP;
	PERFORM smsengage.fold_outcomes();
END
$$;
COMMENT ON PROCEDURE smsengage.fold() IS 'Joins what ingestion appended to the tallies. Changes no answer, only its cost; may run beside ingestion, readers and another fold(), and blocks none of them. Called outside of a transaction block it commits piece by piece.';
-- Views over the store: plain types, the caller's rights.

CREATE FUNCTION smsengage.store_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	PERFORM smsengage.salesforce_views();
	PERFORM smsengage.engagelab_views();
	PERFORM smsengage.provider_drift_view();
	PERFORM smsengage.infobip_views();
	PERFORM smsengage.report_views();
	PERFORM smsengage.click_views();
	PERFORM smsengage.metric_views();
END
$$;
COMMENT ON FUNCTION smsengage.store_views() IS 'Makes or replaces the views over the store. Used by migrate().';
-- What providers send that the tables and descriptors do not know yet.

CREATE FUNCTION smsengage.note_content_drift(batch smsengage.parsed_batch)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	arrival timestamptz := now();
BEGIN
	-- An event whose identity has no time was stored under the first one.  What
	-- comes from the batch is materialised, as a cluster cannot send a batch.
	WITH copy AS MATERIALIZED (
		SELECT c.* FROM smsengage.batch_copies(batch) c
	), identity AS MATERIALIZED (
		SELECT b.digest FROM smsengage.batch_identities(batch) b
	), timeless AS MATERIALIZED (
		SELECT ('x' || translate(left(i.digest::text, 18), '-', ''))::bit(64)::bigint AS event_key, i.event_time
		FROM identity b
		JOIN smsengage.event_identity i ON i.digest = b.digest
	), placed AS MATERIALIZED (
		SELECT c.*, coalesce(t.event_time, c.event_time) AS stored_time
		FROM copy c
		LEFT JOIN timeless t ON t.event_key = c.event_key
	), compared AS (
		SELECT e.event_time, e.event_key, e.provider, e.account, concat_ws(', ',
			-- arrivals differ, and so does EngageLab's time of a reply, that of the callback
			CASE WHEN c.event_time <> e.event_time AND e.time_source IS NULL AND e.provider <> 'engagelab' THEN 'event_time' END,
			CASE WHEN c.sent_time IS DISTINCT FROM e.sent_time THEN 'sent_time' END,
			CASE WHEN c.part IS DISTINCT FROM e.part THEN 'part' END,
			CASE WHEN c.parts IS DISTINCT FROM e.parts THEN 'parts' END,
			CASE WHEN c.status_class IS DISTINCT FROM e.status_class THEN 'status_class' END,
			CASE WHEN c.error_permanent IS DISTINCT FROM e.error_permanent THEN 'error_permanent' END,
			CASE WHEN c.event_type IS DISTINCT FROM e.event_type THEN 'event_type' END,
			CASE WHEN c.event_id IS DISTINCT FROM e.event_id THEN 'event_id' END,
			CASE WHEN c.message_id IS DISTINCT FROM e.message_id THEN 'message_id' END,
			CASE WHEN c.bulk_message IS DISTINCT FROM e.bulk_message THEN 'bulk_message' END,
			CASE WHEN c.template IS DISTINCT FROM e.template THEN 'template' END,
			CASE WHEN c.channel IS DISTINCT FROM e.channel THEN 'channel' END,
			CASE WHEN c.individual_id IS DISTINCT FROM e.individual_id THEN 'individual_id' END,
			CASE WHEN c.recipient IS DISTINCT FROM e.recipient THEN 'recipient' END,
			CASE WHEN c.sender_id IS DISTINCT FROM e.sender_id THEN 'sender_id' END,
			CASE WHEN c.keyword IS DISTINCT FROM e.keyword THEN 'keyword' END,
			CASE WHEN c.message_text IS DISTINCT FROM e.message_text THEN 'message_text' END,
			CASE WHEN c.unsubscribe_source IS DISTINCT FROM e.unsubscribe_source THEN 'unsubscribe_source' END,
			CASE WHEN c.unsubscribe_reason IS DISTINCT FROM e.unsubscribe_reason THEN 'unsubscribe_reason' END,
			CASE WHEN c.link_name IS DISTINCT FROM e.link_name THEN 'link_name' END,
			CASE WHEN c.link_url IS DISTINCT FROM e.link_url THEN 'link_url' END,
			CASE WHEN c.resolved_url IS DISTINCT FROM e.resolved_url THEN 'resolved_url' END,
			CASE WHEN c.user_agent IS DISTINCT FROM e.user_agent THEN 'user_agent' END,
			CASE WHEN c.device_type IS DISTINCT FROM e.device_type THEN 'device_type' END,
			CASE WHEN c.os IS DISTINCT FROM e.os THEN 'os' END,
			CASE WHEN c.device_name IS DISTINCT FROM e.device_name THEN 'device_name' END,
			CASE WHEN c.status_code IS DISTINCT FROM e.status_code THEN 'status_code' END,
			CASE WHEN c.status_name IS DISTINCT FROM e.status_name THEN 'status_name' END,
			CASE WHEN c.error_code IS DISTINCT FROM e.error_code THEN 'error_code' END,
			CASE WHEN c.error_text IS DISTINCT FROM e.error_text THEN 'error_text' END,
			CASE WHEN c.price IS DISTINCT FROM e.price THEN 'price' END,
			CASE WHEN c.price_currency IS DISTINCT FROM e.price_currency THEN 'price_currency' END,
			CASE WHEN c.callback_data IS DISTINCT FROM e.callback_data THEN 'callback_data' END) AS columns
		FROM placed c
		JOIN smsengage.event e ON e.event_time = c.stored_time AND e.event_key = c.event_key
	)
	INSERT INTO smsengage.content_drift (event_time, event_key, received_at, provider, account, columns)
	SELECT d.event_time, d.event_key, arrival, min(d.provider), min(d.account), min(d.columns)
	FROM compared d
	WHERE d.columns <> ''
	GROUP BY d.event_time, d.event_key
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.note_content_drift(smsengage.parsed_batch) IS 'Notes in content_drift which events of the batch are stored with other content; extra, and what a redelivery changes anyway, is not compared. Used by ingest().';

CREATE FUNCTION smsengage.expected_extra()
RETURNS TABLE (provider text, path text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 150
BEGIN ATOMIC
	SELECT p.provider, x.path
	FROM (VALUES
		('salesforce_ens', ARRAY['eid', 'definitionId', 'composite.tsid', 'composite.jobId', 'composite.batchId',
			'composite.mobileNumber', 'composite.subscriberId', 'info.countryCode', 'info.fromAddress']),
		('salesforce_dmo', ARRAY['MOPhoneNumber', 'RecpientPhoneNumber', 'RecipientPhoneNumber', 'RecipientPhone',
			'ContactPointPhoneNumber', 'ssot__AccountContactId__c', 'ssot__ContactPointId__c', 'ssot__CountryId__c',
			'ssot__DataSourceId__c', 'ssot__DataSourceObjectId__c', 'ssot__DeviceCountryId__c', 'ssot__DeviceIPAddress__c',
			'ssot__DeviceLatitude__c', 'ssot__DeviceLocaleId__c', 'ssot__DeviceLongitude__c', 'ssot__DevicePostalCode__c',
			'ssot__EngagementAssetId__c', 'ssot__EngagementChannelId__c', 'ssot__EngagementChannelTypeId__c',
			'ssot__EngagementEventDirectionId__c', 'ssot__EngagementNotesTxt__c', 'ssot__EngagementNbr__c',
			'ssot__EngagementTypeId__c', 'ssot__EngagementVehicleId__c', 'ssot__ExternalRecordId__c',
			'ssot__ExternalSourceId__c', 'ssot__InternalOrganizationId__c', 'ssot__IsTestSend__c', 'ssot__IsValid__c',
			'ssot__LastModifiedDate__c', 'ssot__LeadlId__c', 'ssot__MarketAudienceId__c', 'ssot__MarketJourneyActivityId__c',
			'ssot__MarketSegmentId__c', 'ssot__Name__c', 'ssot__Referrer__c', 'ssot__ReferrerURL__c',
			'ssot__SalesOrderId__c', 'ssot__SendClassificationId__c', 'ssot__SessionId__c', 'ssot__TaskId__c',
			'ssot__WebCookieId__c', 'ssot__WorkflowId__c']),
		('infobip', ARRAY['applicationId', 'entityId', 'platform.applicationId', 'platform.entityId', 'campaignReferenceId',
			'mccMnc', 'networkId', 'originalMCC', 'originalMNC', 'cleanText', 'content.*', 'geoLocationInfo.city',
			'geoLocationInfo.countryName', 'status.groupId', 'status.groupName', 'status.description', 'status.action',
			'statusGroupId', 'statusGroupName', 'statusDescription', 'error.groupId', 'error.groupName', 'error.name',
			'errorGroupId', 'errorGroupName', 'errorName']),
		('engagelab', ARRAY['server', 'business_id', 'custom_args.*', 'status.status_data.business_id',
			'status.status_data.current_send_channel', 'response.response_data.account_sid',
			'expiration_time', 'expirationTime', 'Expiration time']),
		('intercom', ARRAY['type', 'topic', 'id', 'data.type', 'data.item.type', 'data.item.company.*',
			'data.item.contact.type', 'data.item.contact.external_id', 'data.item.contact.email', 'data.item.contact.name',
			'data.item.content_stat.type', 'data.item.content_stat.content_type', 'data.item.content_stat.ruleset_id',
			'data.item.content_stat.ruleset_version_id', 'data.item.content_stat.tags.*',
			'data.item.content_stat.series_id', 'data.item.content_stat.series_title',
			'data.item.content_stat.node_id', 'data.item.content_stat.reason',
			'user_external_id', 'company_id', 'email', 'name', 'ruleset_id', 'content_type', 'ruleset_version_id',
			'series_id', 'series_title', 'node_id', 'reason', 'first_reply', 'first_completion', 'first_series_completion',
			'first_series_disengagement', 'first_series_exit', 'first_goal_success', 'first_open', 'first_click',
			'first_dismisall', 'first_unsubscribe', 'first_hard_bounce']),
		('twilio', ARRAY['ApiVersion', 'RawDlrDoneDate', 'MessagingServiceSid', 'NumMedia', 'SmsSid', 'SmsStatus',
			'ToCountry', 'ToState', 'ToCity', 'ToZip', 'FromCountry', 'FromState', 'FromCity', 'FromZip']),
		('aws', ARRAY['eventVersion', 'isFinal', 'isoCountryCode', 'mcc', 'mnc', 'messageEncoding', 'messageType',
			'messageStatusDescription', 'totalCarrierFee'])
	) AS p(provider, paths)
	CROSS JOIN LATERAL pg_catalog.unnest(p.paths) AS x(path);
END;
COMMENT ON FUNCTION smsengage.expected_extra() IS 'The members without a column that each provider is known to send: paths in event.extra; .* stands for all members below. Native events may have any. Used by the view drift.';

CREATE FUNCTION smsengage.unknown_members(extra json, expected text[])
RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_unknown_members' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.unknown_members(json, text[]) IS 'The members of extra that are not among the expected paths, as paths; NULL if there are none. An object of which some members are expected is looked into, any other is one member. Used by the view drift.';

CREATE FUNCTION smsengage.provider_drift_view()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.drift WITH (security_invoker = true) AS
	WITH code AS MATERIALIZED (
		SELECT s.provider, s.event_class, lower(s.code) AS code FROM smsengage.status_codes() s
	),
	found AS (
		SELECT 'status code' AS kind, e.provider, e.status_code AS value, e.received_at, e.event_time, e.event_key, NULL::text AS payload
		FROM smsengage.event e
		WHERE e.status_code IS NOT NULL AND e.provider <> 'native'
			AND NOT EXISTS (
				SELECT FROM code s
				WHERE s.provider = e.provider AND s.code = lower(e.status_code)
					AND s.event_class = CASE WHEN e.provider = 'salesforce_ens' AND e.event_type = 'NOT_SENT' THEN 'not_sent' ELSE 'status' END)
		UNION ALL
		SELECT 'error code', e.provider, e.error_code, e.received_at, e.event_time, e.event_key, NULL
		FROM smsengage.event e
		WHERE e.error_code IS NOT NULL AND e.provider <> 'native'
			AND NOT EXISTS (
				SELECT FROM code s
				WHERE s.provider = e.provider AND s.code = lower(e.error_code) AND s.event_class = 'error')
		UNION ALL
		SELECT 'event type', r.provider,
			left((regexp_match(r.payload, '"' || t.name || '"\s*:\s*"([^"]*)"'))[1], 64),
			r.received_at, NULL, NULL, r.payload
		FROM smsengage.rejected_event r
		CROSS JOIN LATERAL (SELECT substring(r.reason FROM '([A-Za-z_]+): expected') AS name) t
		WHERE t.name IN ('eventCategoryType', 'EventType', 'event', 'stat_type', 'topic', 'eventType', 'event_type')
		UNION ALL
		SELECT 'field', e.provider, u.path, e.received_at, e.event_time, e.event_key, NULL
		FROM smsengage.event e
		JOIN (SELECT x.provider, array_agg(x.path) AS paths FROM smsengage.expected_extra() x GROUP BY x.provider) x ON x.provider = e.provider
		CROSS JOIN LATERAL unnest(smsengage.unknown_members(e.extra, x.paths)) u(path)
		UNION ALL
		SELECT 'content', c.provider, c.columns, c.received_at, c.event_time, c.event_key, NULL
		FROM smsengage.content_drift c
	)
	SELECT f.kind,
		f.provider,
		f.value,
		count(*) AS events,
		min(f.received_at) AS first_seen,
		max(f.received_at) AS last_seen,
		min(f.event_time) AS sample_event_time,
		(array_agg(f.event_key ORDER BY f.event_time, f.event_key))[1] AS sample_event_key,
		min(f.payload) AS sample_payload
	FROM found f
	GROUP BY f.kind, f.provider, f.value;
	PERFORM smsengage.describe('smsengage.drift', 'What arrived and is in no table: look here after a provider has changed something. Empty when all is known. Reads every event.', $c$
		kind: status code or error code (status_code has no such code), event type (rejected_event has the events), field (a member without a column, kept in extra), content (a later copy of an event differed, the first was kept)
		provider: Which provider sent it
		value: The code, the type, the path in extra, or the columns that differed
		events: Number of events
		first_seen: First arrival
		last_seen: Last arrival
		sample_event_time: Time of the earliest such event, in the table event
		sample_event_key: Key of the same event
		sample_payload: One of the rejected events$c$);
END
$$;
COMMENT ON FUNCTION smsengage.provider_drift_view() IS 'Makes or replaces the view drift. Used by migrate().';
-- Tallies against the events that they are made of: checked, and made again.

CREATE FUNCTION smsengage.event_tallies(since timestamptz, until timestamptz, chunk integer)
RETURNS TABLE (series_no bigint, day timestamptz, chunk_no integer, quarters smsengage.day_tally)
LANGUAGE plpgsql STABLE ROWS 100000
SET search_path = pg_catalog, pg_temp
-- every event looks its series up: by hash, and few groups of many rows
SET enable_nestloop = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	low bigint := CASE WHEN chunk > 0 THEN smsengage.chunk_start(chunk) WHEN chunk = 0 THEN 1 ELSE 0 END;
	high bigint := CASE WHEN chunk >= 0 THEN smsengage.chunk_start(chunk) + 65536 WHEN chunk = -1 THEN 1 ELSE 140737488355328 END;
	kept text[] := ARRAY(SELECT d.dimension FROM smsengage.tally_dimension d) || ''::text;
BEGIN
	RETURN QUERY
	SELECT c.series_no, c.day, c.chunk, smsengage.count_day(c.event_time, c.place)
	FROM (
		SELECT s.series_no, smsengage.cell_start(3, e.event_time) AS day, e.event_time,
			CASE WHEN e.individual_no = 0 THEN -1 ELSE smsengage.chunk_of(e.individual_no) END AS chunk,
			smsengage.chunk_offset(e.individual_no) AS place
		FROM smsengage.event e
		CROSS JOIN LATERAL (
			VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', e.bulk_message), ('link_name', e.link_name)
		) d (dimension, value)
		LEFT JOIN smsengage.series s ON s.account = e.account AND s.event_type = e.event_type AND s.dimension = d.dimension AND s.value = d.value
		WHERE e.event_time >= since AND e.event_time < until AND (e.part IS NULL OR e.part = 0)
			AND e.individual_no >= low AND e.individual_no < high
			AND d.value IS NOT NULL AND d.dimension = ANY (kept)
	) c
	GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION smsengage.event_tallies(timestamptz, timestamptz, integer) IS 'What the events in [since, until) count in the quarter hours of each day, of one chunk of people or (NULL) of all; series_no is NULL for a series that has no number. Used by check_tallies() and rebuild_tallies().';

CREATE FUNCTION smsengage.check_tallies(since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity')
RETURNS TABLE (series_no bigint, level integer, cell_start timestamptz, chunk integer, expected smsengage.tally, found smsengage.tally)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- events of nobody are shown as those of number 0
	RETURN QUERY
	WITH event_cell AS MATERIALIZED (
		SELECT e.series_no, q.cell_start, e.chunk_no AS chunk, q.tally
		FROM smsengage.event_tallies(check_tallies.since, check_tallies.until, NULL) e
		CROSS JOIN LATERAL smsengage.quarter_cells(0, e.day, e.quarters, '{}') q
	), tally_cell AS MATERIALIZED (
		SELECT t.series_no, t.level, t.cell_start, t.chunk,
			CASE WHEN t.chunk >= 0 THEN t.tally ELSE smsengage.tally('{0}', ARRAY[t.anonymous::integer]) END AS tally
		FROM smsengage.engagement_tally t
		-- of sums that were kept the events are gone
		WHERE t.level <> 1 AND t.chunk >= -1
		UNION ALL
		SELECT t.series_no, t.level, q.cell_start, t.chunk, q.tally
		FROM smsengage.engagement_tally t
		CROSS JOIN LATERAL smsengage.quarter_cells(0, t.cell_start, t.quarters, '{}') q
		WHERE t.level = 1 AND t.chunk >= -1
	), wanted AS (
		SELECT e.series_no, l AS level, smsengage.cell_start(l, e.cell_start) AS cell_start, e.chunk, smsengage.sum(e.tally) AS tally
		FROM event_cell e CROSS JOIN unnest('{1,3,4,5,6}'::integer[]) l
		GROUP BY 1, 2, 3, 4
	), kept AS (
		SELECT t.series_no, l AS level, smsengage.cell_start(l, t.cell_start) AS cell_start, t.chunk, smsengage.sum(t.tally) AS tally
		FROM tally_cell t JOIN unnest('{1,3,4,5,6}'::integer[]) l ON t.level = l OR t.level = 0
		GROUP BY 1, 2, 3, 4
	), compared AS (
		SELECT coalesce(w.series_no, k.series_no) AS series_no, coalesce(w.level, k.level) AS level,
			coalesce(w.cell_start, k.cell_start) AS cell_start, coalesce(w.chunk, k.chunk) AS chunk,
			coalesce(w.tally, '{}') AS expected, coalesce(k.tally, '{}') AS found
		FROM wanted w
		FULL JOIN kept k ON k.series_no = w.series_no AND k.level = w.level AND k.cell_start = w.cell_start AND k.chunk = w.chunk
	)
	SELECT c.series_no, c.level, c.cell_start, c.chunk, c.expected, c.found
	FROM compared c
	LEFT JOIN smsengage.series s ON s.series_no = c.series_no
	LEFT JOIN smsengage.tally_dimension d ON d.dimension = s.dimension
	WHERE c.expected OPERATOR(smsengage.<>) c.found
		-- cells that are inside the time asked for, and of which all should be there
		AND c.cell_start >= check_tallies.since
		AND smsengage.cell_end(c.level, c.cell_start) <= check_tallies.until
		AND (s.dimension IS NULL OR s.dimension = '' OR c.cell_start >= d.complete_from)
	ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION smsengage.check_tallies(timestamptz, timestamptz) IS 'The cells in [since, until) whose tallies are not what the events say; no row is good. Reads all events of that time.';

CREATE FUNCTION smsengage.rebuild_tallies(since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity', chunk integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- of what is older than events are kept only the tallies know
	kept_from timestamptz := greatest(since, smsengage.horizon());
	first_cell timestamptz := smsengage.cell_start(1, kept_from);
	last_cell timestamptz := smsengage.cell_end(1, until - interval '1 microsecond');
	everything boolean := kept_from = '-infinity' AND until = 'infinity' AND chunk IS NULL;
	series_nos bigint[];
	piece record;
BEGIN
	IF since IS NULL OR until IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'since and until must not be null';
	END IF;
	PERFORM smsengage.begin_rebuild();
	-- fold() moves what is deleted here: one of them at a time
	PERFORM pg_advisory_xact_lock('smsengage.engagement_tally'::regclass::oid::integer, 0);

	INSERT INTO smsengage.series (digest, account, event_type, dimension, value)
	SELECT smsengage.series_digest(n.account, n.event_type, n.dimension, n.value) AS digest, n.*
	FROM (
		SELECT DISTINCT e.account, e.event_type, d.dimension, d.value
		FROM (
			SELECT DISTINCT i.account, i.event_type, i.bulk_message, i.link_name
			FROM smsengage.event i
			WHERE i.event_time >= first_cell AND i.event_time < last_cell
		) e
		CROSS JOIN LATERAL (
			VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', e.bulk_message), ('link_name', e.link_name)
		) d (dimension, value)
		WHERE d.dimension = '' OR d.dimension IN (SELECT k.dimension FROM smsengage.tally_dimension k)
	) n
	LEFT JOIN smsengage.series s ON s.account = n.account AND s.event_type = n.event_type AND s.dimension = n.dimension AND s.value = n.value
	WHERE n.value IS NOT NULL AND s.series_no IS NULL
	ORDER BY 1
	ON CONFLICT DO NOTHING;
	series_nos := ARRAY(SELECT s.series_no FROM smsengage.series s);

	-- Quarter hours from events, a week at a time. In one statement, so that
	-- one snapshot has either both the events and the delta of an ingestion
	-- beside us, or none of them.
	FOR piece IN
		SELECT CASE WHEN w = b.low THEN first_cell ELSE w END AS since,
			CASE WHEN w >= b.high THEN last_cell ELSE w + interval '168 hours' END AS until
		FROM (
			-- a cell may be wrong where no event is
			SELECT smsengage.cell_start(4, coalesce(min(x.at), now())) AS low,
				smsengage.cell_start(4, coalesce(max(x.at), now())) AS high
			FROM (
				SELECT e.event_time AS at FROM smsengage.event e
				UNION ALL
				SELECT t.cell_start FROM smsengage.engagement_tally t WHERE t.level IN (0, 1) AND t.chunk >= -1
			) x
			WHERE x.at >= first_cell AND x.at < last_cell
		) b
		CROSS JOIN LATERAL generate_series(b.low, b.high, interval '168 hours') w
	LOOP
		WITH deltas AS (
			DELETE FROM smsengage.engagement_tally t
			WHERE t.series_no = ANY (series_nos) AND t.level = 0 AND t.cell_start >= piece.since AND t.cell_start < piece.until
				-- not t.chunk = ...: a cluster would send all of this to the node of the chunk, which cannot ask for events
				AND t.chunk >= -1 AND coalesce(t.chunk = rebuild_tallies.chunk, true)
		), gone AS (
			DELETE FROM smsengage.engagement_tally t
			WHERE t.series_no = ANY (series_nos) AND t.level = 1 AND t.cell_start >= smsengage.cell_start(3, piece.since) AND t.cell_start < piece.until
				AND t.chunk >= -1 AND coalesce(t.chunk = rebuild_tallies.chunk, true)
			RETURNING t.series_no, t.cell_start, t.chunk, t.quarters
		), counted AS MATERIALIZED (
			SELECT c.* FROM smsengage.event_tallies(piece.since, piece.until, rebuild_tallies.chunk) c
		), days AS (
			-- of the days at the ends, the other quarter hours stay as they are
			SELECT a.series_no, a.day, a.chunk_no, smsengage.sum(a.quarters) AS quarters
			FROM (
				SELECT e.series_no, e.day, e.chunk_no, e.quarters FROM counted e
				UNION ALL
				SELECT g.series_no, g.cell_start, g.chunk, smsengage.day_tally_outside(g.quarters, g.cell_start, piece.since, piece.until)
				FROM gone g
				WHERE g.cell_start < piece.since OR smsengage.cell_end(3, g.cell_start) > piece.until
			) a
			GROUP BY 1, 2, 3
		)
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, quarters)
		SELECT d.series_no, d.day, CASE WHEN d.chunk_no < 0 THEN smsengage.day_total(d.quarters) ELSE 0 END, d.chunk_no, 1, p
		FROM days d
		CROSS JOIN LATERAL smsengage.day_split(d.quarters) p
		ORDER BY d.series_no, d.day, d.chunk_no;
	END LOOP;

	-- each coarser level from the one below, where cells were touched
	FOR coarser IN 3..6 LOOP
		first_cell := smsengage.cell_start(coarser, first_cell);
		last_cell := smsengage.cell_end(coarser, last_cell - interval '1 microsecond');
		WITH gone AS (
			DELETE FROM smsengage.engagement_tally t
			WHERE t.series_no = ANY (series_nos) AND t.level = coarser AND t.cell_start >= first_cell AND t.cell_start < last_cell
				AND t.chunk >= -1 AND (rebuild_tallies.chunk IS NULL OR t.chunk = rebuild_tallies.chunk)
		), sums AS (
			SELECT t.series_no, smsengage.cell_start(coarser, t.cell_start) AS cell_start, t.chunk, sum(t.anonymous)::bigint AS anonymous,
				smsengage.sum(CASE
					WHEN coarser > 3 OR t.chunk < 0 THEN coalesce(t.tally, '{}')
					ELSE smsengage.tally(t.quarters, t.cell_start, t.cell_start, smsengage.cell_end(3, t.cell_start))
				END) AS tally
			FROM smsengage.engagement_tally t
			WHERE t.series_no = ANY (series_nos) AND t.level = CASE coarser WHEN 3 THEN 1 ELSE coarser - 1 END
				AND t.cell_start >= first_cell AND t.cell_start < last_cell
				AND t.chunk >= -1 AND (rebuild_tallies.chunk IS NULL OR t.chunk = rebuild_tallies.chunk)
			GROUP BY 1, 2, 3
		)
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
		SELECT s.series_no, s.cell_start, s.anonymous, s.chunk, coarser, p
		FROM sums s CROSS JOIN LATERAL smsengage.split(s.tally) p
		ORDER BY s.series_no, s.cell_start, s.chunk;
	END LOOP;

	IF everything THEN
		DELETE FROM smsengage.engagement_tally t WHERE t.series_no <> ALL (series_nos);
	END IF;
	IF rebuild_tallies.until = 'infinity' AND rebuild_tallies.chunk IS NULL THEN
		UPDATE smsengage.tally_dimension d SET complete_from = kept_from
		WHERE d.complete_from > kept_from;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_tallies(timestamptz, timestamptz, integer) IS 'Makes the tallies of [since, until) again from events, of one chunk of people (-1: of nobody) or, without chunk, of all; coarser cells that reach beyond are summed again from finer ones. To be called after events were erased or given to another person, in the same transaction. Without an end it also makes a dimension added later complete from since on. Ingestion and readers may go on; waits for fold().';

CREATE FUNCTION smsengage.add_tally_dimension(dimension text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- Waits for every ingestion that goes by the dimensions of before. Their
	-- events lie two days ahead at the most.
	LOCK TABLE smsengage.tally_dimension IN ACCESS EXCLUSIVE MODE;
	INSERT INTO smsengage.tally_dimension (dimension, complete_from)
	VALUES (add_tally_dimension.dimension, clock_timestamp() + interval '48 hours')
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.add_tally_dimension(text) IS 'Keeps tallies by one more attribute, bulk_message or link_name, for events from two days ahead on; rebuild_tallies(since) adds those before. Nothing changes for one that is kept already. Waits for ingestions that are under way. Raises 23514 for another attribute.';
-- Salesforce's models: MessageEngagement (Data 360) and the transactional SMS
-- events of the Event Notification Service.

CREATE FUNCTION smsengage.salesforce_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.message_engagement WITH (security_invoker = true) AS
	SELECT e.event_id,
		e.created_time,
		e.event_time AS event_date_time,
		e.bulk_message,
		e.event_type,
		CASE WHEN e.event_type IN ('SUBSCRIBE', 'UNSUBSCRIBE', 'HELP') THEN e.recipient END AS recipient_phone_number,
		CASE WHEN e.event_type = 'CONFIRMATION' AND e.extra ->> 'MOPhoneNumber' IS NULL THEN e.recipient END AS contact_point_phone_number,
		CASE WHEN e.event_type = 'CONFIRMATION' AND e.extra ->> 'MOPhoneNumber' IS NOT NULL THEN e.recipient END AS mo_phone_number,
		CASE WHEN e.event_type = 'CLICK' THEN e.recipient END AS recipient_phone,
		e.sender_id,
		e.message_text AS message,
		e.keyword,
		e.unsubscribe_source,
		e.unsubscribe_reason,
		e.individual_id,
		e.link_name,
		e.link_url,
		e.resolved_url,
		e.user_agent,
		e.message_id,
		e.error_text AS delivery_error_text,
		e.error_code AS delivery_error_code
	FROM smsengage.event e
	WHERE e.event_type IN ('SENT', 'NOT_SENT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CONFIRMATION', 'HELP', 'CLICK', 'UNDELIVERED');
	PERFORM smsengage.describe('smsengage.message_engagement', 'Salesforce''s MessageEngagement: its eight event types, its fields, from every provider. Sent means handed to the aggregator; there is no Delivered here (see message). One row per event.', $c$
		event_id: Identifier of the event (EventID)
		created_time: When the record was made (CreatedTime)
		event_date_time: When the event happened (EventDateTime)
		bulk_message: Identifier of the send (BulkMessage)
		event_type: SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK or UNDELIVERED (EventType)
		recipient_phone_number: Inbound events: the person's number (Salesforce writes RecpientPhoneNumber)
		contact_point_phone_number: Confirmation: where it was received, unless mo_phone_number says it (ContactPointPhoneNumber)
		mo_phone_number: Confirmation: the number that wrote (MOPhoneNumber)
		recipient_phone: Click: number associated with the link (RecipientPhone)
		sender_id: Short or long code (SenderID)
		message: Message text (Message)
		keyword: Keyword that was recognised (Keyword)
		unsubscribe_source: Source of the opt-out (UnsubscribeSource)
		unsubscribe_reason: Reason of the opt-out (UnsubscribeReason)
		individual_id: The person, as the provider names it (IndividualID)
		link_name: Name or alias of the clicked link (LinkName)
		link_url: Full target of the clicked link (LinkURL)
		resolved_url: Personalised target of the clicked link (ResolvedURL)
		user_agent: What the browser said of itself; for reference only (UserAgent)
		message_id: Identifier of the originating send (MessageID)
		delivery_error_text: Standard error text (DeliveryErrorText)
		delivery_error_code: Standard error code (DeliveryErrorCode)$c$);

	CREATE OR REPLACE VIEW smsengage."MessageEngagement" WITH (security_invoker = true) AS
	SELECT v.event_id AS "EventID",
		v.created_time AS "CreatedTime",
		v.event_date_time AS "EventDateTime",
		v.bulk_message AS "BulkMessage",
		v.event_type AS "EventType",
		v.recipient_phone_number AS "RecpientPhoneNumber",
		v.contact_point_phone_number AS "ContactPointPhoneNumber",
		v.mo_phone_number AS "MOPhoneNumber",
		v.recipient_phone AS "RecipientPhone",
		v.sender_id AS "SenderID",
		v.message AS "Message",
		v.keyword AS "Keyword",
		v.unsubscribe_source AS "UnsubscribeSource",
		v.unsubscribe_reason AS "UnsubscribeReason",
		v.individual_id AS "IndividualID",
		v.link_name AS "LinkName",
		v.link_url AS "LinkURL",
		v.resolved_url AS "ResolvedURL",
		v.user_agent AS "UserAgent",
		v.message_id AS "MessageID",
		v.delivery_error_text AS "DeliveryErrorText",
		v.delivery_error_code AS "DeliveryErrorCode"
	FROM smsengage.message_engagement v;
	PERFORM smsengage.describe('smsengage."MessageEngagement"', 'message_engagement under Salesforce''s own names.', $c$
		"EventID": Identifier of the event
		"CreatedTime": When the record was made
		"EventDateTime": When the event happened
		"BulkMessage": Identifier of the send
		"EventType": SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK or UNDELIVERED
		"RecpientPhoneNumber": Inbound events: the person's number (spelt as Salesforce spells it)
		"ContactPointPhoneNumber": Confirmation: where it was received
		"MOPhoneNumber": Confirmation: the number that wrote
		"RecipientPhone": Click: number associated with the link
		"SenderID": Short or long code
		"Message": Message text
		"Keyword": Keyword that was recognised
		"UnsubscribeSource": Source of the opt-out
		"UnsubscribeReason": Reason of the opt-out
		"IndividualID": The person, as the provider names it
		"LinkName": Name or alias of the clicked link
		"LinkURL": Full target of the clicked link
		"ResolvedURL": Personalised target of the clicked link
		"UserAgent": What the browser said of itself
		"MessageID": Identifier of the originating send
		"DeliveryErrorText": Standard error text
		"DeliveryErrorCode": Standard error code$c$);

	CREATE OR REPLACE VIEW smsengage.transactional_event WITH (security_invoker = true) AS
	SELECT 'TransactionalSendEvents.' ||
			CASE e.event_type
				WHEN 'SENT' THEN 'SmsSent'
				WHEN 'NOT_SENT' THEN 'SmsNotSent'
				WHEN 'TRANSIENT' THEN 'SmsTransient'
				WHEN 'DELIVERED' THEN 'SmsDelivered'
				ELSE 'SmsBounced'
			END AS event_category_type,
		e.event_time AS timestamp_utc,
		e.event_id AS composite_id,
		coalesce(e.extra #>> '{composite,tsid}', e.extra #>> '{composite,Tsid}') AS composite_tsid,
		e.extra #>> '{composite,jobId}' AS composite_job_id,
		e.extra #>> '{composite,batchId}' AS composite_batch_id,
		e.extra #>> '{composite,mobileNumber}' AS composite_mobile_number,
		e.extra #>> '{composite,subscriberId}' AS composite_subscriber_id,
		e.bulk_message AS definition_key,
		e.extra ->> 'definitionId' AS definition_id,
		e.account AS mid,
		e.extra ->> 'eid' AS eid,
		e.recipient AS info_to,
		e.individual_id AS info_subscriber_key,
		e.message_id AS info_message_key,
		e.part AS info_ordinal,
		e.status_code AS info_status_code,
		e.status_name AS info_status_message,
		e.error_text AS info_reason,
		e.sender_id AS info_from,
		coalesce(e.extra #>> '{info,countryCode}', e.extra #>> '{Info,countryCode}') AS info_country_code,
		e.event_key,
		CASE WHEN e.message_id IS NOT NULL THEN e.message_key::text END AS message_key
	FROM smsengage.event e
	WHERE e.provider = 'salesforce_ens';
	PERFORM smsengage.describe('smsengage.transactional_event', 'Transactional SMS events of Salesforce''s Event Notification Service, every attribute. One row per event.', $c$
		event_category_type: TransactionalSendEvents.SmsSent, SmsNotSent, SmsTransient, SmsDelivered or SmsBounced (eventCategoryType)
		timestamp_utc: When it happened (timestampUTC)
		composite_id: Tracks one message to one recipient (compositeId)
		composite_tsid: Triggered send (composite.tsid)
		composite_job_id: SMS send (composite.jobId)
		composite_batch_id: Batch of the send job (composite.batchId)
		composite_mobile_number: Recipient's number as given (composite.mobileNumber)
		composite_subscriber_id: Recipient's subscriber id (composite.subscriberId)
		definition_key: External key of the send definition (definitionKey)
		definition_id: Id of the send definition (definitionId)
		mid: Business unit that made the event (mid)
		eid: Enterprise of the business unit (eid)
		info_to: Recipient's number (info.to)
		info_subscriber_key: Recipient's subscriber key (info.subscriberKey)
		info_message_key: Id of the message, given by the sender (info.messageKey)
		info_ordinal: Part of a multi-part message, from 0 (info.ordinal)
		info_status_code: Status code; of SmsNotSent another code space (info.statusCode)
		info_status_message: Name of the status (info.statusMessage)
		info_reason: Reason of SmsNotSent (info.reason)
		info_from: Sender (info.from or info.fromAddress)
		info_country_code: ISO 3166 code of the recipient's country (info.countryCode)
		event_key: Key of the event, with timestamp_utc
		message_key: Key of the message$c$);
END
$$;
COMMENT ON FUNCTION smsengage.salesforce_views() IS 'Makes or replaces the views of Salesforce''s models. Used by migrate().';
-- Infobip: the data extensions of its connector for Salesforce Marketing
-- Cloud, attribute by attribute, and the values that a journey decides by.
--
-- The delivery views hold the messages of every provider but Salesforce, whose
-- reports come part by part and rank by code (see transactional_event).

CREATE FUNCTION smsengage.callback_field(callback_data text, field_name text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_callback_field' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.callback_field(text, text) IS 'A field of callback data: a string''s text, anything else as JSON; the first of its name that is not null. NULL if there is none, or the callback data is no JSON object; raises for no text.';

CREATE FUNCTION smsengage.infobip_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	-- The index of event is on person and time; a report that names no
	-- recipient belongs to nobody (0).
	CREATE OR REPLACE VIEW smsengage.message_report WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.account,
		m.provider,
		m.message_id,
		m.recipient,
		coalesce(e.parts, 1)::integer AS message_count,
		coalesce(nullif(e.recipient, ''), m.recipient) AS to_number,
		smsengage.plain_amount(e.price)::numeric(38,6) AS price_per_message,
		e.price_currency,
		g.id AS status_group_id,
		g.name AS status_group_name,
		substring(e.status_code FROM '^[0-9]{1,9}$')::integer AS status_id,
		coalesce(e.status_name, s.name) AS status_name,
		coalesce(x.status ->> 'description', x."statusDescription", s.description) AS status_description,
		coalesce(g.error_id, er.group_id) AS error_group_id,
		coalesce(x.error ->> 'groupName', x."errorGroupName", er.group_name) AS error_group_name,
		substring(e.error_code FROM '^[0-9]{1,9}$')::integer AS error_id,
		coalesce(x.error ->> 'name', x."errorName", er.name) AS error_name,
		coalesce(e.error_text, er.description) AS error_description,
		coalesce(e.error_permanent, er.permanent) AS error_permanent,
		coalesce(e.callback_data, m.callback_data) AS callback_data,
		coalesce(e.sent_time, smsengage.sent_at(m.state)) AS sent_at,
		e.event_time AS done_at,
		-- a seen report names no channel and would decide by its own clock
		CASE WHEN smsengage.is_final(m.state)
			THEN coalesce(CASE WHEN e.is_outcome AND e.status_group = smsengage.status_group(m.state) THEN e.event_time END,
				smsengage.done_at(m.state)) END AS decided_at,
		smsengage.seen_at(m.state) AS seen_at,
		coalesce(e.sender_id, m.sender_id) AS from_sender,
		e.channel,
		coalesce(x."originalMCC", substring(x."mccMnc" FROM '^([0-9]{3})[0-9]{2,3}$')) AS original_mcc,
		coalesce(x."originalMNC", substring(x."mccMnc" FROM '^[0-9]{3}([0-9]{2,3})$')) AS original_mnc,
		coalesce(e.decides, true) AS decides,
		smsengage.plain_amount(e.cost)::numeric(38,6) AS cost,
		-- only a failure can be tried again; an unknown code says nothing
		CASE WHEN e.is_outcome AND e.event_type <> 'DELIVERED'
			THEN NOT coalesce(e.error_permanent, er.permanent, s.permanent, false) AND coalesce(i.retryable, false) END AS retryable,
		x.regional::text AS regional,
		m.individual_no,
		m.first_time,
		smsengage.sent_at(m.state) AS first_sent_at,
		smsengage.decision_split(m.state) AS decision,
		smsengage.status_group(m.state) AS status_group,
		smsengage.delivered_to(m.state) AS delivered_to,
		smsengage.is_final(m.state) AS is_final,
		-- asked only where it is wanted, and beside the message in a cluster
		(SELECT coalesce(k.link_url, '')
		 FROM smsengage.event k
		 WHERE k.message_key = m.message_key AND k.event_type = 'CLICK' AND k.individual_no = m.individual_no
			AND k.event_time > least(m.first_time, smsengage.sent_at(m.state)) - interval '24 hours'
		 ORDER BY k.event_time DESC, k.event_key DESC
		 LIMIT 1) AS last_click_url
	FROM smsengage.message m
	LEFT JOIN LATERAL (
		-- of the channels, the one that has the message's outcome decides
		SELECT l.*,
			CASE WHEN min(l.price_currency) OVER () IS NOT DISTINCT FROM max(l.price_currency) OVER ()
				THEN sum(CASE l.provider WHEN 'infobip' THEN l.price * coalesce(l.parts, 1) ELSE l.price END) OVER () END AS cost,
			row_number() OVER (ORDER BY l.status_group = smsengage.status_group(m.state) DESC, l.event_time DESC, l.event_key DESC) = 1 AS decides
		FROM (
			-- of a channel's reports: final before others, then the latest
			SELECT DISTINCT ON (upper(coalesce(e.channel, 'SMS')))
				e.event_type IN ('DELIVERED', 'UNDELIVERED', 'EXPIRED', 'REJECTED', 'NOT_SENT') AS is_outcome,
				e.event_time, e.event_key, e.event_type, e.provider, e.parts, e.recipient, e.sender_id, e.channel,
				e.price, e.price_currency, e.status_code, e.status_name, e.error_code, e.error_text, e.error_permanent,
				e.callback_data, e.sent_time, e.extra,
				smsengage.status_group(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code,
					e.channel, e.part, e.event_time, e.sent_time, e.time_source)) AS status_group
			FROM smsengage.event e
			WHERE e.message_key = m.message_key
				AND e.event_time BETWEEN m.first_time AND m.last_time
				AND e.individual_no IN (0, m.individual_no)
				AND e.status_class IS NOT NULL AND e.event_type <> 'SEEN'
			ORDER BY upper(coalesce(e.channel, 'SMS')), is_outcome DESC,
				CASE WHEN e.time_source IS NULL THEN e.event_time END DESC NULLS LAST,
				e.status_class DESC, e.event_key DESC
		) l
	) e ON true
	LEFT JOIN LATERAL (
		-- no json_to_record(): it is not immutable, so that a cluster would gather all messages first
		SELECT e.extra -> 'status' AS status, e.extra -> 'error' AS error, e.extra -> 'regional' AS regional, e.extra ->> 'mccMnc' AS "mccMnc",
			e.extra ->> 'statusGroupId' AS "statusGroupId", e.extra ->> 'statusGroupName' AS "statusGroupName", e.extra ->> 'statusDescription' AS "statusDescription",
			e.extra ->> 'errorGroupId' AS "errorGroupId", e.extra ->> 'errorGroupName' AS "errorGroupName", e.extra ->> 'errorName' AS "errorName",
			e.extra ->> 'originalMCC' AS "originalMCC", e.extra ->> 'originalMNC' AS "originalMNC"
	) x ON true
	LEFT JOIN LATERAL (
		SELECT substring(coalesce(x.status ->> 'groupId', x."statusGroupId") FROM '^[0-9]{1,9}$')::integer AS id,
			substring(coalesce(x.error ->> 'groupId', x."errorGroupId") FROM '^[0-9]{1,9}$')::integer AS error_id
	) given ON true
	LEFT JOIN LATERAL (
		SELECT coalesce(given.id, smsengage.status_group_id(known.name)) AS id, given.error_id, known.name
		FROM (SELECT coalesce(x.status ->> 'groupName', x."statusGroupName",
			nullif(smsengage.status_group(e.provider, 'status', given.id, e.status_code), 'UNKNOWN'), e.status_group) AS name) known
	) g ON true
	LEFT JOIN smsengage.status_code s ON s.provider = e.provider AND s.event_class = 'status'
		AND s.code = e.status_code AND (s.group_id = g.id OR s.group_id IS NULL)
	LEFT JOIN smsengage.status_code er ON er.provider = e.provider AND er.event_class = 'error'
		AND er.code = e.error_code AND (er.group_id = g.error_id OR er.group_id IS NULL)
	LEFT JOIN smsengage.delivery_issue_reason i ON i.issue_no = coalesce(er.issue, s.issue)
	WHERE m.provider NOT IN ('salesforce_ens', 'salesforce_dmo');
	PERFORM smsengage.describe('smsengage.message_report', 'What sms_delivery_report, omni_delivery_report, journey_data and message_detail are made of: a row per message and channel with the report that decides there (final before others, then the latest), or one row if the message has none. Every provider but Salesforce.', $c$
		message_key: Key of the message
		message_id: Id of the message (messageId)
		recipient: The number that it was sent to, of all its reports
		message_count: Parts the message was sent in; 1 if the report does not say (messageCount)
		to_number: Recipient, with + if it is an international number (to)
		price_per_message: Price of one part; the cost is this times message_count (pricePerMessage)
		price_currency: ISO 4217 code of the price (priceCurrency)
		status_group_id: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)
		status_group_name: Name of the group; decide by it, not by the beginning of status_name (statusGroupName)
		status_id: Id of the status, unique within its group only; NULL where the provider's code is no number (statusId)
		status_name: Name of the status (statusName)
		status_description: What the status means (statusDescription)
		error_group_id: Id of the error group (errorGroupId)
		error_group_name: Name of the error group (errorGroupName)
		error_id: Id of the error, 0 for none; NULL where the provider's code is no number (errorId)
		error_name: Name of the error (errorName)
		error_description: What the error means (errorDescription)
		error_permanent: Whether sending again cannot help, by the report, else by the code table (errorPermanent)
		callback_data: What the sender attached to the message; read a field with callback_field() (callbackData)
		sent_at: When the message was sent (sentAt)
		done_at: When the provider was finished with it, whatever the outcome (doneAt)
		decided_at: When the outcome of the message was reached; NULL while there is none
		seen_at: When the message was first seen (seenAt)
		from_sender: Our number or name (from)
		channel: The channel that the report names; NULL means SMS (channel)
		original_mcc: Mobile country code of the recipient (originalMCC)
		original_mnc: Mobile network code of the recipient (originalMNC)
		decides: Whether this channel decides what became of the message
		cost: What all channels of the message cost: Infobip price times parts, others the price; NULL if the currencies differ
		retryable: For a failure: whether the same message may arrive at another time, by the permanent flag and the delivery issue of the error, else of the status
		regional: Options of a country as in the request (indiaDlt, southKorea), if the payload has them, as JSON
		individual_no: Number of the person
		first_time: Time of the first report
		first_sent_at: Earliest time of sending that a report tells
		decision: DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome of the message is final, else NOT_AVAILABLE
		status_group: Status group of the message, of all its reports
		delivered_to: handset, or operator where the handset has not confirmed; NULL if not delivered
		is_final: Whether the message has an outcome
		last_click_url: Target of the last click on the message, empty if that names none; NULL without a click
		account: Account that the report was ingested for
		provider: Who reported it$c$);

	CREATE OR REPLACE VIEW smsengage.sms_delivery_report WITH (security_invoker = true) AS
	SELECT r.message_id, r.message_count, r.to_number, r.price_per_message, r.price_currency,
		r.status_group_id, r.status_group_name, r.status_id, r.status_name, r.status_description,
		r.error_group_id, r.error_group_name, r.error_id, r.error_name, r.error_description, r.error_permanent,
		r.callback_data, r.sent_at, r.done_at,
		r.original_mcc, r.original_mnc, r.channel,
		r.account, r.provider, r.message_key
	FROM smsengage.message_report r
	WHERE r.done_at IS NOT NULL AND upper(coalesce(r.channel, 'SMS')) IN ('SMS', 'LMS');
	PERFORM smsengage.describe('smsengage.sms_delivery_report', 'Infobip''s data extension "SMS Delivery Reports" (SMS and LMS): the report that decides, one row per message and channel.', $c$
		message_id: Id of the message (messageId)
		message_count: Parts the message was sent in; 1 if the report does not say (messageCount)
		to_number: Recipient, with + if it is an international number (to)
		price_per_message: Price of one part; the cost is this times message_count (pricePerMessage)
		price_currency: ISO 4217 code of the price (priceCurrency)
		status_group_id: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)
		status_group_name: Name of the group; decide by it, not by the beginning of status_name (statusGroupName)
		status_id: Id of the status, unique within its group only; NULL where the provider's code is no number (statusId)
		status_name: Name of the status (statusName)
		status_description: What the status means (statusDescription)
		error_group_id: Id of the error group (errorGroupId)
		error_group_name: Name of the error group (errorGroupName)
		error_id: Id of the error, 0 for none; NULL where the provider's code is no number (errorId)
		error_name: Name of the error (errorName)
		error_description: What the error means (errorDescription)
		error_permanent: Whether sending again cannot help, by the report, else by the code table (errorPermanent)
		callback_data: What the sender attached to the message; read a field with callback_field() (callbackData)
		sent_at: When the message was sent (sentAt)
		done_at: When the provider was finished with it, whatever the outcome (doneAt)
		original_mcc: Mobile country code of the recipient (originalMCC; of other reports the first three digits of mccMnc)
		original_mnc: Mobile network code of the recipient (originalMNC; of other reports the rest of mccMnc)
		channel: SMS or LMS; NULL if the report names none (channel)
		account: Account that the report was ingested for
		provider: Who reported it
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.omni_delivery_report WITH (security_invoker = true) AS
	SELECT r.message_id, r.message_count, r.to_number, r.price_per_message, r.price_currency,
		r.status_group_id, r.status_group_name, r.status_id, r.status_name, r.status_description,
		r.error_group_id, r.error_group_name, r.error_id, r.error_name, r.error_description, r.error_permanent,
		r.callback_data, r.sent_at, r.done_at,
		r.seen_at, r.from_sender, r.channel,
		r.account, r.provider, r.message_key
	FROM smsengage.message_report r
	WHERE r.done_at IS NOT NULL AND upper(r.channel) NOT IN ('SMS', 'LMS');
	PERFORM smsengage.describe('smsengage.omni_delivery_report', 'Infobip''s data extension "Omni Reports" (MMS, Viber, WhatsApp, RCS, Kakao): the report that decides, one row per message and channel. A report that names no channel counts as SMS.', $c$
		message_id: Id of the message (messageId)
		message_count: Parts the message was sent in; 1 if the report does not say (messageCount)
		to_number: Recipient, with + if it is an international number (to)
		price_per_message: Price of one part; the cost is this times message_count (pricePerMessage)
		price_currency: ISO 4217 code of the price (priceCurrency)
		status_group_id: 0 ACCEPTED, 1 PENDING, 2 UNDELIVERABLE, 3 DELIVERED, 4 EXPIRED, 5 REJECTED; another one as the report states it (statusGroupId)
		status_group_name: Name of the group; decide by it, not by the beginning of status_name (statusGroupName)
		status_id: Id of the status, unique within its group only; NULL where the provider's code is no number (statusId)
		status_name: Name of the status (statusName)
		status_description: What the status means (statusDescription)
		error_group_id: Id of the error group (errorGroupId)
		error_group_name: Name of the error group (errorGroupName)
		error_id: Id of the error, 0 for none; NULL where the provider's code is no number (errorId)
		error_name: Name of the error (errorName)
		error_description: What the error means (errorDescription)
		error_permanent: Whether sending again cannot help, by the report, else by the code table (errorPermanent)
		callback_data: What the sender attached to the message; read a field with callback_field() (callbackData)
		sent_at: When the message was sent (sentAt)
		done_at: When the provider was finished with it, whatever the outcome (doneAt)
		seen_at: When the message was first seen; NULL if not (seenAt)
		from_sender: Our number or name (from)
		channel: The channel that the report names (channel)
		account: Account that the report was ingested for
		provider: Who reported it
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.unified_url_tracking WITH (security_invoker = true) AS
	SELECT 'CLICKED'::text AS notification_type,
		e.message_id,
		nullif(e.recipient, '') AS recipient,
		e.link_url AS url,
		e.event_time AS send_date_time,
		e.device_type,
		e.os,
		e.device_name,
		coalesce(e.callback_data, m.callback_data) AS callback_data,
		coalesce(e.channel, (
			SELECT r.channel
			FROM smsengage.reports(m.state) r
			ORDER BY r.class IN ('delivered', 'seen') DESC, r.at DESC NULLS LAST, r.channel
			LIMIT 1), 'SMS') AS channel,
		e.account,
		e.provider,
		e.event_key
	FROM smsengage.event e
	LEFT JOIN smsengage.message m ON m.message_key = e.message_key
	WHERE e.event_type = 'CLICK';
	PERFORM smsengage.describe('smsengage.unified_url_tracking', 'Infobip''s data extension "Unified URL Tracking": one row per click, of every provider. Links that are shortened and not tracked (WhatsApp headers and template buttons) make no clicks; link previews and scanners do.', $c$
		notification_type: CLICKED (notificationType)
		message_id: Id of the message (messageId)
		recipient: Who clicked (recipient)
		url: What was clicked; compare it exactly to split by link (url)
		send_date_time: When it was clicked, in spite of its name (sendDateTime)
		device_type: Phone or desktop (deviceType)
		os: Operating system of the device (os)
		device_name: Maker of the device (deviceName)
		callback_data: What the sender attached to the message (callbackData)
		channel: Channel of the click; if it names none, the one that delivered the message; else SMS (channel)
		account: Account that the click was ingested for
		provider: Who reported it
		event_key: Key of the event, with send_date_time$c$);

	CREATE OR REPLACE VIEW smsengage.sms_url_tracking WITH (security_invoker = true) AS
	SELECT u.notification_type, u.message_id, u.recipient, u.url,
		trunc(extract(epoch FROM u.send_date_time) * 1000)::bigint::text AS send_date_time,
		u.device_type, u.os, u.device_name, u.callback_data, u.account, u.provider, u.event_key
	FROM smsengage.unified_url_tracking u
	WHERE upper(u.channel) IN ('SMS', 'LMS');
	PERFORM smsengage.describe('smsengage.sms_url_tracking', 'Infobip''s data extension "SMS URL Tracking": clicks in SMS and LMS.', $c$
		notification_type: CLICKED (notificationType)
		message_id: Id of the message (messageId)
		recipient: Who clicked (recipient)
		url: What was clicked; compare it exactly to split by link (url)
		send_date_time: When it was clicked, in spite of its name: milliseconds since 1970, as Infobip posts it (sendDateTime)
		device_type: Phone or desktop (deviceType)
		os: Operating system of the device (os)
		device_name: Maker of the device (deviceName)
		callback_data: What the sender attached to the message (callbackData)
		account: Account that the click was ingested for
		provider: Who reported it
		event_key: Key of the event$c$);

	CREATE OR REPLACE VIEW smsengage.viber_url_tracking WITH (security_invoker = true) AS
	SELECT u.notification_type, u.message_id, u.recipient, u.url,
		trunc(extract(epoch FROM u.send_date_time) * 1000)::bigint::text AS send_date_time,
		u.device_type, u.os, u.device_name, u.callback_data, u.account, u.provider, u.event_key
	FROM smsengage.unified_url_tracking u
	WHERE upper(u.channel) LIKE 'VIBER%';
	PERFORM smsengage.describe('smsengage.viber_url_tracking', 'Infobip''s data extension "Viber URL Tracking" (deprecated there): clicks in Viber messages.', $c$
		notification_type: CLICKED (notificationType)
		message_id: Id of the message (messageId)
		recipient: Who clicked (recipient)
		url: What was clicked; compare it exactly to split by link (url)
		send_date_time: When it was clicked, in spite of its name: milliseconds since 1970, as Infobip posts it (sendDateTime)
		device_type: Phone or desktop (deviceType)
		os: Operating system of the device (os)
		device_name: Maker of the device (deviceName)
		callback_data: What the sender attached to the message (callbackData)
		account: Account that the click was ingested for
		provider: Who reported it
		event_key: Key of the event$c$);

	CREATE OR REPLACE VIEW smsengage.inbound_message WITH (security_invoker = true) AS
	SELECT e.event_id AS message_id,
		e.channel,
		nullif(e.recipient, '') AS from_number,
		e.sender_id AS to_number,
		e.extra #>> '{content,0,type}' AS content_type,
		e.message_text,
		coalesce(e.extra ->> 'cleanText', e.extra #>> '{content,0,cleanText}', e.extra #>> '{message,cleanText}') AS clean_text,
		e.keyword,
		e.event_time AS received_at,
		e.parts::integer AS message_count,
		smsengage.plain_amount(e.price)::numeric(38,6) AS price_per_message,
		e.price_currency,
		e.callback_data,
		e.message_id AS paired_message_id,
		e.account,
		e.provider,
		e.event_key
	FROM smsengage.event e
	WHERE e.event_type = 'REPLY'
		OR (e.event_type IN ('SUBSCRIBE', 'UNSUBSCRIBE', 'HELP') AND coalesce(e.message_text, e.keyword) IS NOT NULL);
	PERFORM smsengage.describe('smsengage.inbound_message', 'Infobip''s data extension "Inbound Messages", whose attributes it does not publish; here those of the inbound payload. One row per message from a person, of every provider. The connector stores text only: that is content_type TEXT or NULL.', $c$
		message_id: Id of the inbound message (messageId)
		channel: Channel it came by; NULL if none is named, which means SMS (channel)
		from_number: The person (from; in the Messages API sender)
		to_number: Our number or name (to; in the Messages API destination)
		content_type: TEXT, IMAGE, BUTTON_REPLY, ... if the payload says so (content.type)
		message_text: Text or caption; NULL if it has none (text)
		clean_text: Text without the keyword (cleanText)
		keyword: Keyword that the provider recognised (keyword)
		received_at: When it arrived at the provider (receivedAt)
		message_count: Parts it was sent in (messageCount, smsCount)
		price_per_message: Price of one part (price.pricePerMessage)
		price_currency: ISO 4217 code of the price (price.currency)
		callback_data: What was attached to the message that it answers, or to the number (callbackData)
		paired_message_id: The message that it answers, if the provider knows (pairedMessageId)
		account: Account that it was ingested for
		provider: Who reported it
		event_key: Key of the event, with received_at$c$);

	CREATE OR REPLACE VIEW smsengage.journey_report WITH (security_invoker = true) AS
	SELECT r.message_id,
		coalesce(r.status_name, r.decision) AS status_name,
		coalesce(r.status_group_name, r.status_group) AS status_group_name,
		r.decision,
		r.error_name,
		r.first_sent_at AS sent_at,
		r.decided_at AS done_at,
		r.seen_at,
		CASE WHEN r.seen_at IS NULL THEN 'NOT_SEEN' ELSE 'SEEN' END AS seen,
		coalesce(c.url, 'NOT_CLICKED') AS url,
		CASE WHEN c.url IS NULL THEN 'NOT_CLICKED' ELSE 'CLICKED' END AS clicked,
		r.account,
		r.provider,
		r.recipient,
		r.message_key
	FROM smsengage.message_report r
	-- a fence: asked once
	CROSS JOIN LATERAL (SELECT r.last_click_url AS url GROUP BY 1) c
	WHERE r.decides;
	PERFORM smsengage.describe('smsengage.journey_report', 'What journey_data and journey_status() are made of.', $c$
		message_id: Id of the message
		status_name: Name of the status in the report that decides (statusName)
		status_group_name: Its group (statusGroupName)
		decision: DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, by the group and not by how the name begins; else NOT_AVAILABLE
		error_name: Name of the error (errorName)
		sent_at: When the message was sent (sentAt)
		done_at: When the outcome was reached; NULL while there is none (doneAt)
		seen_at: When it was first seen (seenAt)
		seen: SEEN or NOT_SEEN
		url: What the recipient clicked last, or NOT_CLICKED; all clicks are in unified_url_tracking (url)
		clicked: CLICKED or NOT_CLICKED
		account: Account of the message
		provider: Who reported it
		recipient: The number that it was sent to
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.journey_data WITH (security_invoker = true) AS
	SELECT j.message_id, j.status_name, j.status_group_name, j.decision, j.error_name, j.sent_at, j.done_at, j.seen_at, j.seen,
		j.url, j.clicked, j.account, j.provider, j.message_key
	FROM smsengage.journey_report j;
	PERFORM smsengage.describe('smsengage.journey_data', 'What Infobip''s connector writes into Journey Data for a decision split: one row per message that has a report, of every provider but Salesforce. For one message, also an unknown one, see journey_status().', $c$
		message_id: Id of the message
		status_name: Name of the status in the report that decides (statusName)
		status_group_name: Its group (statusGroupName)
		decision: DELIVERED, UNDELIVERABLE, REJECTED or EXPIRED when the outcome is final, by the group and not by how the name begins; else NOT_AVAILABLE
		error_name: Name of the error (errorName)
		sent_at: When the message was sent (sentAt)
		done_at: When the outcome was reached; NULL while there is none (doneAt)
		seen_at: When it was first seen (seenAt)
		seen: SEEN or NOT_SEEN
		url: What the recipient clicked last, or NOT_CLICKED; all clicks are in unified_url_tracking (url)
		clicked: CLICKED or NOT_CLICKED
		account: Account of the message
		provider: Who reported it
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.message_detail WITH (security_invoker = true) AS
	SELECT r.message_id,
		r.to_number AS recipient,
		r.from_sender AS sender_id,
		r.channel,
		r.decision,
		r.delivered_to,
		r.retryable,
		CASE WHEN NOT r.is_final THEN r.first_sent_at + interval '48 hours' END AS expires_at,
		r.cost,
		r.price_currency,
		coalesce(smsengage.callback_field(r.callback_data, 'principalEntityId'), r.regional::json #>> '{indiaDlt,principalEntityId}') AS principal_entity_id,
		coalesce(smsengage.callback_field(r.callback_data, 'contentTemplateId'), r.regional::json #>> '{indiaDlt,contentTemplateId}') AS content_template_id,
		coalesce(smsengage.callback_field(r.callback_data, 'resellerCode'), r.regional::json #>> '{southKorea,resellerCode}') AS reseller_code,
		coalesce(smsengage.callback_field(r.callback_data, 'test') = 'true', false) AS is_test,
		r.account,
		r.provider,
		r.message_key
	FROM smsengage.message_report r
	WHERE r.decides;
	PERFORM smsengage.describe('smsengage.message_detail', 'What else is known about a message, one row each, of every provider but Salesforce.', $c$
		message_id: Id of the message
		recipient: The person's number
		sender_id: Our number or name
		channel: The channel that decides; NULL means SMS
		decision: DELIVERED, UNDELIVERABLE, REJECTED, EXPIRED or NOT_AVAILABLE, as in journey_data
		delivered_to: handset, or operator where the handset has not confirmed; NULL if not delivered
		retryable: For a failure: whether the same message may arrive at another time; not if the error is permanent
		expires_at: While the outcome is open: end of Infobip's default validity, 48 hours after sending; another validity counts from sent_at of journey_data
		cost: What all channels cost: Infobip price times parts, others the price
		price_currency: ISO 4217 code of the cost
		principal_entity_id: India DLT: entity, from the callback data or regional.indiaDlt of the payload
		content_template_id: India DLT: template, from the same places
		reseller_code: LMS in South Korea, from the callback data or regional.southKorea of the payload
		is_test: Whether the callback data has a field test that is true
		account: Account of the message
		provider: Who reported it
		message_key: Key of the message$c$);
END
$$;
COMMENT ON FUNCTION smsengage.infobip_views() IS 'Makes or replaces the views of Infobip''s data extensions. Used by migrate().';

CREATE FUNCTION smsengage.journey_status(message_id text, account text DEFAULT NULL)
RETURNS TABLE (status_name text, status_group_name text, decision text, error_name text, sent_at timestamptz,
	done_at timestamptz, seen_at timestamptz, seen text, url text, clicked text)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key uuid := smsengage.content_digest('infobip', coalesce(journey_status.account, ''), journey_status.message_id);
	number text := (SELECT m.recipient FROM smsengage.message m WHERE m.message_key = key);
BEGIN
	-- by the number, as that has an index which reaches into the view
	RETURN QUERY
	SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
	FROM smsengage.journey_report d
	WHERE d.message_key = key::text AND d.recipient = number;
	IF NOT FOUND AND number IS NULL THEN
		RETURN QUERY
		SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
		FROM smsengage.journey_report d
		WHERE d.message_key = key::text AND d.recipient IS NULL;
	END IF;
	IF NOT FOUND AND journey_status.account IS NULL THEN
		RETURN QUERY
		SELECT d.status_name, d.status_group_name, d.decision, d.error_name, d.sent_at, d.done_at, d.seen_at, d.seen, d.url, d.clicked
		FROM smsengage.journey_report d
		WHERE d.provider = 'infobip' AND d.message_id = journey_status.message_id;
	END IF;
	IF NOT FOUND THEN
		RETURN QUERY VALUES ('NOT_AVAILABLE', 'NOT_AVAILABLE', 'NOT_AVAILABLE', NULL::text, NULL::timestamptz,
			NULL::timestamptz, NULL::timestamptz, 'NOT_SEEN', 'NOT_CLICKED', 'NOT_CLICKED');
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.journey_status(text, text) IS 'The row of journey_data for a message of Infobip; NOT_AVAILABLE, NOT_SEEN and NOT_CLICKED if no report has arrived. Without an account, a message ingested without one; if there is none, of any account (which reads all messages).';
-- EngageLab's console pages, SMS Status and SMS Reply, for every provider.

CREATE FUNCTION smsengage.status_subcategory(provider text, status_class smallint, status_code text, error_code text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_status_subcategory_of_report' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.status_subcategory(text, smallint, text, text) IS 'EngageLab''s subcategory of a report: one of eight if it was not sent, of ten if it could not be delivered; NULL otherwise. The arguments are columns of event.';

CREATE FUNCTION smsengage.event_subcategory(provider text, status_class smallint, status_code text, status_name text, error_code text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- log_not_sent() says it by name
	SELECT CASE WHEN provider OPERATOR(pg_catalog.=) 'native' AND status_class OPERATOR(pg_catalog.=) 3::smallint
			AND status_name IN ('Global block', 'Partial block', 'Unsubscribe', 'Keyword block', 'Variable error', 'Content error', 'Frequency overrun')
		THEN status_name ELSE smsengage.status_subcategory(provider, status_class, status_code, error_code) END;
END;
COMMENT ON FUNCTION smsengage.event_subcategory(text, smallint, text, text, text) IS 'status_subcategory() of a stored event, or the name that log_not_sent() gave it. Used by sms_status and block_report().';

CREATE FUNCTION smsengage.engagelab_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.sms_status WITH (security_invoker = true) AS
	SELECT smsengage.status_category(m.state) AS status,
		CASE WHEN smsengage.status_class(m.state) IN ('not_sent', 'undelivered', 'expired') THEN s.subcategory END AS subcategory,
		m.account AS sms_user,
		coalesce(m.parts::integer, nullif(smsengage.parts_known(m.state), 0)) AS entries,
		m.recipient,
		m.template,
		s.template_type,
		s.label,
		least(m.first_time, smsengage.sent_at(m.state)) AS request_time,
		smsengage.sent_at(m.state) AS channel_send_time,
		smsengage.done_at(m.state) AS receipt_time,
		m.last_time AS update_time,
		s.send_log,
		m.provider,
		m.message_id,
		m.message_key::text AS message_key
	FROM smsengage.message m
	LEFT JOIN LATERAL (
		SELECT string_agg(concat_ws(' ', to_char(e.event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				e.event_type, 'part ' || e.part, e.channel, e.status_code, e.status_name, e.error_code, e.error_text),
				E'\n' ORDER BY e.event_time, e.part NULLS FIRST, e.status_class, e.event_key) AS send_log,
			max(coalesce(e.extra #>> '{custom_args,label}', e.extra ->> 'label') COLLATE "C") AS label,
			max(coalesce(e.extra #>> '{custom_args,template_type}', e.extra ->> 'template_type', e.extra ->> 'messageType') COLLATE "C") AS template_type,
			(array_agg(smsengage.event_subcategory(e.provider, e.status_class, e.status_code, e.status_name, e.error_code)
				ORDER BY e.event_time DESC, e.status_class DESC, e.event_key)
				FILTER (WHERE e.status_class = c.number))[1] AS subcategory
		FROM smsengage.event e
		CROSS JOIN LATERAL (SELECT CASE smsengage.status_class(m.state)
				WHEN 'not_sent' THEN 3 WHEN 'expired' THEN 7 WHEN 'undelivered' THEN 8 END AS number) c
		WHERE e.message_key = m.message_key
			AND e.individual_no IN (m.individual_no, 0)
			AND e.event_time BETWEEN m.first_time AND m.last_time
			AND e.status_class IS NOT NULL
	) s ON true;
	PERFORM smsengage.describe('smsengage.sms_status', 'EngageLab''s page SMS Status, for every provider: one row per message with delivery reports. Filter by its columns.', $c$
		status: Sending, Delivered, Wait result, Process failed (never given to a channel) or Send failed; NULL if no report could be read
		subcategory: Why it failed: one of eight reasons of Process failed, one of ten of Send failed
		sms_user: Account that sent it (SMS_USER)
		entries: Number of messages it was billed as, if known (parts)
		recipient: The person's number
		template: Template of the message
		template_type: Type of the template, where custom_args of the send, a native event or AWS (messageType) say it
		label: Label of the send, where its custom_args or a native event have one
		request_time: When it was asked for: the earliest that is known of it
		channel_send_time: When it was given to the channel
		receipt_time: When its final result came about
		update_time: Time of its latest report
		send_log: Its reports in order, a line each: time (UTC), event type, part, channel, status, error
		provider: Which provider reported it
		message_id: The provider's id of the message
		message_key: Key of the message$c$);

	CREATE OR REPLACE VIEW smsengage.sms_reply WITH (security_invoker = true) AS
	SELECT e.event_time AS reply_time,
		coalesce(e.extra ->> 'operator', e.extra ->> 'mccMnc', e.extra ->> 'server', e.provider) AS operator,
		coalesce(e.template, m.template) AS template,
		coalesce(e.message_text, e.keyword) AS content,
		e.recipient AS phone,
		coalesce(e.extra #>> '{custom_args,label}', e.extra ->> 'label') AS label,
		e.account AS sms_user,
		e.sender_id,
		e.keyword,
		e.event_type,
		e.provider,
		e.event_key
	FROM smsengage.event e
	LEFT JOIN smsengage.message m ON m.message_key = e.message_key
	WHERE e.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP', 'CONFIRMATION')
		AND (e.event_type = 'REPLY' OR e.message_text IS NOT NULL);
	PERFORM smsengage.describe('smsengage.sms_reply', 'EngageLab''s page SMS Reply, for every provider: one row per inbound message. Filter by its columns.', $c$
		reply_time: When it was written
		operator: The network it came by, if the provider says so; else the provider
		template: Template of the message replied to, if the provider says which
		content: Text of the reply, or its keyword
		phone: The person's number
		label: Label, where the event has one
		sms_user: Account that got it (SMS_USER)
		sender_id: Our number that it was sent to
		keyword: Keyword that was recognised
		event_type: REPLY, or what its keyword means: SUBSCRIBE, UNSUBSCRIBE, HELP, CONFIRMATION
		provider: Which provider reported it
		event_key: Key of the event, with reply_time$c$);
END
$$;
COMMENT ON FUNCTION smsengage.engagelab_views() IS 'Makes or replaces the views of EngageLab''s console. Used by migrate().';
-- Ingestion: one payload, parsed once, stored in a handful of commands.
--
-- Each command has its own snapshot, so that what a concurrent session wrote
-- meanwhile (a person, a partition, an event) is seen by the next one.

CREATE FUNCTION smsengage.make_partition(month date)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	first_day date := date_trunc('month', month::timestamp)::date;
	name text := 'event_' || to_char(first_day, 'YYYY_MM');
	since text := to_char(first_day, 'YYYY-MM-DD') || ' 00:00:00+00';
	until text := to_char((first_day + interval '1 month')::date, 'YYYY-MM-DD') || ' 00:00:00+00';
BEGIN
	IF to_regclass('smsengage.' || name) IS NOT NULL THEN
		RETURN;
	END IF;
	IF smsengage.cluster_place() = 'worker' THEN
		PERFORM smsengage.ask_coordinator(format('SELECT smsengage.make_partition(%L)', first_day));
		RETURN;
	END IF;
	-- the lock that ATTACH takes, but before anything else: makers of whatever
	-- month take turns here, and whoever waited sees what was made meanwhile
	LOCK TABLE ONLY smsengage.event IN SHARE UPDATE EXCLUSIVE MODE;
	IF to_regclass('smsengage.' || name) IS NOT NULL THEN
		RETURN;
	END IF;
	-- ATTACH locks out neither readers nor writers; the check spares its scan
	EXECUTE format('CREATE TABLE smsengage.%I (LIKE smsengage.event INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS'
				   ' INCLUDING STORAGE INCLUDING COMPRESSION,'
				   ' CONSTRAINT event_time_check CHECK (event_time >= %L AND event_time < %L))', name, since, until);
	EXECUTE format('ALTER TABLE smsengage.event ATTACH PARTITION smsengage.%I FOR VALUES FROM (%L) TO (%L)', name, since, until);
	EXECUTE format('ALTER TABLE smsengage.%I DROP CONSTRAINT event_time_check', name);
END
$$;
COMMENT ON FUNCTION smsengage.make_partition(date) IS 'Makes the partition of event for the month (UTC) of this day, if it is missing. Several calls at once make one. Readers and writers do not wait; who makes another partition does, until the transaction ends. Used by ingestion and maintain().';

CREATE FUNCTION smsengage.event_home(event_key bigint)
RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.lpad(pg_catalog.to_hex(event_key), 32, '0')::pg_catalog.uuid;
END;
COMMENT ON FUNCTION smsengage.event_home(bigint) IS 'The message key of an event without a message in a distributed store, where every event lies by one: 16 zeros and event_key. No message has such a key. Used by ingestion and distribute_store().';

CREATE FUNCTION smsengage.add_people(scopes text[], ids text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.cluster_place() = 'worker' THEN
		PERFORM smsengage.ask_coordinator(format('SELECT smsengage.add_people(%L, %L)', scopes, ids));
		RETURN;
	END IF;
	INSERT INTO smsengage.individual (scope, individual_id)
	SELECT p.scope, p.id
	FROM unnest(scopes, ids) p(scope, id)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.add_people(text[], text[]) IS 'Numbers people who are not known; in a cluster, by the coordinator''s sequence. Used by ingestion.';

CREATE FUNCTION smsengage.insert_events(batch smsengage.parsed_batch, people bigint[], identities uuid[])
RETURNS bigint[]
AS 'MODULE_PATHNAME', 'sms_insert_events' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION smsengage.insert_events(smsengage.parsed_batch, bigint[], uuid[]) IS 'Puts those of the batch''s events into the table event that it has not, page by page as COPY does, and returns their keys; arguments as for batch_events(). NULL, and nothing is stored, where SQL must do it: on a cluster, above READ COMMITTED, where policies, rules, triggers or other columns have a say, or where another session stores one of the events at this moment. Needs the right to insert. Used by ingest_batch().';

CREATE FUNCTION smsengage.insert_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS TABLE (is_new boolean, message_key uuid, first_time timestamptz, last_time timestamptz, individual_no bigint, parts smallint, account text,
	provider text, message_id text, recipient text, sender_id text, channel text, bulk_message text, template text, price numeric, price_currency text,
	callback_data text, state smsengage.delivery_state)
AS 'MODULE_PATHNAME', 'sms_insert_messages' LANGUAGE C VOLATILE COST 100000 ROWS 100;
COMMENT ON FUNCTION smsengage.insert_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Puts those of the rows of batch_messages() into the table message that it has not, as insert_events() does, and returns all of them; is_new says which were put there. No row, and nothing is stored, where SQL must do it. Used by store_messages().';

CREATE FUNCTION smsengage.ingest_batch(batch smsengage.parsed_batch, given_account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- plans are made once for the session, whatever the batch: made while tables
-- are small, they must do when these have grown
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	distributed boolean := smsengage.store_is_distributed();
	counts record;
	people bigint[];
	identities uuid[];
	stored bigint[];
	met bigint[];
	recipients text[];
	days date[];
	months date[];
BEGIN
	IF to_regclass('smsengage.event') IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table',
			MESSAGE = 'this database has no store',
			HINT = 'SELECT smsengage.create_store() makes one.';
	END IF;
	IF distributed THEN
		-- a cluster plans for the values it gets
		PERFORM set_config('plan_cache_mode', 'auto', true);
	END IF;
	-- forget() waits for what is under way, and what comes then waits for it
	PERFORM pg_advisory_xact_lock_shared('smsengage.forgotten'::regclass::oid::integer, 0);
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM smsengage.see_erasure();
	END IF;
	IF EXISTS (SELECT FROM smsengage.forgotten) OR EXISTS (SELECT FROM smsengage.retention) THEN
		batch := smsengage.admitted(batch);
	END IF;
	counts := smsengage.batch_counts(batch);
	rejected := counts.rejected;
	ignored := counts.ignored;
	accepted := 0;
	duplicate := counts.repeated;

	IF counts.rejected + counts.ignored > 0 THEN
		INSERT INTO smsengage.rejected_event (digest, received_at, provider, account, reason, payload, payload_bytes)
		SELECT r.digest, now(), r.provider, coalesce(given_account, ''), r.reason, r.payload, r.payload_bytes
		FROM smsengage.batch_rejects(batch, given_account) r
		WHERE r.outcome = 'rejected'
		ORDER BY r.digest
		ON CONFLICT DO NOTHING;
		INSERT INTO smsengage.provider_notice (digest, received_at, provider, account, reason, payload, payload_bytes)
		SELECT r.digest, now(), r.provider, coalesce(given_account, ''), r.reason, r.payload, r.payload_bytes
		FROM smsengage.batch_rejects(batch, given_account) r
		WHERE r.outcome = 'ignored'
		ORDER BY r.digest
		ON CONFLICT DO NOTHING;
	END IF;
	IF counts.events = 0 THEN
		RETURN;
	END IF;

	months := smsengage.batch_missing_months(batch);
	IF months IS NOT NULL THEN
		PERFORM smsengage.make_partition(m) FROM unnest(months) m;
	END IF;

	IF counts.people > 0 THEN
		SELECT array_agg((SELECT i.individual_no FROM smsengage.individual i
						  WHERE i.scope = p.scope AND i.individual_id = p.individual_id)
						 ORDER BY p.person_no) INTO people
		FROM smsengage.batch_people(batch) p;
		IF array_position(people, NULL) IS NOT NULL THEN
			-- a number is drawn only for who is not known; the loser of a race sees the winner's
			PERFORM smsengage.add_people(array_agg(p.scope ORDER BY p.person_no), array_agg(p.individual_id ORDER BY p.person_no))
			FROM smsengage.batch_people(batch) p
			WHERE people[p.person_no] IS NULL;
			SELECT array_agg(coalesce(people[p.person_no],
									  (SELECT i.individual_no FROM smsengage.individual i
									   WHERE i.scope = p.scope AND i.individual_id = p.individual_id))
							 ORDER BY p.person_no) INTO people
			FROM smsengage.batch_people(batch) p;
			IF array_position(people, NULL) IS NOT NULL THEN
				RAISE EXCEPTION USING ERRCODE = 'serialization_failure',
					MESSAGE = 'people were added whom this transaction cannot see',
					HINT = 'Repeat the transaction.';
			END IF;
		END IF;
	END IF;
	IF counts.timeless > 0 THEN
		WITH fresh AS (
			INSERT INTO smsengage.event_identity (digest, event_time)
			SELECT i.digest, i.event_time FROM smsengage.batch_identities(batch) i ORDER BY i.digest
			ON CONFLICT DO NOTHING
			RETURNING digest
		)
		SELECT array_agg(f.digest) INTO identities FROM fresh f;
	END IF;

	stored := smsengage.insert_events(batch, people, identities);
	IF stored IS NULL THEN
		WITH fresh AS (
			INSERT INTO smsengage.event (
				event_time, event_key, individual_no, created_time, received_at, sent_time, message_key, part, parts,
				status_class, error_permanent, provider, event_type, time_source, account, event_id, message_id, bulk_message,
				template, channel, individual_id, recipient, sender_id, keyword, message_text, unsubscribe_source,
				unsubscribe_reason, link_name, link_url, resolved_url, user_agent, device_type, os, device_name, status_code,
				status_name, error_code, error_text, price, price_currency, callback_data, extra)
			SELECT e.event_time, e.event_key, e.individual_no, e.created_time, e.received_at, e.sent_time,
				-- a cluster puts an event where its message is, and one without beside none
				CASE WHEN distributed THEN coalesce(e.message_key, smsengage.event_home(e.event_key)) ELSE e.message_key END,
				e.part, e.parts, e.status_class, e.error_permanent, e.provider, e.event_type, e.time_source, e.account, e.event_id,
				e.message_id, e.bulk_message, e.template, e.channel, e.individual_id, e.recipient, e.sender_id, e.keyword,
				e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.link_name, e.link_url, e.resolved_url, e.user_agent,
				e.device_type, e.os, e.device_name, e.status_code, e.status_name, e.error_code, e.error_text, e.price,
				e.price_currency, e.callback_data, e.extra
			FROM smsengage.batch_events(batch, people, identities) e
			ON CONFLICT DO NOTHING
			RETURNING event_key
		)
		SELECT array_agg(f.event_key) INTO stored FROM fresh f;
	END IF;
	accepted := coalesce(cardinality(stored), 0);
	duplicate := duplicate + counts.events - accepted;
	IF duplicate > 0 THEN
		PERFORM smsengage.note_content_drift(batch);
	END IF;
	IF accepted = 0 THEN
		RETURN;
	END IF;

	PERFORM smsengage.store_messages(batch, people, stored);

	IF counts.named > 0 THEN
		SELECT array_agg(b.individual_no), array_agg(b.recipient), array_agg(b.last_day) INTO met, recipients, days
		FROM smsengage.batch_contacts(batch, people, stored) b;
		-- mostly known already, and a row that is not touched needs no lock; one
		-- look into the index for each, as a join might read all of it
		IF NOT distributed THEN
			SELECT array_agg(m.no), array_agg(m.recipient), array_agg(m.last_day) INTO met, recipients, days
			FROM unnest(met, recipients, days) m(no, recipient, last_day)
			WHERE (SELECT k.last_day >= m.last_day FROM smsengage.contact_point k
				   WHERE k.individual_no = m.no AND k.recipient = m.recipient) IS NOT TRUE;
		END IF;
		IF met IS NOT NULL THEN
			INSERT INTO smsengage.contact_point AS c (individual_no, recipient, last_day)
			SELECT m.no, m.recipient, m.last_day
			FROM unnest(met, recipients, days) m(no, recipient, last_day)
			ON CONFLICT (individual_no, recipient) DO UPDATE SET last_day = excluded.last_day
				WHERE c.last_day < excluded.last_day;
		END IF;
	END IF;

	PERFORM smsengage.add_tallies(batch, people, stored);
	IF counts.links > 0 THEN
		PERFORM smsengage.add_links(min(c.event_time), max(c.event_time), array_agg(c.event_key))
		FROM smsengage.batch_copies(batch) c
		WHERE c.event_type = 'LINK' AND c.event_key = ANY (stored)
		HAVING count(*) > 0;
	END IF;

	IF smsengage.batch_has_effects(batch) THEN
		PERFORM smsengage.store_effects(ARRAY(SELECT e FROM smsengage.batch_effects(batch, stored) e));
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.ingest_batch(smsengage.parsed_batch, text) IS 'Stores a batch in the caller''s transaction. Used by ingest().';

-- No SET clauses and no statements here: they are half of what one event costs.

CREATE FUNCTION smsengage.ingest(provider text, payload text, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	counts record;
BEGIN
	IF provider IS NULL OR payload IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'provider and payload must not be null';
	END IF;
	counts := smsengage.ingest_batch(smsengage.batch(provider, payload, account, pg_catalog.now()), account);
	accepted := counts.accepted;
	duplicate := counts.duplicate;
	rejected := counts.rejected;
	ignored := counts.ignored;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, text, text) IS 'Stores what a provider POSTed: an object, an array, or several of them one after the other. Returns how many events were new, were known, were not understood (see rejected_event) and are no engagement (see provider_notice). account fills a missing one; an event that names another is rejected. Repeating a payload changes nothing. Of more than a million events in one payload the rest is rejected as one. Raises 22023 for an unknown provider, 22004 for NULL, 54000 for a payload that memory has no room for (some hundred megabytes); never for what the payload says.';

CREATE FUNCTION smsengage.ingest(provider text, payload bytea, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	counts record;
BEGIN
	IF provider IS NULL OR payload IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'provider and payload must not be null';
	END IF;
	counts := smsengage.ingest_batch(smsengage.batch(provider, payload, account, pg_catalog.now()), account);
	accepted := counts.accepted;
	duplicate := counts.duplicate;
	rejected := counts.rejected;
	ignored := counts.ignored;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, bytea, text) IS 'The same for the raw bytes of a request; bytes that are not UTF-8 cost the event they are in, not the others.';

CREATE FUNCTION smsengage.ingest(provider text, payload json, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.* INTO accepted, duplicate, rejected, ignored
	FROM smsengage.ingest(provider, payload::text, account) i;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, json, text) IS 'The same for a value of type json.';

CREATE FUNCTION smsengage.ingest(provider text, payload jsonb, account text DEFAULT NULL,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.* INTO accepted, duplicate, rejected, ignored
	FROM smsengage.ingest(provider, payload::text, account) i;
END
$$;
COMMENT ON FUNCTION smsengage.ingest(text, jsonb, text) IS 'The same for a value of type jsonb, whose members are no longer as they were written.';
-- What is not kept: people who were forgotten, events that are too old.

CREATE FUNCTION smsengage.erasure_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.store_secret (
		secret text COLLATE "C" CONSTRAINT store_secret_pkey PRIMARY KEY
	);
	INSERT INTO smsengage.store_secret (secret)
	SELECT gen_random_uuid()::text || gen_random_uuid()::text
	WHERE NOT EXISTS (SELECT FROM smsengage.store_secret);

	CREATE TABLE IF NOT EXISTS smsengage.forgotten (
		digest uuid CONSTRAINT forgotten_pkey PRIMARY KEY,
		until timestamptz NOT NULL
	);
	CREATE TABLE IF NOT EXISTS smsengage.forgotten_opt_out (
		digest uuid NOT NULL,
		event_time timestamptz NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		CONSTRAINT forgotten_opt_out_pkey PRIMARY KEY (digest, account, sender)
	);
	CREATE TABLE IF NOT EXISTS smsengage.retention (
		account text COLLATE "C" CONSTRAINT retention_pkey PRIMARY KEY,
		keep interval NOT NULL CONSTRAINT retention_keep_check CHECK (keep >= '1 day'),
		horizon timestamptz NOT NULL DEFAULT '-infinity'
	);
	PERFORM smsengage.describe('smsengage.store_secret', 'Key of the digests that stand for people who were forgotten. Whoever has it can test whether a number is among them.', $c$
		secret: The key, made with the store$c$);
	PERFORM smsengage.describe('smsengage.forgotten', 'Who was forgotten, as keyed digests: events of them up to that time are ignored when they come again.', $c$
		digest: Keyed digest of a number or of a person
		until: Events up to this time are ignored$c$);
	PERFORM smsengage.describe('smsengage.forgotten_opt_out', 'Opt-outs of numbers that were forgotten: they still hold.', $c$
		digest: Keyed digest of the number
		event_time: When the opt-out was
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account$c$);
	PERFORM smsengage.describe('smsengage.retention', 'How long events are kept. Tallies and messages are kept longer: they hold no text.', $c$
		account: Account it holds for; * for those without a row
		keep: How long; maintain() moves the horizon
		horizon: Events before it are gone, and ignored when they come again$c$);
END
$$;
COMMENT ON FUNCTION smsengage.erasure_tables() IS 'Makes the tables of erasure and retention that are missing. Used by migrate().';

CREATE FUNCTION smsengage.check_isolation(what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = format('%s cannot run in a transaction of isolation level %s', what, current_setting('transaction_isolation')),
			DETAIL = 'It would not see what was committed since the snapshot of the transaction.',
			HINT = 'Run it in READ COMMITTED.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_isolation(text) IS 'Raises 0A000 in transactions that keep one snapshot. Used by what takes a lock and then has to see all that was committed before: forget(), rebuild() and the like.';

CREATE FUNCTION smsengage.lock_erasure(what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_isolation(what);
	IF smsengage.store_is_distributed() THEN
		-- advisory locks are a node's own; ingestion reads this table first
		LOCK TABLE smsengage.forgotten IN ACCESS EXCLUSIVE MODE;
	END IF;
	PERFORM pg_advisory_xact_lock('smsengage.forgotten'::regclass::oid::integer, 0);
	-- seen by see_erasure() in transactions whose snapshot is older
	UPDATE smsengage.store_secret s SET secret = s.secret;
END
$$;
COMMENT ON FUNCTION smsengage.lock_erasure(text) IS 'Waits until nobody ingests or rebuilds and holds them off until the end of the transaction. Raises as check_isolation(). Used by forget() and where a horizon moves.';

CREATE FUNCTION smsengage.see_erasure()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM 1 FROM smsengage.store_secret FOR SHARE;
END
$$;
COMMENT ON FUNCTION smsengage.see_erasure() IS 'Raises 40001 if somebody was forgotten or a horizon moved since the snapshot of a transaction that keeps it. Used by ingest_batch().';

CREATE FUNCTION smsengage.begin_rebuild()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.check_isolation('rebuild()');
	-- not beside forget(): its events are seen until it commits
	PERFORM pg_advisory_xact_lock_shared('smsengage.forgotten'::regclass::oid::integer, 0);
END
$$;
COMMENT ON FUNCTION smsengage.begin_rebuild() IS 'Holds off forget() until the end of the transaction. Raises as check_isolation(). Used by the rebuild functions.';

CREATE FUNCTION smsengage.admitted(batch smsengage.parsed_batch)
RETURNS smsengage.parsed_batch
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	secret text := (SELECT s.secret FROM smsengage.store_secret s);
	default_horizon timestamptz := coalesce((SELECT r.horizon FROM smsengage.retention r WHERE r.account = '*'), '-infinity');
	keys bigint[];
BEGIN
	WITH subject AS MATERIALIZED (
		SELECT b.* FROM smsengage.batch_subjects(batch) b
	)
	SELECT array_agg(b.event_key) INTO keys
	FROM subject b
	LEFT JOIN smsengage.retention r ON r.account = b.account
	WHERE b.event_time < coalesce(r.horizon, default_horizon)
		OR EXISTS (SELECT FROM smsengage.forgotten f
				   WHERE f.until >= b.event_time
					   AND f.digest IN (smsengage.content_digest(secret, 'recipient', b.recipient),
										smsengage.content_digest(secret, 'individual', b.scope, b.individual_id)));
	IF keys IS NULL THEN
		RETURN batch;
	END IF;
	RETURN smsengage.batch_without(batch, keys);
END
$$;
COMMENT ON FUNCTION smsengage.admitted(smsengage.parsed_batch) IS 'The batch without events of people who were forgotten and events older than what is kept. Used by ingest_batch().';

CREATE FUNCTION smsengage.drop_from_tallies(numbers bigint[], keep_sums boolean)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows_changed bigint := 0;
	one bigint;
	changed bigint;
BEGIN
	FOREACH one IN ARRAY numbers LOOP
		WITH hit AS (
			DELETE FROM smsengage.engagement_tally t
			WHERE t.chunk = smsengage.chunk_of(one)
				AND coalesce(smsengage.count_of(t.tally, smsengage.chunk_offset(one)), smsengage.day_count_of(t.quarters, smsengage.chunk_offset(one))) > 0
			RETURNING t.series_no, t.level, t.cell_start, t.chunk, t.anonymous, t.tally, t.quarters
		), left_over AS (
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
			SELECT h.series_no, h.cell_start, h.anonymous, h.chunk, h.level,
				smsengage.tally_without(h.tally, smsengage.chunk_offset(one)), smsengage.day_without(h.quarters, smsengage.chunk_offset(one))
			FROM hit h
		), kept AS (
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally, quarters)
			SELECT h.series_no, h.cell_start,
				sum(coalesce(smsengage.count_of(h.tally, smsengage.chunk_offset(one)), smsengage.day_count_of(h.quarters, smsengage.chunk_offset(one)))),
				-2, h.level, CASE WHEN h.level <> 1 THEN '{}'::smsengage.tally END, smsengage.sum(smsengage.day_tally_of(h.quarters, smsengage.chunk_offset(one)))
			FROM hit h
			WHERE keep_sums
			GROUP BY 1, 2, h.level
		)
		SELECT count(*) INTO changed FROM hit;
		rows_changed := rows_changed + changed;
	END LOOP;
	DELETE FROM smsengage.engagement_tally t
	WHERE coalesce(smsengage.total(t.tally), smsengage.day_total(t.quarters)) = 0 AND t.anonymous = 0;
	RETURN rows_changed;
END
$$;
COMMENT ON FUNCTION smsengage.drop_from_tallies(bigint[], boolean) IS 'Takes people out of the tallies of all time; with keep_sums their events stay as events of nobody. Used by forget().';

CREATE FUNCTION smsengage.forget(recipient text DEFAULT NULL, individual_id text DEFAULT NULL,
	keep_sums boolean DEFAULT false, force boolean DEFAULT false, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (part text, erased bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	given_id text := forget.individual_id;
	number text := smsengage.normalize_recipient(forget.recipient);
	digits text := ltrim(smsengage.normalize_recipient(forget.recipient), '+');
	secret text;
	people bigint[];
	numbers text[];
	digests uuid[];
	messages uuid[];
	shared uuid[];
	since timestamptz;
	until timestamptz;
	affected bigint[];
	times timestamptz[];
	keys bigint[];
	n bigint;
BEGIN
	IF (number IS NULL OR number = '') = (given_id IS NULL OR given_id = '') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'give either a recipient or an individual_id';
	END IF;
	-- one erasure at a time, and none beside ingestion: that has looked for
	-- people to leave out before, and is seen here only when it is committed
	PERFORM smsengage.lock_erasure('forget()');
	secret := (SELECT s.secret FROM smsengage.store_secret s);

	-- the people who go whole: those with the id, or known by the number alone
	people := CASE WHEN number IS NOT NULL
		THEN ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = 'tel:' || number)
		ELSE ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = given_id) END;
	numbers := CASE WHEN number IS NOT NULL THEN ARRAY[number]
		ELSE ARRAY(SELECT DISTINCT c.recipient FROM smsengage.contact_point c WHERE c.individual_no = ANY (people)) END;
	keep_sums := coalesce(keep_sums, false);

	IF NOT coalesce(force, false) THEN
		RETURN QUERY
		SELECT 'event'::text, count(*) FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		UNION ALL
		SELECT 'message', count(*) FROM smsengage.message m
		WHERE m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number;
		RAISE NOTICE 'nothing was erased: forget(..., force => true) does it, and there is no way back';
		RETURN;
	END IF;

	IF number IS NOT NULL AND EXISTS (SELECT FROM smsengage.inbox i
									  WHERE position(convert_to(digits, 'UTF8') IN i.payload) > 0) THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the inbox has payloads that name the number',
			HINT = 'CALL smsengage.drain_inbox() first.';
	END IF;

	WITH gone AS (
		DELETE FROM smsengage.event e
		WHERE e.individual_no = ANY (people) OR number IS NOT NULL AND e.recipient = number
		RETURNING e.event_time, e.event_key, e.individual_no, e.message_key, e.message_id, e.part, e.account, e.event_type, e.bulk_message, e.link_name
	), kept AS (
		-- of people who are not erased the tallies are made anew below, without these
		INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
		SELECT s.series_no, smsengage.cell_start(1, g.event_time), count(*), -2, 0, '{}'
		FROM gone g
		CROSS JOIN LATERAL (VALUES ('' COLLATE "C", '' COLLATE "C"), ('bulk_message', g.bulk_message), ('link_name', g.link_name)) d (dimension, value)
		JOIN smsengage.series s ON s.account = g.account AND s.event_type = g.event_type AND s.dimension = d.dimension AND s.value = d.value
		WHERE keep_sums AND NOT g.individual_no = ANY (people) AND coalesce(g.part, 0) = 0
			AND (d.dimension = '' OR d.dimension IN (SELECT k.dimension FROM smsengage.tally_dimension k))
		GROUP BY 1, 2
	)
	SELECT count(*), min(g.event_time), max(g.event_time), array_agg(DISTINCT g.message_key) FILTER (WHERE g.message_id IS NOT NULL),
		array_agg(DISTINCT g.individual_no) FILTER (WHERE NOT g.individual_no = ANY (people)), array_agg(g.event_time), array_agg(g.event_key)
	INTO n, since, until, messages, affected, times, keys FROM gone g;
	RETURN QUERY SELECT 'event'::text, n;
	-- numbers of the person that are in nobody else's events
	IF number IS NULL THEN
		numbers := ARRAY(SELECT c FROM unnest(numbers) c EXCEPT SELECT e.recipient FROM smsengage.event e WHERE e.recipient = ANY (numbers));
	END IF;

	messages := ARRAY(
		SELECT m.message_key FROM smsengage.message m
		WHERE m.message_key = ANY (messages) OR m.individual_no = ANY (people) OR number IS NOT NULL AND m.recipient = number);
	IF smsengage.keeps_outcomes() THEN
		PERFORM FROM smsengage.message m WHERE m.message_key = ANY (messages) ORDER BY m.message_key FOR UPDATE;
	END IF;
	-- of some, reports are left that name somebody else, or nobody
	shared := ARRAY(
		SELECT DISTINCT e.message_key FROM smsengage.event e
		WHERE e.message_key = ANY (messages) AND e.message_id IS NOT NULL AND e.status_class IS NOT NULL);
	IF keep_sums THEN
		PERFORM smsengage.keep_outcomes(ARRAY(SELECT m FROM unnest(messages) m EXCEPT SELECT k FROM unnest(shared) k));
		PERFORM smsengage.count_messages(shared, -1);
	ELSE
		PERFORM smsengage.count_messages(messages, -1);
	END IF;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (messages);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'message'::text, n;
	IF shared <> '{}' THEN
		INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
			sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT x.* FROM smsengage.event_messages('-infinity', shared) x;
		PERFORM smsengage.count_messages(shared, 1);
	END IF;

	-- who is someone else's person too: their cells are made anew from what is left
	IF affected IS NOT NULL AND since IS NOT NULL THEN
		PERFORM smsengage.rebuild_tallies(since, until + interval '1 microsecond', c)
		FROM (SELECT DISTINCT CASE WHEN a = 0 THEN -1 ELSE smsengage.chunk_of(a) END AS c FROM unnest(affected) a) x;
	END IF;
	n := smsengage.drop_from_tallies(people, keep_sums);
	RETURN QUERY SELECT 'engagement_tally'::text, n;

	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) OR number IS NOT NULL AND c.recipient = number;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'contact_point'::text, n;

	-- the opt-out still holds, under a name that only the store's secret gives
	INSERT INTO smsengage.forgotten_opt_out AS o (digest, event_time, account, sender)
	SELECT smsengage.content_digest(secret, 'recipient', s.recipient), s.event_time, s.account, s.sender
	FROM smsengage.subscription s
	WHERE s.recipient = ANY (numbers) AND s.state = 'UNSUBSCRIBED'
	ON CONFLICT ON CONSTRAINT forgotten_opt_out_pkey DO UPDATE SET event_time = greatest(o.event_time, excluded.event_time);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'subscription, kept as a digest'::text, n;
	DELETE FROM smsengage.subscription s WHERE s.recipient = ANY (numbers);
	DELETE FROM smsengage.consent_entry c WHERE c.recipient = ANY (numbers);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'consent_entry'::text, n;
	DELETE FROM smsengage.block b
	WHERE b.recipient = ANY (numbers) OR (b.blocked_at, b.event_key) IN (SELECT * FROM unnest(times, keys));
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'block'::text, n;
	DELETE FROM smsengage.unblock u
	WHERE u.recipient = ANY (numbers) OR (u.unblocked_at, u.event_key) IN (SELECT * FROM unnest(times, keys));

	DELETE FROM smsengage.rejected_event r
	WHERE number IS NOT NULL AND position(digits IN r.payload) > 0
		OR given_id IS NOT NULL AND position(to_json(given_id)::text IN r.payload) > 0;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'rejected_event'::text, n;
	DELETE FROM smsengage.provider_notice p
	WHERE number IS NOT NULL AND position(digits IN p.payload) > 0
		OR given_id IS NOT NULL AND position(to_json(given_id)::text IN p.payload) > 0;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'provider_notice'::text, n;

	-- a statement by itself: in one with the INSERT, a cluster stored nothing for a number
	IF number IS NOT NULL THEN
		digests := ARRAY[smsengage.content_digest(secret, 'recipient', number)];
	ELSE
		digests := ARRAY(SELECT smsengage.content_digest(secret, 'individual', i.scope, i.individual_id) FROM smsengage.individual i WHERE i.individual_no = ANY (people));
	END IF;
	INSERT INTO smsengage.forgotten AS f (digest, until)
	SELECT d, forget.at FROM unnest(digests) d
	ON CONFLICT (digest) DO UPDATE SET until = greatest(f.until, excluded.until);
	DELETE FROM smsengage.individual_link l WHERE l.individual_no = ANY (people) OR l.other_no = ANY (people);
	DELETE FROM smsengage.individual i WHERE i.individual_no = ANY (people);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'individual'::text, n;
END
$$;
COMMENT ON FUNCTION smsengage.forget(text, text, boolean, boolean, timestamptz) IS 'Erases what names a number (recipient) or all that belongs to a person (individual_id), from events, messages, tallies, consent, block list and rejected payloads; numbers of a person that are in nobody else''s events go too; the opt-out of a number still holds, as a keyed digest, and events up to at are ignored when they come again. Without force it only counts. keep_sums: the events and messages go on being counted, as those of nobody. Raises 22023 unless one of the two is given, 55000 while the inbox has payloads that name the number, 0A000 in a transaction of REPEATABLE READ or SERIALIZABLE. A number inside a message to somebody else is not found; ingestion that runs meanwhile may still bring an event: repeat.';

CREATE FUNCTION smsengage.set_horizon(account text, at timestamptz DEFAULT pg_catalog.now())
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept smsengage.retention;
	moved timestamptz;
BEGIN
	SELECT r.* INTO kept FROM smsengage.retention r WHERE r.account = set_horizon.account;
	IF kept.account IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = 'the account has no row in the table retention';
	END IF;
	-- whole days, so that a horizon is a whole cell of the tallies too
	moved := date_trunc('day', at - kept.keep, 'UTC');
	IF moved <= kept.horizon THEN
		RETURN kept.horizon;
	END IF;
	-- ingestion that goes by the horizon of before has ended when it is moved
	PERFORM smsengage.lock_erasure('maintain()');
	UPDATE smsengage.retention r SET horizon = greatest(r.horizon, moved) WHERE r.account = set_horizon.account
	RETURNING r.horizon INTO moved;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION smsengage.set_horizon(text, timestamptz) IS 'Moves the horizon of an account (*: of those without a row of their own) to where the table retention says, and returns it; older events are ignored from then on. Waits for ingestion if it moves, once a day that is. Used by maintain().';

CREATE FUNCTION smsengage.drop_expired()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '2s'
AS $$
DECLARE
	partition record;
	dropped bigint := 0;
	n bigint;
BEGIN
	FOR partition IN
		SELECT c.oid::regclass AS name
		FROM pg_inherits i
		JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'smsengage.event'::regclass AND c.relname ~ '^event_\d{4}_\d{2}$'
			AND (to_date(substr(c.relname, 7), 'YYYY_MM') + interval '1 month')::timestamp AT TIME ZONE 'UTC'
				<= (SELECT min(r.horizon) FROM smsengage.retention r HAVING bool_or(r.account = '*'))
		ORDER BY c.relname
	LOOP
		-- while it waits for readers, all others wait for it: not for long, the
		-- events are deleted anyway, and the next call tries again
		BEGIN
			EXECUTE format('SELECT count(*) FROM %s', partition.name) INTO n;
			EXECUTE format('DROP TABLE %s', partition.name);
			dropped := dropped + n;
		EXCEPTION WHEN lock_not_available THEN
			NULL;
		END;
	END LOOP;
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION smsengage.drop_expired() IS 'Drops the partitions of event that lie before every horizon, if no reader keeps it waiting for two seconds, and returns how many events went. Used by maintain().';

CREATE FUNCTION smsengage.delete_expired(account text)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	until timestamptz := (SELECT r.horizon FROM smsengage.retention r WHERE r.account = delete_expired.account);
	others boolean := delete_expired.account = '*';
	n bigint;
BEGIN
	DELETE FROM smsengage.event e
	WHERE e.event_time < until
		AND (e.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention r WHERE r.account = e.account));
	GET DIAGNOSTICS n = ROW_COUNT;
	DELETE FROM smsengage.rejected_event r
	WHERE r.received_at < until
		AND (r.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention o WHERE o.account = r.account));
	DELETE FROM smsengage.provider_notice p
	WHERE p.received_at < until
		AND (p.account = delete_expired.account OR others AND NOT EXISTS (SELECT FROM smsengage.retention o WHERE o.account = p.account));
	RETURN n;
END
$$;
COMMENT ON FUNCTION smsengage.delete_expired(text) IS 'Deletes the events, rejected events and notices of an account (*: of those without a row of their own) that lie before its horizon; returns how many events. Used by maintain().';

CREATE PROCEDURE smsengage.maintain()
LANGUAGE plpgsql
AS $$
DECLARE
	kept record;
BEGIN
	PERFORM smsengage.make_partition((pg_catalog.timezone('UTC', pg_catalog.now()) OPERATOR(pg_catalog.+) m)::pg_catalog.date)
	FROM pg_catalog.unnest(ARRAY['0 months', '1 month', '2 months']::pg_catalog.interval[]) m;
	IF smsengage.may_commit() THEN COMMIT; END IF;
	FOR kept IN SELECT r.account FROM smsengage.retention r ORDER BY r.account LOOP
		PERFORM smsengage.set_horizon(kept.account);
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END LOOP;
	PERFORM smsengage.drop_expired();
	IF smsengage.may_commit() THEN COMMIT; END IF;
	FOR kept IN SELECT r.account FROM smsengage.retention r ORDER BY r.account LOOP
		PERFORM smsengage.delete_expired(kept.account);
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END LOOP;
	PERFORM smsengage.seal_consent();
	IF smsengage.may_commit() THEN COMMIT; END IF;
	CALL smsengage.fold();
END
$$;
COMMENT ON PROCEDURE smsengage.maintain() IS 'Housekeeping, to be called every few minutes or hours, also beside load: makes the partitions of this month and the next two, moves the horizons of the table retention, seals the consent ledger, folds the tallies. Nothing that is correct depends on it. Raises 0A000 where a horizon would move in a transaction of REPEATABLE READ or SERIALIZABLE.';

CREATE FUNCTION smsengage.horizon()
RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT max(r.horizon) FROM smsengage.retention r), '-infinity');
END
$$;
COMMENT ON FUNCTION smsengage.horizon() IS 'The moment since when the events of every account are kept. Used by rebuild() and doctor().';
-- Much at once: tables of payloads, the inbox, and what was rejected before.

CREATE FUNCTION smsengage.bulk_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.load_progress (
		load_no bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT load_progress_pkey PRIMARY KEY,
		source text NOT NULL,
		payload_column text NOT NULL,
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C",
		file_no oid,
		part oid NOT NULL,
		last tid,
		started_at timestamptz NOT NULL,
		reported_at timestamptz NOT NULL,
		payloads bigint NOT NULL DEFAULT 0,
		nulls bigint NOT NULL DEFAULT 0,
		accepted bigint NOT NULL DEFAULT 0,
		duplicate bigint NOT NULL DEFAULT 0,
		rejected bigint NOT NULL DEFAULT 0,
		ignored bigint NOT NULL DEFAULT 0
	) WITH (fillfactor = 50);

	-- a payload larger than the limit would not fit into one batch
	CREATE TABLE IF NOT EXISTS smsengage.inbox (
		inbox_no bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT inbox_pkey PRIMARY KEY,
		received_at timestamptz NOT NULL DEFAULT now(),
		provider text COLLATE "C" NOT NULL,
		account text COLLATE "C",
		payload bytea NOT NULL,
		CONSTRAINT inbox_account_check CHECK (octet_length(account) <= 512),
		CONSTRAINT inbox_payload_check CHECK (octet_length(payload) <= 67108864)
	) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 10000);

	PERFORM smsengage.describe('smsengage.load_progress', 'Loads by ingest_from() that are running or were interrupted; a finished one leaves no row.', $c$
		load_no: Number of the load
		source: The table of payloads
		payload_column: Its column
		provider: As given to ingest_from()
		account: As given to ingest_from()
		file_no: What the rows lie in, so that resume never takes up a table that was filled anew; NULL if it cannot be resumed
		part: Partition (or the table itself) that is being read
		last: Last row whose payload is in the store
		started_at: When it began
		reported_at: When it last raised a notice
		payloads: Payloads read
		nulls: Rows without a payload
		accepted: Events that were new
		duplicate: Events that were known
		rejected: Events that were not understood: see rejected_event
		ignored: What is no engagement: see provider_notice$c$);
	PERFORM smsengage.describe('smsengage.inbox', 'Payloads that were received and wait for drain_inbox().', $c$
		inbox_no: Number of the payload
		received_at: When it arrived
		provider: As for ingest()
		account: As for ingest(); NULL if none is given
		payload: What the provider POSTed, byte by byte; up to 64 MiB$c$);
END
$$;
COMMENT ON FUNCTION smsengage.bulk_tables() IS 'Makes inbox and load_progress, if they are missing. Used by migrate().';

-- Below, errors that are a payload's own, as far as ingestion can have any (too
-- large for memory: 54000, XX000; a value that no check foresaw: 22xxx), cost
-- that payload; every other error ends the batch, which may be repeated.

CREATE FUNCTION smsengage.source_part(source regclass, after oid DEFAULT 0)
RETURNS oid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (SELECT c.relkind FROM pg_class c WHERE c.oid = source) NOT IN ('r', 'p', 'm') THEN
		RAISE EXCEPTION USING ERRCODE = 'wrong_object_type',
			MESSAGE = format('%s is not a table', source),
			HINT = 'CREATE TEMP TABLE ... AS SELECT makes one.';
	END IF;
	RETURN (
		WITH RECURSIVE part AS (
			SELECT source::oid AS no
			UNION
			SELECT i.inhrelid FROM pg_inherits i JOIN part ON i.inhparent = part.no
		)
		SELECT min(c.oid) FROM part JOIN pg_class c ON c.oid = part.no
		WHERE c.relkind IN ('r', 'm') AND c.oid > source_part.after
	);
END
$$;
COMMENT ON FUNCTION smsengage.source_part(regclass, oid) IS 'The next table behind one that holds rows of source: itself, its partitions, its children. Raises 42809 for what is no table. Used by ingest_from().';

CREATE FUNCTION smsengage.load_begin(provider text, source regclass, payload_column name, account text, resume boolean)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint;
	file oid;
BEGIN
	IF provider IS NULL OR source IS NULL OR payload_column IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'provider, source and payload_column must not be null';
	END IF;
	-- says at once what every batch would say
	PERFORM smsengage.batch(provider, '{}'::text, account, now());

	-- rows of an unlogged or partitioned table may be others at the same place
	SELECT c.relfilenode INTO file FROM pg_class c
	WHERE c.oid = source AND c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
		AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = source);
	IF resume THEN
		SELECT p.load_no INTO number
		FROM smsengage.load_progress p
		WHERE p.source = load_begin.source::text AND p.payload_column = load_begin.payload_column
			AND p.provider = load_begin.provider AND p.account IS NOT DISTINCT FROM load_begin.account
			AND p.file_no = file
		ORDER BY p.load_no DESC
		LIMIT 1
		FOR UPDATE SKIP LOCKED;
		IF FOUND THEN
			RETURN number;
		END IF;
	END IF;
	INSERT INTO smsengage.load_progress (source, payload_column, provider, account, file_no, part, started_at, reported_at)
	VALUES (source, payload_column, provider, account, file, smsengage.source_part(source), clock_timestamp(), clock_timestamp())
	RETURNING load_no INTO number;
	RETURN number;
END
$$;
COMMENT ON FUNCTION smsengage.load_begin(text, regclass, name, text, boolean) IS 'Starts a load, or finds an interrupted one. Used by ingest_from().';

CREATE FUNCTION smsengage.ingest_rows(batch smsengage.parsed_batch, given_account text,
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint,
	OUT payloads integer, OUT nulls integer, OUT last tid)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT i.accepted, i.duplicate, i.rejected, i.ignored, r.payloads, r.nulls, r.last
	INTO accepted, duplicate, rejected, ignored, payloads, nulls, last
	FROM smsengage.ingest_batch(batch, given_account) i, smsengage.batch_rows(batch) r;
END
$$;
COMMENT ON FUNCTION smsengage.ingest_rows(smsengage.parsed_batch, text) IS 'ingest_batch() and batch_rows() of one batch. Used by ingest_from().';

CREATE FUNCTION smsengage.load_step(load_no bigint, batch_rows integer, batch_bytes integer)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	load record;
	step record;
	rows integer := batch_rows;
	reason text;
	seconds numeric;
BEGIN
	IF coalesce(batch_rows, 0) < 1 OR coalesce(batch_bytes, 0) < 1 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'batch_rows and batch_bytes must be positive';
	END IF;
	SELECT p.* INTO load FROM smsengage.load_progress p WHERE p.load_no = load_step.load_no FOR UPDATE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	LOOP
		BEGIN
			SELECT r.* INTO step
			FROM smsengage.ingest_rows(smsengage.batch_from(load.provider, load.part, load.payload_column::name, load.account,
				now(), load.last, rows, batch_bytes, reason), load.account) r;
			EXIT;
		EXCEPTION WHEN program_limit_exceeded OR data_exception OR internal_error THEN
			-- closes in on the payload that cannot be stored
			IF rows > 1 THEN
				rows := rows / 2;
			ELSIF reason IS NULL THEN
				reason := format('cannot be stored: %s (%s)', SQLERRM, SQLSTATE);
			ELSE
				RAISE;
			END IF;
		END;
	END LOOP;

	IF step.last IS NULL THEN
		load.part := smsengage.source_part(load.source::regclass, load.part);
		IF load.part IS NULL THEN
			RETURN false;
		END IF;
		UPDATE smsengage.load_progress p SET part = load.part, last = NULL WHERE p.load_no = load.load_no;
		RETURN true;
	END IF;
	seconds := extract(epoch FROM clock_timestamp() - load.started_at);
	IF clock_timestamp() > load.reported_at + interval '5 seconds' THEN
		RAISE NOTICE '%: % payloads, % new events, % rejected, % events a second', load.source,
			load.payloads + step.payloads, load.accepted + step.accepted, load.rejected + step.rejected,
			round((load.accepted + load.duplicate + load.rejected + load.ignored + step.accepted + step.duplicate
				   + step.rejected + step.ignored) / greatest(seconds, 0.001));
		load.reported_at := clock_timestamp();
	END IF;
	UPDATE smsengage.load_progress p SET
		last = step.last,
		reported_at = load.reported_at,
		payloads = p.payloads + step.payloads,
		nulls = p.nulls + step.nulls,
		accepted = p.accepted + step.accepted,
		duplicate = p.duplicate + step.duplicate,
		rejected = p.rejected + step.rejected,
		ignored = p.ignored + step.ignored
	WHERE p.load_no = load.load_no;
	RETURN true;
END
$$;
COMMENT ON FUNCTION smsengage.load_step(bigint, integer, integer) IS 'One batch of a load; false when nothing is left. Used by ingest_from().';

CREATE FUNCTION smsengage.load_end(load_no bigint, OUT payloads bigint, OUT nulls bigint, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.load_progress p WHERE p.load_no = load_end.load_no
	RETURNING p.payloads, p.nulls, p.accepted, p.duplicate, p.rejected, p.ignored
	INTO payloads, nulls, accepted, duplicate, rejected, ignored;
END
$$;
COMMENT ON FUNCTION smsengage.load_end(bigint) IS 'Ends a load and says what it did. Used by ingest_from().';

-- No SET clause: a procedure with one cannot commit.
CREATE PROCEDURE smsengage.ingest_from(provider text, source regclass, payload_column name DEFAULT 'payload', account text DEFAULT NULL,
	resume boolean DEFAULT false, batch_rows integer DEFAULT 10000, batch_bytes integer DEFAULT 8388608,
	INOUT payloads bigint DEFAULT NULL, INOUT nulls bigint DEFAULT NULL, INOUT accepted bigint DEFAULT NULL,
	INOUT duplicate bigint DEFAULT NULL, INOUT rejected bigint DEFAULT NULL, INOUT ignored bigint DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
	load_no bigint := smsengage.load_begin(provider, source, payload_column, account, resume);
BEGIN
	WHILE smsengage.load_step(load_no, batch_rows, batch_bytes) LOOP
		IF smsengage.may_commit() THEN
			COMMIT;
		END IF;
	END LOOP;
	SELECT e.payloads, e.nulls, e.accepted, e.duplicate, e.rejected, e.ignored
	INTO payloads, nulls, accepted, duplicate, rejected, ignored
	FROM smsengage.load_end(load_no) e;
END
$$;
COMMENT ON PROCEDURE smsengage.ingest_from(text, regclass, name, text, boolean, integer, integer, bigint, bigint, bigint, bigint, bigint, bigint) IS 'Ingests the payloads of a table (or temporary, partitioned or materialized one) in batches of batch_rows rows or batch_bytes bytes, and commits each unless called in a transaction block. A column of type text, varchar, json, jsonb or bytea holds in each row an object, an array or several of them; NULL is counted and left out. Reports every five seconds; smsengage.load_progress shows where it is. May be repeated: what is in the store counts as duplicate. resume takes an interrupted load up behind its last batch, which is right only if since then rows were at most added to the table and none deleted. Returns what it read and did. Raises 42809, 42703, 42804 for a source that will not do, 22023 for an unknown provider.';

-- The inbox: durable at once, ingested later.

CREATE FUNCTION smsengage.inbox(provider text, payload bytea, account text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint;
BEGIN
	PERFORM smsengage.batch(provider, ''::bytea, account, now());
	INSERT INTO smsengage.inbox (provider, account, payload) VALUES (provider, account, payload)
	RETURNING inbox_no INTO number;
	RETURN number;
END
$$;
COMMENT ON FUNCTION smsengage.inbox(text, bytea, text) IS 'Keeps a payload for drain_inbox() and returns its number. A plain INSERT into the table inbox does the same, but for the check of the provider. Raises 22023 for an unknown provider, 23514 for more than 64 MiB.';

CREATE FUNCTION smsengage.inbox(provider text, payload text, account text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.inbox(provider, convert_to(payload, 'UTF8'), account);
END
$$;
COMMENT ON FUNCTION smsengage.inbox(text, text, text) IS 'The same for a text.';

CREATE FUNCTION smsengage.ingest_payloads(provider text, payloads bytea[], account text, arrivals timestamptz[],
	OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n integer := cardinality(payloads);
	reason text;
	state text;
BEGIN
	BEGIN
		SELECT i.accepted, i.duplicate, i.rejected, i.ignored INTO accepted, duplicate, rejected, ignored
		FROM smsengage.ingest_batch(smsengage.batch_all(provider, payloads, account, arrivals), account) i;
		RETURN;
	EXCEPTION WHEN program_limit_exceeded OR data_exception OR internal_error THEN
		reason := format('cannot be stored: %s (%s)', SQLERRM, SQLSTATE);
		state := SQLSTATE;
	END;
	IF n = 1 THEN
		SELECT i.accepted, i.duplicate, i.rejected, i.ignored INTO accepted, duplicate, rejected, ignored
		FROM smsengage.ingest_batch(smsengage.batch_all(CASE state WHEN '22023' THEN 'auto' ELSE provider END,
			payloads, account, arrivals, reason), account) i;
		RETURN;
	END IF;
	-- closes in on the payload that cannot be stored
	SELECT sum(i.accepted), sum(i.duplicate), sum(i.rejected), sum(i.ignored) INTO accepted, duplicate, rejected, ignored
	FROM (VALUES (1, n / 2), (n / 2 + 1, n)) AS half(first, last)
	CROSS JOIN LATERAL smsengage.ingest_payloads(provider, payloads[half.first:half.last], account, arrivals[half.first:half.last]) i;
END
$$;
COMMENT ON FUNCTION smsengage.ingest_payloads(text, bytea[], text, timestamptz[]) IS 'Ingests payloads that arrived one by one as one batch; one that cannot be stored is rejected by itself. Used by drain_inbox() and retry_rejected().';

CREATE FUNCTION smsengage.drain_step(max_rows bigint, max_bytes bigint,
	OUT payloads bigint, OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	numbers bigint[];
	sender record;
	step record;
BEGIN
	WITH locked AS (
		SELECT i.inbox_no, octet_length(i.payload) AS bytes
		FROM smsengage.inbox i
		ORDER BY i.inbox_no
		LIMIT max_rows
		FOR UPDATE SKIP LOCKED
	), placed AS (
		SELECT l.inbox_no, sum(l.bytes) OVER (ORDER BY l.inbox_no) - l.bytes AS start FROM locked l
	)
	SELECT array_agg(p.inbox_no) INTO numbers FROM placed p WHERE p.start < max_bytes;
	payloads := coalesce(cardinality(numbers), 0);

	accepted := 0;
	duplicate := 0;
	rejected := 0;
	ignored := 0;
	FOR sender IN
		WITH gone AS (
			DELETE FROM smsengage.inbox i WHERE i.inbox_no = ANY (numbers)
			RETURNING i.inbox_no, i.provider, i.account, i.payload, i.received_at
		)
		SELECT g.provider, g.account, array_agg(g.payload ORDER BY g.inbox_no) AS payloads,
			   array_agg(g.received_at ORDER BY g.inbox_no) AS arrivals
		FROM gone g
		GROUP BY g.provider, g.account
		ORDER BY g.provider, g.account
	LOOP
		SELECT i.* INTO step
		FROM smsengage.ingest_payloads(sender.provider, sender.payloads, sender.account, sender.arrivals) i;
		accepted := accepted + step.accepted;
		duplicate := duplicate + step.duplicate;
		rejected := rejected + step.rejected;
		ignored := ignored + step.ignored;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.drain_step(bigint, bigint) IS 'One batch of drain_inbox(). Used by drain_inbox().';

CREATE PROCEDURE smsengage.drain_inbox(max_rows bigint DEFAULT NULL,
	INOUT payloads bigint DEFAULT 0, INOUT accepted bigint DEFAULT 0, INOUT duplicate bigint DEFAULT 0,
	INOUT rejected bigint DEFAULT 0, INOUT ignored bigint DEFAULT 0)
LANGUAGE plpgsql
AS $$
DECLARE
	step record;
BEGIN
	payloads := 0;
	accepted := 0;
	duplicate := 0;
	rejected := 0;
	ignored := 0;
	LOOP
		SELECT s.payloads, s.accepted, s.duplicate, s.rejected, s.ignored INTO step
		FROM smsengage.drain_step(least(5000, max_rows OPERATOR(pg_catalog.-) payloads), 8388608) s;
		EXIT WHEN step.payloads OPERATOR(pg_catalog.=) 0;
		payloads := payloads OPERATOR(pg_catalog.+) step.payloads;
		accepted := accepted OPERATOR(pg_catalog.+) step.accepted;
		duplicate := duplicate OPERATOR(pg_catalog.+) step.duplicate;
		rejected := rejected OPERATOR(pg_catalog.+) step.rejected;
		ignored := ignored OPERATOR(pg_catalog.+) step.ignored;
		IF smsengage.may_commit() THEN
			COMMIT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE smsengage.drain_inbox(bigint, bigint, bigint, bigint, bigint, bigint) IS 'Ingests what the inbox holds, the oldest first, up to max_rows payloads, and takes it out, both in one transaction a batch (in the caller''s, if that is a transaction block). Several may run at once: each payload is taken by one of them. A payload that cannot be stored goes to rejected_event and holds up nothing. Returns what it did.';

CREATE FUNCTION smsengage.retry_rejected(provider text DEFAULT NULL,
	OUT retried bigint, OUT accepted bigint, OUT duplicate bigint, OUT ignored bigint, OUT still_rejected bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last uuid := '00000000-0000-0000-0000-000000000000';
	digests uuid[];
	times timestamptz[];
	sender record;
	step record;
BEGIN
	retried := 0;
	accepted := 0;
	duplicate := 0;
	ignored := 0;
	still_rejected := 0;
	LOOP
		WITH locked AS (
			SELECT r.digest, r.received_at, octet_length(r.payload) AS bytes
			FROM smsengage.rejected_event r
			WHERE r.digest > last AND (retry_rejected.provider IS NULL OR r.provider = retry_rejected.provider)
			ORDER BY r.digest
			LIMIT 1000
			FOR UPDATE SKIP LOCKED
		), placed AS (
			SELECT l.digest, l.received_at, sum(l.bytes) OVER (ORDER BY l.digest) - l.bytes AS start FROM locked l
		)
		SELECT array_agg(p.digest ORDER BY p.digest), array_agg(p.received_at ORDER BY p.digest) INTO digests, times
		FROM placed p WHERE p.start < 8388608;
		EXIT WHEN digests IS NULL;
		last := digests[cardinality(digests)];
		retried := retried + cardinality(digests);

		FOR sender IN
			WITH gone AS (
				DELETE FROM smsengage.rejected_event r WHERE r.digest = ANY (digests)
				RETURNING r.digest, r.provider, nullif(r.account, '') AS account, r.received_at, r.payload, r.payload_bytes
			)
			SELECT g.provider, g.account, array_agg(coalesce(g.payload_bytes, convert_to(g.payload, 'UTF8')) ORDER BY g.digest) AS payloads,
				   array_agg(g.received_at ORDER BY g.digest) AS arrivals
			FROM gone g
			GROUP BY g.provider, g.account
			ORDER BY g.provider, g.account
		LOOP
			SELECT i.* INTO step
			FROM smsengage.ingest_payloads(sender.provider, sender.payloads, sender.account, sender.arrivals) i;
			accepted := accepted + step.accepted;
			duplicate := duplicate + step.duplicate;
			ignored := ignored + step.ignored;
			still_rejected := still_rejected + step.rejected;
		END LOOP;

		-- what came back keeps its arrival
		UPDATE smsengage.rejected_event r SET received_at = old.received_at
		FROM unnest(digests, times) AS old(digest, received_at)
		WHERE r.digest = old.digest;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.retry_rejected(text) IS 'Ingests what was rejected once more (only of one provider, if named), as if it had arrived then: of use after the library was updated. What goes in, or turns out to be known or no engagement, leaves rejected_event. Returns how many pieces were tried and what their events were.';
-- Tallies of a store that another version of the extension made.

CREATE FUNCTION smsengage.tally_layout()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	layout text := format('%s people a chunk', smsengage.chunk_start(1));
	monday timestamptz := '2024-01-01 00:00:00+00';
BEGIN
	FOR level IN 1..100 LOOP
		layout := format('%s, %s from %s', layout, smsengage.cell_end(level, monday) - smsengage.cell_start(level, monday),
						 to_char(timezone('UTC', smsengage.cell_start(level, monday)), 'YYYY-MM-DD'));
	END LOOP;
	RETURN layout;
EXCEPTION WHEN invalid_parameter_value THEN
	-- the level above the last
	RETURN layout;
END
$$;
COMMENT ON FUNCTION smsengage.tally_layout() IS 'The levels of tallies in words: the length of their cells. Used by migrate().';

CREATE FUNCTION smsengage.check_layout()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	wanted text := smsengage.tally_layout();
	levels integer := cardinality(string_to_array(wanted, ',')) - 1;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.store_layout (
		layout text COLLATE "C" CONSTRAINT store_layout_pkey PRIMARY KEY
	);
	PERFORM smsengage.describe('smsengage.store_layout', 'The levels that the tallies of this store have.', $c$
		layout: People in a chunk, and the length of each level''s cells$c$);
	IF EXISTS (SELECT FROM smsengage.store_layout s WHERE s.layout = wanted) THEN
		RETURN;
	END IF;
	IF EXISTS (SELECT FROM smsengage.store_layout s WHERE split_part(s.layout, ',', 1) <> split_part(wanted, ',', 1)) THEN
		TRUNCATE smsengage.engagement_tally;
		PERFORM smsengage.rebuild_tallies();
	ELSIF EXISTS (SELECT 1 FROM smsengage.engagement_tally) THEN
		-- quarter hours are kept for all time, also of events that are gone
		PERFORM smsengage.begin_rebuild();
		PERFORM pg_advisory_xact_lock('smsengage.engagement_tally'::regclass::oid::integer, 0);
		DELETE FROM smsengage.engagement_tally t WHERE t.level > 1;
		FOR coarse IN 3..levels LOOP
			INSERT INTO smsengage.engagement_tally (series_no, cell_start, anonymous, chunk, level, tally)
			SELECT s.series_no, s.cell_start, s.anonymous, s.chunk, coarse, piece
			FROM (
				SELECT t.series_no, smsengage.cell_start(coarse, t.cell_start) AS cell_start, t.chunk, sum(t.anonymous)::bigint AS anonymous,
					smsengage.sum(CASE
						WHEN coarse > 3 OR t.chunk < 0 THEN coalesce(t.tally, '{}')
						ELSE smsengage.tally(t.quarters, t.cell_start, t.cell_start, smsengage.cell_end(3, t.cell_start))
					END) AS tally
				FROM smsengage.engagement_tally t
				WHERE t.level = CASE coarse WHEN 3 THEN 1 ELSE coarse - 1 END
				GROUP BY 1, 2, 3
			) s
			CROSS JOIN LATERAL smsengage.split(s.tally) piece
			ORDER BY s.series_no, s.cell_start, s.chunk;
		END LOOP;
		PERFORM smsengage.rebuild_outcomes();
	END IF;
	DELETE FROM smsengage.store_layout;
	INSERT INTO smsengage.store_layout (layout) VALUES (wanted);
END
$$;
COMMENT ON FUNCTION smsengage.check_layout() IS 'Sums the tallies of a store with other levels again, from quarter hours; counts them from events where chunks had another size. Used by migrate().';
-- People who are one person: LINK events, and the table that is made of them.

CREATE FUNCTION smsengage.event_links(since timestamptz, until timestamptz, event_keys bigint[])
RETURNS TABLE (individual_no bigint, other_no bigint, valid_from timestamptz)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT least(a.individual_no, b.individual_no), greatest(a.individual_no, b.individual_no), min(e.event_time)
	FROM smsengage.event e
	JOIN smsengage.individual a ON a.individual_no = e.individual_no
	JOIN smsengage.individual b ON b.scope = coalesce(e.extra->>'other_scope', a.scope) AND b.individual_id = e.extra->>'other_individual_id'
	WHERE e.event_type = 'LINK' AND e.event_time >= since AND e.event_time <= until AND (event_keys IS NULL OR e.event_key = ANY (event_keys))
		AND a.individual_no <> b.individual_no
	GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.event_links(timestamptz, timestamptz, bigint[]) IS 'Who is linked by the LINK events in [since, until], of these keys or (NULL) all. Used by add_links() and doctor().';

CREATE FUNCTION smsengage.add_links(since timestamptz, until timestamptz, event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- the other person may not have been met yet
	INSERT INTO smsengage.individual (scope, individual_id)
	SELECT DISTINCT coalesce(e.extra->>'other_scope', a.scope), e.extra->>'other_individual_id'
	FROM smsengage.event e
	JOIN smsengage.individual a ON a.individual_no = e.individual_no
	WHERE e.event_type = 'LINK' AND e.event_time >= since AND e.event_time <= until AND (event_keys IS NULL OR e.event_key = ANY (event_keys))
		AND e.extra->>'other_individual_id' <> ''
		AND NOT EXISTS (
			SELECT FROM smsengage.individual b
			WHERE b.scope = coalesce(e.extra->>'other_scope', a.scope) AND b.individual_id = e.extra->>'other_individual_id')
	ORDER BY 1, 2
	ON CONFLICT DO NOTHING;

	INSERT INTO smsengage.individual_link AS l (individual_no, other_no, valid_from)
	SELECT w.individual_no, w.other_no, w.valid_from
	FROM smsengage.event_links(since, until, event_keys) w
	ORDER BY 1, 2
	ON CONFLICT (individual_no, other_no) DO UPDATE SET valid_from = least(l.valid_from, excluded.valid_from);
END
$$;
COMMENT ON FUNCTION smsengage.add_links(timestamptz, timestamptz, bigint[]) IS 'Adds to individual_link what the LINK events in [since, until] say, of these keys or (NULL) all. The other person is the one of other_scope in the event, else of the same scope as the first. Used by ingest_batch() and rebuild_links().';

CREATE FUNCTION smsengage.rebuild_links()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.individual_link IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.individual_link l WHERE l.valid_from >= smsengage.horizon();
	PERFORM smsengage.add_links('-infinity', 'infinity', NULL);
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_links() IS 'Makes individual_link again from LINK events; older links than the events that are kept stay. Used by rebuild().';

CREATE FUNCTION smsengage.link_individuals(a text, b text, valid_from timestamptz DEFAULT pg_catalog.now())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a_no bigint := smsengage.individual_number(a);
	b_no bigint := smsengage.individual_number(b);
	rejected bigint;
BEGIN
	IF a IS NULL OR b IS NULL OR valid_from IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the two ids and valid_from must not be null';
	ELSIF a_no IS NULL OR b_no IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object',
			MESSAGE = CASE WHEN a_no IS NULL THEN 'nobody is known by the first id' ELSE 'nobody is known by the second id' END,
			HINT = 'A LINK event of provider native links people before they are met.';
	ELSIF a_no = b_no THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the two ids name the same person';
	END IF;
	SELECT r.rejected INTO rejected
	FROM smsengage.individual i
	JOIN smsengage.individual o ON o.individual_no = greatest(a_no, b_no)
	CROSS JOIN LATERAL smsengage.ingest('native', json_build_object('event_type', 'LINK', 'event_time', valid_from,
		'scope', i.scope, 'individual_id', i.individual_id, 'other_scope', o.scope, 'other_individual_id', o.individual_id)) r
	WHERE i.individual_no = least(a_no, b_no);
	IF rejected > 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'valid_from must lie between the year 2000 and two days from now';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.link_individuals(text, text, timestamptz) IS 'Says that two ids or phone numbers are one person from a moment on, as a LINK event; segments with unified => true then add up what they did, before that moment too. Links go on: who is linked to one of them is linked to all. Raises 42P08 for an id that names several people, 42704 for an unknown one, 22023 if both are the same person or valid_from is too far off.';
-- Proof and repair: every merge again, from the events.

CREATE FUNCTION smsengage.event_messages(since timestamptz, keys uuid[] DEFAULT NULL)
RETURNS SETOF smsengage.message_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.message_key, min(e.event_time), max(e.event_time), max(e.individual_no), max(e.parts), max(e.account), max(e.provider),
		max(e.message_id), max(e.recipient), max(e.sender_id), max(e.channel), max(e.bulk_message), max(e.template), max(e.price),
		max(e.price_currency), max(e.callback_data COLLATE "C"),
		smsengage.merge(smsengage.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))
	FROM smsengage.event e
	WHERE e.message_id IS NOT NULL AND e.status_class IS NOT NULL AND (keys IS NULL OR e.message_key = ANY (keys))
	GROUP BY e.message_key
	HAVING min(e.event_time) >= since;
END
$$;
COMMENT ON FUNCTION smsengage.event_messages(timestamptz, uuid[]) IS 'The messages as the stored events give them, of those whose first report lies at or after a moment; some of them only, if keys are given. Used by doctor(), rebuild() and forget().';

CREATE FUNCTION smsengage.event_people()
RETURNS TABLE (individual_no bigint, scope text, individual_id text, likely_scope text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- the scope of a name is not in every event
	RETURN QUERY
	SELECT e.individual_no, max(CASE WHEN e.individual_id IS NULL THEN e.account END), max(coalesce(e.individual_id, 'tel:' || e.recipient)),
		concat(max(e.provider), '/', max(e.account))
	FROM smsengage.event e
	WHERE e.individual_no <> 0
	GROUP BY e.individual_no;
END
$$;
COMMENT ON FUNCTION smsengage.event_people() IS 'The people as the stored events name them; scope NULL where only the table individual has it, likely_scope for when that lost it. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.event_contacts()
RETURNS TABLE (individual_no bigint, recipient text, last_day date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.individual_no, e.recipient, max(timezone('UTC', e.event_time)::date)
	FROM smsengage.event e
	WHERE e.individual_no <> 0 AND e.individual_id IS NOT NULL AND e.recipient <> ''
	GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.event_contacts() IS 'The contact points as the stored events give them. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.last_entries()
RETURNS TABLE (recipient text, account text, sender text, state text, event_time timestamptz, event_key bigint, source text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT DISTINCT ON (c.recipient, c.account, c.sender)
		c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source
	FROM smsengage.consent_entry c
	ORDER BY c.recipient, c.account, c.sender, c.event_time DESC, c.state DESC, c.event_key DESC;
END
$$;
COMMENT ON FUNCTION smsengage.last_entries() IS 'What the table subscription must say, by the entries of consent. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.identity_times(since timestamptz)
RETURNS TABLE (digest uuid, event_key bigint, stored timestamptz, event_time timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- an identity without event belongs to one that was forgotten, or is no longer kept
	RETURN QUERY
	WITH identity AS MATERIALIZED (
		SELECT i.digest, ('x' || translate(left(i.digest::text, 18), '-', ''))::bit(64)::bigint AS key, i.event_time
		FROM smsengage.event_identity i
	), dated AS MATERIALIZED (
		SELECT e.event_key, e.event_time,
			e.time_source = 'arrival' OR e.provider = 'salesforce_dmo' OR e.provider = 'native' AND e.event_id IS NOT NULL AS timeless
		FROM smsengage.event e
		WHERE e.event_time >= since
	)
	SELECT i.digest, d.event_key, i.event_time, d.event_time
	FROM dated d
	LEFT JOIN identity i ON i.key = d.event_key
	WHERE i.event_time <> d.event_time OR i.digest IS NULL AND d.timeless;
END
$$;
COMMENT ON FUNCTION smsengage.identity_times(timestamptz) IS 'Identities that say another time than their event has, and events of which the identity is missing (digest NULL), where that is certain. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.doctor(which text DEFAULT NULL)
RETURNS TABLE (part text, item text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	since timestamptz := smsengage.horizon();
	since_day date := CASE WHEN isfinite(smsengage.horizon()) THEN timezone('UTC', smsengage.horizon())::date ELSE '-infinity' END;
BEGIN
	PERFORM smsengage.check_part(which);
	IF which IS NULL OR which = 'message' THEN
		RETURN QUERY
		SELECT 'message'::text, coalesce(m.message_key, x.message_key)::text,
			CASE WHEN m.message_key IS NULL THEN 'missing' WHEN x.message_key IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
		FROM (SELECT s.message_key, (ROW(s.*)::text) COLLATE "C" AS content FROM smsengage.event_messages(since) s) x
		FULL JOIN (SELECT r.message_key, r.first_time,
					(ROW(r.message_key, r.first_time, r.last_time, r.individual_no, r.parts, r.account, r.provider, r.message_id, r.recipient,
						r.sender_id, r.channel, r.bulk_message, r.template, r.price, r.price_currency, r.callback_data, r.state)::text) COLLATE "C" AS content
				   FROM smsengage.message r) m USING (message_key)
		-- of a message from before, some events may still be there
		WHERE m.content IS DISTINCT FROM x.content AND (m.message_key IS NULL OR m.first_time >= since);
	END IF;

	IF which IS NULL OR which = 'individual' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT p.individual_no, p.scope, p.individual_id FROM smsengage.event_people() p
		), found AS MATERIALIZED (
			SELECT i.individual_no, count(*) AS people, min(i.scope) AS scope, min(i.individual_id) AS individual_id FROM smsengage.individual i GROUP BY 1
		)
		SELECT 'individual'::text, coalesce(f.individual_no, w.individual_no)::text,
			CASE WHEN f.individual_no IS NULL THEN 'an event belongs to a number that nobody has'
				WHEN f.people > 1 THEN 'several people have the number'
				ELSE 'its events name somebody else' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no
		WHERE f.individual_no IS NULL OR f.people > 1 OR w.individual_id <> f.individual_id OR w.scope <> f.scope;
	END IF;

	IF which IS NULL OR which = 'individual_link' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT l.individual_no, l.other_no, l.valid_from FROM smsengage.event_links('-infinity', 'infinity', NULL) l
		), found AS MATERIALIZED (
			SELECT l.individual_no, l.other_no, l.valid_from FROM smsengage.individual_link l WHERE l.valid_from >= since
		)
		SELECT 'individual_link'::text, format('%s, %s', coalesce(f.individual_no, w.individual_no), coalesce(f.other_no, w.other_no)),
			CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from its events' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no AND w.other_no = f.other_no
		WHERE f.valid_from IS DISTINCT FROM w.valid_from
			AND NOT EXISTS (SELECT FROM smsengage.individual_link o WHERE o.individual_no = w.individual_no AND o.other_no = w.other_no AND o.valid_from < since);
	END IF;

	IF which IS NULL OR which = 'event_identity' THEN
		RETURN QUERY
		SELECT 'event_identity'::text, t.event_key::text, CASE WHEN t.digest IS NULL THEN 'missing' ELSE 'says another time than its event' END
		FROM smsengage.identity_times(since) t;
	END IF;

	IF which IS NULL OR which = 'contact_point' THEN
		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT c.individual_no, c.recipient, c.last_day FROM smsengage.event_contacts() c
		), found AS MATERIALIZED (
			SELECT c.individual_no, c.recipient, c.last_day FROM smsengage.contact_point c
		)
		SELECT 'contact_point'::text, coalesce(f.individual_no, w.individual_no)::text,
			CASE WHEN f.individual_no IS NULL THEN 'missing' WHEN w.individual_no IS NULL THEN 'no event makes it' ELSE 'differs from the events' END
		FROM found f
		FULL JOIN wanted w ON w.individual_no = f.individual_no AND w.recipient = f.recipient
		WHERE f.last_day IS DISTINCT FROM w.last_day AND (w.individual_no IS NOT NULL OR f.last_day >= since_day);
	END IF;

	IF which IS NULL OR which = 'block' THEN
		RETURN QUERY
		WITH effect AS MATERIALIZED (
			SELECT x.* FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind IN ('block', 'unblock')
		), wanted AS MATERIALIZED (
			SELECT x.recipient, x.event_time, x.event_key, x.code,
				format('%s %s %s %s', x.account, t.expires_at, t.scope, t.deletable) AS content
			FROM effect x
			CROSS JOIN LATERAL smsengage.block_terms(x.code, x.event_time) t
			WHERE x.kind = 'block'
		), found AS MATERIALIZED (
			SELECT b.recipient, b.blocked_at, b.event_key, b.code, format('%s %s %s %s', b.account, b.expires_at, b.scope, b.deletable) AS content
			FROM smsengage.block b
			WHERE b.blocked_at >= since
		)
		SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no event makes it' ELSE 'differs from its event and the policy' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.blocked_at AND w.event_key = f.event_key AND w.code = f.code
		WHERE f.content IS DISTINCT FROM w.content;

		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT x.recipient, x.event_time, x.event_key, x.account FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind = 'unblock'
		), found AS MATERIALIZED (
			SELECT u.recipient, u.unblocked_at, u.event_key, u.account FROM smsengage.unblock u WHERE u.unblocked_at >= since
		)
		SELECT 'block'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'its removal is missing' ELSE 'no event removes it' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.event_time = f.unblocked_at AND w.event_key = f.event_key AND w.account = f.account
		WHERE f.event_key IS NULL OR w.event_key IS NULL;
	END IF;

	IF which IS NULL OR which = 'subscription' THEN
		-- an entry outlives its event and the keyword it came from
		RETURN QUERY
		WITH effect AS MATERIALIZED (
			SELECT x.* FROM smsengage.stored_effects(since, 'infinity') x WHERE x.kind IN ('subscribe', 'unsubscribe', 'inbound')
		), entry AS MATERIALIZED (
			SELECT c.recipient, c.event_time, c.event_key FROM smsengage.consent_entry c
		)
		SELECT 'subscription'::text, x.event_key::text, 'its entry of consent is missing'::text
		FROM effect x
		LEFT JOIN entry c ON c.recipient = x.recipient AND c.event_time = x.event_time AND c.event_key = x.event_key
		WHERE c.event_key IS NULL
			AND (x.kind <> 'inbound' OR smsengage.keyword_action(x.detail, x.sender, x.event_time, x.account) IN ('STOP', 'START'));

		RETURN QUERY
		WITH wanted AS MATERIALIZED (
			SELECT l.recipient, l.account, l.sender, l.event_key, format('%s %s %s', l.state, l.event_time, l.source) AS content FROM smsengage.last_entries() l
		), found AS MATERIALIZED (
			SELECT s.recipient, s.account, s.sender, s.event_key, format('%s %s %s', s.state, s.event_time, s.source) AS content FROM smsengage.subscription s
		)
		SELECT 'subscription'::text, coalesce(f.event_key, w.event_key)::text,
			CASE WHEN f.event_key IS NULL THEN 'missing' WHEN w.event_key IS NULL THEN 'no entry makes it' ELSE 'is not what the last entry says' END
		FROM found f
		FULL JOIN wanted w ON w.recipient = f.recipient AND w.account = f.account AND w.sender = f.sender
		WHERE f.content IS DISTINCT FROM w.content OR f.event_key IS DISTINCT FROM w.event_key;
	END IF;

	IF which IS NULL OR which = 'engagement_tally' THEN
		RETURN QUERY
		SELECT 'engagement_tally'::text, format('series %s', s.series_no), 'its digest is not that of the series'::text
		FROM smsengage.series s
		WHERE s.digest <> smsengage.series_digest(s.account, s.event_type, s.dimension, s.value);

		RETURN QUERY
		SELECT 'engagement_tally'::text, format('series %s, level %s, %s, chunk %s', t.series_no, t.level, t.cell_start, t.chunk), 'differs from the events'::text
		FROM smsengage.check_tallies(since, 'infinity') t;
	END IF;

	IF which IS NULL OR which = 'outcome_tally' THEN
		RETURN QUERY
		SELECT 'outcome_tally'::text, format('%s, level %s, %s', o.outcome, o.level, o.send_cell), 'differs from the messages'::text
		FROM smsengage.outcome_difference() o;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.doctor(text) IS 'Recomputes every merge from the stored events and lists what is missing, wrong or too much, in all parts or the one given (as for rebuild()); no row if all is well. Reads everything: for quiet hours. Shows keys, never numbers or texts. Sums that forget() kept are of events that are gone, and are not asked for. Raises 22023 for another part.';

CREATE FUNCTION smsengage.check_part(part text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF part <> ALL (ARRAY['message', 'individual', 'individual_link', 'event_identity', 'contact_point', 'block', 'subscription', 'engagement_tally', 'outcome_tally']) THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the store has no such part',
			HINT = 'Parts are message, individual, individual_link, event_identity, contact_point, block, subscription, engagement_tally and outcome_tally; NULL is all of them.';
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_part(text) IS 'Raises 22023 for what is no part of the store. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.rebuild_messages()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := smsengage.horizon();
	keys uuid[];
BEGIN
	-- which ones differ is found without a lock; only those are made anew under one
	keys := ARRAY(SELECT d.item::uuid FROM smsengage.doctor('message') d);
	IF keys = '{}' THEN
		RETURN 0;
	END IF;
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.message m WHERE m.message_key = ANY (keys);
	INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient,
		sender_id, channel, bulk_message, template, price, price_currency, callback_data, state)
	SELECT x.* FROM smsengage.event_messages(since, keys) x;
	PERFORM smsengage.rebuild_outcomes();
	RETURN cardinality(keys);
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_messages() IS 'Makes the messages that differ from their events anew; returns how many. Readers do not wait; writers wait while those are written. Used by rebuild().';

CREATE FUNCTION smsengage.rebuild_individuals()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.individual IN SHARE ROW EXCLUSIVE MODE;
	-- who has a number that is another's, and whose number nobody has
	SELECT array_agg(p.individual_no) AS numbers, array_agg(p.individual_id) AS ids, array_agg(coalesce(p.scope, i.scope, p.likely_scope)) AS scopes,
		array_agg(i.individual_id) AS old_ids, array_agg(i.scope) AS old_scopes
	INTO wrong
	FROM smsengage.event_people() p
	LEFT JOIN smsengage.individual i ON i.individual_no = p.individual_no
	WHERE i.individual_no IS NULL OR p.individual_id <> i.individual_id OR p.scope <> i.scope;

	DELETE FROM smsengage.individual i
	USING unnest(wrong.numbers, wrong.old_scopes, wrong.old_ids) w(individual_no, scope, individual_id)
	WHERE i.individual_no = w.individual_no AND i.scope = w.scope AND i.individual_id = w.individual_id;
	INSERT INTO smsengage.individual (individual_no, scope, individual_id)
	SELECT w.individual_no, w.scope, w.individual_id
	FROM unnest(wrong.numbers, wrong.scopes, wrong.ids) w(individual_no, scope, individual_id)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_individuals() IS 'Gives each number the person that its events name. A lost scope of a name is made of provider and account. Two people who share a number are left to you. Used by rebuild().';

CREATE FUNCTION smsengage.rebuild_identities()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.begin_rebuild();
	WITH wrong AS MATERIALIZED (
		SELECT t.digest, t.event_time FROM smsengage.identity_times(smsengage.horizon()) t WHERE t.digest IS NOT NULL
	)
	UPDATE smsengage.event_identity i SET event_time = w.event_time
	FROM wrong w
	WHERE i.digest = w.digest;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_identities() IS 'Gives identities the time of their event. A missing one comes back with the next delivery of its event only: it is a digest of more than is stored. Used by rebuild().';

CREATE FUNCTION smsengage.rebuild_contacts()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since date := CASE WHEN isfinite(smsengage.horizon()) THEN timezone('UTC', smsengage.horizon())::date ELSE '-infinity' END;
	people bigint[];
BEGIN
	people := ARRAY(SELECT DISTINCT d.item::bigint FROM smsengage.doctor('contact_point') d);
	IF people = '{}' THEN
		RETURN;
	END IF;
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.contact_point IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.contact_point c WHERE c.individual_no = ANY (people) AND c.last_day >= since;
	WITH wanted AS MATERIALIZED (
		SELECT e.* FROM smsengage.event_contacts() e WHERE e.individual_no = ANY (people)
	)
	INSERT INTO smsengage.contact_point AS c (individual_no, recipient, last_day)
	SELECT w.individual_no, w.recipient, w.last_day FROM wanted w ORDER BY 1, 2
	ON CONFLICT (individual_no, recipient) DO UPDATE SET last_day = excluded.last_day;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_contacts() IS 'Makes the contact points of people anew of whom one differs from the events. Used by rebuild().';

CREATE PROCEDURE smsengage.rebuild(part text DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
	step record;
BEGIN
	PERFORM smsengage.check_part(part);
	PERFORM smsengage.check_isolation('rebuild()');
	FOR step IN
		SELECT s.name, s.call
		FROM (VALUES
			('individual', 'smsengage.rebuild_individuals()'),
			('individual_link', 'smsengage.rebuild_links()'),
			('event_identity', 'smsengage.rebuild_identities()'),
			('message', 'smsengage.rebuild_messages()'),
			('contact_point', 'smsengage.rebuild_contacts()'),
			('block', 'smsengage.rebuild_blocks()'),
			('subscription', 'smsengage.rebuild_subscriptions()'),
			('engagement_tally', 'smsengage.rebuild_tallies(smsengage.horizon(), ''infinity'')'),
			('outcome_tally', 'smsengage.rebuild_outcomes()')
		) AS s (name, call)
		WHERE part IS NULL OR s.name OPERATOR(pg_catalog.=) part
	LOOP
		EXECUTE pg_catalog.format('SELECT %s', step.call);
		IF smsengage.may_commit() THEN COMMIT; END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE smsengage.rebuild(text) IS 'Makes what follows from the events anew, all of it or one part: message, individual, individual_link, event_identity, contact_point, block, subscription, engagement_tally, outcome_tally. Safe beside load; each part is a transaction. Raises 22023 for another part, 0A000 in a transaction of REPEATABLE READ or SERIALIZABLE.';
-- The block list: a set of records, each from one event.  Nothing shortens a
-- record; the longest one that holds wins when it is read.

CREATE TYPE smsengage.effect_row AS (
	event_time timestamptz,
	event_key bigint,
	account text,
	recipient text,
	kind text,
	code integer,
	sender text,
	source text,
	detail text
);
COMMENT ON TYPE smsengage.effect_row IS 'What an event does to block list or consent. kind: block, unblock, subscribe, unsubscribe, inbound; code: block code, or 1 where detail is the keyword that the provider recognised in a reply; sender: without plus, empty for every sender of the account; source: event, failure, keyword, manual; detail: what was said, or why.';

CREATE FUNCTION smsengage.batch_has_effects(batch smsengage.parsed_batch)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_batch_has_effects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.batch_has_effects(smsengage.parsed_batch) IS 'Whether an event of the batch touches block list or consent. Used by ingest().';

CREATE FUNCTION smsengage.batch_effects(batch smsengage.parsed_batch, event_keys bigint[])
RETURNS SETOF smsengage.effect_row
AS 'MODULE_PATHNAME', 'sms_batch_effects' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION smsengage.batch_effects(smsengage.parsed_batch, bigint[]) IS 'What the events with these keys do to block list and consent; an event about no number does nothing. Used by ingestion.';

CREATE FUNCTION smsengage.event_effects(provider text, event_type text, status_class smallint, status_code text, status_name text, error_code text, error_text text, sender_id text, message_text text, unsubscribe_source text, unsubscribe_reason text, keyword text DEFAULT NULL,
	OUT kind text, OUT code integer, OUT sender text, OUT source text, OUT detail text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'sms_event_effects_of_columns' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 1;
COMMENT ON FUNCTION smsengage.event_effects(text, text, smallint, text, text, text, text, text, text, text, text, text) IS 'What one stored event does to block list and consent, from its columns: the same that batch_effects() said when it came in. Used by stored_effects().';

CREATE FUNCTION smsengage.sender_key(sender text)
RETURNS text
AS 'MODULE_PATHNAME', 'sms_sender_key_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.sender_key(text) IS 'The form in which senders are compared: without a leading plus; empty for NULL. Used by consent and keywords.';

CREATE FUNCTION smsengage.block_end(block_interval interval, blocked_at timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN block_interval IS NULL THEN CAST('infinity' AS timestamptz)
		WHEN NOT pg_catalog.isfinite(blocked_at) THEN blocked_at
		ELSE pg_catalog.timezone('UTC', pg_catalog.timezone('UTC', blocked_at) OPERATOR(pg_catalog.+) block_interval) END;
END;
COMMENT ON FUNCTION smsengage.block_end(interval, timestamptz) IS 'When an interval from this moment ends, by the calendar of UTC; infinity for NULL. Used by block_expiry() and the block list.';

CREATE FUNCTION smsengage.block_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.block_policy (
		code integer NOT NULL CONSTRAINT block_policy_code_check CHECK (code BETWEEN 1 AND 9999),
		valid_from timestamptz NOT NULL,
		description text NOT NULL,
		block_interval interval CONSTRAINT block_policy_block_interval_check CHECK (block_interval >= interval '0'),
		scope text COLLATE "C" NOT NULL CONSTRAINT block_policy_scope_check CHECK (scope IN ('global', 'local', 'none')),
		user_deletable boolean NOT NULL DEFAULT true,
		growth numeric NOT NULL DEFAULT 1 CONSTRAINT block_policy_growth_check CHECK (growth BETWEEN 1 AND 100),
		max_interval interval,
		CONSTRAINT block_policy_max_interval_check CHECK (growth = 1 OR (block_interval IS NOT NULL AND max_interval IS NOT NULL AND max_interval >= block_interval AND block_interval > interval '0')),
		CONSTRAINT block_policy_pkey PRIMARY KEY (code, valid_from)
	);
	INSERT INTO smsengage.block_policy (code, valid_from, description, block_interval, scope, user_deletable)
	SELECT b.code, '-infinity', b.description, b.block_interval, b.scope, b.user_deletable
	FROM smsengage.block_codes() b
	WHERE NOT EXISTS (SELECT FROM smsengage.block_policy p WHERE p.code = b.code AND p.valid_from = '-infinity')
	ON CONFLICT DO NOTHING;

	CREATE TABLE IF NOT EXISTS smsengage.block (
		blocked_at timestamptz NOT NULL,
		expires_at timestamptz NOT NULL,
		event_key bigint NOT NULL,
		code integer NOT NULL,
		deletable boolean NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		scope text COLLATE "C" NOT NULL,
		source text COLLATE "C" NOT NULL,
		reason text,
		CONSTRAINT block_pkey PRIMARY KEY (recipient, blocked_at, event_key)
	);

	CREATE TABLE IF NOT EXISTS smsengage.unblock (
		unblocked_at timestamptz NOT NULL,
		event_key bigint NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		reason text,
		CONSTRAINT unblock_pkey PRIMARY KEY (recipient, account, unblocked_at, event_key)
	);

	PERFORM smsengage.describe('smsengage.block_policy', 'How long a failure of which kind blocks a number, and for whom; versions by valid_from, read at the time of the event. Filled with the ten codes EngageLab publishes; edit by adding a row with a later valid_from. A row that reaches back takes effect on earlier events by rebuild_blocks().', $c$
		code: Block code; 500 to 590 are EngageLab's, others may be added for blocks by hand
		valid_from: From when on this version holds; -infinity for the defaults
		description: Kind of failure
		block_interval: How long it blocks, in time of UTC; 0: it is recorded and never blocks; NULL: for ever
		scope: global: for every account; local: for the account it happened to; none: never blocks
		user_deletable: Whether the account it came from may remove it with unblock()
		growth: Factor for each block of the same code that this number had before; 1: none
		max_interval: Limit of a grown interval$c$);
	PERFORM smsengage.describe('smsengage.block', 'Every block ever recorded, one row per event; nothing is removed or shortened. Read it with is_blocked() or the view block_list.', $c$
		blocked_at: When the block began: the time of the failure, or the one given to add_block()
		expires_at: First moment that is free again, before growth; the same as blocked_at where the policy never blocks
		event_key: The event that caused it, together with blocked_at
		code: Block code
		deletable: Whether the account it came from may remove it
		recipient: The blocked number
		account: The account it came from
		scope: global, local or none, by the policy at the time
		source: event: a failure or the provider's own list; manual: by hand
		reason: What the provider or person said$c$);
	PERFORM smsengage.describe('smsengage.unblock', 'When accounts removed their records of a number: records that began up to then no longer hold from then on.', $c$
		unblocked_at: From when on the records do not hold
		event_key: The event, together with unblocked_at
		recipient: The number
		account: Whose records were removed
		reason: Why$c$);
END
$$;
COMMENT ON FUNCTION smsengage.block_tables() IS 'Makes the tables of the block list that are missing, with the default policies. Used by gate_tables().';

CREATE FUNCTION smsengage.block_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.block_list WITH (security_invoker = true) AS
	SELECT b.recipient AS mobile_number,
		b.blocked_at AS interception_time,
		b.expires_at AS expiration_time,
		b.reason,
		b.code,
		p.description,
		b.scope,
		b.account,
		b.source,
		b.expires_at > now() AND b.blocked_at <= now() AND b.scope <> 'none' AS is_active,
		CASE WHEN b.scope = 'none' OR b.expires_at <= now() THEN 0
			WHEN isfinite(b.expires_at) THEN ceil(extract(epoch FROM b.expires_at - now()))::bigint END AS remaining_seconds,
		b.deletable AS user_deletable
	FROM (
		SELECT k.recipient, k.account, k.code, k.blocked_at, k.expires_at, k.scope, k.deletable, k.source, k.reason
		FROM smsengage.block k
		WHERE k.code NOT IN (SELECT g.code FROM smsengage.block_policy g WHERE g.growth > 1)
			AND NOT (k.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = k.recipient AND u.account = k.account AND u.unblocked_at BETWEEN k.blocked_at AND now()))
		UNION ALL
		SELECT g.recipient, g.account, g.code, g.blocked_at, g.expires_at, g.scope, g.deletable, g.source, g.reason
		FROM smsengage.growing_blocks(now(), NULL, ARRAY(SELECT g.code FROM smsengage.block_policy g WHERE g.growth > 1)) g) b
	LEFT JOIN LATERAL (
		SELECT v.description
		FROM smsengage.block_policy v
		WHERE v.code = b.code AND v.valid_from <= b.blocked_at
		ORDER BY v.valid_from DESC
		LIMIT 1) p ON true;
	PERFORM smsengage.describe('smsengage.block_list', 'EngageLab''s block list: every record that has not been removed, also those that have expired or never block.', $c$
		mobile_number: Intercepted mobile number
		interception_time: Sending from this time on is intercepted
		expiration_time: Sending from this time on returns to normal; infinity: never
		reason: Details of the sending result that the provider gave, or why it was blocked by hand
		code: Block code
		description: Kind of failure that the code means
		scope: global: for every account; local: for the source account only; none: recorded, never blocks
		account: Source account
		source: event or manual
		is_active: Whether it blocks now
		remaining_seconds: How long it still blocks; 0 if it does not, NULL if for ever
		user_deletable: Whether the source account may remove it with unblock()$c$);
END
$$;
COMMENT ON FUNCTION smsengage.block_views() IS 'Makes or replaces the view block_list. Used by gate_tables().';

-- Reading

CREATE FUNCTION smsengage.blocks_at(at timestamptz, for_recipient text DEFAULT NULL)
RETURNS TABLE (recipient text, account text, code integer, blocked_at timestamptz, expires_at timestamptz, scope text, deletable boolean, source text, reason text, event_key bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
BEGIN
	-- two statements, as one plan would not use the index for one number
	IF for_recipient IS NOT NULL THEN
		RETURN QUERY
		SELECT b.recipient, b.account, b.code, b.blocked_at, b.expires_at, b.scope, b.deletable, b.source, b.reason, b.event_key
		FROM smsengage.block b
		WHERE b.recipient = for_recipient AND b.blocked_at <= at AND (growing IS NULL OR b.code <> ALL (growing))
			AND NOT (b.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at BETWEEN b.blocked_at AND at));
	ELSE
		RETURN QUERY
		SELECT b.recipient, b.account, b.code, b.blocked_at, b.expires_at, b.scope, b.deletable, b.source, b.reason, b.event_key
		FROM smsengage.block b
		WHERE b.blocked_at <= at AND (growing IS NULL OR b.code <> ALL (growing))
			AND NOT (b.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at BETWEEN b.blocked_at AND at));
	END IF;
	IF growing IS NOT NULL THEN
		RETURN QUERY SELECT g.* FROM smsengage.growing_blocks(at, for_recipient, growing) g;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.blocks_at(timestamptz, text) IS 'The records, of one number or of all, that began up to this moment and had not been removed by then; expires_at with growth. A record holds while at < expires_at and its scope is not none.';

CREATE FUNCTION smsengage.growing_blocks(at timestamptz, for_recipient text, codes integer[])
RETURNS TABLE (recipient text, account text, code integer, blocked_at timestamptz, expires_at timestamptz, scope text, deletable boolean, source text, reason text, event_key bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH own AS (
		SELECT b.*, p.block_interval, p.growth, p.max_interval,
			CASE b.scope WHEN 'local' THEN b.account END AS whose
		FROM smsengage.block b
		CROSS JOIN LATERAL (
			SELECT v.block_interval, v.growth, v.max_interval
			FROM smsengage.block_policy v
			WHERE v.code = b.code AND v.valid_from <= b.blocked_at
			ORDER BY v.valid_from DESC
			LIMIT 1) p
		WHERE b.code = ANY (codes) AND b.blocked_at <= at AND (for_recipient IS NULL OR b.recipient = for_recipient)
			AND NOT (b.deletable AND EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at BETWEEN b.blocked_at AND at))
	), apart AS (
		SELECT o.*, (o.blocked_at >= lag(o.expires_at) OVER w)::integer AS another
		FROM own o
		WINDOW w AS (PARTITION BY o.recipient, o.code, o.whose ORDER BY o.blocked_at, o.event_key)
	), counted AS (
		SELECT a.*, sum(a.another) OVER (PARTITION BY a.recipient, a.code, a.whose ORDER BY a.blocked_at, a.event_key) AS before
		FROM apart a
	)
	SELECT c.recipient, c.account, c.code, c.blocked_at,
		CASE WHEN c.growth = 1 OR coalesce(c.before, 0) = 0 THEN c.expires_at
			ELSE smsengage.block_end(least(c.max_interval, c.block_interval * least(c.growth ^ least(c.before, 30), 1000000)::double precision), c.blocked_at) END,
		c.scope, c.deletable, c.source, c.reason, c.event_key
	FROM counted c;
END
$$;
COMMENT ON FUNCTION smsengage.growing_blocks(timestamptz, text, integer[]) IS 'The records of codes whose policy grows: the interval is multiplied once for each earlier block of the number and code (of the account where it is local). Failures within one interval, such as the parts of a message, are one block. A function of the set of records, so that their order of arrival does not matter. Used by blocks_at().';

CREATE FUNCTION smsengage.block_expiry(code integer, blocked_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expiry timestamptz;
BEGIN
	SELECT smsengage.block_end(p.block_interval, block_expiry.blocked_at) INTO expiry
	FROM smsengage.block_policy p
	WHERE p.code = block_expiry.code AND p.valid_from <= block_expiry.blocked_at
	ORDER BY p.valid_from DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = format('no block policy has the code %s', code),
			HINT = 'The table block_policy holds the codes.';
	END IF;
	RETURN expiry;
END
$$;
COMMENT ON FUNCTION smsengage.block_expiry(integer, timestamptz) IS 'When a first block of this code that begins at this moment ends, by the policy of that moment: the first moment that is free. The moment itself where the policy never blocks, infinity where it blocks for ever. Raises 22023 for a code without a policy.';

CREATE FUNCTION smsengage.is_blocked(recipient text, account text DEFAULT '', at timestamptz DEFAULT now())
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM smsengage.blocks_at(is_blocked.at, smsengage.normalize_recipient(is_blocked.recipient)) b
		WHERE b.expires_at > is_blocked.at AND (b.scope = 'global' OR b.scope = 'local' AND b.account = coalesce(is_blocked.account, '')));
END
$$;
COMMENT ON FUNCTION smsengage.is_blocked(text, text, timestamptz) IS 'Whether a block of the number held for the account at this moment, past or present: by the records that began up to then and had not been removed by then. The end of a block is outside of it.';

-- Writing: by events only

CREATE FUNCTION smsengage.block_terms(code integer, at timestamptz, OUT expires_at timestamptz, OUT scope text, OUT deletable boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	policy record;
BEGIN
	SELECT v.scope, v.user_deletable, v.block_interval INTO policy
	FROM smsengage.block_policy v
	WHERE v.code = block_terms.code AND v.valid_from <= at
	ORDER BY v.valid_from DESC
	LIMIT 1;
	scope := coalesce(policy.scope, 'none');
	deletable := coalesce(policy.user_deletable, true);
	expires_at := CASE scope WHEN 'none' THEN at ELSE smsengage.block_end(policy.block_interval, at) END;
END
$$;
COMMENT ON FUNCTION smsengage.block_terms(integer, timestamptz) IS 'What the policy of a code says of a block that begins then: its end, its scope (none without a policy) and whether users may remove it. Used by ingestion and doctor().';

CREATE FUNCTION smsengage.store_effects(effects smsengage.effect_row[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kinds text[] := (SELECT array_agg(DISTINCT e.kind) FROM unnest(effects) e);
BEGIN
	IF 'block' = ANY (kinds) THEN
		INSERT INTO smsengage.block (recipient, blocked_at, event_key, account, code, expires_at, scope, deletable, source, reason)
		SELECT e.recipient, e.event_time, e.event_key, e.account, e.code,
			t.expires_at, t.scope, t.deletable, e.source, e.detail
		FROM unnest(effects) e
		CROSS JOIN LATERAL smsengage.block_terms(e.code, e.event_time) t
		WHERE e.kind = 'block'
		ORDER BY e.recipient COLLATE "C", e.event_time, e.event_key
		ON CONFLICT DO NOTHING;
	END IF;
	IF 'unblock' = ANY (kinds) THEN
		INSERT INTO smsengage.unblock (recipient, account, unblocked_at, event_key, reason)
		SELECT e.recipient, e.account, e.event_time, e.event_key, e.detail
		FROM unnest(effects) e
		WHERE e.kind = 'unblock'
		ORDER BY e.recipient COLLATE "C", e.account COLLATE "C", e.event_time, e.event_key
		ON CONFLICT DO NOTHING;
	END IF;
	IF kinds && ARRAY['subscribe', 'unsubscribe', 'inbound'] THEN
		PERFORM smsengage.store_consent(effects);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.store_effects(smsengage.effect_row[]) IS 'Records what events do to block list and consent; the same again changes nothing. Used by ingest() and the rebuild functions.';

CREATE FUNCTION smsengage.stored_effects(since timestamptz, until timestamptz)
RETURNS SETOF smsengage.effect_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT e.event_time, e.event_key, e.account, e.recipient, f.kind, f.code, f.sender, f.source, f.detail
	FROM smsengage.event e
	CROSS JOIN LATERAL smsengage.event_effects(e.provider, e.event_type, e.status_class, e.status_code, e.status_name,
		e.error_code, e.error_text, e.sender_id, e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.keyword) f
	WHERE e.event_time >= since AND e.event_time < until AND e.recipient <> ''
		AND (e.status_class IN (3, 7, 8) OR e.event_type IN ('BLOCK', 'UNBLOCK', 'SUBSCRIBE', 'UNSUBSCRIBE', 'REPLY'));
END
$$;
COMMENT ON FUNCTION smsengage.stored_effects(timestamptz, timestamptz) IS 'What the stored events from since up to, not including, until do to block list and consent. Used by the rebuild functions.';

CREATE FUNCTION smsengage.rebuild_effects(kinds text[], since timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day timestamptz := since;
	last timestamptz := (SELECT max(e.event_time) FROM smsengage.event e);
	next_day timestamptz;
BEGIN
	-- by day, so that memory stays bounded; days without events are jumped over
	WHILE day <= last LOOP
		next_day := (timezone('UTC', day)::date + 1)::timestamp AT TIME ZONE 'UTC';
		PERFORM smsengage.store_effects(
			ARRAY(SELECT s FROM smsengage.stored_effects(day, next_day) s WHERE s.kind = ANY (kinds)));
		day := (SELECT min(e.event_time) FROM smsengage.event e WHERE e.event_time >= next_day);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_effects(text[], timestamptz) IS 'Records the effects of these kinds of all stored events since a moment. Used by rebuild_blocks() and rebuild_subscriptions().';

CREATE FUNCTION smsengage.rebuild_blocks()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	horizon timestamptz := (SELECT min(e.event_time) FROM smsengage.event e);
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.block, smsengage.unblock IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.block b WHERE b.blocked_at >= horizon;
	DELETE FROM smsengage.unblock u WHERE u.unblocked_at >= horizon;
	PERFORM smsengage.rebuild_effects(ARRAY['block', 'unblock'], horizon);
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_blocks() IS 'Makes the block list anew from the stored events and the policies; records older than the first stored event stay. Ingestion of failures waits meanwhile.';

CREATE FUNCTION smsengage.ingest_native(event jsonb, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counts record;
BEGIN
	counts := smsengage.ingest('native', event, account);
	IF counts.accepted + counts.duplicate <> 1 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the event was not accepted',
			DETAIL = (SELECT p.reason FROM smsengage.parse('native', event::text, account) p LIMIT 1);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.ingest_native(jsonb, text) IS 'Stores one native event; raises 22023 with the reason where ingest() would reject it. Used by what is done by hand.';

CREATE FUNCTION smsengage.iso_time(at timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.to_char(pg_catalog.timezone('UTC', at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END;
COMMENT ON FUNCTION smsengage.iso_time(timestamptz) IS 'A moment as native events write it: ISO 8601, UTC, microseconds. Used by what is done by hand.';

CREATE FUNCTION smsengage.add_block(recipient text, code integer, account text DEFAULT '', at timestamptz DEFAULT now(), reason text DEFAULT NULL)
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expiry timestamptz := smsengage.block_expiry(code, at);
	number text := smsengage.normalize_recipient(recipient);
BEGIN
	IF coalesce(number, '') = '' OR code IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient, code and time must not be null or empty';
	END IF;
	PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', 'BLOCK', 'event_time', smsengage.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
		'error_code', code::text, 'error_text', reason,
		'event_id', smsengage.content_digest('BLOCK', coalesce(account, ''), number, code::text, smsengage.iso_time(at))::text)),
		nullif(account, ''));
	RETURN expiry;
END
$$;
COMMENT ON FUNCTION smsengage.add_block(text, integer, text, timestamptz, text) IS 'Blocks a number by hand, as a native event BLOCK: from at on, by the policy of the code. Returns when it ends (growth not included). The same call again changes nothing. Raises 22023 for a code without a policy, 22004 for NULL.';

CREATE FUNCTION smsengage.unblock(recipient text, account text DEFAULT '', at timestamptz DEFAULT now(), reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage.normalize_recipient(recipient);
	own integer;
	fixed integer;
	foreign_global integer;
BEGIN
	IF coalesce(number, '') = '' OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient and time must not be null or empty';
	END IF;
	SELECT count(*) FILTER (WHERE b.account = coalesce(unblock.account, '') AND b.deletable),
		count(*) FILTER (WHERE b.account = coalesce(unblock.account, '') AND NOT b.deletable),
		count(*) FILTER (WHERE b.account <> coalesce(unblock.account, '') AND b.scope = 'global')
	INTO own, fixed, foreign_global
	FROM smsengage.blocks_at(unblock.at, number) b
	WHERE b.expires_at > unblock.at AND b.scope <> 'none';
	IF own = 0 AND fixed > 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'this block cannot be removed by users',
			DETAIL = 'The policy of its code says so.';
	END IF;
	IF own = 0 AND foreign_global > 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'the block comes from another account',
			DETAIL = 'An account can remove its own records only.',
			HINT = 'Ask the operator of the database, once the number is known to work.';
	END IF;
	IF own > 0 THEN
		PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
			'event_type', 'UNBLOCK', 'event_time', smsengage.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
			'error_text', reason,
			'event_id', smsengage.content_digest('UNBLOCK', coalesce(account, ''), number, smsengage.iso_time(at))::text)),
			nullif(account, ''));
	END IF;
	RETURN own;
END
$$;
COMMENT ON FUNCTION smsengage.unblock(text, text, timestamptz, text) IS 'Removes the account''s own records of a number, as a native event UNBLOCK: from at on they no longer hold; before, is_blocked() still says that they did. Returns how many; 0 if there was none. Raises 42501 where only records of another account, or such as users may not remove, block the number.';

-- What another policy would have done

CREATE FUNCTION smsengage.replay_block_policy(code integer, block_interval interval, scope text, since timestamptz, until timestamptz,
	OUT failures bigint, OUT numbers bigint, OUT intercepted bigint, OUT saved bigint, OUT lost bigint, OUT pending bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	step record;
	last_place text[];
	last_number text;
	free_from timestamptz := '-infinity';
	refused uuid[] := '{}';
BEGIN
	IF block_interval < interval '0' OR scope IS NULL OR scope NOT IN ('global', 'local', 'none') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'expected an interval that is not negative and a scope of global, local or none';
	END IF;
	failures := 0; numbers := 0; intercepted := 0; saved := 0; lost := 0; pending := 0;
	FOR step IN
		WITH failed AS (
			SELECT e.recipient, e.account, e.event_time AS at, e.message_key
			FROM smsengage.event e
			CROSS JOIN LATERAL smsengage.event_effects(e.provider, e.event_type, e.status_class, e.status_code, e.status_name,
				e.error_code, e.error_text, e.sender_id, e.message_text, e.unsubscribe_source, e.unsubscribe_reason, e.keyword) f
			WHERE f.kind = 'block' AND f.code = code AND e.recipient <> '' AND e.event_type <> 'BLOCK'
				AND e.event_time >= smsengage.block_end(-coalesce(block_interval, interval '100 years'), since) AND e.event_time < until
		), sent AS (
			SELECT m.recipient, m.account, coalesce(smsengage.sent_at(m.state), m.first_time) AS at, m.message_key,
				smsengage.status_group(m.state) AS status_group
			FROM smsengage.message m
			WHERE m.recipient IN (SELECT f.recipient FROM failed f) AND m.last_time >= since
		)
		SELECT s.recipient, CASE scope WHEN 'local' THEN s.account ELSE '' END AS whose, s.at, s.message_key, s.status_group, false AS is_failure
		FROM sent s
		WHERE s.at >= since AND s.at < until AND s.status_group <> 'REJECTED'
		UNION ALL
		SELECT f.recipient, CASE scope WHEN 'local' THEN f.account ELSE '' END, f.at, f.message_key, NULL, true
		FROM failed f
		ORDER BY 1, 2, 3, 6
	LOOP
		IF last_place IS DISTINCT FROM ARRAY[step.recipient, step.whose] THEN
			last_place := ARRAY[step.recipient, step.whose];
			free_from := '-infinity';
			refused := '{}';
		END IF;
		IF step.is_failure THEN
			IF step.at >= since THEN
				failures := failures + 1;
				numbers := numbers + (last_number IS DISTINCT FROM step.recipient)::integer;
				last_number := step.recipient;
			END IF;
			-- what would not have been sent would not have failed
			IF scope <> 'none' AND NOT coalesce(step.message_key = ANY (refused), false) THEN
				free_from := greatest(free_from, smsengage.block_end(block_interval, step.at));
			END IF;
		ELSIF step.at < free_from THEN
			intercepted := intercepted + 1;
			refused := refused || step.message_key;
			CASE step.status_group
				WHEN 'DELIVERED' THEN lost := lost + 1;
				WHEN 'UNDELIVERABLE', 'EXPIRED' THEN saved := saved + 1;
				ELSE pending := pending + 1;
			END CASE;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.replay_block_policy(integer, interval, text, timestamptz, timestamptz) IS 'What another policy for a block code would have done from since up to until: failures of that code and numbers they fell on, messages that it would have intercepted, of those how many failed or expired anyway (saved), were delivered (lost), or have no outcome yet (pending). A message that would have been intercepted renews no block. block_interval NULL: for ever. Other codes'' blocks, removals and growth are left out of account. Raises 22023 for a negative interval or an unknown scope.';
-- Consent: what people said about being written to, as entries that are only
-- ever added, and the state that follows from them.

CREATE FUNCTION smsengage.consent_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.keyword (
		account text COLLATE "C" NOT NULL DEFAULT '',
		sender text COLLATE "C" NOT NULL DEFAULT '',
		keyword text COLLATE "C" NOT NULL CONSTRAINT keyword_keyword_check CHECK (keyword <> '' AND keyword = btrim(upper(keyword COLLATE "C"), E' \t\r\n')),
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		action text COLLATE "C" NOT NULL CONSTRAINT keyword_action_check CHECK (action IN ('STOP', 'START', 'HELP', 'REPLY', 'NONE')),
		reply_group text,
		CONSTRAINT keyword_reply_group_check CHECK (action <> 'REPLY' OR coalesce(reply_group, '') <> ''),
		CONSTRAINT keyword_sender_check CHECK (sender NOT LIKE '+%'),
		CONSTRAINT keyword_pkey PRIMARY KEY (account, sender, keyword, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.keyword_setting (
		account text COLLATE "C" NOT NULL DEFAULT '',
		sender text COLLATE "C" NOT NULL DEFAULT '',
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		defaults boolean NOT NULL DEFAULT true,
		loose boolean NOT NULL DEFAULT false,
		CONSTRAINT keyword_setting_sender_check CHECK (sender NOT LIKE '+%'),
		CONSTRAINT keyword_setting_pkey PRIMARY KEY (account, sender, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.subscription (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		state text COLLATE "C" NOT NULL CONSTRAINT subscription_state_check CHECK (state IN ('SUBSCRIBED', 'UNSUBSCRIBED')),
		source text COLLATE "C" NOT NULL,
		CONSTRAINT subscription_pkey PRIMARY KEY (recipient, account, sender)
	);

	CREATE TABLE IF NOT EXISTS smsengage.consent_entry (
		event_time timestamptz NOT NULL,
		event_key bigint NOT NULL,
		seal_no bigint,
		salt uuid NOT NULL DEFAULT gen_random_uuid(),
		recipient text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		sender text COLLATE "C" NOT NULL,
		state text COLLATE "C" NOT NULL,
		source text COLLATE "C" NOT NULL,
		evidence text,
		CONSTRAINT consent_entry_pkey PRIMARY KEY (recipient, event_time, event_key)
	);
	CREATE INDEX IF NOT EXISTS consent_entry_keyword_idx ON smsengage.consent_entry (event_time) WHERE source = 'keyword';
	CREATE INDEX IF NOT EXISTS consent_entry_seal_no_idx ON smsengage.consent_entry (event_key) WHERE seal_no IS NULL;

	CREATE TABLE IF NOT EXISTS smsengage.consent_ledger (
		seal_no bigint NOT NULL,
		digest bytea NOT NULL,
		CONSTRAINT consent_ledger_pkey PRIMARY KEY (seal_no, digest)
	);

	CREATE TABLE IF NOT EXISTS smsengage.consent_seal (
		seal_no bigint CONSTRAINT consent_seal_pkey PRIMARY KEY,
		sealed_at timestamptz NOT NULL,
		entries bigint NOT NULL,
		previous bytea NOT NULL,
		hash bytea NOT NULL
	);

	PERFORM smsengage.describe('smsengage.keyword', 'Keywords of accounts and senders, beside or in place of the default ones (see default_keywords()); versions by valid_from, read at the time of the message. The row of the sender goes before that of the account, that before the one for all, that before the defaults.', $c$
		account: Account it holds for; empty: all
		sender: Our number it holds for, without plus; empty: all
		keyword: The word, as fold_keyword() writes it; the whole message must be the word
		valid_from: From when on this version holds
		action: STOP, START, HELP; REPLY: answered by the group; NONE: an ordinary word, also where it is a default one
		reply_group: Name of the group of replies that a REPLY belongs to$c$);
	PERFORM smsengage.describe('smsengage.keyword_setting', 'How keywords are matched; the row of the sender goes before that of the account, that before the one for all. Without a row: defaults, not loose.', $c$
		account: Account it holds for; empty: all
		sender: Our number it holds for, without plus; empty: all
		valid_from: From when on this version holds
		defaults: Whether the default keywords count as well
		loose: Whether punctuation around the word is left out, and a first word that stops is enough ("Stop please")$c$);
	PERFORM smsengage.describe('smsengage.subscription', 'What each person last said to each sender: the latest entry of consent_entry; at one instant UNSUBSCRIBED wins. Somebody without a row said nothing.', $c$
		event_time: When it was said
		event_key: The event, together with event_time
		recipient: The person's number
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account
		state: SUBSCRIBED or UNSUBSCRIBED
		source: event: the provider says so; keyword: by a keyword in a message; failure: by a failure that means it$c$);
	PERFORM smsengage.describe('smsengage.consent_entry', 'Everything that was said about consent; rows are only added. It outlives the events it came from.', $c$
		event_time: When it was said
		event_key: The event, together with event_time
		seal_no: The seal that holds its digest; NULL until the next seal_consent()
		salt: Key of the digest; without it nobody can tell from the digest what it was made of
		recipient: The person's number
		account: Account it was said to
		sender: Our number it was said to, without plus; empty: every sender of the account
		state: SUBSCRIBED or UNSUBSCRIBED
		source: event, keyword or failure
		evidence: What was said: the text of the message, the reason, the error$c$);
	PERFORM smsengage.describe('smsengage.consent_ledger', 'Keyed digests of the sealed entries. They stay when an entry is erased, and then say nothing of it.', $c$
		seal_no: The seal
		digest: SHA-256 over salt and columns of an entry, see consent_digest()$c$);
	PERFORM smsengage.describe('smsengage.consent_seal', 'The chain of seals: each hash covers the one before it. Whoever keeps a copy of a hash can prove that no entry up to it was changed or added later.', $c$
		seal_no: Number of the seal, from 1
		sealed_at: When it was made
		entries: Number of digests
		previous: Hash of the seal before it; empty for the first
		hash: SHA-256 over previous, number, time and digests, see seal_hash()$c$);
END
$$;
COMMENT ON FUNCTION smsengage.consent_tables() IS 'Makes the tables of keywords and consent that are missing. Used by gate_tables().';

-- Keywords

CREATE FUNCTION smsengage.keyword_action(message_text text, sender text DEFAULT '', at timestamptz DEFAULT now(), account text DEFAULT '')
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := coalesce(account, '');
	our_sender text := smsengage.sender_key(sender);
	is_loose boolean := false;
	use_defaults boolean := true;
	word text;
	found_action text;
	found_group text;
BEGIN
	IF message_text IS NULL OR at IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT s.loose, s.defaults INTO is_loose, use_defaults
	FROM smsengage.keyword_setting s
	WHERE s.account IN ('', our_account) AND s.sender IN ('', our_sender) AND s.valid_from <= at
	ORDER BY s.sender DESC, s.account DESC, s.valid_from DESC
	LIMIT 1;
	is_loose := coalesce(is_loose, false);
	word := smsengage.fold_keyword(message_text, is_loose);

	SELECT k.action, k.reply_group INTO found_action, found_group
	FROM smsengage.keyword k
	WHERE k.account IN ('', our_account) AND k.sender IN ('', our_sender) AND k.keyword = word AND k.valid_from <= at
	ORDER BY k.sender DESC, k.account DESC, k.valid_from DESC
	LIMIT 1;
	IF found_action = 'NONE' THEN
		RETURN NULL;
	ELSIF found_action = 'REPLY' THEN
		RETURN found_group;
	ELSIF found_action IS NOT NULL THEN
		RETURN found_action;
	ELSIF coalesce(use_defaults, true) THEN
		RETURN smsengage.match_keyword(message_text, is_loose);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION smsengage.keyword_action(text, text, timestamptz, text) IS 'What an inbound message asks for at this sender and moment: STOP, START, HELP, or the reply group of a custom keyword; NULL for an ordinary message. The whole message must be the word, blanks around it and ASCII case aside, in every locale the same; see keyword and keyword_setting for exceptions.';

-- Writing: by events only

CREATE FUNCTION smsengage.store_consent(effects smsengage.effect_row[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one entry an event; what an earlier delivery stored stays as it is
	INSERT INTO smsengage.consent_entry (recipient, event_time, event_key, account, sender, state, source, evidence)
	SELECT e.recipient, e.event_time, e.event_key, e.account, e.sender,
		CASE WHEN a.action IN ('subscribe', 'START') THEN 'SUBSCRIBED' ELSE 'UNSUBSCRIBED' END, e.source, e.detail
	FROM unnest(effects) e
	CROSS JOIN LATERAL (
		SELECT CASE e.kind WHEN 'inbound' THEN smsengage.keyword_action(e.detail, e.sender, e.event_time, e.account)
			ELSE e.kind END AS action) a
	WHERE a.action IN ('subscribe', 'unsubscribe', 'STOP', 'START')
	-- what was written goes before what the provider took it for
	ORDER BY e.recipient COLLATE "C", e.event_time, e.event_key, e.code NULLS FIRST
	ON CONFLICT DO NOTHING;

	INSERT INTO smsengage.subscription AS s (recipient, account, sender, state, event_time, event_key, source)
	SELECT DISTINCT ON (c.recipient, c.account, c.sender)
		c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source
	FROM unnest(effects) e
	JOIN smsengage.consent_entry c ON c.recipient = e.recipient AND c.event_time = e.event_time AND c.event_key = e.event_key
	WHERE e.kind IN ('subscribe', 'unsubscribe', 'inbound')
	ORDER BY c.recipient, c.account, c.sender, c.event_time DESC, c.state DESC, c.event_key DESC
	ON CONFLICT (recipient, account, sender) DO UPDATE SET
		event_time = excluded.event_time, event_key = excluded.event_key, state = excluded.state, source = excluded.source
	WHERE (s.event_time, s.state, s.event_key) < (excluded.event_time, excluded.state, excluded.event_key);
END
$$;
COMMENT ON FUNCTION smsengage.store_consent(smsengage.effect_row[]) IS 'Adds entries to consent_entry and brings subscription up to date: the latest entry wins, at one instant UNSUBSCRIBED, then the greater key. Used by store_effects().';

CREATE FUNCTION smsengage.rebuild_subscriptions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.subscription IN SHARE ROW EXCLUSIVE MODE;
	PERFORM smsengage.rebuild_effects(ARRAY['subscribe', 'unsubscribe', 'inbound'],
		(SELECT min(e.event_time) FROM smsengage.event e));
	DELETE FROM smsengage.subscription;
	INSERT INTO smsengage.subscription (recipient, account, sender, state, event_time, event_key, source)
	SELECT l.* FROM smsengage.last_entries() l;
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_subscriptions() IS 'Adds the entries that stored events ask for and that are missing, and makes subscription anew from all entries. An entry is never taken back, also where a keyword that it came from no longer exists. Ingestion of consent waits meanwhile.';

CREATE FUNCTION smsengage.record_consent(recipient text, subscribed boolean, account text DEFAULT '', sender text DEFAULT '', at timestamptz DEFAULT now(), evidence text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage.normalize_recipient(recipient);
	kind text := CASE WHEN subscribed THEN 'SUBSCRIBE' ELSE 'UNSUBSCRIBE' END;
BEGIN
	IF coalesce(number, '') = '' OR subscribed IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'recipient, consent and time must not be null or empty';
	END IF;
	PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', kind, 'event_time', smsengage.iso_time(at), 'recipient', number, 'account', coalesce(account, ''),
		'sender_id', nullif(sender, ''), 'message_text', evidence,
		'event_id', smsengage.content_digest(kind, coalesce(account, ''), number, smsengage.sender_key(sender), smsengage.iso_time(at))::text)),
		nullif(account, ''));
END
$$;
COMMENT ON FUNCTION smsengage.record_consent(text, boolean, text, text, timestamptz, text) IS 'Records by hand that a person opted in or out, as a native event SUBSCRIBE or UNSUBSCRIBE; sender empty: for every sender of the account. evidence: the text agreed to, the form, the call. The same call again changes nothing. Raises 22004 for NULL.';

-- Reading

CREATE FUNCTION smsengage.subscription_state(recipient text, account text DEFAULT '', sender text DEFAULT '', at timestamptz DEFAULT now(),
	OUT state text, OUT since timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	number text := smsengage.normalize_recipient(recipient);
	our_account text := coalesce(account, '');
	our_sender text := smsengage.sender_key(sender);
	forgotten record;
BEGIN
	SELECT s.state, s.event_time INTO state, since
	FROM smsengage.subscription s
	WHERE s.recipient = number AND s.account = our_account AND s.sender IN ('', our_sender)
	ORDER BY s.event_time DESC, s.state DESC
	LIMIT 1;
	-- an opt-out outlives the erasure of the number
	IF EXISTS (SELECT FROM smsengage.forgotten_opt_out) THEN
		SELECT 'UNSUBSCRIBED' AS state, o.event_time AS since INTO forgotten
		FROM smsengage.forgotten_opt_out o
		WHERE o.digest = smsengage.pseudonym('recipient', number) AND o.account = our_account AND o.sender IN ('', our_sender)
			AND o.event_time <= at AND (since IS NULL OR since > at OR o.event_time >= since)
		ORDER BY o.event_time DESC
		LIMIT 1;
		IF FOUND THEN
			state := forgotten.state;
			since := forgotten.since;
			RETURN;
		END IF;
	END IF;
	IF since > at THEN
		state := NULL;
		since := NULL;
		SELECT c.state, c.event_time INTO state, since
		FROM smsengage.consent_entry c
		WHERE c.recipient = number AND c.account = our_account AND c.sender IN ('', our_sender) AND c.event_time <= at
		ORDER BY c.event_time DESC, c.state DESC
		LIMIT 1;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.subscription_state(text, text, text, timestamptz) IS 'What the person had last said to this sender, or to all senders of the account, at a moment, past or present: SUBSCRIBED or UNSUBSCRIBED and since when; NULL if nothing. The latest word that covers the sender counts; at one instant UNSUBSCRIBED.';

CREATE FUNCTION smsengage.messages_sent(recipient text, account text, sender text, since timestamptz, until timestamptz)
RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	people bigint[];
BEGIN
	people := ARRAY(
		SELECT i.individual_no FROM smsengage.individual i WHERE i.scope = account AND i.individual_id = 'tel:' || recipient
		UNION ALL
		SELECT c.individual_no FROM smsengage.contact_point c WHERE c.recipient = messages_sent.recipient) || 0::bigint;
	RETURN QUERY
	SELECT min(s.sent)
	FROM (
		SELECT coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END) AS sent,
			e.message_key, e.event_key
		FROM smsengage.event e
		WHERE e.individual_no = ANY (people) AND e.event_time > since AND e.recipient = messages_sent.recipient
			AND e.account = messages_sent.account AND e.status_class <> 3
			AND (messages_sent.sender = '' OR smsengage.sender_key(e.sender_id) = messages_sent.sender)) s
	WHERE s.sent > since AND s.sent <= until
	GROUP BY s.message_key, CASE WHEN s.message_key IS NULL THEN s.event_key END
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.messages_sent(text, text, text, timestamptz, timestamptz) IS 'When messages went to a number (as normalize_recipient() writes it) from an account and sender (empty: any), after since and up to until: one row a message, counted from events that tell when it was sent. Used by can_send().';

CREATE FUNCTION smsengage.business_days_after(at timestamptz, days integer)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- whole weeks, then the days left over, of which those beyond Friday skip a weekend
	SELECT pg_catalog.timezone('UTC', CAST(b.monday AS timestamp)
		OPERATOR(pg_catalog.+) pg_catalog.make_interval(
			days => (b.weekday + days) / 5 * 7 + (b.weekday + days) % 5)
		OPERATOR(pg_catalog.+) CASE WHEN b.is_weekend THEN '1 day'::interval ELSE b.of_day END)
	FROM (
		SELECT pg_catalog.date_trunc('week', u.utc) AS monday,
			least(CAST(pg_catalog.date_part('isodow', u.utc) AS integer) - 1, 4) AS weekday,
			pg_catalog.date_part('isodow', u.utc) > 5 AS is_weekend,
			u.utc - pg_catalog.date_trunc('day', u.utc) AS of_day
		FROM (SELECT pg_catalog.timezone('UTC', at) AS utc) u) b;
END;
COMMENT ON FUNCTION smsengage.business_days_after(timestamptz, integer) IS 'So many business days, Monday to Friday in UTC, later; what comes in at a weekend counts from Friday''s end. Public holidays are not known here, so that the deadline is never later than the true one. Used by the view open_revocation.';

CREATE FUNCTION smsengage.open_revocations(at timestamptz)
RETURNS TABLE (recipient text, account text, sender text, revoked_at timestamptz, source text, deadline timestamptz, messages_since bigint, last_message_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	-- one by one: messages are found by person and time, and nothing else finds them fast
	FOR recipient, account, sender, revoked_at, source, deadline IN
		SELECT s.recipient, s.account, s.sender, s.event_time, s.source, smsengage.business_days_after(s.event_time, 10)
		FROM smsengage.subscription s
		WHERE s.state = 'UNSUBSCRIBED' AND s.event_time > open_revocations.at - interval '20 days'
			AND smsengage.business_days_after(s.event_time, 10) > open_revocations.at
	LOOP
		SELECT count(t), max(t) INTO messages_since, last_message_at
		FROM smsengage.messages_sent(recipient, account, sender, revoked_at, open_revocations.at) t;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.open_revocations(timestamptz) IS 'Opt-outs whose ten business days are not over at a moment, with what went out since. Used by the view open_revocation.';

CREATE FUNCTION smsengage.consent_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.open_revocation WITH (security_invoker = true) AS
	SELECT r.recipient COLLATE "C" AS recipient, r.account COLLATE "C" AS account, r.sender COLLATE "C" AS sender, r.revoked_at, r.source COLLATE "C" AS source, r.deadline,
		ceil(extract(epoch FROM r.deadline - now()) / 3600)::integer AS hours_left,
		r.messages_since, r.last_message_at
	FROM smsengage.open_revocations(now()) r;
	PERFORM smsengage.describe('smsengage.open_revocation', 'Opt-outs whose deadline has not passed: 47 CFR 64.1200(a)(10) gives ten business days to honour a revocation everywhere, and allows one message that confirms it. Public holidays are not known here.', $c$
		recipient: The person's number
		account: Account
		sender: Our number, without plus; empty: every sender of the account
		revoked_at: When the person opted out
		source: event, keyword or failure
		deadline: Ten business days later (Monday to Friday, UTC)
		hours_left: Hours up to the deadline
		messages_since: Messages that went out since then; more than one confirmation is too many
		last_message_at: The last of them$c$);
END
$$;
COMMENT ON FUNCTION smsengage.consent_views() IS 'Makes or replaces the view open_revocation. Used by gate_tables().';

-- The ledger

CREATE FUNCTION smsengage.consent_digest(salt uuid, recipient text, account text, sender text, state text, event_time timestamptz, event_key bigint, source text, evidence text)
RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(' ', salt,
		smsengage.content_digest(recipient, account, sender, state, smsengage.iso_time(event_time), CAST(event_key AS text), source, evidence),
		salt), 'UTF8'));
END;
COMMENT ON FUNCTION smsengage.consent_digest(uuid, text, text, text, text, timestamptz, bigint, text, text) IS 'Digest of a consent entry: SHA-256 over the salt, content_digest() of the columns, and the salt again, as text with blanks between. Without the salt it cannot be guessed from number and time. Used by seal_consent() and consent_verify().';

CREATE FUNCTION smsengage.seal_hash(previous bytea, seal_no bigint, sealed_at timestamptz, digests bytea)
RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.sha256(previous OPERATOR(pg_catalog.||)
		pg_catalog.convert_to(pg_catalog.concat_ws(' ', seal_no, smsengage.iso_time(sealed_at)), 'UTF8') OPERATOR(pg_catalog.||) digests);
END;
COMMENT ON FUNCTION smsengage.seal_hash(bytea, bigint, timestamptz, bytea) IS 'Hash of a seal: SHA-256 over the hash before it, number and time as text, and the digests in their order. Used by seal_consent() and consent_verify().';

CREATE FUNCTION smsengage.seal_consent()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last record;
	this_no bigint;
	sealed bigint;
	moment timestamptz;
BEGIN
	PERFORM smsengage.check_isolation('seal_consent()');
	-- one sealer at a time; writers do not wait, what they add is sealed next time
	PERFORM pg_advisory_xact_lock('smsengage.consent_seal'::regclass::oid::integer, 0);
	moment := clock_timestamp();
	SELECT s.seal_no, s.hash INTO last FROM smsengage.consent_seal s ORDER BY s.seal_no DESC LIMIT 1;
	this_no := coalesce(last.seal_no, 0) + 1;
	UPDATE smsengage.consent_entry c SET seal_no = this_no WHERE c.seal_no IS NULL;
	GET DIAGNOSTICS sealed = ROW_COUNT;
	IF sealed = 0 THEN
		RETURN 0;
	END IF;
	INSERT INTO smsengage.consent_ledger (seal_no, digest)
	SELECT this_no, smsengage.consent_digest(c.salt, c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source, c.evidence)
	FROM smsengage.consent_entry c
	WHERE c.seal_no = this_no;
	INSERT INTO smsengage.consent_seal (seal_no, sealed_at, entries, previous, hash)
	SELECT this_no, moment, sealed, coalesce(last.hash, ''::bytea),
		smsengage.seal_hash(coalesce(last.hash, ''::bytea), this_no, moment, string_agg(l.digest, ''::bytea ORDER BY l.digest))
	FROM smsengage.consent_ledger l
	WHERE l.seal_no = this_no;
	RETURN sealed;
END
$$;
COMMENT ON FUNCTION smsengage.seal_consent() IS 'Seals the consent entries that are not sealed yet: their digests enter the ledger, and a hash over them and the seal before is kept. Returns how many. Called by maintain().';

CREATE FUNCTION smsengage.consent_proof(recipient text, sender text DEFAULT '', at timestamptz DEFAULT now(), account text DEFAULT '')
RETURNS TABLE (state text, event_time timestamptz, source text, evidence text, applies_to text, decides boolean, seal_no bigint, sealed_at timestamptz, seal_hash text, verified boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	-- first the entries: on a cluster they are elsewhere than ledger and seals
	WITH entry AS MATERIALIZED (
		SELECT c.state, c.event_time, c.event_key, c.source, c.evidence, c.sender, c.seal_no,
			smsengage.consent_digest(c.salt, c.recipient, c.account, c.sender, c.state, c.event_time, c.event_key, c.source, c.evidence) AS digest
		FROM smsengage.consent_entry c
		WHERE c.recipient = smsengage.normalize_recipient(consent_proof.recipient) AND c.account = coalesce(consent_proof.account, '')
			AND c.sender IN ('', smsengage.sender_key(consent_proof.sender)) AND c.event_time <= consent_proof.at
	)
	SELECT c.state, c.event_time, c.source, c.evidence, c.sender,
		row_number() OVER (ORDER BY c.event_time DESC, c.state DESC, c.event_key DESC) = 1,
		c.seal_no, s.sealed_at, encode(s.hash, 'hex'),
		CASE WHEN c.seal_no IS NOT NULL THEN l.digest IS NOT NULL END
	FROM entry c
	LEFT JOIN smsengage.consent_seal s ON s.seal_no = c.seal_no
	LEFT JOIN smsengage.consent_ledger l ON l.seal_no = c.seal_no AND l.digest = c.digest
	ORDER BY c.event_time DESC, c.state DESC, c.event_key DESC;
END
$$;
COMMENT ON FUNCTION smsengage.consent_proof(text, text, timestamptz, text) IS 'Everything that the person had said up to a moment to this sender or to all senders of the account, latest first: state, when, source, the words, which sender it applies to (empty: all); decides marks the entry that counts; verified: the entry is as it was sealed (NULL: not sealed yet). No row: nothing was said.';

CREATE FUNCTION smsengage.consent_verify()
RETURNS TABLE (seal_no bigint, problem text, entries bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH entry AS MATERIALIZED (
		SELECT e.seal_no, smsengage.consent_digest(e.salt, e.recipient, e.account, e.sender, e.state, e.event_time, e.event_key, e.source, e.evidence) AS digest
		FROM smsengage.consent_entry e
		WHERE e.seal_no IS NOT NULL
	), content AS (
		SELECT l.seal_no, count(*) AS n, string_agg(l.digest, ''::bytea ORDER BY l.digest) AS digests
		FROM smsengage.consent_ledger l
		GROUP BY l.seal_no
	), chain AS (
		SELECT s.*, lag(s.hash, 1, ''::bytea) OVER w AS before, row_number() OVER w AS place
		FROM smsengage.consent_seal s
		WINDOW w AS (ORDER BY s.seal_no)
	)
	SELECT c.seal_no, 'a seal before this one is missing', NULL::bigint FROM chain c WHERE c.seal_no <> c.place
		AND NOT EXISTS (SELECT FROM chain b WHERE b.seal_no = c.seal_no - 1)
	UNION ALL
	SELECT c.seal_no, 'does not continue the seal before it', NULL FROM chain c WHERE c.previous <> c.before
	UNION ALL
	SELECT c.seal_no, 'digests or hash were changed', NULL
	FROM chain c
	LEFT JOIN content t ON t.seal_no = c.seal_no
	WHERE t.n IS DISTINCT FROM c.entries
		OR c.hash IS DISTINCT FROM smsengage.seal_hash(c.previous, c.seal_no, c.sealed_at, t.digests)
	UNION ALL
	SELECT t.seal_no, 'digests without a seal', t.n
	FROM content t
	WHERE NOT EXISTS (SELECT FROM smsengage.consent_seal s WHERE s.seal_no = t.seal_no)
	UNION ALL
	SELECT e.seal_no, 'entries were changed or added after the seal', count(*)
	FROM entry e
	WHERE NOT EXISTS (SELECT FROM smsengage.consent_ledger l WHERE l.seal_no = e.seal_no AND l.digest = e.digest)
	GROUP BY e.seal_no
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.consent_verify() IS 'What is wrong with the consent ledger; no row if nothing. An entry that was erased is no fault: its digest stays in the chain.';
-- One verdict before sending: block list, consent, content, frequency, quiet
-- hours and countries, for one number or for an audience.

CREATE FUNCTION smsengage.send_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.frequency_cap (
		account text COLLATE "C" NOT NULL DEFAULT '',
		sender text COLLATE "C" NOT NULL DEFAULT '',
		purpose text COLLATE "C" NOT NULL DEFAULT '',
		period interval NOT NULL CONSTRAINT frequency_cap_period_check CHECK (period > interval '0' AND period <= interval '366 days'
			AND extract(month FROM period) = 0 AND extract(year FROM period) = 0),
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		max_messages integer CONSTRAINT frequency_cap_max_messages_check CHECK (max_messages > 0),
		CONSTRAINT frequency_cap_sender_check CHECK (sender NOT LIKE '+%'),
		CONSTRAINT frequency_cap_pkey PRIMARY KEY (account, sender, purpose, period, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.quiet_hours (
		account text COLLATE "C" NOT NULL DEFAULT '',
		purpose text COLLATE "C" NOT NULL DEFAULT '',
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		quiet_start time NOT NULL,
		quiet_end time NOT NULL,
		fallback_zone text NOT NULL DEFAULT 'UTC' CONSTRAINT quiet_hours_fallback_zone_check CHECK (timezone(fallback_zone, '2000-01-01 00:00:00'::timestamp) IS NOT NULL),
		CONSTRAINT quiet_hours_pkey PRIMARY KEY (account, purpose, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.content_rule (
		account text COLLATE "C" NOT NULL DEFAULT '',
		rule text COLLATE "C" NOT NULL,
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		kind text COLLATE "C" NOT NULL DEFAULT 'contains' CONSTRAINT content_rule_kind_check CHECK (kind IN ('contains', 'word', 'regex')),
		pattern text CONSTRAINT content_rule_pattern_check CHECK (pattern <> '' AND (kind <> 'regex' OR '' ~ pattern COLLATE "C" IS NOT NULL)),
		CONSTRAINT content_rule_pkey PRIMARY KEY (account, rule, valid_from)
	);

	CREATE TABLE IF NOT EXISTS smsengage.country_rule (
		account text COLLATE "C" NOT NULL DEFAULT '',
		country text COLLATE "C" NOT NULL CONSTRAINT country_rule_country_check CHECK (country ~ '^[A-Z]{2}$' OR country = '*'),
		valid_from timestamptz NOT NULL DEFAULT '-infinity',
		supported boolean NOT NULL,
		CONSTRAINT country_rule_pkey PRIMARY KEY (account, country, valid_from)
	);

	-- who has this number: for caps, and for erasure
	CREATE INDEX IF NOT EXISTS contact_point_recipient_idx ON smsengage.contact_point (recipient);

	PERFORM smsengage.describe('smsengage.frequency_cap', 'How many messages may go to one number in a period that ends at the moment of sending; every cap that applies must hold. Versions by valid_from.', $c$
		account: Account it holds for; empty: each account by itself
		sender: Our number it holds for and whose messages it counts, without plus; empty: all together
		purpose: Purpose of sending it holds for; empty: all but confirmation. It counts messages of every purpose, as events do not tell
		period: Length of the period, in days or shorter units
		valid_from: From when on this version holds
		max_messages: Most messages in a period; NULL: the cap no longer holds$c$);
	PERFORM smsengage.describe('smsengage.quiet_hours', 'When not to send, by the clock of the recipient. The row of the account goes before that for all, then the row of the purpose; versions by valid_from. The same start and end: no quiet hours.', $c$
		account: Account it holds for; empty: all
		purpose: Purpose of sending it holds for; empty: all but confirmation
		valid_from: From when on this version holds
		quiet_start: Begin, may be later than the end: then it is quiet over midnight
		quiet_end: End; sending is allowed from then on
		fallback_zone: Time zone of numbers whose place is not known$c$);
	PERFORM smsengage.describe('smsengage.content_rule', 'What must not stand in a text; versions by valid_from.', $c$
		account: Account it holds for; empty: all
		rule: Name of the rule
		valid_from: From when on this version holds
		kind: contains: anywhere in the text; word: as whole words; regex: a regular expression. The first two do not regard ASCII case
		pattern: What must not be found; NULL: the rule no longer holds$c$);
	PERFORM smsengage.describe('smsengage.country_rule', 'Which countries may be sent to; without a row that applies, all. The row of the account goes before that for all, the country before *; versions by valid_from.', $c$
		account: Account it holds for; empty: all
		country: ISO 3166-1 code as country_of() gives it, or * for every other country and for numbers of no one country
		valid_from: From when on this version holds
		supported: Whether it may be sent to$c$);
END
$$;
COMMENT ON FUNCTION smsengage.send_tables() IS 'Makes the tables of what limits sending that are missing. Used by gate_tables().';

CREATE FUNCTION smsengage.gate_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.block_tables();
	PERFORM smsengage.consent_tables();
	PERFORM smsengage.send_tables();
	PERFORM smsengage.block_views();
	PERFORM smsengage.consent_views();
END
$$;
COMMENT ON FUNCTION smsengage.gate_tables() IS 'Makes the tables and views of block list, consent and gate. Used by migrate().';

-- Pure parts

CREATE FUNCTION smsengage.quiet_until(recipient text, zone text, fallback_zone text, at timestamptz, quiet_start time, quiet_end time)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_quiet_until' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.quiet_until(text, text, text, timestamptz, time, time) IS 'When the quiet hours end that hold at a moment by the clock of this zone; without a zone, of the zones the number (as normalize_recipient() writes it) may lie in, else of the fallback zone. Quiet in one of several zones is quiet. NULL: it is not quiet; infinity: at no moment is it loud in all of the zones. Error 22023 for an unknown zone. Used by can_send().';

CREATE FUNCTION smsengage.has_placeholder(message_text text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT message_text OPERATOR(pg_catalog.~) '\{\{[^{}]*\}\}|%%[^%]+%%|\$\{[^{}]*\}|\[\[[^][]*\]\]' COLLATE pg_catalog."C";
END;
COMMENT ON FUNCTION smsengage.has_placeholder(text) IS 'Whether a variable was left in the text: {{x}}, %%x%%, ${x} or [[x]].';

CREATE FUNCTION smsengage.word_list(message_text text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT ' ' OPERATOR(pg_catalog.||) pg_catalog.btrim(pg_catalog.regexp_replace(smsengage.fold_keyword(message_text),
		'[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+' COLLATE pg_catalog."C", ' ', 'g')) OPERATOR(pg_catalog.||) ' ';
END;
COMMENT ON FUNCTION smsengage.word_list(text) IS 'The words of a text, folded as keywords are, with one blank around each. Used by content rules.';

CREATE FUNCTION smsengage.number_filter(numbers text[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_number_filter' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage.number_filter(text[]) IS 'A Bloom filter over numbers, for filter_hits(). Used by can_send_all(); not to be stored.';

CREATE FUNCTION smsengage.filter_hits(filter bytea, number text)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_filter_hits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.filter_hits(bytea, text) IS '1 for every number of the filter and for very few others, else 0. A number and not a boolean, because the planner takes it for rare then. Error 22023 for bytes that are no filter. Used by can_send_all().';

CREATE FUNCTION smsengage.send_subcategory(reasons text[])
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN reasons IS NULL OR pg_catalog.cardinality(reasons) = 0 THEN NULL
		WHEN 'global_block' = ANY (reasons) THEN 'Global block'
		WHEN 'partial_block' = ANY (reasons) THEN 'Partial block'
		WHEN 'unsubscribed' = ANY (reasons) THEN 'Unsubscribe'
		WHEN 'keyword_block' = ANY (reasons) THEN 'Keyword block'
		WHEN 'variable_error' = ANY (reasons) THEN 'Variable error'
		WHEN 'empty_text' = ANY (reasons) OR 'text_too_long' = ANY (reasons) THEN 'Content error'
		WHEN 'frequency_overrun' = ANY (reasons) THEN 'Frequency overrun'
		ELSE 'Other' END;
END;
COMMENT ON FUNCTION smsengage.send_subcategory(text[]) IS 'EngageLab''s subcategory of Process failed for the reasons of can_send(): the first that applies of Global block, Partial block, Unsubscribe, Keyword block, Variable error, Content error, Frequency overrun, Other. NULL for no reason.';

CREATE FUNCTION smsengage.send_earliest(reasons text[], at timestamptz, free_from timestamptz, recipient text, zone text, fallback_zone text, quiet_start time, quiet_end time)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- only blocks, caps and quiet hours pass by themselves; one expression, so that it is inlined
	SELECT CASE WHEN reasons OPERATOR(pg_catalog.<@) CAST(ARRAY['global_block', 'partial_block', 'frequency_overrun', 'quiet_hours'] AS text[])
		THEN nullif(coalesce(smsengage.quiet_until(recipient, zone, fallback_zone, greatest(at, free_from), quiet_start, quiet_end),
			greatest(at, free_from)), CAST('infinity' AS timestamptz)) END;
END;
COMMENT ON FUNCTION smsengage.send_earliest(text[], timestamptz, timestamptz, text, text, text, time, time) IS 'The first moment at which blocks and caps (up to free_from) and quiet hours are over; NULL where waiting does not help. Used by can_send().';

-- What does not depend on the recipient

CREATE TYPE smsengage.send_rules AS (
	text_reasons text[],
	quiet_start time,
	quiet_end time,
	fallback_zone text,
	other_countries boolean,
	supported text[],
	unsupported text[]
);
COMMENT ON TYPE smsengage.send_rules IS 'What holds for every recipient of one message: reasons that lie in the text, quiet hours, countries.';

CREATE FUNCTION smsengage.rules_of_sending(account text, message_text text, purpose text, at timestamptz, max_characters integer)
RETURNS smsengage.send_rules
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	rules smsengage.send_rules;
BEGIN
	rules.text_reasons := '{}';
	IF message_text IS NOT NULL THEN
		IF EXISTS (
			SELECT FROM (
				SELECT DISTINCT ON (r.account, r.rule) r.kind, r.pattern
				FROM smsengage.content_rule r
				WHERE r.account IN ('', account) AND r.valid_from <= at
				ORDER BY r.account, r.rule, r.valid_from DESC) r
			WHERE r.pattern IS NOT NULL AND CASE r.kind
				WHEN 'contains' THEN position(smsengage.fold_keyword(r.pattern) IN smsengage.fold_keyword(message_text)) > 0
				WHEN 'word' THEN position(smsengage.word_list(r.pattern) IN smsengage.word_list(message_text)) > 0
				ELSE message_text ~ r.pattern COLLATE "C" END)
		THEN
			rules.text_reasons := rules.text_reasons || 'keyword_block'::text;
		END IF;
		IF smsengage.has_placeholder(message_text) THEN
			rules.text_reasons := rules.text_reasons || 'variable_error'::text;
		END IF;
		IF message_text !~ '[^[:space:]]' COLLATE "C" THEN
			rules.text_reasons := rules.text_reasons || 'empty_text'::text;
		END IF;
		IF length(message_text) > max_characters THEN
			rules.text_reasons := rules.text_reasons || 'text_too_long'::text;
		END IF;
	END IF;

	SELECT q.quiet_start, q.quiet_end, q.fallback_zone
	INTO rules.quiet_start, rules.quiet_end, rules.fallback_zone
	FROM smsengage.quiet_hours q
	WHERE q.account IN ('', account) AND q.purpose IN (CASE WHEN purpose <> 'confirmation' THEN '' ELSE purpose END, purpose)
		AND q.valid_from <= at
	ORDER BY q.account DESC, q.purpose DESC, q.valid_from DESC
	LIMIT 1;

	SELECT bool_and(c.supported) FILTER (WHERE c.country = '*'),
		array_agg(c.country) FILTER (WHERE c.country <> '*' AND c.supported),
		array_agg(c.country) FILTER (WHERE c.country <> '*' AND NOT c.supported)
	INTO rules.other_countries, rules.supported, rules.unsupported
	FROM (
		SELECT DISTINCT ON (r.country) r.country, r.supported
		FROM smsengage.country_rule r
		WHERE r.account IN ('', account) AND r.valid_from <= at
		ORDER BY r.country, r.account DESC, r.valid_from DESC) c;
	rules.other_countries := coalesce(rules.other_countries, true);
	rules.supported := coalesce(rules.supported, '{}');
	rules.unsupported := coalesce(rules.unsupported, '{}');
	RETURN rules;
END
$$;
COMMENT ON FUNCTION smsengage.rules_of_sending(text, text, text, timestamptz, integer) IS 'The rules for a message, by the versions of that moment. Used by can_send() and can_send_all().';

CREATE FUNCTION smsengage.caps_of_sending(account text, sender text, purpose text, at timestamptz)
RETURNS TABLE (cap_no bigint, counted_sender text, period interval, max_messages integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT row_number() OVER (), c.sender, c.period, c.max_messages
	FROM (
		SELECT DISTINCT ON (f.account, f.sender, f.purpose, f.period) f.sender, f.period, f.max_messages
		FROM smsengage.frequency_cap f
		WHERE f.account IN ('', caps_of_sending.account) AND f.sender IN ('', caps_of_sending.sender)
			AND f.purpose IN (CASE WHEN caps_of_sending.purpose <> 'confirmation' THEN '' ELSE caps_of_sending.purpose END, caps_of_sending.purpose)
			AND f.valid_from <= caps_of_sending.at
		ORDER BY f.account, f.sender, f.purpose, f.period, f.valid_from DESC) c
	WHERE c.max_messages IS NOT NULL;
END
$$;
COMMENT ON FUNCTION smsengage.caps_of_sending(text, text, text, timestamptz) IS 'The frequency caps that apply to a message. Used by can_send() and can_send_all().';

-- One number

CREATE FUNCTION smsengage.can_send(recipient text, account text DEFAULT '', sender text DEFAULT '', message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800,
	OUT allowed boolean, OUT reasons text[], OUT subcategory text, OUT earliest timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := coalesce(account, '');
	our_sender text := smsengage.sender_key(sender);
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	number text := smsengage.normalize_recipient(recipient);
	rules smsengage.send_rules;
	country text;
	free_from timestamptz;
	block_from timestamptz;
	globally boolean;
	locally boolean;
	consent record;
	cap record;
	sent timestamptz[];
BEGIN
	rules := smsengage.rules_of_sending(our_account, message_text, our_purpose, moment, max_characters);
	reasons := '{}';
	IF coalesce(number, '') = '' THEN
		reasons := reasons || 'missing_number'::text;
	ELSE
		IF smsengage.calling_code(number) IS NULL THEN
			reasons := reasons || 'invalid_number'::text;
		ELSE
			country := smsengage.country_of(number);
			IF NOT (CASE WHEN country = ANY (rules.supported) THEN true WHEN country = ANY (rules.unsupported) THEN false ELSE rules.other_countries END) THEN
				reasons := reasons || 'unsupported_country'::text;
			END IF;
		END IF;

		SELECT bool_or(b.scope = 'global'), bool_or(b.scope = 'local'), max(b.expires_at)
		INTO globally, locally, block_from
		FROM smsengage.blocks_at(moment, number) b
		WHERE b.expires_at > moment AND (b.scope = 'global' OR b.scope = 'local' AND b.account = our_account);
		IF globally THEN
			reasons := reasons || 'global_block'::text;
		END IF;
		IF locally THEN
			reasons := reasons || 'partial_block'::text;
		END IF;
		free_from := block_from;

		consent := smsengage.subscription_state(number, our_account, our_sender, moment);
		IF consent.state = 'UNSUBSCRIBED' AND (our_purpose <> 'confirmation' OR EXISTS (
			SELECT FROM smsengage.messages_sent(number, our_account, our_sender, consent.since, moment)))
		THEN
			reasons := reasons || 'unsubscribed'::text;
		END IF;
	END IF;

	reasons := reasons || rules.text_reasons;

	IF coalesce(number, '') <> '' THEN
		FOR cap IN SELECT c.* FROM smsengage.caps_of_sending(our_account, our_sender, our_purpose, moment) c LOOP
			sent := ARRAY(SELECT t FROM smsengage.messages_sent(number, our_account, cap.counted_sender,
				smsengage.block_end(-cap.period, moment), moment) t ORDER BY t);
			IF cardinality(sent) >= cap.max_messages THEN
				IF 'frequency_overrun' <> ALL (reasons) THEN
					reasons := reasons || 'frequency_overrun'::text;
				END IF;
				free_from := greatest(free_from, smsengage.block_end(cap.period, sent[cardinality(sent) - cap.max_messages + 1]));
			END IF;
		END LOOP;
		IF smsengage.quiet_until(number, zone, rules.fallback_zone, moment, rules.quiet_start, rules.quiet_end) IS NOT NULL THEN
			reasons := reasons || 'quiet_hours'::text;
		END IF;
	END IF;

	allowed := cardinality(reasons) = 0;
	subcategory := smsengage.send_subcategory(reasons);
	earliest := smsengage.send_earliest(reasons, moment, free_from, number, zone, rules.fallback_zone, rules.quiet_start, rules.quiet_end);
END
$$;
COMMENT ON FUNCTION smsengage.can_send(text, text, text, text, text, timestamptz, text, integer) IS 'Whether a message may go to a number from this account and sender at a moment. reasons has all that speak against it: missing_number, invalid_number, unsupported_country, global_block, partial_block, unsubscribed, keyword_block, variable_error, empty_text, text_too_long, frequency_overrun, quiet_hours; subcategory is EngageLab''s of Process failed; earliest the first moment that is allowed by what is known, NULL where waiting does not help. message_text NULL: the text is not looked at. purpose: any word; confirmation is the one message that confirms an opt-out: it may go to an unsubscribed number once, and caps and quiet hours hold for it only where they name it. zone: the recipient''s, if known better than by prefix.';

-- An audience

CREATE FUNCTION smsengage.can_send_all(recipients text[], account text DEFAULT '', sender text DEFAULT '', message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800)
RETURNS TABLE (recipient text, allowed boolean, reasons text[], subcategory text, earliest timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
	our_account text := coalesce(account, '');
	our_sender text := smsengage.sender_key(sender);
	our_purpose text := coalesce(purpose, '');
	moment timestamptz := coalesce(at, now());
	rules smsengage.send_rules := smsengage.rules_of_sending(our_account, message_text, our_purpose, moment, max_characters);
	growing integer[] := (SELECT array_agg(DISTINCT p.code) FROM smsengage.block_policy p WHERE p.growth > 1);
	longest interval := (SELECT max(c.period) FROM smsengage.caps_of_sending(our_account, our_sender, our_purpose, moment) c);
	facts text;
	numbers text[];
BEGIN
	-- One branch for each kind of fact, if there can be any.  A join alone would not do:
	-- the planner knows nothing of the audience, so it gets a filter where this is large.
	facts := $q$
		SELECT b.recipient AS number, b.scope = 'global' AS globally, b.scope = 'local' AS locally, false AS opted_out, false AS too_many, b.expires_at AS free_from
		FROM audience a
		JOIN smsengage.block b ON b.recipient = a.number
		WHERE b.expires_at > $4 AND b.blocked_at <= $4 {{b.recipient}}
			AND (b.scope = 'global' OR b.scope = 'local' AND b.account = $2) AND ($5 IS NULL OR b.code <> ALL ($5))
			AND NOT EXISTS (
				SELECT FROM smsengage.unblock u
				WHERE b.deletable AND u.recipient = b.recipient AND u.account = b.account AND u.unblocked_at >= b.blocked_at AND u.unblocked_at <= $4)
		UNION ALL
		SELECT s.recipient, false, false, true, false, NULL
		FROM (
			SELECT s.recipient, s.state, s.event_time
			FROM smsengage.subscription s
			WHERE s.account = $2 AND s.sender IN ('', $3) AND s.event_time <= $4 {{s.recipient}}
			UNION ALL
			SELECT c.recipient, c.state, c.event_time
			FROM smsengage.subscription s
			JOIN smsengage.consent_entry c ON c.recipient = s.recipient AND c.account = s.account AND c.sender = s.sender AND c.event_time <= $4
			WHERE s.account = $2 AND s.sender IN ('', $3) AND s.event_time > $4 {{s.recipient}}) s
		JOIN audience a ON a.number = s.recipient
		GROUP BY s.recipient
		HAVING max(s.event_time) FILTER (WHERE s.state = 'UNSUBSCRIBED') >= coalesce(max(s.event_time) FILTER (WHERE s.state = 'SUBSCRIBED'), '-infinity')
	$q$;
	IF our_purpose = 'confirmation' THEN
		facts := facts || $q$
			AND EXISTS (SELECT FROM smsengage.messages_sent(s.recipient, $2, $3, max(s.event_time) FILTER (WHERE s.state = 'UNSUBSCRIBED'), $4))
		$q$;
	END IF;
	IF EXISTS (SELECT FROM smsengage.forgotten_opt_out) THEN
		facts := facts || $q$
			UNION ALL
			SELECT a.number, false, false, true, false, NULL
			FROM audience a
			JOIN smsengage.forgotten_opt_out o
				ON o.digest = smsengage.pseudonym('recipient', a.number)
			WHERE o.account = $2 AND o.sender IN ('', $3) AND o.event_time <= $4
				AND NOT EXISTS (
					SELECT FROM smsengage.subscription s
					WHERE s.recipient = a.number AND s.account = $2 AND s.sender IN ('', $3) AND s.state = 'SUBSCRIBED'
						AND s.event_time > o.event_time AND s.event_time <= $4)
		$q$;
	END IF;
	IF growing IS NOT NULL THEN
		facts := facts || $q$
			UNION ALL
			SELECT b.recipient, b.scope = 'global', b.scope = 'local', false, false, b.expires_at
			FROM smsengage.growing_blocks($4, NULL, $5) b
			JOIN audience a ON a.number = b.recipient
			WHERE b.expires_at > $4
				AND (b.scope = 'global' OR b.scope = 'local' AND b.account = $2)
		$q$;
	END IF;
	IF longest IS NOT NULL THEN
		facts := facts || $q$
			UNION ALL
			SELECT s.recipient, false, false, false, true,
				smsengage.block_end(c.period, (array_agg(s.sent ORDER BY s.sent))[count(*) - c.max_messages + 1])
			FROM smsengage.caps_of_sending($2, $3, $6, $4) c
			JOIN (
				SELECT e.recipient, coalesce(e.message_key::text, e.event_key::text) AS message, k.counted_sender,
					min(coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END)) AS sent
				FROM audience a
				JOIN smsengage.event e ON e.recipient = a.number
				JOIN (SELECT DISTINCT c.counted_sender FROM smsengage.caps_of_sending($2, $3, $6, $4) c) k
					ON k.counted_sender = '' OR smsengage.sender_key(e.sender_id) = k.counted_sender
				WHERE e.event_time > $7 AND e.account = $2 AND e.status_class <> 3 {{e.recipient}}
					AND coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END) > $7
					AND coalesce(e.sent_time, CASE WHEN e.event_type IN ('SENT', 'ACCEPTED') THEN e.event_time END) <= $4
				GROUP BY 1, 2, 3) s
				ON s.counted_sender = c.counted_sender AND s.sent > smsengage.block_end(-c.period, $4)
			GROUP BY s.recipient, c.cap_no, c.period, c.max_messages
			HAVING count(*) >= c.max_messages
		$q$;
	END IF;

	IF cardinality(recipients) < 20000 THEN
		numbers := ARRAY(SELECT DISTINCT smsengage.normalize_recipient(u) FROM unnest(recipients) u);
	END IF;
	facts := regexp_replace(facts, '\{\{([a-z.]+)\}\}', CASE WHEN numbers IS NULL
		THEN 'AND smsengage.filter_hits((SELECT t.filter FROM thin t), \1) = 1' ELSE 'AND \1 = ANY ($8)' END, 'g');

	RETURN QUERY EXECUTE format($q$
		WITH audience AS MATERIALIZED (
			SELECT q.recipient AS given, smsengage.normalize_recipient(q.recipient) AS number
			FROM unnest($1) q(recipient)
		), thin AS MATERIALIZED (
			SELECT smsengage.number_filter(ARRAY(SELECT a.number FROM audience a)) AS filter
		), facts AS (
			SELECT f.number, bool_or(f.globally) AS globally, bool_or(f.locally) AS locally, bool_or(f.opted_out) AS opted_out,
				bool_or(f.too_many) AS too_many, max(f.free_from) AS free_from
			FROM (%s) f
			GROUP BY f.number
		), checked AS (
			-- OFFSET 0: each step is computed once for a row, not once for each use
			SELECT a.given, a.number, f.number IS NOT NULL AS has_facts, f.globally, f.locally, f.opted_out, f.too_many, f.free_from,
				CASE WHEN coalesce(a.number, '') = '' THEN 'missing_number'
					WHEN smsengage.calling_code(a.number) IS NULL THEN 'invalid_number'
					WHEN $10 AND NOT CASE WHEN smsengage.country_of(a.number) = ANY ($11) THEN true
						WHEN smsengage.country_of(a.number) = ANY ($12) THEN false ELSE $13 END THEN 'unsupported_country' END AS reason,
				coalesce(a.number, '') <> '' AND smsengage.quiet_until(a.number, $14, $15, $4, $16, $17) IS NOT NULL AS quiet
			FROM audience a
			LEFT JOIN facts f ON f.number = a.number
			OFFSET 0
		), judged AS (
			SELECT c.given, c.number, c.free_from,
				CASE WHEN c.reason IS NULL AND NOT c.has_facts AND NOT c.quiet THEN $9
					ELSE array_remove(ARRAY[c.reason, CASE WHEN c.globally THEN 'global_block' END, CASE WHEN c.locally THEN 'partial_block' END,
							CASE WHEN c.opted_out THEN 'unsubscribed' END], NULL) || $9 ||
						array_remove(ARRAY[CASE WHEN c.too_many THEN 'frequency_overrun' END, CASE WHEN c.quiet THEN 'quiet_hours' END], NULL)
					END AS reasons
			FROM checked c
			OFFSET 0
		)
		SELECT c.given, c.reasons = '{}', c.reasons,
			CASE WHEN c.reasons <> '{}' THEN smsengage.send_subcategory(c.reasons) END,
			CASE WHEN c.reasons = '{}' THEN $4
				ELSE smsengage.send_earliest(c.reasons, $4, c.free_from, c.number, $14, $15, $16, $17) END
		FROM judged c
	$q$, facts)
	USING recipients, our_account, our_sender, moment, growing, our_purpose, smsengage.block_end(-longest, moment), numbers,
		rules.text_reasons, cardinality(rules.supported) + cardinality(rules.unsupported) > 0 OR NOT rules.other_countries,
		rules.supported, rules.unsupported, rules.other_countries, zone, rules.fallback_zone, rules.quiet_start, rules.quiet_end;
END
$$;
COMMENT ON FUNCTION smsengage.can_send_all(text[], text, text, text, text, timestamptz, text, integer) IS 'can_send() for every number of an array, by joins; one row for each, in no order.';

CREATE FUNCTION smsengage.can_send_all(audience text, account text DEFAULT '', sender text DEFAULT '', message_text text DEFAULT NULL,
	purpose text DEFAULT 'marketing', at timestamptz DEFAULT now(), zone text DEFAULT NULL, max_characters integer DEFAULT 1800)
RETURNS TABLE (recipient text, allowed boolean, reasons text[], subcategory text, earliest timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	recipients text[];
BEGIN
	EXECUTE format('SELECT array_agg(q.recipient) FROM (%s) q(recipient)', audience) INTO recipients;
	RETURN QUERY
	SELECT c.* FROM smsengage.can_send_all(coalesce(recipients, '{}'), account, sender, message_text, purpose, at, zone, max_characters) c;
END
$$;
COMMENT ON FUNCTION smsengage.can_send_all(text, text, text, text, text, timestamptz, text, integer) IS 'can_send() for every row of a query that returns one column of type text (names in it are looked up in pg_catalog only, so write the schema); one row for each, in no order. The query runs once, with the rights of the caller. The numbers are held in one array, which takes some tens of millions.';

CREATE FUNCTION smsengage.log_not_sent(recipient text, reasons text[], account text DEFAULT '', sender text DEFAULT NULL, message_id text DEFAULT NULL, at timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number text := smsengage.normalize_recipient(recipient);
BEGIN
	IF at IS NULL OR coalesce(cardinality(reasons), 0) = 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'time and reasons must not be null or empty';
	END IF;
	PERFORM smsengage.ingest_native(jsonb_strip_nulls(jsonb_build_object(
		'event_type', 'NOT_SENT', 'event_time', smsengage.iso_time(at), 'recipient', nullif(number, ''), 'account', coalesce(account, ''),
		'sender_id', nullif(sender, ''), 'message_id', message_id,
		'status_name', smsengage.send_subcategory(reasons), 'error_text', array_to_string(reasons, ', '),
		'event_id', smsengage.content_digest(VARIADIC ARRAY['NOT_SENT', coalesce(account, ''), number, sender, message_id, smsengage.iso_time(at)] || reasons)::text)),
		nullif(account, ''));
END
$$;
COMMENT ON FUNCTION smsengage.log_not_sent(text, text[], text, text, text, timestamptz) IS 'Records that a message was not sent because can_send() refused it, as a native event NOT_SENT: status_name is the subcategory, error_text the reasons. It neither blocks nor counts against a cap. The same call again changes nothing. Raises 22004 without time or reasons.';
-- Segments: rules over the store.

CREATE FUNCTION smsengage.rule_segments(rule smsengage.segment_rule)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_rule_segments' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;
COMMENT ON FUNCTION smsengage.rule_segments(smsengage.segment_rule) IS 'The names of the saved segments that a rule names.';

CREATE FUNCTION smsengage.segment_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.segment_definition (
		name text COLLATE "C" CONSTRAINT segment_definition_pkey PRIMARY KEY,
		rule text NOT NULL,
		description text,
		saved_at timestamptz NOT NULL,
		account text COLLATE "C" NOT NULL DEFAULT ''
	);
	CREATE TABLE IF NOT EXISTS smsengage.individual_link (
		individual_no bigint NOT NULL,
		other_no bigint NOT NULL,
		valid_from timestamptz NOT NULL,
		CONSTRAINT individual_link_pkey PRIMARY KEY (individual_no, other_no)
	);
	PERFORM smsengage.describe('smsengage.segment_definition', 'Saved segments: a rule under a name. In another rule: in segment ''name''.', $c$
		name: Name of the segment
		rule: The rule, in its canonical form
		description: What it is for
		saved_at: When it was saved last
		account: Account whose readers see it; empty: all do$c$);
	PERFORM smsengage.describe('smsengage.individual_link', 'People who are one person. Made by link_individuals() from LINK events; read where unified is asked for.', $c$
		individual_no: The lower number
		other_no: The higher number
		valid_from: Since when they are linked$c$);
END
$$;
COMMENT ON FUNCTION smsengage.segment_tables() IS 'Makes the tables of segments that are missing. Used by migrate().';

-- sets of people

CREATE FUNCTION smsengage.segment(rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000;
COMMENT ON FUNCTION smsengage.segment(smsengage.segment_rule, timestamptz, text, boolean) IS 'The people for whom the rule holds at a moment: exact, as the caller''s transaction sees the events. account: only events of this account (NULL: of all that the caller may see). unified: people who are linked count as one, shown under the lowest number. individual_id is the provider''s id, or the phone number of who is known by it alone. Raises 42704 for an unknown segment, 22023 for an unknown time zone.';

CREATE FUNCTION smsengage.segment(rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment_text' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000;
COMMENT ON FUNCTION smsengage.segment(text, timestamptz, text, boolean) IS 'The same for a rule as text. Raises 42601 with the position of what cannot be read.';

CREATE FUNCTION smsengage.segment_size(rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_segment_size' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000;
COMMENT ON FUNCTION smsengage.segment_size(smsengage.segment_rule, timestamptz, text, boolean) IS 'How many people segment() would list.';

CREATE FUNCTION smsengage.segment_size(rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'sms_segment_size_text' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000;
COMMENT ON FUNCTION smsengage.segment_size(text, timestamptz, text, boolean) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.segment_overlap(a smsengage.segment_rule, b smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL,
	OUT only_a bigint, OUT both_rules bigint, OUT only_b bigint)
AS 'MODULE_PATHNAME', 'sms_segment_overlap' LANGUAGE C STABLE PARALLEL RESTRICTED COST 200000;
COMMENT ON FUNCTION smsengage.segment_overlap(smsengage.segment_rule, smsengage.segment_rule, timestamptz, text) IS 'For how many people only the first rule holds, both do, only the second does.';

CREATE FUNCTION smsengage.segment_overlap(a text, b text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL,
	OUT only_a bigint, OUT both_rules bigint, OUT only_b bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT o.* INTO only_a, both_rules, only_b
	FROM smsengage.segment_overlap(a::smsengage.segment_rule, b::smsengage.segment_rule, at, account) o;
END
$$;
COMMENT ON FUNCTION smsengage.segment_overlap(text, text, timestamptz, text) IS 'The same for rules as text.';

CREATE FUNCTION smsengage.segment_change(rule smsengage.segment_rule, since timestamptz, at timestamptz, account text)
RETURNS TABLE (individual_id text, individual_no bigint)
AS 'MODULE_PATHNAME', 'sms_segment_change' LANGUAGE C STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000;
COMMENT ON FUNCTION smsengage.segment_change(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who is a member at a moment and is none at another one. Used by entered() and departed(). since must not be null.';

CREATE FUNCTION smsengage.entered(rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule, since, until, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.entered(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who is a member at until and was none at since; segment_history() tells of one person all there was in between.';

CREATE FUNCTION smsengage.entered(rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule::smsengage.segment_rule, since, until, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.entered(text, timestamptz, timestamptz, text) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.departed(rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule, until, since, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.departed(smsengage.segment_rule, timestamptz, timestamptz, text) IS 'Who was a member at since and is none at until.';

CREATE FUNCTION smsengage.departed(rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL)
RETURNS TABLE (individual_id text, individual_no bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 200000 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT c.individual_id, c.individual_no FROM smsengage.segment_change(rule::smsengage.segment_rule, until, since, account) c;
END
$$;
COMMENT ON FUNCTION smsengage.departed(text, timestamptz, timestamptz, text) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.segment_recipients(rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint, recipient text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH member AS MATERIALIZED (
		SELECT s.individual_id, s.individual_no FROM smsengage.segment(rule, at, account, unified) s
	), met AS MATERIALIZED (
		SELECT DISTINCT ON (p.individual_no) p.individual_no, p.recipient
		FROM member m
		JOIN smsengage.contact_point p ON p.individual_no = m.individual_no
		ORDER BY p.individual_no, p.last_day DESC, p.recipient
	), numbered AS MATERIALIZED (
		SELECT i.individual_no
		FROM member m
		JOIN smsengage.individual i ON i.individual_no = m.individual_no
		WHERE starts_with(i.individual_id, 'tel:')
	)
	SELECT m.individual_id, m.individual_no, coalesce(t.recipient, CASE WHEN n.individual_no IS NOT NULL THEN m.individual_id END)
	FROM member m
	LEFT JOIN met t ON t.individual_no = m.individual_no
	LEFT JOIN numbered n ON n.individual_no = m.individual_no;
END
$$;
COMMENT ON FUNCTION smsengage.segment_recipients(smsengage.segment_rule, timestamptz, text, boolean) IS 'segment() with the number under which each person was last met; NULL if none is known.';

CREATE FUNCTION smsengage.segment_recipients(rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (individual_id text, individual_no bigint, recipient text)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT r.individual_id, r.individual_no, r.recipient
	FROM smsengage.segment_recipients(rule::smsengage.segment_rule, at, account, unified) r;
END
$$;
COMMENT ON FUNCTION smsengage.segment_recipients(text, timestamptz, text, boolean) IS 'The same for a rule as text.';

-- one person

CREATE FUNCTION smsengage.individual_number(individual_id text)
RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given text := individual_id;
	numbers bigint[];
BEGIN
	numbers := ARRAY(SELECT i.individual_no FROM smsengage.individual i WHERE i.individual_id = given LIMIT 2);
	IF numbers = '{}' THEN
		numbers := ARRAY(SELECT i.individual_no FROM smsengage.individual i
						 WHERE i.individual_id = 'tel:' || smsengage.normalize_recipient(given) LIMIT 2);
	END IF;
	IF cardinality(numbers) > 1 THEN
		RAISE EXCEPTION USING ERRCODE = 'ambiguous_parameter',
			MESSAGE = 'this id names several people',
			HINT = 'Give the individual_no; the table individual has both.';
	END IF;
	RETURN numbers[1];
END
$$;
COMMENT ON FUNCTION smsengage.individual_number(text) IS 'The number of the person with this id or phone number; NULL if there is none. Raises 42P08 if several people, of different providers or accounts, have it.';

CREATE FUNCTION smsengage.is_member(individual_no bigint, rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_is_member' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION smsengage.is_member(bigint, smsengage.segment_rule, timestamptz, text, boolean) IS 'Whether the rule holds for one person at a moment, by events or tallies. Agrees with segment().';

CREATE FUNCTION smsengage.is_member(individual_id text, rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(smsengage.is_member(smsengage.individual_number(individual_id), rule, at, account, unified), false);
END
$$;
COMMENT ON FUNCTION smsengage.is_member(text, smsengage.segment_rule, timestamptz, text, boolean) IS 'The same for an id or a phone number; false for who is not known. Raises 42P08 for an id that names several people.';

CREATE FUNCTION smsengage.is_member(individual_id text, rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.is_member(individual_id, rule::smsengage.segment_rule, at, account, unified);
END
$$;
COMMENT ON FUNCTION smsengage.is_member(text, text, timestamptz, text, boolean) IS 'The same for a rule as text.';

CREATE FUNCTION smsengage.explain_membership(individual_no bigint, rule smsengage.segment_rule, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (no integer, condition text, holds boolean, events bigint, since timestamptz, until timestamptz, first_event timestamptz, last_event timestamptz, next_change timestamptz)
AS 'MODULE_PATHNAME', 'sms_explain_membership' LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000 ROWS 4;
COMMENT ON FUNCTION smsengage.explain_membership(bigint, smsengage.segment_rule, timestamptz, text, boolean) IS 'Why a person is in or out: row 0 is the rule, with the moment at which membership next changes if nothing more happens (NULL: it does not, within a century); then each condition, whether it holds, its window as instants, how many events count in it (periods, for "in K of last N"), and the first and last of them.';

CREATE FUNCTION smsengage.explain_membership(individual_id text, rule text, at timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS TABLE (no integer, condition text, holds boolean, events bigint, since timestamptz, until timestamptz, first_event timestamptz, last_event timestamptz, next_change timestamptz)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000 ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT e.* FROM smsengage.explain_membership(
		coalesce(smsengage.individual_number(individual_id), 0), rule::smsengage.segment_rule, at, account, unified) e;
END
$$;
COMMENT ON FUNCTION smsengage.explain_membership(text, text, timestamptz, text, boolean) IS 'The same for an id or a phone number and a rule as text.';

CREATE FUNCTION smsengage.segment_changes(individual_no bigint, rule smsengage.segment_rule, since timestamptz, account text, unified boolean, until timestamptz)
RETURNS timestamptz[]
AS 'MODULE_PATHNAME', 'sms_segment_changes' LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000;
COMMENT ON FUNCTION smsengage.segment_changes(bigint, smsengage.segment_rule, timestamptz, text, boolean, timestamptz) IS 'The moments in [since, until) at which membership begins and ends, in turn. Used by segment_history().';

CREATE FUNCTION smsengage.segment_history(individual_no bigint, rule smsengage.segment_rule, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS tstzmultirange
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changes timestamptz[] := smsengage.segment_changes(individual_no, rule, since, account, unified, until);
BEGIN
	RETURN coalesce(range_agg(tstzrange(changes[i], coalesce(changes[i + 1], until))), '{}')
	FROM generate_series(1, cardinality(changes), 2) i;
END
$$;
COMMENT ON FUNCTION smsengage.segment_history(bigint, smsengage.segment_rule, timestamptz, timestamptz, text, boolean) IS 'The moments in [since, until) at which the person is a member, as ranges. until may lie ahead: then as if nothing more happened.';

CREATE FUNCTION smsengage.segment_history(individual_id text, rule text, since timestamptz, until timestamptz DEFAULT pg_catalog.now(), account text DEFAULT NULL, unified boolean DEFAULT false)
RETURNS tstzmultirange
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN smsengage.segment_history(coalesce(smsengage.individual_number(individual_id), 0), rule::smsengage.segment_rule, since, until, account, unified);
END
$$;
COMMENT ON FUNCTION smsengage.segment_history(text, text, timestamptz, timestamptz, text, boolean) IS 'The same for an id or a phone number and a rule as text.';

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
-- Outcomes: how messages ended, counted where they are stored.

CREATE FUNCTION smsengage.message_outcome(state smsengage.delivery_state)
RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'sms_delivery_outcome' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.message_outcome(smsengage.delivery_state) IS 'How a message ended, as reports count it: delivered (to the handset), operator (confirmed no further than the operator), failed, expired, not_sent (never handed over) or open.';

CREATE FUNCTION smsengage.send_time(state smsengage.delivery_state, first_time timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(smsengage.sent_at(state), first_time);
END;
COMMENT ON FUNCTION smsengage.send_time(smsengage.delivery_state, timestamptz) IS 'When a message was sent: as its reports say, else the time of the earliest of them. Reports "by send date" go by it.';

CREATE FUNCTION smsengage.arrived_at(state smsengage.delivery_state)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'sms_delivery_arrived_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smsengage.arrived_at(smsengage.delivery_state) IS 'When a message was delivered to the handset, or sent where no such report is known: from when on it can be read. Used by rules of machine clicks and reports.';

CREATE FUNCTION smsengage.billed_parts(state smsengage.delivery_state, parts smallint)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(parts::integer, greatest(smsengage.parts_known(state), 1));
END;
COMMENT ON FUNCTION smsengage.billed_parts(smsengage.delivery_state, smallint) IS 'Number of parts of a message: as the provider says, else as many as were reported, at least 1. Used by reports.';

CREATE FUNCTION smsengage.message_cost(provider text, price numeric, parts integer)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN provider OPERATOR(pg_catalog.=) 'infobip' THEN price OPERATOR(pg_catalog.*) parts::numeric ELSE price END;
END;
COMMENT ON FUNCTION smsengage.message_cost(text, numeric, integer) IS 'What a message cost: Infobip states the price of one part (pricePerMessage), every other provider that of the message.';

CREATE FUNCTION smsengage.is_test(callback_data text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT COALESCE(smsengage.callback_field(callback_data, 'test') OPERATOR(pg_catalog.=) 'true', false);
END;
COMMENT ON FUNCTION smsengage.is_test(text) IS 'Whether the callback data of a message says that it is a test: a field test that is true. Such messages are in no metric. Used by reports.';

CREATE FUNCTION smsengage.plain_amount(amount numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN pg_catalog.abs(amount) OPERATOR(pg_catalog.<) 1e31 THEN amount END;
END;
COMMENT ON FUNCTION smsengage.plain_amount(numeric) IS 'An amount that fits numeric(38,6), as views have it; NULL for a larger one, so that an absurd price spoils its own row only. Used by reports.';

CREATE FUNCTION smsengage.outcome_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	fresh boolean := to_regclass('smsengage.outcome_tally') IS NULL;
	-- the same in both tables
	facts text := $c$
		send_cell: Where the cell begins that send_time() of the messages lies in (UTC)
		parts: Parts of these messages
		priced: How many of the messages have a price
		cost: What they cost together, in price_currency
		outcome: delivered, operator, failed, expired, not_sent or open: see message_outcome()
		account: Account that sent them
		provider: Provider that reported them
		channel: Channel; SMS if the reports name none
		bulk_message: Send that they belong to; empty if none is named
		sender_id: Our number, short code or name; empty if unknown
		country: Country of the recipient (ISO 3166); empty if the number does not tell
		price_currency: ISO 4217 code; empty if none is known$c$;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.outcome_tally (
		send_cell timestamptz NOT NULL,
		messages bigint NOT NULL,
		parts bigint NOT NULL,
		priced bigint NOT NULL,
		cost numeric NOT NULL,
		level smallint NOT NULL,
		outcome text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		provider text COLLATE "C" NOT NULL,
		channel text COLLATE "C" NOT NULL,
		bulk_message text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C" NOT NULL,
		country text COLLATE "C" NOT NULL,
		price_currency text COLLATE "C" NOT NULL
	);
	CREATE TABLE IF NOT EXISTS smsengage.kept_outcome (
		send_cell timestamptz NOT NULL,
		messages bigint NOT NULL,
		parts bigint NOT NULL,
		priced bigint NOT NULL,
		cost numeric NOT NULL,
		outcome text COLLATE "C" NOT NULL,
		account text COLLATE "C" NOT NULL,
		provider text COLLATE "C" NOT NULL,
		channel text COLLATE "C" NOT NULL,
		bulk_message text COLLATE "C" NOT NULL,
		sender_id text COLLATE "C" NOT NULL,
		country text COLLATE "C" NOT NULL,
		price_currency text COLLATE "C" NOT NULL
	);
	CREATE INDEX IF NOT EXISTS outcome_tally_idx ON smsengage.outcome_tally (level, send_cell);
	CREATE TABLE IF NOT EXISTS smsengage.delivery_deadline (
		provider text COLLATE "C" CONSTRAINT delivery_deadline_pkey PRIMARY KEY,
		deadline_hours integer NOT NULL,
		CONSTRAINT delivery_deadline_check CHECK (deadline_hours > 0)
	);
	IF fresh THEN
		INSERT INTO smsengage.delivery_deadline (provider, deadline_hours)
		VALUES ('', 72), ('infobip', 48), ('aws', 72)
		ON CONFLICT DO NOTHING;
		PERFORM smsengage.rebuild_outcomes();
	END IF;
	-- few rows of event are in these; reports on clicks and answers need no others
	CREATE INDEX IF NOT EXISTS event_click_idx ON smsengage.event (event_time) INCLUDE (event_key, individual_no, message_key, part)
		WHERE event_type = 'CLICK';
	CREATE INDEX IF NOT EXISTS event_agent_idx ON smsengage.event ((left(user_agent, 250)) COLLATE "C", event_time) WHERE event_type = 'CLICK';
	CREATE INDEX IF NOT EXISTS event_answer_idx ON smsengage.event (event_time)
		INCLUDE (event_key, message_key, event_type, account, recipient, sender_id, bulk_message)
		WHERE event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP');
	CREATE INDEX IF NOT EXISTS message_recipient_idx ON smsengage.message (recipient);

	PERFORM smsengage.describe('smsengage.kept_outcome', 'What messages count for in outcome_tally that forget(keep_sums => true) erased.', $c$
		messages: Number of messages$c$ || facts);
	PERFORM smsengage.describe('smsengage.outcome_tally', 'How many messages ended how, by quarter hour of sending. A message that changes takes itself out where it was and adds itself where it is, so rows are only added; what holds of a cell is the sum of its rows at one level and of the rows of level 0 inside it. fold() joins rows.', $c$
		messages: Number of messages; negative where they were taken out
		level: Length of the cell: 0 newly added and 1 quarter hour, 2 hour, 3 day$c$ || facts);
	PERFORM smsengage.describe('smsengage.delivery_deadline', 'How long after sending an outcome can be expected; an open message is pending before and unknown after. Rows may be edited; that with an empty provider must stay.', $c$
		provider: Name of the provider; empty: for those without a row
		deadline_hours: Counted from the quarter hour of sending$c$);
END
$$;
COMMENT ON FUNCTION smsengage.outcome_tables() IS 'Makes the tables and indexes of reports that are missing. Used by migrate().';

-- What a message counts for.  Every place that counts messages reads these
-- columns, so that none can differ.
CREATE FUNCTION smsengage.outcome_facts(
	state smsengage.delivery_state, first_time timestamptz, parts smallint, price numeric, provider text, channel text,
	bulk_message text, sender_id text, recipient text, price_currency text, callback_data text,
	OUT send_cell timestamptz, OUT outcome text, OUT billed integer, OUT cost numeric, OUT channel_name text, OUT bulk text, OUT sender text, OUT country text, OUT currency text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT smsengage.cell_start(1, smsengage.send_time(state, first_time)),
		smsengage.message_outcome(state),
		smsengage.billed_parts(state, parts),
		smsengage.message_cost(provider, price, smsengage.billed_parts(state, parts)),
		COALESCE(channel, 'SMS'),
		COALESCE(bulk_message, ''),
		COALESCE(sender_id, ''),
		COALESCE(smsengage.country_of(recipient), ''),
		COALESCE(price_currency, '')
	WHERE NOT smsengage.is_test(callback_data);
END;
COMMENT ON FUNCTION smsengage.outcome_facts(smsengage.delivery_state, timestamptz, smallint, numeric, text, text, text, text, text, text, text) IS 'Where and as what a message counts in outcome_tally; no row for a test. Used by outcome_tally.';

CREATE FUNCTION smsengage.keeps_outcomes()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT NOT smsengage.store_is_distributed();
END;
COMMENT ON FUNCTION smsengage.keeps_outcomes() IS 'Whether outcome_tally is kept. On a cluster it is not: reports count messages there, on all nodes at once. Used by reports and ingestion.';

CREATE FUNCTION smsengage.store_messages(batch smsengage.parsed_batch, people bigint[], event_keys bigint[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint;
	known uuid[];
	fresh uuid[];
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		INSERT INTO smsengage.message AS m (
			message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
			channel, bulk_message, template, price, price_currency, callback_data, state)
		SELECT r.* FROM smsengage.batch_messages(batch, people, event_keys) r
		ON CONFLICT (message_key) DO UPDATE SET
			first_time = least(m.first_time, excluded.first_time),
			last_time = greatest(m.last_time, excluded.last_time),
			individual_no = greatest(m.individual_no, excluded.individual_no),
			parts = greatest(m.parts, excluded.parts),
			recipient = greatest(m.recipient, excluded.recipient),
			sender_id = greatest(m.sender_id, excluded.sender_id),
			channel = greatest(m.channel, excluded.channel),
			bulk_message = greatest(m.bulk_message, excluded.bulk_message),
			template = greatest(m.template, excluded.template),
			price = greatest(m.price, excluded.price),
			price_currency = greatest(m.price_currency, excluded.price_currency),
			callback_data = greatest(m.callback_data, excluded.callback_data),
			state = smsengage.delivery_merge(m.state, excluded.state);
		RETURN;
	END IF;

	-- Messages not known yet, then the others: what these were before is read
	-- under the lock that the update takes anyway.
	WITH given AS MATERIALIZED (
		SELECT m.* FROM smsengage.insert_messages(batch, people, event_keys) m
	), counted AS (
		INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
		SELECT f.send_cell, count(*), sum(f.billed), count(f.cost), coalesce(sum(f.cost), 0), 0, f.outcome, a.account, a.provider,
			f.channel_name, f.bulk, f.sender, f.country, f.currency
		FROM given a
		CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency, a.callback_data) f
		WHERE a.is_new
		GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	)
	SELECT count(*), array_agg(g.message_key) FILTER (WHERE NOT g.is_new) INTO n, known FROM given g;
	IF n = 0 THEN
		WITH given AS MATERIALIZED (
			SELECT r.* FROM smsengage.batch_messages(batch, people, event_keys) r
		), added AS (
			INSERT INTO smsengage.message AS m (
				message_key, first_time, last_time, individual_no, parts, account, provider, message_id, recipient, sender_id,
				channel, bulk_message, template, price, price_currency, callback_data, state)
			SELECT g.* FROM given g
			ON CONFLICT DO NOTHING
			RETURNING m.message_key
		)
		SELECT array_agg(g.message_key) FILTER (WHERE a.message_key IS NULL), array_agg(a.message_key) INTO known, fresh
		FROM given g LEFT JOIN added a USING (message_key);
		PERFORM smsengage.count_messages(fresh, 1);
	END IF;
	IF known IS NULL THEN
		RETURN;
	END IF;
	WITH changed AS (
		UPDATE smsengage.message m SET
			first_time = least(m.first_time, b.first_time),
			last_time = greatest(m.last_time, b.last_time),
			individual_no = greatest(m.individual_no, b.individual_no),
			parts = greatest(m.parts, b.parts),
			recipient = greatest(m.recipient, b.recipient),
			sender_id = greatest(m.sender_id, b.sender_id),
			channel = greatest(m.channel, b.channel),
			bulk_message = greatest(m.bulk_message, b.bulk_message),
			template = greatest(m.template, b.template),
			price = greatest(m.price, b.price),
			price_currency = greatest(m.price_currency, b.price_currency),
			callback_data = greatest(m.callback_data, b.callback_data),
			state = smsengage.delivery_merge(m.state, b.state)
		FROM (
			SELECT r.*, o AS old
			FROM smsengage.batch_messages(batch, people, event_keys, known) r
			JOIN smsengage.message o ON o.message_key = r.message_key
			ORDER BY r.message_key
			FOR UPDATE OF o
		) b
		WHERE m.message_key = b.message_key
		RETURNING b.old, m AS new
	), moved AS (
		SELECT -1 AS sign, (c.old).* FROM changed c
		UNION ALL
		SELECT 1, (c.new).* FROM changed c
	)
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT f.send_cell, sum(a.sign), sum(a.sign * f.billed), coalesce(sum(a.sign) FILTER (WHERE f.cost IS NOT NULL), 0), coalesce(sum(a.sign * f.cost), 0), 0,
		f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM moved a
	CROSS JOIN LATERAL smsengage.outcome_facts(a.state, a.first_time, a.parts, a.price, a.provider, a.channel, a.bulk_message, a.sender_id, a.recipient, a.price_currency, a.callback_data) f
	GROUP BY f.send_cell, f.outcome, a.account, a.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency
	HAVING sum(a.sign) <> 0 OR sum(a.sign * f.billed) <> 0 OR sum(a.sign * f.cost) <> 0
		OR sum(a.sign) FILTER (WHERE f.cost IS NOT NULL) <> 0;
END
$$;
COMMENT ON FUNCTION smsengage.store_messages(smsengage.parsed_batch, bigint[], bigint[]) IS 'Merges the delivery reports among the events with these keys into message and counts what changed in outcome_tally. Used by ingest_batch().';

CREATE FUNCTION smsengage.outcomes_of_messages(keys uuid[] DEFAULT NULL)
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT f.send_cell, count(*), sum(f.billed)::bigint, count(f.cost), coalesce(sum(f.cost), 0), f.outcome, m.account, m.provider,
		f.channel_name, f.bulk, f.sender, f.country, f.currency
	FROM smsengage.message m
	CROSS JOIN LATERAL smsengage.outcome_facts(m.state, m.first_time, m.parts, m.price, m.provider, m.channel, m.bulk_message, m.sender_id, m.recipient, m.price_currency, m.callback_data) f
	WHERE keys IS NULL OR m.message_key = ANY (keys)
	GROUP BY f.send_cell, f.outcome, m.account, m.provider, f.channel_name, f.bulk, f.sender, f.country, f.currency;
	IF keys IS NULL THEN
		RETURN QUERY
		SELECT k.send_cell, k.messages, k.parts, k.priced, k.cost, k.outcome, k.account, k.provider, k.channel, k.bulk_message, k.sender_id, k.country, k.price_currency
		FROM smsengage.kept_outcome k;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.outcomes_of_messages(uuid[]) IS 'What outcome_tally must add up to: counted from message, and what forget() kept; of some messages only, if keys are given. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage.count_messages(keys uuid[], sign integer)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		RETURN;
	END IF;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, sign * o.messages, sign * o.parts, sign * o.priced, sign * o.cost, 0, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage.outcomes_of_messages(coalesce(keys, '{}')) o;
END
$$;
COMMENT ON FUNCTION smsengage.count_messages(uuid[], integer) IS 'Adds messages to outcome_tally (sign 1) or takes them out (-1). Whoever deletes or replaces rows of message calls it, before and after, under a lock on them. Used by ingestion and forget().';

CREATE FUNCTION smsengage.keep_outcomes(keys uuid[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO smsengage.kept_outcome (send_cell, messages, parts, priced, cost, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.* FROM smsengage.outcomes_of_messages(coalesce(keys, '{}')) o;
END
$$;
COMMENT ON FUNCTION smsengage.keep_outcomes(uuid[]) IS 'Notes what messages count for that are about to be deleted, so that they go on being counted. Used by forget().';

CREATE FUNCTION smsengage.outcome_rows(levels integer[], since timestamptz, until timestamptz)
RETURNS TABLE (send_cell timestamptz, messages bigint, parts bigint, priced bigint, cost numeric, outcome text, account text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.keeps_outcomes() THEN
		RETURN QUERY
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_tally o
		WHERE o.level = ANY (levels) AND o.send_cell >= since AND o.send_cell < until;
	ELSE
		RETURN QUERY
		SELECT o.* FROM smsengage.outcomes_of_messages() o
		WHERE o.send_cell >= since AND o.send_cell < until;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.outcome_rows(integer[], timestamptz, timestamptz) IS 'Rows that add up to the messages of [since, until) by outcome: of outcome_tally at these levels, or counted from message where it is not kept. Used by reports.';

CREATE FUNCTION smsengage.rebuild_outcomes()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		RETURN;
	END IF;
	PERFORM smsengage.begin_rebuild();
	LOCK TABLE smsengage.message IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM smsengage.outcome_tally;
	INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, 0, o.outcome, o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
	FROM smsengage.outcomes_of_messages() o;
	PERFORM smsengage.fold_outcomes();
END
$$;
COMMENT ON FUNCTION smsengage.rebuild_outcomes() IS 'Counts outcome_tally anew from message, with the sums that forget() kept. Keeps ingestion waiting meanwhile. Used by rebuild().';

CREATE FUNCTION smsengage.outcome_difference()
RETURNS TABLE (level smallint, send_cell timestamptz, outcome text, account text, bulk_message text, messages bigint, counted bigint)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	IF NOT smsengage.keeps_outcomes() THEN
		RETURN;
	END IF;
	RETURN QUERY
	WITH truth AS MATERIALIZED (SELECT * FROM smsengage.outcomes_of_messages()), expected AS (
		SELECT l.level::smallint AS level, smsengage.cell_start(l.level, t.send_cell) AS send_cell, t.outcome, t.account, t.provider, t.channel, t.bulk_message, t.sender_id, t.country, t.price_currency,
			sum(t.messages) AS messages, sum(t.parts) AS parts, sum(t.priced) AS priced, sum(t.cost) AS cost
		FROM truth t CROSS JOIN generate_series(1, 3) l(level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	), found AS (
		SELECT l.level::smallint AS level, smsengage.cell_start(l.level, t.send_cell) AS send_cell, t.outcome, t.account, t.provider, t.channel, t.bulk_message, t.sender_id, t.country, t.price_currency,
			sum(t.messages) AS messages, sum(t.parts) AS parts, sum(t.priced) AS priced, sum(t.cost) AS cost
		FROM smsengage.outcome_tally t JOIN generate_series(1, 3) l(level) ON t.level IN (0, l.level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	)
	SELECT level, send_cell, outcome, account, bulk_message, coalesce(e.messages, 0)::bigint, coalesce(f.messages, 0)::bigint
	FROM expected e
	FULL JOIN found f USING (level, send_cell, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
	WHERE (coalesce(e.messages, 0), coalesce(e.parts, 0), coalesce(e.priced, 0), coalesce(e.cost, 0))
		<> (coalesce(f.messages, 0), coalesce(f.parts, 0), coalesce(f.priced, 0), coalesce(f.cost, 0));
END
$$;
COMMENT ON FUNCTION smsengage.outcome_difference() IS 'Where outcome_tally differs from message, at each level; no row if nowhere. Used by doctor().';

CREATE FUNCTION smsengage.fold_outcomes()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	deltas bigint;
BEGIN
	-- one statement, so that every snapshot sees either the deltas or what they became
	WITH gone AS (
		DELETE FROM smsengage.outcome_tally t WHERE t.level = 0 RETURNING t.*
	), fresh AS (
		SELECT l.level::smallint AS level, smsengage.cell_start(l.level, g.send_cell) AS send_cell, g.outcome, g.account, g.provider, g.channel, g.bulk_message, g.sender_id, g.country, g.price_currency,
			sum(g.messages)::bigint AS messages, sum(g.parts)::bigint AS parts, sum(g.priced)::bigint AS priced, sum(g.cost) AS cost
		FROM gone g CROSS JOIN generate_series(1, 3) l(level)
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	), joined AS (
		DELETE FROM smsengage.outcome_tally t
		USING fresh f
		WHERE t.level = f.level AND t.send_cell = f.send_cell AND t.outcome = f.outcome AND t.account = f.account AND t.provider = f.provider AND t.channel = f.channel
			AND t.bulk_message = f.bulk_message AND t.sender_id = f.sender_id AND t.country = f.country AND t.price_currency = f.price_currency
		RETURNING t.*
	), put AS (
		INSERT INTO smsengage.outcome_tally (send_cell, messages, parts, priced, cost, level, outcome, account, provider, channel, bulk_message, sender_id, country, price_currency)
		SELECT a.send_cell, sum(a.messages), sum(a.parts), sum(a.priced), sum(a.cost), a.level, a.outcome, a.account, a.provider, a.channel, a.bulk_message, a.sender_id, a.country, a.price_currency
		FROM (SELECT f.level, f.send_cell, f.outcome, f.account, f.provider, f.channel, f.bulk_message, f.sender_id, f.country, f.price_currency, f.messages, f.parts, f.priced, f.cost FROM fresh f
			UNION ALL
			SELECT j.level, j.send_cell, j.outcome, j.account, j.provider, j.channel, j.bulk_message, j.sender_id, j.country, j.price_currency, j.messages, j.parts, j.priced, j.cost FROM joined j) a
		GROUP BY a.send_cell, a.level, a.outcome, a.account, a.provider, a.channel, a.bulk_message, a.sender_id, a.country, a.price_currency
		HAVING sum(a.messages) <> 0 OR sum(a.parts) <> 0 OR sum(a.priced) <> 0 OR sum(a.cost) <> 0
		ORDER BY a.level, a.send_cell
	)
	SELECT count(*) INTO deltas FROM gone;
	RETURN deltas;
END
$$;
COMMENT ON FUNCTION smsengage.fold_outcomes() IS 'Adds the rows of level 0 of outcome_tally to the cells of the other levels and deletes them; returns how many. Changes no report. Used by fold().';
-- Reports: the views and functions of the reports that the vendors' own screens
-- show.

CREATE FUNCTION smsengage.event_issue(provider text, event_type text, status_code text, error_code text, error_text text,
	OUT issue text, OUT meaning text, OUT possible_fix text, OUT retryable boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- SmsNotSent of ENS has a code space of its own
	IF provider = 'salesforce_ens' AND event_type = 'NOT_SENT' THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, 'not_sent', NULL, status_code) d;
	END IF;
	IF issue IS NULL AND nullif(error_code, '0') IS NOT NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_code) d;
	END IF;
	IF issue IS NULL AND NOT (provider = 'salesforce_ens' AND event_type = 'NOT_SENT') THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, status_code) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.* INTO issue, meaning, possible_fix, retryable FROM smsengage.delivery_issue(provider, error_text) d;
	END IF;
	IF issue IS NULL THEN
		SELECT d.issue, d.meaning, d.possible_fix, d.retryable INTO issue, meaning, possible_fix, retryable
		FROM smsengage.delivery_issues() d WHERE d.kind = CASE event_type WHEN 'EXPIRED' THEN 'unreachable' ELSE 'account' END;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.event_issue(text, text, text, text, text) IS 'Intercom''s delivery issue behind a failure, from the columns of its event: by the error code, else the status code, else the text. Without a code that a table has, an expired message is "Recipient number was unreachable", any other "Something went wrong". Used by the reports of delivery issues.';

CREATE FUNCTION smsengage.report_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.message_summary WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.message_id,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		m.template,
		m.sender_id,
		m.recipient,
		smsengage.country_of(m.recipient) AS country,
		m.individual_no,
		i.individual_id,
		smsengage.send_time(m.state, m.first_time) AS send_time,
		(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_time,
		smsengage.done_at(m.state) AS done_time,
		smsengage.seen_at(m.state) AS seen_time,
		m.last_time AS update_time,
		CASE WHEN smsengage.message_outcome(m.state) <> 'open' THEN smsengage.message_outcome(m.state)
			WHEN smsengage.cell_start(1, smsengage.send_time(m.state, m.first_time)) + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= now() THEN 'unknown'
			ELSE 'pending' END AS outcome,
		smsengage.status_group_id(m.state) AS status_group_id,
		smsengage.status_group(m.state) AS status_group,
		smsengage.status_class(m.state) AS status_class,
		smsengage.status_category(m.state) AS status_category,
		smsengage.status_code(m.state) AS status_code,
		smsengage.is_final(m.state) AS is_final,
		smsengage.is_conflicting(m.state) AS is_conflicting,
		smsengage.billed_parts(m.state, m.parts) AS parts,
		smsengage.parts_known(m.state) > 1 AND smsengage.parts_delivered(m.state) BETWEEN 1 AND smsengage.parts_known(m.state) - 1 AS partly_delivered,
		smsengage.plain_amount(m.price)::numeric(38,6) AS price,
		smsengage.plain_amount(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts)))::numeric(38,6) AS cost,
		m.price_currency,
		smsengage.is_test(m.callback_data) AS is_test
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	LEFT JOIN smsengage.delivery_deadline d ON d.provider = m.provider
	LEFT JOIN smsengage.delivery_deadline other ON other.provider = '';
	PERFORM smsengage.describe('smsengage.message_summary', 'Every message with delivery reports: whom it went to, when, and how it ended. One row per message; its key is message_key. Made for filtering by any column.', $c$
		message_key: Key of the message
		message_id: The provider's id of the message
		account: Account that sent it
		provider: Which provider reported it
		channel: Channel; SMS if the reports name none
		bulk_message: Send that it belongs to
		template: Template of it
		sender_id: Our number, short code or name
		recipient: The person's number; empty if none
		country: Country of the number (ISO 3166-1 alpha-2)
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		send_time: When it was sent; the earliest report where none tells
		send_date: Day of send_time (UTC)
		delivered_time: When it was delivered to the handset
		done_time: When its outcome came about, whatever it is
		seen_time: When it was displayed, if reported
		update_time: Time of its latest report
		outcome: delivered (to the handset), operator (confirmed no further), failed, expired, not_sent, pending, or unknown once the provider's deadline has passed
		status_group_id: Infobip's id of the status group, 0 to 5
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		status_class: Class of the deciding report
		status_category: EngageLab's category: Sending, Wait result, Delivered, Process failed, Send failed
		status_code: The provider's code in the deciding report
		is_final: Whether it has an outcome that is final
		is_conflicting: Whether two different outcomes were reported for one part
		parts: Parts that it was billed as, at least 1
		partly_delivered: Whether some of its parts were delivered and others not
		price: As the provider states it; Infobip: of one part
		cost: What the message cost, in price_currency
		price_currency: ISO 4217 code
		is_test: Whether it is a test, by its callback data; reports leave it out$c$);

	CREATE OR REPLACE VIEW smsengage.delivery_issue_report WITH (security_invoker = true) AS
	SELECT m.message_key::text AS message_key,
		m.message_id,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		m.template,
		m.sender_id,
		m.recipient,
		m.individual_no,
		i.individual_id,
		smsengage.send_time(m.state, m.first_time) AS send_time,
		(smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		smsengage.done_at(m.state) AS issue_time,
		smsengage.message_outcome(m.state) AS outcome,
		e.status_code,
		e.error_code,
		CASE WHEN e.error_code = '0' THEN coalesce(e.status_name, e.error_text) ELSE coalesce(e.error_text, e.status_name) END AS reason,
		x.issue,
		x.meaning,
		x.possible_fix,
		x.retryable,
		smsengage.is_test(m.callback_data) AS is_test
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	CROSS JOIN LATERAL (
		SELECT CASE smsengage.message_outcome(m.state) WHEN 'not_sent' THEN 3 WHEN 'expired' THEN 7 ELSE 8 END AS status_class
	) c
	LEFT JOIN LATERAL (
		SELECT k.event_type, k.status_code, k.status_name, k.error_code, k.error_text
		FROM smsengage.event k
		WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
			AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = c.status_class
		ORDER BY k.event_time DESC, k.event_key
		LIMIT 1
	) e ON true
	CROSS JOIN LATERAL smsengage.event_issue(m.provider, e.event_type, e.status_code, e.error_code, e.error_text) x
	WHERE smsengage.message_outcome(m.state) IN ('failed', 'expired', 'not_sent');
	PERFORM smsengage.describe('smsengage.delivery_issue_report', 'Intercom''s delivery issues, for every provider: which message failed to reach whom, why, what that means and what can be done. One row per message that failed, expired or was not sent; its key is message_key.', $c$
		message_key: Key of the message
		message_id: The provider's id of the message
		account: Account that sent it
		provider: Which provider reported it
		channel: Channel; SMS if the reports name none
		bulk_message: Send that it belongs to
		template: Template of it
		sender_id: Our number, short code or name
		recipient: The person's number; empty if none
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		send_time: When it was sent; the earliest report where none tells
		send_date: Day of send_time (UTC)
		issue_time: When the failure came about
		outcome: failed, expired or not_sent
		status_code: The provider's status code
		error_code: The provider's error code
		reason: The provider's own words
		issue: One of Intercom's eight issue reasons
		meaning: What the issue means
		possible_fix: What can be done about it
		retryable: Whether sending again can help
		is_test: Whether it is a test, by its callback data; counts leave it out$c$);

	CREATE OR REPLACE VIEW smsengage.delivery_issue_summary WITH (security_invoker = true) AS
	SELECT r.account, r.bulk_message, r.send_date, r.provider, r.channel, r.issue, r.meaning, r.possible_fix, r.retryable,
		count(*) AS delivery_issues,
		count(DISTINCT nullif(r.individual_no, 0)) AS people,
		min(r.issue_time) AS first_issue_time,
		max(r.issue_time) AS last_issue_time
	FROM smsengage.delivery_issue_report r
	WHERE NOT r.is_test
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
	PERFORM smsengage.describe('smsengage.delivery_issue_summary', 'Delivery issues counted, with meaning and fix. Its key is (account, bulk_message, send_date, provider, channel, issue).', $c$
		account: Account that sent them
		bulk_message: Send that they belong to
		send_date: Day of sending (UTC)
		provider: Which provider reported them
		channel: Channel
		issue: One of Intercom's eight issue reasons
		meaning: What the issue means
		possible_fix: What can be done about it
		retryable: Whether sending again can help
		delivery_issues: Number of messages
		people: Number of different people; does not add up over rows
		first_issue_time: When the first failure came about
		last_issue_time: When the last one did$c$);

	CREATE OR REPLACE VIEW smsengage.keyword_reply_report WITH (security_invoker = true) AS
	SELECT a.event_time AS reply_time,
		a.event_key,
		(a.event_time AT TIME ZONE 'UTC')::date AS reply_date,
		a.account,
		a.individual_no,
		i.individual_id,
		a.recipient,
		a.sender_id,
		a.message_key::text AS message_key,
		a.bulk_message,
		a.send_time,
		a.message_text AS response,
		a.keyword,
		a.keyword_group,
		a.keyword_group IS NOT NULL AS is_keyword_reply,
		a.event_type
	FROM (
		SELECT g.*, row_number() OVER (
				PARTITION BY g.keyword_group IS NULL, coalesce(g.message_key::text, ''), CASE WHEN g.recipient <> '' THEN g.recipient ELSE g.individual_no::text END, g.account
				ORDER BY g.event_time, g.event_key) AS no
		FROM (
			SELECT x.*, x.account_name AS account,
				CASE WHEN x.meaning <> 'reply' THEN x.meaning
					ELSE coalesce(CASE k.action WHEN 'START' THEN 'opt-in' WHEN 'STOP' THEN 'opt-out' WHEN 'HELP' THEN 'help' ELSE lower(k.action) END,
						lower(nullif(x.keyword, '')), CASE WHEN x.status_code = 'keyword_reply' THEN 'keyword' END) END AS keyword_group
			FROM smsengage.attributed_answers('-infinity', 'infinity') x
			CROSS JOIN LATERAL (
				SELECT coalesce(smsengage.keyword_action(x.message_text, x.sender_id, x.event_time, x.account_name),
					smsengage.keyword_action(x.keyword, x.sender_id, x.event_time, x.account_name)) AS action
			) k
		) g
	) a
	LEFT JOIN smsengage.individual i ON i.individual_no = a.individual_no
	WHERE a.keyword_group IS NOT NULL OR a.no = 1;
	PERFORM smsengage.describe('smsengage.keyword_reply_report', 'Intercom''s response report, for every provider: every keyword reply with the group of its keyword, and of other answers the first of each recipient to each message (at one time, the one with the lower event_key). Answers belong to the message that the provider names, else to the last one sent to the number within 4 hours; other windows: attributed_answers(). One row per answer; its key is (reply_time, event_key).', $c$
		reply_time: When it was written
		event_key: Key of the event, with reply_time
		reply_date: Day of reply_time (UTC)
		account: Account that got it
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it, or tel: and the number
		recipient: The person's number
		sender_id: Our number that it was sent to
		message_key: Key of the message answered; NULL if none could be found
		bulk_message: Send of that message
		send_time: When that message was sent
		response: What was written
		keyword: Keyword that was recognised
		keyword_group: opt-in, opt-out or help by the keywords in force then, the group of a custom keyword, the keyword itself in small letters, or keyword where the provider does not say which (Intercom); NULL if it is no keyword reply
		is_keyword_reply: Whether it is a keyword reply; if not, it is the first response
		event_type: REPLY, SUBSCRIBE, UNSUBSCRIBE or HELP$c$);

	CREATE OR REPLACE VIEW smsengage.outbound_message_report WITH (security_invoker = true) AS
	WITH reply AS MATERIALIZED (
		SELECT k.account, k.bulk_message, k.message_key::uuid AS message_key, k.is_keyword_reply FROM smsengage.keyword_reply_report k
	)
	SELECT m.account,
		m.bulk_message,
		m.channel,
		m.send_date,
		m.first_send_time,
		m.last_send_time,
		m.sent,
		m.delivered,
		m.delivered_people,
		m.first_delivered_time,
		m.last_delivered_time,
		m.delivery_issues,
		m.issue_people,
		coalesce(r.keyword_replies, 0) AS keyword_replies,
		coalesce(r.first_responses, 0) AS first_responses,
		smsengage.rate(m.delivered, m.sent)::numeric(9,6) AS delivery_rate
	FROM (
		SELECT k.account, k.bulk_message, coalesce(k.channel, 'SMS') AS channel, min((f.send_time AT TIME ZONE 'UTC')::date) AS send_date,
			min(f.send_time) AS first_send_time, max(f.send_time) AS last_send_time,
			count(*) FILTER (WHERE f.outcome <> 'not_sent') AS sent,
			count(*) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered,
			count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('delivered', 'operator')) AS delivered_people,
			min(f.delivered_time) AS first_delivered_time, max(f.delivered_time) AS last_delivered_time,
			count(*) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS delivery_issues,
			count(DISTINCT nullif(k.individual_no, 0)) FILTER (WHERE f.outcome IN ('failed', 'expired', 'not_sent')) AS issue_people
		FROM smsengage.message k
		CROSS JOIN LATERAL (
			SELECT smsengage.send_time(k.state, k.first_time) AS send_time, smsengage.message_outcome(k.state) AS outcome,
				CASE WHEN smsengage.message_outcome(k.state) = 'delivered' THEN smsengage.done_at(k.state) END AS delivered_time
		) f
		WHERE NOT smsengage.is_test(k.callback_data)
		GROUP BY 1, 2, 3
	) m
	LEFT JOIN (
		SELECT k.account, k.bulk_message, coalesce(x.channel, 'SMS') AS channel,
			count(*) FILTER (WHERE k.is_keyword_reply) AS keyword_replies, count(*) FILTER (WHERE NOT k.is_keyword_reply) AS first_responses
		FROM reply k
		JOIN smsengage.message x ON x.message_key = k.message_key
		GROUP BY 1, 2, 3
	) r ON r.account = m.account AND r.bulk_message IS NOT DISTINCT FROM m.bulk_message AND r.channel = m.channel;
	PERFORM smsengage.describe('smsengage.outbound_message_report', 'Intercom''s report of each outbound message, for every provider: to how many it was delivered and when, delivery issues, replies. One row per send and channel; its key is (account, bulk_message, channel). The issues themselves: delivery_issue_report; the replies: keyword_reply_report; the recipients: message_summary.', $c$
		account: Account that sent it
		bulk_message: The send; NULL: messages that name none
		channel: Channel; SMS if the reports name none
		send_date: Day on which it was first sent (UTC)
		first_send_time: When it was first sent
		last_send_time: When it was last sent
		sent: Number of messages handed over
		delivered: Of these, confirmed by handset or operator
		delivered_people: Number of different people among these
		first_delivered_time: First delivery to a handset
		last_delivered_time: Last delivery to a handset
		delivery_issues: Number of messages that failed, expired or were not sent
		issue_people: Number of different people among these
		keyword_replies: Number of keyword replies to it
		first_responses: Number of recipients' first other responses to its messages
		delivery_rate: delivered / sent; NULL if none was sent$c$);

	CREATE OR REPLACE VIEW smsengage.customer_engagement_report WITH (security_invoker = true) AS
	SELECT c.account, c.channel, c.bulk_message, c.sent, c.delivered, c.clicks, c.replies, c.unsubscribes,
		c.sent_people, c.delivered_people, c.seen_people, c.clicked_people, c.replied_people, c.unsubscribed_people,
		smsengage.rate(c.delivered_people, c.sent_people)::numeric(9,6) AS delivered_people_rate,
		smsengage.rate(c.clicked_people, c.sent_people)::numeric(9,6) AS click_to_reach,
		smsengage.rate(c.replied_people, c.sent_people)::numeric(9,6) AS reply_to_reach
	FROM (
		SELECT s.account, coalesce(s.channel, 'SMS') AS channel, s.bulk_message,
			count(*) FILTER (WHERE s.stage = 'sent') AS sent,
			count(*) FILTER (WHERE s.stage = 'delivered') AS delivered,
			count(*) FILTER (WHERE s.stage = 'clicked') AS clicks,
			count(*) FILTER (WHERE s.stage = 'replied') AS replies,
			count(*) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribes,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'sent') AS sent_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'delivered') AS delivered_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'seen') AS seen_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'clicked') AS clicked_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'replied') AS replied_people,
			count(DISTINCT nullif(s.individual_no, 0)) FILTER (WHERE s.stage = 'unsubscribed') AS unsubscribed_people
		FROM (
			SELECT m.account, m.channel, m.bulk_message, m.individual_no, t.stage
			FROM smsengage.message m
			CROSS JOIN LATERAL (VALUES
				('sent', smsengage.message_outcome(m.state) <> 'not_sent'),
				('delivered', smsengage.message_outcome(m.state) IN ('delivered', 'operator')),
				('seen', smsengage.seen_at(m.state) IS NOT NULL)) t(stage, reached)
			WHERE t.reached AND NOT smsengage.is_test(m.callback_data)
			UNION ALL
			-- sendings that name no message, as Salesforce's
			SELECT e.account, e.channel, e.bulk_message, e.individual_no, 'sent'
			FROM smsengage.event e
			WHERE e.event_type = 'SENT' AND e.message_id IS NULL
			UNION ALL
			SELECT e.account, coalesce(m.channel, e.channel), coalesce(m.bulk_message, e.bulk_message), coalesce(nullif(e.individual_no, 0), m.individual_no), 'clicked'
			FROM smsengage.event e
			LEFT JOIN smsengage.message m ON m.message_key = e.message_key
			WHERE e.event_type = 'CLICK' AND coalesce(e.part, 0) = 0
			UNION ALL
			SELECT a.account_name, m.channel, a.bulk_message, coalesce(m.individual_no, a.individual_no), t.stage
			FROM smsengage.attributed_answers('-infinity', 'infinity') a
			LEFT JOIN smsengage.message m ON m.message_key = a.message_key
			CROSS JOIN LATERAL (VALUES ('replied', a.event_type = 'REPLY'), ('unsubscribed', a.meaning = 'opt-out')) t(stage, reached)
			WHERE t.reached
		) s
		GROUP BY 1, 2, 3
	) c;
	PERFORM smsengage.describe('smsengage.customer_engagement_report', 'Intercom''s customer engagement report: how many different people each send reached and moved, SMS beside the other channels. One row per account, channel and send, over all time; that is its key. The row with bulk_message NULL has what belongs to no send: answers that could not be attributed within 4 hours, too.', $c$
		account: Account that sent
		channel: Channel as reports and events name it; SMS if they name none
		bulk_message: The send; NULL: what belongs to none
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		clicks: Clicks, machines included
		replies: Replies
		unsubscribes: Opt-outs, replies with a keyword that means it among them
		sent_people: Different people it was sent to
		delivered_people: Different people it was delivered to
		seen_people: Different people who had it displayed, where the channel tells
		clicked_people: Different people who clicked, machines included
		replied_people: Different people who replied
		unsubscribed_people: Different people who opted out
		delivered_people_rate: delivered_people / sent_people; NULL without anyone
		click_to_reach: clicked_people / sent_people; NULL without anyone
		reply_to_reach: replied_people / sent_people; NULL without anyone$c$);

	CREATE OR REPLACE VIEW smsengage.messaging_data_export WITH (security_invoker = true) AS
	SELECT i.individual_id AS user_id,
		m.recipient AS phone,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS content_type,
		m.bulk_message AS content_id,
		m.template AS content_title,
		m.message_id AS receipt_id,
		m.message_key::text AS message_key,
		smsengage.send_time(m.state, m.first_time) AS received_at,
		CASE WHEN smsengage.message_outcome(m.state) = 'delivered' THEN smsengage.done_at(m.state) END AS delivered_at,
		smsengage.status_group(m.state) AS status_group,
		e.first_open,
		e.first_click,
		e.first_reply,
		e.first_unsubscribe,
		CASE WHEN smsengage.message_outcome(m.state) = 'failed' THEN smsengage.done_at(m.state) END AS first_hard_bounce,
		e.clicks
	FROM smsengage.message m
	LEFT JOIN smsengage.individual i ON i.individual_no = m.individual_no
	LEFT JOIN LATERAL (
		SELECT min(k.event_time) FILTER (WHERE k.event_type = 'SEEN') AS first_open,
			min(k.event_time) FILTER (WHERE k.event_type = 'CLICK') AS first_click,
			min(k.event_time) FILTER (WHERE k.event_type = 'REPLY') AS first_reply,
			min(k.event_time) FILTER (WHERE k.event_type = 'UNSUBSCRIBE') AS first_unsubscribe,
			count(*) FILTER (WHERE k.event_type = 'CLICK' AND coalesce(k.part, 0) = 0) AS clicks
		FROM smsengage.event k
		WHERE k.individual_no = m.individual_no AND k.message_key = m.message_key
	) e ON true;
	PERFORM smsengage.describe('smsengage.messaging_data_export', 'Intercom''s messaging data export with SMS: one row a receipt (a message to one recipient), made for COPY (SELECT ... FROM smsengage.messaging_data_export) TO STDOUT (FORMAT csv, HEADER). Its key is message_key. Times of clicks and answers are those of events that name the message.', $c$
		user_id: The person, as the provider names it, or tel: and the number
		phone: The person's number; empty if none
		account: Account that sent it
		provider: Which provider reported it
		content_type: Channel; SMS if the reports name none
		content_id: The send that it belongs to
		content_title: Title or template of it
		receipt_id: The provider's id of the message
		message_key: Key of the message
		received_at: When it was sent to the person
		delivered_at: When it was delivered to the handset
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		first_open: When it was first displayed
		first_click: When a link of it was first clicked
		first_reply: When it was first replied to
		first_unsubscribe: When the person opted out by it
		first_hard_bounce: When its delivery failed
		clicks: Number of clicks, machines included$c$);

	CREATE OR REPLACE VIEW smsengage.status_statistics WITH (security_invoker = true) AS
	SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		m.account AS sms_user,
		m.provider,
		m.template,
		smsengage.status_category(m.state) AS status,
		count(*) AS messages,
		sum(smsengage.billed_parts(m.state, m.parts))::bigint AS entries,
		count(DISTINCT nullif(m.individual_no, 0)) AS people
	FROM smsengage.message m
	GROUP BY 1, 2, 3, 4, 5;
	PERFORM smsengage.describe('smsengage.status_statistics', 'EngageLab''s status statistics, for every provider: how many messages of each day are in each of the five states of sms_status. Not limited to 30 days: filter by send_date. Its key is (send_date, sms_user, provider, template, status).', $c$
		send_date: Day of sending (UTC)
		sms_user: Account that sent them (SMS_USER)
		provider: Which provider reported them
		template: Template of the messages
		status: Sending, Delivered, Wait result, Process failed or Send failed; NULL if no report could be read
		messages: Number of messages
		entries: Parts they were billed as
		people: Number of different people; does not add up over rows$c$);

	CREATE OR REPLACE VIEW smsengage.status_group_summary WITH (security_invoker = true) AS
	SELECT (smsengage.send_time(m.state, m.first_time) AT TIME ZONE 'UTC')::date AS send_date,
		m.account,
		m.provider,
		coalesce(m.channel, 'SMS') AS channel,
		m.bulk_message,
		smsengage.status_group_id(m.state) AS status_group_id,
		smsengage.status_group(m.state) AS status_group,
		count(*) AS messages,
		sum(smsengage.billed_parts(m.state, m.parts))::bigint AS parts,
		smsengage.plain_amount(sum(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts))))::numeric(38,6) AS cost,
		m.price_currency
	FROM smsengage.message m
	GROUP BY 1, 2, 3, 4, 5, 6, 7, m.price_currency;
	PERFORM smsengage.describe('smsengage.status_group_summary', 'Infobip''s summary by status group, for every provider. Its key is (send_date, account, provider, channel, bulk_message, status_group, price_currency).', $c$
		send_date: Day of sending (UTC)
		account: Account that sent them
		provider: Which provider reported them
		channel: Channel; SMS if the reports name none
		bulk_message: Send that they belong to (bulkId)
		status_group_id: Infobip's id of the status group, 0 to 5
		status_group: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED or UNKNOWN
		messages: Number of messages
		parts: Parts they were billed as (messageCount)
		cost: What they cost, in price_currency; NULL without a price
		price_currency: ISO 4217 code$c$);
END
$$;
COMMENT ON FUNCTION smsengage.report_views() IS 'Makes or replaces the views of reports. Used by migrate().';
-- Metrics.  One thing has one name everywhere: sent, delivered, failed,
-- expired, pending, unknown count messages by the day they were sent; clicks,
-- replies, unsubscribes count events by the day they happened; what counts
-- reports by the day they came about ends in _by_event_date.

CREATE FUNCTION smsengage.rate(numerator numeric, denominator numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN denominator OPERATOR(pg_catalog.<>) 0 THEN pg_catalog.round(numerator OPERATOR(pg_catalog./) denominator, 6) END;
END;
COMMENT ON FUNCTION smsengage.rate(numeric, numeric) IS 'numerator / denominator to six places; NULL if the denominator is 0. Used by reports.';

CREATE FUNCTION smsengage.day_start(day date, zone text)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- where the clock is set back over midnight, the day begins the first time
	SELECT min(b.begins)
	FROM (SELECT pg_catalog.timezone(zone, day::timestamp) OPERATOR(pg_catalog.-) (k OPERATOR(pg_catalog.*) '15 minutes'::interval) AS begins
		FROM pg_catalog.generate_series(0, 8) k) b
	WHERE pg_catalog.timezone(zone, b.begins)::date OPERATOR(pg_catalog.>=) day;
END;
COMMENT ON FUNCTION smsengage.day_start(date, text) IS 'The instant at which a day of a time zone begins. Raises 22023 for an unknown zone. Used by reports.';

CREATE FUNCTION smsengage.report_bounds(INOUT since date, INOUT until date, zone text, at timestamptz, OUT day_starts timestamptz[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF zone IS NULL OR at IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'zone and at must not be null';
	END IF;
	until := coalesce(until, (at AT TIME ZONE zone)::date + 1);
	since := coalesce(since, until - 30);
	IF since >= until THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'the period is empty',
			HINT = 'until is the day after the last one.';
	END IF;
	IF until - since > 36600 THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the period is longer than 100 years';
	END IF;
	day_starts := ARRAY(SELECT smsengage.day_start(since + d, zone) FROM generate_series(0, until - since) d);
END
$$;
COMMENT ON FUNCTION smsengage.report_bounds(date, date, text, timestamptz) IS 'The days [since, until) of a zone as instants, one more than days; by default the last 30 up to the day of at. Raises 22023 for an empty period or an unknown zone, 22004 for NULL. Used by reports.';

CREATE FUNCTION smsengage.bounds_level(bounds timestamptz[])
RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN pg_catalog.bool_and(b OPERATOR(pg_catalog.=) smsengage.cell_start(3, b)) THEN 3
		WHEN pg_catalog.bool_and(b OPERATOR(pg_catalog.=) smsengage.cell_start(2, b)) THEN 2
		ELSE 1
	END::smallint
	FROM pg_catalog.unnest(bounds) b;
END;
COMMENT ON FUNCTION smsengage.bounds_level(timestamptz[]) IS 'The coarsest level of tallies with a cell boundary at each of these instants, which must be quarter hours. Used by reports.';

CREATE FUNCTION smsengage.window_cells(since timestamptz, until timestamptz)
RETURNS TABLE (level smallint, first_cell timestamptz, last_cell timestamptz)
AS 'MODULE_PATHNAME', 'sms_window_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION smsengage.window_cells(timestamptz, timestamptz) IS 'The coarsest cells of tallies that make up the period: of each level, from the start of the first up to the end of the last. Raises 22023 where an end is no quarter hour. Used by event_counts().';

-- counting

CREATE FUNCTION smsengage.outcome_counts(bounds timestamptz[], account text, at timestamptz)
RETURNS TABLE (bucket integer, outcome text, account_name text, provider text, channel text, bulk_message text, sender_id text, country text, price_currency text,
	messages numeric, parts numeric, priced numeric, cost numeric)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	exact smallint := smsengage.bounds_level(bounds);
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
	-- open messages sent before this are past every deadline
	late timestamptz := smsengage.cell_start(exact, at - make_interval(hours => (SELECT max(d.deadline_hours) FROM smsengage.delivery_deadline d)));
BEGIN
	RETURN QUERY
	SELECT width_bucket(t.send_cell, bounds), t.outcome, t.account, t.provider, t.channel, nullif(t.bulk_message, ''), nullif(t.sender_id, ''),
		nullif(t.country, ''), nullif(t.price_currency, ''), sum(t.messages), sum(t.parts), sum(t.priced), sum(t.cost)
	FROM (
		SELECT o.* FROM smsengage.outcome_rows(ARRAY[0, exact], since, until) o
		WHERE o.outcome <> 'open'
		UNION ALL
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost, 'unknown', o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_rows(ARRAY[0, exact], since, least(until, late)) o
		WHERE o.outcome = 'open'
		UNION ALL
		SELECT o.send_cell, o.messages, o.parts, o.priced, o.cost,
			CASE WHEN o.send_cell + make_interval(hours => coalesce(d.deadline_hours, other.deadline_hours)) <= at THEN 'unknown' ELSE 'pending' END,
			o.account, o.provider, o.channel, o.bulk_message, o.sender_id, o.country, o.price_currency
		FROM smsengage.outcome_rows('{0,1}', greatest(since, late), until) o
		LEFT JOIN smsengage.delivery_deadline d ON d.provider = o.provider
		LEFT JOIN smsengage.delivery_deadline other ON other.provider = ''
		WHERE o.outcome = 'open'
	) t
	WHERE t.account = outcome_counts.account OR outcome_counts.account IS NULL
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
END
$$;
COMMENT ON FUNCTION smsengage.outcome_counts(timestamptz[], text, timestamptz) IS 'Messages by how they ended, for those sent between two neighbours of bounds (bucket n: from the n-th on). bounds are quarter hours, rising. Open messages are pending until the provider''s deadline (delivery_deadline) has passed at the moment given, and unknown after it. Used by reports.';

CREATE FUNCTION smsengage.delivery_figures(bounds timestamptz[], breakdown text, account text, at timestamptz)
RETURNS TABLE (bucket integer, value text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT f.bucket, f.value, f.attempted, f.not_sent, f.sent, f.delivered, f.delivered_handset, f.delivered_operator, f.failed, f.expired, f.pending, f.unknown,
		f.failed + f.expired, f.delivered + f.pending + f.unknown, f.delivered + f.failed + f.expired, f.parts,
		smsengage.rate(f.delivered, f.sent),
		smsengage.rate(f.delivered, f.sent),
		smsengage.rate(f.delivered + f.pending + f.unknown, f.sent),
		smsengage.rate(f.delivered, f.delivered + f.failed + f.expired),
		smsengage.rate(f.delivered + f.failed + f.expired, f.sent),
		smsengage.rate(f.failed + f.expired, f.sent),
		smsengage.rate(f.sent, f.attempted)
	FROM (
		SELECT c.bucket,
			CASE breakdown WHEN 'bulk_message' THEN c.bulk_message WHEN 'sender_id' THEN c.sender_id WHEN 'country' THEN c.country
				WHEN 'provider' THEN c.provider WHEN 'channel' THEN c.channel WHEN 'account' THEN c.account_name ELSE '' END AS value,
			sum(c.messages)::bigint AS attempted,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'not_sent'), 0)::bigint AS not_sent,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS sent,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0)::bigint AS delivered,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'delivered'), 0)::bigint AS delivered_handset,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'operator'), 0)::bigint AS delivered_operator,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'failed'), 0)::bigint AS failed,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'expired'), 0)::bigint AS expired,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'pending'), 0)::bigint AS pending,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome = 'unknown'), 0)::bigint AS unknown,
			coalesce(sum(c.parts) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS parts
		FROM smsengage.outcome_counts(bounds, account, at) c
		GROUP BY 1, 2
	) f
	WHERE f.attempted <> 0;
END
$$;
COMMENT ON FUNCTION smsengage.delivery_figures(timestamptz[], text, text, timestamptz) IS 'The delivery columns of every report, for each bucket of outcome_counts() and each value of bulk_message, sender_id, country, provider, channel or account (breakdown; empty: all together). They are explained in metric_dictionary. Used by reports.';

CREATE FUNCTION smsengage.cell_sums(bounds timestamptz[], event_types text[], dimension text, account text)
RETURNS TABLE (bucket integer, event_type text, value text, chunk integer, tally smsengage.tally, anonymous bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
-- many cells, few groups
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
BEGIN
	RETURN QUERY
	WITH cells AS (
		-- the coarsest cells of one period; of several, those with a boundary at each
		SELECT w.level, w.first_cell, w.last_cell FROM smsengage.window_cells(since, until) w WHERE cardinality(bounds) = 2
		UNION ALL
		SELECT CASE smsengage.bounds_level(bounds) WHEN 3 THEN 3 ELSE 1 END::smallint, since, until WHERE cardinality(bounds) <> 2
		UNION ALL
		SELECT 0::smallint, since, until
	), run AS MATERIALIZED (
		-- quarter hours are in the rows of their days
		SELECT c.level, CASE c.level WHEN 1 THEN smsengage.cell_start(3, c.first_cell) ELSE c.first_cell END AS first_row, c.last_cell,
			CASE WHEN cardinality(bounds) = 2 THEN ARRAY[c.first_cell, c.last_cell] ELSE bounds END AS cell_bounds
		FROM cells c
	), kept AS MATERIALIZED (
		SELECT s.series_no, s.event_type, s.value, dense_rank() OVER (ORDER BY s.event_type, s.value)::integer AS no
		FROM smsengage.series s
		WHERE s.event_type = ANY (event_types) AND s.dimension = cell_sums.dimension
			AND (s.account = cell_sums.account OR cell_sums.account IS NULL)
	), named AS MATERIALIZED (
		SELECT DISTINCT k.no, k.event_type, k.value FROM kept k
	), sums AS MATERIALIZED (
		SELECT t.bucket, k.no, t.chunk, smsengage.sum(t.tally) AS tally, sum(t.anonymous) FILTER (WHERE t.chunk < 0) AS anonymous
		FROM kept k
		CROSS JOIN run w
		CROSS JOIN LATERAL (
			-- grouping is a fence, too: cells are few, and their index is the way to them
			SELECT width_bucket(coalesce(q.cell_start, r.cell_start), bounds) AS bucket, r.chunk,
				smsengage.sum(coalesce(q.tally, r.tally)) AS tally, sum(coalesce(q.anonymous, r.anonymous)) AS anonymous
			FROM smsengage.engagement_tally r
			LEFT JOIN LATERAL smsengage.quarter_cells(r.chunk, r.cell_start, r.quarters, w.cell_bounds) q ON true
			WHERE r.series_no = k.series_no AND r.level = w.level AND r.cell_start >= w.first_row AND r.cell_start < w.last_cell
				AND (r.quarters IS NULL OR q.cell_start IS NOT NULL)
			GROUP BY 1, 2
		) t
		GROUP BY 1, 2, 3
	)
	SELECT s.bucket, n.event_type, n.value, s.chunk, s.tally, coalesce(s.anonymous, 0)::bigint
	FROM sums s
	JOIN named n ON n.no = s.no;
END
$$;
COMMENT ON FUNCTION smsengage.cell_sums(timestamptz[], text[], text, text) IS 'The tallies between two neighbours of bounds, which are quarter hours, by type, value of a dimension and chunk of people. Used by reports.';

CREATE FUNCTION smsengage.has_tallies(dimension text, since timestamptz)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN dimension = '' OR EXISTS (SELECT FROM smsengage.tally_dimension d WHERE d.dimension = has_tallies.dimension AND d.complete_from <= since);
END
$$;
COMMENT ON FUNCTION smsengage.has_tallies(text, timestamptz) IS 'Whether tallies of a dimension hold all events since a moment. Used by reports.';

CREATE FUNCTION smsengage.event_counts(bounds timestamptz[], event_types text[], dimension text, account text)
RETURNS TABLE (bucket integer, event_type text, value text, events bigint, individuals bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.has_tallies(dimension, bounds[1]) THEN
		RETURN QUERY
		SELECT c.bucket, c.event_type, c.value, sum(c.anonymous + smsengage.total(c.tally))::bigint, sum(smsengage.individuals(c.tally))::bigint
		FROM smsengage.cell_sums(bounds, event_types, dimension, account) c
		GROUP BY 1, 2, 3;
	ELSE
		RETURN QUERY
		SELECT width_bucket(e.event_time, bounds), e.event_type, v.value, count(*), count(DISTINCT e.individual_no) FILTER (WHERE e.individual_no > 0)
		FROM smsengage.event e
		CROSS JOIN LATERAL (SELECT CASE dimension WHEN 'bulk_message' THEN e.bulk_message WHEN 'link_name' THEN e.link_name
			WHEN 'link_url' THEN CASE WHEN e.link_name IS NULL THEN coalesce(e.link_url, '') END END AS value) v
		WHERE e.event_type = ANY (event_types) AND v.value IS NOT NULL
			AND (e.account = event_counts.account OR event_counts.account IS NULL)
			AND e.event_time >= bounds[1] AND e.event_time < bounds[cardinality(bounds)] AND coalesce(e.part, 0) = 0
		GROUP BY 1, 2, 3;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.event_counts(timestamptz[], text[], text, text) IS 'Events and different people by type and by value of a dimension (empty: all events; else bulk_message or link_name, events that have one; link_url: the URL, empty if none, of those without link_name), between two neighbours of bounds, which are quarter hours. From tallies, exact; from events where tallies of the dimension do not reach back. Counts what a segment rule counts: a message once, by its first part. Used by reports.';

-- answers and the messages they answer

CREATE FUNCTION smsengage.asked_messages(since timestamptz, until timestamptz, span interval, account text)
RETURNS TABLE (event_time timestamptz, event_key bigint, message_key uuid, bulk_message text, send_time timestamptz)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
-- each answer finds its messages by the index, however many there are
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
	RETURN QUERY
	WITH asked AS MATERIALIZED (
		SELECT e.event_time, e.event_key, e.account, e.recipient, e.sender_id
		FROM smsengage.event e
		LEFT JOIN smsengage.message n ON n.message_key = e.message_key
		WHERE e.event_time >= since AND e.event_time < until
			AND e.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP')
			AND (e.account = asked_messages.account OR asked_messages.account IS NULL)
			AND e.recipient <> '' AND n.message_key IS NULL
	), candidate AS MATERIALIZED (
		SELECT a.event_time, a.event_key, a.sender_id AS asked_sender, k.message_key, k.bulk_message, k.sender_id, k.state,
			smsengage.send_time(k.state, k.first_time) AS send_time
		FROM asked a
		JOIN smsengage.message k ON k.recipient = a.recipient AND k.account = a.account
	)
	SELECT DISTINCT ON (c.event_time, c.event_key) c.event_time, c.event_key, c.message_key, c.bulk_message, c.send_time
	FROM candidate c
	WHERE c.send_time <= c.event_time AND c.send_time > c.event_time - span
		AND (c.sender_id IS NULL OR c.asked_sender IS NULL OR smsengage.same_sender(c.sender_id, c.asked_sender))
		AND smsengage.message_outcome(c.state) <> 'not_sent'
	ORDER BY c.event_time, c.event_key, c.send_time DESC, c.message_key;
END
$$;
COMMENT ON FUNCTION smsengage.asked_messages(timestamptz, timestamptz, interval, text) IS 'For inbound messages in [since, until) of which the provider names no message we know: the last message that the account sent to this number within span before, from the sender that got the answer where both are known. Used by reports.';

CREATE FUNCTION smsengage.answered_messages(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, meaning text, message_key uuid, is_named boolean, bulk_message text, send_time timestamptz)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	span interval := make_interval(secs => extract(epoch FROM attribution));
BEGIN
	IF attribution IS NULL OR attribution < '0' THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attribution window must not be negative or null';
	END IF;
	RETURN QUERY
	WITH answer AS MATERIALIZED (
		SELECT e.event_time, e.event_key, e.event_type, e.bulk_message AS event_bulk,
			n.message_key, n.bulk_message, smsengage.send_time(n.state, n.first_time) AS send_time
		FROM smsengage.event e
		LEFT JOIN smsengage.message n ON n.message_key = e.message_key
		WHERE e.event_time >= since AND e.event_time < until
			AND e.event_type IN ('REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'HELP')
			AND (e.account = answered_messages.account OR answered_messages.account IS NULL)
	), asked AS MATERIALIZED (
		SELECT m.event_time, m.event_key, m.message_key, m.bulk_message, m.send_time
		FROM smsengage.asked_messages(since, until, span, answered_messages.account) m
	), said AS MATERIALIZED (
		SELECT c.event_time, c.event_key, c.state
		FROM smsengage.consent_entry c
		WHERE c.source = 'keyword' AND c.event_time >= since AND c.event_time < until
	)
	SELECT a.event_time, a.event_key, a.event_type,
		CASE a.event_type WHEN 'UNSUBSCRIBE' THEN 'opt-out' WHEN 'SUBSCRIBE' THEN 'opt-in' WHEN 'HELP' THEN 'help'
			ELSE CASE s.state WHEN 'UNSUBSCRIBED' THEN 'opt-out' WHEN 'SUBSCRIBED' THEN 'opt-in' ELSE 'reply' END END,
		coalesce(a.message_key, m.message_key), a.message_key IS NOT NULL,
		CASE WHEN a.message_key IS NULL AND m.message_key IS NULL THEN a.event_bulk ELSE coalesce(a.bulk_message, m.bulk_message) END,
		coalesce(a.send_time, m.send_time)
	FROM answer a
	LEFT JOIN asked m ON m.event_time = a.event_time AND m.event_key = a.event_key
	LEFT JOIN said s ON s.event_time = a.event_time AND s.event_key = a.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.answered_messages(timestamptz, timestamptz, interval, text) IS 'Inbound messages in [since, until), what each means (opt-out, opt-in, help or reply; a reply whose keyword was one of consent, by consent_entry, is that) and the message it answers, as attributed_answers() says. Used by reports.';

CREATE FUNCTION smsengage.attributed_answers(since timestamptz, until timestamptz, attribution interval DEFAULT '4 hours', account text DEFAULT NULL)
RETURNS TABLE (event_time timestamptz, event_key bigint, event_type text, account_name text, individual_no bigint, recipient text, sender_id text, keyword text, message_text text, status_code text,
	meaning text, message_key uuid, bulk_message text, send_time timestamptz, is_named boolean)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH answered AS MATERIALIZED (
		SELECT m.* FROM smsengage.answered_messages(since, until, attribution, account) m
	)
	SELECT a.event_time, a.event_key, a.event_type, e.account, e.individual_no, e.recipient, e.sender_id, e.keyword, e.message_text, e.status_code,
		a.meaning, a.message_key, a.bulk_message, a.send_time, a.is_named
	FROM answered a
	JOIN smsengage.event e ON e.event_time = a.event_time AND e.event_key = a.event_key;
END
$$;
COMMENT ON FUNCTION smsengage.attributed_answers(timestamptz, timestamptz, interval, text) IS 'Inbound messages (REPLY, SUBSCRIBE, UNSUBSCRIBE, HELP) in [since, until), what each means (opt-out, opt-in, help or reply; a reply with a keyword of consent is that), and the message each answers: the one that the provider names (is_named), else the last one that the account sent to this number, from the sender that got the answer where both are known, no longer before than the window. Without one, message_key is NULL: such answers are counted apart and never spread.';

CREATE FUNCTION smsengage.keyword_consents(bounds timestamptz[], account text)
RETURNS TABLE (bucket integer, subscribes bigint, unsubscribes bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT width_bucket(c.event_time, bounds), count(*) FILTER (WHERE c.state = 'SUBSCRIBED'), count(*) FILTER (WHERE c.state = 'UNSUBSCRIBED')
	FROM smsengage.consent_entry c
	WHERE c.source = 'keyword' AND c.event_time >= bounds[1] AND c.event_time < bounds[cardinality(bounds)]
		AND (c.account = keyword_consents.account OR keyword_consents.account IS NULL)
	GROUP BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.keyword_consents(timestamptz[], text) IS 'Replies that opted in or out by their keyword, between two neighbours of bounds: events of type REPLY, so none is among those of type SUBSCRIBE and UNSUBSCRIBE. Used by reports.';

-- reports

CREATE FUNCTION smsengage.daily_report(zone text DEFAULT 'UTC', since date DEFAULT NULL, until date DEFAULT NULL, account text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (day date, day_start timestamptz, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric,
	clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, helps bigint, list_growth bigint)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	WITH events AS MATERIALIZED (
		SELECT c.bucket, c.event_type, c.events, c.individuals
		FROM smsengage.event_counts(days.day_starts, '{CLICK,REPLY,SUBSCRIBE,UNSUBSCRIBE,HELP}', '', account) c
	), machine AS MATERIALIZED (
		SELECT c.bucket, c.clicks, c.clickers
		FROM smsengage.machine_clicks(days.day_starts, '', account) c
		WHERE human
	)
	SELECT days.since + d.n, days.day_starts[d.n + 1],
		coalesce(f.attempted, 0), coalesce(f.not_sent, 0), coalesce(f.sent, 0), coalesce(f.delivered, 0), coalesce(f.delivered_handset, 0), coalesce(f.delivered_operator, 0),
		coalesce(f.failed, 0), coalesce(f.expired, 0), coalesce(f.pending, 0), coalesce(f.unknown, 0), coalesce(f.not_delivered, 0), coalesce(f.possibly_delivered, 0),
		coalesce(f.settled, 0), coalesce(f.parts, 0),
		f.delivery_rate, f.delivery_rate_low, f.delivery_rate_high, f.delivery_rate_settled, f.settled_share, f.failure_rate, f.handover_rate,
		e.clicks, e.clickers,
		CASE WHEN human THEN e.clicks - coalesce(m.clicks, 0) END,
		CASE WHEN human THEN e.clickers - coalesce(m.clickers, 0) END,
		e.replies, e.subscribes + coalesce(k.subscribes, 0), e.unsubscribes + coalesce(k.unsubscribes, 0), e.helps,
		e.subscribes + coalesce(k.subscribes, 0) - e.unsubscribes - coalesce(k.unsubscribes, 0)
	FROM generate_series(0, days.until - days.since - 1) d(n)
	LEFT JOIN smsengage.delivery_figures(days.day_starts, '', account, at) f ON f.bucket = d.n + 1
	LEFT JOIN machine m ON m.bucket = d.n + 1
	LEFT JOIN smsengage.keyword_consents(days.day_starts, account) k ON k.bucket = d.n + 1
	CROSS JOIN LATERAL (
		SELECT coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'REPLY'), 0)::bigint AS replies,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SUBSCRIBE'), 0)::bigint AS subscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'UNSUBSCRIBE'), 0)::bigint AS unsubscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'HELP'), 0)::bigint AS helps
		FROM events c WHERE c.bucket = d.n + 1
	) e
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.daily_report(text, date, date, text, timestamptz, boolean) IS 'One row for each day [since, until) of a zone, by default the last 30 days: messages by the day they were sent, clicks and answers by the day they happened. human => false leaves out the columns of human clicks and does not read events at all. Columns: metric_dictionary. Raises 22023 for an unknown zone or an empty period.';

CREATE FUNCTION smsengage.daily_event_report(zone text DEFAULT 'UTC', since date DEFAULT NULL, until date DEFAULT NULL, account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (day date, day_start timestamptz, sent_by_event_date bigint, not_sent_by_event_date bigint, delivered_by_event_date bigint, undelivered_by_event_date bigint,
	expired_by_event_date bigint, seen_by_event_date bigint, clicks bigint, unique_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, confirmations bigint, helps bigint,
	click_rate_by_event_date numeric, reply_rate_by_event_date numeric, unsubscribe_rate_by_event_date numeric, help_rate_by_event_date numeric)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT days.since + x.n, days.day_starts[x.n + 1], x.sent, x.not_sent, x.delivered, x.undelivered, x.expired, x.seen, x.clicks, x.clickers,
		x.replies, x.subscribes, x.unsubscribes, x.confirmations, x.helps,
		smsengage.rate(x.clicks, x.delivered), smsengage.rate(x.replies, x.delivered), smsengage.rate(x.unsubscribes, x.delivered), smsengage.rate(x.helps, x.delivered)
	FROM (
		SELECT d.n,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0)::bigint AS sent,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'NOT_SENT'), 0)::bigint AS not_sent,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'DELIVERED'), 0)::bigint AS delivered,
			coalesce(sum(c.events) FILTER (WHERE c.event_type IN ('UNDELIVERED', 'REJECTED')), 0)::bigint AS undelivered,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'EXPIRED'), 0)::bigint AS expired,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SEEN'), 0)::bigint AS seen,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'REPLY'), 0)::bigint AS replies,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SUBSCRIBE'), 0)::bigint + coalesce(max(k.subscribes), 0) AS subscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'UNSUBSCRIBE'), 0)::bigint + coalesce(max(k.unsubscribes), 0) AS unsubscribes,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CONFIRMATION'), 0)::bigint AS confirmations,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'HELP'), 0)::bigint AS helps
		FROM generate_series(0, days.until - days.since - 1) d(n)
		LEFT JOIN smsengage.event_counts(days.day_starts,
			'{SENT,NOT_SENT,DELIVERED,UNDELIVERED,REJECTED,EXPIRED,SEEN,CLICK,REPLY,SUBSCRIBE,UNSUBSCRIBE,CONFIRMATION,HELP}', '', account) c ON c.bucket = d.n + 1
		LEFT JOIN smsengage.keyword_consents(days.day_starts, account) k ON k.bucket = d.n + 1
		GROUP BY d.n
	) x
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.daily_event_report(text, date, date, text, timestamptz) IS 'One row for each day [since, until) of a zone: events by the day they happened, delivery reports included, whenever their messages were sent, and the rates over delivery reports of that day; rates by the day of sending: response_report(). Also tells of events that name no message, as Salesforce''s. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.engagement_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (day date, bulk_message text, event_type text, events bigint, individuals bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	types text[] := ARRAY(SELECT t.event_type FROM smsengage.event_types() t);
BEGIN
	RETURN QUERY
	SELECT days.since + c.bucket - 1, CASE WHEN c.dimension <> '' THEN c.value END, c.event_type, c.events, c.individuals
	FROM (
		SELECT '' AS dimension, x.* FROM smsengage.event_counts(days.day_starts, types, '', account) x
		UNION ALL
		SELECT 'bulk_message', x.* FROM smsengage.event_counts(days.day_starts, types, 'bulk_message', account) x
	) c
	ORDER BY 1, 3, 2 NULLS FIRST;
END
$$;
COMMENT ON FUNCTION smsengage.engagement_report(date, date, text, text, timestamptz) IS 'Salesforce''s engagement by type, send and day: events and different people for each day [since, until) of a zone, event type and bulk message; bulk_message NULL is all of the type and day together, with and without one.';

CREATE FUNCTION smsengage.campaign_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL,
	attribution interval DEFAULT '4 hours', at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (bulk_message text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric,
	clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint, replies bigint, subscribes bigint, unsubscribes bigint, helps bigint, sent_by_event_date bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH figures AS MATERIALIZED (
		SELECT * FROM smsengage.delivery_figures(bounds, 'bulk_message', account, at)
	), named AS MATERIALIZED (
		SELECT c.value AS bulk,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clicks,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0)::bigint AS sent
		FROM smsengage.event_counts(bounds, '{CLICK,SENT}', 'bulk_message', account) c
		GROUP BY 1
	), unnamed AS MATERIALIZED (
		-- what names no bulk message is what is left
		SELECT (coalesce(sum(c.events) FILTER (WHERE c.event_type = 'CLICK'), 0) - (SELECT coalesce(sum(n.clicks), 0) FROM named n))::bigint AS clicks,
			(coalesce(sum(c.events) FILTER (WHERE c.event_type = 'SENT'), 0) - (SELECT coalesce(sum(n.sent), 0) FROM named n))::bigint AS sent
		FROM smsengage.event_counts(bounds, '{CLICK,SENT}', '', account) c
	), events AS MATERIALIZED (
		SELECT n.bulk, n.clicks, n.clickers, n.sent FROM named n
		UNION ALL
		SELECT NULL, u.clicks, NULL, u.sent FROM unnamed u
	), answers AS MATERIALIZED (
		SELECT a.bulk_message AS bulk,
			count(*) FILTER (WHERE a.event_type = 'REPLY') AS replies,
			count(*) FILTER (WHERE a.meaning = 'opt-in') AS subscribes,
			count(*) FILTER (WHERE a.meaning = 'opt-out') AS unsubscribes,
			count(*) FILTER (WHERE a.event_type = 'HELP') AS helps
		FROM smsengage.answered_messages(bounds[1], bounds[2], attribution, account) a
		GROUP BY 1
	), machine AS MATERIALIZED (
		SELECT c.value AS bulk, c.clicks, c.clickers
		FROM smsengage.machine_clicks(bounds, 'bulk_message', account) c
		WHERE human
	), bulks AS (
		SELECT f.value AS bulk FROM figures f UNION SELECT e.bulk FROM events e WHERE e.clicks <> 0 OR e.sent <> 0 UNION SELECT a.bulk FROM answers a
	)
	SELECT b.bulk,
		coalesce(f.attempted, 0), coalesce(f.not_sent, 0), coalesce(f.sent, 0), coalesce(f.delivered, 0), coalesce(f.delivered_handset, 0), coalesce(f.delivered_operator, 0),
		coalesce(f.failed, 0), coalesce(f.expired, 0), coalesce(f.pending, 0), coalesce(f.unknown, 0), coalesce(f.not_delivered, 0), coalesce(f.possibly_delivered, 0),
		coalesce(f.settled, 0), coalesce(f.parts, 0),
		f.delivery_rate, f.delivery_rate_low, f.delivery_rate_high, f.delivery_rate_settled, f.settled_share, f.failure_rate, f.handover_rate,
		coalesce(e.clicks, 0), CASE WHEN b.bulk IS NOT NULL THEN coalesce(e.clickers, 0) END,
		CASE WHEN human THEN coalesce(e.clicks, 0) - coalesce(m.clicks, 0) END,
		CASE WHEN human AND b.bulk IS NOT NULL THEN coalesce(e.clickers, 0) - coalesce(m.clickers, 0) END,
		coalesce(a.replies, 0), coalesce(a.subscribes, 0), coalesce(a.unsubscribes, 0), coalesce(a.helps, 0), coalesce(e.sent, 0)
	FROM bulks b
	LEFT JOIN figures f ON coalesce(f.value, '') = coalesce(b.bulk, '')
	LEFT JOIN events e ON coalesce(e.bulk, '') = coalesce(b.bulk, '')
	LEFT JOIN answers a ON coalesce(a.bulk, '') = coalesce(b.bulk, '')
	LEFT JOIN machine m ON coalesce(m.bulk, '') = coalesce(b.bulk, '')
	ORDER BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.campaign_report(date, date, text, text, interval, timestamptz, boolean) IS 'One row for each bulk message with something in the days [since, until) of a zone, by default the last 30: messages by the day they were sent, clicks and answers by the day they happened. Answers belong to the message that the provider names, else to the last one sent to the number within the window attribution. The row with bulk_message NULL has what belongs to none: messages and clicks without one, answers that could not be attributed. human => false leaves out the columns of human clicks. Columns: metric_dictionary. Raises 22023 for an unknown zone, an empty period or a negative window.';

CREATE FUNCTION smsengage.breakdown_report(breakdown text, since date, until date, zone text, account text, at timestamptz)
RETURNS TABLE (value text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT f.value, f.attempted, f.not_sent, f.sent, f.delivered, f.delivered_handset, f.delivered_operator, f.failed, f.expired, f.pending, f.unknown,
		f.not_delivered, f.possibly_delivered, f.settled, f.parts,
		f.delivery_rate, f.delivery_rate_low, f.delivery_rate_high, f.delivery_rate_settled, f.settled_share, f.failure_rate, f.handover_rate
	FROM smsengage.delivery_figures(ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]], breakdown, account, at) f
	ORDER BY f.sent DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.breakdown_report(text, date, date, text, text, timestamptz) IS 'The delivery columns of one period for each value of a breakdown of delivery_figures(), most messages first. Used by reports.';

CREATE FUNCTION smsengage.sender_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (sender_id text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage.breakdown_report('sender_id', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.sender_report(date, date, text, text, timestamptz) IS 'One row for each sender (our number, short code or name; NULL if the reports name none): messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.country_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (country text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage.breakdown_report('country', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.country_report(date, date, text, text, timestamptz) IS 'One row for each country of the recipients (ISO 3166-1 alpha-2 by the number; NULL if it does not tell): messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.provider_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (provider text, attempted bigint, not_sent bigint, sent bigint, delivered bigint, delivered_handset bigint, delivered_operator bigint,
	failed bigint, expired bigint, pending bigint, unknown bigint, not_delivered bigint, possibly_delivered bigint, settled bigint, parts bigint,
	delivery_rate numeric, delivery_rate_low numeric, delivery_rate_high numeric, delivery_rate_settled numeric, settled_share numeric, failure_rate numeric, handover_rate numeric)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM smsengage.breakdown_report('provider', since, until, zone, account, at);
$$;
COMMENT ON FUNCTION smsengage.provider_report(date, date, text, text, timestamptz) IS 'One row for each provider: messages sent in the days [since, until) of a zone, by default the last 30. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.link_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (link_name text, link_url text, clicks bigint, unique_clickers bigint, human_clicks bigint, human_clickers bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH named AS MATERIALIZED (
		SELECT c.value, c.events, c.individuals FROM smsengage.event_counts(bounds, '{CLICK}', 'link_name', account) c
	), missing AS (
		-- events are read for what has no name, if there is any
		SELECT WHERE (SELECT sum(c.events) FROM smsengage.event_counts(bounds, '{CLICK}', '', account) c) <> (SELECT coalesce(sum(n.events), 0) FROM named n)
	), unnamed AS (
		SELECT c.value, c.events, c.individuals FROM missing CROSS JOIN LATERAL smsengage.event_counts(bounds, '{CLICK}', 'link_url', account) c
	), machine AS MATERIALIZED (
		SELECT 'link_name' AS dimension, x.value, x.clicks, x.clickers FROM smsengage.machine_clicks(bounds, 'link_name', account) x WHERE human
		UNION ALL
		SELECT 'link_url', x.value, x.clicks, x.clickers FROM missing CROSS JOIN LATERAL smsengage.machine_clicks(bounds, 'link_url', account) x WHERE human
	)
	SELECT CASE l.dimension WHEN 'link_name' THEN l.value END, CASE l.dimension WHEN 'link_url' THEN nullif(l.value, '') END, l.events, l.individuals,
		CASE WHEN human THEN l.events - coalesce(m.clicks, 0) END,
		CASE WHEN human THEN l.individuals - coalesce(m.clickers, 0) END
	FROM (SELECT 'link_name' AS dimension, n.* FROM named n UNION ALL SELECT 'link_url', u.* FROM unnamed u) l
	LEFT JOIN machine m ON m.dimension = l.dimension AND m.value = l.value
	ORDER BY l.dimension, l.events DESC, l.value;
END
$$;
COMMENT ON FUNCTION smsengage.link_report(date, date, text, text, timestamptz, boolean) IS 'One row for each link that was clicked in the days [since, until) of a zone, by default the last 30: links with a name, then, by link_url, those that the provider gives no name (Infobip); both NULL: clicks that name neither. Unique clickers of links do not add up to those of a campaign: who clicks two links counts at both. human => false leaves out the columns of human clicks.';

CREATE FUNCTION smsengage.click_hours(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (link_name text, hour_of_day integer, clicks bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	RETURN QUERY
	SELECT s.value, extract(hour FROM coalesce(q.cell_start, t.cell_start) AT TIME ZONE zone)::integer,
		(sum(coalesce(q.anonymous, t.anonymous)) + sum(smsengage.total(coalesce(q.tally, t.tally))))::bigint
	FROM smsengage.series s
	JOIN smsengage.engagement_tally t ON t.series_no = s.series_no
	LEFT JOIN LATERAL smsengage.quarter_cells(t.chunk, t.cell_start, t.quarters, '{}') q ON true
	WHERE s.event_type = 'CLICK' AND s.dimension = 'link_name' AND (s.account = click_hours.account OR click_hours.account IS NULL)
		AND t.level IN (0, 1) AND t.cell_start >= smsengage.cell_start(3, days.day_starts[1])
		AND coalesce(q.cell_start, t.cell_start) >= days.day_starts[1] AND coalesce(q.cell_start, t.cell_start) < days.day_starts[cardinality(days.day_starts)]
	GROUP BY 1, 2
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.click_hours(date, date, text, text, timestamptz) IS 'Clicks of each link by hour of the day in a zone, over the days [since, until), by default the last 30; from tallies.';

-- how far people get

CREATE FUNCTION smsengage.funnel_add(state bytea, event_type text, event_time timestamptz, steps text[], within interval)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_funnel_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage.funnel_add(bytea, text, timestamptz, text[], interval) IS 'Adds an event to the state of a funnel. Used by funnel().';
CREATE FUNCTION smsengage.funnel_combine(bytea, bytea)
RETURNS bytea
AS 'MODULE_PATHNAME', 'sms_funnel_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION smsengage.funnel_combine(bytea, bytea) IS 'Joins two states of a funnel. Used by funnel().';
CREATE FUNCTION smsengage.funnel_final(state bytea)
RETURNS integer
AS 'MODULE_PATHNAME', 'sms_funnel_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage.funnel_final(bytea) IS 'How many steps were taken. Used by funnel().';

CREATE AGGREGATE smsengage.funnel(event_type text, event_time timestamptz, steps text[], within interval) (
	SFUNC = smsengage.funnel_add,
	STYPE = bytea,
	SSPACE = 256,
	FINALFUNC = smsengage.funnel_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = smsengage.funnel_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE smsengage.funnel(text, timestamptz, text[], interval) IS 'How far the events of a group (a person, a message) got through the steps, 0 to the number of steps: each step no earlier than the one before, and all within the given time from the first (NULL: no limit). Events may come in any order. Those of one instant count in the order of the steps; an event is one step, even where a type is named twice. SELECT reached, count(*) FROM (SELECT funnel(event_type, event_time, ''{SENT,DELIVERED,CLICK,REPLY}'', ''7 days'') AS reached FROM smsengage.event GROUP BY individual_no) f GROUP BY reached. Raises 22023 for no or more than 32 steps, a negative limit or one with months, 22004 for a null step.';
-- What became of messages, by the day they were sent: clicks and answers
-- whenever they came, cost, time to deliver, what was stopped and why it failed.

CREATE FUNCTION smsengage.message_responses(since timestamptz, until timestamptz, attribution interval, account text)
RETURNS TABLE (message_key uuid, clicks bigint, human_clicks bigint, first_human_click timestamptz, named_answers bigint, answers bigint,
	keyword_answers bigint, opt_out_answers bigint, opt_in_answers bigint, help_answers bigint, first_answer timestamptz)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT x.message_key, sum(x.clicks)::bigint, sum(x.human)::bigint, min(x.first_click), sum(x.named)::bigint, sum(x.answers)::bigint,
		sum(x.keywords)::bigint, sum(x.opt_outs)::bigint, sum(x.opt_ins)::bigint, sum(x.helps)::bigint, min(x.first_answer)
	FROM (
		SELECT c.message_key, count(*) AS clicks, count(*) FILTER (WHERE NOT c.machine) AS human, min(c.event_time) FILTER (WHERE NOT c.machine) AS first_click,
			0 AS named, 0 AS answers, 0 AS keywords, 0 AS opt_outs, 0 AS opt_ins, 0 AS helps, NULL::timestamptz AS first_answer
		FROM smsengage.labelled_clicks(since, until) c
		WHERE c.message_key IS NOT NULL AND (c.account = message_responses.account OR message_responses.account IS NULL)
		GROUP BY 1
		UNION ALL
		SELECT a.message_key, 0, 0, NULL, count(*) FILTER (WHERE a.is_named), count(*),
			count(*) FILTER (WHERE a.meaning IN ('opt-in', 'help') OR a.meaning = 'reply'
				AND (a.keyword <> '' OR a.status_code = 'keyword_reply' OR smsengage.keyword_action(a.message_text, a.sender_id, a.event_time, a.account_name) IS NOT NULL)),
			count(*) FILTER (WHERE a.meaning = 'opt-out'), count(*) FILTER (WHERE a.meaning = 'opt-in'), count(*) FILTER (WHERE a.meaning = 'help'),
			min(a.event_time)
		FROM smsengage.attributed_answers(since, until, attribution, message_responses.account) a
		WHERE a.message_key IS NOT NULL
		GROUP BY 1
	) x
	GROUP BY 1;
END
$$;
COMMENT ON FUNCTION smsengage.message_responses(timestamptz, timestamptz, interval, text) IS 'Clicks and answers in [since, until) by the message they belong to: clicks that name one, answers as attributed_answers() says. Used by reports.';

CREATE FUNCTION smsengage.response_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, breakdown text DEFAULT 'bulk_message',
	attribution interval DEFAULT '4 hours', at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (value text, sent bigint, delivered bigint, settled bigint, implied_delivered bigint, reached bigint, contradicted bigint, people_sent bigint, people_reached bigint,
	clicks_by_send_date bigint, human_clicks_by_send_date bigint, messages_clicked bigint, people_clicked bigint,
	answers bigint, keyword_answers bigint, opt_out_answers bigint, other_answers bigint, matched_answers bigint,
	messages_answered bigint, messages_opted_out bigint, messages_opted_in bigint, messages_helped bigint,
	settled_share numeric, total_click_rate numeric, unique_click_rate numeric, people_click_rate numeric, click_to_reach numeric,
	reply_rate numeric, keyword_match_rate numeric, opt_out_rate numeric, opt_in_rate numeric, help_rate numeric,
	p50_seconds_to_click numeric, p90_seconds_to_click numeric, p50_seconds_to_answer numeric, p90_seconds_to_answer numeric)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	first timestamptz := days.day_starts[1];
	last timestamptz := days.day_starts[cardinality(days.day_starts)];
BEGIN
	IF breakdown IS NULL OR breakdown NOT IN ('', 'day', 'account', 'provider', 'channel', 'bulk_message', 'sender_id', 'country') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown breakdown',
			HINT = 'It is day, account, provider, channel, bulk_message, sender_id, country or empty.';
	END IF;
	IF attribution IS NULL OR attribution < '0' THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attribution window must not be negative or null';
	END IF;
	RETURN QUERY
	WITH sent AS MATERIALIZED (
		SELECT m.message_key, CASE breakdown WHEN 'day' THEN to_char(smsengage.send_time(m.state, m.first_time) AT TIME ZONE zone, 'YYYY-MM-DD')
				WHEN 'account' THEN m.account WHEN 'provider' THEN m.provider
				WHEN 'channel' THEN coalesce(m.channel, 'SMS') WHEN 'bulk_message' THEN m.bulk_message WHEN 'sender_id' THEN m.sender_id
				WHEN 'country' THEN smsengage.country_of(m.recipient) ELSE '' END AS value,
			nullif(m.individual_no, 0) AS person, smsengage.message_outcome(m.state) AS outcome,
			coalesce(smsengage.arrived_at(m.state), m.first_time) AS arrived
		FROM smsengage.message m
		-- once for each message, and where it is
		WHERE width_bucket(smsengage.send_time(m.state, m.first_time), ARRAY[first, last]) = 1
			AND (m.account = response_report.account OR response_report.account IS NULL)
			AND NOT smsengage.is_test(m.callback_data)
	), response AS MATERIALIZED (
		SELECT p.* FROM smsengage.message_responses(first, at, attribution, response_report.account) p
	), message AS MATERIALIZED (
		SELECT s.value, s.person, s.outcome, s.outcome IN ('delivered', 'operator') AS delivered, s.arrived,
			s.outcome IN ('delivered', 'operator') OR s.outcome = 'open' AND coalesce(r.human_clicks + r.named_answers, 0) > 0 AS reached,
			r.*
		FROM sent s
		LEFT JOIN response r ON r.message_key = s.message_key
	), figure AS (
		SELECT m.value,
			count(*) FILTER (WHERE m.outcome <> 'not_sent') AS sent,
			count(*) FILTER (WHERE m.delivered) AS delivered,
			count(*) FILTER (WHERE m.outcome NOT IN ('not_sent', 'open')) AS settled,
			count(*) FILTER (WHERE m.reached AND NOT m.delivered) AS implied,
			count(*) FILTER (WHERE m.reached) AS reached,
			count(*) FILTER (WHERE m.outcome IN ('failed', 'expired', 'not_sent') AND m.human_clicks + m.named_answers > 0) AS contradicted,
			count(DISTINCT m.person) FILTER (WHERE m.outcome <> 'not_sent') AS people_sent,
			count(DISTINCT m.person) FILTER (WHERE m.reached) AS people_reached,
			coalesce(sum(m.clicks), 0)::bigint AS clicks,
			coalesce(sum(m.human_clicks) FILTER (WHERE m.reached), 0)::bigint AS human_clicks,
			count(*) FILTER (WHERE m.reached AND m.human_clicks > 0) AS clicked,
			count(DISTINCT m.person) FILTER (WHERE m.reached AND m.human_clicks > 0) AS people_clicked,
			coalesce(sum(m.answers), 0)::bigint AS answers,
			coalesce(sum(m.keyword_answers), 0)::bigint AS keyword_answers,
			coalesce(sum(m.opt_out_answers), 0)::bigint AS opt_out_answers,
			count(*) FILTER (WHERE m.reached AND m.answers > 0) AS answered,
			count(*) FILTER (WHERE m.reached AND m.opt_out_answers > 0) AS opted_out,
			count(*) FILTER (WHERE m.outcome <> 'not_sent' AND m.opt_in_answers > 0) AS opted_in,
			count(*) FILTER (WHERE m.reached AND m.help_answers > 0) AS helped,
			percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM m.first_human_click - m.arrived)::double precision)
				FILTER (WHERE m.reached AND m.first_human_click >= m.arrived) AS to_click,
			percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM m.first_answer - m.arrived)::double precision)
				FILTER (WHERE m.reached AND m.first_answer >= m.arrived) AS to_answer
		FROM message m
		GROUP BY 1
	)
	SELECT f.value, f.sent, f.delivered, f.settled, f.implied, f.reached, f.contradicted, f.people_sent, f.people_reached,
		f.clicks, f.human_clicks, f.clicked, f.people_clicked,
		f.answers, f.keyword_answers, f.opt_out_answers, f.answers - f.keyword_answers - f.opt_out_answers, f.keyword_answers + f.opt_out_answers,
		f.answered, f.opted_out, f.opted_in, f.helped,
		smsengage.rate(f.settled, f.sent), smsengage.rate(f.human_clicks, f.reached), smsengage.rate(f.clicked, f.reached),
		smsengage.rate(f.people_clicked, f.people_reached), smsengage.rate(f.people_clicked, f.people_sent),
		smsengage.rate(f.answered, f.reached), smsengage.rate(f.keyword_answers + f.opt_out_answers, f.answers),
		smsengage.rate(f.opted_out, f.reached), smsengage.rate(f.opted_in, f.sent), smsengage.rate(f.helped, f.reached),
		round(f.to_click[1]::numeric, 3), round(f.to_click[2]::numeric, 3), round(f.to_answer[1]::numeric, 3), round(f.to_answer[2]::numeric, 3)
	FROM figure f
	ORDER BY f.sent DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.response_report(date, date, text, text, text, interval, timestamptz) IS 'What people did with the messages sent in the days [since, until) of a zone, by default the last 30, whenever they did it up to the moment at: clicks that name the message, answers to it. A click by a person, or an answer for which the provider names the message, says that an open message arrived (implied_delivered); to a failed one it is a contradiction, counted apart. One row for each value of a breakdown: bulk_message, day, account, provider, channel, sender_id, country; empty: one row. Reads messages, clicks and answers. Columns: metric_dictionary. Raises 22023 for another breakdown, an unknown zone, an empty period or a negative window.';

CREATE FUNCTION smsengage.forbidden_sends(since timestamptz, until timestamptz, account text DEFAULT NULL)
RETURNS TABLE (message_key uuid, reason text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found record;
BEGIN
	-- gathered first, as what the functions below look up is not on every node of a cluster
	SELECT array_agg(m.message_key) AS keys, array_agg(m.recipient) AS recipients, array_agg(m.account) AS accounts, array_agg(m.sender_id) AS senders,
		array_agg(m.send_time) AS times, array_agg(m.opted_out) AS opted_out
	INTO found
	FROM (
		SELECT DISTINCT k.message_key, k.recipient, k.account, k.sender_id, smsengage.send_time(k.state, k.first_time) AS send_time, c.opted_out
		FROM (
			SELECT e.recipient, e.event_time AS begins, timestamptz 'infinity' AS ends, true AS opted_out FROM smsengage.consent_entry e WHERE e.state = 'UNSUBSCRIBED'
			UNION ALL
			SELECT b.recipient, b.blocked_at, 'infinity', false FROM smsengage.block b WHERE b.scope <> 'none'
		) c
		JOIN smsengage.message k ON k.recipient = c.recipient
		WHERE smsengage.send_time(k.state, k.first_time) > c.begins
			AND smsengage.send_time(k.state, k.first_time) >= since AND smsengage.send_time(k.state, k.first_time) < until
			AND smsengage.message_outcome(k.state) <> 'not_sent'
			AND (k.account = forbidden_sends.account OR forbidden_sends.account IS NULL)
	) m;
	RETURN QUERY
	SELECT m.key, CASE WHEN bool_or(m.opted_out) THEN 'opted out' ELSE 'blocked' END
	FROM unnest(found.keys, found.recipients, found.accounts, found.senders, found.times, found.opted_out) m(key, recipient, account, sender_id, send_time, opted_out)
	WHERE CASE WHEN m.opted_out THEN (smsengage.subscription_state(m.recipient, m.account, m.sender_id, m.send_time)).state = 'UNSUBSCRIBED'
		ELSE smsengage.is_blocked(m.recipient, m.account, m.send_time) END
	GROUP BY m.key;
END
$$;
COMMENT ON FUNCTION smsengage.forbidden_sends(timestamptz, timestamptz, text) IS 'Messages that were handed over in [since, until) although the person had opted out (subscription_state()) or the number was blocked (is_blocked()) at that moment. The one confirmation that an opt-out is answered with is among them, unless it went from another sender.';

CREATE FUNCTION smsengage.cost_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(), human boolean DEFAULT true)
RETURNS TABLE (price_currency text, provider text, price_basis text, sent bigint, delivered bigint, delivered_priced bigint, priced bigint, parts bigint, cost numeric, cost_delivered numeric, wasted_cost numeric,
	forbidden_cost numeric, human_clicks_by_send_date bigint, messages_clicked bigint,
	priced_share numeric, cost_per_delivered numeric, cost_per_message numeric, cost_per_human_click numeric, cost_per_message_clicked numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH response AS MATERIALIZED (
		SELECT p.message_key, p.human_clicks
		FROM smsengage.message_responses(bounds[1], at, '4 hours', account) p
		WHERE human AND p.human_clicks > 0
	), clicked AS MATERIALIZED (
		SELECT m.price_currency AS currency, m.provider, sum(r.human_clicks)::bigint AS human_clicks, count(*) AS messages
		FROM response r
		JOIN smsengage.message m ON m.message_key = r.message_key
		WHERE smsengage.send_time(m.state, m.first_time) >= bounds[1] AND smsengage.send_time(m.state, m.first_time) < bounds[2]
			AND smsengage.message_outcome(m.state) IN ('delivered', 'operator', 'open') AND NOT smsengage.is_test(m.callback_data)
		GROUP BY 1, 2
	), against AS MATERIALIZED (
		SELECT s.message_key FROM smsengage.forbidden_sends(bounds[1], bounds[2], account) s WHERE human
	), forbidden AS MATERIALIZED (
		SELECT m.price_currency AS currency, m.provider, sum(smsengage.message_cost(m.provider, m.price, smsengage.billed_parts(m.state, m.parts))) AS cost
		FROM against f
		JOIN smsengage.message m ON m.message_key = f.message_key
		WHERE smsengage.message_outcome(m.state) NOT IN ('failed', 'expired') AND NOT smsengage.is_test(m.callback_data)
		GROUP BY 1, 2
	)
	SELECT f.currency, f.provider, CASE f.provider WHEN 'infobip' THEN 'part' ELSE 'message' END, f.sent, f.delivered, f.delivered_priced, f.priced, f.parts, f.cost, f.cost_delivered, f.wasted,
		CASE WHEN human THEN coalesce(b.cost, 0) END, CASE WHEN human THEN coalesce(c.human_clicks, 0) END, CASE WHEN human THEN coalesce(c.messages, 0) END,
		smsengage.rate(f.priced, f.sent), smsengage.rate(f.cost, f.delivered_priced), smsengage.rate(f.cost, f.priced),
		smsengage.rate(f.cost, c.human_clicks), smsengage.rate(f.cost, c.messages)
	FROM (
		SELECT c.price_currency AS currency, c.provider,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS sent,
			coalesce(sum(c.messages) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0)::bigint AS delivered,
			coalesce(sum(c.priced) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0)::bigint AS delivered_priced,
			coalesce(sum(c.priced) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS priced,
			coalesce(sum(c.parts) FILTER (WHERE c.outcome <> 'not_sent'), 0)::bigint AS parts,
			coalesce(sum(c.cost) FILTER (WHERE c.outcome <> 'not_sent'), 0) AS cost,
			coalesce(sum(c.cost) FILTER (WHERE c.outcome IN ('delivered', 'operator')), 0) AS cost_delivered,
			coalesce(sum(c.cost) FILTER (WHERE c.outcome IN ('failed', 'expired')), 0) AS wasted
		FROM smsengage.outcome_counts(bounds, account, at) c
		GROUP BY 1, 2
	) f
	LEFT JOIN clicked c ON c.provider = f.provider AND c.currency IS NOT DISTINCT FROM f.currency
	LEFT JOIN forbidden b ON b.provider = f.provider AND b.currency IS NOT DISTINCT FROM f.currency
	WHERE f.sent <> 0 OR f.cost <> 0
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.cost_report(date, date, text, text, timestamptz, boolean) IS 'What messages sent in the days [since, until) of a zone cost, by currency (never added across; NULL: no currency is known) and provider. price_basis: whether the provider states the price of a part or of a message. human => false leaves out clicks and forbidden_cost, and reads neither events nor messages. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.time_to_deliver(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, breakdown text DEFAULT '', at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (value text, delivered_handset bigint, measured bigint, negative bigint, p50_seconds numeric, p90_seconds numeric, p95_seconds numeric, p99_seconds numeric,
	measured_in_5_seconds bigint, measured_in_1_minute bigint, measured_in_1_hour bigint, within_5_seconds numeric, within_1_minute numeric, within_1_hour numeric,
	censored bigint, p50_seconds_censored numeric, p90_seconds_censored numeric, p95_seconds_censored numeric, p99_seconds_censored numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
BEGIN
	IF breakdown IS NULL OR breakdown NOT IN ('', 'account', 'provider', 'channel', 'bulk_message', 'sender_id', 'country') THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown breakdown',
			HINT = 'It is account, provider, channel, bulk_message, sender_id, country or empty.';
	END IF;
	RETURN QUERY
	WITH one AS MATERIALIZED (
		SELECT d.value, d.done_at IS NULL AS open, extract(epoch FROM coalesce(d.done_at, at) - d.sent_at)::double precision AS seconds
		FROM (
			SELECT CASE breakdown WHEN 'account' THEN m.account WHEN 'provider' THEN m.provider WHEN 'channel' THEN coalesce(m.channel, 'SMS')
					WHEN 'bulk_message' THEN m.bulk_message WHEN 'sender_id' THEN m.sender_id WHEN 'country' THEN smsengage.country_of(m.recipient) END AS value,
				o.outcome, o.sent_at,
				CASE o.outcome WHEN 'delivered' THEN smsengage.done_at(m.state) END AS done_at
			FROM smsengage.message m
			CROSS JOIN LATERAL (
				-- a fence: once for each message
				SELECT smsengage.sent_at(m.state) AS sent_at, smsengage.message_outcome(m.state) AS outcome OFFSET 0
			) o
			WHERE coalesce(o.sent_at, m.first_time) >= days.day_starts[1]
				AND coalesce(o.sent_at, m.first_time) < days.day_starts[cardinality(days.day_starts)]
				AND o.outcome IN ('delivered', 'open', 'operator')
				AND (m.account = time_to_deliver.account OR time_to_deliver.account IS NULL)
				AND NOT smsengage.is_test(m.callback_data)
		) d
		WHERE d.outcome = 'delivered' OR d.sent_at <= at
	), measure AS (
		SELECT d.value, count(*) FILTER (WHERE NOT d.open) AS delivered, count(*) FILTER (WHERE NOT d.open AND d.seconds >= 0) AS measured,
			count(*) FILTER (WHERE NOT d.open AND d.seconds < 0) AS negative, count(*) FILTER (WHERE d.open) AS censored,
			percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY d.seconds) FILTER (WHERE NOT d.open AND d.seconds >= 0) AS p,
			count(*) FILTER (WHERE NOT d.open AND d.seconds BETWEEN 0 AND 5) AS second_5, count(*) FILTER (WHERE NOT d.open AND d.seconds BETWEEN 0 AND 60) AS minute_1,
			count(*) FILTER (WHERE NOT d.open AND d.seconds BETWEEN 0 AND 3600) AS hour_1
		FROM one d
		GROUP BY d.value
	), step AS (
		-- how many of those still waiting are delivered at each time, and how many wait
		SELECT d.value, d.seconds, count(*) FILTER (WHERE NOT d.open) AS ended,
			sum(count(*)) OVER (PARTITION BY d.value ORDER BY d.seconds DESC) AS waiting
		FROM one d
		WHERE d.seconds >= 0
		GROUP BY 1, 2
	), curve AS (
		SELECT s.value, s.seconds,
			exp(sum(CASE WHEN s.ended >= s.waiting THEN '-Infinity' ELSE ln(1 - s.ended::double precision / s.waiting::double precision) END)
				OVER (PARTITION BY s.value ORDER BY s.seconds ROWS UNBOUNDED PRECEDING)) AS share_waiting
		FROM step s
		WHERE s.ended > 0
	), estimate AS (
		SELECT c.value, min(c.seconds) FILTER (WHERE c.share_waiting <= 0.5 + 1e-9) AS p50, min(c.seconds) FILTER (WHERE c.share_waiting <= 0.1 + 1e-9) AS p90,
			min(c.seconds) FILTER (WHERE c.share_waiting <= 0.05 + 1e-9) AS p95, min(c.seconds) FILTER (WHERE c.share_waiting <= 0.01 + 1e-9) AS p99
		FROM curve c
		GROUP BY c.value
	)
	SELECT t.value, t.delivered, t.measured, t.negative,
		round(t.p[1]::numeric, 3), round(t.p[2]::numeric, 3), round(t.p[3]::numeric, 3), round(t.p[4]::numeric, 3),
		t.second_5, t.minute_1, t.hour_1,
		smsengage.rate(t.second_5, t.measured), smsengage.rate(t.minute_1, t.measured), smsengage.rate(t.hour_1, t.measured),
		t.censored, round(e.p50::numeric, 3), round(e.p90::numeric, 3), round(e.p95::numeric, 3), round(e.p99::numeric, 3)
	FROM measure t
	LEFT JOIN estimate e ON e.value IS NOT DISTINCT FROM t.value
	ORDER BY t.value;
END
$$;
COMMENT ON FUNCTION smsengage.time_to_deliver(date, date, text, text, text, timestamptz) IS 'How long messages sent in the days [since, until) of a zone took to be delivered to the handset: percentiles of done - sent in seconds, and the share within 5 seconds, a minute and an hour of the measured ones. measured: both times are known and not reversed; negative: the provider''s clocks contradict each other, counted apart. The percentiles that end in _censored count messages without an outcome, or delivered to the operator, as still on their way at the moment at (product-limit estimate): NULL where too few have arrived to tell. What failed does not enter. A receipt may itself be late: it is the time the provider knows. breakdown: account, provider, channel, bulk_message, sender_id or country; empty: one row. Raises 22023 for another one.';

CREATE FUNCTION smsengage.block_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (subcategory text, code integer, scope text, blocked bigint, attempted bigint, block_rate numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
	all_attempted bigint := coalesce((SELECT sum(f.attempted) FROM smsengage.delivery_figures(bounds, '', account, at) f), 0);
	stopped record;
BEGIN
	-- gathered first, as the blocks of a number are not on every node of a cluster
	SELECT array_agg(x.recipient) AS recipients, array_agg(x.account) AS accounts, array_agg(x.send_time) AS times, array_agg(x.subcategory) AS subcategories
	INTO stopped
	FROM (
		SELECT m.recipient, m.account, smsengage.send_time(m.state, m.first_time) AS send_time, e.subcategory
		FROM smsengage.message m
		CROSS JOIN LATERAL (
			SELECT smsengage.event_subcategory(k.provider, k.status_class, k.status_code, k.status_name, k.error_code) AS subcategory
			FROM smsengage.event k
			WHERE k.message_key = m.message_key AND k.individual_no IN (m.individual_no, 0)
				AND k.event_time BETWEEN m.first_time AND m.last_time AND k.status_class = 3
			ORDER BY k.event_time DESC, k.event_key
			LIMIT 1
		) e
		WHERE smsengage.message_outcome(m.state) = 'not_sent' AND width_bucket(smsengage.send_time(m.state, m.first_time), bounds) = 1
			AND (m.account = block_report.account OR block_report.account IS NULL) AND NOT smsengage.is_test(m.callback_data)
			AND e.subcategory IN ('Global block', 'Partial block')
	) x;
	RETURN QUERY
	SELECT x.subcategory, x.code, x.scope, x.n, all_attempted, smsengage.rate(x.n, all_attempted)
	FROM (
		SELECT m.subcategory, b.code, b.scope, count(*) AS n
		FROM unnest(stopped.recipients, stopped.accounts, stopped.times, stopped.subcategories) m(recipient, account, send_time, subcategory)
		LEFT JOIN LATERAL (
			SELECT r.code, r.scope
			FROM smsengage.blocks_at(m.send_time, m.recipient) r
			WHERE r.expires_at > m.send_time AND (r.scope = 'global' OR r.scope = 'local' AND r.account = m.account)
			ORDER BY r.expires_at DESC, r.event_key
			LIMIT 1
		) b ON m.recipient <> ''
		GROUP BY 1, 2, 3
	) x
	ORDER BY x.n DESC, 1, 2, 3;
END
$$;
COMMENT ON FUNCTION smsengage.block_report(date, date, text, text, timestamptz) IS 'Attempts of the days [since, until) of a zone that a block list stopped (EngageLab''s Global block and Partial block; log_not_sent() records those that can_send() refused), by the record of the number that held at that moment: code and scope, NULL where only the provider knows it. Columns: metric_dictionary.';

CREATE FUNCTION smsengage.failure_report(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (issue text, issue_kind text, issue_messages bigint, sent bigint, issue_rate numeric)
LANGUAGE plpgsql STABLE ROWS 8
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
	all_sent bigint := coalesce((SELECT sum(f.sent) FROM smsengage.delivery_figures(bounds, '', account, at) f), 0);
BEGIN
	RETURN QUERY
	SELECT r.issue, i.kind, count(*), all_sent, smsengage.rate(count(*), all_sent)
	FROM smsengage.delivery_issue_report r
	JOIN smsengage.delivery_issues() i ON i.issue = r.issue
	WHERE r.send_time >= bounds[1] AND r.send_time < bounds[2] AND r.outcome <> 'not_sent' AND NOT r.is_test
		AND (r.account = failure_report.account OR failure_report.account IS NULL)
	GROUP BY 1, 2
	ORDER BY 3 DESC, 1;
END
$$;
COMMENT ON FUNCTION smsengage.failure_report(date, date, text, text, timestamptz) IS 'The failure rate of messages sent in the days [since, until) of a zone, by reason: Intercom''s issues, for every provider. Adds up to not_delivered. Columns: metric_dictionary.';
-- Who may see what: accounts are shared out to roles, rows follow.
--
-- Policies ask current_user only.  The owner of the store sees everything (no
-- FORCE ROW LEVEL SECURITY: a dump by the owner must be whole), partitions
-- have no grants.  Views run with the rights of who reads them.

CREATE FUNCTION smsengage.access_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.account_role (
		account text COLLATE "C" NOT NULL,
		role_name text COLLATE "C" NOT NULL,
		CONSTRAINT account_role_pkey PRIMARY KEY (role_name, account)
	);
	PERFORM smsengage.describe('smsengage.account_role', 'Which roles act for which accounts. grant_reader(), grant_ingest() and grant_admin() fill it.', $c$
		account: The account; * for all of them
		role_name: The role; its members have the same right$c$);
END
$$;
COMMENT ON FUNCTION smsengage.access_tables() IS 'Makes the table of access that is missing. Used by migrate().';

CREATE FUNCTION smsengage.visible_accounts()
RETURNS SETOF text
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.account FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
	WHERE pg_has_role(g.oid, 'USAGE');
END
$$;
COMMENT ON FUNCTION smsengage.visible_accounts() IS 'The accounts that the caller acts for; * means all. Used by the policies.';

CREATE FUNCTION smsengage.sees_everything()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM smsengage.visible_accounts() a WHERE a = '*');
END
$$;
COMMENT ON FUNCTION smsengage.sees_everything() IS 'Whether the caller acts for all accounts. Used by the policies.';

CREATE FUNCTION smsengage.outer_role()
RETURNS name
AS 'MODULE_PATHNAME', 'sms_outer_role' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION smsengage.outer_role() IS 'The role that called, also inside of a function that runs with its owner''s rights: what current_user is outside of it. Used by submit().';

CREATE FUNCTION smsengage.access_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	relation record;
	condition text;
BEGIN
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
		RETURN;
	END IF;
	FOR relation IN
		SELECT c.oid::regclass AS name, c.relname,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account' AND NOT a.attisdropped) AS has_account,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'series_no' AND NOT a.attisdropped) AS has_series,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'individual_no' AND NOT a.attisdropped) AS has_person
		FROM smsengage.store_relations() r
		JOIN pg_class c ON c.oid = r.relation
		WHERE r.kind <> 'v'
	LOOP
		-- people without an account show through events that may be seen
		condition := CASE
			WHEN relation.relname = 'account_role' THEN
				'(SELECT pg_catalog.pg_has_role(g.oid, ''USAGE'') FROM pg_catalog.pg_roles g WHERE g.rolname = role_name)'
			WHEN relation.has_account THEN 'account IN (SELECT a FROM smsengage.visible_accounts() a)'
				-- what is said for all accounts
				|| CASE WHEN relation.relname IN ('keyword', 'keyword_setting', 'frequency_cap', 'quiet_hours', 'content_rule', 'country_rule', 'segment_definition')
					THEN ' OR account = ''''' ELSE '' END
			WHEN relation.relname <> 'series' AND relation.has_series THEN 'series_no IN (SELECT s.series_no FROM smsengage.series s)'
			WHEN relation.has_person THEN format('EXISTS (SELECT FROM smsengage.event e WHERE e.individual_no = %I.individual_no)', relation.relname)
			ELSE NULL END;
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS reader ON %s', relation.name);
		EXECUTE format('DROP POLICY IF EXISTS admin ON %s', relation.name);
		IF relation.relname = 'account_role' THEN
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING (%s)', relation.name, condition);
		ELSE
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT USING ((SELECT smsengage.sees_everything())%s)', relation.name,
						   CASE WHEN condition IS NULL THEN
							   CASE WHEN relation.relname IN ('store_secret', 'event_identity', 'load_progress', 'forgotten', 'consent_ledger', 'consent_seal') THEN ''
							   ELSE ' OR true' END
						   ELSE ' OR ' || condition END);
			EXECUTE format('CREATE POLICY admin ON %s USING ((SELECT smsengage.sees_everything())) WITH CHECK ((SELECT smsengage.sees_everything()))', relation.name);
		END IF;
	END LOOP;
	PERFORM smsengage.access_functions();
	PERFORM smsengage.masked_views();
	-- what is new is granted to those who were granted the rest
	PERFORM smsengage.grant_relations(g.rolname, CASE WHEN a.privilege_type = 'INSERT' THEN 'admin' WHEN c.relname = 'event' THEN 'reader' ELSE 'masked' END)
	FROM pg_class c
	CROSS JOIN LATERAL aclexplode(c.relacl) a
	JOIN pg_roles g ON g.oid = a.grantee AND g.oid <> c.relowner
	WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relname IN ('event', 'event_masked') AND a.privilege_type IN ('SELECT', 'INSERT');
END
$$;
COMMENT ON FUNCTION smsengage.access_rules() IS 'Sets the row-level security of every table of the store. Used by migrate().';

CREATE FUNCTION smsengage.cluster_access_rules()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	everybody text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name);
	all_accounts text := (SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ') FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name WHERE r.account = '*');
	relation record;
	reader record;
BEGIN
	FOR relation IN
		SELECT p.polname AS name, p.polrelid::regclass AS on_table FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
		WHERE c.relnamespace = 'smsengage'::regnamespace
	LOOP
		EXECUTE format('DROP POLICY %I ON %s', relation.name, relation.on_table);
	END LOOP;
	IF everybody IS NULL THEN
		RETURN;
	END IF;
	FOR relation IN
		SELECT r.relation AS name, r.name AS relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.relation AND a.attname = 'account' AND NOT a.attisdropped) AS has_account
		FROM smsengage.store_relations() r
		WHERE r.kind <> 'v'
	LOOP
		IF all_accounts IS NOT NULL THEN
			EXECUTE format('CREATE POLICY admin ON %s TO %s USING (true) WITH CHECK (true)', relation.name, all_accounts);
		END IF;
		IF relation.has_account THEN
			-- no shard can ask another table, so the accounts stand here
			FOR reader IN
				SELECT r.role_name, array_agg(r.account ORDER BY r.account) AS accounts
				FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
				GROUP BY r.role_name
			LOOP
				EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %I USING (%s)', left('reader ' || reader.role_name, 63), relation.name, reader.role_name,
							   CASE relation.relname WHEN 'account_role' THEN format('role_name = %L', reader.role_name)
							   ELSE format('account = ANY (%L)', reader.accounts) END);
			END LOOP;
		ELSIF relation.relname = ANY (smsengage.shown_by_person()) THEN
			-- no rows would be an answer, and a wrong one
			FOR reader IN
				SELECT r.role_name FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
				GROUP BY r.role_name HAVING NOT bool_or(r.account = '*')
			LOOP
				EXECUTE format('REVOKE SELECT ON %s FROM %I', relation.name, reader.role_name);
			END LOOP;
		ELSE
			EXECUTE format('CREATE POLICY reader ON %s FOR SELECT TO %s USING (true)', relation.name, everybody);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.cluster_access_rules() IS 'Sets the row-level security of a distributed store from account_role: a policy cannot ask another table there. Used by access_rules() and whatever changes account_role.';

CREATE FUNCTION smsengage.shown_by_person()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['engagement_tally', 'individual', 'individual_link', 'contact_point'];
END;
COMMENT ON FUNCTION smsengage.shown_by_person() IS 'Tables without an account, whose rows show through events that may be seen. On a cluster only roles that act for all accounts read them. Used by the grant functions.';

CREATE FUNCTION smsengage.grant_relations(role_name text, as_what text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text := (
		SELECT string_agg(r.relation::text, ', ' ORDER BY r.name)
		FROM smsengage.store_relations() r
		WHERE CASE as_what WHEN 'admin' THEN r.kind <> 'v'
			WHEN 'masked' THEN r.name LIKE '%\_masked'
			ELSE r.name NOT LIKE '%\_masked' AND r.name NOT IN ('store_secret', 'event_identity', 'load_progress', 'forgotten', 'inbox')
				-- on a cluster these have no policy
				AND NOT (r.name = ANY (smsengage.shown_by_person()) AND smsengage.store_is_distributed()
						 AND NOT EXISTS (SELECT FROM smsengage.account_role a WHERE a.role_name = grant_relations.role_name AND a.account = '*')) END);
BEGIN
	EXECUTE format('GRANT %s ON %s TO %I', CASE as_what WHEN 'admin' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END, names, role_name);
END
$$;
COMMENT ON FUNCTION smsengage.grant_relations(text, text) IS 'Grants a role what a reader, a masked reader (masked) or an admin may do with the tables and views of the store. Used by the grant functions and migrate().';

CREATE FUNCTION smsengage.access_functions()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $do$
DECLARE
	type text;
BEGIN
	-- definer: a reader may learn whether a number it names has opted out, and not the
	-- key by which all numbers could be tried
	CREATE OR REPLACE FUNCTION smsengage.pseudonym(VARIADIC fields text[])
	RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
	BEGIN
		RETURN smsengage.content_digest(VARIADIC (SELECT s.secret FROM smsengage.store_secret s) || fields);
	END
	$$;
	COMMENT ON FUNCTION smsengage.pseudonym(text[]) IS 'Keyed digest of a number (''recipient'', number) or a person (''individual'', scope, id); without the store''s secret nothing can be told from it. Used by forget().';

	FOREACH type IN ARRAY ARRAY['text', 'bytea'] LOOP
		-- definer: a role that may ingest and not read has no right to the tables
		EXECUTE format($f$
			CREATE OR REPLACE FUNCTION smsengage.submit(provider text, payload %s, account text,
				OUT accepted bigint, OUT duplicate bigint, OUT rejected bigint, OUT ignored bigint)
			LANGUAGE plpgsql SECURITY DEFINER
			SET search_path = pg_catalog, pg_temp
			AS $$
			BEGIN
				IF NOT EXISTS (
					SELECT FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
					WHERE (r.account = submit.account OR r.account = '*') AND pg_has_role(smsengage.outer_role(), g.oid, 'USAGE'))
				THEN
					RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
						MESSAGE = 'this role may not ingest for this account',
						HINT = 'grant_ingest(role, account) gives the right.';
				END IF;
				SELECT i.* INTO accepted, duplicate, rejected, ignored FROM smsengage.ingest(provider, payload, account) i;
			END
			$$$f$, type);
		EXECUTE format('REVOKE ALL ON FUNCTION smsengage.submit(text, %s, text) FROM PUBLIC', type);
		EXECUTE format($f$COMMENT ON FUNCTION smsengage.submit(text, %s, text) IS 'ingest() for roles that may write and not read: runs as the owner of the store, after it has looked whether the caller acts for the account (grant_ingest()). Raises 42501 where it does not.'$f$, type);
	END LOOP;
END
$do$;
COMMENT ON FUNCTION smsengage.access_functions() IS 'Makes the functions that run with the rights of the store''s owner. Used by migrate().';

CREATE FUNCTION smsengage.mask_number(number text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN pg_catalog.length(number) < 7 THEN number
		ELSE pg_catalog.left(number, 3) || pg_catalog.repeat('*', pg_catalog.length(number) - 5) || pg_catalog.right(number, 2) END;
END;
COMMENT ON FUNCTION smsengage.mask_number(text) IS 'A phone number with all but its first three and last two characters as stars; what is shorter than seven characters as it is. Used by the masked views.';

CREATE FUNCTION smsengage.mask_inside(value text, VARIADIC numbers text[])
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	digits text;
BEGIN
	-- Salesforce's compositeId ends with the number and an ordinal
	value := regexp_replace(value, '\.\d{7,15}(\.\d+)$', '.*******\1');
	FOREACH digits IN ARRAY numbers LOOP
		digits := ltrim(digits, '+');
		IF length(digits) >= 7 THEN
			value := replace(value, digits, repeat('*', length(digits)));
		END IF;
	END LOOP;
	RETURN value;
END
$$;
COMMENT ON FUNCTION smsengage.mask_inside(text, text[]) IS 'An id with each of these phone numbers in it as stars, and that in a compositeId. Used by the masked views.';

CREATE FUNCTION smsengage.masked_columns(source regclass)
RETURNS TABLE (place smallint, name name, type regtype, masked boolean, expression text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.attnum, c.attname, CASE WHEN c.kind IN ('text', 'key') THEN 'text'::regtype ELSE c.atttypid::regtype END, c.kind IN ('number', 'text', 'id'),
		CASE c.kind WHEN 'number' THEN format('smsengage.mask_number(t.%I)', c.attname)
			WHEN 'text' THEN 'NULL::text'
			-- an id may be a number
			WHEN 'id' THEN format('CASE WHEN smsengage.calling_code(replace(t.%I, ''tel:'', '''')) IS NULL THEN t.%1$I END', c.attname)
			WHEN 'key' THEN format('t.%I::text', c.attname)
			WHEN 'amount' THEN format('smsengage.plain_amount(t.%I)::numeric(38,6)', c.attname)
			-- some providers put the number into their ids
			WHEN 'name' THEN coalesce(format('smsengage.mask_inside(t.%I, %s)', c.attname,
				string_agg(format('t.%I', c.attname), ', ') FILTER (WHERE c.kind = 'number') OVER ()), format('t.%I', c.attname))
			ELSE format('t.%I', c.attname) END
	FROM (
		SELECT a.attnum, a.attname, a.atttypid,
			CASE WHEN a.atttypid = 'uuid'::regtype THEN 'key'
				WHEN a.atttypid = 'numeric'::regtype AND a.atttypmod = -1 THEN 'amount'
				WHEN n.word ~ '(json|bytea)' OR a.atttypid IN ('json'::regtype, 'bytea'::regtype) THEN 'text'
				WHEN a.atttypid <> 'text'::regtype THEN 'plain'
				WHEN n.word ~ 'phone|mobile|recipient|^(to|from)?number$|^infoto$' THEN 'number'
				WHEN n.word ~ '^(message|messagetext|content|cleantext|text|response|evidence|sendlog|callbackdata|resolvedurl)$|payload|reason$|errortext$|errordescription$|statusmessage$' THEN 'text'
				WHEN n.word ~ 'individualid$|userid$|subscriber' THEN 'id'
				WHEN n.word ~ 'id$' THEN 'name'
				ELSE 'plain' END AS kind
		FROM pg_attribute a
		CROSS JOIN LATERAL (SELECT lower(replace(a.attname, '_', '')) AS word) n
		WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'smsengage.delivery_state'::regtype
	) c
	ORDER BY c.attnum;
END
$$;
COMMENT ON FUNCTION smsengage.masked_columns(regclass) IS 'The columns of a table or view as its masked view shows them: numbers by mask_number(), texts as NULL, ids that are phone numbers as NULL. Told by type and name. Used by masked_views().';

CREATE FUNCTION smsengage.masked_query(source regclass, OUT query text, OUT calls boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
	names text;
	pieces text[];
BEGIN
	-- All that the view reads becomes a WITH query of the same name: tables with
	-- the rows that the reader may see, views in their order.
	FOR part IN
		WITH RECURSIVE used AS (
			SELECT source::oid AS oid, 0 AS depth
			UNION
			SELECT d.refobjid, u.depth + 1
			FROM used u
			JOIN pg_rewrite w ON w.ev_class = u.oid
			JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> u.oid
		)
		SELECT c.oid, c.relname, c.relkind, c.relkind = 'v' AS is_view, pg_get_expr(p.polqual, p.polrelid) AS seen, max(u.depth) AS depth
		FROM used u
		JOIN smsengage.store_relations() r ON r.relation = u.oid
		JOIN pg_class c ON c.oid = u.oid
		LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'reader'
		GROUP BY 1, 2, 3, 4, 5
		-- event first, then series: what other tables show hangs on them
		ORDER BY is_view, CASE c.relname WHEN 'event' THEN 0 WHEN 'series' THEN 1 ELSE 2 END, max(u.depth) DESC, c.relname
	LOOP
		names := concat_ws('|', names, part.relname);
		pieces := pieces || format('%I AS NOT MATERIALIZED (%s)', part.relname,
			CASE WHEN part.is_view THEN regexp_replace(rtrim(pg_get_viewdef(part.oid), ';'), format('smsengage\.(%s)\M(?!\()', names), '\1', 'g')
				ELSE format('SELECT * FROM smsengage.%I WHERE %s', part.relname, regexp_replace(part.seen, 'smsengage\.(event|series)\M(?!\()', '\1', 'g')) END);
	END LOOP;
	-- a policy by events asks for them
	IF NOT names ~ '\mevent\M' AND EXISTS (SELECT FROM unnest(pieces) p WHERE p ~ 'FROM event\M') THEN
		pieces := format('event AS NOT MATERIALIZED (SELECT * FROM smsengage.event WHERE %s)',
			(SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p WHERE p.polrelid = 'smsengage.event'::regclass AND p.polname = 'reader')) || pieces;
	END IF;
	query := format('WITH %s SELECT %s FROM %I t', array_to_string(pieces, ', '),
		(SELECT string_agg(format('%s AS %I', m.expression, m.name), ', ' ORDER BY m.place) FROM smsengage.masked_columns(source) m),
		(SELECT c.relname FROM pg_class c WHERE c.oid = source));
	-- functions that read do so with the rights of who asks
	calls := EXISTS (
		WITH RECURSIVE used AS (
			SELECT source::oid AS oid
			UNION
			SELECT d.refobjid
			FROM used u
			JOIN pg_rewrite w ON w.ev_class = u.oid
			JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
		)
		SELECT FROM used u
		JOIN pg_rewrite w ON w.ev_class = u.oid
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_proc'::regclass
		JOIN pg_proc f ON f.oid = d.refobjid
		WHERE f.provolatile <> 'i' AND f.pronamespace = 'smsengage'::regnamespace);
END
$$;
COMMENT ON FUNCTION smsengage.masked_query(regclass) IS 'The query of the masked view of a table or view, and whether it calls functions that read tables. Used by masked_views().';

CREATE FUNCTION smsengage.masked_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	source record;
	query text;
	calls boolean;
BEGIN
	FOR source IN
		SELECT r.relation, r.name, r.name || '_masked' AS masked
		FROM smsengage.store_relations() r
		WHERE (r.kind = 'v' AND r.name NOT LIKE '%\_masked' OR r.name IN ('event', 'message', 'block', 'subscription'))
			AND EXISTS (SELECT FROM smsengage.masked_columns(r.relation) m WHERE m.masked)
		ORDER BY r.name
	LOOP
		SELECT m.query, m.calls INTO query, calls FROM smsengage.masked_query(source.relation) m;
		-- other columns than before: no replacing
		IF (SELECT array_agg(format('%s %s', a.attname, a.atttypid::regtype) ORDER BY a.attnum) FROM pg_attribute a
			WHERE a.attrelid = to_regclass(format('smsengage.%I', source.masked)) AND a.attnum > 0)
			<> (SELECT array_agg(format('%s %s', m.name, m.type) ORDER BY m.place) FROM smsengage.masked_columns(source.relation) m)
		THEN
			EXECUTE format('DROP VIEW smsengage.%I', source.masked);
			EXECUTE format('DROP FUNCTION IF EXISTS smsengage.%I()', 'masked_' || source.name);
		END IF;
		IF calls THEN
			-- definer: it reads all and hands out, masked, what belongs to the accounts of who asks
			EXECUTE format('CREATE OR REPLACE FUNCTION smsengage.%I() RETURNS TABLE (%s) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp'
				' AS $f$#variable_conflict use_column%sBEGIN RETURN QUERY SELECT %s FROM %s t WHERE EXISTS (SELECT FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name'
				' WHERE r.account IN (t.account, ''*'') AND pg_has_role(smsengage.outer_role(), g.oid, ''USAGE'')); END$f$', 'masked_' || source.name,
				(SELECT string_agg(format('%I %s', m.name, m.type), ', ' ORDER BY m.place) FROM smsengage.masked_columns(source.relation) m), E'\n',
				(SELECT string_agg(m.expression, ', ' ORDER BY m.place) FROM smsengage.masked_columns(source.relation) m), source.relation);
			EXECUTE format('COMMENT ON FUNCTION smsengage.%I() IS %L', 'masked_' || source.name,
				format('Runs as the owner of the store, as %s calls functions that read; returns what belongs to the accounts of the caller, masked. Used by the view %1$s_masked.', source.name));
			query := format('SELECT * FROM smsengage.%I() t', 'masked_' || source.name);
		END IF;
		-- with the owner's rights, since its readers have none to what is masked
		EXECUTE format('CREATE OR REPLACE VIEW smsengage.%I WITH (security_barrier = true) AS %s', source.masked, query);
		PERFORM smsengage.note_relation(format('smsengage.%I', source.masked)::regclass);
		EXECUTE format('COMMENT ON VIEW smsengage.%I IS %L', source.masked, source.name || ' without phone numbers and texts, for grant_masked_reader().');
		EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN smsengage.%I.%I IS %L', source.masked, m.name, coalesce(col_description(source.relation, m.place), m.name)), '; ')
				 FROM smsengage.masked_columns(source.relation) m);
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.masked_views() IS 'Makes, of each view with phone numbers or texts and of four tables, one without. Used by migrate().';

CREATE FUNCTION smsengage.note_role(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = note_role.role_name) THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role "%s" does not exist', role_name);
	END IF;
	IF account IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the account must not be null',
			HINT = 'The account * means all of them.';
	END IF;
	INSERT INTO smsengage.account_role (role_name, account) VALUES (note_role.role_name, note_role.account) ON CONFLICT DO NOTHING;
	EXECUTE format('GRANT USAGE ON SCHEMA smsengage TO %I', role_name);
	EXECUTE format('GRANT SELECT ON smsengage.account_role TO %I', role_name);
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.note_role(text, text) IS 'Records that a role acts for an account. Used by the grant functions.';

CREATE FUNCTION smsengage.grant_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, account);
	PERFORM smsengage.grant_relations(role_name, 'reader');
END
$$;
COMMENT ON FUNCTION smsengage.grant_reader(text, text) IS 'Lets a role read what belongs to an account (* for all): events, messages, tallies, segments, reports. Called again, it adds an account. On a cluster, a role for single accounts reads no tallies and people, and so no segments (42501). Raises 42704 for an unknown role.';

CREATE FUNCTION smsengage.grant_masked_reader(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF smsengage.store_is_distributed() THEN
		RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
			MESSAGE = 'masked views cannot be granted on a cluster',
			DETAIL = 'A node asks the others with the rights of the role itself, which has none to the tables.';
	END IF;
	PERFORM smsengage.note_role(role_name, account);
	PERFORM smsengage.grant_relations(role_name, 'masked');
END
$$;
COMMENT ON FUNCTION smsengage.grant_masked_reader(text, text) IS 'Lets a role read the masked views of an account (* for all): no phone number, no text. Raises 0A000 on a cluster.';

CREATE FUNCTION smsengage.grant_ingest(role_name text, account text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.note_role(role_name, account);
	EXECUTE format('GRANT EXECUTE ON FUNCTION smsengage.submit(text, text, text) TO %I', role_name);
	EXECUTE format('GRANT EXECUTE ON FUNCTION smsengage.submit(text, bytea, text) TO %I', role_name);
END
$$;
COMMENT ON FUNCTION smsengage.grant_ingest(text, text) IS 'Lets a role ingest for an account (* for all) by submit(), without reading anything.';

CREATE FUNCTION smsengage.grant_admin(role_name text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM smsengage.grant_reader(role_name, '*');
	PERFORM smsengage.grant_ingest(role_name, '*');
	PERFORM smsengage.grant_relations(role_name, 'admin');
END
$$;
COMMENT ON FUNCTION smsengage.grant_admin(text) IS 'Lets a role read and change all tables: policies, keywords, caps, segments, retention. Partitions and the store itself are made by its owner only.';

CREATE FUNCTION smsengage.revoke_access(role_name text, account text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM smsengage.account_role r
	WHERE r.role_name = revoke_access.role_name AND (revoke_access.account IS NULL OR r.account = revoke_access.account);
	IF smsengage.store_is_distributed() THEN
		PERFORM smsengage.cluster_access_rules();
	END IF;
	IF EXISTS (SELECT FROM smsengage.account_role r WHERE r.role_name = revoke_access.role_name) THEN
		RETURN;
	END IF;
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA smsengage FROM %I', role_name);
	EXECUTE format('REVOKE ALL ON FUNCTION smsengage.submit(text, text, text), smsengage.submit(text, bytea, text) FROM %I', role_name);
	EXECUTE format('REVOKE USAGE ON SCHEMA smsengage FROM %I', role_name);
END
$$;
COMMENT ON FUNCTION smsengage.revoke_access(text, text) IS 'Takes an account from a role, or (NULL) all of them; without an account, the grants go too.';
-- Clicks by machines: link previews and scanners open links as people do.
-- Every click is kept; what made it is decided when it is read, by the rules
-- as they stand, so that a changed rule re-labels what was stored before.

CREATE FUNCTION smsengage.machine_click_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	fresh boolean := to_regclass('smsengage.machine_click_rule') IS NULL;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.machine_click_rule (
		rule_name text COLLATE "C" CONSTRAINT machine_click_rule_pkey PRIMARY KEY,
		kind text COLLATE "C" NOT NULL,
		agent_pattern text,
		clicks integer,
		seconds numeric(12,3),
		enabled boolean NOT NULL DEFAULT true,
		note text,
		CONSTRAINT machine_click_rule_check CHECK (
			kind = 'agent' AND agent_pattern <> '' AND clicks IS NULL AND seconds IS NULL AND 'x' ~* agent_pattern IS NOT NULL
			OR kind = 'burst' AND agent_pattern IS NULL AND clicks >= 2 AND seconds >= 0 AND clicks IS NOT NULL AND seconds IS NOT NULL
			OR kind = 'delay' AND agent_pattern IS NULL AND clicks IS NULL AND seconds > 0 AND seconds IS NOT NULL)
	);
	IF fresh THEN
		INSERT INTO smsengage.machine_click_rule (rule_name, kind, agent_pattern, clicks, seconds, note)
		VALUES
			('agent: bot', 'agent', '\m\w*(bot|crawler|spider|scanner)\M', NULL, NULL, 'names itself a robot: bitlybot, Googlebot, Twitterbot, ...'),
			('agent: preview', 'agent', 'facebookexternalhit|whatsapp/|telegrambot|skypeuripreview|google-pagerenderer|googlemessages|bingpreview|link ?preview', NULL, NULL, 'draws the preview of a link'),
			('agent: program', 'agent', '^(curl|wget|python|java|go-http-client|okhttp|libwww|axios|node)\M|headless', NULL, NULL, 'a program without a person'),
			('burst', 'burst', NULL, 3, 2, 'several clicks at once'),
			('delay', 'delay', NULL, NULL, 1, 'sooner after delivery than a person can read')
		ON CONFLICT DO NOTHING;
	END IF;
	PERFORM smsengage.describe('smsengage.machine_click_rule', 'What tells clicks by machines. May be edited at any time: reports follow at once, for the past as well.', $c$
		rule_name: Name of the rule; a click by several is labelled with the first
		kind: agent: user_agent matches agent_pattern; burst: clicks of one person (of one message, if nobody is known) within seconds; delay: sooner than seconds after the delivery, or the sending where no delivery is known
		agent_pattern: Regular expression, upper and lower case alike
		clicks: How many clicks make a burst
		seconds: Length of the burst, or of the delay
		enabled: Whether the rule is in use
		note: Why$c$);
END
$$;
COMMENT ON FUNCTION smsengage.machine_click_tables() IS 'Makes the table of rules that is missing, with rules to begin with. Used by migrate().';

CREATE FUNCTION smsengage.machine_agents(since timestamptz, until timestamptz)
RETURNS TABLE (agent_start text, is_whole boolean, rule_name text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
-- from one agent to the next by the index, and not through all clicks
SET enable_sort = off
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	agents text[];
BEGIN
	IF NOT EXISTS (SELECT 1 FROM smsengage.machine_click_rule r WHERE r.kind = 'agent' AND r.enabled) THEN
		RETURN;
	END IF;
	IF smsengage.store_is_distributed() THEN
		-- each shard its own
		agents := ARRAY(
			SELECT DISTINCT left(e.user_agent, 250) COLLATE "C"
			FROM smsengage.event e
			WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND left(e.user_agent, 250) IS NOT NULL);
	ELSE
		WITH RECURSIVE agent AS (
			(SELECT left(e.user_agent, 250) COLLATE "C" AS name
			FROM smsengage.event e
			WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND left(e.user_agent, 250) IS NOT NULL
			ORDER BY 1
			LIMIT 1)
			UNION ALL
			SELECT n.name
			FROM agent a
			CROSS JOIN LATERAL (
				SELECT left(e.user_agent, 250) COLLATE "C" AS name
				FROM smsengage.event e
				WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND left(e.user_agent, 250) COLLATE "C" > a.name
				ORDER BY 1
				LIMIT 1
			) n
		)
		SELECT array_agg(a.name) INTO agents FROM agent a;
	END IF;
	RETURN QUERY
	SELECT a.name, length(a.name) < 250, min(r.rule_name)
	FROM unnest(agents) a(name)
	LEFT JOIN smsengage.machine_click_rule r ON r.kind = 'agent' AND r.enabled AND a.name ~* r.agent_pattern
	WHERE length(a.name) = 250 OR r.rule_name IS NOT NULL
	GROUP BY a.name;
END
$$;
COMMENT ON FUNCTION smsengage.machine_agents(timestamptz, timestamptz) IS 'The agents of clicks in [since, until) that a rule of that kind names, by their first 250 characters; those that are longer are to be looked at one by one (is_whole false). Used by machine_marks().';

CREATE FUNCTION smsengage.burst_people(since timestamptz, until timestamptz)
RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	clicks integer;
	days timestamptz[];
	first_day timestamptz;
	last_day timestamptz;
BEGIN
	-- a burst of up to a day lies in two days side by side
	SELECT min(r.clicks) INTO clicks FROM smsengage.machine_click_rule r WHERE r.kind = 'burst' AND r.enabled HAVING max(r.seconds) <= 86400;
	SELECT min(e.event_time), max(e.event_time) INTO first_day, last_day
	FROM smsengage.event e WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
	IF clicks IS NULL OR first_day IS NULL OR last_day - first_day > interval '10 years' THEN
		RETURN NULL;
	END IF;
	first_day := smsengage.cell_start(3, first_day);
	days := ARRAY(SELECT first_day + make_interval(hours => 24 * n) FROM generate_series(0, ceil(extract(epoch FROM last_day - first_day) / 86400)::integer + 1) n);
	RETURN coalesce((
		SELECT array_agg(DISTINCT smsengage.chunk_start(p.chunk) + m.offset_no)
		FROM (
			SELECT d.day, c.chunk, smsengage.at_least(smsengage.sum(c.tally), clicks) AS many
			FROM smsengage.cell_sums(days, '{CLICK}', '', NULL) c
			CROSS JOIN LATERAL (VALUES (c.bucket), (c.bucket - 1)) d(day)
			WHERE c.chunk >= 0
			GROUP BY 1, 2
		) p
		CROSS JOIN LATERAL smsengage.entries(p.many) m
	), '{}')
	|| CASE WHEN EXISTS (SELECT FROM smsengage.cell_sums(ARRAY[days[1], days[cardinality(days)]], '{CLICK}', '', NULL) c WHERE c.anonymous <> 0)
		THEN '{0}'::bigint[] ELSE '{}' END;
END
$$;
COMMENT ON FUNCTION smsengage.burst_people(timestamptz, timestamptz) IS 'The people who clicked often enough within two days to have made a burst in [since, until), by the tallies, and 0 if nobody is known of some clicks; NULL where a rule asks for more than a day, or there is no click: then all have to be looked at. Used by machine_marks().';

CREATE FUNCTION smsengage.early_clicks(since timestamptz, until timestamptz)
RETURNS TABLE (event_time timestamptz, event_key bigint, rule_name text)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
-- each click finds its message by the index, however many messages there are
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	longest interval := (SELECT make_interval(secs => max(r.seconds)::double precision) FROM smsengage.machine_click_rule r WHERE r.kind = 'delay' AND r.enabled);
BEGIN
	IF longest IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT e.event_time, e.event_key, r.rule_name
	FROM smsengage.event e
	JOIN smsengage.message m ON m.message_key = e.message_key
	JOIN smsengage.machine_click_rule r ON r.kind = 'delay' AND r.enabled AND e.event_time < smsengage.arrived_at(m.state) + make_interval(secs => r.seconds::double precision)
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until
		AND e.event_time - smsengage.arrived_at(m.state) BETWEEN '0' AND longest;
END
$$;
COMMENT ON FUNCTION smsengage.early_clicks(timestamptz, timestamptz) IS 'The clicks in [since, until) that a rule of delay ascribes to a machine. Used by machine_marks().';

CREATE FUNCTION smsengage.machine_marks(since timestamptz, until timestamptz)
RETURNS TABLE (event_time timestamptz, event_key bigint, account text, individual_no bigint, bulk_message text, link_name text, link_url text, rule_name text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	-- a burst may begin before the window and end after it
	margin interval := (SELECT make_interval(secs => max(r.seconds)::double precision) FROM smsengage.machine_click_rule r WHERE r.kind = 'burst' AND r.enabled);
	people bigint[] := CASE WHEN margin IS NOT NULL THEN smsengage.burst_people(since - margin, until + margin) END;
	agents text[];
	names text[];
BEGIN
	SELECT array_agg(a.agent_start), array_agg(CASE WHEN a.is_whole THEN a.rule_name END) INTO agents, names FROM smsengage.machine_agents(since, until) a;
	RETURN QUERY
	WITH rule AS MATERIALIZED (
		SELECT r.* FROM smsengage.machine_click_rule r WHERE r.enabled
	), candidate AS MATERIALIZED (
		SELECT e.event_time, e.event_key, coalesce(nullif(e.individual_no, 0)::text, e.message_key::text) AS who
		FROM smsengage.event e
		WHERE e.event_type = 'CLICK' AND coalesce(e.part, 0) = 0
			AND e.event_time >= since - margin AND e.event_time < until + margin
			AND e.individual_no = ANY (array_remove(people, 0))
		UNION ALL
		-- nobody known: by message; and all, where tallies do not tell
		SELECT e.event_time, e.event_key, coalesce(nullif(e.individual_no, 0)::text, e.message_key::text)
		FROM smsengage.event e
		WHERE e.event_type = 'CLICK' AND coalesce(e.part, 0) = 0
			AND e.event_time >= since - margin AND e.event_time < until + margin
			AND (people IS NULL OR 0 = ANY (people))
			AND CASE WHEN people IS NULL THEN e.individual_no <> 0 OR e.message_id IS NOT NULL ELSE e.individual_no = 0 AND e.message_id IS NOT NULL END
	), by_agent AS MATERIALIZED (
		SELECT k.event_time, k.event_key, k.user_agent
		FROM smsengage.event k
		WHERE k.event_type = 'CLICK' AND k.event_time >= since AND k.event_time < until AND left(k.user_agent, 250) COLLATE "C" = ANY (agents)
	), early AS MATERIALIZED (
		SELECT c.event_time, c.event_key, c.rule_name FROM smsengage.early_clicks(since, until) c
	), mark AS MATERIALIZED (
		SELECT e.event_time, e.event_key, a.rule_name
		FROM by_agent e
		JOIN unnest(agents, names) a(agent_start, rule_name) ON a.agent_start = left(e.user_agent, 250)
		WHERE a.rule_name IS NOT NULL
		UNION ALL
		-- the start is not all of it
		SELECT e.event_time, e.event_key, r.rule_name
		FROM by_agent e
		JOIN rule r ON e.user_agent ~* r.agent_pattern
		WHERE r.kind = 'agent' AND length(e.user_agent) >= 250
		UNION ALL
		-- the n-th click no later than seconds after the first of them marks all n
		SELECT b.event_time, b.event_key, b.rule_name
		FROM (
			SELECT c.*, min(CASE WHEN c.event_time - c.first_of_burst <= make_interval(secs => c.seconds) THEN c.no - c.clicks + 1 END)
				OVER (PARTITION BY c.rule_name, c.who ORDER BY c.no ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS first_no
			FROM (
				SELECT k.event_time, k.event_key, k.who, r.rule_name, r.clicks, r.seconds::double precision AS seconds,
					row_number() OVER w AS no, lag(k.event_time, r.clicks - 1) OVER w AS first_of_burst
				FROM candidate k
				CROSS JOIN rule r
				WHERE r.kind = 'burst'
				WINDOW w AS (PARTITION BY r.rule_name, k.who ORDER BY k.event_time, k.event_key)
			) c
		) b
		WHERE b.first_no <= b.no AND b.event_time >= since AND b.event_time < until
		UNION ALL
		SELECT c.event_time, c.event_key, c.rule_name FROM early c
	)
	SELECT e.event_time, e.event_key, e.account, e.individual_no, e.bulk_message, e.link_name, e.link_url, m.rule_name
	FROM (SELECT k.event_time, k.event_key, min(k.rule_name) AS rule_name FROM mark k GROUP BY 1, 2) m
	JOIN smsengage.event e ON e.event_time = m.event_time AND e.event_key = m.event_key
	WHERE coalesce(e.part, 0) = 0;
END
$$;
COMMENT ON FUNCTION smsengage.machine_marks(timestamptz, timestamptz) IS 'The clicks in [since, until) that a rule ascribes to a machine, each with the first such rule. Reads the clicks that a rule could match: by agent, by the people who clicked often, and, for rules of delay, those that name a message. Used by reports.';

CREATE FUNCTION smsengage.labelled_clicks(since timestamptz, until timestamptz)
RETURNS TABLE (event_time timestamptz, event_key bigint, account text, individual_no bigint, individual_id text, recipient text, message_key uuid, bulk_message text,
	link_name text, link_url text, user_agent text, machine boolean, rule_name text)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH mark AS MATERIALIZED (
		SELECT k.event_time, k.event_key, k.rule_name FROM smsengage.machine_marks(since, until) k
	)
	SELECT e.event_time, e.event_key, e.account, e.individual_no, e.individual_id, e.recipient, CASE WHEN e.message_id IS NOT NULL THEN e.message_key END, e.bulk_message, e.link_name, e.link_url, e.user_agent,
		m.rule_name IS NOT NULL, m.rule_name
	FROM smsengage.event e
	LEFT JOIN mark m ON m.event_time = e.event_time AND m.event_key = e.event_key
	WHERE e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until;
END
$$;
COMMENT ON FUNCTION smsengage.labelled_clicks(timestamptz, timestamptz) IS 'Every click in [since, until), whether a machine made it by the rules as they stand (machine_click_rule), and by which.';

CREATE FUNCTION smsengage.machine_clicks(bounds timestamptz[], dimension text, account text)
RETURNS TABLE (bucket integer, value text, clicks bigint, clickers bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	since timestamptz := bounds[1];
	until timestamptz := bounds[cardinality(bounds)];
	kept boolean := smsengage.has_tallies(dimension, bounds[1]);
BEGIN
	RETURN QUERY
	WITH mark AS MATERIALIZED (
		SELECT width_bucket(m.event_time, bounds) AS bucket, m.individual_no,
			CASE dimension WHEN '' THEN '' WHEN 'bulk_message' THEN m.bulk_message WHEN 'link_name' THEN m.link_name
				WHEN 'link_url' THEN CASE WHEN m.link_name IS NULL THEN coalesce(m.link_url, '') END END AS value, count(*) AS clicks
		FROM smsengage.machine_marks(since, until) m
		WHERE m.account = machine_clicks.account OR machine_clicks.account IS NULL
		GROUP BY 1, 2, 3
	), cell AS MATERIALIZED (
		SELECT c.bucket, c.value, c.chunk, c.tally
		FROM smsengage.cell_sums(bounds, '{CLICK}', dimension, account) c
		WHERE kept AND c.chunk >= 0
	), person AS (
		SELECT k.bucket, k.individual_no, k.value, smsengage.count_of(c.tally, smsengage.chunk_offset(k.individual_no)) AS clicks
		FROM mark k
		JOIN cell c ON c.bucket = k.bucket AND c.value = k.value AND c.chunk = smsengage.chunk_of(k.individual_no)
		WHERE k.individual_no <> 0
		UNION ALL
		SELECT width_bucket(e.event_time, bounds), e.individual_no,
			CASE dimension WHEN 'bulk_message' THEN e.bulk_message WHEN 'link_name' THEN e.link_name
				WHEN 'link_url' THEN CASE WHEN e.link_name IS NULL THEN coalesce(e.link_url, '') END END, count(*)
		FROM smsengage.event e
		WHERE NOT kept AND e.event_type = 'CLICK' AND e.event_time >= since AND e.event_time < until AND coalesce(e.part, 0) = 0
			AND e.individual_no IN (SELECT k.individual_no FROM mark k WHERE k.individual_no <> 0)
			AND (e.account = machine_clicks.account OR machine_clicks.account IS NULL)
		GROUP BY 1, 2, 3
	)
	SELECT k.bucket, k.value, sum(k.clicks)::bigint, count(*) FILTER (WHERE p.clicks = k.clicks)
	FROM mark k
	LEFT JOIN person p ON p.bucket = k.bucket AND p.individual_no = k.individual_no AND p.value = k.value
	GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION smsengage.machine_clicks(timestamptz[], text, text) IS 'Clicks by machines between two neighbours of bounds, by a dimension as in event_counts(), and people all of whose clicks there are by machines. Used by reports.';

CREATE FUNCTION smsengage.click_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE OR REPLACE VIEW smsengage.click_label WITH (security_invoker = true) AS
	SELECT c.event_time, c.event_key, (c.event_time AT TIME ZONE 'UTC')::date AS event_date, c.account, c.individual_no, c.individual_id, c.recipient, c.message_key::text AS message_key,
		c.bulk_message, c.link_name, c.link_url, c.user_agent, c.machine, c.rule_name
	FROM smsengage.labelled_clicks('-infinity', 'infinity') c;
	PERFORM smsengage.describe('smsengage.click_label', 'Every click, and whether a machine made it by the rules as they stand. One row per click; its key is (event_time, event_key). For a period only: labelled_clicks(since, until).', $c$
		event_time: When it happened (UTC in its offset)
		event_key: Key of the event, with event_time
		event_date: Day of it (UTC)
		account: Account of the event
		individual_no: Number of the person; 0 if nobody is known
		individual_id: The person, as the provider names it
		recipient: The person's number; empty if none
		message_key: Key of the message; NULL if the click names none
		bulk_message: Send that the click names
		link_name: Name or alias of the link
		link_url: Target of the link
		user_agent: What the browser said of itself
		machine: Whether a rule ascribes it to a machine
		rule_name: The first such rule, in the table machine_click_rule$c$);
END
$$;
COMMENT ON FUNCTION smsengage.click_views() IS 'Makes or replaces the view of labelled clicks. Used by migrate().';
-- Health, and the metrics as views for tools that cannot call functions.

CREATE FUNCTION smsengage.health_tables()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	fresh boolean := to_regclass('smsengage.health_threshold') IS NULL;
BEGIN
	CREATE TABLE IF NOT EXISTS smsengage.health_threshold (
		metric text COLLATE "C" CONSTRAINT health_threshold_pkey PRIMARY KEY,
		lowest numeric(12,6),
		highest numeric(12,6),
		note text,
		CONSTRAINT health_threshold_check CHECK (lowest IS NOT NULL OR highest IS NOT NULL)
	);
	IF fresh THEN
		INSERT INTO smsengage.health_threshold (metric, lowest, highest, note)
		VALUES
			('delivery_rate_settled', 0.9, NULL, 'a value to begin with'),
			('unreachable_rate', NULL, 0.05, 'disconnected, unreachable or blocked: Klaviyo alerts above 5 % of sends'),
			('carrier_rate', NULL, 0.1, 'refused by the carrier, or for a reason unknown: Klaviyo alerts above 10 % of sends'),
			('click_rate', 0.06, NULL, 'Klaviyo alerts below 6 %'),
			('unsubscribe_rate', NULL, 0.013, 'Klaviyo alerts above 1.3 %'),
			('p50_seconds', NULL, 10, 'Twilio asks for one-time codes in less than 10 s')
		ON CONFLICT DO NOTHING;
	END IF;
	PERFORM smsengage.describe('smsengage.health_threshold', 'From where on health() calls a metric unhealthy. May be edited.', $c$
		metric: Name of the metric, as in health()
		lowest: Healthy from here on; NULL: no lower limit
		highest: Healthy up to here; NULL: no upper limit
		note: Where the value comes from$c$);
END
$$;
COMMENT ON FUNCTION smsengage.health_tables() IS 'Makes the table of thresholds that is missing, with what vendors publish. Used by migrate().';

CREATE FUNCTION smsengage.health(since date DEFAULT NULL, until date DEFAULT NULL, zone text DEFAULT 'UTC', account text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (metric text, value numeric, numerator bigint, denominator bigint, lowest numeric, highest numeric, healthy boolean)
LANGUAGE plpgsql STABLE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days record := smsengage.report_bounds(since, until, zone, at);
	bounds timestamptz[] := ARRAY[days.day_starts[1], days.day_starts[cardinality(days.day_starts)]];
BEGIN
	RETURN QUERY
	WITH figure AS MATERIALIZED (
		SELECT f.sent, f.delivered, f.settled FROM smsengage.delivery_figures(bounds, '', account, at) f
	), event AS MATERIALIZED (
		SELECT coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'CLICK'), 0)::bigint AS clickers,
			coalesce(sum(c.individuals) FILTER (WHERE c.event_type = 'DELIVERED'), 0)::bigint AS reached,
			coalesce(sum(c.events) FILTER (WHERE c.event_type = 'UNSUBSCRIBE'), 0)::bigint
				+ coalesce((SELECT k.unsubscribes FROM smsengage.keyword_consents(bounds, account) k), 0) AS unsubscribes
		FROM smsengage.event_counts(bounds, '{CLICK,DELIVERED,UNSUBSCRIBE}', '', account) c
	), issue AS MATERIALIZED (
		SELECT count(*) FILTER (WHERE i.kind IN ('bad_number', 'unreachable', 'opt_out')) AS unreachable,
			count(*) FILTER (WHERE i.kind IN ('temporary', 'account', 'content', 'country')) AS carrier
		FROM smsengage.delivery_issue_report r
		JOIN smsengage.delivery_issues() i ON i.issue = r.issue
		WHERE r.send_time >= bounds[1] AND r.send_time < bounds[2] AND r.outcome <> 'not_sent' AND NOT r.is_test
			AND (r.account = health.account OR health.account IS NULL)
	), found AS (
		SELECT 'delivery_rate_settled' AS metric, smsengage.rate(f.delivered, f.settled) AS value, f.delivered AS numerator, f.settled AS denominator FROM figure f
		UNION ALL SELECT 'unreachable_rate', smsengage.rate(i.unreachable, f.sent), i.unreachable, f.sent FROM issue i, figure f
		UNION ALL SELECT 'carrier_rate', smsengage.rate(i.carrier, f.sent), i.carrier, f.sent FROM issue i, figure f
		UNION ALL SELECT 'click_rate', smsengage.rate(e.clickers, e.reached), e.clickers, e.reached FROM event e
		UNION ALL SELECT 'unsubscribe_rate', smsengage.rate(e.unsubscribes, e.reached), e.unsubscribes, e.reached FROM event e
		UNION ALL SELECT 'p50_seconds', t.p50_seconds, NULL, t.measured FROM smsengage.time_to_deliver(days.since, days.until, zone, account, '', at) t
	)
	SELECT t.metric, f.value, f.numerator, f.denominator, t.lowest, t.highest,
		CASE WHEN f.value IS NOT NULL THEN coalesce(f.value >= t.lowest, true) AND coalesce(f.value <= t.highest, true) END
	FROM smsengage.health_threshold t
	JOIN found f ON f.metric = t.metric
	ORDER BY t.metric;
END
$$;
COMMENT ON FUNCTION smsengage.health(date, date, text, text, timestamptz) IS 'The metrics of health_threshold for messages and events of the days [since, until) of a zone, by default the last 30, and whether each is within its limits (NULL: there is nothing to judge by).';

CREATE FUNCTION smsengage.metric_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	delivery_columns text := $c$
		attempted: Messages asked for
		not_sent: Of these, never handed over
		sent: attempted - not_sent = delivered + failed + expired + pending + unknown
		delivered: delivered_handset + delivered_operator
		delivered_handset: Confirmed by the handset
		delivered_operator: Confirmed no further than the operator
		failed: Final failure after the hand-over
		expired: Not delivered within the validity
		pending: Open, within the provider's deadline
		unknown: Open, past the provider's deadline
		not_delivered: failed + expired
		possibly_delivered: delivered + pending + unknown
		settled: delivered + failed + expired
		parts: Parts of the messages sent
		delivery_rate: delivered / sent
		delivery_rate_low: The same, lower bound: delivered / sent
		delivery_rate_high: Upper bound: possibly_delivered / sent
		delivery_rate_settled: delivered / settled
		settled_share: settled / sent; below 1 the rates are provisional
		failure_rate: not_delivered / sent
		handover_rate: sent / attempted$c$;
	rates text := 'r.delivery_rate::numeric(9,6) AS delivery_rate, r.delivery_rate_low::numeric(9,6) AS delivery_rate_low, r.delivery_rate_high::numeric(9,6) AS delivery_rate_high,
		r.delivery_rate_settled::numeric(9,6) AS delivery_rate_settled, r.settled_share::numeric(9,6) AS settled_share, r.failure_rate::numeric(9,6) AS failure_rate, r.handover_rate::numeric(9,6) AS handover_rate';
	counts text := 'r.attempted, r.not_sent, r.sent, r.delivered, r.delivered_handset, r.delivered_operator, r.failed, r.expired, r.pending, r.unknown, r.not_delivered, r.possibly_delivered, r.settled, r.parts';
	click_columns text := $c$
		clicks: Clicks of the period, machines included
		unique_clickers: Different people who clicked; does not add up over rows
		human_clicks: Clicks that no rule ascribes to a machine
		human_clickers: Different people with such a click$c$;
	answer_columns text := $c$
		replies: Replies of the period
		subscribes: Opt-ins of the period, replies with a keyword that means it among them
		unsubscribes: Opt-outs of the period, replies with a keyword that means it among them
		helps: Requests for help of the period$c$;
BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW smsengage.daily_metrics WITH (security_invoker = true) AS
	SELECT r.day, ' || counts || ', ' || rates || ', r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers, r.replies, r.subscribes, r.unsubscribes, r.helps, r.list_growth
	FROM smsengage.daily_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.daily_metrics', 'daily_report() of the last 90 days (UTC), for tools that read views. Messages by the day they were sent, clicks and answers by the day they happened. Its key is day.',
		'day: Day (UTC)' || delivery_columns || click_columns || answer_columns || E'\n list_growth: subscribes - unsubscribes');

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.campaign_metrics WITH (security_invoker = true) AS
	SELECT r.bulk_message, ' || counts || ', ' || rates || ', r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers, r.replies, r.subscribes, r.unsubscribes, r.helps, r.sent_by_event_date
	FROM smsengage.campaign_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.campaign_metrics', 'campaign_report() of the last 90 days (UTC), for tools that read views. Messages by the day they were sent, clicks and answers by the day they happened, answers attributed within 4 hours. Its key is bulk_message; NULL: what belongs to none.',
		'bulk_message: The send; NULL: what belongs to none' || delivery_columns || click_columns || answer_columns || E'\n sent_by_event_date: SENT events of the period, with and without a message id');

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.link_metrics WITH (security_invoker = true) AS
	SELECT r.link_name, r.link_url, r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers
	FROM smsengage.link_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.link_metrics', 'link_report() of the last 90 days (UTC), for tools that read views. Its key is (link_name, link_url).', E'link_name: Name or alias of the link; NULL if the provider gives none\n link_url: Its URL, where it has no name' || click_columns);

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.sender_metrics WITH (security_invoker = true) AS
	SELECT r.sender_id, ' || counts || ', ' || rates || '
	FROM smsengage.sender_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.sender_metrics', 'sender_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is sender_id.', 'sender_id: Our number, short code or name; NULL if the reports name none' || delivery_columns);

	EXECUTE 'CREATE OR REPLACE VIEW smsengage.country_metrics WITH (security_invoker = true) AS
	SELECT r.country, ' || counts || ', ' || rates || '
	FROM smsengage.country_report(since => (now() AT TIME ZONE ''UTC'')::date - 89, until => (now() AT TIME ZONE ''UTC'')::date + 1) r';
	PERFORM smsengage.describe('smsengage.country_metrics', 'country_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is country.', 'country: Country of the recipients (ISO 3166-1 alpha-2); NULL if the number does not tell' || delivery_columns);

	CREATE OR REPLACE VIEW smsengage.cost_metrics WITH (security_invoker = true) AS
	SELECT r.price_currency, r.provider, r.price_basis, r.sent, r.delivered, r.delivered_priced, r.priced, r.parts, smsengage.plain_amount(r.cost)::numeric(38,6) AS cost, smsengage.plain_amount(r.cost_delivered)::numeric(38,6) AS cost_delivered, smsengage.plain_amount(r.wasted_cost)::numeric(38,6) AS wasted_cost,
		smsengage.plain_amount(r.forbidden_cost)::numeric(38,6) AS forbidden_cost, r.human_clicks_by_send_date, r.messages_clicked,
		r.priced_share::numeric(9,6) AS priced_share, smsengage.plain_amount(r.cost_per_delivered)::numeric(38,6) AS cost_per_delivered, smsengage.plain_amount(r.cost_per_message)::numeric(38,6) AS cost_per_message,
		smsengage.plain_amount(r.cost_per_human_click)::numeric(38,6) AS cost_per_human_click, smsengage.plain_amount(r.cost_per_message_clicked)::numeric(38,6) AS cost_per_message_clicked
	FROM smsengage.cost_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.cost_metrics', 'cost_report() of the last 90 days (UTC), by the day of sending, for tools that read views. Its key is (price_currency, provider); never add across currencies.', $c$
		price_currency: ISO 4217 code; NULL if none is known
		provider: Which provider reported the messages
		price_basis: part or message: what the provider states the price of
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		delivered_priced: Of these, with a price
		priced: Messages sent that have a price
		parts: Parts of the messages sent
		cost: What the messages sent cost
		cost_delivered: What the delivered ones cost
		wasted_cost: What the failed and expired ones cost
		forbidden_cost: What those cost, besides, that went to people who had opted out or numbers that were blocked
		human_clicks_by_send_date: Clicks on these messages that no rule ascribes to a machine
		messages_clicked: Messages with such a click
		priced_share: priced / sent
		cost_per_delivered: cost / delivered_priced
		cost_per_message: cost / priced
		cost_per_human_click: cost / human_clicks_by_send_date; NULL without clicks
		cost_per_message_clicked: cost / messages_clicked; NULL without clicks$c$);

	CREATE OR REPLACE VIEW smsengage.response_metrics WITH (security_invoker = true) AS
	SELECT r.value AS bulk_message, r.sent, r.delivered, r.settled, r.implied_delivered, r.reached, r.contradicted, r.people_sent, r.people_reached,
		r.clicks_by_send_date, r.human_clicks_by_send_date, r.messages_clicked, r.people_clicked,
		r.answers, r.keyword_answers, r.opt_out_answers, r.other_answers, r.matched_answers, r.messages_answered, r.messages_opted_out, r.messages_opted_in, r.messages_helped,
		r.settled_share::numeric(9,6) AS settled_share, r.total_click_rate::numeric(12,6) AS total_click_rate, r.unique_click_rate::numeric(9,6) AS unique_click_rate,
		r.people_click_rate::numeric(9,6) AS people_click_rate, r.click_to_reach::numeric(9,6) AS click_to_reach, r.reply_rate::numeric(9,6) AS reply_rate,
		r.keyword_match_rate::numeric(9,6) AS keyword_match_rate, r.opt_out_rate::numeric(9,6) AS opt_out_rate, r.opt_in_rate::numeric(9,6) AS opt_in_rate, r.help_rate::numeric(9,6) AS help_rate,
		r.p50_seconds_to_click::numeric(15,3) AS p50_seconds_to_click, r.p90_seconds_to_click::numeric(15,3) AS p90_seconds_to_click,
		r.p50_seconds_to_answer::numeric(15,3) AS p50_seconds_to_answer, r.p90_seconds_to_answer::numeric(15,3) AS p90_seconds_to_answer
	FROM smsengage.response_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.response_metrics', 'response_report() of the last 90 days (UTC), by send: clicks and answers of the messages sent then, whenever they came, for tools that read views. Its key is bulk_message; NULL: messages that name none.', $c$
		bulk_message: The send; NULL: messages that name none
		sent: Messages handed over
		delivered: Of these, confirmed by handset or operator
		settled: Of these, with an outcome
		implied_delivered: Open ones that arrived, as a person clicked or answered
		reached: delivered + implied_delivered
		contradicted: Failed, expired or unsent ones with a click or a named answer
		people_sent: Different people they were sent to
		people_reached: Different people reached
		clicks_by_send_date: Clicks on these messages, machines included
		human_clicks_by_send_date: Clicks by people on those reached
		messages_clicked: Messages reached with such a click
		people_clicked: Different people who made one
		answers: Inbound messages that answer them
		keyword_answers: Of these, with a keyword that is no opt-out
		opt_out_answers: Of these, opt-outs
		other_answers: The rest of them
		matched_answers: keyword_answers + opt_out_answers
		messages_answered: Messages reached with an answer
		messages_opted_out: Messages reached with an opt-out
		messages_opted_in: Messages sent with an opt-in
		messages_helped: Messages reached with a request for help
		settled_share: settled / sent; below 1 the rates are provisional
		total_click_rate: human_clicks_by_send_date / reached; may exceed 1
		unique_click_rate: messages_clicked / reached
		people_click_rate: people_clicked / people_reached
		click_to_reach: people_clicked / people_sent
		reply_rate: messages_answered / reached
		keyword_match_rate: matched_answers / answers
		opt_out_rate: messages_opted_out / reached
		opt_in_rate: messages_opted_in / sent
		help_rate: messages_helped / reached
		p50_seconds_to_click: Half of the first clicks come within, in seconds from the delivery
		p90_seconds_to_click: Nine of ten do
		p50_seconds_to_answer: Half of the first answers come within, in seconds from the delivery
		p90_seconds_to_answer: Nine of ten do$c$);

	CREATE OR REPLACE VIEW smsengage.daily_event_metrics WITH (security_invoker = true) AS
	SELECT r.day, r.sent_by_event_date, r.not_sent_by_event_date, r.delivered_by_event_date, r.undelivered_by_event_date, r.expired_by_event_date, r.seen_by_event_date,
		r.clicks, r.unique_clickers, r.replies, r.subscribes, r.unsubscribes, r.confirmations, r.helps,
		r.click_rate_by_event_date::numeric(15,6) AS click_rate_by_event_date, r.reply_rate_by_event_date::numeric(15,6) AS reply_rate_by_event_date,
		r.unsubscribe_rate_by_event_date::numeric(15,6) AS unsubscribe_rate_by_event_date, r.help_rate_by_event_date::numeric(15,6) AS help_rate_by_event_date
	FROM smsengage.daily_event_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.daily_event_metrics', 'daily_event_report() of the last 90 days (UTC): events by the day they happened, for tools that read views. Its key is day.', $c$
		day: Day (UTC)
		sent_by_event_date: SENT events
		not_sent_by_event_date: NOT_SENT events
		delivered_by_event_date: DELIVERED events
		undelivered_by_event_date: UNDELIVERED and REJECTED events
		expired_by_event_date: EXPIRED events
		seen_by_event_date: SEEN events
		clicks: Clicks, machines included
		unique_clickers: Different people who clicked; does not add up over rows
		replies: Replies
		subscribes: Opt-ins, replies with a keyword that means it among them
		unsubscribes: Opt-outs, replies with a keyword that means it among them
		confirmations: Confirmations of opt-ins and opt-outs
		helps: Requests for help
		click_rate_by_event_date: clicks / delivered_by_event_date
		reply_rate_by_event_date: replies / delivered_by_event_date
		unsubscribe_rate_by_event_date: unsubscribes / delivered_by_event_date
		help_rate_by_event_date: helps / delivered_by_event_date$c$);

	CREATE OR REPLACE VIEW smsengage.block_metrics WITH (security_invoker = true) AS
	SELECT r.subcategory, r.code, r.scope, r.blocked, r.attempted, r.block_rate::numeric(9,6) AS block_rate
	FROM smsengage.block_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.block_metrics', 'block_report() of the last 90 days (UTC), for tools that read views. Its key is (subcategory, code, scope).', $c$
		subcategory: Global block or Partial block, as the provider or can_send() said
		code: Code of the record that held; NULL if only the provider knows it
		scope: global or local, by the record
		blocked: Messages that it stopped
		attempted: Messages asked for, of all
		block_rate: blocked / attempted$c$);

	CREATE OR REPLACE VIEW smsengage.failure_metrics WITH (security_invoker = true) AS
	SELECT r.issue, r.issue_kind, r.issue_messages, r.sent, r.issue_rate::numeric(9,6) AS issue_rate
	FROM smsengage.failure_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.failure_metrics', 'failure_report() of the last 90 days (UTC), for tools that read views. Its key is issue.', $c$
		issue: One of Intercom's eight issue reasons
		issue_kind: Kind of it, as in delivery_issue_reason
		issue_messages: Messages that failed or expired for it
		sent: Messages handed over, of all
		issue_rate: issue_messages / sent$c$);

	CREATE OR REPLACE VIEW smsengage.engagement_summary WITH (security_invoker = true) AS
	SELECT r.day, r.bulk_message, r.event_type, r.events, r.individuals
	FROM smsengage.engagement_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;
	PERFORM smsengage.describe('smsengage.engagement_summary', 'engagement_report() of the last 90 days (UTC): events by type, send and day, for tools that read views. Its key is (day, event_type, bulk_message).', $c$
		day: Day on which they happened (UTC)
		bulk_message: The send; NULL: all events of the type, with and without one
		event_type: Type of the events
		events: Number of events
		individuals: Number of different people; does not add up over rows$c$);

	CREATE OR REPLACE VIEW smsengage.health_metrics WITH (security_invoker = true) AS
	SELECT h.metric, smsengage.plain_amount(h.value)::numeric(38,6) AS value, h.numerator, h.denominator, h.lowest::numeric(12,6) AS lowest, h.highest::numeric(12,6) AS highest, h.healthy
	FROM smsengage.health() h;
	PERFORM smsengage.describe('smsengage.health_metrics', 'health() of the last 30 days (UTC). Its key is metric; limits: health_threshold.', $c$
		metric: Name of the metric
		value: Its value; NULL: there is nothing to judge by
		numerator: What was divided; NULL for p50_seconds
		denominator: By what; for p50_seconds the number of messages measured
		lowest: Healthy from here on
		highest: Healthy up to here
		healthy: Whether the value is within the limits$c$);
END
$$;
COMMENT ON FUNCTION smsengage.metric_views() IS 'Makes or replaces the views of metrics. Used by migrate().';
-- What every number of the reports means.  A test holds that each of their
-- columns is in here.

CREATE VIEW smsengage.metric_dictionary AS
	SELECT d.metric, d.formula, d.numerator, d.denominator, d.unit, d.date_basis, d.caveat
	FROM (VALUES
		('attempted'::pg_catalog.text, 'messages that were asked for'::pg_catalog.text, NULL::pg_catalog.text, NULL::pg_catalog.text, 'messages'::pg_catalog.text, 'send date'::pg_catalog.text, 'Only messages with an id: an event that names none is counted by event date only.'::pg_catalog.text),
		('not_sent', 'messages that never reached the aggregator or operator', NULL, NULL, 'messages', 'send date', NULL),
		('sent', 'attempted - not_sent = delivered + failed + expired + pending + unknown', NULL, NULL, 'messages', 'send date', 'A message to one recipient, never a part.'),
		('delivered', 'delivered_handset + delivered_operator', NULL, NULL, 'messages', 'send date', 'A multi-part message counts when every known part is delivered.'),
		('delivered_handset', 'messages that the handset confirmed', NULL, NULL, 'messages', 'send date', 'In some countries operators confirm for the handset.'),
		('delivered_operator', 'messages confirmed no further than the operator', NULL, NULL, 'messages', 'send date', 'Not final: it may still become delivered_handset or failed.'),
		('failed', 'messages with a final failure after the hand-over', NULL, NULL, 'messages', 'send date', 'A multi-part message counts when any part failed.'),
		('expired', 'messages whose validity ended', NULL, NULL, 'messages', 'send date', NULL),
		('pending', 'open messages within the deadline of their provider', NULL, NULL, 'messages', 'send date', 'Deadlines: delivery_deadline; counted from the quarter hour of sending.'),
		('unknown', 'open messages past the deadline of their provider', NULL, NULL, 'messages', 'send date', 'Neither failed nor delivered.'),
		('not_delivered', 'failed + expired', NULL, NULL, 'messages', 'send date', NULL),
		('possibly_delivered', 'delivered + pending + unknown', NULL, NULL, 'messages', 'send date', NULL),
		('settled', 'delivered + failed + expired', NULL, NULL, 'messages', 'send date', 'Contains delivered_operator.'),
		('parts', 'billed parts of the messages sent', NULL, NULL, 'parts', 'send date', 'As the provider says, else as many as were reported, at least 1.'),
		('delivery_rate', 'delivered / sent', 'delivered', 'sent', 'ratio', 'send date', 'NULL if sent is 0. Provisional while settled_share is below 1.'),
		('delivery_rate_low', 'delivered / sent', 'delivered', 'sent', 'ratio', 'send date', 'As if every open message were lost.'),
		('delivery_rate_high', 'possibly_delivered / sent', 'possibly_delivered', 'sent', 'ratio', 'send date', 'As if every open message arrived. For Salesforce''s MessageEngagement, which has no Delivered, the only bound there is.'),
		('delivery_rate_settled', 'delivered / settled', 'delivered', 'settled', 'ratio', 'send date', 'Only decided messages; read it with settled_share.'),
		('settled_share', 'settled / sent', 'settled', 'sent', 'ratio', 'send date', 'Below 1 the row is provisional.'),
		('failure_rate', 'not_delivered / sent', 'not_delivered', 'sent', 'ratio', 'send date', NULL),
		('handover_rate', 'sent / attempted', 'sent', 'attempted', 'ratio', 'send date', NULL),
		('clicks', 'events of type CLICK', NULL, NULL, 'events', 'event date', 'Machines included: beside it stands human_clicks.'),
		('unique_clickers', 'different people with a click', NULL, NULL, 'people', 'event date', 'Exact. Does not add up over rows: days, links and campaigns share people. Events of nobody known are not in it.'),
		('human_clicks', 'clicks that no rule of machine_click_rule ascribes to a machine', NULL, NULL, 'events', 'event date', 'By the rules as they stand when it is read. NULL where it was not asked for.'),
		('human_clickers', 'different people with at least one human click', NULL, NULL, 'people', 'event date', 'As human_clicks.'),
		('replies', 'events of type REPLY', NULL, NULL, 'events', 'event date', 'Those with a keyword are among them. By campaign: of the message the provider names, else of the last one to the number within the window; the rest is in the row without a campaign.'),
		('subscribes', 'events of type SUBSCRIBE + replies whose keyword opts in', NULL, NULL, 'events', 'event date', 'As consent_entry has them; such a reply is in replies too. A segment counts events of one type. By campaign: as replies.'),
		('unsubscribes', 'events of type UNSUBSCRIBE + replies whose keyword opts out', NULL, NULL, 'events', 'event date', 'As subscribes. What failures say of an opt-out at the carrier is no event of the person and not in it.'),
		('helps', 'events of type HELP', NULL, NULL, 'events', 'event date', 'By campaign: as replies.'),
		('list_growth', 'subscribes - unsubscribes', NULL, NULL, 'events', 'event date', 'Events, not people.'),
		('sent_by_event_date', 'events of type SENT', NULL, NULL, 'events', 'event date', 'Contains events that name no message, as Salesforce''s.'),
		('not_sent_by_event_date', 'events of type NOT_SENT', NULL, NULL, 'events', 'event date', NULL),
		('delivered_by_event_date', 'events of type DELIVERED', NULL, NULL, 'events', 'event date', 'Reports, not messages: a provider may report one message several times.'),
		('undelivered_by_event_date', 'events of type UNDELIVERED or REJECTED', NULL, NULL, 'events', 'event date', 'As delivered_by_event_date.'),
		('expired_by_event_date', 'events of type EXPIRED', NULL, NULL, 'events', 'event date', 'As delivered_by_event_date.'),
		('seen_by_event_date', 'events of type SEEN', NULL, NULL, 'events', 'event date', 'Only channels that tell; SMS does not.'),
		('click_rate_by_event_date', 'clicks / delivered_by_event_date', 'clicks', 'delivered_by_event_date', 'ratio', 'event date', 'Machines included; may exceed 1. By send date: total_click_rate, unique_click_rate.'),
		('reply_rate_by_event_date', 'replies / delivered_by_event_date', 'replies', 'delivered_by_event_date', 'ratio', 'event date', 'By send date: reply_rate.'),
		('unsubscribe_rate_by_event_date', 'unsubscribes / delivered_by_event_date', 'unsubscribes', 'delivered_by_event_date', 'ratio', 'event date', 'By send date: opt_out_rate.'),
		('help_rate_by_event_date', 'helps / delivered_by_event_date', 'helps', 'delivered_by_event_date', 'ratio', 'event date', 'By send date: help_rate.'),
		('confirmations', 'events of type CONFIRMATION', NULL, NULL, 'events', 'event date', NULL),
		('events', 'events of the type', NULL, NULL, 'events', 'event date', 'A multi-part message counts once, by its first part.'),
		('individuals', 'different people with an event of the type', NULL, NULL, 'people', 'event date', 'Does not add up over rows. Equals segment_size() of the same condition.'),
		('priced', 'messages sent that have a price', NULL, NULL, 'messages', 'send date', 'Prices may come late.'),
		('cost', 'sum of message_cost() of the messages sent', NULL, NULL, 'price_currency', 'send date', 'Never across currencies. Infobip states the price of a part, the others of a message: price_basis.'),
		('cost_delivered', 'sum of message_cost() of the messages delivered', NULL, NULL, 'price_currency', 'send date', NULL),
		('wasted_cost', 'sum of message_cost() of the messages failed or expired', NULL, NULL, 'price_currency', 'send date', NULL),
		('forbidden_cost', 'sum of message_cost() of the messages of forbidden_sends() that neither failed nor expired', NULL, NULL, 'price_currency', 'send date', 'Not in wasted_cost. NULL where it was not asked for.'),
		('delivered_priced', 'delivered messages with a price', NULL, NULL, 'messages', 'send date', NULL),
		('priced_share', 'priced / sent', 'priced', 'sent', 'ratio', 'send date', 'Below 1, cost is a lower bound.'),
		('cost_per_delivered', 'cost / delivered_priced', 'cost', 'delivered_priced', 'price_currency', 'send date', 'NULL without one.'),
		('cost_per_message', 'cost / priced', 'cost', 'priced', 'price_currency', 'send date', NULL),
		('cost_per_human_click', 'cost / human_clicks_by_send_date', 'cost', 'human_clicks_by_send_date', 'price_currency', 'send date', 'NULL without clicks.'),
		('cost_per_message_clicked', 'cost / messages_clicked', 'cost', 'messages_clicked', 'price_currency', 'send date', 'NULL without clicks.'),
		('implied_delivered', 'open messages that a person clicked, or answered as the provider says', NULL, NULL, 'messages', 'send date', 'They stay pending or unknown in the delivery columns.'),
		('reached', 'delivered + implied_delivered', NULL, NULL, 'messages', 'send date', NULL),
		('contradicted', 'failed, expired or not sent messages that a person clicked, or answered as the provider says', NULL, NULL, 'messages', 'send date', 'They stay what they are, and their clicks are in no rate.'),
		('people_sent', 'different people with a message sent', NULL, NULL, 'people', 'send date', 'Does not add up over rows.'),
		('people_reached', 'different people with a message reached', NULL, NULL, 'people', 'send date', 'As people_sent.'),
		('people_clicked', 'different people with a human click on a message reached', NULL, NULL, 'people', 'send date', 'As people_sent.'),
		('clicks_by_send_date', 'clicks that name a message, by the day this was sent', NULL, NULL, 'events', 'send date', 'Machines included. Clicks that name no message, as Salesforce''s, are by event date only.'),
		('human_clicks_by_send_date', 'those of clicks_by_send_date that no rule ascribes to a machine, of messages reached', NULL, NULL, 'events', 'send date', 'As clicks_by_send_date.'),
		('messages_clicked', 'messages reached with a human click', NULL, NULL, 'messages', 'send date', NULL),
		('answers', 'inbound messages of any kind that answer a message, by the day this was sent', NULL, NULL, 'events', 'send date', 'The message that the provider names, else the last one to the number within the window.'),
		('keyword_answers', 'answers with a keyword that is no opt-out', NULL, NULL, 'events', 'send date', 'Keywords as they were in force when it was written.'),
		('opt_out_answers', 'answers that opt out, by their type or their keyword', NULL, NULL, 'events', 'send date', 'As keyword_answers.'),
		('other_answers', 'answers - keyword_answers - opt_out_answers', NULL, NULL, 'events', 'send date', NULL),
		('matched_answers', 'keyword_answers + opt_out_answers', NULL, NULL, 'events', 'send date', NULL),
		('messages_answered', 'messages reached with an answer', NULL, NULL, 'messages', 'send date', NULL),
		('messages_opted_out', 'messages reached with an answer that opts out', NULL, NULL, 'messages', 'send date', NULL),
		('messages_opted_in', 'messages sent with an answer that opts in', NULL, NULL, 'messages', 'send date', NULL),
		('messages_helped', 'messages reached with a request for help', NULL, NULL, 'messages', 'send date', NULL),
		('total_click_rate', 'human_clicks_by_send_date / reached', 'human_clicks_by_send_date', 'reached', 'ratio', 'send date', 'May exceed 1. Provisional while settled_share is below 1.'),
		('unique_click_rate', 'messages_clicked / reached', 'messages_clicked', 'reached', 'ratio', 'send date', 'As total_click_rate, and never above 1.'),
		('people_click_rate', 'people_clicked / people_reached', 'people_clicked', 'people_reached', 'ratio', 'send date', 'Klaviyo''s form.'),
		('click_to_reach', 'people_clicked / people_sent', 'people_clicked', 'people_sent', 'ratio', 'send date', 'For reach, not for content.'),
		('reply_rate', 'messages_answered / reached', 'messages_answered', 'reached', 'ratio', 'send date', NULL),
		('keyword_match_rate', 'matched_answers / answers', 'matched_answers', 'answers', 'ratio', 'send date', NULL),
		('opt_out_rate', 'messages_opted_out / reached', 'messages_opted_out', 'reached', 'ratio', 'send date', NULL),
		('opt_in_rate', 'messages_opted_in / sent', 'messages_opted_in', 'sent', 'ratio', 'send date', 'Of the send that asks for it.'),
		('help_rate', 'messages_helped / reached', 'messages_helped', 'reached', 'ratio', 'send date', NULL),
		('p50_seconds_to_click', 'percentile_cont(0.5) of first human click - arrived_at() of messages reached', NULL, NULL, 'seconds', 'send date', 'From the sending where no delivery is known; a click before is left out.'),
		('p90_seconds_to_click', 'percentile_cont(0.9) of the same', NULL, NULL, 'seconds', 'send date', 'As p50_seconds_to_click.'),
		('p50_seconds_to_answer', 'percentile_cont(0.5) of first answer - arrived_at() of messages reached', NULL, NULL, 'seconds', 'send date', 'As p50_seconds_to_click.'),
		('p90_seconds_to_answer', 'percentile_cont(0.9) of the same', NULL, NULL, 'seconds', 'send date', 'As p50_seconds_to_click.'),
		('blocked', 'messages not sent for a block list', NULL, NULL, 'messages', 'send date', 'Those that somebody recorded: log_not_sent() does it for can_send().'),
		('block_rate', 'blocked / attempted', 'blocked', 'attempted', 'ratio', 'send date', 'attempted is of all messages of the period.'),
		('issue_messages', 'messages failed or expired for the issue', NULL, NULL, 'messages', 'send date', 'Adds up to not_delivered.'),
		('issue_rate', 'issue_messages / sent', 'issue_messages', 'sent', 'ratio', 'send date', 'sent is of all messages of the period.'),
		('censored', 'messages without an outcome, or delivered to the operator, at the moment of the report', NULL, NULL, 'messages', 'send date', 'Only with a known time of sending.'),
		('p50_seconds_censored', 'product-limit estimate of the time by which half are delivered, censored ones waiting', NULL, NULL, 'seconds', 'send date', 'A time that occurred; p50_seconds lies between two. NULL where too few have arrived.'),
		('p90_seconds_censored', 'the same for nine of ten', NULL, NULL, 'seconds', 'send date', 'As p50_seconds_censored.'),
		('p95_seconds_censored', 'the same for 95 of 100', NULL, NULL, 'seconds', 'send date', 'As p50_seconds_censored.'),
		('p99_seconds_censored', 'the same for 99 of 100', NULL, NULL, 'seconds', 'send date', 'As p50_seconds_censored.'),
		('measured_in_5_seconds', 'measured within 5 s', NULL, NULL, 'messages', 'send date', NULL),
		('measured_in_1_minute', 'measured within 1 min', NULL, NULL, 'messages', 'send date', NULL),
		('measured_in_1_hour', 'measured within 1 h', NULL, NULL, 'messages', 'send date', NULL),
		('measured', 'delivered messages with both times, not reversed', NULL, NULL, 'messages', 'send date', NULL),
		('negative', 'delivered messages done before they were sent', NULL, NULL, 'messages', 'send date', 'Clocks that contradict each other; not in the percentiles.'),
		('p50_seconds', 'percentile_cont(0.5) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'Receipt latency as the provider sees it: receipts may lag by hours.'),
		('p90_seconds', 'percentile_cont(0.9) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'As p50_seconds.'),
		('p95_seconds', 'percentile_cont(0.95) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'As p50_seconds.'),
		('p99_seconds', 'percentile_cont(0.99) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'As p50_seconds.'),
		('within_5_seconds', 'measured_in_5_seconds / measured', 'measured_in_5_seconds', 'measured', 'ratio', 'send date', 'Open messages are not in it: read it with settled_share.'),
		('within_1_minute', 'measured_in_1_minute / measured', 'measured_in_1_minute', 'measured', 'ratio', 'send date', 'As within_5_seconds.'),
		('within_1_hour', 'measured_in_1_hour / measured', 'measured_in_1_hour', 'measured', 'ratio', 'send date', 'As within_5_seconds.'),
		('unreachable_rate', 'messages failed for a bad number, an unreachable phone or an opt-out / sent', 'messages failed for these', 'sent', 'ratio', 'send date', 'health() only; kinds of issue: delivery_issue_reason.'),
		('carrier_rate', 'messages failed for the carrier, the content, the country or an unknown reason / sent', 'messages failed for these', 'sent', 'ratio', 'send date', 'health() only.'),
		('click_rate', 'people with a click / people with a delivery report, both of the period', 'unique_clickers', 'people with a DELIVERED event', 'ratio', 'event date', 'health() only. Machines included.'),
		('unsubscribe_rate', 'unsubscribes / people with a delivery report, both of the period', 'unsubscribes', 'people with a DELIVERED event', 'ratio', 'event date', 'health() only.')
	) AS d (metric, formula, numerator, denominator, unit, date_basis, caveat);
COMMENT ON VIEW smsengage.metric_dictionary IS 'What every number of the reports means: key is metric, the name of the column in every report and view that has it';
COMMENT ON COLUMN smsengage.metric_dictionary.metric IS 'name of the column';
COMMENT ON COLUMN smsengage.metric_dictionary.formula IS 'how it is computed, from other metrics where possible';
COMMENT ON COLUMN smsengage.metric_dictionary.numerator IS 'numerator of a rate; null if it is none';
COMMENT ON COLUMN smsengage.metric_dictionary.denominator IS 'denominator of a rate; a rate is null where it is 0';
COMMENT ON COLUMN smsengage.metric_dictionary.unit IS 'messages, parts, events, people, seconds, ratio (0 to 1) or price_currency';
COMMENT ON COLUMN smsengage.metric_dictionary.date_basis IS 'send date: counted on the day the message was sent; event date: on the day the event happened';
COMMENT ON COLUMN smsengage.metric_dictionary.caveat IS 'what to keep in mind';
GRANT SELECT ON smsengage.metric_dictionary TO PUBLIC;
-- A store on a Citus cluster.  Nothing of Citus is needed to build or load this:
-- its functions are called by name, where they are.

CREATE FUNCTION smsengage.cluster_place()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place text;
BEGIN
	IF NOT smsengage.store_is_distributed() THEN
		RETURN 'alone';
	END IF;
	EXECUTE 'SELECT CASE g.groupid WHEN 0 THEN ''coordinator'' ELSE ''worker'' END FROM pg_catalog.pg_dist_local_group g' INTO place;
	RETURN place;
END
$$;
COMMENT ON FUNCTION smsengage.cluster_place() IS 'Where this is: coordinator or worker of a cluster over which distribute_store() has spread the store; else alone. Used by the functions that write.';

CREATE FUNCTION smsengage.ask_coordinator(command text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer record;
BEGIN
	EXECUTE 'SELECT c.success, c.result FROM pg_catalog.run_command_on_coordinator($1) c' INTO answer USING command;
	IF NOT answer.success THEN
		RAISE EXCEPTION USING ERRCODE = 'connection_exception',
			MESSAGE = 'the coordinator could not do its part',
			DETAIL = answer.result;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.ask_coordinator(text) IS 'Runs a statement on the coordinator of a cluster, in a transaction of its own. Raises 08000 with what it said. Used by ingestion.';

CREATE FUNCTION smsengage.store_distribution()
RETURNS TABLE (relation text, how text, distribution_column text, together_with text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
	SELECT d.relation, d.how, d.distribution_column, d.together_with
	FROM (VALUES
		-- an event is where its message is, so that a report finds both in one place
		('message', 'distributed', 'message_key', NULL),
		('event', 'distributed', 'message_key', 'message'),
		('content_drift', 'distributed', 'event_key', NULL),
		('event_identity', 'distributed', 'digest', 'message'),
		('provider_notice', 'distributed', 'digest', 'message'),
		-- sums are made where the chunk is
		('engagement_tally', 'distributed', 'chunk', NULL),
		('outcome_tally', 'distributed', 'send_cell', NULL),
		-- what is known of a number is in one place
		('contact_point', 'distributed', 'recipient', NULL),
		('block', 'distributed', 'recipient', 'contact_point'),
		('unblock', 'distributed', 'recipient', 'contact_point'),
		('subscription', 'distributed', 'recipient', 'contact_point'),
		('consent_entry', 'distributed', 'recipient', 'contact_point'),
		-- queues and chains, whose rows are locked one by one
		('rejected_event', 'local', NULL, NULL),
		('inbox', 'local', NULL, NULL),
		('load_progress', 'local', NULL, NULL),
		('consent_ledger', 'local', NULL, NULL),
		('consent_seal', 'local', NULL, NULL)
	) AS d (relation, how, distribution_column, together_with);
END;
COMMENT ON FUNCTION smsengage.store_distribution() IS 'How distribute_store() spreads tables: distributed by the hash of a column, or local to the coordinator. Every other table of the store is a reference table: whole on every node. Used by distribute_store().';

CREATE FUNCTION smsengage.check_cluster()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ready boolean;
	taken text;
BEGIN
	PERFORM smsengage.check_store_place();
	IF to_regproc('pg_catalog.create_distributed_table') IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the extension citus is not in this database',
			HINT = 'Install Citus on all nodes, then say CREATE EXTENSION citus.';
	END IF;
	IF NOT smsengage.store_exists() THEN
		RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = 'this database has no store';
	END IF;
	IF current_setting('max_prepared_transactions')::integer = 0 THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'max_prepared_transactions is 0, so that no transaction could span nodes',
			HINT = 'Set it to max_connections or more on every node and restart.';
	END IF;
	EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_node n WHERE n.groupid = 0)' INTO ready;
	IF NOT ready THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the cluster does not know its coordinator',
			HINT = 'SELECT citus_set_coordinator_host(''this host'');';
	END IF;
	EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_node n WHERE n.isactive AND n.shouldhaveshards)' INTO ready;
	IF NOT ready THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'the cluster has no node to keep shards on',
			HINT = 'SELECT citus_add_node(''worker host'', 5432);';
	END IF;
	EXECUTE $q$
		SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', r.nodename, r.nodeport) || ' ' || r.result, ', ')
		FROM (
			SELECT n.nodename, n.nodeport, w.success, w.result
			FROM pg_catalog.run_command_on_workers($1) w
			JOIN pg_catalog.pg_dist_node n USING (nodename, nodeport)) r
		WHERE NOT r.success OR r.result <> ''$q$
	INTO taken USING format(
		'SELECT coalesce(pg_catalog.string_agg(c.relname, '' ''), '''') FROM pg_catalog.pg_class c WHERE c.relnamespace = pg_catalog.to_regnamespace(''smsengage'') AND c.relname = ANY (%L)',
		ARRAY(SELECT t.relation FROM smsengage.store_places() t WHERE t.place IS NULL));
	IF taken IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'duplicate_table',
			MESSAGE = 'workers have tables or views of the store already, or cannot be asked',
			DETAIL = taken;
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.check_cluster() IS 'Raises, with what to do, where distribute_store() cannot work: 55000 without Citus, coordinator, workers or prepared transactions, 42P01 without a store, 42P07 if names are taken on a worker. Used by distribute_store().';

CREATE FUNCTION smsengage.store_places()
RETURNS TABLE (relation text, kind "char", place text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known regclass[] := '{}';
BEGIN
	IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
		EXECUTE 'SELECT pg_catalog.array_agg(p.logicalrelid) FROM pg_catalog.pg_dist_partition p' INTO known;
	END IF;
	RETURN QUERY
	SELECT c.relname::text, c.relkind, CASE WHEN c.oid = ANY (known::oid[]) THEN 'cluster' END
	FROM pg_class c
	WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
	ORDER BY c.oid;
END
$$;
COMMENT ON FUNCTION smsengage.store_places() IS 'The tables of the store, and whether the cluster knows them. Used by distribute_store().';

CREATE FUNCTION smsengage.swap_identities(identities boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	numbered record;
	next bigint;
BEGIN
	FOR numbered IN
		SELECT c.oid::regclass AS name, a.attname, d.seqrelid::regclass AS sequence, format('smsengage.%I', c.relname || '_' || a.attname || '_seq') AS wanted
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		CROSS JOIN LATERAL (SELECT pg_get_serial_sequence(c.oid::regclass::text, a.attname)::regclass AS seqrelid) d
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
			AND d.seqrelid IS NOT NULL AND (a.attidentity = '') = identities
		ORDER BY c.oid
	LOOP
		next := nextval(numbered.sequence);
		IF identities THEN
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', numbered.name, numbered.attname);
			EXECUTE format('DROP SEQUENCE %s', numbered.sequence);
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED BY DEFAULT AS IDENTITY (START %s)', numbered.name, numbered.attname, next);
		ELSE
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP IDENTITY', numbered.name, numbered.attname);
			EXECUTE format('CREATE SEQUENCE %s START %s OWNED BY %s.%I', numbered.wanted, next, numbered.name, numbered.attname);
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT nextval(%L)', numbered.name, numbered.attname, numbered.wanted);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage.swap_identities(boolean) IS 'Makes sequences of the store''s identity columns, which a cluster cannot give back, or identity columns again. Used by distribute_store() and undistribute_store().';

CREATE FUNCTION smsengage.key_events(by_message boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	ALTER TABLE smsengage.event DROP CONSTRAINT event_pkey;
	IF by_message THEN
		UPDATE smsengage.event e SET message_key = smsengage.event_home(e.event_key) WHERE e.message_key IS NULL;
		-- one identity has one message key, so this admits no more events than the key of before
		ALTER TABLE smsengage.event ADD CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key, message_key);
	ELSE
		ALTER TABLE smsengage.event ALTER COLUMN message_key DROP NOT NULL;
		UPDATE smsengage.event e SET message_key = NULL WHERE e.message_id IS NULL;
		ALTER TABLE smsengage.event ADD CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key);
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.key_events(boolean) IS 'Gives every event a message key and makes that a part of the primary key, as a cluster needs it; or takes both away again. Used by distribute_store() and undistribute_store().';

CREATE FUNCTION smsengage.distribute_store()
RETURNS TABLE (relation text, how text, distribution_column text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '10s'
AS $$
DECLARE
	piece record;
	name text;
BEGIN
	PERFORM smsengage.check_cluster();
	PERFORM smsengage.check_isolation('distribute_store()');
	-- whoever writes must have ended, and is told to wait
	FOR piece IN SELECT t.relation FROM smsengage.store_places() t WHERE t.place IS NULL LOOP
		EXECUTE format('LOCK TABLE smsengage.%I IN SHARE ROW EXCLUSIVE MODE', piece.relation);
	END LOOP;
	IF smsengage.cluster_place() = 'alone' THEN
		PERFORM smsengage.swap_identities(false);
		PERFORM smsengage.key_events(true);
		-- not kept there
		DELETE FROM smsengage.outcome_tally;
	END IF;
	FOR piece IN
		SELECT p.policyname, p.tablename FROM pg_policies p
		WHERE p.schemaname = 'smsengage' AND p.tablename IN (SELECT t.relation FROM smsengage.store_places() t WHERE t.place IS NULL)
	LOOP
		EXECUTE format('DROP POLICY %I ON smsengage.%I', piece.policyname, piece.tablename);
	END LOOP;
	FOR piece IN
		SELECT t.relation, coalesce(d.how, 'reference') AS how, d.distribution_column, d.together_with
		FROM smsengage.store_places() t
		LEFT JOIN smsengage.store_distribution() d ON d.relation = t.relation
		WHERE t.place IS NULL
		ORDER BY d.together_with IS NOT NULL, t.relation
	LOOP
		name := format('smsengage.%I', piece.relation);
		IF piece.how = 'distributed' THEN
			EXECUTE 'SELECT pg_catalog.create_distributed_table($1, $2, colocate_with => $3)'
			USING name::regclass, piece.distribution_column, coalesce('smsengage.' || piece.together_with, 'none');
		ELSIF piece.how = 'local' THEN
			EXECUTE 'SELECT pg_catalog.citus_add_local_table_to_metadata($1)' USING name::regclass;
		ELSE
			EXECUTE 'SELECT pg_catalog.create_reference_table($1)' USING name::regclass;
		END IF;
		IF piece.how <> 'local' THEN
			EXECUTE 'SELECT pg_catalog.truncate_local_data_after_distributing_table($1)' USING name::regclass;
		END IF;
		relation := piece.relation;
		how := piece.how;
		distribution_column := piece.distribution_column;
		RETURN NEXT;
	END LOOP;
	IF FOUND THEN
		PERFORM smsengage.access_rules();
	END IF;
END
$$;
COMMENT ON FUNCTION smsengage.distribute_store() IS 'Spreads the store, data included, over the Citus cluster whose coordinator this is, in the caller''s transaction, and returns what it did with each table; nothing if all was done before. Call it again after migrate(). Waits 10 seconds for running writers (55P03). Raises as check_cluster().';

CREATE FUNCTION smsengage.undistribute_store()
RETURNS TABLE (relation text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET lock_timeout = '10s'
AS $$
DECLARE
	piece record;
BEGIN
	PERFORM smsengage.check_store_place();
	PERFORM smsengage.check_isolation('undistribute_store()');
	-- one connection to a node, as functions and policies change in the same transaction
	PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
	FOR piece IN SELECT p.policyname, p.tablename FROM pg_policies p WHERE p.schemaname = 'smsengage' LOOP
		EXECUTE format('DROP POLICY %I ON smsengage.%I', piece.policyname, piece.tablename);
	END LOOP;
	FOR relation IN SELECT t.relation FROM smsengage.store_places() t WHERE t.place IS NOT NULL LOOP
		EXECUTE 'SELECT pg_catalog.undistribute_table($1)' USING format('smsengage.%I', relation)::regclass;
		RETURN NEXT;
	END LOOP;
	PERFORM smsengage.swap_identities(true);
	PERFORM smsengage.key_events(false);
	PERFORM smsengage.rebuild_outcomes();
	PERFORM smsengage.access_rules();
	-- tallies and people again, too
	PERFORM smsengage.grant_reader(r.role_name, r.account)
	FROM smsengage.account_role r JOIN pg_roles g ON g.rolname = r.role_name
	WHERE has_table_privilege(g.oid, 'smsengage.event', 'SELECT');
END
$$;
COMMENT ON FUNCTION smsengage.undistribute_store() IS 'Brings the store back to the coordinator, which needs the room for it; returns the tables it moved.';
