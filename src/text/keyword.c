/*-------------------------------------------------------------------------
 *
 * keyword.c
 *	  Folding and matching of keywords.
 *
 * The whole message is the keyword; blanks around it and ASCII case do not
 * count.  Letters beyond ASCII are never folded, and no locale is asked, so
 * that "quit" and "info" match under Turkish rules too and a dotted capital
 * I does not.  Loose matching, for those who must honour "any reasonable
 * means", also drops punctuation around the words, takes runs of blanks as
 * one, and takes a message for a stop when its first word is one.
 *
 *-------------------------------------------------------------------------
 */
#include "text/keyword.h"

#include "text/utf8.h"

/*
 * Sources: the vendors' help pages, CTIA's Short Code Monitoring Handbook,
 * and the words that 47 CFR 64.1200(a)(10) names as a reasonable revocation.
 * No word has two actions.
 */
const SmsKeyword sms_keyword_defaults[] = {
	{"STOP", SMS_KEYWORD_STOP, "twilio"},
	{"STOPALL", SMS_KEYWORD_STOP, "twilio"},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "twilio"},
	{"CANCEL", SMS_KEYWORD_STOP, "twilio"},
	{"END", SMS_KEYWORD_STOP, "twilio"},
	{"QUIT", SMS_KEYWORD_STOP, "twilio"},
	{"REVOKE", SMS_KEYWORD_STOP, "twilio"},
	{"OPTOUT", SMS_KEYWORD_STOP, "twilio"},
	{"START", SMS_KEYWORD_START, "twilio"},
	{"YES", SMS_KEYWORD_START, "twilio"},
	{"UNSTOP", SMS_KEYWORD_START, "twilio"},
	{"HELP", SMS_KEYWORD_HELP, "twilio"},
	{"INFO", SMS_KEYWORD_HELP, "twilio"},

	{"STOP", SMS_KEYWORD_STOP, "twilio_toll_free"},
	{"START", SMS_KEYWORD_START, "twilio_toll_free"},
	{"UNSTOP", SMS_KEYWORD_START, "twilio_toll_free"},

	{"ARRET", SMS_KEYWORD_STOP, "aws"},
	{"CANCEL", SMS_KEYWORD_STOP, "aws"},
	{"END", SMS_KEYWORD_STOP, "aws"},
	{"OPT-OUT", SMS_KEYWORD_STOP, "aws"},
	{"OPTOUT", SMS_KEYWORD_STOP, "aws"},
	{"QUIT", SMS_KEYWORD_STOP, "aws"},
	{"REMOVE", SMS_KEYWORD_STOP, "aws"},
	{"STOP", SMS_KEYWORD_STOP, "aws"},
	{"TD", SMS_KEYWORD_STOP, "aws"},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "aws"},
	{"HELP", SMS_KEYWORD_HELP, "aws"},

	{"STOP", SMS_KEYWORD_STOP, "ctia"},
	{"END", SMS_KEYWORD_STOP, "ctia"},
	{"CANCEL", SMS_KEYWORD_STOP, "ctia"},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "ctia"},
	{"QUIT", SMS_KEYWORD_STOP, "ctia"},
	{"HELP", SMS_KEYWORD_HELP, "ctia"},

	{"STOP", SMS_KEYWORD_STOP, "fcc"},
	{"QUIT", SMS_KEYWORD_STOP, "fcc"},
	{"END", SMS_KEYWORD_STOP, "fcc"},
	{"REVOKE", SMS_KEYWORD_STOP, "fcc"},
	{"OPT OUT", SMS_KEYWORD_STOP, "fcc"},
	{"CANCEL", SMS_KEYWORD_STOP, "fcc"},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "fcc"},

	{"STOP ALL", SMS_KEYWORD_STOP, "telnyx"}
};

const size_t sms_n_keyword_defaults =
sizeof(sms_keyword_defaults) / sizeof(sms_keyword_defaults[0]);

const char *
sms_keyword_action_name(SmsKeywordAction action)
{
	switch (action)
	{
		case SMS_KEYWORD_STOP:
			return "STOP";
		case SMS_KEYWORD_START:
			return "START";
		case SMS_KEYWORD_HELP:
			return "HELP";
		case SMS_KEYWORD_NONE:
			break;
	}
	return NULL;
}

