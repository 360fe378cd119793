-- Who may see what: accounts are shared out to roles, rows follow.

CREATE FUNCTION smsengage_internal.visible_accounts()
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'sms_visible_accounts' LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION smsengage_internal.visible_accounts() IS 'The accounts that the caller may read; * means all. Used by the policies.';

CREATE FUNCTION smsengage_internal.sees_everything()
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_sees_everything' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION smsengage_internal.sees_everything() IS 'Whether the caller may read all accounts. Used by the policies.';

CREATE FUNCTION smsengage_internal.shown_by_person()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY['engagement_tally', 'individual'];
END;
COMMENT ON FUNCTION smsengage_internal.shown_by_person() IS 'Tables without an account, whose rows show through events that may be seen. On a cluster only roles that act for all accounts read them. Used by the grant functions.';
