/*-------------------------------------------------------------------------
 *
 * rule_scan.c
 *	  Scanner of the rule parser, and the making of its errors.
 *
 * The parser looks at one token at a time.  Everything it looks for there is
 * noted, so that an error can say what would have been right without a list
 * kept by hand.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "rule/rule_scan.h"

static const char double_quote_hint[] =
"Texts stand in single quotes ('...').";

static bool
is_letter(char c)
{
	return sms_is_letter(c) || c == '_';
}

/* name is in lower case */
bool
sms_rule_word_is(SmsText word, const char *name)
{
	return sms_text_is_any_case(word, name);
}

/*
 * Appends text at buffer + at, as far as it fits, and terminates it.  Returns
 * the new end.
 */
size_t
sms_rule_append(char *buffer, size_t size, size_t at, const char *text)
{
	for (; *text != '\0' && at + 1 < size; text++)
		buffer[at++] = *text;
	buffer[at] = '\0';
	return at;
}

/* The largest length up to limit that ends between two characters. */
static size_t
clip(SmsText text, size_t limit)
{
	if (text.len <= limit)
		return text.len;
	while (limit > 0 && ((unsigned char) text.ptr[limit] & 0xC0) == 0x80)
		limit--;
	return limit;
}

static int
character_position(SmsText text, size_t at)
{
	int			position = 1;
	size_t		i;

	for (i = 0; i < at; i++)
		if (((unsigned char) text.ptr[i] & 0xC0) != 0x80)
			position++;
	return position;
}

/* What would have been right at the current token: "a, b or c". */
static void
list_wanted(SmsRuleParser *parser)
{
	SmsRuleError *error = parser->error;
	size_t		at = 0;
	int			i;

	error->expected[0] = '\0';
	for (i = 0; i < parser->n_wanted; i++)
	{
		const char *quote = parser->wanted[i].literal ? "\"" : "";

		if (i > 0)
			at = sms_rule_append(error->expected, sizeof(error->expected), at,
								 i + 1 < parser->n_wanted ? ", " : " or ");
		at = sms_rule_append(error->expected, sizeof(error->expected), at, quote);
		at = sms_rule_append(error->expected, sizeof(error->expected), at,
							 parser->wanted[i].name);
		at = sms_rule_append(error->expected, sizeof(error->expected), at, quote);
	}
}

static void
set_error(SmsRuleParser *parser, SmsRuleErrorKind kind, const char *hint)
{
	SmsRuleError *error = parser->error;
	SmsText		span = parser->token.span;
	size_t		len = clip(span, SMS_RULE_READ_LENGTH);

	error->kind = kind;
	error->start = span.ptr - parser->text.ptr;
	error->len = span.len;
	error->position = character_position(parser->text, error->start);
	error->read[0] = '"';
	memcpy(error->read + 1, span.ptr, len);
	strcpy(error->read + 1 + len, len < span.len ? "...\"" : "\"");
	sms_rule_append(error->hint, sizeof(error->hint), 0, hint ? hint : "");
}

/*
 * The content of a text may be a phone number, so it is not shown where any
 * text would be wrong.
 */
static void
hide_text(SmsRuleParser *parser)
{
	if (parser->token.kind == SMS_TOKEN_END)
		strcpy(parser->error->read, "the end of the rule");
	else if (parser->token.kind == SMS_TOKEN_TEXT)
		strcpy(parser->error->read, "a quoted text");
}

/* Fails at the current token; the list of what was looked for is the reason. */
bool
sms_rule_fail(SmsRuleParser *parser, const char *hint)
{
	if (hint == NULL && parser->token.kind == SMS_TOKEN_BAD)
		hint = sms_rule_sign_hint(parser->token.span);
	set_error(parser, SMS_RULE_SYNTAX, hint);
	hide_text(parser);
	list_wanted(parser);
	return false;
}

/* Fails at the current token, which goes beyond a limit. */
bool
sms_rule_fail_limit(SmsRuleParser *parser, SmsRuleErrorKind kind,
					const char *expected)
{
	set_error(parser, kind, NULL);
	hide_text(parser);
	sms_rule_append(parser->error->expected, sizeof(parser->error->expected), 0,
					expected);
	return false;
}

