/*-------------------------------------------------------------------------
 *
 * reader.h
 *	  From a payload to its events.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_READER_H
#define SMS_READER_H

#include "payload/event.h"

typedef struct SmsShape SmsShape;

/*
 * One payload being read.  The caller fills in the first part; sink gets
 * every event, in the order of the payload, and copies what it keeps.
 */
typedef struct SmsReader
{
	SmsProvider provider;		/* SMS_PROVIDER_NONE: find out */
	SmsText		account;		/* given by the caller, or no value */
	SmsInstant	arrival;
	bool		check_utf8;		/* the payload was not validated */
	SmsRegion  *region;
	void		(*sink) (void *owner, const SmsEvent *event);
	void	   *owner;

	/* the reader's own */
	SmsJson		json;
	const SmsSpec *spec;
	const SmsShape *shape;
	SmsEvent	event;
	int			index;			/* of the element in the array, or -1 */
	const char *rows;			/* the member that holds that array, or NULL */
	int			depth;			/* objects and arrays open around the event */
	struct
	{
		SmsText		key;		/* no value for an element of an array */
		bool		is_array;
		bool		opened;		/* written to extra */
	}			frame[SMS_JSON_MAX_DEPTH];
	int			frames;
	int			events;			/* read so far, of whatever kind */
	char	   *extra;			/* members without a slot, being written */
	size_t		extra_len;
	size_t		extra_size;
} SmsReader;

/* reader.c */
extern void sms_read_payload(SmsReader *reader, const char *text, size_t len);
extern void sms_reject(SmsEvent *event, const char *where, const char *what);
extern void sms_ignore(SmsEvent *event, const char *what);

/* shape.c */
extern const SmsShape *sms_shape_of(const SmsSpec *spec);
extern int	sms_shape_child(const SmsShape *shape, int node, SmsText key);
extern const SmsField *sms_shape_field(const SmsShape *shape, int node);
extern bool sms_shape_has_members(const SmsShape *shape, int node);
extern bool sms_shape_has_elements(const SmsShape *shape, int node);

/* assign.c */
extern bool sms_assign(SmsReader *reader, const SmsField *field,
					   const SmsJsonValue *value);

/* extra.c */
extern void sms_extra_member(SmsReader *reader, SmsText key, SmsText value);
extern void sms_extra_leave(SmsReader *reader);
extern SmsText sms_extra_text(SmsReader *reader);

/* finish.c */
extern void sms_finish_event(SmsReader *reader, SmsEvent *event);
extern void sms_emit(SmsReader *reader, const SmsEvent *event);

#endif							/* SMS_READER_H */
