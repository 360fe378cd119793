/*-------------------------------------------------------------------------
 *
 * rule.h
 *	  Segment rules: who did what, how often, when.
 *
 * A rule is text.  The parser turns it into the tree below, the printer turns
 * the tree back into the canonical text: keywords in lower case, one space
 * between words, no needless parentheses, nothing written that is the default.
 * Reading the canonical text gives the same tree again.
 *
 * Keywords, event types and columns ignore ASCII case; texts do not.
 *
 *	rule       = all { "or" all }
 *	all        = one { "and" one }
 *	one        = { "not" } ( "(" rule ")" | condition )
 *	condition  = event [ count ] [ window ]
 *	           | event [ count ] "in" n "of" "last" n period [ zone ]
 *	           | event [ window ] ( "then" | "not" "followed" "by" ) event
 *	             [ "within" span [ zone ] ]
 *	           | ( "first" | "last" ) event window
 *	           | "opted" ( "out" | "in" ) [ "of" text ]
 *	           | "bucket" percent "%" [ "seed" text ]
 *	           | "in" "segment" text
 *	           | "individual" "in" list
 *	           | "known"
 *	event      = ( event type | "event" ) [ "[" filter { "and" filter } "]" ]
 *	filter     = column ( sign value | [ "not" ] "in" list
 *	                    | [ "not" ] "like" text | "is" [ "not" ] "null" )
 *	sign       = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">="
 *	list       = "(" value { "," value } ")"
 *	count      = sign n [ "times" ]
 *	           | ( "at" "least" | "at" "most" | "exactly"
 *	             | ( "fewer" | "less" | "more" ) "than" ) n [ "times" ]
 *	window     = "in" "last" span [ zone ]
 *	           | ( "more" | "less" ) "than" span "ago" [ zone ]
 *	           | "in" ( "this" | "previous" ) calendar unit [ zone ]
 *	           | "since" time [ zone ]
 *	           | "before" time [ zone ]
 *	           | "between" time "and" time [ zone ]
 *	span       = n unit { n unit }
 *	unit       = "minute" | "hour" | "day" | "week" | "month" | "quarter"
 *	           | "year", or the plural
 *	calendar unit: day and longer; period: day, week, month
 *	zone       = "at" "time" "zone" text
 *	time       = a text: YYYY-MM-DD [ HH:MM [ :SS [ .ffffff ] ] [ offset ] ]
 *	value      = a text; a number for number columns; true, false
 *	text       = '...' with '' for a quote
 *
 * "the" may stand before "last", "this" and "previous".  "In last month",
 * without a number, is refused: it has two readings.
 *
 * Meaning, for a moment "at":
 * - Windows are half-open, [since, until), and never reach beyond the moment.
 *   No window means ever: (-infinity, at).
 * - "in last SPAN" is [at - SPAN, at); "more than SPAN ago" is
 *   (-infinity, at - SPAN).  Years to days are subtracted on the calendar of
 *   the zone, hours and minutes are elapsed time.
 * - Weeks start on Monday.  The zone is UTC unless named.
 * - A count without a comparison is ">= 1".  Comparisons which zero fulfils
 *   hold for everyone known who has no such event.
 * - "in K of last N periods": of the N windows [at - i, at - (i - 1)) periods,
 *   i = 1..N, at least K fulfil the count.
 * - "first" and "last": the first (last) such event of all, up to the moment,
 *   lies in the window.
 * - "A then B within D": some A in the window has a B with
 *   A < B <= A + D and B < at.  "A not followed by B within D": some A in the
 *   window, with A + D < at, has none; without "within" D is the time up to the
 *   moment, so that no such A is too young.
 * - A missing value fulfils "is null" and no other filter.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_RULE_H
#define SMS_SEGMENT_RULE_H

#include "core.h"
#include "taxonomy/taxonomy.h"

/* Limits; all are checked for the canonical text too. */
#define SMS_RULE_MAX_LENGTH 65536	/* bytes of text */
#define SMS_RULE_MAX_DEPTH 64	/* parentheses inside parentheses */
#define SMS_RULE_MAX_CONDITIONS 1000
#define SMS_RULE_MAX_ITEMS 1000 /* of one list */
#define SMS_RULE_MAX_FILTERS 32 /* of one event */
#define SMS_RULE_MAX_PERIODS 1000	/* of "in K of last N" */
#define SMS_RULE_MAX_YEARS 1000 /* of a span */
#define SMS_RULE_MAX_ZONE 64	/* bytes of a zone's name */
#define SMS_RULE_READ_LENGTH 64 /* bytes of the text quoted in an error */

