/*-------------------------------------------------------------------------
 *
 * mask_funcs.c
 *	  SQL functions that take from a value what tells a person.
 *
 * What has to stay apart though it is masked gets a tag: letters of a digest
 * that is keyed with the store's secret.  The secret is an argument, so that
 * who may call these functions cannot make a tag: a masked view reads the
 * secret with the rights of its owner.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "base/digest.h"
#include "server.h"
#include "text/mask.h"

PG_FUNCTION_INFO_V1(sms_mask_text_value);
PG_FUNCTION_INFO_V1(sms_mask_number_value);
PG_FUNCTION_INFO_V1(sms_mask_name);
PG_FUNCTION_INFO_V1(sms_mask_url);
PG_FUNCTION_INFO_V1(sms_mask_id);
PG_FUNCTION_INFO_V1(sms_mask_key);
PG_FUNCTION_INFO_V1(sms_mask_key_number);

/*
 * The tag of a value.  The account is part of it: who may ingest for one
 * account must not find, by values of his own, what another account has.
 */
static void
keyed_digest(SmsText secret, const char *kind, SmsText account, SmsText value,
			 uint8 bytes[SMS_DIGEST_SIZE])
{
	SmsDigest	digest;

	sms_digest_init(&digest);
	sms_digest_text(&digest, secret);
	sms_digest_text(&digest, sms_literal("masked"));
	sms_digest_text(&digest, sms_literal(kind));
	sms_digest_text(&digest, account);
	sms_digest_text(&digest, value);
	sms_digest_final(&digest, bytes);
}

static void
tag(SmsText secret, const char *kind, SmsText account, SmsText value, char *out, size_t n)
{
	uint8		bytes[SMS_DIGEST_SIZE];

	keyed_digest(secret, kind, account, value, bytes);
	sms_tag_letters(bytes, out, n);
}

/* mask_text(value, own) */
Datum
sms_mask_text_value(PG_FUNCTION_ARGS)
{
	SmsText		value = sms_text_argument(fcinfo, 0);
	char	   *out;

	if (value.ptr == NULL)
		PG_RETURN_NULL();
	out = palloc(value.len);
	if (!sms_mask_text(value, sms_text_argument(fcinfo, 1), out))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, value.len));
}

/* mask_number(number) */
Datum
sms_mask_number_value(PG_FUNCTION_ARGS)
{
	SmsText		number = sms_text_of(PG_GETARG_TEXT_PP(0));
	char	   *out = palloc(Max(number.len, SMS_MASK_STARS));

	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, sms_mask_number(number, out)));
}

/*
 * A value that is masked, and tagged where anything was masked, so that two
 * values do not become one.  Without a secret or an account there is no tag.
 */
static Datum
masked_and_tagged(SmsText value, SmsText own, SmsText account, SmsText secret, char mark)
{
	char	   *out = palloc(value.len + 1 + SMS_TAG_LETTERS);
	size_t		len = value.len;

	if (sms_mask_text(value, own, out) && account.ptr != NULL && secret.ptr != NULL)
	{
		out[len++] = mark;
		tag(secret, "id", account, value, out + len, SMS_TAG_LETTERS);
		len += SMS_TAG_LETTERS;
	}
	return PointerGetDatum(cstring_to_text_with_len(out, len));
}

/* mask_name(value, own, account, secret) */
Datum
sms_mask_name(PG_FUNCTION_ARGS)
{
	SmsText		value = sms_text_argument(fcinfo, 0);

	if (value.ptr == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(masked_and_tagged(value, sms_text_argument(fcinfo, 1), sms_text_argument(fcinfo, 2),
									  sms_text_argument(fcinfo, 3), '~'));
}

/* mask_url(value, own, account, secret) */
Datum
sms_mask_url(PG_FUNCTION_ARGS)
{
	SmsText		value = sms_text_argument(fcinfo, 0);
	char	   *stripped;

	if (value.ptr == NULL)
		PG_RETURN_NULL();
	stripped = palloc(value.len + 1);
	value.len = sms_strip_url(value, stripped);
	value.ptr = stripped;
	PG_RETURN_DATUM(masked_and_tagged(value, sms_text_argument(fcinfo, 1), sms_text_argument(fcinfo, 2),
									  sms_text_argument(fcinfo, 3), '#'));
}

/* mask_id(value, account, secret) */
Datum
sms_mask_id(PG_FUNCTION_ARGS)
{
	SmsText		value = sms_text_argument(fcinfo, 0);
	SmsText		account = sms_text_argument(fcinfo, 1);
	SmsText		secret = sms_text_argument(fcinfo, 2);
	char		letters[SMS_TAG_MAX_LETTERS];

	if (value.ptr == NULL || account.ptr == NULL || secret.ptr == NULL)
		PG_RETURN_NULL();
	if (value.len == 0)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	tag(secret, "id", account, value, letters, SMS_TAG_MAX_LETTERS);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(letters, SMS_TAG_MAX_LETTERS));
}

/* mask_key(key, secret): a key has the account in it already */
Datum
sms_mask_key(PG_FUNCTION_ARGS)
{
	SmsText		no_value = {NULL, 0};
	char		letters[SMS_TAG_MAX_LETTERS];

	tag(sms_text_of(PG_GETARG_TEXT_PP(1)), "key", no_value,
		sms_text_of(PG_GETARG_TEXT_PP(0)), letters, SMS_TAG_MAX_LETTERS);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(letters, SMS_TAG_MAX_LETTERS));
}

/* The same for a number, as a number */
Datum
sms_mask_key_number(PG_FUNCTION_ARGS)
{
	SmsText		no_value = {NULL, 0};
	char		key[32];
	uint8		bytes[SMS_DIGEST_SIZE];
	int64		result;

	snprintf(key, sizeof(key), INT64_FORMAT, PG_GETARG_INT64(0));
	keyed_digest(sms_text_of(PG_GETARG_TEXT_PP(1)), "key", no_value, sms_literal(key), bytes);
	memcpy(&result, bytes, sizeof(result));
	PG_RETURN_INT64((int64) pg_ntoh64((uint64) result));
}
