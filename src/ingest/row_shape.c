/*-------------------------------------------------------------------------
 *
 * row_shape.c
 *	  Rows of a composite type of the extension, filled by the names of its
 *	  attributes.
 *
 * A library meets types of the version before it, until ALTER EXTENSION ...
 * UPDATE, and of the one after, where sessions go on over an update.  What it
 * does not know is null, and what the type does not have is left out.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "utils/tuplestore.h"

#include "ingest/row_shape.h"

/* For a result that is being materialized; the names are those of the values */
void
sms_row_shape(SmsRowShape *shape, ReturnSetInfo *result, const char *const *names, int n)
{
	TupleDesc	desc = result->setDesc;
	bool		same = desc->natts == n;
	int			i;

	shape->result = result;
	shape->n = n;
	shape->source = palloc(desc->natts * sizeof(int));
	shape->values = palloc0(desc->natts * sizeof(Datum));
	shape->nulls = palloc0(desc->natts * sizeof(bool));
	for (i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		int			j = 0;

		while (j < n && strcmp(NameStr(attribute->attname), names[j]) != 0)
			j++;
		shape->source[i] = j;
		shape->nulls[i] = j == n;
		same = same && j == i;
	}
	if (same)
		shape->source = NULL;
}

void
sms_row_put(SmsRowShape *shape, Datum *values, bool *nulls)
{
	TupleDesc	desc = shape->result->setDesc;
	int			i;

	if (shape->source == NULL)
	{
		tuplestore_putvalues(shape->result->setResult, desc, values, nulls);
		return;
	}
	for (i = 0; i < desc->natts; i++)
	{
		/* an attribute that is not known stays null */
		if (shape->source[i] < shape->n)
		{
			shape->values[i] = values[shape->source[i]];
			shape->nulls[i] = nulls[shape->source[i]];
		}
	}
	tuplestore_putvalues(shape->result->setResult, desc, shape->values, shape->nulls);
}