typedef enum SmsOperator
{
	SMS_OP_EQ,
	SMS_OP_NE,
	SMS_OP_LT,
	SMS_OP_LE,
	SMS_OP_GT,
	SMS_OP_GE,					/* up to here: counts and filters */
	SMS_OP_IN,
	SMS_OP_NOT_IN,
	SMS_OP_LIKE,
	SMS_OP_NOT_LIKE,
	SMS_OP_IS_NULL,
	SMS_OP_IS_NOT_NULL
} SmsOperator;

typedef enum SmsRuleColumnKind
{
	SMS_RULE_COLUMN_TEXT,			/* all operators but the order */
	SMS_RULE_COLUMN_NUMBER,			/* all operators but like */
	SMS_RULE_COLUMN_BOOLEAN			/* = <> is null */
} SmsRuleColumnKind;

/* A column of the table "event" that a filter may name. */
typedef struct SmsRuleColumn
{
	const char *name;
	SmsRuleColumnKind kind;
} SmsRuleColumn;

typedef struct SmsFilter
{
	const SmsRuleColumn *column;
	SmsOperator op;
	int			n_values;		/* 0 for is null, 1 or more for lists */
	const SmsText *values;		/* numbers and booleans as text */
} SmsFilter;

/* Events of one type that pass all filters. */
typedef struct SmsEventPick
{
	SmsEventType type;			/* SMS_EVENT_NONE: any type */
	int			n_filters;
	const SmsFilter *filters;
} SmsEventPick;

typedef enum SmsUnit
{
	SMS_UNIT_YEAR,
	SMS_UNIT_QUARTER,
	SMS_UNIT_MONTH,
	SMS_UNIT_WEEK,
	SMS_UNIT_DAY,
	SMS_UNIT_HOUR,
	SMS_UNIT_MINUTE
} SmsUnit;

#define SMS_N_UNITS 7

/* A length of time, as it was written; all zero: none. */
typedef struct SmsSpan
{
	int32_t		n[SMS_N_UNITS];
} SmsSpan;

/*
 * A date and time that exists on the calendar.  Without an offset it is local
 * time of the window's zone.
 */
typedef struct SmsMoment
{
	int			year;			/* 1..9999 */
	int			month;
	int			day;
	int64_t		time;			/* microseconds since midnight */
	bool		has_offset;
	int			offset;			/* minutes east of UTC */
} SmsMoment;

typedef enum SmsWindowKind
{
	SMS_WINDOW_EVER,
	SMS_WINDOW_LAST,			/* span */
	SMS_WINDOW_AGO,				/* span: what is older */
	SMS_WINDOW_THIS,			/* unit */
	SMS_WINDOW_PREVIOUS,		/* unit */
	SMS_WINDOW_SINCE,			/* start */
	SMS_WINDOW_BEFORE,			/* end */
	SMS_WINDOW_BETWEEN,			/* start, end */
	SMS_WINDOW_PERIODS			/* n_periods, unit; of SMS_CONDITION_REGULAR */
} SmsWindowKind;

typedef struct SmsWindow
{
	SmsWindowKind kind;
	SmsText		zone;			/* length 0: UTC; the name is not looked up */
	SmsSpan		span;
	SmsUnit		unit;
	int			n_periods;
	SmsMoment	start;
	SmsMoment	end;
} SmsWindow;

typedef enum SmsConditionKind
{
	SMS_CONDITION_COUNT,		/* event, op, n, window */
	SMS_CONDITION_REGULAR,		/* event, op, n, window, wanted */
	SMS_CONDITION_FIRST,		/* event, window */
	SMS_CONDITION_LAST,			/* event, window */
	SMS_CONDITION_FOLLOWED,		/* event, window, then, within */
	SMS_CONDITION_NOT_FOLLOWED, /* the same */
	SMS_CONDITION_OPTED_OUT,	/* name: the sender; ptr NULL: any */
	SMS_CONDITION_OPTED_IN,		/* the same */
	SMS_CONDITION_BUCKET,		/* percent, name: the seed */
	SMS_CONDITION_SEGMENT,		/* name */
	SMS_CONDITION_INDIVIDUAL,	/* ids */
	SMS_CONDITION_KNOWN
} SmsConditionKind;

