/*-------------------------------------------------------------------------
 *
 * signature_funcs.c
 *	  verify_signature() and is_provider_address().
 *
 * A secret, a signature or a body never appears in a message.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include <sys/socket.h>

#include "common/base64.h"
#include "common/hmac.h"
#include "common/sha1.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/inet.h"
#include "utils/jsonb.h"

#include "ascii.h"
#include "server.h"
#include "taxonomy/taxonomy.h"
#include "webhook/signature.h"

PG_FUNCTION_INFO_V1(sms_verify_signature);
PG_FUNCTION_INFO_V1(sms_is_provider_address);

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
 * Where Infobip sends its notifications from, as its guide for Salesforce
 * Marketing Cloud lists them.  The guide's page runs the addresses together;
 * 71 come out, and each begins with 20 or 52: the other readings of twelve of
 * the joints (9252 as 9 and 252) break the order in which the list stands.
 */
#define IP(a, b, c, d) \
	((uint32) (a) << 24 | (uint32) (b) << 16 | (uint32) (c) << 8 | (uint32) (d))

static const uint32 infobip_addresses[] = {
	IP(20, 4, 153, 241), IP(20, 4, 153, 250), IP(20, 4, 153, 255),
	IP(20, 4, 154, 22), IP(20, 4, 154, 41), IP(20, 4, 154, 46),
	IP(20, 4, 154, 52), IP(20, 4, 154, 140), IP(20, 4, 154, 181),
	IP(20, 4, 154, 190), IP(20, 4, 154, 203), IP(20, 4, 154, 227),
	IP(20, 4, 155, 19), IP(20, 4, 155, 122), IP(20, 4, 155, 124),
	IP(20, 4, 155, 133), IP(20, 4, 155, 138), IP(20, 4, 155, 182),
	IP(20, 4, 155, 193), IP(20, 4, 156, 16), IP(20, 4, 156, 74),
	IP(20, 4, 156, 185), IP(20, 4, 156, 228), IP(20, 4, 157, 53),
	IP(20, 4, 157, 109), IP(20, 4, 157, 128), IP(20, 4, 157, 185),
	IP(20, 4, 157, 217), IP(20, 4, 158, 126), IP(20, 23, 32, 13),
	IP(20, 23, 33, 9), IP(20, 23, 33, 11), IP(20, 23, 33, 133),
	IP(20, 23, 34, 16), IP(20, 23, 34, 43), IP(20, 23, 34, 108),
	IP(20, 23, 35, 21), IP(20, 23, 35, 230), IP(20, 23, 38, 27),
	IP(20, 23, 38, 31), IP(20, 23, 38, 58), IP(20, 23, 163, 147),
	IP(20, 31, 80, 17), IP(20, 31, 80, 45), IP(20, 31, 80, 114),
	IP(20, 31, 81, 173), IP(20, 50, 2, 92), IP(20, 126, 166, 55),
	IP(20, 126, 166, 74), IP(20, 126, 166, 90), IP(20, 126, 167, 39),
	IP(20, 126, 167, 113), IP(20, 126, 167, 168), IP(52, 137, 60, 189),
	IP(52, 137, 60, 234), IP(52, 137, 61, 87), IP(52, 137, 63, 63),
	IP(52, 137, 63, 144), IP(52, 137, 63, 216), IP(52, 157, 237, 214),
	IP(52, 157, 238, 0), IP(52, 157, 238, 38), IP(52, 157, 238, 66),
	IP(52, 157, 238, 110), IP(52, 157, 238, 137), IP(52, 157, 238, 226),
	IP(52, 157, 239, 126), IP(52, 157, 239, 149), IP(52, 157, 239, 242),
	IP(52, 236, 144, 49), IP(52, 236, 144, 93)
};

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

