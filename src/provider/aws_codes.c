/*-------------------------------------------------------------------------
 *
 * aws_codes.c
 *	  Event types of AWS End User Messaging (eventType); messageStatus holds
 *	  the same words without "TEXT_".
 *
 * SUCCESSFUL (the carrier has it) is the last word in some countries, and
 * UNKNOWN is what comes when 72 hours have passed without a report.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(code, cls, permanent, issue, block, description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, "TEXT_" code, code, cls, permanent, issue, \
				   block, NO, SMS_SUBCATEGORY_NONE, false, description)

static const SmsStatus statuses[] = {
	STATUS("SENT", SENT, -1, NONE, NONE, "given to the carrier"),
	STATUS("SPAM", UNDELIVERED, -1, WRONG, INTERCEPTION,
		   "the carrier took it for spam"),
	STATUS("QUEUED", ACCEPTED, -1, NONE, NONE, "queued for delivery"),
	STATUS("BLOCKED", UNDELIVERED, -1, WRONG, BLACKLIST,
		   "the device blocks messages of this kind"),
	STATUS("INVALID", UNDELIVERED, 1, LANDLINE, EMPTY,
		   "number is not valid"),
	STATUS("PENDING", SENT, -1, NONE, NONE, "being delivered"),
	STATUS("UNKNOWN", EXPIRED, -1, WRONG, NONE,
		   "no final report within 72 hours"),
	STATUS("DELIVERED", DELIVERED, -1, NONE, NONE, "on the phone"),
	STATUS("SUCCESSFUL", TO_OPERATOR, -1, NONE, NONE,
		   "accepted by the recipient's carrier"),
	STATUS("TTL_EXPIRED", EXPIRED, -1, UNREACHABLE, NONE,
		   "time to live ended before delivery"),
	/* switched off or not connected: no reason to block */
	STATUS("UNREACHABLE", UNDELIVERED, 0, UNREACHABLE, POWER_OFF,
		   "phone is off or out of reach"),
	STATUS("CARRIER_BLOCKED", UNDELIVERED, -1, WRONG, BLACKLIST,
		   "the carrier blocks messages to this number"),
	STATUS("INVALID_MESSAGE", UNDELIVERED, -1, WRONG, NONE,
		   "body of the message is not valid"),
	/* by a protect configuration of the account */
	STATUS("PROTECT_BLOCKED", NOT_SENT, -1, COUNTRY, NONE,
		   "the account does not send to this country or number"),
	STATUS("CARRIER_UNREACHABLE", UNDELIVERED, 0, CARRIER, OTHER,
		   "network of the recipient has a problem")
};

static SMS_STATUS_TABLE(status_table, statuses);

const SmsCodes sms_aws_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table}
};
