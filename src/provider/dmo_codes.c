/*-------------------------------------------------------------------------
 *
 * dmo_codes.c
 *	  The event types of Salesforce's data model that tell of delivery.
 *
 * DeliveryErrorCode of UNDELIVERED holds codes of the SMS status list of the
 * Event Notification Service.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(code, name, cls, issue, block, description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, name, cls, -1, issue, block, \
				   NO, SMS_SUBCATEGORY_NONE, false, description)

/* EventType of the MessageEngagement object; it has no DELIVERED. */
static const SmsStatus statuses[] = {
	STATUS("SENT", "Sent", SENT, NONE, NONE, "given to the aggregator"),
	STATUS("NOT_SENT", "Not_Sent", NOT_SENT, WRONG, NONE,
		   "not given to the aggregator"),
	STATUS("UNDELIVERED", "Undelivered", UNDELIVERED, WRONG, OTHER,
		   "not delivered to the phone")
};

static SMS_STATUS_TABLE(status_table, statuses);

const SmsCodes sms_dmo_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table, [SMS_SPACE_ERROR] = &sms_ens_statuses}
};
