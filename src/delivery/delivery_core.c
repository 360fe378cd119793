/*-------------------------------------------------------------------------
 *
 * delivery_core.c
 *	  Bytes, order and merge of delivery states; the summary of a message.
 *
 * The format is described in delivery.h.  One pair of functions reads and
 * writes an entry.  Bytes from outside are accepted if writing what was read
 * gives the same bytes again, so the check needs no list of its own of what
 * is canonical.
 *
 *-------------------------------------------------------------------------
 */
#include "delivery/delivery.h"

/* The times of an entry, in the order of their bits and of their bytes. */
typedef enum SmsDeliveryTime
{
	TIME_AT = 0,				/* clock of the deciding report */
	TIME_SENT = 1,
	TIME_SEEN = 2,
	TIME_FINAL = 3				/* and one for each of SmsFinal */
} SmsDeliveryTime;

#define N_TIMES (TIME_FINAL + SMS_N_FINALS)
#define ENTRY_FIXED 9

/* Ranks of ENS event types without a code; see code_rank(). */
#define RANK_QUEUED 1000
#define RANK_NOT_SENT 1999
#define RANK_SENT 2000
#define RANK_IN_TRANSIT 3000
#define RANK_DELIVERED 4000
#define RANK_UNDELIVERED 4500
#define RANK_EXPIRED 4501

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 |
		(uint32_t) p[2] << 8 | p[3];
}

static void
put_u32(uint8_t *p, uint32_t value)
{
	p[0] = value >> 24;
	p[1] = value >> 16;
	p[2] = value >> 8;
	p[3] = value;
}

static SmsInstant
get_instant(const uint8_t *p)
{
	return (SmsInstant) ((uint64_t) get_u32(p) << 32 | get_u32(p + 4));
}

static void
put_instant(uint8_t *p, SmsInstant value)
{
	put_u32(p, (uint32_t) ((uint64_t) value >> 32));
	put_u32(p + 4, (uint32_t) value);
}

/* The length word is the server's four-byte form (varattrib_4b). */
static void
set_size(SmsDelivery *state, size_t size)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	state->vl_len_ = (int32_t) size;
#else
	state->vl_len_ = (int32_t) ((uint32_t) size << 2);
#endif
}

/* Whole size in bytes, length word included, of a state made by this core. */
size_t
sms_delivery_size(const SmsDelivery *state)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return (uint32_t) state->vl_len_;
#else
	return (uint32_t) state->vl_len_ >> 2;
#endif
}

SmsDeliveryView
sms_delivery_view(const SmsDelivery *state)
{
	SmsDeliveryView view;

	view.body = state->body;
	view.len = sms_delivery_size(state) - sizeof(int32_t);
	return view;
}

SmsFinal
sms_final_of_class(SmsClass cls)
{
	switch (cls)
	{
		case SMS_CLASS_NOT_SENT:
			return SMS_FINAL_NOT_SENT;
		case SMS_CLASS_EXPIRED:
			return SMS_FINAL_EXPIRED;
		case SMS_CLASS_UNDELIVERED:
			return SMS_FINAL_UNDELIVERED;
		case SMS_CLASS_DELIVERED:
		case SMS_CLASS_SEEN:
			return SMS_FINAL_DELIVERED;
		default:
			return SMS_FINAL_NONE;
	}
}

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static SmsInstant
earliest(SmsInstant a, SmsInstant b)
{
	if (a == SMS_NO_INSTANT)
		return b;
	if (b == SMS_NO_INSTANT)
		return a;
	return a < b ? a : b;
}

/*
 * Where a report stands among the status codes of ENS.  The codes of NotSent
 * events are another code space (1..1040) and rank as one, above the failures
 * before hand-over and below hand-over.  An event whose code is missing ranks
 * as the plain code of its type; of these only SmsSent is usual.
 */
