/*-------------------------------------------------------------------------
 *
 * tally_core_bench.c
 *	  The figures behind the layout of tally: chunk size, bytes per event,
 *	  and time per entry of adding up, against an array of counters.
 *
 *	  cc -O2 -Isrc test/bench/tally_core_bench.c src/tally/tally_{core,sum,bits}.c -o bench -lm && ./bench
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tally/tally.h"

/* 5 million people, 333,000 clicks a day */
#define PEOPLE 5000000
#define EVENTS_A_DAY 333000
/* what a row costs beside its tally: header, item, other columns, index */
#define ROW_OVERHEAD 60
#define VARLENA_HEADER 4

static uint64_t seed = 20240229;

static uint64_t
next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * UINT64_C(2685821657736338717);
}

static double
next_unit(void)
{
	return (next_random() >> 11) * 0x1p-53;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void *
take(void *owner, size_t size)
{
	(void) owner;
	return malloc(size);
}

static SmsRegion region = {take, NULL};

/*
 * A person drawn with skew: one in a hundred makes a fifth of the events
 * (a cube of a uniform number), scattered over the chunk.
 */
static uint32_t
draw_person(void)
{
	double		u = next_unit();

	return (uint32_t) (SMS_CHUNK_SIZE * u * u * u) * 40503u % SMS_CHUNK_SIZE;
}

/* Bytes per event of one level, cells of `events` per 65,536 people. */
static double
bytes_per_event(double events, int bits)
{
	static uint8_t out[SMS_TALLY_MAX_SIZE];
	int			parts = SMS_CHUNK_SIZE >> bits;
	int			rounds = 1 + (int) (200000 / events);
	double		bytes = 0,
				total = 0;
	SmsSum		sum;

	sms_sum_init(&sum, &region);
	for (int i = 0; i < rounds; i++)
	{
		sms_sum_reset(&sum);
		for (int j = 0; j < events; j++, total++)
			sms_sum_add_one(&sum, draw_person(), 1);
		for (int part = 0; part < parts; part++)
		{
			uint32_t	first = SMS_CHUNK_WORDS / parts * part;
			uint32_t	end = first + SMS_CHUNK_WORDS / parts;

			while (first < end)
			{
				uint32_t	stop = end;
				size_t		size = sms_sum_write(&sum, first, end, out);

				if (size > SMS_TALLY_MAX_STORED - VARLENA_HEADER)
					stop = sms_sum_split(&sum, first, SMS_TALLY_MAX_STORED -
										 VARLENA_HEADER, out, &size);
				if (size > SMS_TALLY_HEADER)
					bytes += VARLENA_HEADER + size + ROW_OVERHEAD;
				first = stop;
			}
		}
	}
	return bytes / total;
}

/* The rival: one counter a person. */
static void
add_to_counters(SmsTally tally, uint32_t *counters)
{
	static uint32_t nibble[16][4];
	size_t		position = SMS_TALLY_HEADER;
	SmsPlane	plane;

	if (nibble[1][0] == 0)
		for (int i = 0; i < 16; i++)
			for (int j = 0; j < 4; j++)
				nibble[i][j] = i >> j & 1;
	while (sms_tally_plane(tally, &position, &plane))
	{
		const uint8_t *ptr = plane.ptr;
		uint16_t	at = UINT16_MAX;

		if (plane.bitmap)
		{
			uint32_t   *counter = counters + plane.word * 64;

			for (; ptr < plane.end; ptr++, counter += 8)
				for (int j = 0; j < 4; j++)
				{
					counter[j] += nibble[*ptr & 15][j] << plane.bit;
					counter[j + 4] += nibble[*ptr >> 4][j] << plane.bit;
				}
		}
		while (!plane.bitmap && ptr < plane.end)
		{
			uint32_t	skip = *ptr++;

			if (skip == 255)
			{
				skip = ptr[0] | ptr[1] << 8;
				ptr += 2;
			}
			else if (skip >= 192)
				skip = 192 + (skip - 192) * 256 + *ptr++;
			at += 1 + skip;
			counters[at] += UINT32_C(1) << plane.bit;
		}
	}
}

static void
time_adding(uint32_t people, double mean_extra)
{
	static uint32_t counters[SMS_CHUNK_SIZE];
	static uint8_t out[16][SMS_TALLY_MAX_SIZE];
	SmsTally	tally[16];
	SmsSum		sum;
	SmsBits		bits[SMS_CHUNK_WORDS];
	double		entries = 0,
				bytes = 0,
				start,
				planes = INFINITY,
				array = INFINITY,
				compare = INFINITY,
				scan = INFINITY;
	uint32_t	found = 0,
				found_array = 0;

	sms_sum_init(&sum, &region);
	for (int i = 0; i < 16; i++)
	{
		uint32_t	left = people;

		sms_sum_reset(&sum);
		for (uint32_t at = 0; at < SMS_CHUNK_SIZE; at++)
		{
			uint32_t	count = 1;

			if (next_random() % (SMS_CHUNK_SIZE - at) >= left)
				continue;
			left--;
			if (mean_extra > 0)
				count += -log(1 - next_unit()) * mean_extra;
			sms_sum_add_one(&sum, at, count);
			entries++;
		}
		tally[i].data = out[i];
		tally[i].size = sms_sum_write(&sum, 0, SMS_CHUNK_WORDS, out[i]);
		bytes += tally[i].size;
	}
	for (int round = 0; round < 40; round++)
	{
		start = now();
		sms_sum_reset(&sum);
		for (int i = 0; i < 16; i++)
			sms_sum_add(&sum, tally[i]);
		planes = fmin(planes, now() - start);
		start = now();
		sms_sum_compare(&sum, SMS_GE, 3, bits);
		found = sms_bits_count(bits, 0, SMS_CHUNK_WORDS);
		compare = fmin(compare, now() - start);

		start = now();
		memset(counters, 0, sizeof(counters));
		for (int i = 0; i < 16; i++)
			add_to_counters(tally[i], counters);
		array = fmin(array, now() - start);
		start = now();
		found_array = 0;
		for (int i = 0; i < SMS_CHUNK_SIZE; i++)
			found_array += counters[i] >= 3;
		scan = fmin(scan, now() - start);
	}
	printf("%8u %6.1f %9.2f %10.2f %10.2f %9.1f %9.1f %8.1f %8.1f%s\n",
		   people, 1 + mean_extra, bytes / entries,
		   planes / entries, array / entries, planes / 1e3, array / 1e3,
		   compare / 1e3, scan / 1e3, found == found_array ? "" : "  DIFFER");
}

int
main(void)
{
	static const struct
	{
		const char *name;
		double		days;
	}			level[] = {{"quarter", 1.0 / 96}, {"hour", 1.0 / 24}, {"day", 1}, {"week", 7}};
	static const uint32_t density[] = {1, 10, 45, 180, 255, 256, 1000, 4400, 8000, 16000, 32000, 65536};

	printf("bytes per event, rows of %d bytes and more, 16 and 13 bits\n", ROW_OVERHEAD);
	for (int i = 0; i < 4; i++)
	{
		double		events = (double) EVENTS_A_DAY * level[i].days * SMS_CHUNK_SIZE / PEOPLE;

		printf("%-8s %8.0f events a chunk %8.2f %8.2f\n", level[i].name, events,
			   bytes_per_event(events, 16), bytes_per_event(events, 13));
	}
	printf("\n16 tallies added up: ns an entry, us in all; count >= 3: us\n"
		   "  people  count   bytes/e  planes/e    array/e planes us  array us  compare     scan\n");
	for (size_t i = 0; i < sizeof(density) / sizeof(density[0]); i++)
		time_adding(density[i], 0);
	for (size_t i = 2; i < sizeof(density) / sizeof(density[0]); i += 2)
		time_adding(density[i], 0.7);
	time_adding(32000, 10);
	return 0;
}
