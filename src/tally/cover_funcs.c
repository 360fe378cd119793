/*-------------------------------------------------------------------------
 *
 * cover_funcs.c
 *	  Cells of tallies for SQL: where one begins and ends, and those that make
 *	  up a period.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/timestamp.h"

#include "tally/cover.h"

PG_FUNCTION_INFO_V1(sms_cell_start_sql);
PG_FUNCTION_INFO_V1(sms_cell_end_sql);
PG_FUNCTION_INFO_V1(sms_window_cells);

/* Where a cell begins or ends, by the arguments (level, at); infinity is beyond all cells. */
static TimestampTz
cell_bound(FunctionCallInfo fcinfo, bool end)
{
	int32		level = PG_GETARG_INT32(0);
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);

	if (level < 0 || level >= SMS_N_LEVELS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level must be between 0 and %d", SMS_N_LEVELS - 1)));
	if (TIMESTAMP_NOT_FINITE(at))
		return at;
	at = sms_cell_start(level, at);
	if ((end && pg_add_s64_overflow(at, sms_cell_length(level), &at)) ||
		!IS_VALID_TIMESTAMP(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return at;
}

/* cell_start(level, at) */
Datum
sms_cell_start_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(cell_bound(fcinfo, false));
}

/* cell_end(level, at) */
Datum
sms_cell_end_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(cell_bound(fcinfo, true));
}

/* (level, since, until), one row a run of cells side by side */
Datum
sms_window_cells(PG_FUNCTION_ARGS)
{
	TimestampTz since = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz until = PG_GETARG_TIMESTAMPTZ(1);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SmsCover	cover;
	int			i;

	if (TIMESTAMP_NOT_FINITE(since) || TIMESTAMP_NOT_FINITE(until) ||
		sms_cell_start(SMS_LEVEL_QUARTER_HOUR, since) != since ||
		sms_cell_start(SMS_LEVEL_QUARTER_HOUR, until) != until)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a period of tallies begins and ends at a quarter hour")));
	InitMaterializedSRF(fcinfo, 0);
	if (since >= until)
		return (Datum) 0;
	sms_cover(since, until, false, &cover);
	for (i = 0; i < cover.n_runs; i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false};

		values[0] = Int16GetDatum((int16) cover.run[i].level);
		values[1] = TimestampTzGetDatum(cover.run[i].since);
		values[2] = TimestampTzGetDatum(cover.run[i].until);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
