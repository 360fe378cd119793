/*-------------------------------------------------------------------------
 *
 * rule_words.c
 *	  The columns a filter may name, and hints for words that are none of the
 *	  language.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "rule/rule_scan.h"

/* Their numbers are counted only: places are given. */
enum
{
#define COUNT_NONE(name)
#define COUNT_TEXT(name) COUNTED_##name,
#define COUNT_NUMBER(name) COUNTED_##name,
#define COUNT_BOOLEAN(name) COUNTED_##name,
#define EVENT_COLUMN(NAME, name, type, rules, filter, ...) COUNT_##filter(name)
#define EVENT_TEXT(NAME, name, type, rules, filter, ...) COUNT_##filter(name)
#include "taxonomy/event_columns.def"
	N_RULE_COLUMNS
};

#define RULE_NONE(place, name)
#define RULE_TEXT(place, name) [place] = {#name, SMS_RULE_COLUMN_TEXT},
#define RULE_NUMBER(place, name) [place] = {#name, SMS_RULE_COLUMN_NUMBER},
#define RULE_BOOLEAN(place, name) [place] = {#name, SMS_RULE_COLUMN_BOOLEAN},
#define EVENT_COLUMN(NAME, name, type, rules, filter, place, ...) RULE_##filter(place, name)
#define EVENT_TEXT(NAME, name, type, rules, filter, place, ...) RULE_##filter(place, name)

/* Columns of the table "event", in the order of hints. */
const SmsRuleColumn sms_rule_columns[N_RULE_COLUMNS + 1] = {
#include "taxonomy/event_columns.def"
	[N_RULE_COLUMNS] = {NULL, SMS_RULE_COLUMN_TEXT}
};

/* What people write, and what it is called here. */
typedef struct OtherWord
{
	const char *word;
	const char *name;
} OtherWord;

static const OtherWord event_words[] = {
	{"any", "event"},
	{"blocked", "block"},
	{"bounced", "undelivered"},
	{"clicked", "click"},
	{"confirmed", "confirmation"},
	{"everyone", "known"},
	{"failed", "undelivered"},
	{"inbound", "reply"},
	{"notsent", "not_sent"},
	{"opened", "seen"},
	{"opt", "opted out"},
	{"optin", "opted in"},
	{"opt_in", "opted in"},
	{"optout", "opted out"},
	{"opt_out", "opted out"},
	{"opted_in", "opted in"},
	{"opted_out", "opted out"},
	{"optedin", "opted in"},
	{"optedout", "opted out"},
	{"read", "seen"},
	{"replied", "reply"},
	{"replies", "reply"},
	{"start", "subscribe"},
	{"stop", "unsubscribe"},
	{"stopped", "opted out"},
	{"unblocked", "unblock"},
	{"unsubscribed", "opted out"},
	{NULL, NULL}
};

static const OtherWord column_words[] = {
	{"campaign", "bulk_message"},
	{"code", "status_code"},
	{"currency", "price_currency"},
	{"error", "error_code"},
	{"link", "link_name"},
	{"phone", "recipient"},
	{"reason", "unsubscribe_reason"},
	{"sender", "sender_id"},
	{"status", "status_name"},
	{"text", "message_text"},
	{"type", "event_type"},
	{"url", "link_url"},
	{NULL, NULL}
};

/* How a condition begins, and what it is called. */
static const OtherWord condition_words[] = {
	{"event", "event"},
	{"first", "first"},
	{"last", "last"},
	{"opted", "opted out"},
	{"subscribed", "opted in"},
	{"bucket", "bucket"},
	{"individual", "individual"},
	{"known", "known"},
	{"not", "not"},
	{NULL, NULL}
};

const SmsRuleColumn *
sms_rule_column(SmsText name)
{
	const SmsRuleColumn *column;

	for (column = sms_rule_columns; column->name != NULL; column++)
		if (sms_rule_word_is(name, column->name))
			return column;
	return NULL;
}

#define MAX_WORD 24

/* Letters to change, add or leave out to get from one word to the other */
static int
distance(SmsText word, const char *name)
{
	int			row[MAX_WORD + 1];
	int			n = (int) strlen(name);
	int			i;
	int			j;

	if (word.len > MAX_WORD || n > MAX_WORD)
		return MAX_WORD;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; i <= (int) word.len; i++)
	{
		int			diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= n; j++)
		{
			SmsText		letter = {word.ptr + i - 1, 1};
			char		other[2] = {(char) (name[j - 1] | 0x20), '\0'};
			int			best = diagonal + (sms_rule_word_is(letter, other) ? 0 : 1);

			/* "_" is the one character of a name that is no letter */
			if (name[j - 1] == '_')
				best = diagonal + (word.ptr[i - 1] == '_' ? 0 : 1);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[n];
}

/* Keeps the name that is nearest to the word, if it is near enough. */
static void
nearer(SmsText word, const char *name, const char **best, int *best_distance)
{
	int			d = distance(word, name);

	if (d > 0 && d < *best_distance && d * 3 <= (int) word.len)
	{
		*best = name;
		*best_distance = d;
	}
}