static int32_t
code_rank(const SmsReport *report)
{
	if (report->cls == SMS_CLASS_NOT_SENT &&
		report->code != 1500 && report->code != 1501)
		return RANK_NOT_SENT;
	if (report->code != 0)
		return report->code;
	switch (report->cls)
	{
		case SMS_CLASS_ACCEPTED:
			return RANK_QUEUED;
		case SMS_CLASS_SENT:
			return RANK_SENT;
		case SMS_CLASS_IN_TRANSIT:
		case SMS_CLASS_TO_OPERATOR:
			return RANK_IN_TRANSIT;
		case SMS_CLASS_DELIVERED:
			return RANK_DELIVERED;
		case SMS_CLASS_UNDELIVERED:
			return RANK_UNDELIVERED;
		case SMS_CLASS_EXPIRED:
			return RANK_EXPIRED;
		default:
			return 0;
	}
}

/*
 * Order of two reports on one channel and part: negative, 0 or positive as a
 * is outranked by b, equal to it, or outranks it.  Reports are equal only if
 * all that an entry keeps of them is, so the order is total and the greatest
 * of a set does not depend on the way it is looked for.  A seen message was
 * delivered, whatever else is said.
 */
int
sms_delivery_compare(const SmsReport *a, const SmsReport *b)
{
	bool		final = sms_class_is_final(a->cls);
	int			c;

	c = compare(a->cls == SMS_CLASS_SEEN, b->cls == SMS_CLASS_SEEN);
	if (c == 0)
		c = compare(a->ranking, b->ranking);
	if (c == 0)
	{
		if (a->ranking == SMS_RANK_BY_CODE)
			c = compare(code_rank(a), code_rank(b));
		else
		{
			c = compare(final, sms_class_is_final(b->cls));
			if (c == 0 && final && a->ranking == SMS_RANK_BY_TIME)
				c = compare(a->at, b->at);
		}
	}
	if (c == 0)
		c = compare(a->cls, b->cls);
	if (c == 0)
		c = compare(a->at, b->at);
	if (c == 0)
		c = compare(a->code, b->code);
	return c;
}

/* As stored: the whole message comes before its parts. */
static uint8_t
part_byte(int part)
{
	return (uint8_t) (part + 1);
}

/* Order of entries within a state; 0 for the same channel and part. */
int
sms_entry_compare(const SmsDeliveryEntry *a, const SmsDeliveryEntry *b)
{
	if (a->best.channel != b->best.channel)
		return compare(a->best.channel, b->best.channel);
	return compare(part_byte(a->best.part), part_byte(b->best.part));
}

static bool
clock_valid(SmsInstant at)
{
	return at == SMS_NO_INSTANT ||
		(at >= SMS_MIN_CLOCK && at < SMS_END_CLOCK);
}

static bool
report_valid(const SmsReport *report)
{
	return report->ranking >= SMS_RANK_BY_CODE &&
		report->ranking <= SMS_RANK_BY_CLASS &&
		sms_class_name(report->cls) != NULL &&
		sms_channel_name(report->channel) != NULL &&
		report->part >= 0 && report->part <= SMS_WHOLE_MESSAGE &&
		clock_valid(report->at) && clock_valid(report->sent_at);
}

/*
 * Whether an entry can have come from reports.  A seen time needs a report
 * "seen", and that one is then the deciding one.
 */
bool
sms_entry_valid(const SmsDeliveryEntry *entry)
{
	int			i;

	for (i = 0; i < SMS_N_FINALS; i++)
		if (!clock_valid(entry->final_at[i]))
			return false;
	if (entry->seen_at != SMS_NO_INSTANT &&
		entry->best.cls != SMS_CLASS_SEEN)
		return false;
	return report_valid(&entry->best) && clock_valid(entry->seen_at);
}

