-- Every provider's codes and what they mean: pure functions over tables
-- compiled into the library, and a reference view over them.

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

GRANT SELECT ON smsengage.status_code TO PUBLIC;
