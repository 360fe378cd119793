/*-------------------------------------------------------------------------
 *
 * status.h
 *	  What is known about a provider's code.
 *
 * A code means something only together with its provider and its code space,
 * and at Infobip with its group too: ENS 1000 is "queued" as a status and
 * "unsubscribed from the list" as a reason for not sending, Infobip 87 is in
 * group EXPIRED and in group REJECTED.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SMS_STATUS_H
#define SMS_STATUS_H

#include "taxonomy/taxonomy.h"

typedef enum SmsCodeSpace
{
	SMS_SPACE_STATUS,			/* what became of the message */
	SMS_SPACE_NOT_SENT,			/* ENS SmsNotSent: why it was not sent */
	SMS_SPACE_ERROR				/* why it failed */
} SmsCodeSpace;

#define SMS_N_SPACES 3
#define SMS_NO_GROUP (-1)

/* The eight reasons of Intercom's delivery issue report, in its order. */
typedef enum SmsIssueNumber
{
	SMS_ISSUE_NONE = 0,
	SMS_ISSUE_LANDLINE = 1,
	SMS_ISSUE_TOO_LONG = 2,
	SMS_ISSUE_TOO_MANY = 3,
	SMS_ISSUE_UNREACHABLE = 4,
	SMS_ISSUE_UNSUBSCRIBED = 5,
	SMS_ISSUE_CARRIER = 6,
	SMS_ISSUE_COUNTRY = 7,
	SMS_ISSUE_WRONG = 8
} SmsIssueNumber;

#define SMS_N_ISSUES 8

/* EngageLab's block list codes; block_code.c has their policy. */
typedef enum SmsBlockCode
{
	SMS_BLOCK_NONE = 0,
	SMS_BLOCK_EMPTY = 500,
	SMS_BLOCK_OUT_OF_SERVICE = 510,
	SMS_BLOCK_BLACKLIST = 520,
	SMS_BLOCK_BUSY = 530,
	SMS_BLOCK_NO_ANSWER = 540,
	SMS_BLOCK_INTERCEPTION = 550,
	SMS_BLOCK_BREAK_DOWN = 560,
	SMS_BLOCK_NOT_IN_SERVICE = 570,
	SMS_BLOCK_POWER_OFF = 580,
	SMS_BLOCK_OTHER = 590
} SmsBlockCode;

#define SMS_N_BLOCK_CODES 10

typedef enum SmsOptOut
{
	SMS_OPT_OUT_NO = 0,
	SMS_OPT_OUT_SENDER = 1,		/* the person does not want this sender */
	SMS_OPT_OUT_ACCOUNT = 2		/* nor any other sender of the account */
} SmsOptOut;

/* EngageLab's five categories */
typedef enum SmsCategory
{
	SMS_CATEGORY_NONE = 0,
	SMS_CATEGORY_SENDING,
	SMS_CATEGORY_DELIVERED,
	SMS_CATEGORY_WAIT_RESULT,
	SMS_CATEGORY_PROCESS_FAILED,
	SMS_CATEGORY_SEND_FAILED
} SmsCategory;

/* and the eight and ten subcategories of the two failures */
typedef enum SmsSubcategory
{
	SMS_SUBCATEGORY_NONE = 0,
	SMS_PROCESS_GLOBAL_BLOCK,
	SMS_PROCESS_PARTIAL_BLOCK,
	SMS_PROCESS_UNSUBSCRIBE,
	SMS_PROCESS_KEYWORD_BLOCK,
	SMS_PROCESS_VARIABLE_ERROR,
	SMS_PROCESS_CONTENT_ERROR,
	SMS_PROCESS_FREQUENCY_OVERRUN,
	SMS_PROCESS_OTHER,
	SMS_SEND_EMPTY,				/* in the order of the block codes */
	SMS_SEND_OUT_OF_SERVICE,
	SMS_SEND_BLACKLIST,
	SMS_SEND_BUSY,
	SMS_SEND_NO_ANSWER,
	SMS_SEND_INTERCEPTION,
	SMS_SEND_BREAK_DOWN,
	SMS_SEND_NOT_IN_SERVICE,
	SMS_SEND_POWER_OFF,
	SMS_SEND_OTHER
} SmsSubcategory;

/* One code of one provider. */
typedef struct SmsStatus
{
	const char *code;
	const char *name;
	const char *description;
	uint8_t		code_length;
	int8_t		group;			/* the provider's own, or SMS_NO_GROUP */
	int8_t		permanent;		/* 1, 0, or -1: the provider does not say */
	uint8_t		cls;			/* SmsClass; NONE: says nothing of delivery.
								 * For an error, only a status that came with
								 * it may say better. */
	uint8_t		issue;			/* SmsIssueNumber */
	uint8_t		opt_out;		/* SmsOptOut */
	uint8_t		subcategory;	/* SmsSubcategory, where it does not follow
								 * from class, opt_out and block_code */
	bool		duplicate;		/* about a second submission under a used id:
								 * says nothing of the first one */
	int16_t		block_code;		/* SmsBlockCode */
} SmsStatus;