/* Adds to a valid entry what its parts imply. */
void
sms_entry_complete(SmsDeliveryEntry *entry)
{
	SmsReport  *best = &entry->best;
	SmsFinal	final = sms_final_of_class(best->cls);
	int			i;

	if (best->cls == SMS_CLASS_SENT)
		best->sent_at = earliest(best->sent_at, best->at);
	if (best->cls == SMS_CLASS_SEEN)
		entry->seen_at = earliest(entry->seen_at, best->at);
	if (final != SMS_FINAL_NONE)
	{
		entry->finals |= 1 << final;
		entry->final_at[final] = earliest(entry->final_at[final], best->at);
	}
	entry->final_at[SMS_FINAL_DELIVERED] =
		earliest(entry->final_at[SMS_FINAL_DELIVERED], entry->seen_at);
	for (i = 0; i < SMS_N_FINALS; i++)
		if (entry->final_at[i] != SMS_NO_INSTANT)
			entry->finals |= 1 << i;
}

/* Both complete; the channel and part of the first stay. */
void
sms_entry_merge(SmsDeliveryEntry *into, const SmsDeliveryEntry *other)
{
	int			i;

	if (sms_delivery_compare(&into->best, &other->best) < 0)
	{
		into->best.ranking = other->best.ranking;
		into->best.cls = other->best.cls;
		into->best.code = other->best.code;
		into->best.at = other->best.at;
	}
	into->best.sent_at = earliest(into->best.sent_at, other->best.sent_at);
	into->seen_at = earliest(into->seen_at, other->seen_at);
	into->finals |= other->finals;
	for (i = 0; i < SMS_N_FINALS; i++)
		into->final_at[i] = earliest(into->final_at[i], other->final_at[i]);
}

/* Two different outcomes were reported. */
bool
sms_entry_conflicting(const SmsDeliveryEntry *entry)
{
	return (entry->finals & (entry->finals - 1)) != 0;
}

/* Writes a complete entry; returns its length. */
static size_t
write_entry(const SmsDeliveryEntry *entry, uint8_t *out)
{
	const SmsReport *best = &entry->best;
	SmsFinal	final = sms_final_of_class(best->cls);
	SmsInstant	times[N_TIMES];
	uint8_t    *p = out + ENTRY_FIXED;
	int			mask = 0;
	int			i;

	times[TIME_AT] = best->at;
	times[TIME_SENT] = best->sent_at;
	times[TIME_SEEN] = entry->seen_at;
	for (i = 0; i < SMS_N_FINALS; i++)
		times[TIME_FINAL + i] = entry->final_at[i];

	/* what sms_entry_complete() will put back */
	if (best->cls == SMS_CLASS_SENT && best->sent_at == best->at)
		times[TIME_SENT] = SMS_NO_INSTANT;
	if (best->cls == SMS_CLASS_SEEN && entry->seen_at == best->at)
		times[TIME_SEEN] = SMS_NO_INSTANT;
	if (final != SMS_FINAL_NONE && entry->final_at[final] == best->at)
		times[TIME_FINAL + final] = SMS_NO_INSTANT;

	for (i = 0; i < N_TIMES; i++)
	{
		if (times[i] == SMS_NO_INSTANT)
			continue;
		mask |= 1 << i;
		put_instant(p, times[i]);
		p += 8;
	}
	out[0] = (uint8_t) best->channel;
	out[1] = part_byte(best->part);
	out[2] = (uint8_t) (best->cls | best->ranking << 4);
	out[3] = (uint8_t) entry->finals;
	out[4] = (uint8_t) mask;
	put_u32(out + 5, (uint32_t) best->code);
	return p - out;
}

/*
 * Reads and completes the entry at p; returns its length, or 0 if the bytes
 * up to end hold none.
 */
