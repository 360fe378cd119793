/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  Every difference between server versions that this library meets.
 *	  For glue files, directly after postgres.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_COMPAT_H
#define SMS_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "smsengage needs PostgreSQL 15 or newer"
#endif

/*
 * From 16 on, a caller of an input function may want an error as a value.
 * errsave and ereturn hand it over; without such a caller they raise it.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else
#define errsave(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#define ereturn(context, dummy, ...) \
	do { \
		errsave(context, __VA_ARGS__); \
		return dummy; \
	} while (0)
#endif

/* The entries of a row in the indexes of its table; raises for a duplicate. */
#if PG_VERSION_NUM >= 160000
#define sms_insert_index_tuples(info, slot, estate) \
	ExecInsertIndexTuples(info, slot, estate, false, false, NULL, NIL, false)
#else
#define sms_insert_index_tuples(info, slot, estate) \
	ExecInsertIndexTuples(info, slot, estate, false, false, NULL, NIL)
#endif

/* Whether no unique index has the key of a row; waits for who may add it. */
#if PG_VERSION_NUM >= 180000
#define sms_check_index_constraints(info, slot, estate, conflict) \
	ExecCheckIndexConstraints(info, slot, estate, conflict, NULL, NIL)
#else
#define sms_check_index_constraints(info, slot, estate, conflict) \
	ExecCheckIndexConstraints(info, slot, estate, conflict, NIL)
#endif

/* A scan of an index by n keys. */
#if PG_VERSION_NUM >= 180000
#define sms_index_beginscan(table, index, snapshot, n) \
	index_beginscan(table, index, snapshot, NULL, n, 0)
#else
#define sms_index_beginscan(table, index, snapshot, n) \
	index_beginscan(table, index, snapshot, n, 0)
#endif

/* What an update says of the indexes: whether they need entries. */
#if PG_VERSION_NUM >= 160000
#define SmsUpdatedIndexes TU_UpdateIndexes
#define sms_needs_index_entries(updated) ((updated) != TU_None)
#else
#define SmsUpdatedIndexes bool
#define sms_needs_index_entries(updated) (updated)
#endif

/* Whether a role may create in a schema. */
#if PG_VERSION_NUM >= 160000
#define sms_may_create_in(schema, role) \
	(object_aclcheck(NamespaceRelationId, schema, role, ACL_CREATE) == ACLCHECK_OK)
#else
#define sms_may_create_in(schema, role) \
	(pg_namespace_aclcheck(schema, role, ACL_CREATE) == ACLCHECK_OK)
#endif

/* The sequence of an identity column. */
#if PG_VERSION_NUM >= 170000
#define sms_identity_sequence(table, column) \
	getIdentitySequence(table, column, false)
#else
#define sms_identity_sequence(table, column) \
	getIdentitySequence(RelationGetRelid(table), column, false)
#endif

#endif							/* SMS_COMPAT_H */
