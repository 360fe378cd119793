/*-------------------------------------------------------------------------
 *
 * keyword.h
 *	  What a person asks for by a word: stop, start or help.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_KEYWORD_H
#define SMS_KEYWORD_H

#include "core.h"

typedef enum SmsKeywordAction
{
	SMS_KEYWORD_NONE = 0,
	SMS_KEYWORD_STOP,
	SMS_KEYWORD_START,
	SMS_KEYWORD_HELP
} SmsKeywordAction;

typedef struct SmsKeyword
{
	const char *word;			/* folded */
	SmsKeywordAction action;
	const char *origin;			/* whose default it is */
	const char *language;		/* ISO 639-1 where it must be switched on */
} SmsKeyword;

/* A keyword in a message */
typedef struct SmsKeywordMatch
{
	SmsKeywordAction action;
	SmsText		word;
} SmsKeywordMatch;

/* Languages that are switched on: their codes, each with a blank behind it */
typedef SmsText SmsLanguages;

extern const SmsKeyword sms_keyword_defaults[];
extern const size_t sms_n_keyword_defaults;

extern const char *sms_keyword_action_name(SmsKeywordAction action);
extern const char *sms_keyword_language_of(const char *country);
extern SmsText sms_fold_keyword(SmsText text, SmsRegion *region);
extern SmsText sms_first_word(SmsText folded);
extern SmsKeywordMatch sms_match_keyword(SmsText folded, bool loose, SmsLanguages languages);

#endif							/* SMS_KEYWORD_H */
