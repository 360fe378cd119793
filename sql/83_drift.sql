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
			left((regexp_match(r.payload, '"' || t.name || '"[[:space:]]*:[[:space:]]*"([^"]*)"'))[1], 64),
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
		UNION ALL
		SELECT 'names', e.provider, s.dimension, e.received_at, e.event_time, e.event_key, NULL
		FROM smsengage.series s
		JOIN smsengage.event e ON e.account = s.account AND e.event_type = s.event_type AND e.link_name = s.value AND coalesce(e.part, 0) = 0
		WHERE s.dimension = 'link_name' AND NOT s.own
		UNION ALL
		SELECT 'names', e.provider, s.dimension, e.received_at, e.event_time, e.event_key, NULL
		FROM smsengage.series s
		JOIN smsengage.event e ON e.account = s.account AND e.event_type = s.event_type AND e.bulk_message = s.value AND coalesce(e.part, 0) = 0
		WHERE s.dimension = 'bulk_message' AND NOT s.own
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
	GROUP BY f.kind, f.provider, f.value
	UNION ALL
	SELECT 'unreadable', n.provider, concat_ws(': ', nullif(n.path, ''), n.reason), sum(n.events)::bigint, min(n.first_seen), max(n.last_seen), NULL, NULL, NULL
	FROM smsengage.field_note n
	GROUP BY n.provider, n.path, n.reason
	UNION ALL
	SELECT 'lost', c.provider, 'rejected_bytes', sum(c.lost_pieces)::bigint, timezone('UTC', min(c.day)::timestamp), timezone('UTC', max(c.day)::timestamp), NULL, NULL, NULL
	FROM smsengage.rejected_count c
	WHERE c.lost_pieces > 0
	GROUP BY c.provider;
	PERFORM smsengage.describe('smsengage.drift', 'What arrived and is in no table: look here after a provider has changed something. Empty when all is known. Reads every event.', $c$
		kind: status code or error code (status_code has no such code), event type (rejected_event has the events), field (a member without a column, kept in extra), content (a later copy of an event differed, the first was kept), unreadable (field_note: events were stored without a member, which is in their extra), names (events that tallies count as (other), for their names are beyond the limit new_names), lost (pieces that were rejected or ignored beyond the limit rejected_bytes and are not kept)
		provider: Which provider sent it
		value: The code, the type, the path in extra, the columns that differed, the member and what was expected, the dimension of the names, or the limit
		events: Number of events, or of pieces
		first_seen: First arrival
		last_seen: Last arrival
		sample_event_time: Time of the earliest such event, in the table event
		sample_event_key: Key of the same event
		sample_payload: One of the rejected events$c$);
END
$$;
COMMENT ON FUNCTION smsengage.provider_drift_view() IS 'Makes or replaces the view drift. Used by migrate().';
