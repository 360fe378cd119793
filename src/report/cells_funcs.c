/*-------------------------------------------------------------------------
 *
 * cells_funcs.c
 *	  The cells of tallies that make up a period, for reports in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/timestamp.h"

#include "tally/cover.h"

PG_FUNCTION_INFO_V1(sms_window_cells);

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
		sms_cell_start(SMS_LEVEL_QUARTER, since) != since ||
		sms_cell_start(SMS_LEVEL_QUARTER, until) != until)
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
