-- The format of provider 'native', for sources without a descriptor.

CREATE VIEW smsengage.native_format AS
	SELECT f.member,
		-- as C converts it, SMS_AS_...
		CASE f.type WHEN 'KEY' THEN 'text' WHEN 'PHONE' THEN 'text' WHEN 'DECIMAL' THEN 'numeric' WHEN 'JSON' THEN 'text or json'
			WHEN 'MEMBERS' THEN 'json' ELSE pg_catalog.lower(f.type) END AS type,
		f.meaning
	FROM (VALUES
		:each event_columns event_type event_time event_id account individual_id: (':name:', ':native:', ':meaning:'),
		('scope', 'KEY', 'Where individual_id means one person; missing: native/ and the account. Give it to mean a person of another provider, as in parse()'),
		:each event_columns recipient sender_id message_id message_key part parts: (':name:', ':native:', ':meaning:'),
		:each event_columns bulk_message..channel status_class..error_permanent: (':name:', ':native:', ':meaning:'),
		:each event_columns status_code..error_text sent_time created_time: (':name:', ':native:', ':meaning:'),
		:each event_columns keyword..device_name price..: (':name:', ':native:', ':meaning:'),
		:each event_columns time_source event_key: (':name:', ':native:', ':meaning:'),
		('other_individual_id', 'KEY', 'LINK: the id that is the same person as individual_id'),
		('valid_from', 'TIME', 'LINK: from when on; the same as event_time'),
		('event_no', 'ANY', 'Dropped, as are outcome and received_at: what parse() says beside the event')
	) AS f(member, type, meaning);
COMMENT ON VIEW smsengage.native_format IS 'The JSON object that ingest(''native'', ...) takes: members called as the columns of parsed_event, so that ingest(''native'', to_json(p)) stores a row p of parse(). Only event_type is required; texts may be numbers, numbers texts.';
COMMENT ON COLUMN smsengage.native_format.member IS 'name of the member';
COMMENT ON COLUMN smsengage.native_format.type IS 'text, integer, numeric, boolean, time or json';
COMMENT ON COLUMN smsengage.native_format.meaning IS 'what it says, and what follows if it is missing';
GRANT SELECT ON smsengage.native_format TO PUBLIC;