/* Fails at the current token, which has the right form and a wrong value. */
bool
sms_rule_fail_value(SmsRuleParser *parser, const char *expected, const char *hint)
{
	set_error(parser, SMS_RULE_SYNTAX, hint);
	sms_rule_append(parser->error->expected, sizeof(parser->error->expected), 0,
					expected);
	return false;
}

static void
want(SmsRuleParser *parser, const char *name, bool literal)
{
	int			i;

	for (i = 0; i < parser->n_wanted; i++)
		if (strcmp(parser->wanted[i].name, name) == 0)
			return;
	if (parser->n_wanted < SMS_RULE_MAX_WANTED)
	{
		parser->wanted[parser->n_wanted].name = name;
		parser->wanted[parser->n_wanted++].literal = literal;
	}
}

/* Notes that the parser looks for this, a name such as "a number". */
void
sms_rule_want(SmsRuleParser *parser, const char *name)
{
	want(parser, name, false);
}

/* Is the current token this word?  Notes that it was looked for. */
bool
sms_rule_at_word(SmsRuleParser *parser, const char *name)
{
	want(parser, name, true);
	return parser->token.kind == SMS_TOKEN_WORD &&
		sms_rule_word_is(parser->token.span, name);
}

bool
sms_rule_at_sign(SmsRuleParser *parser, const char *name)
{
	want(parser, name, true);
	return parser->token.kind == SMS_TOKEN_SIGN &&
		sms_rule_word_is(parser->token.span, name);
}

/*
 * Length of the text in single quotes at the start of s, or 0 when it does not
 * end.  n_quotes is the number of doubled quotes inside.
 */
static size_t
quoted_length(SmsText s, size_t *n_quotes)
{
	size_t		i;

	*n_quotes = 0;
	for (i = 1; i < s.len; i++)
	{
		if (s.ptr[i] == '\0')
			return 0;
		if (s.ptr[i] != '\'')
			continue;
		if (i + 1 >= s.len || s.ptr[i + 1] != '\'')
			return i + 1;
		(*n_quotes)++;
		i++;
	}
	return 0;
}

static bool
scan_quoted(SmsRuleParser *parser, SmsText rest)
{
	size_t		n_quotes;
	size_t		len = quoted_length(rest, &n_quotes);
	size_t		i;
	size_t		n = 0;
	char	   *copy;

	parser->token.span.len = 1;
	if (len == 0)
	{
		parser->token.kind = SMS_TOKEN_BAD;
		return sms_rule_fail_value(parser, "a text that ends with a single quote",
								   "A quote inside a text is written twice.");
	}
	copy = sms_region_alloc(parser->region, len);
	for (i = 1; i < len - 1; i++)
	{
		copy[n++] = rest.ptr[i];
		if (rest.ptr[i] == '\'')
			i++;
	}
	parser->token.kind = SMS_TOKEN_TEXT;
	parser->token.span.len = len;
	parser->token.value.ptr = copy;
	parser->token.value.len = n;
	return true;
}

/*
 * Length of the sign or the unknown character at the start of s.  Signs of
 * other languages are taken whole, for the hint.
 */
static size_t
sign_length(SmsText s, SmsRuleTokenKind *kind)
{
	static const char *const signs[] = {"<>", "<=", ">=", "!=", NULL};
	static const char *const bad[] = {"==", "=>", "=<", "&&", "||", NULL};
	size_t		len = 1;
	int			i;

	*kind = SMS_TOKEN_SIGN;
	for (i = 0; s.len >= 2 && signs[i] != NULL; i++)
		if (memcmp(s.ptr, signs[i], 2) == 0)
			return 2;
	*kind = SMS_TOKEN_BAD;
	for (i = 0; s.len >= 2 && bad[i] != NULL; i++)
		if (memcmp(s.ptr, bad[i], 2) == 0)
			return 2;
	if (s.ptr[0] != '\0' && strchr("()[],%=<>-", s.ptr[0]) != NULL)
		*kind = SMS_TOKEN_SIGN;
	else
		while (len < s.len && ((unsigned char) s.ptr[len] & 0xC0) == 0x80)
			len++;
	return len;
}

