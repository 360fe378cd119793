/*-------------------------------------------------------------------------
 *
 * utf8.h
 *	  One character off a text in UTF-8.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_UTF8_H
#define SMS_UTF8_H

#include "core.h"

#define SMS_UTF8_INVALID 0xFFFD

/*
 * The character at *pos, which is moved behind it.  A byte that begins no
 * character is taken by itself, as SMS_UTF8_INVALID.
 */
static inline uint32_t
sms_utf8_next(SmsText text, size_t *pos)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *) text.ptr + *pos;
	size_t		left = text.len - *pos;
	size_t		len;
	uint32_t	c;

	if (p[0] < 0x80)
	{
		*pos += 1;
		return p[0];
	}
	if ((p[0] & 0xE0) == 0xC0)
	{
		len = 2;
		c = p[0] & 0x1F;
	}
	else if ((p[0] & 0xF0) == 0xE0)
	{
		len = 3;
		c = p[0] & 0x0F;
	}
	else if ((p[0] & 0xF8) == 0xF0)
	{
		len = 4;
		c = p[0] & 0x07;
	}
	else
		goto invalid;
	if (left < len)
		goto invalid;
	for (size_t i = 1; i < len; i++)
	{
		if ((p[i] & 0xC0) != 0x80)
			goto invalid;
		c = (c << 6) | (p[i] & 0x3F);
	}
	if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		goto invalid;
	*pos += len;
	return c;

invalid:
	*pos += 1;
	return SMS_UTF8_INVALID;
}

#endif							/* SMS_UTF8_H */
