/*-------------------------------------------------------------------------
 *
 * reader.h
 *	  From a payload to its events.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_READER_H
#define SMS_READER_H

#include "provider/event.h"

#define SMS_FIELD_TREE_NODES 160
#define SMS_FIELD_TREE_SLOTS 512		/* a power of two, over three times SMS_FIELD_TREE_NODES */

/* A key of a provider's fields (field_tree.c). */
typedef struct SmsFieldNode
{
	const char *key;			/* not terminated: ends at key + len */
	uint8_t		len;
	uint8_t		parent;
	bool		has_members;
	bool		has_elements;	/* an array whose elements have members */
	uint8_t		first;			/* the member that came first in it, or 0 */
	uint8_t		next;			/* the member that came behind it, or 0 */
	const SmsField *field;
} SmsFieldNode;

typedef struct SmsFieldTree
{
	const SmsSpec *spec;
	int			nodes;			/* node 0 is the event itself */
	SmsFieldNode node[SMS_FIELD_TREE_NODES];
	uint8_t		table[SMS_FIELD_TREE_SLOTS];
} SmsFieldTree;

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
	/*
	 * Whether the owner of the store lets the account name people of a scope
	 * that is not its own; open: if nothing is said of the scope.  NULL: not asked.
	 */
	bool		(*may_name) (void *scopes, SmsText account, SmsText scope, bool open);
	void	   *scopes;
	void		(*sink) (void *owner, const SmsEvent *event);
	void	   *owner;

	/* the reader's own */
	SmsJson		json;
	const SmsSpec *spec;
	SmsFieldTree *tree;
	int			index;			/* of the element in the array, or -1 */
	const char *rows;			/* the member that holds that array, or NULL */
	int			depth;			/* objects and arrays open around the event */
	int			frames;
	int			events;			/* read so far, of whatever kind */
	bool		damaged;		/* the value at hand has a fault of content */
	SmsText		part_key;		/* the member of SMS_TEXT_PART_TEXT, as written */
	SmsText		part;			/* no value: nothing is left to keep of it */
	char	   *extra;			/* members without a slot, being written */
	size_t		extra_len;
	size_t		extra_size;
	/* large, and set when they are used */
	SmsEvent	event;
	struct
	{
		SmsText		key;		/* no value for an element of an array */
		bool		is_array;
		bool		opened;		/* written to extra */
	}			frame[SMS_JSON_MAX_DEPTH];
} SmsReader;

/* reader.c */
extern void sms_read_payload(SmsReader *reader, const char *text, size_t len);
extern void sms_reject(SmsEvent *event, const char *where, const char *what);
extern void sms_ignore(SmsEvent *event, const char *what);
extern void sms_note(SmsEvent *event, const char *where, const char *what);

/* field_tree.c */
extern SmsFieldTree *sms_field_tree_of(const SmsSpec *spec);
extern int	sms_field_tree_child(const SmsFieldTree *tree, int node, SmsText key);

/*
 * Where it is kept which member of node came behind the one before (node
 * itself where that is none).
 */
static inline uint8_t *
sms_field_tree_expected(SmsFieldTree *tree, int node, int before)
{
	return before == node ? &tree->node[node].first : &tree->node[before].next;
}

/* The key of a node, as the descriptor spells it. */
static inline SmsText
sms_field_tree_key(const SmsFieldTree *tree, int node)
{
	SmsText		key;

	key.ptr = tree->node[node].key;
	key.len = tree->node[node].len;
	return key;
}

/* assign.c */
extern bool sms_assign(SmsReader *reader, const SmsField *field,
					   const SmsJsonValue *value);

/* extra.c */
extern void sms_extra_member(SmsReader *reader, SmsText key, SmsText value);
extern void sms_extra_damaged(SmsReader *reader, SmsText key, SmsText value);
extern void sms_extra_leave(SmsReader *reader);
extern SmsText sms_extra_text(SmsReader *reader);

/* settle.c */
extern void sms_check_scope(SmsReader *reader, SmsEvent *event, const char *where,
							SmsText scope, bool open);
extern void sms_finish_event(SmsReader *reader, SmsEvent *event);
extern void sms_emit(SmsReader *reader, const SmsEvent *event);

#endif							/* SMS_READER_H */
