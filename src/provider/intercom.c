/*-------------------------------------------------------------------------
 *
 * intercom.c
 *	  Intercom outbound SMS: notifications of content_stat.sms and rows of the
 *	  data export.
 *
 * Source: webhook models and content data export (Intercom API reference),
 * Outbound SMS reporting (help).  Facts that shape this file:
 * - a notification holds one statistic of one message to one contact; its
 *	 retry has the same content_stat.id;
 * - a receipt says that the message was sent; there is no delivered;
 * - receipt_id is the message to the contact, content_id what was sent to all;
 * - an export row is a receipt with one column for the first event of each
 *	 further kind; -1 and the empty text mean none;
 * - why a message failed exists as a text only.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/reader.h"

static const char *const marks[] = {
	"app_id", "delivery_attempts", "first_sent_at", "receipt_id",
	"ruleset_version_id", NULL
};

#define ITEM "data.item."
#define STAT ITEM "content_stat."

static const SmsField fields[] = {
	{"topic", SMS_AS_TEXT, SMS_TEXT_TYPE, true},
	{"app_id", SMS_AS_KEY, SMS_TEXT_ACCOUNT, false},
	{"created_at", SMS_AS_TIME, SMS_TIME_CREATED, false},
	/* these tell the attempts to send one notification apart */
	{"delivery_attempts", SMS_AS_NOTHING, 0, false},
	{"first_sent_at", SMS_AS_NOTHING, 0, false},
	{ITEM "created_at", SMS_AS_TIME, SMS_TIME_EVENT, false},
	{STAT "id", SMS_AS_KEY, SMS_TEXT_EVENT_ID, false},
	{STAT "content_id", SMS_AS_KEY, SMS_TEXT_BULK_MESSAGE, false},
	{STAT "stat_type", SMS_AS_KEY, SMS_TEXT_STATUS_CODE, false},
	{STAT "content_title", SMS_AS_KEY, SMS_TEXT_TEMPLATE, false},
	{STAT "receipt_id", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{STAT "keyword", SMS_AS_KEY, SMS_TEXT_KEYWORD, false},
	{STAT "reason", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, true},
	{ITEM "contact.id", SMS_AS_KEY, SMS_TEXT_INDIVIDUAL_ID, false},
	{ITEM "contact.phone", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},

	{"receipt_id", SMS_AS_KEY, SMS_TEXT_MESSAGE_ID, false},
	{"received_at", SMS_AS_TIME, SMS_TIME_SENT, false},
	{"content_id", SMS_AS_KEY, SMS_TEXT_BULK_MESSAGE, false},
	{"content_title", SMS_AS_KEY, SMS_TEXT_TEMPLATE, false},
	{"content_type", SMS_AS_TEXT, SMS_TEXT_TYPE2, true},
	{"user_id", SMS_AS_KEY, SMS_TEXT_INDIVIDUAL_ID, false},
	{"phone", SMS_AS_PHONE, SMS_TEXT_RECIPIENT, false},
	{"reason", SMS_AS_TEXT, SMS_TEXT_ERROR_TEXT, true},
	{NULL, SMS_AS_NOTHING, 0, false}
};

/* What a statistic is; a word that is not here is not understood. */
static const struct
{
	const char *stat_type;
	SmsEventType type;
	SmsClass	cls;
}			stats[] = {
	{"receipt", SMS_EVENT_SENT, SMS_CLASS_SENT},
	{"sms_failure", SMS_EVENT_UNDELIVERED, SMS_CLASS_UNDELIVERED},
	{"keyword_reply", SMS_EVENT_REPLY, SMS_CLASS_NONE},
	{"unsubscribe", SMS_EVENT_UNSUBSCRIBE, SMS_CLASS_NONE},
};

#define N_STATS (sizeof(stats) / sizeof(stats[0]))

