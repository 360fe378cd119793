/*-------------------------------------------------------------------------
 *
 * tally_fuzz.c
 *	  Feeds the core of tally with hostile text and bytes, and checks the
 *	  laws on what it accepts.
 *
 *	  The first byte chooses: text, bytes, or a script of additions.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "tally/tally.h"

#define MAX_BLOCKS 256

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

/* The six comparisons with a constant, against the counts themselves. */
static void
check_comparisons(const SmsSum *sum, uint32_t largest)
{
	const uint32_t constants[] = {0, 1, 3, largest / 2, largest, largest + 1};
	SmsBits		found[SMS_CHUNK_WORDS];

	for (int i = 0; i < 6; i++)
	{
		uint32_t	c = constants[i];

		for (int op = SMS_LT; op <= SMS_GT; op++)
		{
			sms_sum_compare(sum, op, c, found);
			for (uint32_t at = 0; at < SMS_CHUNK_SIZE; at += 61)
			{
				uint32_t	n = sms_sum_count_of(sum, at);
				bool		holds = op == SMS_LT ? n < c : op == SMS_LE ? n <= c :
					op == SMS_EQ ? n == c : op == SMS_NE ? n != c :
					op == SMS_GE ? n >= c : n > c;

				require(holds == (found[at / 64] >> at % 64 & 1));
			}
		}
	}
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
	check_comparisons(&sum, largest);
	check_parts(&sum, tally);

	/* everybody once more */
	if (largest < SMS_TALLY_MAX_COUNT)
	{
		require(sms_sum_add_bits(&sum, people));
		require(sms_tally_total(write_sum(&sum)) == total + n);
	}
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

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SmsTallyError error;
	SmsSum		sum;

	if (size == 0)
		return 0;
	if (data[0] % 3 == 0)
	{
		SmsText		text = {(const char *) data + 1, size - 1};

		sms_sum_init(&sum, &region);
		if (sms_tally_parse(text, &sum, &error))
			check_laws(write_sum(&sum));
		else
			require(error.fault != SMS_TALLY_OK && error.position <= text.len);
	}
	else if (data[0] % 3 == 1)
	{
		SmsTally	tally = {data + 1, size - 1};

		if (sms_tally_is_sound(tally))
			read_all(tally);
		if (sms_tally_is_canonical(tally, &region))
			check_laws(tally);
	}
	else
		run_script(data + 1, size - 1);
	while (n_blocks > 0)
		free(blocks[--n_blocks]);
	return 0;
}
