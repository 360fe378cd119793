/*-------------------------------------------------------------------------
 *
 * category.c
 *	  EngageLab's five categories of the SMS status page and their eight and
 *	  ten subcategories, for the codes of any provider.
 *
 * The vendor's page names "Process failed" twice; the fifth is "Send failed".
 *
 *-------------------------------------------------------------------------
 */
#include "taxonomy/status.h"

typedef struct Entry
{
	const char *name;
	const char *meaning;
} Entry;

static const Entry categories[] = {
	[SMS_CATEGORY_SENDING] = {"Sending",
	"received by the platform and queued for transmission"},
	[SMS_CATEGORY_DELIVERED] = {"Delivered",
	"delivered to the recipient's phone"},
	[SMS_CATEGORY_WAIT_RESULT] = {"Wait result",
	"given to the channel, which has not yet returned a result"},
	[SMS_CATEGORY_PROCESS_FAILED] = {"Process failed",
	"stopped by the platform's own judgment, not given to the channel"},
	[SMS_CATEGORY_SEND_FAILED] = {"Send failed",
	"given to the channel, which returned a failure"}
};

static const Entry subcategories[] = {
	[SMS_PROCESS_GLOBAL_BLOCK] = {"Global block",
	"interception at platform level"},
	[SMS_PROCESS_PARTIAL_BLOCK] = {"Partial block",
	"interception at customer level"},
	[SMS_PROCESS_UNSUBSCRIBE] = {"Unsubscribe",
	"the person unsubscribed before; such numbers are not delivered to"},
	[SMS_PROCESS_KEYWORD_BLOCK] = {"Keyword block",
	"the text hits interception words"},
	[SMS_PROCESS_VARIABLE_ERROR] = {"Variable error",
	"variables could not be replaced"},
	[SMS_PROCESS_CONTENT_ERROR] = {"Content error",
	"the text does not meet the standards"},
	[SMS_PROCESS_FREQUENCY_OVERRUN] = {"Frequency overrun",
	"limit of sends to one number in a unit of time"},
	[SMS_PROCESS_OTHER] = {"Other", "other reasons"},
	[SMS_SEND_EMPTY] = {"Empty", "the number is empty"},
	[SMS_SEND_OUT_OF_SERVICE] = {"Out of service",
	"the number is shut down"},
	[SMS_SEND_BLACKLIST] = {"Blacklist",
	"the number is on a blacklist of channel or operator"},
	[SMS_SEND_BUSY] = {"Busy", "the number is busy"},
	[SMS_SEND_NO_ANSWER] = {"No answer", "the number does not answer"},
	[SMS_SEND_INTERCEPTION] = {"Interception",
	"channel or operator intercepted the content"},
	[SMS_SEND_BREAK_DOWN] = {"Break down", "the device has failed"},
	[SMS_SEND_NOT_IN_SERVICE] = {"Not in service",
	"the number is not in the service area"},
	[SMS_SEND_POWER_OFF] = {"Power off", "the device is switched off"},
	[SMS_SEND_OTHER] = {"Other", "other reasons"}
};

/* Category of a class; NONE when the class says nothing of delivery. */
SmsCategory
sms_class_category(SmsClass cls)
{
	switch (cls)
	{
		case SMS_CLASS_ACCEPTED:
			return SMS_CATEGORY_SENDING;
		case SMS_CLASS_SENT:
		case SMS_CLASS_IN_TRANSIT:
		case SMS_CLASS_TO_OPERATOR:
			return SMS_CATEGORY_WAIT_RESULT;
		case SMS_CLASS_DELIVERED:
		case SMS_CLASS_SEEN:
			return SMS_CATEGORY_DELIVERED;
		case SMS_CLASS_NOT_SENT:
			return SMS_CATEGORY_PROCESS_FAILED;
		case SMS_CLASS_UNDELIVERED:
		case SMS_CLASS_EXPIRED:
			return SMS_CATEGORY_SEND_FAILED;
		case SMS_CLASS_NONE:
		case SMS_CLASS_UNKNOWN:
			break;
	}
	return SMS_CATEGORY_NONE;
}

/*
 * Subcategory of a code: its own, else what class, opt-out and block code
 * amount to.  An opt-out that an operator reports is a blacklist of his.
 */
SmsSubcategory
sms_status_subcategory(const SmsStatus *status)
{
	if (status->subcategory != SMS_SUBCATEGORY_NONE)
		return (SmsSubcategory) status->subcategory;
	switch (sms_class_category((SmsClass) status->cls))
	{
		case SMS_CATEGORY_PROCESS_FAILED:
			if (status->opt_out != SMS_OPT_OUT_NO)
				return SMS_PROCESS_UNSUBSCRIBE;
			return SMS_PROCESS_OTHER;
		case SMS_CATEGORY_SEND_FAILED:
			if (status->opt_out != SMS_OPT_OUT_NO)
				return SMS_SEND_BLACKLIST;
			if (status->block_code == SMS_BLOCK_NONE)
				return SMS_SEND_OTHER;
			return (SmsSubcategory) (SMS_SEND_EMPTY +
									 (status->block_code - SMS_BLOCK_EMPTY) / 10);
		default:
			break;
	}
	return SMS_SUBCATEGORY_NONE;
}

SmsCategory
sms_subcategory_category(SmsSubcategory subcategory)
{
	if (subcategory == SMS_SUBCATEGORY_NONE)
		return SMS_CATEGORY_NONE;
	return subcategory < SMS_SEND_EMPTY ? SMS_CATEGORY_PROCESS_FAILED
		: SMS_CATEGORY_SEND_FAILED;
}

/* NULL for NONE, as below */
const char *
sms_category_name(SmsCategory category)
{
	return categories[category].name;
}

const char *
sms_category_meaning(SmsCategory category)
{
	return categories[category].meaning;
}

const char *
sms_subcategory_name(SmsSubcategory subcategory)
{
	return subcategories[subcategory].name;
}

const char *
sms_subcategory_meaning(SmsSubcategory subcategory)
{
	return subcategories[subcategory].meaning;
}
