/*-------------------------------------------------------------------------
 *
 * smsengage.c
 *	  Module magic.  Everything else lives in the rooms beside this file.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
