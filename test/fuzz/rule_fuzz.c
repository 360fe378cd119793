/*-------------------------------------------------------------------------
 *
 * rule_fuzz.c
 *	  libFuzzer entry for the segment rule parser and printer.
 *
 * A text that parses has a canonical form that parses again and is its own
 * canonical form; an error says where, what and why, inside the text.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "rule/rule.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Block
{
	struct Block *next;
	max_align_t bytes[];
} Block;

static Block *blocks;

static void *
alloc_block(void *owner, size_t size)
{
	Block	   *block = malloc(sizeof(Block) + size);

	(void) owner;
	if (block == NULL)
		abort();
	block->next = blocks;
	blocks = block;
	return block->bytes;
}

static void
free_blocks(void)
{
	while (blocks != NULL)
	{
		Block	   *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

static void
check(bool condition)
{
	if (!condition)
		abort();
}

static void
check_error(SmsText text, const SmsRuleError *error)
{
	check(error->position >= 1 && error->position <= text.len + 1);
	check(error->start + error->len <= text.len);
	check(error->read[0] != '\0' && error->expected[0] != '\0');
	check(memchr(error->hint, '\0', sizeof(error->hint)) != NULL);
}

static void
check_parts(const SmsRule *rule, SmsRegion *region)
{
	int			i;

	for (i = 0; i < rule->n_conditions; i++)
	{
		const SmsCondition *condition = rule->conditions[i];
		SmsText		text = sms_condition_text(condition, region);
		SmsText		again;
		SmsRuleError error;

		check(condition->no == i + 1);
		check(sms_rule_canonical(text, region, &again, &error));
		check(again.len == text.len && memcmp(again.ptr, text.ptr, text.len) == 0);
		sms_filters_text(&condition->event, region);
		sms_window_text(&condition->window, region);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SmsRegion	region = {alloc_block, NULL};
	SmsText		text;
	SmsText		canonical;
	SmsText		again;
	SmsRuleError error;
	char	   *copy = malloc(size);	/* exact size, so that overruns show */

	memcpy(copy, data, size);
	text.ptr = copy;
	text.len = size;
	if (!sms_rule_canonical(text, &region, &canonical, &error))
	{
		/* a canonical form that is too long is told about its own text */
		if (error.kind != SMS_RULE_LIMIT)
			check_error(text, &error);
	}
	else
	{
		check(sms_rule_canonical(canonical, &region, &again, &error));
		check(again.len == canonical.len &&
			  memcmp(again.ptr, canonical.ptr, again.len) == 0);
		check_parts(sms_rule_parse(canonical, &region, &error), &region);
	}
	free_blocks();
	free(copy);
	return 0;
}