static size_t
read_entry(const uint8_t *p, const uint8_t *end, SmsDeliveryEntry *entry)
{
	const uint8_t *start = p;
	SmsInstant	times[N_TIMES];
	int			i;

	if (end - p < ENTRY_FIXED)
		return 0;
	entry->best.channel = p[0];
	entry->best.part = (uint8_t) (p[1] - 1);
	entry->best.cls = p[2] & 0x0F;
	entry->best.ranking = p[2] >> 4;
	entry->best.code = (int32_t) get_u32(p + 5);
	entry->finals = p[3];
	if (p[3] >> SMS_N_FINALS != 0 || p[4] >> N_TIMES != 0)
		return 0;
	p += ENTRY_FIXED;
	for (i = 0; i < N_TIMES; i++)
	{
		times[i] = SMS_NO_INSTANT;
		if ((start[4] & 1 << i) == 0)
			continue;
		if (end - p < 8)
			return 0;
		times[i] = get_instant(p);
		p += 8;
	}
	entry->best.at = times[TIME_AT];
	entry->best.sent_at = times[TIME_SENT];
	entry->seen_at = times[TIME_SEEN];
	for (i = 0; i < SMS_N_FINALS; i++)
		entry->final_at[i] = times[TIME_FINAL + i];
	if (!sms_entry_valid(entry))
		return 0;
	sms_entry_complete(entry);
	return p - start;
}

/* False if the state is not of a version known here. */
bool
sms_delivery_start(SmsDeliveryCursor *cursor, SmsDeliveryView state)
{
	cursor->damaged = state.len < 1 || state.body[0] != SMS_DELIVERY_VERSION;
	cursor->end = state.body + state.len;
	cursor->next = cursor->damaged ? cursor->end : state.body + 1;
	return !cursor->damaged;
}

/* The next entry; false at the end, and at damage, which the cursor tells. */
bool
sms_delivery_next(SmsDeliveryCursor *cursor, SmsDeliveryEntry *entry)
{
	size_t		len;

	if (cursor->next == cursor->end)
		return false;
	len = read_entry(cursor->next, cursor->end, entry);
	if (len == 0)
	{
		cursor->damaged = true;
		cursor->next = cursor->end;
		return false;
	}
	cursor->next += len;
	return true;
}

/*
 * Whether the bytes are those that this core would write for some state.
 * The number of entries needs no limit of its own: channels and parts are
 * few, and none may come twice.
 */
bool
sms_delivery_check(SmsDeliveryView state)
{
	SmsDeliveryCursor cursor;
	SmsDeliveryEntry entry;
	SmsDeliveryEntry previous;
	uint8_t		canonical[SMS_DELIVERY_MAX_ENTRY];
	const uint8_t *start;
	bool		first = true;

	if (!sms_delivery_start(&cursor, state))
		return false;
	for (start = cursor.next; sms_delivery_next(&cursor, &entry);
		 start = cursor.next)
	{
		size_t		len = cursor.next - start;

		if (!first && sms_entry_compare(&previous, &entry) >= 0)
			return false;
		if (write_entry(&entry, canonical) != len ||
			memcmp(canonical, start, len) != 0)
			return false;
		previous = entry;
		first = false;
	}
	return !cursor.damaged;
}

/*
 * The state of n complete entries in rising order.  The caller gives room of
 * SMS_DELIVERY_HEADER and SMS_DELIVERY_MAX_ENTRY for each.
 */
void
sms_delivery_from_entries(const SmsDeliveryEntry *entries, size_t n,
						  SmsDelivery *state)
{
	uint8_t    *p = state->body;
	size_t		i;

	*p++ = SMS_DELIVERY_VERSION;
	for (i = 0; i < n; i++)
		p += write_entry(&entries[i], p);
	set_size(state, p - (uint8_t *) state);
}

/*
 * The state after one report, in SMS_DELIVERY_ONE_REPORT bytes of the
 * caller's.  False, and nothing is written, if a member of the report is out
 * of range (class NONE, a channel without a name, a part, a clock).
 */
bool
sms_delivery_from_report(const SmsReport *report, SmsDelivery *state)
{
	SmsDeliveryEntry entry;
	int			i;

	if (!report_valid(report))
		return false;
	entry.best = *report;
	entry.seen_at = SMS_NO_INSTANT;
	entry.finals = 0;
	for (i = 0; i < SMS_N_FINALS; i++)
		entry.final_at[i] = SMS_NO_INSTANT;
	sms_entry_complete(&entry);
	sms_delivery_from_entries(&entry, 1, state);
	return true;
}

