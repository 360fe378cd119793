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
} SmsKeyword;

extern const SmsKeyword sms_keyword_defaults[];
extern const size_t sms_n_keyword_defaults;

extern const char *sms_keyword_action_name(SmsKeywordAction action);
extern size_t sms_fold_keyword(SmsText text, bool loose, char *out);
extern SmsText sms_first_word(SmsText folded);
extern SmsKeywordAction sms_match_keyword(SmsText folded, bool loose);

#endif							/* SMS_KEYWORD_H */
