/*-------------------------------------------------------------------------
 *
 * native_codes.c
 *	  Codes of native events: the names of the classes and of the event types
 *	  that tell of delivery, and the block codes as errors.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(code, cls, description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, code, cls, -1, NONE, NONE, NO, \
				   SMS_SUBCATEGORY_NONE, false, description)

static const SmsStatus statuses[] = {
	STATUS("seen", SEEN, "displayed to the person"),
	STATUS("sent", SENT, "handed over, no result yet"),
	STATUS("expired", EXPIRED, "time is up, outcome unknown"),
	STATUS("unknown", UNKNOWN, "state not known"),
	STATUS("accepted", ACCEPTED, "taken over, not yet sent"),
	STATUS("not_sent", NOT_SENT, "never handed to a carrier"),
	STATUS("rejected", NOT_SENT, "refused"),
	STATUS("delivered", DELIVERED, "on the phone"),
	STATUS("transient", IN_TRANSIT, "an intermediate report"),
	STATUS("in_transit", IN_TRANSIT, "a carrier works on it"),
	STATUS("to_operator", TO_OPERATOR, "the operator has it"),
	SMS_STATUS_ROW(SMS_NO_GROUP, "undelivered", "undelivered", UNDELIVERED,
				   -1, WRONG, OTHER, NO, SMS_SUBCATEGORY_NONE, false,
				   "failed after hand-over")
};

static const SmsStatus errors[] = {
	SMS_BLOCK_ERROR_ROWS
};

static SMS_STATUS_TABLE(status_table, statuses);
static SMS_STATUS_TABLE(error_table, errors);

const SmsCodes sms_native_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table, [SMS_SPACE_ERROR] = &error_table},
	.has_groups = true
};
