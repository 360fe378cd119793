/*-------------------------------------------------------------------------
 *
 * twilio_codes.c
 *	  Codes of Twilio: MessageStatus and ErrorCode of status callbacks.
 *
 * 21xxx are refusals of the API, so nothing was sent; 30xxx come from the
 * delivery.  Twilio flags no error as permanent.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(code, cls, issue, block, description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, code, cls, -1, issue, block, NO, \
				   SMS_SUBCATEGORY_NONE, false, description)
#define ERROR(code, cls, issue, block, opt_out, subcategory, name) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, name, cls, -1, issue, block, opt_out, \
				   SMS_##subcategory, false, name)

static const SmsStatus statuses[] = {
	STATUS("read", SEEN, NONE, NONE, "displayed to the person"),
	STATUS("sent", SENT, NONE, NONE, "accepted by the upstream carrier"),
	STATUS("failed", NOT_SENT, WRONG, NONE, "could not be sent"),
	STATUS("queued", ACCEPTED, NONE, NONE, "queued for sending"),
	STATUS("sending", SENT, NONE, NONE, "being given to the carrier"),
	STATUS("accepted", ACCEPTED, NONE, NONE, "accepted, sender being chosen"),
	STATUS("canceled", NOT_SENT, NONE, NONE, "canceled before it was sent"),
	STATUS("received", NONE, NONE, NONE, "inbound message, received"),
	STATUS("delivered", DELIVERED, NONE, NONE, "on the phone"),
	STATUS("receiving", NONE, NONE, NONE, "inbound message, being processed"),
	STATUS("scheduled", ACCEPTED, NONE, NONE, "scheduled for later"),
	STATUS("undelivered", UNDELIVERED, WRONG, OTHER,
		   "the carrier could not deliver it"),
	/* as good as the worst part, and that one is still open */
	STATUS("partially_delivered", IN_TRANSIT, NONE, NONE,
		   "some parts are on the phone")
};

static const SmsStatus errors[] = {
	ERROR("21211", NOT_SENT, LANDLINE, NONE, NO, SUBCATEGORY_NONE,
		  "number of the recipient is not valid"),
	ERROR("21408", NOT_SENT, COUNTRY, NONE, NO, SUBCATEGORY_NONE,
		  "region of the recipient is not permitted"),
	ERROR("21610", NOT_SENT, UNSUBSCRIBED, NONE, SENDER, SUBCATEGORY_NONE,
		  "recipient unsubscribed from this sender"),
	ERROR("21612", NOT_SENT, LANDLINE, NONE, NO, SUBCATEGORY_NONE,
		  "recipient cannot be reached from this sender"),
	ERROR("21614", NOT_SENT, LANDLINE, NONE, NO, SUBCATEGORY_NONE,
		  "number of the recipient is not a mobile number"),
	ERROR("21617", NOT_SENT, TOO_LONG, NONE, NO, PROCESS_CONTENT_ERROR,
		  "text is over 1600 characters"),
	ERROR("30001", NOT_SENT, TOO_MANY, NONE, NO, SUBCATEGORY_NONE,
		  "queue overflow"),
	ERROR("30002", NOT_SENT, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "account suspended"),
	/* off, out of reach, or unable: no reason to block */
	ERROR("30003", UNDELIVERED, UNREACHABLE, POWER_OFF, NO, SUBCATEGORY_NONE,
		  "unreachable destination handset"),
	ERROR("30004", UNDELIVERED, WRONG, BLACKLIST, NO, SUBCATEGORY_NONE,
		  "message blocked for this recipient"),
	ERROR("30005", UNDELIVERED, UNREACHABLE, EMPTY, NO, SUBCATEGORY_NONE,
		  "unknown destination handset"),
	/* Intercom's "landline", which is this code there: a bad number */
	ERROR("30006", UNDELIVERED, LANDLINE, EMPTY, NO, SUBCATEGORY_NONE,
		  "landline or unreachable carrier"),
	ERROR("30007", UNDELIVERED, WRONG, INTERCEPTION, NO, SUBCATEGORY_NONE,
		  "message filtered"),
	ERROR("30008", UNDELIVERED, WRONG, OTHER, NO, SUBCATEGORY_NONE,
		  "unknown error"),
	ERROR("30009", UNDELIVERED, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "missing inbound segment"),
	ERROR("30010", NOT_SENT, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "price over the maximum"),
	ERROR("30017", UNDELIVERED, CARRIER, OTHER, NO, SUBCATEGORY_NONE,
		  "carrier congestion"),
	ERROR("30018", UNDELIVERED, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "sender needs registration"),
	ERROR("30022", UNDELIVERED, TOO_MANY, NONE, NO, SUBCATEGORY_NONE,
		  "10DLC rate limit exceeded"),
	ERROR("30023", UNDELIVERED, TOO_MANY, NONE, NO, SUBCATEGORY_NONE,
		  "10DLC daily cap reached"),
	ERROR("30024", UNDELIVERED, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "numeric sender not provisioned on the carrier"),
	ERROR("30027", UNDELIVERED, TOO_MANY, NONE, NO, SUBCATEGORY_NONE,
		  "daily limit of T-Mobile reached"),
	ERROR("30032", UNDELIVERED, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "toll-free number not verified"),
	ERROR("30034", UNDELIVERED, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "unregistered 10DLC number"),
	ERROR("63018", NOT_SENT, TOO_MANY, NONE, NO, SUBCATEGORY_NONE,
		  "rate limit of the channel exceeded")
};

static SMS_STATUS_TABLE(status_table, statuses);
static SMS_STATUS_TABLE(error_table, errors);

const SmsCodes sms_twilio_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table, [SMS_SPACE_ERROR] = &error_table}
};