/* Copies the entry that a cursor has just read as it stands. */
static uint8_t *
copy_entry(uint8_t *out, const uint8_t *start, const SmsDeliveryCursor *cursor)
{
	size_t		len = cursor->next - start;

	memcpy(out, start, len);
	return out + len;
}

/*
 * The merge of a and b, in sizeof(int32_t) + a.len + b.len bytes of the
 * caller's; that is enough since every time of a merged entry is in one of
 * the two.  False if a or b is damaged.
 */
bool
sms_delivery_merge_into(SmsDelivery *state, SmsDeliveryView a,
						SmsDeliveryView b)
{
	SmsDeliveryCursor ca;
	SmsDeliveryCursor cb;
	SmsDeliveryEntry ea;
	SmsDeliveryEntry eb;
	const uint8_t *sa;
	const uint8_t *sb;
	bool		have_a;
	bool		have_b;
	uint8_t    *p = state->body;

	if (!sms_delivery_start(&ca, a) || !sms_delivery_start(&cb, b))
		return false;
	*p++ = SMS_DELIVERY_VERSION;
	sa = ca.next;
	sb = cb.next;
	have_a = sms_delivery_next(&ca, &ea);
	have_b = sms_delivery_next(&cb, &eb);
	while (have_a || have_b)
	{
		int			c = !have_a ? 1 : !have_b ? -1 :
			sms_entry_compare(&ea, &eb);

		if (c < 0)
			p = copy_entry(p, sa, &ca);
		else if (c > 0)
			p = copy_entry(p, sb, &cb);
		else
		{
			sms_entry_merge(&ea, &eb);
			p += write_entry(&ea, p);
		}
		if (c <= 0)
		{
			sa = ca.next;
			have_a = sms_delivery_next(&ca, &ea);
		}
		if (c >= 0)
		{
			sb = cb.next;
			have_b = sms_delivery_next(&cb, &eb);
		}
	}
	set_size(state, p - (uint8_t *) state);
	return !ca.damaged && !cb.damaged;
}

/* The same in memory of the region; NULL if a or b is damaged. */
SmsDelivery *
sms_delivery_merge(SmsRegion *region, SmsDeliveryView a, SmsDeliveryView b)
{
	SmsDelivery *state = sms_region_alloc(region,
										  sizeof(int32_t) + a.len + b.len);

	return sms_delivery_merge_into(state, a, b) ? state : NULL;
}

/*
 * How good a class is for the person who waits for the message: failures,
 * then what is open, then success.
 */
static int
goodness(SmsClass cls)
{
	static const int order[] = {
		[SMS_CLASS_NONE] = 0,
		[SMS_CLASS_NOT_SENT] = 1,
		[SMS_CLASS_UNDELIVERED] = 2,
		[SMS_CLASS_EXPIRED] = 3,
		[SMS_CLASS_UNKNOWN] = 4,
		[SMS_CLASS_ACCEPTED] = 5,
		[SMS_CLASS_SENT] = 6,
		[SMS_CLASS_IN_TRANSIT] = 7,
		[SMS_CLASS_TO_OPERATOR] = 8,
		[SMS_CLASS_DELIVERED] = 9,
		[SMS_CLASS_SEEN] = 10
	};

	return order[cls];
}

/* What is known of one channel while its entries are walked. */
typedef struct Channel
{
	SmsDeliveryEntry whole;		/* if has_whole */
	bool		has_whole;
	SmsReport	worst;			/* of its parts, once one is known */
	int			parts;
	int			delivered;
	/* by group: the parts that ended so, first or, for delivered, last */
	SmsInstant	done_at[SMS_N_FINALS];
} Channel;

