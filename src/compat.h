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

/* 18 moved the word in front of the declaration. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* From 19 on, headers include less of each other. */
#if PG_VERSION_NUM >= 190000
#include "access/htup_details.h"
#include "utils/tuplestore.h"
#endif

/* From 18 on, a server can tell which libraries of which version it has. */
#if PG_VERSION_NUM >= 180000
#define SMS_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "smsengage", .version = SMSENGAGE_VERSION)
#else
#define SMS_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/*
 * What a command does to a relation, for ExecCheckPermissions() and what hangs
 * on it: since 16 beside the relation's entry in the range table.
 */
#if PG_VERSION_NUM >= 160000
#define SmsPermissions RTEPermissionInfo
#define sms_permissions_of(entry, list) addRTEPermissionInfo(list, entry)
#define sms_check_permissions(entries, list) \
	ExecCheckPermissions(entries, list, false)
#else
#define SmsPermissions RangeTblEntry
#define sms_permissions_of(entry, list) ((void) (list), (entry))
#define sms_check_permissions(entries, list) \
	((void) (list), ExecCheckRTPerms(entries, false))
#endif

#if PG_VERSION_NUM >= 180000
#define sms_init_range_table(estate, entries, list) \
	ExecInitRangeTable(estate, entries, list, NULL)
#elif PG_VERSION_NUM >= 160000
#define sms_init_range_table(estate, entries, list) \
	ExecInitRangeTable(estate, entries, list)
#else
#define sms_init_range_table(estate, entries, list) \
	ExecInitRangeTable(estate, entries)
#endif

/*
 * The entries of a new row in the indexes of its table; raises for a
 * duplicate.  And those of a row that was updated: since 16, one on the page
 * of its forerunner may need them in summarizing indexes alone (BRIN), and an
 * entry elsewhere would lead to a place that no index may lead to.  That a row
 * is an update, a hint for B-trees that costs planning the generated columns
 * anew, is not told.
 */
#if PG_VERSION_NUM >= 190000
#define sms_insert_index_tuples(info, slot, estate) \
	ExecInsertIndexTuples(info, estate, 0, slot, NIL, NULL)
#define sms_update_index_tuples(info, slot, estate, updated) \
	ExecInsertIndexTuples(info, estate, \
						  (updated) == TU_Summarizing ? EIIT_ONLY_SUMMARIZING : 0, \
						  slot, NIL, NULL)
#elif PG_VERSION_NUM >= 160000
#define sms_insert_index_tuples(info, slot, estate) \
	ExecInsertIndexTuples(info, slot, estate, false, false, NULL, NIL, false)
#define sms_update_index_tuples(info, slot, estate, updated) \
	ExecInsertIndexTuples(info, slot, estate, false, false, NULL, NIL, \
						  (updated) == TU_Summarizing)
#else
#define sms_insert_index_tuples(info, slot, estate) \
	ExecInsertIndexTuples(info, slot, estate, false, false, NULL, NIL)
#define sms_update_index_tuples(info, slot, estate, updated) \
	sms_insert_index_tuples(info, slot, estate)
#endif

/* What an update says of the indexes: whether they need entries. */
#if PG_VERSION_NUM >= 160000
#define SmsUpdatedIndexes TU_UpdateIndexes
#define sms_needs_index_entries(updated) ((updated) != TU_None)
#else
#define SmsUpdatedIndexes bool
#define sms_needs_index_entries(updated) (updated)
#endif

/* Replaces a row where it is; waits for who is about to do so. */
#if PG_VERSION_NUM >= 190000
#define sms_table_tuple_update(table, place, slot, failure, lock, updated) \
	table_tuple_update(table, place, slot, GetCurrentCommandId(true), 0, \
					   GetActiveSnapshot(), InvalidSnapshot, true, \
					   failure, lock, updated)
#else
#define sms_table_tuple_update(table, place, slot, failure, lock, updated) \
	table_tuple_update(table, place, slot, GetCurrentCommandId(true), \
					   GetActiveSnapshot(), InvalidSnapshot, true, \
					   failure, lock, updated)
#endif

/*
 * Whether no unique index, of those given or of all, has the key of a row;
 * waits for who may add it.
 */
#if PG_VERSION_NUM >= 180000
#define sms_check_index_constraints(info, slot, estate, conflict, indexes) \
	ExecCheckIndexConstraints(info, slot, estate, conflict, \
							  &(slot)->tts_tid, indexes)
#else
#define sms_check_index_constraints(info, slot, estate, conflict, indexes) \
	ExecCheckIndexConstraints(info, slot, estate, conflict, indexes)
#endif

/* A scan of all rows of a table. */
#if PG_VERSION_NUM >= 190000
#define sms_table_beginscan(table, snapshot) \
	table_beginscan(table, snapshot, 0, NULL, 0)
#else
#define sms_table_beginscan(table, snapshot) \
	table_beginscan(table, snapshot, 0, NULL)
#endif

/* A scan of an index by n keys. */
#if PG_VERSION_NUM >= 190000
#define sms_index_beginscan(table, index, snapshot, n) \
	index_beginscan(table, index, snapshot, NULL, n, 0, 0)
#elif PG_VERSION_NUM >= 180000
#define sms_index_beginscan(table, index, snapshot, n) \
	index_beginscan(table, index, snapshot, NULL, n, 0)
#else
#define sms_index_beginscan(table, index, snapshot, n) \
	index_beginscan(table, index, snapshot, n, 0)
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

/* Whether this session has a lock, in this mode. */
#if PG_VERSION_NUM >= 170000
#define sms_lock_is_mine(tag, mode) LockHeldByMe(tag, mode, false)
#else
#define sms_lock_is_mine(tag, mode) LockHeldByMe(tag, mode)
#endif

#endif							/* SMS_COMPAT_H */
