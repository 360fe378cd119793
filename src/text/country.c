/*-------------------------------------------------------------------------
 *
 * country.c
 *	  Country and time zones by the leading digits of a phone number.
 *
 * Codes: ITU-T E.164 assignments; +1 by area code (NANPA); where several
 * countries share a code, the prefixes of the numbering plans.  Zones: the tz
 * database's table of zones by country, of which those are kept that differ
 * now or in the next years.  A number that moved with its owner tells nothing
 * of where the owner is, so that these are the zones of the prefix.
 *
 *-------------------------------------------------------------------------
 */
#include "text/country.h"

#include "text/numbering.h"
#include "text/recipient.h"

/* Area codes of one country and zone, each three digits and a blank. */
typedef struct AreaCodes
{
	const char *country;
	const char *zones;
	const char *codes;
} AreaCodes;

typedef struct Prefix
{
	const char *digits;
	const char *country;
	const char *zones;
} Prefix;

/* Digits of the longest row of prefixes[]; a phone number has no fewer */
#define LONGEST_PREFIX 7

#define AUSTRALIA "Australia/Sydney Australia/Brisbane Australia/Adelaide" \
	" Australia/Darwin Australia/Perth Australia/Eucla Australia/Lord_Howe"
#define EASTERN "America/New_York"
#define CENTRAL "America/Chicago"
#define MOUNTAIN "America/Denver"
#define PACIFIC "America/Los_Angeles"

/* Toll-free, personal and unlisted codes: anywhere in the two big countries */
static const char nanp_zones[] =
EASTERN " " CENTRAL " " MOUNTAIN " America/Phoenix " PACIFIC
" America/Anchorage America/Adak Pacific/Honolulu"
" America/St_Johns America/Halifax America/Puerto_Rico America/Regina"
" America/Whitehorse";

