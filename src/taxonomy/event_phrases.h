/*-------------------------------------------------------------------------
 *
 * event_phrases.h
 *	  What queries on rows of event say in several places, once for all: C
 *	  puts it into its queries, sql/build.awk into those of SQL, which write
 *	  :FIRST_PART(e.): for SMS_FIRST_PART("e.").
 *
 * An index is used by queries that say what it says.  :ANSWER_TYPES: and
 * :CLASS_SENT: are words of sql/build.awk: what holds them is for SQL only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_EVENT_PHRASES_H
#define SMS_EVENT_PHRASES_H

/* A message counts once, by its first part; the same in C: delta_funcs.c */
#define SMS_FIRST_PART(e) \
	"(" e "part IS NULL OR " e "part = 0)"

/* Reports of an arrival that tallies, which count first parts, do not tell of */
#define SMS_UNTALLIED_ARRIVAL(e) \
	e "status_class IN (:CLASS_SENT:, :CLASS_DELIVERED:, :CLASS_SEEN:)" \
	" AND (" e "part > 0 OR " e "event_type = 'CLICK')"

/* What a person writes in answer to a message */
#define SMS_ANSWER(e) \
	e "event_type IN (:ANSWER_TYPES:)"

/* When the message of a report was sent, as far as the report knows */
#define SMS_SENT_BY_EVENT(e) \
	"coalesce(" e "sent_time, CASE WHEN " e "event_type IN ('SENT', 'ACCEPTED')" \
	" THEN " e "event_time END)"

#endif							/* SMS_EVENT_PHRASES_H */
