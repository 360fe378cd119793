/*-------------------------------------------------------------------------
 *
 * tally_fuzz.c
 *	  Feeds the core of tally and day_tally with hostile text and bytes, and
 *	  checks the laws on what it accepts.
 *
 *	  The first byte chooses: text, bytes or a script of additions, of a tally
 *	  or of a day.  A sum has 64 kB, which sanitizers walk slowly; so of the
 *	  laws that cost most, each input checks a part, chosen by its content.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "tally/day.h"

/* A script of a day takes two sums, of 31 blocks each, at each of 40 steps. */
#define MAX_BLOCKS 8192

static void *blocks[MAX_BLOCKS];
static int	n_blocks;

static void *
take(void *owner, size_t size)
{
	(void) owner;
	if (n_blocks == MAX_BLOCKS)
		abort();
	return blocks[n_blocks++] = malloc(size);
}

static SmsRegion region = {take, NULL};

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static SmsTally
write_sum(const SmsSum *sum)
{
	uint8_t    *out = take(NULL, sms_sum_bound(sum));
	SmsTally	tally = {out, sms_sum_write(sum, 0, SMS_CHUNK_WORDS, out)};

	return tally;
}

/* Everything that reads, on bytes that may be damaged. */
static void
read_all(SmsTally tally)
{
	SmsBits		bits[SMS_CHUNK_WORDS];
	char	   *text = take(NULL, sms_tally_print_bound(tally));
	SmsSum		sum;

	sms_bits_clear(bits);
	sms_tally_bits(tally, bits);
	sms_tally_total(tally);
	sms_tally_count_of(tally, 0);
	sms_tally_count_of(tally, 40000);
	sms_tally_print(tally, text);
	sms_sum_init(&sum, &region);
	sms_sum_add(&sum, tally);
}

static void
check_parts(const SmsSum *sum, SmsTally tally)
{
	uint8_t    *out = take(NULL, sms_sum_bound(sum));
	size_t		limit = SMS_TALLY_HEADER + SMS_TALLY_PLANES * 15 + tally.size / 3;
	SmsSum		again;
	SmsTally	whole;

	sms_sum_init(&again, &region);
	for (uint32_t word = 0; word < SMS_CHUNK_WORDS;)
	{
		SmsTally	part = {out, 0};

		word = sms_sum_split(sum, word, limit, out, &part.size);
		require(part.size <= limit && sms_tally_is_sound(part));
		require(sms_sum_add(&again, part));
	}
	whole = write_sum(&again);
	require(whole.size == tally.size &&
			memcmp(whole.data, tally.data, whole.size) == 0);
}

/* Comparisons with a constant, against the counts themselves. */
static void
check_comparisons(const SmsSum *sum, uint32_t largest, uint64_t choice)
{
	const uint32_t constants[] = {0, 1, 3, largest / 2, largest, largest + 1};
	uint32_t	c = constants[choice % 6];
	int			op = SMS_LT + choice / 6 % 6;
	SmsBits		found[SMS_CHUNK_WORDS];

	sms_sum_compare(sum, op, c, found);
	for (uint32_t at = choice % 509; at < SMS_CHUNK_SIZE; at += 509)
	{
		uint32_t	n = sms_sum_count_of(sum, at);
		bool		holds = op == SMS_LT ? n < c : op == SMS_LE ? n <= c :
			op == SMS_EQ ? n == c : op == SMS_NE ? n != c :
			op == SMS_GE ? n >= c : n > c;

		require(holds == (found[at / 64] >> at % 64 & 1));
	}
}

/* What was added can be taken away, and no more than that. */
static void
check_subtraction(SmsSum *sum, SmsTally tally)
{
	SmsTally	whole = write_sum(sum);
	SmsTally	again;

	if (sms_sum_add(sum, tally))
	{
		require(sms_sum_subtract(sum, tally));
		again = write_sum(sum);
		require(again.size == whole.size &&
				memcmp(again.data, whole.data, again.size) == 0);
	}
	sms_sum_reset(sum);
	require(sms_sum_add(sum, tally) && sms_sum_subtract(sum, tally));
	require(write_sum(sum).size == SMS_TALLY_HEADER);
	require(tally.size == SMS_TALLY_HEADER || !sms_sum_subtract(sum, tally));
}

