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
	v.delivery_error_code AS "DeliveryErrorCode",
	v.account AS "InternalOrganizationId"
FROM smsengage.message_engagement v;

COMMENT ON VIEW smsengage."MessageEngagement" IS 'message_engagement under Salesforce''s own names.';
COMMENT ON COLUMN smsengage."MessageEngagement"."EventID" IS 'Identifier of the event';
COMMENT ON COLUMN smsengage."MessageEngagement"."CreatedTime" IS 'When the record was made';
COMMENT ON COLUMN smsengage."MessageEngagement"."EventDateTime" IS 'When the event happened';
COMMENT ON COLUMN smsengage."MessageEngagement"."BulkMessage" IS 'Identifier of the send';
COMMENT ON COLUMN smsengage."MessageEngagement"."EventType" IS 'SENT, NOT_SENT, SUBSCRIBE, UNSUBSCRIBE, CONFIRMATION, HELP, CLICK or UNDELIVERED';
COMMENT ON COLUMN smsengage."MessageEngagement"."RecpientPhoneNumber" IS 'Inbound events: the person''s number (spelt as Salesforce spells it)';
COMMENT ON COLUMN smsengage."MessageEngagement"."ContactPointPhoneNumber" IS 'Confirmation: where it was received';
COMMENT ON COLUMN smsengage."MessageEngagement"."MOPhoneNumber" IS 'Confirmation: the number that wrote';
COMMENT ON COLUMN smsengage."MessageEngagement"."RecipientPhone" IS 'Click: number associated with the link';
COMMENT ON COLUMN smsengage."MessageEngagement"."SenderID" IS 'Short or long code';
COMMENT ON COLUMN smsengage."MessageEngagement"."Message" IS 'Message text';
COMMENT ON COLUMN smsengage."MessageEngagement"."Keyword" IS 'Keyword that was recognised';
COMMENT ON COLUMN smsengage."MessageEngagement"."UnsubscribeSource" IS 'Source of the opt-out';
COMMENT ON COLUMN smsengage."MessageEngagement"."UnsubscribeReason" IS 'Reason of the opt-out';
COMMENT ON COLUMN smsengage."MessageEngagement"."IndividualID" IS 'The person, as the provider names it';
COMMENT ON COLUMN smsengage."MessageEngagement"."LinkName" IS 'Name or alias of the clicked link';
COMMENT ON COLUMN smsengage."MessageEngagement"."LinkURL" IS 'Full target of the clicked link';
COMMENT ON COLUMN smsengage."MessageEngagement"."ResolvedURL" IS 'Personalised target of the clicked link';
COMMENT ON COLUMN smsengage."MessageEngagement"."UserAgent" IS 'What the browser said of itself';
COMMENT ON COLUMN smsengage."MessageEngagement"."MessageID" IS 'Identifier of the originating send';
COMMENT ON COLUMN smsengage."MessageEngagement"."DeliveryErrorText" IS 'Standard error text';
COMMENT ON COLUMN smsengage."MessageEngagement"."DeliveryErrorCode" IS 'Standard error code';
COMMENT ON COLUMN smsengage."MessageEngagement"."InternalOrganizationId" IS 'Account: business unit, MID or user of the provider';
