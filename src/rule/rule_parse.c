/*-------------------------------------------------------------------------
 *
 * rule_parse.c
 *	  Text to rule: recursive descent over the grammar in rule.h.
 *
 * Functions return false (or NULL) when the error has been filled in.  Only
 * parentheses recurse, and those are counted.
 *
 *-------------------------------------------------------------------------
 */
#include "rule/rule_scan.h"

static SmsNode *parse_any(SmsRuleParser *parser);

static void *
copy_array(SmsRegion *region, const void *items, size_t size)
{
	void	   *copy = sms_region_alloc(region, size);

	memcpy(copy, items, size);
	return copy;
}

static bool
accept_word(SmsRuleParser *parser, const char *name, bool *found)
{
	*found = sms_rule_at_word(parser, name);
	return !*found || sms_rule_scan(parser);
}

static bool
expect_word(SmsRuleParser *parser, const char *name)
{
	if (!sms_rule_at_word(parser, name))
		return sms_rule_fail(parser, NULL);
	return sms_rule_scan(parser);
}

static bool
expect_sign(SmsRuleParser *parser, const char *name)
{
	if (!sms_rule_at_sign(parser, name))
		return sms_rule_fail(parser, NULL);
	return sms_rule_scan(parser);
}

/* A text that is not empty; what describes it in errors. */
static bool
parse_name(SmsRuleParser *parser, const char *what, SmsText *name)
{
	sms_rule_want(parser, what);
	if (parser->token.kind != SMS_TOKEN_TEXT)
		return sms_rule_fail(parser, NULL);
	if (parser->token.value.len == 0)
		return sms_rule_fail_value(parser, "a text that is not empty", NULL);
	*name = parser->token.value;
	return sms_rule_scan(parser);
}

/* = <> != < <= > >= */
static bool
sign_operator(const SmsRuleToken *token, SmsOperator *op)
{
	static const struct
	{
		const char *sign;
		SmsOperator op;
	}			signs[] = {
		{"=", SMS_OP_EQ}, {"<>", SMS_OP_NE}, {"!=", SMS_OP_NE}, {"<", SMS_OP_LT},
		{"<=", SMS_OP_LE}, {">", SMS_OP_GT}, {">=", SMS_OP_GE}, {NULL, SMS_OP_EQ}
	};
	int			i;

	if (token->kind != SMS_TOKEN_SIGN)
		return false;
	for (i = 0; signs[i].sign != NULL; i++)
		if (sms_rule_word_is(token->span, signs[i].sign))
		{
			*op = signs[i].op;
			return true;
		}
	return false;
}

/* A value of the column's kind */
static bool
parse_value(SmsRuleParser *parser, const SmsRuleColumn *column, SmsText *value)
{
	bool		negative = false;

	if (column->kind == SMS_RULE_COLUMN_TEXT)
	{
		sms_rule_want(parser, "a text in single quotes");
		if (parser->token.kind != SMS_TOKEN_TEXT)
			return sms_rule_fail(parser, parser->token.kind == SMS_TOKEN_NUMBER ?
								 "A text stands in single quotes, also when it consists of digits." : NULL);
		*value = parser->token.value;
		return sms_rule_scan(parser);
	}
	if (column->kind == SMS_RULE_COLUMN_BOOLEAN)
	{
		static char true_text[] = "true";
		static char false_text[] = "false";

		if (sms_rule_at_word(parser, "true"))
			value->ptr = true_text;
		else if (sms_rule_at_word(parser, "false"))
			value->ptr = false_text;
		else
			return sms_rule_fail(parser, NULL);
		value->len = strlen(value->ptr);
		return sms_rule_scan(parser);
	}
	if (parser->token.kind == SMS_TOKEN_SIGN &&
		sms_rule_word_is(parser->token.span, "-"))
	{
		negative = true;
		if (!sms_rule_scan(parser))
			return false;
	}
	sms_rule_want(parser, "a number");
	if (parser->token.kind != SMS_TOKEN_NUMBER)
		return sms_rule_fail(parser, parser->token.kind == SMS_TOKEN_TEXT ?
							 "This column is a number: write it without quotes." : NULL);
	*value = sms_rule_short_number(parser, negative);
	return sms_rule_scan(parser);
}

