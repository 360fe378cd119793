-- Event types, and who may read the reference views.

CREATE FUNCTION smsengage.event_types(OUT event_type pg_catalog.text, OUT origin pg_catalog.text,
	OUT meaning pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_event_types'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS :N_EVENT_TYPES:;
COMMENT ON FUNCTION smsengage.event_types() IS
'The event types of a store; columns as in the view event_type_reference';

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
GRANT SELECT ON smsengage.status_category,
	smsengage.block_code_default, smsengage.event_type_reference TO PUBLIC;
