/*-------------------------------------------------------------------------
 *
 * dmo.c
 *	  Salesforce Data 360: rows of the MessageEngagement data model object.
 *
 * Source: SMS Engagement Data in Unified Messaging (Salesforce help) for the
 * names without prefix, the data model object's field list for ssot__..__c.
 * Facts that shape this file:
 * - eight event types; Sent means handed to the aggregator, and there is no
 *	 Delivered;
 * - one phone number has five names, one of them misspelt (RecpientPhoneNumber);
 * - EventID is the identity, so a row may arrive again with other content.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static const char *const marks[] = {"EventID", "EventDateTime", "ssot__Id__c", NULL};

static const SmsField fields[] = {
	{"EventID", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{"EventType", SMS_AS_TEXT, SMS_TEXT_TYPE, false},
	{"EventDateTime", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"CreatedTime", SMS_AS_TIME, SMS_TIME_CREATED, false},
	{"BulkMessage", SMS_AS_KEY, SMS_TEXT_BULK_MESSAGE, false},
	{"IndividualID", SMS_AS_KEY, SMS_TEXT_INDIVIDUAL_ID, false},
	{"RecpientPhoneNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"RecipientPhoneNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"RecipientPhone", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"ContactPointPhoneNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"MOPhoneNumber", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, true},
	{"SenderID", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"Message", SMS_AS_TEXT, SMS_TEXT_MESSAGE_TEXT, false},
	{"Keyword", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{"UnsubscribeSource", SMS_AS_TEXT, SMS_TEXT_UNSUBSCRIBE_SOURCE, false},
	{"UnsubscribeReason", SMS_AS_TEXT, SMS_TEXT_UNSUBSCRIBE_REASON, false},
	{"LinkName", SMS_AS_KEY, SMS_TEXT_LINK_NAME, false},
	{"LinkURL", SMS_AS_TEXT, SMS_TEXT_LINK_URL, false},
	{"ResolvedURL", SMS_AS_TEXT, SMS_TEXT_RESOLVED_URL, false},
	{"UserAgent", SMS_AS_TEXT, SMS_TEXT_USER_AGENT, false},
	{"MessageID", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"DeliveryErrorText", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, false},
	{"DeliveryErrorCode", SMS_AS_INTEGER_KEY, SMS_TEXT_ERROR_CODE, false},

	{"ssot__Id__c", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{"ssot__EngagementChannelActionId__c", SMS_AS_TEXT, SMS_TEXT_TYPE, true},
	{"ssot__EngagementTypeId__c", SMS_AS_TEXT, SMS_TEXT_TYPE2, true},
	{"ssot__EngagementDateTm__c", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{"ssot__CreatedDate__c", SMS_AS_TIME, SMS_TIME_CREATED, false},
	{"ssot__SentDateTm__c", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"ssot__EngagementPublicationId__c", SMS_AS_KEY, SMS_TEXT_BULK_MESSAGE, false},
	{"ssot__IndividualId__c", SMS_AS_KEY, SMS_TEXT_INDIVIDUAL_ID, false},
	{"ssot__SendTimePhoneNumber__c", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"ssot__MessageDeliveryShortCd__c", SMS_AS_KEY, SMS_TEXT_SENDER_ID, false},
	{"ssot__KeywordTxt__c", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{"ssot__LinkURL__c", SMS_AS_TEXT, SMS_TEXT_LINK_URL, false},
	{NULL, SMS_AS_NOTHING, 0, false}
};

/* One of the eight; words of other channels are not SMS events. */
static SmsEventType
type_of(const SmsEvent *event)
{
	SmsEventType type = sms_event_type_by_name(event->text[SMS_TEXT_TYPE]);

	if (type == SMS_EVENT_NONE)
		type = sms_event_type_by_name(event->text[SMS_TEXT_TYPE2]);
	return type <= SMS_EVENT_UNDELIVERED ? type : SMS_EVENT_NONE;
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	event->type = type_of(event);
	if (event->type == SMS_EVENT_NONE)
		sms_reject(event, "EventType", "expected one of the eight event types");
	else if (event->text[SMS_TEXT_EVENT_ID].ptr == NULL)
		sms_reject(event, "EventID", "expected a text that is not empty");

	if (event->type == SMS_EVENT_SENT)
		event->cls = SMS_CLASS_SENT;
	else if (event->type == SMS_EVENT_NOT_SENT)
		event->cls = SMS_CLASS_NOT_SENT;
	else if (event->type == SMS_EVENT_UNDELIVERED)
		event->cls = SMS_CLASS_UNDELIVERED;
	if (event->cls != SMS_CLASS_NONE && event->time[SMS_TIME_EVENT] == SMS_NO_INSTANT)
		sms_reject(event, "EventDateTime", "expected a time with its offset");
	sms_finish_event(reader, event);
}

static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	sms_identity_text(identity, event->text[SMS_TEXT_EVENT_ID]);
}

/* MessageID names the originating send, which may have gone to many. */
static void
message_identity(const SmsEvent *event, SmsDigest *digest)
{
	sms_digest_text(digest, event->text[SMS_TEXT_INDIVIDUAL_ID]);
	sms_digest_text(digest, event->text[SMS_TEXT_RECIPIENT]);
}

static const char *const known_extra[] = {
	"MOPhoneNumber", "RecpientPhoneNumber", "RecipientPhoneNumber", "RecipientPhone",
	"ContactPointPhoneNumber", "ssot__AccountContactId__c", "ssot__ContactPointId__c",
	"ssot__CountryId__c", "ssot__DataSourceId__c", "ssot__DataSourceObjectId__c",
	"ssot__DeviceCountryId__c", "ssot__DeviceIPAddress__c", "ssot__DeviceLatitude__c",
	"ssot__DeviceLocaleId__c", "ssot__DeviceLongitude__c", "ssot__DevicePostalCode__c",
	"ssot__EngagementAssetId__c", "ssot__EngagementChannelId__c",
	"ssot__EngagementChannelTypeId__c", "ssot__EngagementEventDirectionId__c",
	"ssot__EngagementNotesTxt__c", "ssot__EngagementNbr__c", "ssot__EngagementTypeId__c",
	"ssot__EngagementVehicleId__c", "ssot__ExternalRecordId__c",
	"ssot__ExternalSourceId__c", "ssot__InternalOrganizationId__c", "ssot__IsTestSend__c",
	"ssot__IsValid__c", "ssot__LastModifiedDate__c", "ssot__LeadlId__c",
	"ssot__MarketAudienceId__c", "ssot__MarketJourneyActivityId__c",
	"ssot__MarketSegmentId__c", "ssot__Name__c", "ssot__Referrer__c",
	"ssot__ReferrerURL__c", "ssot__SalesOrderId__c", "ssot__SendClassificationId__c",
	"ssot__SessionId__c", "ssot__TaskId__c", "ssot__WebCookieId__c", "ssot__WorkflowId__c", NULL
};

const SmsSpec sms_dmo_spec = {
	.provider = SMS_PROVIDER_DMO,
	.name = "salesforce_dmo",
	.codes = &sms_dmo_codes,
	.marks = marks,
	.fields = fields,
	.known_extra = known_extra,
	.names_people = true,
	.finish = finish,
	.identity = identity,
	.message_identity = message_identity
};
