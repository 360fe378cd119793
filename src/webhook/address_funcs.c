/*-------------------------------------------------------------------------
 *
 * address_funcs.c
 *	  is_provider_address(): where webhooks of a provider come from.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"
#include "compat.h"

#include <sys/socket.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/inet.h"

#include "server.h"
#include "webhook/webhook.h"

PG_FUNCTION_INFO_V1(sms_is_provider_address);

/* The provider that an argument names. */
const SmsSpec *
sms_spec_argument(FunctionCallInfo fcinfo, int n)
{
	SmsText		name = sms_text_argument(fcinfo, n);
	const SmsSpec *spec = sms_spec_of(sms_provider_by_name(name));

	if (spec == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown provider \"%s\"",
						pnstrdup(name.ptr, pg_mbcliplen(name.ptr, name.len, 64)))));
	return spec;
}

/*
 * is_provider_address(provider, address): NULL where no list is published.
 * Servers that listen on IPv6 see IPv4 callers as ::ffff:a.b.c.d.
 */
Datum
sms_is_provider_address(PG_FUNCTION_ARGS)
{
	static const uint8 mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
	const SmsAddresses *addresses = sms_spec_argument(fcinfo, 0)->addresses;
	inet	   *address = PG_GETARG_INET_PP(1);
	const uint8 *bytes = ip_addr(address);
	uint32		ip;

	if (addresses == NULL)
		PG_RETURN_NULL();
	if (ip_bits(address) != ip_maxbits(address))
		PG_RETURN_BOOL(false);
	if (ip_family(address) == PGSQL_AF_INET6)
	{
		if (memcmp(bytes, mapped, sizeof(mapped)) != 0)
			PG_RETURN_BOOL(false);
		bytes += sizeof(mapped);
	}
	ip = SMS_ADDRESS(bytes[0], bytes[1], bytes[2], bytes[3]);
	for (int i = 0; i < addresses->n; i++)
	{
		if (addresses->list[i] == ip)
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}