static SmsText
find_header_named(Jsonb *headers, const char *name)
{
	return find_header(headers, sms_literal(name));
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

static bool
verify_ens(const Request *r)
{
	SmsText		given = find_header_named(r->headers, "x-sfmc-ens-signature");
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	size_t		len = compute_hmac(PG_SHA256, r->secret, &r->body, 1, digest);

	return same_base64(given, digest, len);
}

/*
 * Infobip does not publish the header of its HMAC, so that the caller may
 * name it; else the usual ones are looked at.
 */
static bool
verify_infobip(const Request *r)
{
	SmsText		given;
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	size_t		len = compute_hmac(PG_SHA256, r->secret, &r->body, 1, digest);

	if (r->header_name.ptr != NULL)
		given = find_header(r->headers, r->header_name);
	else
	{
		given = find_header_named(r->headers, "x-hub-signature");
		if (given.ptr == NULL)
			given = find_header_named(r->headers, "x-ib-signature");
		if (given.ptr == NULL)
			given = find_header_named(r->headers, "authorization");
	}
	if (given.ptr == NULL)
		return false;
	given = skip_prefix(skip_prefix(given, "HMAC "), "sha256=");
	return same_hex(given, digest, len) || same_base64(given, digest, len);
}

static bool
verify_engagelab(const Request *r)
{
	SmsText		header = find_header_named(r->headers, "x-callback-id");
	SmsCallbackId id;
	SmsText		texts[3];
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	size_t		len;

	if (header.ptr == NULL || !sms_read_callback_id(header, &id))
		return false;
	texts[0] = id.timestamp;
	texts[1] = id.nonce;
	texts[2] = id.username;
	len = compute_hmac(PG_SHA256, r->secret, texts, 3, digest);
	return same_hex(id.signature, digest, len);
}

static bool
verify_intercom(const Request *r)
{
	SmsText		given = find_header_named(r->headers, "x-hub-signature");
	uint8		digest[SHA1_DIGEST_LENGTH];
	size_t		len = compute_hmac(PG_SHA1, r->secret, &r->body, 1, digest);

	return same_hex(skip_prefix(given, "sha1="), digest, len);
}

static bool
verify_twilio(const Request *r)
{
	SmsText		given = find_header_named(r->headers, "x-twilio-signature");
	SmsRegion	region = sms_region_in(CurrentMemoryContext);
	SmsText		text;
	uint8		digest[SHA1_DIGEST_LENGTH];
	size_t		len;

	if (r->url.ptr == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the signature of provider \"twilio\" needs the URL that was called"),
				 errhint("Give it as argument \"url\", as it is set at the provider.")));
	if (!sms_twilio_signed_text(r->url, r->body, &region, &text))
		return false;
	len = compute_hmac(PG_SHA1, r->secret, &text, 1, digest);
	return same_base64(given, digest, len);
}

static SmsProvider
provider_arg(FunctionCallInfo fcinfo, int n)
{
	SmsText		name = sms_text_argument(fcinfo, n);
	SmsProvider provider = sms_provider_by_name(name);

	if (provider == SMS_PROVIDER_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown provider \"%s\"",
						pnstrdup(name.ptr, pg_mbcliplen(name.ptr, name.len, 64)))));
	return provider;
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
	SmsProvider provider;
	Request		r;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	provider = provider_arg(fcinfo, 0);
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

	switch (provider)
	{
		case SMS_PROVIDER_ENS:
			PG_RETURN_BOOL(verify_ens(&r));
		case SMS_PROVIDER_INFOBIP:
			PG_RETURN_BOOL(verify_infobip(&r));
		case SMS_PROVIDER_ENGAGELAB:
			PG_RETURN_BOOL(verify_engagelab(&r));
		case SMS_PROVIDER_INTERCOM:
			PG_RETURN_BOOL(verify_intercom(&r));
		case SMS_PROVIDER_TWILIO:
			PG_RETURN_BOOL(verify_twilio(&r));
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("provider \"%s\" has no signature that can be verified here",
							sms_provider_name(provider)),
					 errhint("Signatures are known of salesforce_ens, infobip, engagelab, intercom and twilio.")));
	}
	PG_RETURN_BOOL(false);
}

/*
 * is_provider_address(provider, address): NULL where no list is published.
 * Servers that listen on IPv6 see IPv4 callers as ::ffff:a.b.c.d.
 */
Datum
sms_is_provider_address(PG_FUNCTION_ARGS)
{
	static const uint8 mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
	SmsProvider provider = provider_arg(fcinfo, 0);
	inet	   *address = PG_GETARG_INET_PP(1);
	const uint8 *bytes = ip_addr(address);
	uint32		ip;

	if (provider != SMS_PROVIDER_INFOBIP)
		PG_RETURN_NULL();
	if (ip_bits(address) != ip_maxbits(address))
		PG_RETURN_BOOL(false);
	if (ip_family(address) == PGSQL_AF_INET6)
	{
		if (memcmp(bytes, mapped, sizeof(mapped)) != 0)
			PG_RETURN_BOOL(false);
		bytes += sizeof(mapped);
	}
	ip = IP(bytes[0], bytes[1], bytes[2], bytes[3]);
	for (int i = 0; i < lengthof(infobip_addresses); i++)
	{
		if (infobip_addresses[i] == ip)
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}
