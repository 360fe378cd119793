/*-------------------------------------------------------------------------
 *
 * keyword.c
 *	  Folding and matching of keywords.
 *
 * A message is a keyword when nothing else is in it: case, composition and
 * width of letters, runs of blanks, and what stands around the word (blanks,
 * punctuation, quotes, small pictures) do not count, in no locale.  Letters
 * that look alike in other scripts do.
 *
 * Loose matching is for those who must honour "any reasonable means" (47 CFR
 * 64.1200(a)(10)): words of courtesy before a stop word, and words behind it.
 * Words that seldom mean anything else stop whatever follows but a preposition
 * ("stop by", "stop for"); the others stop only if all that follows is about
 * messages ("cancel my subscription", not "cancel my 3pm").
 *
 *-------------------------------------------------------------------------
 */
#include "text/keyword.h"

#include "text/fold.h"
#include "text/utf8.h"

/*
 * Sources: the vendors' help pages, CTIA's Short Code Monitoring Handbook,
 * and the words that 47 CFR 64.1200(a)(10) names as a reasonable revocation.
 * Words with a language are those of AWS's guide for Canada ("French
 * compliance keywords") and, as "usage", what receivers of public projects
 * listen to for that language; they must be switched on.  No word has two
 * actions.
 */
const SmsKeyword sms_keyword_defaults[] = {
	{"STOP", SMS_KEYWORD_STOP, "twilio", NULL},
	{"STOPALL", SMS_KEYWORD_STOP, "twilio", NULL},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "twilio", NULL},
	{"CANCEL", SMS_KEYWORD_STOP, "twilio", NULL},
	{"END", SMS_KEYWORD_STOP, "twilio", NULL},
	{"QUIT", SMS_KEYWORD_STOP, "twilio", NULL},
	{"REVOKE", SMS_KEYWORD_STOP, "twilio", NULL},
	{"OPTOUT", SMS_KEYWORD_STOP, "twilio", NULL},
	{"START", SMS_KEYWORD_START, "twilio", NULL},
	{"YES", SMS_KEYWORD_START, "twilio", NULL},
	{"UNSTOP", SMS_KEYWORD_START, "twilio", NULL},
	{"HELP", SMS_KEYWORD_HELP, "twilio", NULL},
	{"INFO", SMS_KEYWORD_HELP, "twilio", NULL},

	{"STOP", SMS_KEYWORD_STOP, "twilio_toll_free", NULL},
	{"START", SMS_KEYWORD_START, "twilio_toll_free", NULL},
	{"UNSTOP", SMS_KEYWORD_START, "twilio_toll_free", NULL},

	{"ARRET", SMS_KEYWORD_STOP, "aws", NULL},
	{"CANCEL", SMS_KEYWORD_STOP, "aws", NULL},
	{"END", SMS_KEYWORD_STOP, "aws", NULL},
	{"OPT-OUT", SMS_KEYWORD_STOP, "aws", NULL},
	{"OPTOUT", SMS_KEYWORD_STOP, "aws", NULL},
	{"QUIT", SMS_KEYWORD_STOP, "aws", NULL},
	{"REMOVE", SMS_KEYWORD_STOP, "aws", NULL},
	{"STOP", SMS_KEYWORD_STOP, "aws", NULL},
	{"TD", SMS_KEYWORD_STOP, "aws", NULL},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "aws", NULL},
	{"HELP", SMS_KEYWORD_HELP, "aws", NULL},

	{"STOP", SMS_KEYWORD_STOP, "ctia", NULL},
	{"END", SMS_KEYWORD_STOP, "ctia", NULL},
	{"CANCEL", SMS_KEYWORD_STOP, "ctia", NULL},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "ctia", NULL},
	{"QUIT", SMS_KEYWORD_STOP, "ctia", NULL},
	{"HELP", SMS_KEYWORD_HELP, "ctia", NULL},

	{"STOP", SMS_KEYWORD_STOP, "fcc", NULL},
	{"QUIT", SMS_KEYWORD_STOP, "fcc", NULL},
	{"END", SMS_KEYWORD_STOP, "fcc", NULL},
	{"REVOKE", SMS_KEYWORD_STOP, "fcc", NULL},
	{"OPT OUT", SMS_KEYWORD_STOP, "fcc", NULL},
	{"CANCEL", SMS_KEYWORD_STOP, "fcc", NULL},
	{"UNSUBSCRIBE", SMS_KEYWORD_STOP, "fcc", NULL},

	{"STOP ALL", SMS_KEYWORD_STOP, "telnyx", NULL},

	{"ARRET", SMS_KEYWORD_STOP, "aws", "fr"},
	{"ARRE\xCC\x82T", SMS_KEYWORD_STOP, "aws", NULL},
	{"AIDE", SMS_KEYWORD_HELP, "aws", "fr"},
	{"ARRETER", SMS_KEYWORD_STOP, "usage", "fr"},
	{"ARRE\xCC\x82TER", SMS_KEYWORD_STOP, "usage", "fr"},
	{"ALTO", SMS_KEYWORD_STOP, "usage", "es"},
	{"BAJA", SMS_KEYWORD_STOP, "usage", "es"},
	{"PARAR", SMS_KEYWORD_STOP, "usage", "es"},
	{"CANCELAR", SMS_KEYWORD_STOP, "usage", "es"},
	{"ALTA", SMS_KEYWORD_START, "usage", "es"},
	{"AYUDA", SMS_KEYWORD_HELP, "usage", "es"},
	{"SAIR", SMS_KEYWORD_STOP, "usage", "pt"},
	{"PARAR", SMS_KEYWORD_STOP, "usage", "pt"},
	{"CANCELAR", SMS_KEYWORD_STOP, "usage", "pt"},
	{"STOPP", SMS_KEYWORD_STOP, "usage", "de"},
	{"BEENDEN", SMS_KEYWORD_STOP, "usage", "de"}
};