/* The columns of an export row that are events; the others stay in extra. */
static const struct
{
	const char *column;
	SmsEventType type;
	SmsClass	cls;
	const char *stat_type;		/* the same as a statistic, or NULL */
}			columns[] = {
	{"first_reply", SMS_EVENT_REPLY, SMS_CLASS_NONE, NULL},
	{"first_click", SMS_EVENT_CLICK, SMS_CLASS_NONE, NULL},
	{"first_unsubscribe", SMS_EVENT_UNSUBSCRIBE, SMS_CLASS_NONE, "unsubscribe"},
	{"first_hard_bounce", SMS_EVENT_UNDELIVERED, SMS_CLASS_UNDELIVERED, "sms_failure"},
};

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/*
 * A failure's reason, whatever its typography, becomes the error's code; what
 * did not fail has none.
 */
static void
settle_reason(SmsEvent *event)
{
	const SmsStatus *status;

	if (event->type != SMS_EVENT_UNDELIVERED)
	{
		event->text[SMS_TEXT_ERROR_TEXT].ptr = NULL;
		return;
	}
	status = sms_status_find(SMS_PROVIDER_INTERCOM, SMS_SPACE_ERROR, SMS_NO_GROUP,
							 event->text[SMS_TEXT_ERROR_TEXT]);
	if (status == NULL)
		return;
	event->text[SMS_TEXT_ERROR_CODE] = sms_literal(status->code);
	if (status->permanent >= 0)
		event->number[SMS_NUMBER_PERMANENT] = status->permanent;
}

static void
finish_stat(SmsReader *reader, SmsEvent *event)
{
	SmsText		stat_type = event->text[SMS_TEXT_STATUS_CODE];
	size_t		i;

	for (i = 0; i < N_STATS; i++)
		if (sms_text_is(stat_type, stats[i].stat_type))
			break;
	if (i < N_STATS)
	{
		event->type = stats[i].type;
		event->cls = stats[i].cls;
		settle_reason(event);
		if (event->text[SMS_TEXT_EVENT_ID].ptr == NULL)
			sms_reject(event, STAT "id", "expected the id of the statistic");
	}
	else if (sms_text_is(stat_type, "goal_success"))
		sms_ignore(event, "goal reached, which is no event of the message");
	else
		sms_reject(event, STAT "stat_type", "expected a known kind of statistic");
	sms_finish_event(reader, event);
}

/*
 * Hands out the event of a column of the row, if the row has a time there.
 * TYPE is the column's name, and part of the identity.
 */
static void
finish_column(SmsReader *reader, const SmsEvent *row, size_t column,
			  const SmsJsonValue *value)
{
	SmsEvent	event = *row;
	SmsInstant *at = &event.time[SMS_TIME_EVENT];

	if (value->kind == SMS_JSON_NULL || value->text.len == 0 ||
		sms_text_is(value->text, "-1"))
		return;
	event.type = columns[column].type;
	event.cls = columns[column].cls;
	event.text[SMS_TEXT_TYPE] = sms_literal(columns[column].column);
	if (columns[column].stat_type != NULL)
		event.text[SMS_TEXT_STATUS_CODE] = sms_literal(columns[column].stat_type);
	settle_reason(&event);
	if (value->escaped ||
		(value->kind != SMS_JSON_STRING && value->kind != SMS_JSON_NUMBER) ||
		!sms_read_time(value->text, value->kind == SMS_JSON_NUMBER, at))
		sms_reject(&event, columns[column].column,
				   "expected a time with its offset, or seconds since 1970");
	sms_finish_event(reader, &event);
}

/* An export row: the receipt, then what its other columns say. */
static void
finish_row(SmsReader *reader, SmsEvent *row)
{
	SmsText		extra = row->text[SMS_TEXT_EXTRA];
	SmsEvent	receipt = *row;
	SmsJson		json;
	SmsJsonValue key;
	SmsJsonValue value;
	bool		first = true;
	size_t		i;

	receipt.type = SMS_EVENT_SENT;
	receipt.cls = SMS_CLASS_SENT;
	receipt.text[SMS_TEXT_TYPE] = sms_literal("received_at");
	receipt.text[SMS_TEXT_STATUS_CODE] = sms_literal("receipt");
	receipt.text[SMS_TEXT_ERROR_TEXT].ptr = NULL;
	receipt.time[SMS_TIME_EVENT] = row->time[SMS_TIME_SENT];
	if (receipt.time[SMS_TIME_EVENT] == SMS_NO_INSTANT)
		sms_reject(&receipt, "received_at", "expected seconds since 1970");
	sms_finish_event(reader, &receipt);
	if (receipt.outcome != SMS_OUTCOME_EVENT || extra.ptr == NULL)
		return;

	sms_json_init(&json, extra.ptr, extra.len, false);
	json.pos++;
	while (sms_json_key(&json, first, &key) && sms_json_skip(&json, 1, &value))
	{
		first = false;
		for (i = 0; i < N_COLUMNS; i++)
			if (sms_text_is(key.text, columns[i].column))
				finish_column(reader, row, i, &value);
	}
}

