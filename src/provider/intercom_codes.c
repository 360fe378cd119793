/*-------------------------------------------------------------------------
 *
 * intercom_codes.c
 *	  Codes of Intercom: stat types of content_stat.sms, and the delivery
 *	  issues, which exist as texts only (issue.c reads them).
 *
 * There is no "delivered": a receipt says that the message was sent.
 *
 *-------------------------------------------------------------------------
 */
#include "provider/codes.h"

#define STATUS(code, cls, block, opt_out, description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, code, cls, -1, NONE, block, opt_out, \
				   SMS_SUBCATEGORY_NONE, false, description)
#define ISSUE(code, name, cls, permanent, issue, block, opt_out, subcategory, \
			  description) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code, name, cls, permanent, issue, block, \
				   opt_out, SMS_##subcategory, false, description)

static const SmsStatus statuses[] = {
	STATUS("receipt", SENT, NONE, NO, "sent to the contact"),
	STATUS("sms_failure", UNDELIVERED, OTHER, NO, "could not be delivered"),
	STATUS("unsubscribe", NONE, NONE, SENDER, "the contact unsubscribed"),
	STATUS("goal_success", NONE, NONE, NO, "the contact reached the goal"),
	STATUS("keyword_reply", NONE, NONE, NO, "the contact replied by keyword")
};

/*
 * An opt-out is consent, not a property of the number: it never blocks it.
 * What is wrong with the account, the text or the country blocks no number
 * either.
 */
static const SmsStatus errors[] = {
	ISSUE("Recipient number was unreachable.", "unreachable",
		  UNDELIVERED, -1, UNREACHABLE, OTHER, NO, SUBCATEGORY_NONE,
		  "phone could not be reached for an unknown reason"),
	ISSUE("Recipient's country is unsupported.", "unsupported country",
		  NOT_SENT, 1, COUNTRY, NONE, NO, PROCESS_OTHER,
		  "country is outside those supported"),
	ISSUE("Message content was too long for carrier.", "too long",
		  NOT_SENT, 1, TOO_LONG, NONE, NO, PROCESS_CONTENT_ERROR,
		  "text is over 1800 characters"),
	ISSUE("Something went wrong - please contact support.", "something wrong",
		  UNDELIVERED, -1, WRONG, NONE, NO, SUBCATEGORY_NONE,
		  "problem of the account"),
	ISSUE("Carrier unable to process message at this time.", "carrier unable",
		  UNDELIVERED, 0, CARRIER, OTHER, NO, SUBCATEGORY_NONE,
		  "carrier overloaded or down"),
	ISSUE("Recipient has unsubscribed from receiving messages.", "unsubscribed",
		  UNDELIVERED, 1, UNSUBSCRIBED, NONE, SENDER, SUBCATEGORY_NONE,
		  "opted out at the carrier"),
	ISSUE("Too many messages scheduled - please contact support.", "too many",
		  NOT_SENT, 0, TOO_MANY, NONE, NO, PROCESS_OTHER,
		  "queue of the sending number is full"),
	ISSUE("Unable to deliver to landline or unreachable carrier.", "landline",
		  UNDELIVERED, 1, LANDLINE, EMPTY, NO, SUBCATEGORY_NONE,
		  "number cannot receive text messages")
};

static SMS_STATUS_TABLE(status_table, statuses);
static SMS_STATUS_TABLE(error_table, errors);

const SmsCodes sms_intercom_codes = {
	.space = {[SMS_SPACE_STATUS] = &status_table, [SMS_SPACE_ERROR] = &error_table},
	.says_issues = true
};
