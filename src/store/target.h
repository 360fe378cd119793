/*-------------------------------------------------------------------------
 *
 * target.h
 *	  Tables of the store that a batch is written to without SQL, opened and
 *	  looked at as the executor does it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_TARGET_H
#define SMS_TARGET_H

#include "nodes/execnodes.h"
#include "utils/acl.h"
#include "utils/rel.h"

/* A column that the table must have; its type, or one of ours by name. */
typedef struct SmsTableColumn
{
	const char *name;
	Oid			type;			/* InvalidOid: the extension's own_type */
	const char *own_type;
	bool		identity;		/* the caller gives the sequence's next */
	const char *generated_by;	/* a generated column: our function of two
								 * other columns; the caller gives the value */
	const char *generated_from[2];
} SmsTableColumn;

#define SMS_TABLE_COLUMN(column, oid) {.name = (column), .type = (oid)}
#define SMS_OWN_COLUMN(column, type_name) \
	{.name = (column), .own_type = (type_name)}
#define SMS_IDENTITY_COLUMN(column) \
	{.name = (column), .type = INT8OID, .identity = true}
#define SMS_GENERATED_COLUMN(column, oid, function, first, second) \
	{.name = (column), .type = (oid), .generated_by = (function), \
	 .generated_from = {(first), (second)}}

/* Columns of a table, a bit each */
#define SMS_ALL_COLUMNS (~UINT64CONST(0))
#define SMS_TABLE_COLUMN_BIT(column) (UINT64CONST(1) << (column))

/* What a table of the store must be for rows to go there without SQL */
typedef struct SmsTable
{
	const char *name;
	char		relkind;
	AclMode		rights;			/* that the caller needs */
	const SmsTableColumn *columns;	/* all of them, in the order of our rows */
	int			n_columns;
	uint64		selected;		/* columns that are read */
	uint64		updated;		/* columns that updates set */
	const char *const *key;		/* of the primary key that rows are found by;
								 * none: a row of any unique index is known */
	int			n_key;
	bool		check_new_only; /* a row that is known is not looked at as
								 * one to be inserted */
} SmsTable;

/* Such a table while it is open; what a batch does not need is not. */
typedef struct SmsTarget
{
	const SmsTable *wanted;
	Relation	table;			/* NULL: not open */
	int		   *source;			/* column of our row for each attribute */
	EState	   *estate;			/* of all targets */
	Index		no;				/* in its range table */
	ResultRelInfo *root;		/* of the table, if its partitions are written */
} SmsTarget;

extern Oid	sms_own_type(const char *name);
extern int *sms_match_columns(Relation table, const SmsTable *wanted);
extern bool sms_targets_open(SmsTarget *targets, int n, MemoryContext lasting);
extern void sms_targets_close(SmsTarget *targets, int n);
extern Oid	sms_target_key(Relation table, const SmsTable *wanted);

#endif							/* SMS_TARGET_H */
