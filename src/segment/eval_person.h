/*-------------------------------------------------------------------------
 *
 * eval_person.h
 *	  One person's events in memory, and rules over them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_SEGMENT_EVAL_PERSON_H
#define SMS_SEGMENT_EVAL_PERSON_H

#include "segment/eval.h"

typedef struct SmsPersonEvent
{
	TimestampTz at;
	int64		key;			/* event_key */
	int64		number;			/* of the person's, the one it is of */
	SmsEventType type;
	SmsText		sender_id;
	SmsText		account;
	Datum	   *columns;		/* as sms_rule_columns[], or NULL if not read */
	bool	   *nulls;
} SmsPersonEvent;

/* What was last said to a sender (ptr NULL: any), and since when. */
typedef struct SmsConsent
{
	SmsText		sender;
	int64		piece;			/* of time, in which it is the same */
	SmsConditionKind state;		/* opted out, opted in; else nothing was said */
	TimestampTz since;
} SmsConsent;

/* States that are remembered of a person: of one or some senders */
#define SMS_CONSENTS_KEPT 8

/* One person, or several that are one. */
typedef struct SmsPerson
{
	int64		no;				/* among those of the call */
	int			n_numbers;
	const int64 *numbers;		/* the lowest first */
	int64		shown;			/* the lowest that has events, else the lowest */
	bool		identified;		/* the next four are read when asked for */
	SmsText		scope;			/* of the one shown */
	SmsText		individual_id;
	int			n_ids;
	SmsText    *ids;			/* of all */
	int			n_events;		/* in order of time and key */
	SmsPersonEvent *events;
	TimestampTz until;			/* they were read up to here, as consent is */
	int			n_moments;
	TimestampTz *moments;		/* at which consent may change; or NULL */
	int			n_consents;
	int			next_consent;	/* the one to be forgotten */
	SmsConsent	consents[SMS_CONSENTS_KEPT];
} SmsPerson;

/* One condition looked at closely. */
typedef struct SmsFinding
{
	bool		holds;
	bool		has_window;
	TimestampTz since;
	TimestampTz until;
	int64		count;			/* events (periods) that count */
	SmsPersonEvent *first;		/* of them, or NULL */
	SmsPersonEvent *last;
	bool		was_said;		/* of a state of consent that holds: */
	TimestampTz said_at;
} SmsFinding;

/* eval_person.c */
extern void sms_person_load(SmsEval *eval, SmsPerson *person, const int64 *numbers,
							int n_numbers, TimestampTz until, bool with_columns);
extern bool sms_person_known(const SmsEval *eval, const SmsPerson *person);
extern bool sms_person_holds(SmsEval *eval, SmsPerson *person, const SmsNode *node);
extern void sms_person_find(SmsEval *eval, SmsPerson *person,
							const SmsCondition *condition, SmsFinding *finding);
extern Datum sms_person_numbers(const SmsPerson *person);
extern bool sms_rule_reads_columns(const SmsRule *rule);

/* eval_consent.c */
extern void sms_find_consent(SmsEval *eval, SmsPerson *person,
							 const SmsCondition *condition, SmsFinding *finding);
extern void sms_person_moments(SmsEval *eval, SmsPerson *person);

/* eval_saved.c */
extern bool sms_saved_holds(SmsEval *eval, SmsPerson *person, SmsText name);

/* eval_history.c */
extern int	sms_person_changes(SmsEval *eval, SmsPerson *person, const SmsRule *rule,
							   TimestampTz since, TimestampTz until,
							   TimestampTz **instants);

#endif							/* SMS_SEGMENT_EVAL_PERSON_H */
