/*-------------------------------------------------------------------------
 *
 * fold.h
 *	  One form for what reads the same: case, composition, width, style.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_FOLD_H
#define SMS_FOLD_H

#include "core.h"

/* Characters from the first to the last, in steps: each goes on by as much */
typedef struct SmsFoldRun
{
	uint32_t	first;
	uint32_t	last;
	int32_t		step;			/* 0: nothing is left of them */
	int32_t		by;
} SmsFoldRun;

typedef struct SmsFoldSequence
{
	uint32_t	character;
	uint16_t	start;			/* in sms_fold_characters */
	uint16_t	n;
} SmsFoldSequence;

/* Marks above and below a letter; those of one rank keep their order */
typedef struct SmsFoldMark
{
	uint32_t	first;
	uint32_t	last;
	int			rank;
} SmsFoldMark;

extern const SmsFoldRun sms_fold_runs[];
extern const size_t sms_n_fold_runs;
extern const SmsFoldSequence sms_fold_sequences[];
extern const size_t sms_n_fold_sequences;
extern const uint32_t sms_fold_characters[];
extern const SmsFoldMark sms_fold_marks[];
extern const size_t sms_n_fold_marks;

extern size_t sms_fold_text(SmsText text, char *out);

#endif							/* SMS_FOLD_H */