/*
 * Goes on to the next token.  Fails only on a text without an end; a character
 * that is no part of the language is a token that nothing accepts.
 */
bool
sms_rule_scan(SmsRuleParser *parser)
{
	SmsRuleToken *token = &parser->token;
	SmsText		rest;
	size_t		len = 0;

	while (parser->at < parser->text.len && sms_is_blank(parser->text.ptr[parser->at]))
		parser->at++;
	rest.ptr = parser->text.ptr + parser->at;
	rest.len = parser->text.len - parser->at;
	parser->n_wanted = 0;
	token->span.ptr = rest.ptr;
	token->value.ptr = NULL;
	token->value.len = 0;

	if (rest.len == 0)
		token->kind = SMS_TOKEN_END;
	else if (rest.ptr[0] == '\'')
	{
		if (!scan_quoted(parser, rest))
			return false;
		len = token->span.len;
	}
	else if (is_letter(rest.ptr[0]))
	{
		token->kind = SMS_TOKEN_WORD;
		while (len < rest.len && (is_letter(rest.ptr[len]) || sms_is_digit(rest.ptr[len])))
			len++;
	}
	else if (sms_is_digit(rest.ptr[0]))
	{
		token->kind = SMS_TOKEN_NUMBER;
		while (len < rest.len && sms_is_digit(rest.ptr[len]))
			len++;
		if (len + 1 < rest.len && rest.ptr[len] == '.' && sms_is_digit(rest.ptr[len + 1]))
			for (len++; len < rest.len && sms_is_digit(rest.ptr[len]);)
				len++;
	}
	else
		len = sign_length(rest, &token->kind);
	token->span.len = len;
	parser->at += len;
	return true;
}

/* What to write instead of a sign that the language does not have. */
const char *
sms_rule_sign_hint(SmsText sign)
{
	static const struct
	{
		const char *sign;
		const char *hint;
	}			hints[] = {
		{"==", "Write = for equal."},
		{"=>", "Write >= for at least."},
		{"=<", "Write <= for at most."},
		{"\xE2\x89\xA5", "Write >= for at least."},
		{"\xE2\x89\xA4", "Write <= for at most."},
		{"\xE2\x89\xA0", "Write <> for not equal."},
		{"&&", "Conditions are joined with and."},
		{"&", "Conditions are joined with and."},
		{"||", "Conditions are joined with or."},
		{"|", "Conditions are joined with or."},
		{"!", "Write not in front of the condition."},
		{"\"", double_quote_hint},
		{"`", double_quote_hint},
		{"\xE2\x80\x98", double_quote_hint},	/* typographic quotes */
		{"\xE2\x80\x99", double_quote_hint},
		{"\xE2\x80\x9A", double_quote_hint},
		{"\xE2\x80\x9C", double_quote_hint},
		{"\xE2\x80\x9D", double_quote_hint},
		{"\xE2\x80\x9E", double_quote_hint},
		{NULL, NULL}
	};
	int			i;

	for (i = 0; hints[i].sign != NULL; i++)
		if (sms_rule_word_is(sign, hints[i].sign))
			return hints[i].hint;
	return NULL;
}

/*
 * The shortest form of a number: no leading zeros, none at the end of the
 * fraction, no minus before zero.
 */
SmsText
sms_rule_short_number(SmsRuleParser *parser, bool negative)
{
	SmsText		span = parser->token.span;
	SmsText		result;
	char	   *copy;

	while (span.len > 1 && span.ptr[0] == '0' && span.ptr[1] != '.')
		span.ptr++, span.len--;
	if (memchr(span.ptr, '.', span.len) != NULL)
	{
		while (span.ptr[span.len - 1] == '0')
			span.len--;
		if (span.ptr[span.len - 1] == '.')
			span.len--;
	}
	if (span.len == 1 && span.ptr[0] == '0')
		negative = false;
	copy = sms_region_alloc(parser->region, span.len + 1);
	copy[0] = '-';
	memcpy(copy + negative, span.ptr, span.len);
	result.ptr = copy;
	result.len = span.len + negative;
	return result;
}