const size_t sms_n_keyword_defaults =
sizeof(sms_keyword_defaults) / sizeof(sms_keyword_defaults[0]);

/* Where a language is written by most; NULL: no language has words here */
const char *
sms_keyword_language_of(const char *country)
{
	static const struct
	{
		const char *language;
		const char *countries;
	} spoken[] = {
		{"fr", "BE CA CH CI FR GF GP LU MC MQ RE SN YT "},
		{"es", "AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV US UY VE "},
		{"pt", "AO BR CV MZ PT "},
		{"de", "AT CH DE LI LU "}
	};
	size_t		best = sizeof(spoken) / sizeof(spoken[0]);

	for (size_t i = 0; i < best; i++)
	{
		for (const char *p = spoken[i].countries; *p; p += 3)
		{
			if (memcmp(p, country, 2) == 0)
				return spoken[i].language;
		}
	}
	return NULL;
}

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

/* Punctuation, quotes and small pictures, as people end a word with them */
static bool
is_punctuation(uint32_t c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
		(c >= '[' && c <= '`') || (c >= '{' && c <= '~') ||
		c == 0xA1 || c == 0xAB || c == 0xB4 || c == 0xBB || c == 0xBF ||
		(c >= 0x2010 && c <= 0x2027) || c == 0x2039 || c == 0x203A ||
		c == 0x060C || c == 0x061F || c == 0x06D4 || c == 0x0964 ||
		(c >= 0x2600 && c <= 0x27BF) || c == 0xFE0F || c == 0xFFFD ||
		(c >= 0x3001 && c <= 0x3002) || (c >= 0x300C && c <= 0x300F) ||
		(c >= 0x1F000 && c <= 0x1FAFF);
}

static bool
is_border(uint32_t c)
{
	return is_blank(c) || is_punctuation(c);
}

/* What is left of a text without the borders at its ends. */
static SmsText
trim(SmsText text)
{
	size_t		start = text.len;
	size_t		end = 0;

	for (size_t pos = 0; pos < text.len;)
	{
		size_t		at = pos;

		if (is_border(sms_utf8_next(text, &pos)))
			continue;
		if (start == text.len)
			start = at;
		end = pos;
	}
	text.ptr += start;
	text.len = end > start ? end - start : 0;
	return text;
}

/* The form in which keywords are compared. */
SmsText
sms_fold_keyword(SmsText text, SmsRegion *region)
{
	SmsText		folded;
	size_t		room = sms_fold_text(text, NULL);
	char	   *out = sms_region_alloc(region, room + 1);
	size_t		len = 0;
	bool		blank = false;

	folded.ptr = out;
	folded.len = sms_fold_text(text, out);
	folded = trim(folded);
	for (size_t pos = 0; pos < folded.len;)
	{
		size_t		at = pos;

		if (is_blank(sms_utf8_next(folded, &pos)))
		{
			blank = true;
			continue;
		}
		if (blank)
			out[len++] = ' ';
		blank = false;
		memmove(out + len, folded.ptr + at, pos - at);
		len += pos - at;
	}
	folded.ptr = out;
	folded.len = len;
	return folded;
}

/* The first word of a folded text, without punctuation around it. */
SmsText
sms_first_word(SmsText folded)
{
	const char *blank;

	if (folded.len == 0)
		return folded;
	blank = memchr(folded.ptr, ' ', folded.len);
	if (blank != NULL)
		folded.len = blank - folded.ptr;
	return trim(folded);
}