/* "(" value { "," value } ")" */
static bool
parse_list(SmsRuleParser *parser, const SmsRuleColumn *column, int *n,
		   const SmsText **values)
{
	SmsText		items[SMS_RULE_MAX_ITEMS];
	int			count = 0;

	if (!expect_sign(parser, "("))
		return false;
	for (;;)
	{
		if (count == SMS_RULE_MAX_ITEMS)
			return sms_rule_fail_limit(parser, SMS_RULE_LIMIT,
									   "at most 1000 items in a list");
		if (!parse_value(parser, column, &items[count++]))
			return false;
		if (!sms_rule_at_sign(parser, ","))
			break;
		if (!sms_rule_scan(parser))
			return false;
	}
	if (!expect_sign(parser, ")"))
		return false;
	*n = count;
	*values = copy_array(parser->region, items, count * sizeof(SmsText));
	return true;
}

/* An escape at the end would be an error when the pattern is used. */
static bool
parse_pattern(SmsRuleParser *parser, SmsFilter *filter)
{
	SmsRuleToken token = parser->token;
	SmsText		pattern;
	size_t		n = 0;

	sms_rule_want(parser, "a pattern in single quotes");
	if (token.kind != SMS_TOKEN_TEXT)
		return sms_rule_fail(parser, NULL);
	pattern = token.value;
	while (n < pattern.len && pattern.ptr[pattern.len - 1 - n] == '\\')
		n++;
	if (n % 2 != 0)
	{
		parser->n_wanted = 0;
		sms_rule_want(parser, "a pattern that does not end with a single backslash");
		return sms_rule_fail(parser, "A backslash stands for itself when it is written twice.");
	}
	filter->n_values = 1;
	filter->values = copy_array(parser->region, &pattern, sizeof(pattern));
	return sms_rule_scan(parser);
}

/* "is" [ "not" ] "null", behind "is" */
static bool
parse_null(SmsRuleParser *parser, SmsFilter *filter)
{
	bool		negated;

	if (!accept_word(parser, "not", &negated) || !expect_word(parser, "null"))
		return false;
	filter->op = negated ? SMS_OP_IS_NOT_NULL : SMS_OP_IS_NULL;
	return true;
}

/* The operators that are words */
static bool
parse_word_filter(SmsRuleParser *parser, SmsFilter *filter)
{
	bool		negated;
	bool		found;

	if (!accept_word(parser, "is", &found))
		return false;
	if (found)
		return parse_null(parser, filter);
	if (filter->column->kind == SMS_RULE_COLUMN_BOOLEAN)
		return sms_rule_fail(parser, NULL);
	if (!accept_word(parser, "not", &negated) ||
		!accept_word(parser, "in", &found))
		return false;
	if (found)
	{
		filter->op = negated ? SMS_OP_NOT_IN : SMS_OP_IN;
		return parse_list(parser, filter->column, &filter->n_values, &filter->values);
	}
	if (filter->column->kind != SMS_RULE_COLUMN_TEXT)
		return sms_rule_fail(parser, NULL);
	if (!sms_rule_at_word(parser, "like"))
		return sms_rule_fail(parser, NULL);
	filter->op = negated ? SMS_OP_NOT_LIKE : SMS_OP_LIKE;
	return sms_rule_scan(parser) && parse_pattern(parser, filter);
}

