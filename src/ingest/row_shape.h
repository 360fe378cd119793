/*-------------------------------------------------------------------------
 *
 * row_shape.h
 *	  Rows of a composite type of the extension, filled by the names of its
 *	  attributes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_ROW_SHAPE_H
#define SMS_ROW_SHAPE_H

#include "nodes/execnodes.h"

/* How values become the attributes of the rows of a result */
typedef struct SmsRowShape
{
	ReturnSetInfo *result;
	int			n;				/* how many values there are */
	int		   *source;			/* of each attribute, n: none; NULL: as they are */
	Datum	   *values;			/* of attributes */
	bool	   *nulls;
} SmsRowShape;

extern void sms_row_shape(SmsRowShape *shape, ReturnSetInfo *result,
						  const char *const *names, int n);
extern void sms_row_put(SmsRowShape *shape, Datum *values, bool *nulls);

#endif							/* SMS_ROW_SHAPE_H */
