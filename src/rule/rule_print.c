/*-------------------------------------------------------------------------
 *
 * rule_print.c
 *	  Rule to canonical text.
 *
 * Everything is printed twice, first for the length.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "rule/rule_scan.h"

typedef struct Writer
{
	char	   *out;			/* NULL: only count */
	size_t		len;
} Writer;

typedef void (*Printer) (Writer *writer, const void *what);

static void
put(Writer *writer, const char *s, size_t len)
{
	if (writer->out != NULL)
		memcpy(writer->out + writer->len, s, len);
	writer->len += len;
}

static void
put_string(Writer *writer, const char *s)
{
	put(writer, s, strlen(s));
}

/* Event types are in upper case in the taxonomy, in lower case in rules. */
static void
put_lower(Writer *writer, const char *s)
{
	for (; *s != '\0'; s++)
	{
		char		c = sms_lower(*s);

		put(writer, &c, 1);
	}
}

/* At least width digits */
static void
put_int(Writer *writer, int64_t n, int width)
{
	char		digits[20];
	int			at = sizeof(digits);

	do
	{
		digits[--at] = '0' + n % 10;
		n /= 10;
		width--;
	} while (n > 0 || width > 0);
	put(writer, digits + at, sizeof(digits) - at);
}

static void
put_quoted(Writer *writer, SmsText text)
{
	size_t		i;

	put_string(writer, "'");
	for (i = 0; i < text.len; i++)
	{
		if (text.ptr[i] == '\'')
			put_string(writer, "'");
		put(writer, text.ptr + i, 1);
	}
	put_string(writer, "'");
}

static void
put_value(Writer *writer, SmsRuleColumnKind kind, SmsText value)
{
	if (kind == SMS_RULE_COLUMN_TEXT)
		put_quoted(writer, value);
	else
		put(writer, value.ptr, value.len);
}

static void
put_list(Writer *writer, SmsRuleColumnKind kind, int n, const SmsText *values)
{
	int			i;

	put_string(writer, "(");
	for (i = 0; i < n; i++)
	{
		if (i > 0)
			put_string(writer, ", ");
		put_value(writer, kind, values[i]);
	}
	put_string(writer, ")");
}

const char *
sms_operator_sign(SmsOperator op)
{
	static const char *const signs[] = {
		"=", "<>", "<", "<=", ">", ">=", "in", "not in", "like", "not like",
		"is null", "is not null"
	};

	return signs[op];
}

static void
put_filters(Writer *writer, const void *what)
{
	const SmsEventPick *pick = what;
	int			i;

	for (i = 0; i < pick->n_filters; i++)
	{
		const SmsFilter *filter = &pick->filters[i];

		if (i > 0)
			put_string(writer, " and ");
		put_string(writer, filter->column->name);
		put_string(writer, " ");
		put_string(writer, sms_operator_sign(filter->op));
		if (filter->n_values > 0)
			put_string(writer, " ");
		if (filter->op == SMS_OP_IN || filter->op == SMS_OP_NOT_IN)
			put_list(writer, filter->column->kind, filter->n_values, filter->values);
		else if (filter->n_values > 0)
			put_value(writer, filter->column->kind, filter->values[0]);
	}
}

static void
put_event(Writer *writer, const SmsEventPick *pick)
{
	put_lower(writer, pick->type == SMS_EVENT_NONE ? "event" :
			  sms_event_type_name(pick->type));
	if (pick->n_filters == 0)
		return;
	put_string(writer, "[");
	put_filters(writer, pick);
	put_string(writer, "]");
}

static void
put_units(Writer *writer, int32_t n, SmsUnit unit)
{
	put_int(writer, n, 1);
	put_string(writer, " ");
	put_string(writer, sms_rule_unit_names[unit]);
	if (n != 1)
		put_string(writer, "s");
}

/* The largest unit first */
static void
put_span(Writer *writer, const SmsSpan *span)
{
	const char *space = "";
	int			i;

	for (i = 0; i < SMS_N_UNITS; i++)
	{
		if (span->n[i] == 0)
			continue;
		put_string(writer, space);
		put_units(writer, span->n[i], i);
		space = " ";
	}
}

