/*-------------------------------------------------------------------------
 *
 * tally_text.c
 *	  The text of a tally: {3,17:2,40} is offset[:count], count 1 if not
 *	  given; and of a day tally: {40:{3,17:2},95:{3}} is quarter:tally.
 *
 * Read strictly: offsets and quarter hours rise, counts are 1 or more, a
 * quarter hour has events, blanks stand between tokens only.  Written without
 * blanks and without a count of 1.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "tally/day.h"

/* the longest entry, "65535:2147483647," */
#define ENTRY_TEXT 17

typedef struct Reader
{
	SmsText		text;
	size_t		at;
	SmsTallyError *error;
} Reader;

static bool
fail(Reader *reader, SmsTallyFault fault, size_t position)
{
	reader->error->fault = fault;
	reader->error->position = position;
	return false;
}

/* The next byte that is no blank, not consumed; -1 at the end. */
static int
peek(Reader *reader)
{
	while (reader->at < reader->text.len)
	{
		char		c = reader->text.ptr[reader->at];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return (unsigned char) c;
		reader->at++;
	}
	return -1;
}

static bool
expect(Reader *reader, char c)
{
	if (peek(reader) != c)
		return fail(reader, SMS_TALLY_SYNTAX, reader->at);
	reader->at++;
	return true;
}

/* Reads digits; the value must be in [least, most]. */
static bool
read_number(Reader *reader, uint32_t least, uint32_t most,
			SmsTallyFault out_of_range, uint32_t *value)
{
	uint64_t	number = 0;
	size_t		start;
	int			c = peek(reader);

	start = reader->at;
	if (!sms_is_digit((char) c))
		return fail(reader, SMS_TALLY_SYNTAX, start);
	while (reader->at < reader->text.len &&
		   sms_is_digit(c = reader->text.ptr[reader->at]))
	{
		number = number * 10 + (c - '0');
		if (number > most)
			return fail(reader, out_of_range, start);
		reader->at++;
	}
	if (number < least)
		return fail(reader, out_of_range, start);
	*value = number;
	return true;
}

/* Reads a tally and adds it to an empty sum. */
static bool
read_tally(Reader *reader, SmsSum *sum)
{
	uint32_t	next = 0;		/* the least offset that may follow */

	if (!expect(reader, '{'))
		return false;
	if (peek(reader) != '}')
	{
		do
		{
			uint32_t	offset,
						count = 1;
			size_t		start;

			peek(reader);
			start = reader->at;
			if (!read_number(reader, 0, SMS_CHUNK_SIZE - 1,
							 SMS_TALLY_OFFSET_RANGE, &offset))
				return false;
			if (offset < next)
				return fail(reader, SMS_TALLY_ORDER, start);
			next = offset + 1;
			if (peek(reader) == ':')
			{
				reader->at++;
				if (!read_number(reader, 1, SMS_TALLY_MAX_COUNT,
								 SMS_TALLY_COUNT_RANGE, &count))
					return false;
			}
			sms_sum_add_one(sum, offset, count);
		} while (peek(reader) == ',' && ++reader->at);
	}
	return expect(reader, '}');
}

static bool
at_end(Reader *reader)
{
	return peek(reader) == -1 || fail(reader, SMS_TALLY_SYNTAX, reader->at);
}

/*
 * sms_tally_parse reads a text and adds it to an empty sum.  On failure it
 * returns false and says in *error what is wrong and where.
 */
bool
sms_tally_parse(SmsText text, SmsSum *sum, SmsTallyError *error)
{
	Reader		reader = {text, 0, error};

	return read_tally(&reader, sum) && at_end(&reader);
}

/* sms_day_parse reads the text of a day tally, as sms_tally_parse. */
bool
sms_day_parse(SmsText text, SmsRegion *region, SmsDayWriter *writer,
			  SmsTallyError *error)
{
	Reader		reader = {text, 0, error};
	uint32_t	next = 0;
	SmsSum		sum;

	sms_sum_init(&sum, region);
	if (!expect(&reader, '{'))
		return false;
	if (peek(&reader) != '}')
	{
		do
		{
			uint32_t	quarter;
			size_t		start;

			peek(&reader);
			start = reader.at;
			if (!read_number(&reader, 0, SMS_DAY_QUARTER_HOURS - 1,
							 SMS_TALLY_QUARTER_RANGE, &quarter))
				return false;
			if (quarter < next)
				return fail(&reader, SMS_TALLY_ORDER, start);
			next = quarter + 1;
			sms_sum_reset(&sum);
			if (!expect(&reader, ':'))
				return false;
			peek(&reader);
			start = reader.at;
			if (!read_tally(&reader, &sum))
				return false;
			if (sum.nplanes == 0)
				return fail(&reader, SMS_TALLY_SYNTAX, start);
			sms_day_write_sum(writer, quarter, &sum);
		} while (peek(&reader) == ',' && ++reader.at);
	}
	return expect(&reader, '}') && at_end(&reader);
}

/* sms_tally_print_bound returns the room that sms_tally_print may need. */
size_t
sms_tally_print_bound(SmsTally tally)
{
	size_t		position = SMS_TALLY_HEADER;
	size_t		offsets = 0;
	SmsPlane	plane;

	while (sms_tally_plane(tally, &position, &plane))
		offsets += (plane.end - plane.ptr) * (plane.bitmap ? 8 : 1);
	if (offsets > SMS_CHUNK_SIZE)
		offsets = SMS_CHUNK_SIZE;
	return 2 + offsets * ENTRY_TEXT;
}

static size_t
print_number(uint32_t number, char *out)
{
	char		digits[10];
	size_t		n = 0;

	do
		digits[n++] = '0' + number % 10;
	while ((number /= 10) != 0);
	for (size_t i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	return n;
}

/* sms_tally_print writes the text, without an end mark; returns its length. */
size_t
sms_tally_print(SmsTally tally, char *out)
{
	SmsTallyWalk walk;
	uint32_t	offset,
				count;
	size_t		length = 0;

	out[length++] = '{';
	sms_tally_walk(&walk, tally);
	while (sms_tally_next(&walk, &offset, &count))
	{
		if (length > 1)
			out[length++] = ',';
		length += print_number(offset, out + length);
		if (count > 1)
		{
			out[length++] = ':';
			length += print_number(count, out + length);
		}
	}
	out[length++] = '}';
	return length;
}

/* sms_day_print_bound returns the room that sms_day_print may need. */
size_t
sms_day_print_bound(SmsDayTally day)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	size_t		bound = 2;
	uint32_t	quarter;
	SmsTally	tally;

	while (sms_day_next(day, &position, &quarter, &tally))
		bound += 4 + sms_tally_print_bound(tally);
	return bound;
}

/* sms_day_print writes the text, without an end mark; returns its length. */
size_t
sms_day_print(SmsDayTally day, char *out)
{
	size_t		position = SMS_DAY_TALLY_HEADER;
	size_t		length = 0;
	uint32_t	quarter;
	SmsTally	tally;

	out[length++] = '{';
	while (sms_day_next(day, &position, &quarter, &tally))
	{
		if (length > 1)
			out[length++] = ',';
		length += print_number(quarter, out + length);
		out[length++] = ':';
		length += sms_tally_print(tally, out + length);
	}
	out[length++] = '}';
	return length;
}
