/*-------------------------------------------------------------------------
 *
 * masked_funcs.c
 *	  Rows for masked readers, and what a masked view reads.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "access/relation.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "access/access.h"
#include "access/as_owner.h"

PG_FUNCTION_INFO_V1(sms_masked_rows);
PG_FUNCTION_INFO_V1(sms_masked_reads);

#define FETCH_ROWS 1000

#define QUERY_OF_SOURCE \
	"SELECT q.query FROM smsengage_internal.masked_sources() s " \
	"CROSS JOIN LATERAL smsengage_internal.masked_query(s.relation, true) q " \
	"WHERE s.calls AND s.name OPERATOR(pg_catalog.=) $1"

/* A call of masked_rows() */
typedef struct MaskedRows
{
	Datum		source;
	Datum		everything;
	Datum		accounts;
	ReturnSetInfo *result;
	bool		found;
} MaskedRows;

/* The query of a view's masked rows, made for this store; NULL if there is none. */
static char *
query_of_source(Datum source)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {source};

	if (SPI_execute_with_args(QUERY_OF_SOURCE, 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the columns to be masked");
	if (SPI_processed != 1)
		return NULL;
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/* The caller's column list and the query's are to be the same. */
static void
check_columns(TupleDesc wanted, TupleDesc given)
{
	int			i;

	for (i = 0; i < wanted->natts && i < given->natts; i++)
		if (TupleDescAttr(wanted, i)->atttypid != TupleDescAttr(given, i)->atttypid)
			break;
	if (wanted->natts != given->natts || i < wanted->natts)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the columns asked for are not those of the masked view"),
				 errhint("SELECT smsengage.migrate() makes the masked views anew.")));
}

/* As the owner of the store */
static void
collect_rows(void *arg)
{
	MaskedRows *rows = arg;
	Oid			types[2] = {BOOLOID, TEXTARRAYOID};
	Datum		values[2] = {rows->everything, rows->accounts};
	Portal		portal;
	char	   *query;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	query = query_of_source(rows->source);
	if (query != NULL)
	{
		portal = SPI_cursor_open_with_args(NULL, query, 2, types, values, NULL, true, 0);
		check_columns(rows->result->setDesc, portal->tupDesc);
		do
		{
			uint64		i;

			CHECK_FOR_INTERRUPTS();
			SPI_cursor_fetch(portal, true, FETCH_ROWS);
			for (i = 0; i < SPI_processed; i++)
				tuplestore_puttuple(rows->result->setResult, SPI_tuptable->vals[i]);
			SPI_freetuptable(SPI_tuptable);
		} while (SPI_processed > 0);
		SPI_cursor_close(portal);
		rows->found = true;
	}
	SPI_finish();
}

/*
 * masked_rows(source): of a view that calls functions which read tables, the
 * rows of the accounts for which the current user is a masked reader.  Such a
 * function runs with the rights of who asks, so that a view over it would
 * need them; here the owner of the store asks.
 */
Datum
sms_masked_rows(PG_FUNCTION_ARGS)
{
	MaskedRows	rows = {0};
	List	   *accounts;
	ListCell   *cell;
	Datum	   *values;
	int			n = 0;

	sms_refuse_restricted("masked_rows()");
	sms_require_store();
	accounts = sms_is_store_owner(GetUserId()) ? list_make1(cstring_to_text("*")) :
		sms_accounts_of(GetUserId(), SMS_RIGHT_MASKED, NULL);
	if (accounts == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this role is no masked reader"),
				 errhint("grant_masked_reader(role, account) gives the right.")));
	values = palloc(list_length(accounts) * sizeof(Datum));
	foreach(cell, accounts)
	{
		text	   *account = lfirst(cell);

		if (VARSIZE_ANY_EXHDR(account) == 1 && *VARDATA_ANY(account) == '*')
			rows.everything = BoolGetDatum(true);
		values[n++] = PointerGetDatum(account);
	}
	rows.accounts = PointerGetDatum(construct_array(values, n, TEXTOID, -1, false, TYPALIGN_INT));
	rows.source = PG_GETARG_DATUM(0);
	rows.result = (ReturnSetInfo *) fcinfo->resultinfo;
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	sms_as_owner("masked_rows()", !sms_is_store_owner(GetUserId()), collect_rows, &rows);
	if (!rows.found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the store has no masked view with rows of its own by this name")));
	return (Datum) 0;
}