/* Is a word among those of a list, each with a blank behind it? */
static bool
is_among(SmsText word, const char *list, size_t len)
{
	const char *end = list + len;

	for (const char *p = list; p < end;)
	{
		const char *blank = memchr(p, ' ', end - p);
		size_t		n = blank == NULL ? (size_t) (end - p) : (size_t) (blank - p);

		if (n == word.len && memcmp(p, word.ptr, n) == 0)
			return true;
		p += n + 1;
	}
	return false;
}

static bool
is_one_of(SmsText word, const char *list)
{
	return is_among(word, list, strlen(list));
}

/* The default keyword that a text is; NULL if it is none. */
static const SmsKeyword *
find_default(SmsText word, SmsLanguages languages)
{
	for (size_t i = 0; i < sms_n_keyword_defaults; i++)
	{
		const SmsKeyword *keyword = &sms_keyword_defaults[i];

		if (strlen(keyword->word) == word.len &&
			memcmp(keyword->word, word.ptr, word.len) == 0 &&
			(keyword->language == NULL ||
			 is_among(sms_literal(keyword->language), languages.ptr, languages.len)))
			return keyword;
	}
	return NULL;
}

/* Takes the first word off a text that is left to read. */
static SmsText
next_word(SmsText *rest)
{
	SmsText		word;

	do
	{
		const char *blank = memchr(rest->ptr, ' ', rest->len);

		word.ptr = rest->ptr;
		word.len = blank == NULL ? rest->len : (size_t) (blank - rest->ptr);
		rest->ptr += word.len;
		rest->len -= word.len;
		if (rest->len > 0)
		{
			rest->ptr++;
			rest->len--;
		}
		word = trim(word);
	}
	while (word.len == 0 && rest->len > 0);
	return word;
}

/* Is every word of a text one that says what is to stop, or please? */
static bool
is_about_messages(SmsText rest)
{
	static const char words[] =
	"A ALERTS ALL AND ANY ANYMORE AT ALREADY CONSENT CONTACT CONTACTING EVERYTHING "
	"FOR FROM I IMMEDIATELY IT LIST ME MESSAGE MESSAGES MESSAGING MSG MSGS MY "
	"NEWSLETTER NOTIFICATIONS NOW NUMBER OF OFF OFFERS ON PHONE PLEASE PLS PLZ PROMOS "
	"PROMOTIONS RECEIVING REMINDERS SENDING SERVICE SMS SPAM SUBSCRIPTION "
	"SUBSCRIPTIONS TEXT TEXTING TEXTS THANK THANKS THAT THE THESE THIS THOSE TO UPDATES "
	"YOU YOUR ";

	while (rest.len > 0)
	{
		SmsText		word = next_word(&rest);

		if (word.len > 0 && !is_one_of(word, words))
			return false;
	}
	return true;
}

/* The stop that a message begins with, beside other words */
static SmsKeywordMatch
find_stop(SmsText folded, SmsLanguages languages)
{
	static const char courtesy[] =
	"DEAR HELLO HEY HI JUST KINDLY NO OK OKAY PLEASE PLS PLZ SORRY ";
	static const char ambiguous[] = "ALTO BAJA CANCEL CANCELAR END PARAR QUIT REMOVE TD ";
	static const char prepositions[] = "AND AT BEFORE BY FOR IF IN NEAR ON OVER THERE WHEN ";
	SmsKeywordMatch match = {SMS_KEYWORD_NONE, {NULL, 0}};
	SmsText		rest = folded;
	SmsText		word;

	do
		word = next_word(&rest);
	while (rest.len > 0 && is_one_of(word, courtesy));

	for (int n = 0; n < 2; n++)
	{
		/* the word alone, then with the next one: "opt out" */
		const SmsKeyword *keyword = find_default(word, languages);
		SmsText		behind = rest;
		SmsText		next;

		if (keyword != NULL && keyword->action == SMS_KEYWORD_STOP &&
			(is_one_of(word, ambiguous) ? is_about_messages(rest)
			 : (rest.len == 0 || !is_one_of(next_word(&behind), prepositions))))
		{
			match.action = keyword->action;
			match.word = sms_literal(keyword->word);
			return match;
		}
		if (rest.len == 0)
			break;
		next = next_word(&rest);
		word.len = next.ptr + next.len - word.ptr;
	}
	return match;
}

/*
 * What a folded message asks for by the default words of all origins, and by
 * those of languages that are switched on.  Beside other words it is a stop
 * only that counts: "Yes, but not today" is no consent.
 */
SmsKeywordMatch
sms_match_keyword(SmsText folded, bool loose, SmsLanguages languages)
{
	SmsKeywordMatch match = {SMS_KEYWORD_NONE, {NULL, 0}};
	const SmsKeyword *keyword;

	if (folded.len == 0)
		return match;
	keyword = find_default(folded, languages);
	if (keyword != NULL)
	{
		match.action = keyword->action;
		match.word = sms_literal(keyword->word);
	}
	else if (loose)
		match = find_stop(folded, languages);
	return match;
}
