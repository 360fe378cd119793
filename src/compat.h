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

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#endif							/* SMS_COMPAT_H */