static bool
parse_filter(SmsRuleParser *parser, SmsFilter *filter)
{
	char		hint[1024];
	SmsText		value;

	memset(filter, 0, sizeof(*filter));
	sms_rule_want(parser, "a column");
	if (parser->token.kind == SMS_TOKEN_WORD)
		filter->column = sms_rule_column(parser->token.span);
	if (filter->column == NULL)
		return sms_rule_fail(parser, sms_rule_column_hint(parser, hint, sizeof(hint)));
	if (!sms_rule_scan(parser))
		return false;

	sms_rule_want(parser, filter->column->kind == SMS_RULE_COLUMN_NUMBER ?
				  "=, <>, <, <=, >, >=" : "=, <>");
	if (!sign_operator(&parser->token, &filter->op))
		return parse_word_filter(parser, filter);
	if (filter->op > SMS_OP_NE && filter->column->kind != SMS_RULE_COLUMN_NUMBER)
		return sms_rule_fail_value(parser, "= or <>",
								   "The columns part, price and parts are numbers and have an order.");
	if (!sms_rule_scan(parser) || !parse_value(parser, filter->column, &value))
		return false;
	filter->n_values = 1;
	filter->values = copy_array(parser->region, &value, sizeof(value));
	return true;
}

/* The event type, and its filters in square brackets */
static bool
parse_event(SmsRuleParser *parser, SmsEventPick *pick)
{
	SmsFilter	filters[SMS_RULE_MAX_FILTERS];
	char		hint[1024];
	int			n = 0;
	bool		more;

	sms_rule_want(parser, "an event (click, sent, ...)");
	if (parser->token.kind == SMS_TOKEN_WORD &&
		!sms_rule_word_is(parser->token.span, "event"))
		pick->type = sms_event_type_by_name(parser->token.span);
	if (parser->token.kind != SMS_TOKEN_WORD || pick->type == SMS_EVENT_LINK ||
		(pick->type == SMS_EVENT_NONE &&
		 !sms_rule_word_is(parser->token.span, "event")))
		return sms_rule_fail(parser, sms_rule_event_hint(parser, hint, sizeof(hint)));
	if (!sms_rule_scan(parser))
		return false;
	sms_rule_want(parser, "filters in [ ]");
	if (parser->token.kind != SMS_TOKEN_SIGN ||
		!sms_rule_word_is(parser->token.span, "["))
		return true;
	if (!sms_rule_scan(parser))
		return false;
	do
	{
		if (n == SMS_RULE_MAX_FILTERS)
			return sms_rule_fail_limit(parser, SMS_RULE_LIMIT,
									   "at most 32 filters of one event");
		if (!parse_filter(parser, &filters[n++]) ||
			!accept_word(parser, "and", &more))
			return false;
	} while (more);
	if (!sms_rule_at_sign(parser, "]"))
		return sms_rule_fail(parser, parser->token.kind == SMS_TOKEN_WORD &&
							 sms_rule_word_is(parser->token.span, "or") ?
							 "For one of several values write link_name in ('a', 'b'); otherwise join two conditions with or." : NULL);
	pick->n_filters = n;
	pick->filters = copy_array(parser->region, filters, n * sizeof(SmsFilter));
	return sms_rule_scan(parser);
}

/* [ "times" ] */
static bool
skip_times(SmsRuleParser *parser)
{
	bool		found;

	if (!accept_word(parser, "times", &found))
		return false;
	if (found || parser->token.kind != SMS_TOKEN_WORD ||
		!sms_rule_word_is(parser->token.span, "time"))
		return true;
	return sms_rule_scan(parser);
}

static bool
parse_times(SmsRuleParser *parser, SmsCondition *condition)
{
	return sms_rule_parse_int(parser, "a number", &condition->n) &&
		skip_times(parser);
}

/*
 * "more than 3 times" is a count, "more than 60 days ago" a window: the word
 * behind the number tells.
 */
