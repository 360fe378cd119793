/*-------------------------------------------------------------------------
 *
 * ascii.h
 *	  Letters, digits and blanks of ASCII, whatever the locale: any other byte
 *	  is none of them and has no other case.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_ASCII_H
#define SMS_ASCII_H

#include "core.h"

static inline bool
sms_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
sms_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool
sms_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || sms_is_upper(c);
}

/* A blank, a tab or what ends a line */
static inline bool
sms_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char
sms_lower(char c)
{
	return sms_is_upper(c) ? (char) (c | 0x20) : c;
}

/* The value of a hexadecimal digit of either case, or -1. */
static inline int
sms_hex_digit(char c)
{
	if (sms_is_digit(c))
		return c - '0';
	c = sms_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Equal without regard to ASCII case; "no value" is the same as nothing. */
static inline bool
sms_text_same_any_case(SmsText a, SmsText b)
{
	size_t		i;

	if (a.ptr == NULL || b.ptr == NULL || a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if (sms_lower(a.ptr[i]) != sms_lower(b.ptr[i]))
			return false;
	return true;
}

/* The same of a literal, which is not measured first. */
static inline bool
sms_text_is_any_case(SmsText text, const char *literal)
{
	size_t		i;

	if (text.ptr == NULL || literal == NULL)
		return false;
	for (i = 0; i < text.len; i++)
		if (literal[i] == '\0' || sms_lower(text.ptr[i]) != sms_lower(literal[i]))
			return false;
	return literal[i] == '\0';
}

#endif							/* SMS_ASCII_H */