static void
channel_start(Channel *channel)
{
	int			i;

	channel->has_whole = false;
	channel->parts = 0;
	channel->delivered = 0;
	for (i = 0; i < SMS_N_FINALS; i++)
		channel->done_at[i] = SMS_NO_INSTANT;
}

/*
 * Takes in a part, which reports on the whole message have been merged into.
 * A failure of the message is known with the first part that failed so, a
 * delivery with the last part delivered.  Of equally bad parts the one with
 * the greater report decides.
 */
static void
channel_add(Channel *channel, const SmsDeliveryEntry *part, bool first)
{
	SmsFinal	final = sms_final_of_class(part->best.cls);
	int			c;

	c = first ? -1 : compare(goodness(part->best.cls),
							 goodness(channel->worst.cls));
	if (c < 0 ||
		(c == 0 && sms_delivery_compare(&part->best, &channel->worst) > 0))
		channel->worst = part->best;
	if (final == SMS_FINAL_DELIVERED)
	{
		channel->delivered++;
		if (channel->done_at[final] < part->final_at[final])
			channel->done_at[final] = part->final_at[final];
	}
	else if (final != SMS_FINAL_NONE)
		channel->done_at[final] = earliest(channel->done_at[final],
										   part->final_at[final]);
}

/* The channel's entries are all known: is it the best one so far? */
static void
channel_finish(Channel *channel, SmsReport *best, SmsDeliverySummary *summary)
{
	SmsFinal	final;
	int			c;

	if (channel->parts == 0)
		channel_add(channel, &channel->whole, true);
	c = compare(goodness(channel->worst.cls), goodness(summary->cls));
	if (c < 0 ||
		(c == 0 && sms_delivery_compare(&channel->worst, best) <= 0))
		return;
	final = sms_final_of_class(channel->worst.cls);
	*best = channel->worst;
	summary->cls = best->cls;
	summary->code = best->code;
	summary->done_at = final == SMS_FINAL_NONE ? SMS_NO_INSTANT :
		channel->done_at[final];
	summary->parts_known = channel->parts;
	summary->parts_delivered = channel->delivered;
}

/* The message as a whole; false if the state is damaged. */
bool
sms_delivery_summarize(SmsDeliveryView state, SmsDeliverySummary *summary)
{
	SmsDeliveryCursor cursor;
	SmsDeliveryEntry entry;
	Channel		channel;
	SmsReport	best;
	int			current = -1;

	summary->cls = SMS_CLASS_NONE;
	summary->code = 0;
	summary->done_at = SMS_NO_INSTANT;
	summary->sent_at = SMS_NO_INSTANT;
	summary->seen_at = SMS_NO_INSTANT;
	summary->conflicting = false;
	summary->parts_known = 0;
	summary->parts_delivered = 0;

	if (!sms_delivery_start(&cursor, state))
		return false;
	while (sms_delivery_next(&cursor, &entry))
	{
		summary->sent_at = earliest(summary->sent_at, entry.best.sent_at);
		summary->seen_at = earliest(summary->seen_at, entry.seen_at);
		if ((int) entry.best.channel != current)
		{
			if (current >= 0)
				channel_finish(&channel, &best, summary);
			channel_start(&channel);
			current = entry.best.channel;
		}
		if (entry.best.part == SMS_WHOLE_MESSAGE)
		{
			channel.whole = entry;
			channel.has_whole = true;
		}
		else
		{
			if (channel.has_whole)
				sms_entry_merge(&entry, &channel.whole);
			channel_add(&channel, &entry, channel.parts == 0);
			channel.parts++;
		}
		if (sms_entry_conflicting(&entry))
			summary->conflicting = true;
	}
	if (current >= 0)
		channel_finish(&channel, &best, summary);
	return !cursor.damaged;
}

/* When a message was sent: as reports say, else at the time of the earliest. */
SmsInstant
sms_send_time(const SmsDeliverySummary *summary, SmsInstant first_time)
{
	return summary->sent_at == SMS_NO_INSTANT ? first_time : summary->sent_at;
}