static bool
parse_than(SmsRuleParser *parser, SmsCondition *condition)
{
	bool		more = sms_rule_word_is(parser->token.span, "more");
	bool		fewer = sms_rule_word_is(parser->token.span, "fewer");
	SmsUnit		unit;
	int32_t		n;

	if (!sms_rule_scan(parser) || !expect_word(parser, "than") ||
		!sms_rule_parse_int(parser, "a number", &n))
		return false;
	if (!fewer && sms_rule_at_unit(parser, &unit))
		return sms_rule_parse_ago(parser, more, n, &condition->window);
	condition->op = more ? SMS_OP_GT : SMS_OP_LT;
	condition->n = n;
	return skip_times(parser);
}

/* An optional count */
static bool
parse_count(SmsRuleParser *parser, SmsCondition *condition)
{
	SmsText		word = parser->token.span;
	bool		found;

	sms_rule_want(parser, "a count (>= 3, at least 3 times)");
	if (sign_operator(&parser->token, &condition->op))
		return sms_rule_scan(parser) && parse_times(parser, condition);
	if (parser->token.kind != SMS_TOKEN_WORD)
		return true;
	if (sms_rule_word_is(word, "exactly"))
	{
		condition->op = SMS_OP_EQ;
		return sms_rule_scan(parser) && parse_times(parser, condition);
	}
	if (sms_rule_word_is(word, "more") || sms_rule_word_is(word, "less") ||
		sms_rule_word_is(word, "fewer"))
		return parse_than(parser, condition);
	if (!sms_rule_word_is(word, "at"))
		return true;
	if (!sms_rule_scan(parser) || !accept_word(parser, "least", &found))
		return false;
	if (!found)
	{
		if (!sms_rule_at_word(parser, "most"))
			return sms_rule_fail(parser, sms_rule_word_is(parser->token.span, "time") ?
								 "A time zone belongs to a window: click in previous month at time zone 'Europe/Berlin'." : NULL);
		condition->op = SMS_OP_LE;
		if (!sms_rule_scan(parser))
			return false;
	}
	return parse_times(parser, condition);
}

/* What follows the first event of a sequence, behind "then" or "by" */
static bool
parse_then(SmsRuleParser *parser, SmsCondition *condition, SmsConditionKind kind)
{
	bool		found;

	condition->kind = kind;
	if (!parse_event(parser, &condition->then) ||
		!accept_word(parser, "within", &found))
		return false;
	if (found && (!sms_rule_parse_span(parser, &condition->within) ||
				  !sms_rule_parse_zone(parser, &condition->within_zone)))
		return false;
	if (parser->token.kind == SMS_TOKEN_WORD &&
		sms_rule_word_is(parser->token.span, "then"))
	{
		sms_rule_want(parser, "the end of the sequence");
		return sms_rule_fail(parser, "A sequence has two steps; join several with and.");
	}
	return true;
}

/* event [ count ] [ window ], and sequences */
static bool
parse_event_condition(SmsRuleParser *parser, SmsCondition *condition)
{
	SmsRuleToken count;
	bool		has_count;
	bool		found;

	condition->kind = SMS_CONDITION_COUNT;
	condition->op = SMS_OP_GE;
	condition->n = 1;
	if (!parse_event(parser, &condition->event))
		return false;
	count = parser->token;
	if (!parse_count(parser, condition))
		return false;
	has_count = count.span.ptr != parser->token.span.ptr &&
		condition->window.kind == SMS_WINDOW_EVER;
	if (condition->window.kind == SMS_WINDOW_EVER &&
		!sms_rule_parse_window(parser, condition))
		return false;
	if (has_count || condition->kind == SMS_CONDITION_REGULAR)
	{
		if (sms_rule_word_is(parser->token.span, "then") ||
			sms_rule_word_is(parser->token.span, "not"))
		{
			sms_rule_want(parser, "the end of the condition");
			return sms_rule_fail(parser, "The first event of a sequence has no count and no periods: sent in last 1 month then click within 2 days.");
		}
		return true;
	}
	if (!accept_word(parser, "then", &found))
		return false;
	if (found)
		return parse_then(parser, condition, SMS_CONDITION_FOLLOWED);
	sms_rule_want(parser, "\"not followed by\"");
	if (parser->token.kind != SMS_TOKEN_WORD ||
		!sms_rule_word_is(parser->token.span, "not"))
		return true;
	return sms_rule_scan(parser) && expect_word(parser, "followed") &&
		expect_word(parser, "by") &&
		parse_then(parser, condition, SMS_CONDITION_NOT_FOLLOWED);
}