/* The laws, on a canonical tally. */
static void
check_laws(SmsTally tally)
{
	SmsBits		people[SMS_CHUNK_WORDS];
	SmsBits		found[SMS_CHUNK_WORDS];
	char	   *text = take(NULL, sms_tally_print_bound(tally));
	SmsText		printed = {text, sms_tally_print(tally, text)};
	SmsTallyError error;
	SmsTallyWalk walk;
	uint32_t	offset,
				count,
				largest = 0,
				n = 0;
	uint64_t	total = 0;
	SmsSum		sum;
	SmsTally	again;

	require(printed.len <= sms_tally_print_bound(tally));
	sms_sum_init(&sum, &region);
	require(sms_tally_parse(printed, &sum, &error));
	again = write_sum(&sum);
	require(again.size == tally.size &&
			memcmp(again.data, tally.data, again.size) == 0);

	sms_bits_clear(people);
	sms_tally_bits(tally, people);
	sms_tally_walk(&walk, tally);
	for (uint32_t next = 0; sms_tally_next(&walk, &offset, &count); n++)
	{
		require(offset >= next && offset == sms_bits_next(people, next));
		require(count == sms_sum_count_of(&sum, offset));
		next = offset + 1;
		total += count;
		if (count > largest)
			largest = count;
	}
	require(n == sms_bits_count(people, 0, SMS_CHUNK_WORDS));
	require(total == sms_tally_total(tally));
	if (n > 0)
		require(sms_tally_count_of(tally, offset) == count);

	sms_sum_compare(&sum, SMS_GE, 1, found);
	require(memcmp(found, people, sizeof(found)) == 0);
	sms_sum_compare(&sum, SMS_GT, largest, found);
	require(sms_bits_count(found, 0, SMS_CHUNK_WORDS) == 0);
	sms_sum_compare(&sum, SMS_EQ, 0, found);
	require(sms_bits_count(found, 0, SMS_CHUNK_WORDS) == SMS_CHUNK_SIZE - n);
	check_comparisons(&sum, largest, total + n);
	if ((total + n) % 4 == 0)
		check_parts(&sum, tally);

	/* everybody once more */
	if ((total + n) % 4 == 1 && largest < SMS_TALLY_MAX_COUNT)
	{
		require(sms_sum_add_bits(&sum, people));
		require(sms_tally_total(write_sum(&sum)) == total + n);
	}
	if ((total + n) % 4 > 1)
		check_subtraction(&sum, tally);
}

/* Triples of bytes: an offset, and how often it and its neighbours count. */
static void
run_script(const uint8_t *data, size_t size)
{
	SmsSum		sum;
	SmsTally	tally;

	sms_sum_init(&sum, &region);
	for (; size >= 3; data += 3, size -= 3)
	{
		uint32_t	offset = data[0] | data[1] << 8;
		uint32_t	step = 1 + (data[2] & 7);
		uint32_t	count = UINT32_C(1) << (data[2] >> 3) % 31;

		for (int i = 0; i < 256 && offset < SMS_CHUNK_SIZE; i++, offset += step)
		{
			if (!sms_sum_add_one(&sum, offset, count))
				return;
		}
	}
	tally = write_sum(&sum);
	require(sms_tally_is_canonical(tally, &region));
	check_laws(tally);
}