static const char *
other_name(const OtherWord *words, SmsText word)
{
	for (; words->word != NULL; words++)
		if (sms_rule_word_is(word, words->word))
			return words->name;
	return NULL;
}

/* Event types are in upper case in the taxonomy, in lower case in rules. */
static size_t
append_lower(char *buffer, size_t size, size_t at, const char *name)
{
	size_t		end = sms_rule_append(buffer, size, at, name);

	for (; at < end; at++)
		buffer[at] = sms_lower(buffer[at]);
	return end;
}

static size_t
append_guess(char *buffer, size_t size, const char *name)
{
	size_t		at;

	if (name == NULL)
		return 0;
	at = sms_rule_append(buffer, size, 0, "Did you mean \"");
	at = append_lower(buffer, size, at, name);
	return sms_rule_append(buffer, size, at, "\"? ");
}

/* For a token where a condition begins */
const char *
sms_rule_event_hint(SmsRuleParser *parser, char *buffer, size_t size)
{
	SmsText		word = parser->token.span;
	const char *best;
	const char *nearest;
	int			best_distance = MAX_WORD;
	size_t		at;
	int			i;

	if ((parser->token.kind == SMS_TOKEN_SIGN && strchr("<>=!", word.ptr[0]) != NULL) ||
		parser->token.kind == SMS_TOKEN_NUMBER ||
		sms_rule_word_is(word, "at") || sms_rule_word_is(word, "exactly"))
		return "The event comes first: click >= 3, click at least 3 times.";
	if (parser->token.kind == SMS_TOKEN_TEXT)
		return "Events are written without quotes.";
	if (parser->token.kind != SMS_TOKEN_WORD)
		return NULL;
	best = other_name(event_words, word);
	if (best == NULL)
	{
		for (i = 1; i < SMS_N_EVENT_TYPES; i++)
			if (i != SMS_EVENT_LINK)
				nearer(word, sms_event_type_name(i), &best, &best_distance);
		for (i = 0; condition_words[i].word != NULL; i++)
		{
			nearest = NULL;
			nearer(word, condition_words[i].word, &nearest, &best_distance);
			if (nearest != NULL)
				best = condition_words[i].name;
		}
	}
	at = append_guess(buffer, size, best);
	at = sms_rule_append(buffer, size, at, "Events are ");
	for (i = 1; i < SMS_N_EVENT_TYPES; i++)
	{
		if (i == SMS_EVENT_LINK)
			continue;
		at = append_lower(buffer, size, at, sms_event_type_name(i));
		at = sms_rule_append(buffer, size, at, ", ");
	}
	sms_rule_append(buffer, size, at, "and event for any of them.");
	return buffer;
}

/* For a token where the name of a column is wanted */
const char *
sms_rule_column_hint(SmsRuleParser *parser, char *buffer, size_t size)
{
	const SmsRuleColumn *column;
	const char *best;
	int			best_distance = MAX_WORD;
	size_t		at;

	if (parser->token.kind != SMS_TOKEN_WORD)
		return NULL;
	best = other_name(column_words, parser->token.span);
	if (best == NULL)
		for (column = sms_rule_columns; column->name != NULL; column++)
			nearer(parser->token.span, column->name, &best, &best_distance);
	at = append_guess(buffer, size, best);
	at = sms_rule_append(buffer, size, at, "Columns are ");
	for (column = sms_rule_columns; column->name != NULL; column++)
	{
		at = sms_rule_append(buffer, size, at, column->name);
		at = sms_rule_append(buffer, size, at, column[1].name ? ", " : ".");
	}
	return buffer;
}

/* For a token behind a condition that continues nothing */
const char *
sms_rule_trailing_hint(SmsRuleParser *parser)
{
	SmsText		word = parser->token.span;

	if (parser->token.kind == SMS_TOKEN_SIGN)
	{
		if (sms_rule_word_is(word, "("))
			return "Filters stand in square brackets: click[link_name = 'Spring'].";
		if (strchr("<>=!", word.ptr[0]) != NULL)
			return "A count stands between the event and the window: click >= 3 in last 1 month.";
		return NULL;
	}
	if (parser->token.kind == SMS_TOKEN_NUMBER || parser->token.kind == SMS_TOKEN_TEXT)
		return NULL;
	if (sms_rule_column(word) != NULL || sms_rule_word_is(word, "where") ||
		sms_rule_word_is(word, "with"))
		return "Filters stand in square brackets: click[link_name = 'Spring'].";
	if (sms_rule_word_is(word, "yesterday"))
		return "Write in previous day.";
	if (sms_rule_word_is(word, "today"))
		return "Write in this day.";
	if (sms_rule_word_is(word, "at"))
		return "A time zone belongs to a window: click in previous month at time zone 'Europe/Berlin'.";
	if (sms_rule_word_is(word, "last") || sms_rule_word_is(word, "past") ||
		sms_rule_word_is(word, "within") || sms_rule_word_is(word, "during"))
		return "Write in last 30 days for a rolling window, in previous month for the calendar.";
	if (sms_event_type_by_name(word) != SMS_EVENT_NONE)
		return "Join conditions with \"and\" or \"or\".";
	return NULL;
}
