/*-------------------------------------------------------------------------
 *
 * direct.h
 *	  The steps that put a batch into the store without SQL.
 *
 * Each step returns false where SQL must do it: then nothing of the batch has
 * been stored, as all steps are one subtransaction.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_DIRECT_H
#define SMS_DIRECT_H

#include "ingest/batch_args.h"
#include "ingest/delta.h"
#include "ingest/event_row.h"
#include "store/inserter.h"

/* The tables that are needed, in the order in which they are taken */
typedef enum SmsDirectTable
{
	SMS_EVENT_IDENTITY,
	SMS_INDIVIDUAL,
	SMS_EVENT,
	SMS_MESSAGE,
	SMS_OUTCOME_TALLY,
	SMS_CONTACT_POINT,
	SMS_TALLY_DIMENSION,
	SMS_SERIES,
	SMS_ENGAGEMENT_TALLY,
	SMS_N_DIRECT_TABLES
} SmsDirectTable;

extern const SmsTable sms_event_identity_table;
extern const SmsTable sms_individual_table;
extern const SmsTable sms_event_table;
extern const SmsTable sms_message_table;
extern const SmsTable sms_outcome_tally_table;
extern const SmsTable sms_contact_point_table;
extern const SmsTable sms_tally_dimension_table;
extern const SmsTable sms_series_table;
extern const SmsTable sms_engagement_tally_table;

typedef struct SmsDirect
{
	SmsTarget	targets[SMS_N_DIRECT_TABLES];
	MemoryContext lasting;		/* until the calling command has ended */
	const SmsBatch *batch;
	SmsDigests	identities;		/* of the timeless events, those that are new */
	int64	   *people;			/* number of each person of the batch */
	int64		first_new;		/* those from here on were not known */
	bool		limited;		/* all limits of the store hold, whoever calls */
	int64	   *keys;			/* of the events that were new, in their order */
	int			n_keys;
	SmsKeys		stored;			/* the same as a set */
} SmsDirect;

typedef struct SmsOutcomes SmsOutcomes;

extern bool sms_direct_identities(SmsDirect *direct);
extern bool sms_direct_people(SmsDirect *direct);
extern bool sms_direct_events(SmsDirect *direct);
extern bool sms_direct_messages(SmsDirect *direct);
extern bool sms_direct_contacts(SmsDirect *direct);
extern bool sms_direct_tallies(SmsDirect *direct);

/* identities.c */
extern bool sms_knows_identity(const SmsBatch *batch);

/* partitions.c */
extern Oid	sms_partition_at(Relation table, SmsInstant at, SmsInstant *until);
extern bool sms_lacks_months(const SmsBatch *batch);
/* direct_funcs.c */
extern Datum sms_ingest(FunctionCallInfo fcinfo, bool is_text);

/* admission.c */
extern bool sms_needs_admission(const SmsBatch *batch);

/* limits.c */
extern bool sms_is_limited(void);
extern bool sms_limit_of(const char *name, bool limited, int64 *value);
extern AttrNumber sms_require_column(Relation table, const char *name, Oid type);
extern SmsText sms_slot_text(TupleTableSlot *slot, AttrNumber column);
extern bool sms_slot_is_true(TupleTableSlot *slot, AttrNumber column);
extern bool sms_scan_unended(Relation table, const SmsTableColumn *columns,
							 const Datum *values, int n,
							 bool (*take) (TupleTableSlot *slot, void *into),
							 void *into);
extern Relation sms_open_for_caller(const char *name);

/* names.c */
typedef struct SmsNames SmsNames;

extern SmsNames *sms_names_begin(Relation series, bool limited);
extern int64 *sms_names_room(SmsNames *names, const SmsDeltaSeries *series);
extern int64 *sms_names_other(SmsNames *names, const SmsDeltaSeries *series,
							  SmsFinder *finder);

/* outcomes.c */
extern SmsOutcomes *sms_outcomes_begin(void);
extern void sms_outcomes_count(SmsOutcomes *outcomes, int sign,
							   const Datum *values, const bool *nulls);
extern bool sms_outcomes_store(SmsOutcomes *outcomes, SmsTarget *target);

#endif							/* SMS_DIRECT_H */