/* "first" or "last", an event and a window */
static bool
parse_edge(SmsRuleParser *parser, SmsCondition *condition)
{
	const char *example;

	example = condition->kind == SMS_CONDITION_FIRST ?
		"Write first click in last 30 days." :
		"Write last click more than 60 days ago.";
	if (!parse_event(parser, &condition->event) ||
		!sms_rule_parse_window(parser, condition))
		return false;
	if (condition->window.kind == SMS_WINDOW_EVER)
		return sms_rule_fail(parser, example);
	return true;
}

/* percent "%" [ "seed" text ] */
static bool
parse_bucket(SmsRuleParser *parser, SmsCondition *condition)
{
	SmsText		number = parser->token.span;
	int			decimals = -1;
	size_t		i;
	bool		found;

	sms_rule_want(parser, "a percentage from 0 to 100");
	if (parser->token.kind != SMS_TOKEN_NUMBER)
		return sms_rule_fail(parser, "Write bucket 10% seed 'spring'.");
	for (i = 0; i < number.len && condition->percent <= 10000; i++)
	{
		if (number.ptr[i] == '.')
			decimals = 0;
		else
		{
			condition->percent = condition->percent * 10 + number.ptr[i] - '0';
			decimals += decimals >= 0;
		}
	}
	for (; decimals < 2 && condition->percent <= 10000; decimals++)
		condition->percent *= decimals < 0 ? 1 : 10;
	if (decimals > 2 || condition->percent > 10000)
		return sms_rule_fail_value(parser, "a percentage from 0 to 100 with at most two decimals",
								   NULL);
	if (!sms_rule_scan(parser) || !expect_sign(parser, "%") ||
		!accept_word(parser, "seed", &found))
		return false;
	return !found || parse_name(parser, "the seed in single quotes", &condition->name);
}

/* Of one sender or, without the word, of any; a state has no window. */
static bool
parse_sender(SmsRuleParser *parser, const char *word, SmsCondition *condition)
{
	bool		found;

	if (!accept_word(parser, word, &found))
		return false;
	if (found)
		return parse_name(parser, "a sender in single quotes", &condition->name);
	if (sms_rule_at_window(parser) || parser->token.kind == SMS_TOKEN_SIGN)
		return sms_rule_at_sign(parser, ")") ||
			sms_rule_fail(parser, "A state of consent is that of the moment asked for and has neither count nor window; for what was said in one, write unsubscribe in last 30 days.");
	if (sms_rule_word_is(parser->token.span, "to") || sms_rule_word_is(parser->token.span, "from"))
		return sms_rule_fail(parser, "Write of '12345' for one sender.");
	return true;
}

/* ( "out" | "in" ) [ "of" text ], behind "opted" */
static bool
parse_consent(SmsRuleParser *parser, SmsCondition *condition)
{
	bool		out;

	if (!accept_word(parser, "out", &out))
		return false;
	if (!out)
	{
		if (!sms_rule_at_word(parser, "in"))
			return sms_rule_fail(parser, "Write opted out or opted in, and of '12345' for one sender.");
		if (!sms_rule_scan(parser))
			return false;
		condition->kind = SMS_CONDITION_OPTED_IN;
	}
	return parse_sender(parser, "of", condition);
}

