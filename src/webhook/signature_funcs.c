/*-------------------------------------------------------------------------
 *
 * signature_funcs.c
 *	  verify_signature().
 *
 * A secret, a signature or a body never appears in a message.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include "common/base64.h"
#include "common/hmac.h"
#include "common/sha1.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "ascii.h"
#include "server.h"
#include "webhook/signature.h"
#include "webhook/webhook.h"

PG_FUNCTION_INFO_V1(sms_verify_signature);

/* One call of verify_signature() */
typedef struct Request
{
	SmsText		body;
	Jsonb	   *headers;
	SmsText		secret;
	SmsText		url;
	SmsText		header_name;	/* given by the caller, or no value */
} Request;

/*
 * The value of a header, without blanks around it; no value if it is missing.
 * A header that is there twice says nothing: one of them is not the
 * provider's.
 */
static SmsText
find_header(Jsonb *headers, SmsText name)
{
	SmsText		result = {NULL, 0};
	bool		found = false;
	JsonbIterator *it = JsonbIteratorInit(&headers->root);
	JsonbValue	v;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		SmsText		key = {v.val.string.val, v.val.string.len};

		if (token != WJB_KEY || !sms_text_same_any_case(key, name))
			continue;
		token = JsonbIteratorNext(&it, &v, true);
		if (found || v.type != jbvString)
			return (SmsText) {NULL, 0};
		found = true;
		result.ptr = v.val.string.val;
		result.len = v.val.string.len;
	}
	while (result.len > 0 && result.ptr[0] == ' ')
	{
		result.ptr++;
		result.len--;
	}
	while (result.len > 0 && result.ptr[result.len - 1] == ' ')
		result.len--;
	return result;
}

/* Takes off a prefix, whatever its case. */
static SmsText
skip_prefix(SmsText text, const char *prefix)
{
	SmsText		start = {text.ptr, strlen(prefix)};

	if (text.len >= start.len && sms_text_is_any_case(start, prefix))
	{
		text.ptr += start.len;
		text.len -= start.len;
	}
	return text;
}

/* The HMAC of several texts in a row; returns its length. */
static size_t
compute_hmac(pg_cryptohash_type type, SmsText key, const SmsText *texts,
			 int n, uint8 *digest)
{
	size_t		len = type == PG_SHA1 ? SHA1_DIGEST_LENGTH : PG_SHA256_DIGEST_LENGTH;
	pg_hmac_ctx *ctx = pg_hmac_create(type);
	bool		done;

	done = ctx != NULL &&
		pg_hmac_init(ctx, (const uint8 *) key.ptr, key.len) >= 0;
	for (int i = 0; i < n && done; i++)
		done = pg_hmac_update(ctx, (const uint8 *) texts[i].ptr, texts[i].len) >= 0;
	done = done && pg_hmac_final(ctx, digest, len) >= 0;
	pg_hmac_free(ctx);
	if (!done)
		elog(ERROR, "could not compute a signature");
	return len;
}

static bool
same_hex(SmsText given, const uint8 *digest, size_t len)
{
	uint8		bytes[PG_SHA256_DIGEST_LENGTH];

	return sms_decode_hex(given, bytes, len) &&
		sms_same_bytes(bytes, digest, len);
}

static bool
same_base64(SmsText given, const uint8 *digest, size_t len)
{
	uint8		bytes[PG_SHA256_DIGEST_LENGTH];

	/* (void *): the decoder's type of bytes differs between servers */
	return given.ptr != NULL &&
		pg_b64_decode(given.ptr, given.len, (void *) bytes, len) == len &&
		sms_same_bytes(bytes, digest, len);
}

/* The header that holds the signature: as the caller names it, or the usual ones. */
static SmsText
find_signature(const Request *r, const SmsSigning *signing)
{
	SmsText		given = {NULL, 0};

	if (signing->may_be_named && r->header_name.ptr != NULL)
		return find_header(r->headers, r->header_name);
	for (int i = 0; signing->headers[i] != NULL && given.ptr == NULL; i++)
		given = find_header(r->headers, sms_literal(signing->headers[i]));
	return given;
}

/*
 * The texts that are signed; *given becomes the signature itself.  Returns how
 * many they are, 0 if they cannot be made out.
 */
static int
signed_texts(const Request *r, const SmsSpec *spec, SmsText *texts, SmsText *given)
{
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsCallbackId id;

	switch (spec->signing->covers)
	{
		case SMS_SIGNED_BODY:
			texts[0] = r->body;
			return 1;
		case SMS_SIGNED_HEADER_MEMBERS:
			if (given->ptr == NULL || !sms_read_callback_id(*given, &id))
				return 0;
			texts[0] = id.timestamp;
			texts[1] = id.nonce;
			texts[2] = id.username;
			*given = id.signature;
			return 3;
		case SMS_SIGNED_URL_AND_FIELDS:
			if (r->url.ptr == NULL)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("the signature of provider \"%s\" needs the URL that was called", spec->name),
						 errhint("Give it as argument \"url\", as it is set at the provider.")));
			return sms_twilio_signed_text(r->url, r->body, &region, &texts[0]) ? 1 : 0;
	}
	return 0;
}

static bool
verify(const Request *r, const SmsSpec *spec)
{
	const SmsSigning *signing = spec->signing;
	SmsText		given = find_signature(r, signing);
	SmsText		texts[3];
	int			n = signed_texts(r, spec, texts, &given);
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	size_t		len;

	if (n == 0 || given.ptr == NULL)
		return false;
	for (int i = 0; signing->prefixes[i] != NULL; i++)
		given = skip_prefix(given, signing->prefixes[i]);
	len = compute_hmac(signing->sha1 ? PG_SHA1 : PG_SHA256, r->secret, texts, n, digest);
	return ((signing->written & SMS_WRITTEN_IN_HEX) != 0 && same_hex(given, digest, len)) ||
		((signing->written & SMS_WRITTEN_IN_BASE64) != 0 && same_base64(given, digest, len));
}

static bool
is_signed(const SmsSpec *spec)
{
	return spec->signing != NULL;
}

/*
 * verify_signature(provider, body, headers, secret, url, header_name)
 *
 * What is missing cannot be verified: any NULL but the last two is false.
 * So is an empty secret, with which anybody could sign.
 */
Datum
sms_verify_signature(PG_FUNCTION_ARGS)
{
	const SmsSpec *spec;
	char		names[SMS_PROVIDER_LIST];
	Request		r;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	spec = sms_spec_argument(fcinfo, 0);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_BOOL(false);

	memset(&r, 0, sizeof(r));
	r.body = sms_text_of(PG_GETARG_BYTEA_PP(1));
	r.headers = PG_GETARG_JSONB_P(2);
	r.secret = sms_text_of(PG_GETARG_TEXT_PP(3));
	r.url = sms_text_argument(fcinfo, 4);
	r.header_name = sms_text_argument(fcinfo, 5);

	if (!JB_ROOT_IS_OBJECT(r.headers))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("headers must be a JSON object of names and values")));
	if (r.secret.len == 0)
		PG_RETURN_BOOL(false);

	if (!is_signed(spec))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("provider \"%s\" has no signature that can be verified here", spec->name),
				 errhint("Signatures are known of %s.", sms_provider_list(is_signed, names))));
	PG_RETURN_BOOL(verify(&r, spec));
}