static void
clear_none(SmsText *text)
{
	if (sms_text_is(*text, "-1"))
		text->ptr = NULL;
}

static void
finish(SmsReader *reader, SmsEvent *event)
{
	SmsText		topic = event->text[SMS_TEXT_TYPE];

	clear_none(&event->text[SMS_TEXT_BULK_MESSAGE]);
	clear_none(&event->text[SMS_TEXT_MESSAGE_ID]);
	if (sms_text_is(topic, "content_stat.sms"))
	{
		finish_stat(reader, event);
		return;
	}
	if (sms_text_is(topic, "ping"))
		sms_ignore(event, "test notification");
	else if (topic.ptr != NULL)
		sms_reject(event, "topic", "expected content_stat.sms");
	else if (event->text[SMS_TEXT_MESSAGE_ID].ptr == NULL)
		sms_reject(event, NULL, "expected a notification, or an export row with a receipt_id");
	else if (event->text[SMS_TEXT_TYPE2].ptr != NULL &&
			 !sms_text_is(event->text[SMS_TEXT_TYPE2], "sms"))
		sms_ignore(event, "receipt of another channel");
	else
	{
		finish_row(reader, event);
		return;
	}
	sms_finish_event(reader, event);
}

/* content_stat.id; or of an export row, the receipt and the column. */
static void
identity(const SmsEvent *event, SmsIdentity *identity)
{
	sms_identity_text(identity, event->text[SMS_TEXT_EVENT_ID]);
	if (event->text[SMS_TEXT_EVENT_ID].ptr != NULL)
		return;
	sms_identity_text(identity, event->text[SMS_TEXT_MESSAGE_ID]);
	sms_identity_text(identity, event->text[SMS_TEXT_TYPE]);
}

static const char *const known_extra[] = {
	"type", "topic", "id", "data.type", "data.item.type", "data.item.company.*",
	"data.item.contact.type", "data.item.contact.external_id", "data.item.contact.email",
	"data.item.contact.name", "data.item.content_stat.type",
	"data.item.content_stat.content_type", "data.item.content_stat.ruleset_id",
	"data.item.content_stat.ruleset_version_id", "data.item.content_stat.tags.*",
	"data.item.content_stat.series_id", "data.item.content_stat.series_title",
	"data.item.content_stat.node_id", "data.item.content_stat.reason", "user_external_id",
	"company_id", "email", "name", "ruleset_id", "content_type", "ruleset_version_id",
	"series_id", "series_title", "node_id", "reason", "first_reply", "first_completion",
	"first_series_completion", "first_series_disengagement", "first_series_exit",
	"first_goal_success", "first_open", "first_click", "first_dismisall",
	"first_unsubscribe", "first_hard_bounce", NULL
};

static const SmsSigning signing = {
	.covers = SMS_SIGNED_BODY,
	.sha1 = true,
	.written = SMS_WRITTEN_IN_HEX,
	.headers = {"x-hub-signature"},
	.prefixes = {"sha1="}
};

const SmsSpec sms_intercom_spec = {
	.provider = SMS_PROVIDER_INTERCOM,
	.name = "intercom",
	.codes = &sms_intercom_codes,
	.marks = marks,
	.fields = fields,
	.known_extra = known_extra,
	.signing = &signing,
	.names_people = true,
	.finish = finish,
	.identity = identity
};