static bool
parse_state(SmsRuleParser *parser, SmsCondition *condition)
{
	static const SmsRuleColumn id = {"individual", SMS_RULE_COLUMN_TEXT};

	switch (condition->kind)
	{
		case SMS_CONDITION_FIRST:
		case SMS_CONDITION_LAST:
			return parse_edge(parser, condition);
		case SMS_CONDITION_BUCKET:
			return parse_bucket(parser, condition);
		case SMS_CONDITION_OPTED_OUT:
		case SMS_CONDITION_OPTED_IN:
			return parse_consent(parser, condition);
		case SMS_CONDITION_SEGMENT:
			if (!sms_rule_at_word(parser, "segment"))
				return sms_rule_fail(parser, "A window stands behind its event: click in last 30 days.");
			return sms_rule_scan(parser) &&
				parse_name(parser, "the name of a segment in single quotes", &condition->name);
		case SMS_CONDITION_INDIVIDUAL:
			return expect_word(parser, "in") &&
				parse_list(parser, &id, &condition->n_ids, &condition->ids);
		default:
			return true;
	}
}

static SmsNode *
make_node(SmsRuleParser *parser, SmsNodeKind kind, SmsNode *first)
{
	SmsNode    *node = sms_region_alloc(parser->region, sizeof(SmsNode));

	node->kind = kind;
	node->condition = NULL;
	node->first = first;
	node->next = NULL;
	return node;
}

static SmsNode *
parse_condition(SmsRuleParser *parser)
{
	static const struct
	{
		const char *word;
		SmsConditionKind kind;
	}			words[] = {
		{"first", SMS_CONDITION_FIRST},
		{"last", SMS_CONDITION_LAST},
		{"opted", SMS_CONDITION_OPTED_OUT},
		{"bucket", SMS_CONDITION_BUCKET},
		{"in", SMS_CONDITION_SEGMENT},
		{"individual", SMS_CONDITION_INDIVIDUAL},
		{"known", SMS_CONDITION_KNOWN},
	};
	SmsCondition *condition;
	SmsNode    *node;
	size_t		i;

	if (parser->n_conditions == SMS_RULE_MAX_CONDITIONS)
	{
		sms_rule_fail_limit(parser, SMS_RULE_LIMIT, "at most 1000 conditions");
		return NULL;
	}
	condition = sms_region_alloc(parser->region, sizeof(SmsCondition));
	memset(condition, 0, sizeof(*condition));
	condition->no = ++parser->n_conditions;
	node = make_node(parser, SMS_NODE_CONDITION, NULL);
	node->condition = condition;

	if (parser->token.kind == SMS_TOKEN_WORD &&
		sms_rule_word_is(parser->token.span, "subscribed"))
	{
		condition->kind = SMS_CONDITION_OPTED_IN;
		return sms_rule_scan(parser) && parse_sender(parser, "to", condition) ? node : NULL;
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sms_rule_at_word(parser, words[i].word))
		{
			condition->kind = words[i].kind;
			if (!sms_rule_scan(parser) || !parse_state(parser, condition))
				return NULL;
			return node;
		}
	return parse_event_condition(parser, condition) ? node : NULL;
}

/* "(" rule ")" */
static SmsNode *
parse_group(SmsRuleParser *parser)
{
	SmsNode    *node;

	if (parser->depth == SMS_RULE_MAX_DEPTH)
	{
		sms_rule_fail_limit(parser, SMS_RULE_DEPTH, "at most 64 parentheses inside each other");
		return NULL;
	}
	parser->depth++;
	if (!sms_rule_scan(parser) || (node = parse_any(parser)) == NULL)
		return NULL;
	parser->depth--;
	if (!sms_rule_at_sign(parser, ")"))
	{
		sms_rule_fail(parser, sms_rule_trailing_hint(parser));
		return NULL;
	}
	return sms_rule_scan(parser) ? node : NULL;
}

/* { "not" } one; a double "not" cancels */
static SmsNode *
parse_one(SmsRuleParser *parser)
{
	SmsNode    *node;
	bool		negated = false;

	while (sms_rule_at_word(parser, "not"))
	{
		negated = !negated;
		if (!sms_rule_scan(parser))
			return NULL;
	}
	if (sms_rule_at_sign(parser, "("))
		node = parse_group(parser);
	else
		node = parse_condition(parser);
	if (node == NULL || !negated)
		return node;
	return node->kind == SMS_NODE_NOT ? node->first : make_node(parser, SMS_NODE_NOT, node);
}