/* Blanks of Unicode, and the invisible marks that keyboards put around words */
static bool
is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 ||
		c == 0x1680 || (c >= 0x2000 && c <= 0x200F) ||
		(c >= 0x2028 && c <= 0x202F) || c == 0x205F || c == 0x2060 ||
		c == 0x3000 || c == 0xFEFF;
}

/* Punctuation and quotes, in the scripts that people end a word with */
static bool
is_punctuation(uint32_t c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
		(c >= '[' && c <= '`') || (c >= '{' && c <= '~') ||
		c == 0xA1 || c == 0xAB || c == 0xB4 || c == 0xBB || c == 0xBF ||
		(c >= 0x2010 && c <= 0x2027) || c == 0x2039 || c == 0x203A ||
		c == 0x060C || c == 0x061F || c == 0x06D4 ||
		(c >= 0x3001 && c <= 0x3002) || (c >= 0x300C && c <= 0x300F) ||
		c == 0xFF01 || c == 0xFF0C || c == 0xFF0E || c == 0xFF1F;
}

static bool
is_border(uint32_t c, bool loose)
{
	return is_blank(c) || (loose && is_punctuation(c));
}

/* What is left of a text without the borders at its ends. */
static SmsText
trim(SmsText text, bool loose)
{
	size_t		start = text.len;
	size_t		end = 0;

	for (size_t pos = 0; pos < text.len;)
	{
		size_t		at = pos;

		if (is_border(sms_utf8_next(text, &pos), loose))
			continue;
		if (start == text.len)
			start = at;
		end = pos;
	}
	text.ptr += start;
	text.len = end > start ? end - start : 0;
	return text;
}

/*
 * Writes the form in which keywords are compared to out, which has room for
 * text.len bytes; returns its length.
 */
size_t
sms_fold_keyword(SmsText text, bool loose, char *out)
{
	size_t		len = 0;
	bool		blank = false;

	if (text.len == 0)
		return 0;
	text = trim(text, loose);
	for (size_t pos = 0; pos < text.len;)
	{
		size_t		at = pos;
		uint32_t	c = sms_utf8_next(text, &pos);

		if (loose && is_blank(c))
		{
			blank = true;
			continue;
		}
		if (blank)
			out[len++] = ' ';
		blank = false;
		if (c >= 'a' && c <= 'z')
			out[len++] = (char) (c - 'a' + 'A');
		else
		{
			memcpy(out + len, text.ptr + at, pos - at);
			len += pos - at;
		}
	}
	return len;
}

/* The first word of a loosely folded text, without punctuation around it. */
SmsText
sms_first_word(SmsText folded)
{
	const char *blank;

	if (folded.len == 0)
		return folded;
	blank = memchr(folded.ptr, ' ', folded.len);
	if (blank != NULL)
		folded.len = blank - folded.ptr;
	return trim(folded, true);
}

/* Compares with the default words of one action, or of all (NONE). */
static SmsKeywordAction
find_default(SmsText word, SmsKeywordAction only)
{
	for (size_t i = 0; i < sms_n_keyword_defaults; i++)
	{
		const SmsKeyword *keyword = &sms_keyword_defaults[i];

		if ((only == SMS_KEYWORD_NONE || keyword->action == only) &&
			strlen(keyword->word) == word.len &&
			memcmp(keyword->word, word.ptr, word.len) == 0)
			return keyword->action;
	}
	return SMS_KEYWORD_NONE;
}

/*
 * What a folded message asks for by the default words of all origins.  The
 * first word alone is looked at for a stop only: "Yes, but not today" is no
 * consent.
 */
SmsKeywordAction
sms_match_keyword(SmsText folded, bool loose)
{
	SmsKeywordAction action = SMS_KEYWORD_NONE;

	if (folded.len == 0)
		return SMS_KEYWORD_NONE;
	action = find_default(folded, SMS_KEYWORD_NONE);
	if (action == SMS_KEYWORD_NONE && loose)
		action = find_default(sms_first_word(folded), SMS_KEYWORD_STOP);
	return action;
}