static bool
same_day(SmsDayTally a, SmsDayTally b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* The laws, on a canonical day tally. */
static void
check_day(SmsDayTally day)
{
	char	   *text = take(NULL, sms_day_print_bound(day));
	SmsText		printed = {text, sms_day_print(day, text)};
	size_t		limit = SMS_TALLY_HEADER + SMS_TALLY_PLANES * 15 + day.size / 3;
	SmsDayTally whole = {(const uint8_t *) "\1", 1};
	SmsDayWriter read,
				merged,
				piece;
	SmsDayPieces pieces;
	SmsTallyError error;
	SmsSum		sum,
				parts;

	require(printed.len <= sms_day_print_bound(day));
	sms_day_writer_init(&read, &region);
	require(sms_day_parse(printed, &region, &read, &error));
	require(same_day(sms_day_written(&read), day));

	/* pieces fit, and add up */
	sms_day_writer_init(&piece, &region);
	sms_day_pieces_start(&pieces, day, &region);
	while (n_blocks < MAX_BLOCKS - 1024 &&
		   sms_day_pieces_next(&pieces, limit, &piece))
	{
		require(piece.size <= limit && sms_day_is_sound(sms_day_written(&piece)));
		sms_day_writer_init(&merged, &region);
		require(sms_day_merge(whole, sms_day_written(&piece), &region, &merged));
		whole = sms_day_written(&merged);
	}
	require(n_blocks >= MAX_BLOCKS - 1024 || same_day(whole, day));

	/* the day is what comes before an hour and what comes after it */
	sms_sum_init(&sum, &region);
	sms_sum_init(&parts, &region);
	if (sms_day_add(&sum, day, 0, SMS_DAY_QUARTER_HOURS))
	{
		uint32_t	at = day.size % SMS_DAY_QUARTER_HOURS;
		SmsTally	all = write_sum(&sum);
		SmsTally	other;

		require(sms_tally_total(all) == sms_day_total(day));
		require(sms_tally_count_of(all, 7) == sms_day_count_of(day, 7));
		require(sms_day_add(&parts, day, at, SMS_DAY_QUARTER_HOURS));
		require(sms_day_add(&parts, day, 0, at));
		other = write_sum(&parts);
		require(all.size == other.size &&
				memcmp(all.data, other.data, all.size) == 0);
		require(sms_day_subtract(&parts, day, 0, SMS_DAY_QUARTER_HOURS));
		require(write_sum(&parts).size == SMS_TALLY_HEADER);
	}
}

/* Everything that reads a day, on bytes that may be damaged. */
static void
read_day(SmsDayTally day)
{
	SmsBits		bits[SMS_CHUNK_WORDS];
	char	   *text = take(NULL, sms_day_print_bound(day));
	SmsSum		sum;

	sms_day_print(day, text);
	sms_day_total(day);
	sms_day_count_of(day, 40000);
	sms_bits_clear(bits);
	sms_day_bits(day, 3, 70, bits);
	sms_sum_init(&sum, &region);
	if (sms_day_add(&sum, day, 0, SMS_DAY_QUARTER_HOURS))
		sms_day_subtract(&sum, day, 3, 70);
}

/* Fours of bytes: a quarter hour, an offset, a count and a step. */
static void
run_day_script(const uint8_t *data, size_t size)
{
	SmsDayTally day = {(const uint8_t *) "\1", 1};

	for (int n = 0; size >= 4 && n < 40; data += 4, size -= 4, n++)
	{
		uint32_t	offset = data[1] | data[2] << 8;
		SmsDayWriter one,
					both;
		SmsSum		sum;

		sms_sum_init(&sum, &region);
		for (int i = 0; i < 16 && offset < SMS_CHUNK_SIZE; i++, offset += 1 + (data[3] & 7))
			require(sms_sum_add_one(&sum, offset, UINT32_C(1) << (data[3] >> 3) % 31));
		sms_day_writer_init(&one, &region);
		sms_day_write_sum(&one, data[0] % SMS_DAY_QUARTER_HOURS, &sum);
		sms_day_writer_init(&both, &region);
		if (!sms_day_merge(day, sms_day_written(&one), &region, &both))
			return;
		day = sms_day_written(&both);
	}
	require(sms_day_is_canonical(day, &region));
	check_day(day);
}

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SmsTallyError error;
	SmsSum		sum;

	if (size == 0)
		return 0;
	if (data[0] % 6 == 0)
	{
		SmsText		text = {(const char *) data + 1, size - 1};

		sms_sum_init(&sum, &region);
		if (sms_tally_parse(text, &sum, &error))
			check_laws(write_sum(&sum));
		else
			require(error.fault != SMS_TALLY_OK && error.position <= text.len);
	}
	else if (data[0] % 6 == 1)
	{
		SmsTally	tally = {data + 1, size - 1};

		if (sms_tally_is_sound(tally))
			read_all(tally);
		if (sms_tally_is_canonical(tally, &region))
			check_laws(tally);
	}
	else if (data[0] % 6 == 2)
		run_script(data + 1, size - 1);
	else if (data[0] % 6 == 3)
	{
		SmsText		text = {(const char *) data + 1, size - 1};
		SmsDayWriter writer;

		sms_day_writer_init(&writer, &region);
		if (sms_day_parse(text, &region, &writer, &error))
			check_day(sms_day_written(&writer));
		else
			require(error.fault != SMS_TALLY_OK && error.position <= text.len);
	}
	else if (data[0] % 6 == 4)
	{
		SmsDayTally day = {data + 1, size - 1};

		if (sms_day_is_sound(day))
			read_day(day);
		if (sms_day_is_canonical(day, &region))
			check_day(day);
	}
	else
		run_day_script(data + 1, size - 1);
	while (n_blocks > 0)
		free(blocks[--n_blocks]);
	return 0;
}