/* A code on both sides of a border of zones has the zones of both sides. */
static const AreaCodes nanp[] = {
	{"US", EASTERN,
		/* Connecticut, Delaware, Washington, Florida, Georgia, Maine */
		"203 475 860 959 302 202 771 "
		"239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 "
		"941 954 229 404 470 478 678 706 762 770 912 943 207 "
		/* Indiana, Kentucky, Maryland, Massachusetts, Michigan */
		"260 317 463 765 502 859 227 240 301 410 443 667 "
		"339 351 413 508 617 774 781 857 978 "
		"231 248 269 313 517 586 616 679 734 810 947 989 "
		/* New Hampshire, New Jersey, New York, North Carolina, Ohio */
		"603 201 551 609 640 732 848 856 862 908 973 "
		"212 315 329 332 347 363 516 518 585 607 624 631 646 680 716 718 838 845 914 "
		"917 929 934 252 336 472 704 743 828 910 919 980 984 "
		"216 220 234 283 326 330 380 419 436 440 513 567 614 740 937 "
		/* Pennsylvania, Rhode Island, South Carolina, Tennessee */
		"215 223 267 272 412 445 484 570 582 610 717 724 814 835 878 401 "
		"803 821 839 843 854 864 865 "
		/* Vermont, Virginia, West Virginia */
		"802 276 434 540 571 686 703 757 804 826 948 304 681 "},
	{"US", EASTERN " " CENTRAL,
		/* Florida's Panhandle, Indiana, Kentucky, Upper Michigan, Tennessee */
		"448 850 219 574 812 930 270 364 606 906 423 "},
	{"US", CENTRAL,
		/* Alabama, Arkansas, Illinois, Iowa */
		"205 251 256 334 659 938 327 479 501 870 "
		"217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872 "
		"319 515 563 641 712 "
		/* Kansas, Louisiana, Minnesota, Mississippi, Missouri, Nebraska */
		"316 913 225 318 337 457 504 985 218 320 507 612 651 763 924 952 "
		"228 471 601 662 769 235 314 417 557 573 636 660 816 975 402 531 "
		/* Oklahoma, Tennessee, Texas, Wisconsin */
		"405 539 572 580 918 615 629 731 901 931 "
		"210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 "
		"830 832 903 936 940 945 956 972 979 "
		"262 274 353 414 534 608 715 920 "},
	{"US", CENTRAL " " MOUNTAIN,
		/* Kansas, Nebraska, North and South Dakota */
		"620 785 308 701 605 "},
	{"US", MOUNTAIN,
		/* Colorado, Montana, New Mexico, Texas (El Paso), Utah, Wyoming */
		"303 719 720 748 970 983 406 505 575 915 385 435 801 307 "},
	{"US", MOUNTAIN " " PACIFIC,
		/* Idaho, Oregon, Nevada */
		"208 986 458 541 775 "},
	{"US", "America/Phoenix", "480 520 602 623 "},
	{"US", "America/Phoenix " MOUNTAIN, "928 "},
	{"US", PACIFIC,
		/* California, Nevada, Oregon, Washington */
		"209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 "
		"628 650 657 661 669 707 714 747 760 805 818 820 831 837 840 858 909 916 925 "
		"738 949 951 702 725 503 971 206 253 360 425 509 564 "},
	{"US", "America/Anchorage America/Adak", "907 "},
	{"US", "Pacific/Honolulu", "808 "},
	{"CA", "America/Toronto",
		/* Ontario, Quebec */
		"226 249 289 343 365 382 387 416 437 519 548 613 647 683 705 742 753 905 942 "
		"263 354 438 450 468 514 579 819 873 "},
	{"CA", "America/Toronto America/Halifax America/Puerto_Rico", "273 367 418 581 "},
	{"CA", "America/Toronto America/Winnipeg America/Atikokan", "807 "},
	{"CA", "America/Winnipeg", "204 431 584 "},
	{"CA", "America/Regina America/Edmonton", "306 474 639 "},
	{"CA", "America/Edmonton", "368 403 587 780 825 "},
	{"CA", "America/Vancouver", "604 "},
	{"CA", "America/Vancouver America/Edmonton America/Dawson_Creek",
		"236 250 257 672 778 "},
	{"CA", "America/Halifax", "428 506 782 902 "},
	{"CA", "America/St_Johns America/Halifax America/Puerto_Rico", "709 879 "},
	{"CA", "America/Whitehorse America/Edmonton America/Winnipeg America/Toronto"
		" America/Atikokan", "867 "},
	{"AG", "America/Antigua", "268 "},
	{"AI", "America/Anguilla", "264 "},
	{"AS", "Pacific/Pago_Pago", "684 "},
	{"BB", "America/Barbados", "246 "},
	{"BM", "Atlantic/Bermuda", "441 "},
	{"BS", "America/Nassau", "242 "},
	{"DM", "America/Dominica", "767 "},
	{"DO", "America/Santo_Domingo", "809 829 849 "},
	{"GD", "America/Grenada", "473 "},
	{"GU", "Pacific/Guam", "671 "},
	{"JM", "America/Jamaica", "658 876 "},
	{"KN", "America/St_Kitts", "869 "},
	{"KY", "America/Cayman", "345 "},
	{"LC", "America/St_Lucia", "758 "},
	{"MP", "Pacific/Saipan", "670 "},
	{"MS", "America/Montserrat", "664 "},
	{"PR", "America/Puerto_Rico", "787 939 "},
	{"SX", "America/Lower_Princes", "721 "},
	{"TC", "America/Grand_Turk", "649 "},
	{"TT", "America/Port_of_Spain", "868 "},
	{"VC", "America/St_Vincent", "784 "},
	{"VG", "America/Tortola", "284 "},
	{"VI", "America/St_Thomas", "340 "}
};