/* A walk over the query of a masked view */
typedef struct Walk
{
	Oid			view;
	Oid			schema;
	Oid			extension;
	const char *name;			/* of the WITH query that this is, else NULL */
	List	   *found;			/* OIDs of relations */
} Walk;

static bool find_reads(Node *node, Walk *walk);

/* Does a condition ask whom the reader acts for, or for rows that do? */
static bool
is_limit(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr))
	{
		char	   *name = get_func_name(((FuncExpr *) node)->funcid);

		if (name != NULL && strcmp(name, "acts_for") == 0 &&
			get_func_namespace(((FuncExpr *) node)->funcid) == *(Oid *) context)
			return true;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, is_limit, context, 0);
	return expression_tree_walker(node, is_limit, context);
}

/* Tables of settings: the same for everybody, and no account in them */
static bool
is_for_all(const char *name)
{
	return strcmp(name, "store_secret") == 0 || strcmp(name, "delivery_deadline") == 0;
}

/*
 * A relation in the FROM of a query.  A WITH query of the masked view may read
 * the table whose name it has, if its rows are limited; nothing else may read
 * what is not part of the extension or the server.
 */
static void
look_at_relation(RangeTblEntry *entry, Query *query, Walk *walk)
{
	char	   *name = get_rel_name(entry->relid);

	/* every view's query lists the view itself, and does not read it */
	if (entry->relid == walk->view ||
		get_rel_namespace(entry->relid) == PG_CATALOG_NAMESPACE ||
		getExtensionOfObject(RelationRelationId, entry->relid) == walk->extension)
		return;
	if (walk->name != NULL && name != NULL && strcmp(walk->name, name) == 0 &&
		get_rel_namespace(entry->relid) == walk->schema &&
		(entry->relkind == RELKIND_RELATION || entry->relkind == RELKIND_PARTITIONED_TABLE) &&
		(is_for_all(name) || is_limit(query->jointree->quals, &walk->schema)))
		return;
	walk->found = list_append_unique_oid(walk->found, entry->relid);
}

static bool
look_at_query(Query *query, Walk *walk)
{
	const char *name = walk->name;
	ListCell   *cell;

	foreach(cell, query->rtable)
	{
		RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_RELATION)
			look_at_relation(entry, query, walk);
	}
	/* what stands deeper has no name of its own */
	walk->name = NULL;
	(void) query_tree_walker(query, find_reads, walk, 0);
	walk->name = name;
	return false;
}

static bool
find_reads(Node *node, Walk *walk)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return look_at_query((Query *) node, walk);
	return expression_tree_walker(node, find_reads, walk);
}

/*
 * masked_reads(view): the relations that a masked view reads past the rows of
 * its reader's accounts; none, if it is made as it should be.
 */
Datum
sms_masked_reads(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			relid = PG_GETARG_OID(0);
	Relation	view = try_relation_open(relid, AccessShareLock);
	Walk		walk = {0};
	Query	   *query;
	List	   *with;
	ListCell   *cell;

	if (view == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no relation with OID %u", relid)));
	if (view->rd_rel->relkind != RELKIND_VIEW)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a view", RelationGetRelationName(view))));
	walk.view = RelationGetRelid(view);
	walk.schema = get_namespace_oid("smsengage", false);
	walk.extension = get_extension_oid("smsengage", false);
	query = copyObject(get_view_query(view));
	with = query->cteList;
	query->cteList = NIL;
	foreach(cell, with)
	{
		CommonTableExpr *part = lfirst(cell);

		walk.name = part->ctename;
		(void) find_reads(part->ctequery, &walk);
	}
	walk.name = NULL;
	(void) find_reads((Node *) query, &walk);
	relation_close(view, AccessShareLock);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, walk.found)
	{
		Datum		values[1] = {ObjectIdGetDatum(lfirst_oid(cell))};
		bool		nulls[1] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
