/*-------------------------------------------------------------------------
 *
 * infobip_codes.c
 *	  Status ids of Infobip's delivery reports (SMS, MMS, chat).
 *
 * Key is group and id: 87 is in group EXPIRED (charged) and in group REJECTED
 * (not charged).  The group decides, not the beginning of the name: 100 is
 * REJECTED.  2 is in group DELIVERED and not final.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(id, group, name, cls, issue, block, description) \
	SMS_STATUS_ROW(SMS_GROUP_##group, #id, #name, cls, -1, issue, block, NO, \
				   SMS_SUBCATEGORY_NONE, false, description)
#define REJECTED(id, name, issue, block, subcategory, description) \
	SMS_STATUS_ROW(SMS_GROUP_REJECTED, #id, name, NOT_SENT, -1, issue, block, \
				   NO, SMS_##subcategory, false, description)

static const SmsStatus statuses[] = {
	STATUS(2, DELIVERED, DELIVERED_TO_OPERATOR, TO_OPERATOR, NONE, NONE,
		   "the operator has it; not yet on the phone"),
	STATUS(3, PENDING, PENDING_WAITING_DELIVERY, SENT, NONE, NONE,
		   "given to the operator, report awaited"),
	STATUS(4, UNDELIVERABLE, UNDELIVERABLE_REJECTED_OPERATOR, UNDELIVERED,
		   CARRIER, OTHER, "rejected by the operator"),
	STATUS(5, DELIVERED, DELIVERED_TO_HANDSET, DELIVERED, NONE, NONE,
		   "on the phone"),
	REJECTED(6, "REJECTED_NETWORK", COUNTRY, NONE, SUBCATEGORY_NONE,
			 "network is not covered or not set up for the account"),
	STATUS(7, PENDING, PENDING_ENROUTE, SENT, NONE, NONE,
		   "forwarded to the operator"),
	REJECTED(8, "REJECTED_PREFIX_MISSING", LANDLINE, NONE, SUBCATEGORY_NONE,
			 "prefix or length of the number is wrong"),
	STATUS(9, UNDELIVERABLE, UNDELIVERABLE_NOT_DELIVERED, UNDELIVERED,
		   UNREACHABLE, OTHER, "could not be delivered"),
	/* 10 and 14: the number is on a list, which blocks like a failure */
	REJECTED(10, "REJECTED_DND", WRONG, BLACKLIST, PROCESS_GLOBAL_BLOCK,
			 "the number is registered as do-not-disturb"),
	REJECTED(11, "REJECTED_SOURCE", WRONG, NONE, SUBCATEGORY_NONE,
			 "the sender is not registered on the account"),
	REJECTED(12, "REJECTED_NOT_ENOUGH_CREDITS", WRONG, NONE, SUBCATEGORY_NONE,
			 "the account is out of credits"),
	REJECTED(13, "REJECTED_SENDER", WRONG, NONE, SUBCATEGORY_NONE,
			 "the sender is blocklisted on the account"),
	/* older documents write BLACKLISTED */
	REJECTED(14, "REJECTED_DESTINATION_BLOCKLISTED", WRONG, BLACKLIST,
			 PROCESS_PARTIAL_BLOCK, "the number is on a block list"),
	STATUS(15, EXPIRED, EXPIRED_EXPIRED, EXPIRED, UNREACHABLE, NONE,
		   "the validity period ended before delivery"),
	REJECTED(17, "REJECTED_PREPAID_PACKAGE_EXPIRED", WRONG, NONE,
			 SUBCATEGORY_NONE, "credits of the account have expired"),
	REJECTED(18, "REJECTED_DESTINATION_NOT_REGISTERED", WRONG, NONE,
			 SUBCATEGORY_NONE, "a test account may not send to this number"),
	REJECTED(19, "REJECTED_ROUTE_NOT_AVAILABLE", WRONG, NONE,
			 SUBCATEGORY_NONE, "no route is set up for the account"),
	REJECTED(20, "REJECTED_FLOODING_FILTER", TOO_MANY, NONE,
			 PROCESS_FREQUENCY_OVERRUN, "too many messages to this number"),
	REJECTED(21, "REJECTED_SYSTEM_ERROR", WRONG, NONE, SUBCATEGORY_NONE,
			 "system error; send again or contact support"),
	/* comes under the id of the first message, of which it says nothing */
	SMS_STATUS_ROW(SMS_GROUP_REJECTED, "23", "REJECTED_DUPLICATE_MESSAGE_ID",
				   NOT_SENT, -1, NONE, NONE, NO, SMS_SUBCATEGORY_NONE, true,
				   "the message id was used before; this one was dropped"),
	REJECTED(24, "REJECTED_INVALID_UDH", WRONG, NONE, PROCESS_CONTENT_ERROR,
			 "user data header is not valid"),
	REJECTED(25, "REJECTED_MESSAGE_TOO_LONG", TOO_LONG, NONE,
			 PROCESS_CONTENT_ERROR, "more than 25 parts or 4000 bytes"),
	STATUS(26, PENDING, PENDING_ACCEPTED, ACCEPTED, NONE, NONE,
		   "accepted, waiting to be processed"),
	STATUS(29, EXPIRED, EXPIRED_DLR_UNKNOWN, EXPIRED, UNREACHABLE, NONE,
		   "no delivery report came in time"),
	STATUS(31, UNDELIVERABLE, UNDELIVERABLE_NOT_SENT, UNDELIVERED, WRONG,
		   OTHER, "was not sent"),
	REJECTED(51, "MISSING_TO", LANDLINE, NONE, SUBCATEGORY_NONE,
			 "there is no recipient"),
	REJECTED(52, "REJECTED_DESTINATION", LANDLINE, NONE, SUBCATEGORY_NONE,
			 "the number is not valid"),
	REJECTED(56, "REJECTED_INVALID_NOTIFY_URL", WRONG, NONE, SUBCATEGORY_NONE,
			 "MMS: notifyUrl is not valid"),
	REJECTED(77, "REJECTED_MESSAGE_TEXT_TOO_LONG", TOO_LONG, NONE,
			 PROCESS_CONTENT_ERROR, "MMS: text is over 1600 characters"),
	STATUS(87, EXPIRED, SIGNALS_BLOCKED, EXPIRED, WRONG, NONE,
		   "stopped by the anti-fraud filter, charged"),
	REJECTED(87, "SIGNALS_BLOCKED", WRONG, NONE, SUBCATEGORY_NONE,
			 "stopped by the anti-fraud filter, not charged"),
	STATUS(96, UNDELIVERABLE, NO_ANSWER, UNDELIVERED, UNREACHABLE, NO_ANSWER,
		   "voice: the call was not answered"),
	STATUS(97, UNDELIVERABLE, BUSY, UNDELIVERED, UNREACHABLE, BUSY,
		   "voice: the line was busy"),
	STATUS(98, UNDELIVERABLE, CANCELLED, UNDELIVERED, NONE, NONE,
		   "voice: cancelled by the caller"),
	REJECTED(99, "REJECTED", WRONG, NONE, SUBCATEGORY_NONE,
			 "voice: declined by the person"),
	REJECTED(100, "UNDELIVERABLE_REJECTED_PLATFORM", WRONG, NONE,
			 SUBCATEGORY_NONE, "malformed request, or the service is down")
};

static SMS_STATUS_TABLE(status_table, statuses);

static const char *const error_groups[] = {
	"OK", "HANDSET_ERRORS", "USER_ERRORS", "OPERATOR_ERRORS", NULL
};

const SmsCodes sms_infobip_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table, [SMS_SPACE_ERROR] = &sms_infobip_errors},
	.has_groups = true,
	.error_groups = error_groups
};
