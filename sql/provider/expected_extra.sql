-- Members that providers are known to send and that have no column: any other
-- is drift.

CREATE FUNCTION smsengage_internal.expected_extra()
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
COMMENT ON FUNCTION smsengage_internal.expected_extra() IS 'The members without a column that each provider is known to send: paths in event.extra; .* stands for all members below. Native events may have any. Used by the view drift.';

CREATE FUNCTION smsengage_internal.unknown_members(extra json, expected text[])
RETURNS text[]
AS 'MODULE_PATHNAME', 'sms_unknown_members' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION smsengage_internal.unknown_members(json, text[]) IS 'The members of extra that are not among the expected paths, as paths; NULL if there are none. An object of which some members are expected is looked into, any other is one member. Used by the view drift.';
