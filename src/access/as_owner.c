/*-------------------------------------------------------------------------
 *
 * as_owner.c
 *	  Work done with the rights of the store's owner.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "access/access.h"
#include "access/as_owner.h"

static bool caller_is_limited = false;
static Oid	limited_caller = InvalidOid;

bool
sms_caller_is_limited(void)
{
	return caller_is_limited;
}

Oid
sms_limited_caller(void)
{
	return limited_caller;
}

/*
 * In ANALYZE, autovacuum, REINDEX, CREATE INDEX and REFRESH MATERIALIZED VIEW
 * the code of a table's owner runs for somebody else.  Whom it acts for there
 * is not a question to be answered by more rights.
 */
void
sms_refuse_restricted(const char *what)
{
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s cannot be called within a security-restricted operation", what),
				 errdetail("Functions of indexes, policies and materialized views run in one.")));
}

/* A setting that holds until the nest level ends. */
static void
pin(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/*
 * Work that is done for the owner, on what a limited caller has left: it may
 * do no more than that one could.
 */
void
sms_as_limited(void (*work) (void *arg), void *arg)
{
	bool		before = caller_is_limited;

	caller_is_limited = true;
	PG_TRY();
	{
		work(arg);
	}
	PG_FINALLY();
	{
		caller_is_limited = before;
	}
	PG_END_TRY();
}

/*
 * An error in work() goes up: the end of the (sub)transaction gives user and
 * settings back, as everywhere.  That of the flag is ours.
 */
void
sms_as_owner(const char *what, bool limited, void (*work) (void *arg), void *arg)
{
	bool		before = caller_is_limited;
	Oid			caller_before = limited_caller;
	Oid			owner;
	Oid			user;
	int			context;
	int			level;

	sms_refuse_restricted(what);
	owner = sms_require_store();
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	level = NewGUCNestLevel();
	pin("search_path", "pg_catalog, pg_temp");
	pin("standard_conforming_strings", "on");
	if (limited)
	{
		/* where new partitions lie is the owner's affair */
		pin("default_tablespace", "");
		pin("default_table_access_method", "heap");
	}
	caller_is_limited = before || limited;
	if (limited && !before)
		limited_caller = user;
	PG_TRY();
	{
		work(arg);
	}
	PG_FINALLY();
	{
		caller_is_limited = before;
		limited_caller = caller_before;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, level);
	SetUserIdAndSecContext(user, context);
}
