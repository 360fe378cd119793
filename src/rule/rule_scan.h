/*-------------------------------------------------------------------------
 *
 * rule_scan.h
 *	  What the files of the rule parser share: tokens, the parser's state and
 *	  the making of an error.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_RULE_SCAN_H
#define SMS_SEGMENT_RULE_SCAN_H

#include "rule/rule.h"

typedef enum SmsRuleTokenKind
{
	SMS_TOKEN_END,
	SMS_TOKEN_WORD,
	SMS_TOKEN_NUMBER,			/* digits, perhaps with a fraction */
	SMS_TOKEN_TEXT,				/* in single quotes */
	SMS_TOKEN_SIGN,
	SMS_TOKEN_BAD				/* begins nothing of the language */
} SmsRuleTokenKind;

typedef struct SmsRuleToken
{
	SmsRuleTokenKind kind;
	SmsText		span;			/* as written */
	SmsText		value;			/* SMS_TOKEN_TEXT: the content, a copy */
} SmsRuleToken;

#define SMS_RULE_MAX_WANTED 32

/* One thing that would have been right: a word of the language, or a name for it */
typedef struct SmsRuleWanted
{
	const char *name;
	bool		literal;
} SmsRuleWanted;

typedef struct SmsRuleParser
{
	SmsText		text;
	size_t		at;				/* behind the current token */
	SmsRuleToken	token;
	SmsRegion  *region;
	SmsRuleError *error;
	int			depth;
	int			n_conditions;
	/* what was looked for at the current token */
	int			n_wanted;
	SmsRuleWanted	wanted[SMS_RULE_MAX_WANTED];
} SmsRuleParser;

/* rule_scan.c */
extern bool sms_rule_scan(SmsRuleParser *parser);
extern bool sms_rule_word_is(SmsText word, const char *name);
extern void sms_rule_want(SmsRuleParser *parser, const char *name);
extern bool sms_rule_at_word(SmsRuleParser *parser, const char *name);
extern bool sms_rule_at_sign(SmsRuleParser *parser, const char *name);
extern bool sms_rule_fail(SmsRuleParser *parser, const char *hint);
extern bool sms_rule_fail_limit(SmsRuleParser *parser, SmsRuleErrorKind kind,
						   const char *expected);
extern bool sms_rule_fail_value(SmsRuleParser *parser, const char *expected,
						   const char *hint);
extern SmsText sms_rule_short_number(SmsRuleParser *parser, bool negative);
extern const char *sms_rule_sign_hint(SmsText sign);
extern size_t sms_rule_append(char *buffer, size_t size, size_t at, const char *text);

/* rule_time.c */
extern bool sms_rule_parse_int(SmsRuleParser *parser, const char *what, int32_t *n);
extern bool sms_rule_at_unit(SmsRuleParser *parser, SmsUnit *unit);
extern bool sms_rule_parse_span(SmsRuleParser *parser, SmsSpan *span);
extern bool sms_rule_parse_span_from(SmsRuleParser *parser, int32_t n, SmsSpan *span);
extern bool sms_rule_parse_ago(SmsRuleParser *parser, bool more, int32_t n,
							   SmsWindow *window);
extern bool sms_rule_parse_zone(SmsRuleParser *parser, SmsText *zone);
extern bool sms_rule_at_window(const SmsRuleParser *parser);
extern bool sms_rule_parse_window(SmsRuleParser *parser, SmsCondition *condition);
extern const char *const sms_rule_unit_names[SMS_N_UNITS];

/* rule_words.c */
extern const SmsRuleColumn *sms_rule_column(SmsText name);
extern const char *sms_rule_event_hint(SmsRuleParser *parser, char *buffer, size_t size);
extern const char *sms_rule_column_hint(SmsRuleParser *parser, char *buffer, size_t size);
extern const char *sms_rule_trailing_hint(SmsRuleParser *parser);

#endif							/* SMS_SEGMENT_RULE_SCAN_H */