/* Other prefixes, sorted; the longest that fits decides. */
static const Prefix prefixes[] = {
	{"20", "EG", "Africa/Cairo"},
	{"211", "SS", "Africa/Juba"},
	{"212", "MA", "Africa/Casablanca"},
	{"2125288", "EH", "Africa/El_Aaiun"},
	{"2125289", "EH", "Africa/El_Aaiun"},
	{"213", "DZ", "Africa/Algiers"},
	{"216", "TN", "Africa/Tunis"},
	{"218", "LY", "Africa/Tripoli"},
	{"220", "GM", "Africa/Banjul"},
	{"221", "SN", "Africa/Dakar"},
	{"222", "MR", "Africa/Nouakchott"},
	{"223", "ML", "Africa/Bamako"},
	{"224", "GN", "Africa/Conakry"},
	{"225", "CI", "Africa/Abidjan"},
	{"226", "BF", "Africa/Ouagadougou"},
	{"227", "NE", "Africa/Niamey"},
	{"228", "TG", "Africa/Lome"},
	{"229", "BJ", "Africa/Porto-Novo"},
	{"230", "MU", "Indian/Mauritius"},
	{"231", "LR", "Africa/Monrovia"},
	{"232", "SL", "Africa/Freetown"},
	{"233", "GH", "Africa/Accra"},
	{"234", "NG", "Africa/Lagos"},
	{"235", "TD", "Africa/Ndjamena"},
	{"236", "CF", "Africa/Bangui"},
	{"237", "CM", "Africa/Douala"},
	{"238", "CV", "Atlantic/Cape_Verde"},
	{"239", "ST", "Africa/Sao_Tome"},
	{"240", "GQ", "Africa/Malabo"},
	{"241", "GA", "Africa/Libreville"},
	{"242", "CG", "Africa/Brazzaville"},
	{"243", "CD", "Africa/Kinshasa Africa/Lubumbashi"},
	{"244", "AO", "Africa/Luanda"},
	{"245", "GW", "Africa/Bissau"},
	{"246", "IO", "Indian/Chagos"},
	{"247", "SH", "Atlantic/St_Helena"},
	{"248", "SC", "Indian/Mahe"},
	{"249", "SD", "Africa/Khartoum"},
	{"250", "RW", "Africa/Kigali"},
	{"251", "ET", "Africa/Addis_Ababa"},
	{"252", "SO", "Africa/Mogadishu"},
	{"253", "DJ", "Africa/Djibouti"},
	{"254", "KE", "Africa/Nairobi"},
	{"255", "TZ", "Africa/Dar_es_Salaam"},
	{"256", "UG", "Africa/Kampala"},
	{"257", "BI", "Africa/Bujumbura"},
	{"258", "MZ", "Africa/Maputo"},
	{"260", "ZM", "Africa/Lusaka"},
	{"261", "MG", "Indian/Antananarivo"},
	{"262", "RE", "Indian/Reunion"},
	{"263", "ZW", "Africa/Harare"},
	{"264", "NA", "Africa/Windhoek"},
	{"265", "MW", "Africa/Blantyre"},
	{"266", "LS", "Africa/Maseru"},
	{"267", "BW", "Africa/Gaborone"},
	{"268", "SZ", "Africa/Mbabane"},
	{"269", "KM", "Indian/Comoro"},
	{"27", "ZA", "Africa/Johannesburg"},
	{"290", "SH", "Atlantic/St_Helena"},
	{"291", "ER", "Africa/Asmara"},
	{"297", "AW", "America/Aruba"},
	{"298", "FO", "Atlantic/Faroe"},
	{"299", "GL", "America/Nuuk America/Danmarkshavn America/Thule"},
	{"30", "GR", "Europe/Athens"},
	{"31", "NL", "Europe/Amsterdam"},
	{"32", "BE", "Europe/Brussels"},
	{"33", "FR", "Europe/Paris"},
	{"34", "ES", "Europe/Madrid Atlantic/Canary"},
	{"350", "GI", "Europe/Gibraltar"},
	{"351", "PT", "Europe/Lisbon Atlantic/Azores"},
	{"352", "LU", "Europe/Luxembourg"},
	{"353", "IE", "Europe/Dublin"},
	{"354", "IS", "Atlantic/Reykjavik"},
	{"355", "AL", "Europe/Tirane"},
	{"356", "MT", "Europe/Malta"},
	{"357", "CY", "Asia/Nicosia"},
	{"358", "FI", "Europe/Helsinki"},
	{"359", "BG", "Europe/Sofia"},
	{"36", "HU", "Europe/Budapest"},
	{"370", "LT", "Europe/Vilnius"},
	{"371", "LV", "Europe/Riga"},
	{"372", "EE", "Europe/Tallinn"},
	{"373", "MD", "Europe/Chisinau"},
	{"374", "AM", "Asia/Yerevan"},
	{"375", "BY", "Europe/Minsk"},
	{"376", "AD", "Europe/Andorra"},
	{"377", "MC", "Europe/Monaco"},
	{"378", "SM", "Europe/San_Marino"},
	{"379", "VA", "Europe/Vatican"},
	{"380", "UA", "Europe/Kyiv"},
	{"381", "RS", "Europe/Belgrade"},
	{"382", "ME", "Europe/Podgorica"},
	{"383", "XK", "Europe/Belgrade"},
	{"385", "HR", "Europe/Zagreb"},
	{"386", "SI", "Europe/Ljubljana"},
	{"387", "BA", "Europe/Sarajevo"},
	{"389", "MK", "Europe/Skopje"},
	{"39", "IT", "Europe/Rome"},
	{"40", "RO", "Europe/Bucharest"},
	{"41", "CH", "Europe/Zurich"},
	{"420", "CZ", "Europe/Prague"},
	{"421", "SK", "Europe/Bratislava"},
	{"423", "LI", "Europe/Vaduz"},
	{"43", "AT", "Europe/Vienna"},
	{"44", "GB", "Europe/London"},
	{"45", "DK", "Europe/Copenhagen"},
	{"46", "SE", "Europe/Stockholm"},
	{"47", "NO", "Europe/Oslo"},
	{"48", "PL", "Europe/Warsaw"},
	{"49", "DE", "Europe/Berlin"},
	{"500", "FK", "Atlantic/Stanley"},
	{"501", "BZ", "America/Belize"},
	{"502", "GT", "America/Guatemala"},
	{"503", "SV", "America/El_Salvador"},
	{"504", "HN", "America/Tegucigalpa"},
	{"505", "NI", "America/Managua"},
	{"506", "CR", "America/Costa_Rica"},
	{"507", "PA", "America/Panama"},
	{"508", "PM", "America/Miquelon"},
	{"509", "HT", "America/Port-au-Prince"},
	{"51", "PE", "America/Lima"},
	{"52", "MX",
		"America/Mexico_City America/Cancun America/Matamoros"
		" America/Ciudad_Juarez America/Mazatlan America/Tijuana"},
	{"53", "CU", "America/Havana"},
	{"54", "AR", "America/Argentina/Buenos_Aires"},
	{"55", "BR",
		"America/Sao_Paulo America/Manaus America/Eirunepe"
		" America/Noronha"},
	{"56", "CL", "America/Santiago America/Punta_Arenas Pacific/Easter"},
	{"57", "CO", "America/Bogota"},
	{"58", "VE", "America/Caracas"},
	{"590", "GP", "America/Guadeloupe"},
	{"591", "BO", "America/La_Paz"},
	{"592", "GY", "America/Guyana"},
	{"593", "EC", "America/Guayaquil Pacific/Galapagos"},
	{"594", "GF", "America/Cayenne"},
	{"595", "PY", "America/Asuncion"},
	{"596", "MQ", "America/Martinique"},
	{"597", "SR", "America/Paramaribo"},
	{"598", "UY", "America/Montevideo"},
	{"599", "CW", "America/Curacao"},
	{"60", "MY", "Asia/Kuala_Lumpur"},
	{"61", "AU", AUSTRALIA},
	{"614", "AU", AUSTRALIA " Indian/Christmas Indian/Cocos"},
	{"62", "ID", "Asia/Jakarta Asia/Makassar Asia/Jayapura"},
	{"63", "PH", "Asia/Manila"},
	{"64", "NZ", "Pacific/Auckland Pacific/Chatham"},
	{"65", "SG", "Asia/Singapore"},
	{"66", "TH", "Asia/Bangkok"},
	{"670", "TL", "Asia/Dili"},
	{"672", NULL, NULL},
	{"6721", "AQ", "Antarctica/Casey Antarctica/Davis Antarctica/Mawson"},
	{"6723", "NF", "Pacific/Norfolk"},
	{"673", "BN", "Asia/Brunei"},
	{"674", "NR", "Pacific/Nauru"},
	{"675", "PG", "Pacific/Port_Moresby Pacific/Bougainville"},
	{"676", "TO", "Pacific/Tongatapu"},
	{"677", "SB", "Pacific/Guadalcanal"},
	{"678", "VU", "Pacific/Efate"},
	{"679", "FJ", "Pacific/Fiji"},
	{"680", "PW", "Pacific/Palau"},
	{"681", "WF", "Pacific/Wallis"},
	{"682", "CK", "Pacific/Rarotonga"},
	{"683", "NU", "Pacific/Niue"},
	{"685", "WS", "Pacific/Apia"},
	{"686", "KI", "Pacific/Tarawa Pacific/Kanton Pacific/Kiritimati"},
	{"687", "NC", "Pacific/Noumea"},
	{"688", "TV", "Pacific/Funafuti"},
	{"689", "PF", "Pacific/Tahiti Pacific/Marquesas Pacific/Gambier"},
	{"690", "TK", "Pacific/Fakaofo"},
	{"691", "FM", "Pacific/Chuuk Pacific/Pohnpei"},
	{"692", "MH", "Pacific/Majuro"},
	{"7", "RU",
		"Europe/Kaliningrad Europe/Moscow Europe/Astrakhan"
		" Asia/Yekaterinburg Asia/Omsk Asia/Novosibirsk"
		" Asia/Irkutsk Asia/Chita Asia/Vladivostok Asia/Magadan"
		" Asia/Kamchatka"},
	{"76", "KZ", "Asia/Almaty"},
	{"800", NULL, NULL},
	{"808", NULL, NULL},
	{"81", "JP", "Asia/Tokyo"},
	{"82", "KR", "Asia/Seoul"},
	{"84", "VN", "Asia/Ho_Chi_Minh"},
	{"850", "KP", "Asia/Pyongyang"},
	{"852", "HK", "Asia/Hong_Kong"},
	{"853", "MO", "Asia/Macau"},
	{"855", "KH", "Asia/Phnom_Penh"},
	{"856", "LA", "Asia/Vientiane"},
	{"86", "CN", "Asia/Shanghai"},
	{"870", NULL, NULL},
	{"878", NULL, NULL},
	{"880", "BD", "Asia/Dhaka"},
	{"881", NULL, NULL},
	{"882", NULL, NULL},
	{"883", NULL, NULL},
	{"886", "TW", "Asia/Taipei"},
	{"888", NULL, NULL},
	{"90", "TR", "Europe/Istanbul"},
	{"91", "IN", "Asia/Kolkata"},
	{"92", "PK", "Asia/Karachi"},
	{"93", "AF", "Asia/Kabul"},
	{"94", "LK", "Asia/Colombo"},
	{"95", "MM", "Asia/Yangon"},
	{"960", "MV", "Indian/Maldives"},
	{"961", "LB", "Asia/Beirut"},
	{"962", "JO", "Asia/Amman"},
	{"963", "SY", "Asia/Damascus"},
	{"964", "IQ", "Asia/Baghdad"},
	{"965", "KW", "Asia/Kuwait"},
	{"966", "SA", "Asia/Riyadh"},
	{"967", "YE", "Asia/Aden"},
	{"968", "OM", "Asia/Muscat"},
	{"970", "PS", "Asia/Gaza"},
	{"971", "AE", "Asia/Dubai"},
	{"972", "IL", "Asia/Jerusalem"},
	{"973", "BH", "Asia/Bahrain"},
	{"974", "QA", "Asia/Qatar"},
	{"975", "BT", "Asia/Thimphu"},
	{"976", "MN", "Asia/Ulaanbaatar Asia/Hovd"},
	{"977", "NP", "Asia/Kathmandu"},
	{"979", NULL, NULL},
	{"98", "IR", "Asia/Tehran"},
	{"992", "TJ", "Asia/Dushanbe"},
	{"993", "TM", "Asia/Ashgabat"},
	{"994", "AZ", "Asia/Baku"},
	{"995", "GE", "Asia/Tbilisi"},
	{"996", "KG", "Asia/Bishkek"},
	{"998", "UZ", "Asia/Samarkand"}
};

