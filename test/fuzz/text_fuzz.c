/*-------------------------------------------------------------------------
 *
 * text_fuzz.c
 *	  libFuzzer entry for the cores of src/text and for signed texts.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "webhook/signature.h"
#include "text/country.h"
#include "text/keyword.h"
#include "text/mask.h"
#include "text/parts.h"
#include "text/recipient.h"
#include "text/utf8.h"

#define CHECK(x) do { if (!(x)) abort(); } while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every allocation of one run, to be freed behind it */
typedef struct Chunk
{
	struct Chunk *next;
} Chunk;

static void *
take(void *owner, size_t size)
{
	Chunk	   *chunk = malloc(sizeof(Chunk) + size);

	CHECK(chunk != NULL);
	chunk->next = *(Chunk **) owner;
	*(Chunk **) owner = chunk;
	return chunk + 1;
}

/* A copy of exactly its size, so that a read behind it is seen */
static SmsText
copy(SmsText in, size_t extra, SmsRegion *region)
{
	char	   *p = sms_region_alloc(region, in.len + extra);
	SmsText		out = {p, in.len};

	if (in.len > 0)
		memcpy(p, in.ptr, in.len);
	return out;
}

static bool
same(SmsText a, SmsText b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void
check_recipient(SmsText in, SmsRegion *region)
{
	SmsText		once = {sms_region_alloc(region, SMS_RECIPIENT_ROOM(in.len)), 0};
	SmsText		twice;
	SmsPlace	place;
	bool		phone;

	once.len = sms_normalize_recipient(in, (char *) once.ptr);
	CHECK(once.len <= SMS_RECIPIENT_ROOM(in.len));
	once = copy(once, 0, region);
	twice.ptr = sms_region_alloc(region, SMS_RECIPIENT_ROOM(once.len));
	twice.len = sms_normalize_recipient(once, (char *) twice.ptr);
	CHECK(same(once, twice));

	phone = sms_recipient_is_phone(once);
	if (!phone)
		CHECK(same(once, sms_trim_ascii(in)));
	CHECK(sms_same_sender(once, twice));
	if (sms_place_of(once, &place))
	{
		CHECK(phone);
		CHECK(place.calling_code.len >= 1 && place.calling_code.len <= 3);
		CHECK(place.country == NULL || strlen(place.country) == 2);
		CHECK(place.country == NULL || place.zones != NULL);
	}
}

static void
check_parts(SmsText in)
{
	SmsParts	few = sms_count_parts(in, SMS_REFERENCE_8_BITS);
	SmsParts	many = sms_count_parts(in, SMS_REFERENCE_16_BITS);
	int			single = few.ucs2 ? 70 : 160;
	int			joined = few.ucs2 ? 67 : 153;

	CHECK(few.units == many.units && few.ucs2 == many.ucs2);
	CHECK(few.parts <= many.parts);
	CHECK((few.parts == 0) == (in.len == 0));
	CHECK((few.parts == 1) == (few.units > 0 && few.units <= single));
	if (few.parts > 1)
	{
		/* a part loses a unit at most */
		CHECK(few.parts * joined >= few.units);
		CHECK((few.parts - 1) * (joined - 1) < few.units);
	}
}

static void
check_keyword(SmsText in, bool loose, SmsRegion *region)
{
	SmsLanguages languages = sms_literal("fr es ");
	SmsText		once = sms_fold_keyword(in, region);
	SmsText		twice;
	SmsKeywordMatch match;

	once = copy(once, 0, region);
	twice = sms_fold_keyword(once, region);
	CHECK(same(once, twice));
	match = sms_match_keyword(once, loose, languages);
	CHECK((match.action == SMS_KEYWORD_NONE) == (sms_keyword_action_name(match.action) == NULL));
	/* what is a keyword by itself is one beside other words */
	if (!loose && match.action != SMS_KEYWORD_NONE)
		CHECK(sms_match_keyword(once, true, languages).action == match.action);
	CHECK(sms_first_word(once).len <= once.len);
}

/* Whatever went in, no number comes out, and nothing is left to be masked. */
static void
check_mask(SmsText in, SmsRegion *region)
{
	SmsText		own = {in.ptr, in.len / 2};
	SmsText		once = copy(in, 0, region);
	SmsText		twice;
	SmsText		url = {sms_region_alloc(region, in.len + 1), 0};
	SmsText		number = {sms_region_alloc(region, in.len < SMS_MASK_STARS ? SMS_MASK_STARS : in.len), 0};
	int			digits = 0;
	int			stars = 0;
	int			n = 0;

	if (!sms_mask_text(in, own, (char *) once.ptr))
		CHECK(in.len == 0 || same(in, once));
	twice = copy(once, 0, region);
	CHECK(!sms_mask_text(once, own, (char *) twice.ptr));
	for (size_t i = 0; i < once.len; i++)
	{
		unsigned char c = (unsigned char) once.ptr[i];

		if (c >= '0' && c <= '9')
			CHECK(++n < 7);
		else if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			n = 0;
	}

	url.len = sms_strip_url(in, (char *) url.ptr);
	CHECK(url.len <= in.len + 1);
	CHECK(url.len == 0 || (memchr(url.ptr, '?', url.len) == NULL && memchr(url.ptr, '#', url.len) == NULL));

	number.len = sms_mask_number(in, (char *) number.ptr);
	for (size_t i = 0; i < number.len; i++)
	{
		digits += number.ptr[i] >= '0' && number.ptr[i] <= '9';
		stars += number.ptr[i] == '*';
	}
	CHECK(digits + stars < 7 || (digits <= 4 && stars >= 7));
}

static void
check_signature(SmsText in, SmsRegion *region)
{
	SmsText		url = {"https://example.com/", 20};
	SmsText		text;
	SmsCallbackId id;
	uint8_t		bytes[32];

	if (sms_twilio_signed_text(url, in, region, &text))
	{
		CHECK(text.len <= url.len + in.len);
		CHECK(memcmp(text.ptr, url.ptr, url.len) == 0);
	}
	if (sms_read_callback_id(in, &id))
		CHECK(id.signature.ptr + id.signature.len <= in.ptr + in.len);
	if (sms_decode_hex(in, bytes, sizeof(bytes)))
		CHECK(in.len == 64 && sms_same_bytes(bytes, bytes, sizeof(bytes)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Chunk	   *chunks = NULL;
	SmsRegion	region = {take, &chunks};
	SmsText		raw = {(const char *) data, size};
	SmsText		in = copy(raw, 0, &region);

	check_recipient(in, &region);
	check_parts(in);
	check_keyword(in, false, &region);
	check_keyword(in, true, &region);
	check_signature(in, &region);
	check_mask(in, &region);

	while (chunks != NULL)
	{
		Chunk	   *next = chunks->next;

		free(chunks);
		chunks = next;
	}
	return 0;
}
