/*-------------------------------------------------------------------------
 *
 * provider.h
 *	  The providers by number and by name, how they sign and where they call
 *	  from.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_PROVIDER_H
#define SMS_PROVIDER_H

#include "core.h"

typedef enum SmsProvider
{
	SMS_PROVIDER_NONE = 0,
#define PROVIDER(number_, NAME_, file_) SMS_PROVIDER_##NAME_ = number_,
#include "provider/providers.def"
	SMS_N_PROVIDERS
} SmsProvider;

/* What a signature covers. */
typedef enum SmsSigned
{
	SMS_SIGNED_BODY,
	/* timestamp, nonce and username beside the signature in one header */
	SMS_SIGNED_HEADER_MEMBERS,
	/* the URL, then name and value of each field in order of the names */
	SMS_SIGNED_URL_AND_FIELDS
} SmsSigned;

#define SMS_WRITTEN_IN_HEX 1
#define SMS_WRITTEN_IN_BASE64 2

/* How a provider signs its requests: an HMAC in a header. */
typedef struct SmsSigning
{
	SmsSigned	covers;
	bool		sha1;			/* else SHA-256 */
	int			written;		/* SMS_WRITTEN_..., one or both */
	/* of these headers the first that is there, up to NULL */
	const char *headers[4];
	/* what may stand before the signature, in this order, up to NULL */
	const char *prefixes[3];
	/* the header is not published, and the caller may name it */
	bool		may_be_named;
} SmsSigning;

/* IPv4 addresses, as numbers */
typedef struct SmsAddresses
{
	const uint32_t *list;
	int			n;
} SmsAddresses;

#define SMS_ADDRESS(a_, b_, c_, d_) \
	((uint32_t) (a_) << 24 | (uint32_t) (b_) << 16 | (uint32_t) (c_) << 8 | (uint32_t) (d_))

/* registry.c */
extern const char *sms_provider_name(SmsProvider provider);
extern SmsProvider sms_provider_by_name(SmsText name);

#endif							/* SMS_PROVIDER_H */