/*
 * Operands joined with one word.  An operand that is such a chain itself is
 * taken in, so that chains are flat.
 */
static SmsNode *
parse_chain(SmsRuleParser *parser, SmsNodeKind kind)
{
	SmsNode    *first = NULL;
	SmsNode   **end = &first;

	for (;;)
	{
		SmsNode    *operand = kind == SMS_NODE_OR ?
			parse_chain(parser, SMS_NODE_AND) : parse_one(parser);

		if (operand == NULL)
			return NULL;
		*end = operand->kind == kind ? operand->first : operand;
		while (*end != NULL)
			end = &(*end)->next;
		if (!sms_rule_at_word(parser, kind == SMS_NODE_OR ? "or" : "and"))
			return first->next == NULL ? first : make_node(parser, kind, first);
		if (!sms_rule_scan(parser))
			return NULL;
	}
}

static SmsNode *
parse_any(SmsRuleParser *parser)
{
	return parse_chain(parser, SMS_NODE_OR);
}

static void
collect_conditions(const SmsNode *node, SmsCondition **conditions)
{
	const SmsNode *child;

	if (node->kind == SMS_NODE_CONDITION)
		conditions[node->condition->no - 1] = node->condition;
	for (child = node->first; child != NULL; child = child->next)
		collect_conditions(child, conditions);
}

static bool
check_length(SmsRuleParser *parser, SmsText text)
{
	if (text.len <= SMS_RULE_MAX_LENGTH)
		return true;
	parser->token.kind = SMS_TOKEN_END;
	parser->token.span.ptr = text.ptr;
	parser->token.span.len = 0;
	parser->text = text;
	sms_rule_fail_limit(parser, SMS_RULE_LIMIT, "at most 65536 bytes");
	strcpy(parser->error->read, "a longer rule");
	return false;
}

static void
init_parser(SmsRuleParser *parser, SmsText text, SmsRegion *region, SmsRuleError *error)
{
	memset(parser, 0, sizeof(*parser));
	parser->text = text;
	parser->region = region;
	parser->error = error;
}

/*
 * sms_rule_parse returns the rule, all of it in the region, or NULL with the
 * error filled in.
 */
SmsRule *
sms_rule_parse(SmsText text, SmsRegion *region, SmsRuleError *error)
{
	SmsRuleParser parser;
	SmsNode    *root;
	SmsRule    *rule;

	init_parser(&parser, text, region, error);
	if (!check_length(&parser, text) || !sms_rule_scan(&parser))
		return NULL;
	root = parse_any(&parser);
	if (root == NULL)
		return NULL;
	sms_rule_want(&parser, "the end of the rule");
	if (parser.token.kind != SMS_TOKEN_END)
	{
		const char *hint = sms_rule_sign_hint(parser.token.span);

		sms_rule_fail(&parser, hint ? hint : sms_rule_trailing_hint(&parser));
		return NULL;
	}
	rule = sms_region_alloc(region, sizeof(SmsRule));
	rule->root = root;
	rule->n_conditions = parser.n_conditions;
	rule->conditions = sms_region_alloc(region, parser.n_conditions * sizeof(SmsCondition *));
	collect_conditions(root, rule->conditions);
	return rule;
}

/*
 * sms_rule_canonical gives the canonical form of a text, which keeps all limits
 * itself: it may be longer than what was given.
 */
bool
sms_rule_canonical(SmsText text, SmsRegion *region, SmsText *canonical,
				   SmsRuleError *error)
{
	SmsRuleParser parser;
	SmsRule    *rule = sms_rule_parse(text, region, error);

	if (rule == NULL)
		return false;
	*canonical = sms_rule_text(rule, region);
	init_parser(&parser, *canonical, region, error);
	return check_length(&parser, *canonical);
}