typedef struct SmsCondition
{
	SmsConditionKind kind;
	int			no;				/* 1.. in the order of the text */
	SmsEventPick event;
	SmsOperator op;				/* SMS_OP_EQ .. SMS_OP_GE */
	int32_t		n;
	SmsWindow	window;
	int			wanted;			/* periods that must fulfil the count */
	SmsEventPick then;
	SmsSpan		within;			/* all zero: up to the moment */
	SmsText		within_zone;	/* length 0: UTC */
	int			percent;		/* hundredths of a percent, 0..10000 */
	SmsText		name;
	int			n_ids;
	const SmsText *ids;
} SmsCondition;

typedef enum SmsNodeKind
{
	SMS_NODE_CONDITION,
	SMS_NODE_NOT,				/* one child, never a "not" */
	SMS_NODE_AND,				/* two or more, none of them an "and" */
	SMS_NODE_OR					/* two or more, none of them an "or" */
} SmsNodeKind;

typedef struct SmsNode
{
	SmsNodeKind kind;
	SmsCondition *condition;	/* of SMS_NODE_CONDITION */
	struct SmsNode *first;		/* first child */
	struct SmsNode *next;		/* next child of the same parent */
} SmsNode;

typedef struct SmsRule
{
	SmsNode    *root;
	int			n_conditions;
	SmsCondition **conditions;	/* conditions[i]->no is i + 1 */
} SmsRule;

typedef enum SmsRuleErrorKind
{
	SMS_RULE_SYNTAX,
	SMS_RULE_LIMIT,				/* too long, too many, too large */
	SMS_RULE_DEPTH
} SmsRuleErrorKind;

typedef struct SmsRuleError
{
	SmsRuleErrorKind kind;
	int			position;		/* of what was read, characters, from 1 */
	size_t		start;			/* its bytes in the text */
	size_t		len;
	char		read[SMS_RULE_READ_LENGTH + 16];	/* in quotes, or a word for it */
	char		expected[768];	/* a list */
	char		hint[1024];		/* whole sentences, or empty */
} SmsRuleError;

/* rule_parse.c */
extern SmsRule *sms_rule_parse(SmsText text, SmsRegion *region,
							   SmsRuleError *error);
extern bool sms_rule_canonical(SmsText text, SmsRegion *region, SmsText *canonical,
							   SmsRuleError *error);

/* rule_print.c */
extern SmsText sms_rule_text(const SmsRule *rule, SmsRegion *region);
extern SmsText sms_condition_text(const SmsCondition *condition, SmsRegion *region);
extern SmsText sms_filters_text(const SmsEventPick *pick, SmsRegion *region);
extern SmsText sms_window_text(const SmsWindow *window, SmsRegion *region);
extern const char *sms_operator_sign(SmsOperator op);

/* rule_words.c */
extern const SmsRuleColumn sms_rule_columns[];	/* ends with name NULL */

/* Does a person with that many events fulfil the count? */
static inline bool
sms_count_holds(const SmsCondition *condition, int64_t count)
{
	switch (condition->op)
	{
		case SMS_OP_EQ:
			return count == condition->n;
		case SMS_OP_NE:
			return count != condition->n;
		case SMS_OP_LT:
			return count < condition->n;
		case SMS_OP_LE:
			return count <= condition->n;
		case SMS_OP_GT:
			return count > condition->n;
		default:
			return count >= condition->n;
	}
}

/*
 * The only filter of the pick, when it has one and that asks for one value of
 * a text column; else NULL.
 */
static inline const SmsFilter *
sms_only_equality(const SmsEventPick *pick)
{
	if (pick->n_filters == 1 && pick->filters[0].op == SMS_OP_EQ &&
		pick->filters[0].column->kind == SMS_RULE_COLUMN_TEXT)
		return &pick->filters[0];
	return NULL;
}

static inline bool
sms_span_is_zero(const SmsSpan *span)
{
	int			i;

	for (i = 0; i < SMS_N_UNITS; i++)
		if (span->n[i] != 0)
			return false;
	return true;
}

#endif							/* SMS_SEGMENT_RULE_H */
