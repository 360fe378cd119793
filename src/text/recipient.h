/*-------------------------------------------------------------------------
 *
 * recipient.h
 *	  The one form of a phone number under which people are found again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_RECIPIENT_H
#define SMS_RECIPIENT_H

#include "core.h"
#include "text/numbering.h"

/* Digits of an international number: E.164's limit, and more than any code */
#define SMS_PHONE_MIN_DIGITS 7
#define SMS_PHONE_MAX_DIGITS 15

/* By so many last digits a number is looked for in whatever spelling */
#define SMS_TAIL_DIGITS 6

/* Longer than any way in which a number is written */
#define SMS_SPELLING_MAX 128

/* Bytes that the normal form of a text may take: an old number grows */
#define SMS_RECIPIENT_ROOM(len) ((len) + 8)

extern SmsText sms_trim_ascii(SmsText text);
extern size_t sms_normalize_for(SmsText in, const SmsNumberingPlan *home, char *out);
extern size_t sms_normalize_recipient(SmsText in, char *out);
extern bool sms_recipient_is_phone(SmsText normalized);
extern size_t sms_tail_of_number(SmsText recipient, char *out);
extern bool sms_number_may_mean(SmsText spelling, SmsText number, const SmsNumberingPlan *home);
extern bool sms_same_sender(SmsText a, SmsText b);

#endif							/* SMS_RECIPIENT_H */