/* Countries among the numbers of another; their prefixes are generated */
static const struct
{
	const char *country;
	const char *zones;
} territories[] = {
	{"AX", "Europe/Mariehamn"},
	{"BL", "America/St_Barthelemy"},
	{"BQ", "America/Kralendijk"},
	{"CC", "Indian/Cocos"},
	{"CX", "Indian/Christmas"},
	{"GG", "Europe/Guernsey"},
	{"IM", "Europe/Isle_of_Man"},
	{"JE", "Europe/Jersey"},
	{"KZ", "Asia/Almaty"},
	{"MF", "America/Marigot"},
	{"SJ", "Arctic/Longyearbyen"},
	{"VA", "Europe/Vatican"},
	{"YT", "Indian/Mayotte"}
};

/* Brazil by its area codes, which mobile numbers have too */
static const AreaCodes brazil[] = {
	{"BR", "America/Sao_Paulo",
		"11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 "
		"42 43 44 45 46 47 48 49 51 53 54 55 61 62 63 64 71 73 74 75 77 79 "
		"82 83 84 85 86 87 88 89 91 93 94 96 98 99 "},
	{"BR", "America/Sao_Paulo America/Noronha",
		"81 "},
	{"BR", "America/Manaus",
		"65 66 67 69 92 95 "},
	{"BR", "America/Manaus America/Eirunepe",
		"97 "},
	{"BR", "America/Rio_Branco",
		"68 "}
};