/* A local midnight is a date; otherwise all there is, to the second at least. */
static void
put_moment(Writer *writer, const SmsMoment *moment)
{
	int64_t		seconds = moment->time / SMS_SECOND;
	int64_t		fraction = moment->time % SMS_SECOND;
	int			offset = moment->offset < 0 ? -moment->offset : moment->offset;
	int			width = 6;

	put_string(writer, "'");
	put_int(writer, moment->year, 4);
	put_string(writer, "-");
	put_int(writer, moment->month, 2);
	put_string(writer, "-");
	put_int(writer, moment->day, 2);
	if (moment->time != 0 || moment->has_offset)
	{
		put_string(writer, " ");
		put_int(writer, seconds / 3600, 2);
		put_string(writer, ":");
		put_int(writer, seconds / 60 % 60, 2);
		put_string(writer, ":");
		put_int(writer, seconds % 60, 2);
	}
	if (fraction != 0)
	{
		for (; fraction % 10 == 0; width--)
			fraction /= 10;
		put_string(writer, ".");
		put_int(writer, fraction, width);
	}
	if (moment->has_offset)
	{
		put_string(writer, moment->offset < 0 ? "-" : "+");
		put_int(writer, offset / 60, 2);
		put_string(writer, ":");
		put_int(writer, offset % 60, 2);
	}
	put_string(writer, "'");
}

static void
put_zone(Writer *writer, SmsText zone)
{
	if (zone.len == 0)
		return;
	put_string(writer, " at time zone ");
	put_quoted(writer, zone);
}

/* Without the zone, and without "K of" of periods */
static void
put_window(Writer *writer, const void *what)
{
	const SmsWindow *window = what;

	switch (window->kind)
	{
		case SMS_WINDOW_EVER:
			break;
		case SMS_WINDOW_LAST:
			put_string(writer, "in last ");
			put_span(writer, &window->span);
			break;
		case SMS_WINDOW_AGO:
			put_string(writer, "more than ");
			put_span(writer, &window->span);
			put_string(writer, " ago");
			break;
		case SMS_WINDOW_THIS:
		case SMS_WINDOW_PREVIOUS:
			put_string(writer, window->kind == SMS_WINDOW_THIS ? "in this " : "in previous ");
			put_string(writer, sms_rule_unit_names[window->unit]);
			break;
		case SMS_WINDOW_SINCE:
			put_string(writer, "since ");
			put_moment(writer, &window->start);
			break;
		case SMS_WINDOW_BEFORE:
			put_string(writer, "before ");
			put_moment(writer, &window->end);
			break;
		case SMS_WINDOW_BETWEEN:
			put_string(writer, "between ");
			put_moment(writer, &window->start);
			put_string(writer, " and ");
			put_moment(writer, &window->end);
			break;
		case SMS_WINDOW_PERIODS:
			put_string(writer, "last ");
			put_units(writer, window->n_periods, window->unit);
			break;
	}
}

static void
put_zoned_window(Writer *writer, const SmsWindow *window)
{
	if (window->kind == SMS_WINDOW_EVER)
		return;
	put_string(writer, " ");
	put_window(writer, window);
	put_zone(writer, window->zone);
}

/* ">= 1" is the default. */
static void
put_count(Writer *writer, const SmsCondition *condition)
{
	if (condition->op == SMS_OP_GE && condition->n == 1)
		return;
	put_string(writer, " ");
	put_string(writer, sms_operator_sign(condition->op));
	put_string(writer, " ");
	put_int(writer, condition->n, 1);
}

static void
put_sequence(Writer *writer, const SmsCondition *condition)
{
	put_event(writer, &condition->event);
	put_zoned_window(writer, &condition->window);
	put_string(writer, condition->kind == SMS_CONDITION_FOLLOWED ?
			   " then " : " not followed by ");
	put_event(writer, &condition->then);
	if (sms_span_is_zero(&condition->within))
		return;
	put_string(writer, " within ");
	put_span(writer, &condition->within);
	put_zone(writer, condition->within_zone);
}