/* The codes of one space, in the order in which they are looked up. */
typedef struct SmsStatusTable
{
	const SmsStatus *rows;
	int			n;
} SmsStatusTable;

/*
 * A row of a table.  cls, issue, block and opt_out are the last parts of the
 * names of their constants; subcategory is a constant or 0.
 */
#define SMS_STATUS_ROW(group_, code_, name_, cls_, permanent_, issue_, block_, \
					   opt_out_, subcategory_, duplicate_, description_) \
	{ \
		.code = code_, .code_length = sizeof(code_) - 1, .name = name_, \
		.description = description_, .group = group_, \
		.permanent = permanent_, .cls = SMS_CLASS_##cls_, \
		.issue = SMS_ISSUE_##issue_, .opt_out = SMS_OPT_OUT_##opt_out_, \
		.subcategory = subcategory_, .duplicate = duplicate_, \
		.block_code = SMS_BLOCK_##block_ \
	}

#define SMS_STATUS_TABLE(table_, rows_) \
	const SmsStatusTable table_ = {rows_, sizeof(rows_) / sizeof((rows_)[0])}

/*
 * The ten block codes as error codes: EngageLab's list names them as reason,
 * and native events use them for a failure of any other source.
 */
#define SMS_BLOCK_ERROR_ROW(code_, name_, issue_, block_, description_) \
	SMS_STATUS_ROW(SMS_NO_GROUP, code_, name_, UNDELIVERED, -1, issue_, \
				   block_, NO, SMS_SUBCATEGORY_NONE, false, description_)
#define SMS_BLOCK_ERROR_ROWS \
	SMS_BLOCK_ERROR_ROW("500", "Send Failed-Empty", UNREACHABLE, EMPTY, \
						"the number is not in use"), \
	SMS_BLOCK_ERROR_ROW("510", "Send Failed-Out of service", UNREACHABLE, \
						OUT_OF_SERVICE, "the number is shut down"), \
	SMS_BLOCK_ERROR_ROW("520", "Send Failed-Blacklist", WRONG, BLACKLIST, \
						"the number is on a blacklist of channel or operator"), \
	SMS_BLOCK_ERROR_ROW("530", "Send Failed-Busy", UNREACHABLE, BUSY, \
						"the number is busy"), \
	SMS_BLOCK_ERROR_ROW("540", "Send Failed-No answer", UNREACHABLE, \
						NO_ANSWER, "the number does not answer"), \
	SMS_BLOCK_ERROR_ROW("550", "Send Failed-Interception", WRONG, \
						INTERCEPTION, \
						"channel or operator intercepted the content"), \
	SMS_BLOCK_ERROR_ROW("560", "Send Failed-Break down", UNREACHABLE, \
						BREAK_DOWN, "the device has failed"), \
	SMS_BLOCK_ERROR_ROW("570", "Send Failed-Not in service", UNREACHABLE, \
						NOT_IN_SERVICE, "the phone is not in the service area"), \
	SMS_BLOCK_ERROR_ROW("580", "Send Failed-Power off", UNREACHABLE, \
						POWER_OFF, "the phone is switched off"), \
	SMS_BLOCK_ERROR_ROW("590", "Send Failed-Other", WRONG, OTHER, \
						"failed for another reason")

/* names.c */
extern const char *sms_opt_out_name(SmsOptOut opt_out);

/* issue.c */
typedef struct SmsIssue
{
	const char *reason;			/* Intercom's text */
	const char *meaning;
	const char *possible_fix;
	const char *kind;
	bool		retryable;		/* the same text to the same number may arrive
								 * at another time */
} SmsIssue;

extern const SmsIssue *sms_issue(int number);
extern bool sms_status_retryable(const SmsStatus *status);
extern int	sms_issue_by_reason(SmsText reason);

/* category.c */
extern SmsCategory sms_class_category(SmsClass cls);
extern SmsSubcategory sms_status_subcategory(const SmsStatus *status);
extern SmsCategory sms_subcategory_category(SmsSubcategory subcategory);
extern const char *sms_category_name(SmsCategory category);
extern const char *sms_category_meaning(SmsCategory category);
extern const char *sms_subcategory_name(SmsSubcategory subcategory);
extern const char *sms_subcategory_meaning(SmsSubcategory subcategory);

/* block_code.c */
typedef struct SmsBlockPolicy
{
	int			code;
	const char *description;
	int			days;			/* the block lasts days and seconds; */
	int			seconds;		/* both 0: recorded, never blocks */
	const char *scope;			/* global, local, none */
	bool		user_deletable;
} SmsBlockPolicy;

extern const SmsBlockPolicy *sms_block_policy(int code);

/* event_types.c */
extern bool sms_event_type_of_salesforce(SmsEventType type);
extern const char *sms_event_type_meaning(SmsEventType type);
extern SmsClass sms_event_type_class(SmsEventType type);
extern SmsEventType sms_class_event_type(SmsClass cls);

#endif							/* SMS_STATUS_H */