/*
 * The group that has an area code of so many digits; NULL if none has it.
 */
static const AreaCodes *
find_area(const AreaCodes *groups, size_t n, const char *code, size_t digits)
{
	for (size_t i = 0; i < n; i++)
	{
		for (const char *p = groups[i].codes; *p; p += digits + 1)
		{
			if (memcmp(p, code, digits) == 0)
				return &groups[i];
		}
	}
	return NULL;
}

/* The row of exactly these digits; NULL if there is none. */
static const Prefix *
find_prefix(const char *digits, size_t len)
{
	size_t		low = 0;
	size_t		high = sizeof(prefixes) / sizeof(prefixes[0]);

	while (low < high)
	{
		size_t		mid = (low + high) / 2;
		int			cmp = strncmp(digits, prefixes[mid].digits, len);

		/* a row that goes on after these digits sorts behind them */
		if (cmp == 0 && prefixes[mid].digits[len] == '\0')
			return &prefixes[mid];
		if (cmp <= 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* The country of the longest of the shared prefixes that fits; NULL if none */
static const char *
shared_country(SmsText digits)
{
	size_t		low = 0;
	size_t		high = sms_n_shared_prefixes;

	/* the last row that is not behind these digits, or one that it goes on from */
	while (low < high)
	{
		size_t		mid = (low + high) / 2;
		const char *row = sms_shared_prefixes[mid].digits;
		int			cmp = strncmp(row, digits.ptr, digits.len);

		if (cmp > 0)
			high = mid;
		else
			low = mid + 1;
	}
	while (low-- > 0 && sms_shared_prefixes[low].digits[0] == digits.ptr[0])
	{
		const char *row = sms_shared_prefixes[low].digits;
		size_t		len = strlen(row);

		if (len <= digits.len && memcmp(row, digits.ptr, len) == 0)
			return sms_shared_prefixes[low].country;
		/* no prefix of these digits sorts before their first two */
		if (row[1] != digits.ptr[1])
			break;
	}
	return NULL;
}

/* Zones of a country that has no calling code of its own; NULL: as the code's */
static const char *
territory_zones(const char *country)
{
	for (size_t i = 0; i < sizeof(territories) / sizeof(territories[0]); i++)
	{
		if (strcmp(territories[i].country, country) == 0)
			return territories[i].zones;
	}
	return NULL;
}

/*
 * Tells the place of a number in normal form.  False if it is no phone number
 * or its calling code is not assigned.
 */
bool
sms_place_of(SmsText normalized, SmsPlace *place)
{
	const char *digits = normalized.ptr + 1;
	const AreaCodes *area = NULL;

	if (!sms_recipient_is_phone(normalized))
		return false;

	place->calling_code.ptr = digits;
	place->calling_code.len = sms_calling_code_length(digits);
	place->country = NULL;
	place->zones = NULL;

	if (digits[0] == '1')
	{
		place->zones = nanp_zones;
		area = find_area(nanp, sizeof(nanp) / sizeof(nanp[0]), digits + 1, 3);
	}
	else
	{
		const Prefix *prefix = NULL;
		SmsText		all = {digits, normalized.len - 1};
		const char *country = shared_country(all);

		for (size_t len = LONGEST_PREFIX; len > 0 && prefix == NULL; len--)
			prefix = find_prefix(digits, len);
		if (prefix == NULL)
			return false;
		place->country = prefix->country;
		place->zones = prefix->zones;
		if (country != NULL)
		{
			const char *zones = territory_zones(country);

			place->country = country;
			if (zones != NULL)
				place->zones = zones;
		}
		if (memcmp(digits, "55", 2) == 0)
			area = find_area(brazil, sizeof(brazil) / sizeof(brazil[0]),
							 digits + 2, 2);
	}
	if (area != NULL)
	{
		place->country = area->country;
		place->zones = area->zones;
	}
	return true;
}