static void
put_percent(Writer *writer, int percent)
{
	put_int(writer, percent / 100, 1);
	if (percent % 100 != 0)
	{
		put_string(writer, ".");
		if (percent % 10 != 0)
			put_int(writer, percent % 100, 2);
		else
			put_int(writer, percent / 10 % 10, 1);
	}
	put_string(writer, "%");
}

static void
put_condition(Writer *writer, const void *what)
{
	const SmsCondition *condition = what;

	switch (condition->kind)
	{
		case SMS_CONDITION_COUNT:
			put_event(writer, &condition->event);
			put_count(writer, condition);
			put_zoned_window(writer, &condition->window);
			break;
		case SMS_CONDITION_REGULAR:
			put_event(writer, &condition->event);
			put_count(writer, condition);
			put_string(writer, " in ");
			put_int(writer, condition->wanted, 1);
			put_string(writer, " of");
			put_zoned_window(writer, &condition->window);
			break;
		case SMS_CONDITION_FIRST:
		case SMS_CONDITION_LAST:
			put_string(writer, condition->kind == SMS_CONDITION_FIRST ? "first " : "last ");
			put_event(writer, &condition->event);
			put_zoned_window(writer, &condition->window);
			break;
		case SMS_CONDITION_FOLLOWED:
		case SMS_CONDITION_NOT_FOLLOWED:
			put_sequence(writer, condition);
			break;
		case SMS_CONDITION_OPTED_OUT:
		case SMS_CONDITION_OPTED_IN:
			put_string(writer, condition->kind == SMS_CONDITION_OPTED_OUT ? "opted out" : "opted in");
			if (condition->name.ptr == NULL)
				break;
			put_string(writer, " of ");
			put_quoted(writer, condition->name);
			break;
		case SMS_CONDITION_BUCKET:
			put_string(writer, "bucket ");
			put_percent(writer, condition->percent);
			if (condition->name.ptr == NULL)
				break;
			put_string(writer, " seed ");
			put_quoted(writer, condition->name);
			break;
		case SMS_CONDITION_SEGMENT:
			put_string(writer, "in segment ");
			put_quoted(writer, condition->name);
			break;
		case SMS_CONDITION_INDIVIDUAL:
			put_string(writer, "individual in ");
			put_list(writer, SMS_RULE_COLUMN_TEXT, condition->n_ids, condition->ids);
			break;
		case SMS_CONDITION_KNOWN:
			put_string(writer, "known");
			break;
	}
}

static void
put_node(Writer *writer, const SmsNode *node, SmsNodeKind parent)
{
	/* kinds rise as they bind less */
	bool		parentheses = node->kind > parent;
	const SmsNode *child;

	if (node->kind == SMS_NODE_CONDITION)
	{
		put_condition(writer, node->condition);
		return;
	}
	if (parentheses)
		put_string(writer, "(");
	if (node->kind == SMS_NODE_NOT)
		put_string(writer, "not ");
	for (child = node->first; child != NULL; child = child->next)
	{
		if (child != node->first)
			put_string(writer, node->kind == SMS_NODE_AND ? " and " : " or ");
		put_node(writer, child, node->kind);
	}
	if (parentheses)
		put_string(writer, ")");
}

static void
put_rule(Writer *writer, const void *what)
{
	put_node(writer, ((const SmsRule *) what)->root, SMS_NODE_OR);
}

static SmsText
print(Printer printer, const void *what, SmsRegion *region)
{
	Writer		writer = {NULL, 0};
	SmsText		text;

	printer(&writer, what);
	writer.out = sms_region_alloc(region, writer.len + 1);
	writer.len = 0;
	printer(&writer, what);
	text.ptr = writer.out;
	text.len = writer.len;
	return text;
}

SmsText
sms_rule_text(const SmsRule *rule, SmsRegion *region)
{
	return print(put_rule, rule, region);
}

SmsText
sms_condition_text(const SmsCondition *condition, SmsRegion *region)
{
	return print(put_condition, condition, region);
}

/* The filters without their brackets; empty when there is none */
SmsText
sms_filters_text(const SmsEventPick *pick, SmsRegion *region)
{
	return print(put_filters, pick, region);
}

/* The window without its zone; empty for ever */
SmsText
sms_window_text(const SmsWindow *window, SmsRegion *region)
{
	return print(put_window, window, region);
}
