/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/dns/dns_message.h"
#include "rules/dcv/dcv.h"
#include "rules/dcv/dcv_parts.h"
#include "rules/profile/profile.h"

#define BOXES_BYTES 200

/* What the authoritative servers have, counted. */
struct count {
	size_t good, with; /* that answered; that have the record */
	enum dcv_match nearest;
	const struct dcv_text *found; /* the record of one of them */
	bool texts_dropped;
};

/* The best match among TXT records; *RET_TEXT is what it is of. */
static enum dcv_match best_of(const struct dcv_code *code, const struct dcv_text *texts,
	size_t count, const struct dcv_text **ret_text)
{
	enum dcv_match best = DCV_MATCH_OTHER;

	*ret_text = NULL;
	for (size_t i = 0; i < count; i++) {
		size_t len = texts[i].len < LIMIT_DCV_TEXT_BYTES ? texts[i].len
								 : LIMIT_DCV_TEXT_BYTES;
		enum dcv_match match = dcv_content_text(code, texts[i].bytes, len);

		/* One that was cut is none that anybody gave out. */
		if (match == DCV_MATCH_SAME && texts[i].len != len)
			match = DCV_MATCH_OTHER;
		if (!*ret_text || match < best) {
			best = match;
			*ret_text = &texts[i];
		}
	}
	return best;
}

static enum dcv_match match_of(const struct dcv_request *request, const struct dcv_look *look,
	const struct dcv_text **ret_text)
{
	return best_of(&request->code, look->texts.items, look->texts.count, ret_text);
}

/* Does the server speak for the zone?  If not, that is said. */
static bool is_good_server(const struct dcv_look *look, struct dcv_verdict *verdict)
{
	bool spoke = look->code == DNS_NOERROR || look->code == DNS_NXDOMAIN;

	if (look->is_private)
		dcv_say(verdict, DCV_FAULT_SERVER_PRIVATE,
			"the name server %s has the address %s, which is not one of the public "
			"Internet; it was not asked",
			look->host, look->address);
	else if (!look->address[0])
		dcv_say(verdict, DCV_FAULT_SERVER_SILENT, "the name server %s has no address",
			look->host);
	else if (!look->answered)
		dcv_say(verdict, DCV_FAULT_SERVER_SILENT,
			"the name server %s (%s) does not answer: %s", look->host, look->address,
			look->why ? look->why : "");
	else if (!spoke || !look->authoritative)
		dcv_say(verdict, DCV_FAULT_SERVER_LAME,
			"the name server %s (%s) does not speak for the zone (code %d)", look->host,
			look->address, look->code);
	return !look->is_private && look->answered && spoke && look->authoritative;
}

static struct count count_servers(const struct dcv_request *request, const struct dcv_seen *seen,
	bool *good, struct dcv_verdict *verdict)
{
	struct count count = { .nearest = DCV_MATCH_OTHER };

	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];
		const struct dcv_text *text;

		good[i] = !look->is_resolver && is_good_server(look, verdict);
		if (!good[i])
			continue;
		enum dcv_match match = match_of(request, look, &text);
		count.good++;
		count.with += match == DCV_MATCH_SAME;
		count.texts_dropped |= look->texts_dropped > 0;
		if (text && (!count.found || match < count.nearest)) {
			count.nearest = match;
			count.found = text;
		}
	}
	return count;
}

static const struct dcv_other *other_with(
	const struct dcv_request *request, const struct dcv_seen *seen)
{
	const struct dcv_text *text;

	for (size_t i = 0; i < seen->others.count; i++) {
		const struct dcv_other *other = &seen->others.items[i];
		if (request->code.text && best_of(&request->code, other->texts.items,
						  other->texts.count, &text) == DCV_MATCH_SAME)
			return other;
	}
	return NULL;
}

/* A record that is nearly the code. */
static const char *const near_reasons[] = {
	[DCV_MATCH_ENDS] = PHRASE("blanks stand around the code"),
	[DCV_MATCH_WITHIN] = PHRASE("more than the code stands in the record"),
	[DCV_MATCH_MARK] = PHRASE("a byte order mark stands in front of the code"),
	[DCV_MATCH_WIDE] = PHRASE("the record is in UTF-16"),
	[DCV_MATCH_CASE] = PHRASE("capitals and small letters are others"),
	[DCV_MATCH_QUOTED] = PHRASE("quotation marks are part of the record"),
};

static void say_missing(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct count *count, struct dcv_verdict *verdict)
{
	const struct dcv_other *other = other_with(request, seen);

	if (count->found && count->nearest < DCV_MATCH_EMPTY)
		dcv_say(verdict, DCV_FAULT_TXT_DIFFERS,
			"a TXT record of %s is nearly the code, but not quite: %s", seen->at,
			near_reasons[count->nearest]);
	else if (other && other->is_doubled)
		dcv_say(verdict, DCV_FAULT_TXT_MISSING,
			"no TXT record of %s is the code; it stands at %s, where the domain is "
			"there twice",
			seen->at, other->name);
	else if (other)
		dcv_say(verdict, DCV_FAULT_TXT_MISSING,
			"no TXT record of %s is the code; it stands at %s, where CAs may look as "
			"well, but this one asks for it at the name itself",
			seen->at, other->name);
	else if (count->found)
		dcv_say(verdict, DCV_FAULT_TXT_MISSING, "%s has TXT records, but none is the code",
			seen->at);
	else if (seen->no_such_name)
		dcv_say(verdict, DCV_FAULT_TXT_MISSING, "there is no name %s in DNS", seen->at);
	else
		dcv_say(verdict, DCV_FAULT_TXT_MISSING, "%s has no TXT record", seen->at);
}

static void say_servers_without(const struct dcv_request *request, const struct dcv_seen *seen,
	const bool *good, struct dcv_verdict *verdict)
{
	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];
		const struct dcv_text *text;

		if (good[i] && match_of(request, look, &text) != DCV_MATCH_SAME)
			dcv_say(verdict, DCV_FAULT_TXT_SERVERS,
				"the name server %s (%s) does not have the TXT record that others "
				"of the zone have",
				look->host, look->address);
	}
}

static void judge_ttl(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct count *count, struct dcv_verdict *verdict)
{
	unsigned wanted = request->profile->dcv.txt_ttl;

	if (count->with > 0 && wanted > 0 && count->found->ttl != wanted)
		dcv_say(verdict, DCV_FAULT_TXT_TTL,
			"the TXT record of %s has a time to live of %u s, and the CA asks for %u",
			seen->at, (unsigned)count->found->ttl, wanted);
}

static void judge_serials(
	const struct dcv_seen *seen, const bool *good, struct dcv_verdict *verdict)
{
	const struct dcv_look *first = NULL;

	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];

		if (!good[i] || !look->has_serial)
			continue;
		if (first && first->serial != look->serial) {
			dcv_say(verdict, DCV_FAULT_SERVER_SERIALS,
				"name servers have other versions of the zone: %s has %u, %s has "
				"%u",
				first->host, (unsigned)first->serial, look->host,
				(unsigned)look->serial);
			return;
		}
		first = first ? first : look;
	}
}

static uint32_t wait_of(const struct dcv_look *look)
{
	uint32_t wait = look->negative_ttl;

	for (size_t i = 0; i < look->texts.count; i++)
		if (look->texts.items[i].ttl > wait)
			wait = look->texts.items[i].ttl;
	return wait;
}

/* RETURNS how many resolvers have the record. */
static size_t judge_resolvers(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct count *count, struct dcv_verdict *verdict)
{
	size_t with = 0;

	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];
		const struct dcv_text *text;

		if (!look->is_resolver || look->bogus)
			continue;
		bool has = match_of(request, look, &text) == DCV_MATCH_SAME;
		with += has;
		if (!look->answered)
			dcv_say(verdict, DCV_FAULT_RESOLVER_SILENT,
				"the resolver %s does not answer: %s", look->address,
				look->why ? look->why : "");
		else if (look->code != DNS_NOERROR && look->code != DNS_NXDOMAIN)
			dcv_say(verdict, DCV_FAULT_RESOLVER_SILENT,
				"the resolver %s has no answer (code %d)", look->address,
				look->code);
		else if (!has && count->with > 0)
			dcv_say(verdict, DCV_FAULT_TXT_STALE,
				"the resolver %s does not have the TXT record yet, and may "
				"remember that for %u s",
				look->address, (unsigned)wait_of(look));
	}
	return with;
}

static bool any_texts(const struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		if (seen->looks.items[i].texts.count > 0)
			return true;
	return false;
}

static bool any_resolver_spoke(const struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];
		if (look->is_resolver && look->answered &&
			(look->code == DNS_NOERROR || look->code == DNS_NXDOMAIN))
			return true;
	}
	return false;
}

/* The zone's own servers could not be asked, so resolvers are all there is. */
static void judge_by_resolvers(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct count *count, struct dcv_verdict *verdict)
{
	size_t with = judge_resolvers(request, seen, count, verdict);

	dcv_say(verdict, DCV_FAULT_SERVERS_UNKNOWN,
		"no authoritative name server of %s could be asked", seen->at);
	if (with == 0 && any_resolver_spoke(seen))
		dcv_say(verdict, DCV_FAULT_TXT_MISSING,
			"no resolver has a TXT record of %s that is the code", seen->at);
}

void dcv_judge_dns(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	bool good[LIMIT_DCV_RESOLVERS + LIMIT_DCV_SERVERS] = { false };
	struct count count = count_servers(request, seen, good, verdict);

	if (seen->servers_dropped > 0)
		dcv_say(verdict, DCV_FAULT_SERVERS_CUT,
			"%s has more name servers than are asked here", seen->zone);
	if (!request->code.text && any_texts(seen)) {
		dcv_say(verdict, DCV_FAULT_TXT_NOT_COMPARED,
			"%s has TXT records; they were compared with nothing", seen->at);
		return;
	}
	if (count.good == 0) {
		judge_by_resolvers(request, seen, &count, verdict);
		return;
	}
	if (count.with == 0 && count.texts_dropped)
		dcv_say(verdict, DCV_FAULT_TXT_CUT,
			"%s has more TXT records than are looked at here", seen->at);
	else if (count.with == 0)
		say_missing(request, seen, &count, verdict);
	else if (count.with < count.good)
		say_servers_without(request, seen, good, verdict);
	judge_ttl(request, seen, &count, verdict);
	judge_serials(seen, good, verdict);
	(void)judge_resolvers(request, seen, &count, verdict);
}

/* --- E-mail: all that can be known is that nobody could get it --- */

static void list_boxes(const struct profile_dcv *dcv, char out[static BOXES_BYTES])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < dcv->email_count; i++)
		if (used + strlen(dcv->email[i]) + 3 <= BOXES_BYTES)
			used += (size_t)snprintf(out + used, BOXES_BYTES - used, "%s%s",
				used ? ", " : "", dcv->email[i]);
}

static void say_mail(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	char boxes[BOXES_BYTES];

	switch (seen->mail) {
	case DCV_MAIL_NULL:
		dcv_say(verdict, DCV_FAULT_MAIL_NONE, "%s says that it takes no mail (RFC 7505)",
			seen->name);
		break;
	case DCV_MAIL_NONE:
		dcv_say(verdict, DCV_FAULT_MAIL_NONE, "%s has no mail server and no address",
			seen->name);
		break;
	case DCV_MAIL_UNKNOWN:
		dcv_say(verdict, DCV_FAULT_MAIL_UNKNOWN,
			"which servers take mail for %s cannot be found out", seen->name);
		break;
	default:
		list_boxes(&request->profile->dcv, boxes);
		dcv_say(verdict, DCV_FAULT_MAIL_UNREAD,
			"the CA writes to one of these at %s: %s; whether somebody reads it cannot "
			"be seen from here",
			seen->name, boxes);
	}
}

void dcv_judge_mail(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	const struct profile_dcv *dcv = &request->profile->dcv;
	char from[INSTANT_TEXT] = "", until[INSTANT_TEXT] = "";

	if (dcv->has_email_until)
		instant_format_day(dcv->email_until, until);
	if (dcv->has_email_until && request->now.seconds >= dcv->email_until.seconds) {
		dcv_say(verdict, DCV_FAULT_MAIL_ENDED,
			"since %s no CA may validate by e-mail (Baseline Requirements, 3.2.2.4.4)",
			until);
		return;
	}
	if (dcv->has_email_discouraged && request->now.seconds >= dcv->email_discouraged.seconds) {
		instant_format_day(dcv->email_discouraged, from);
		if (dcv->has_email_until)
			dcv_say(verdict, DCV_FAULT_MAIL_DISCOURAGED,
				"since %s CAs should not validate by e-mail, from %s on they must "
				"not, and what was validated so is worth nothing then (Baseline "
				"Requirements, 3.2.2.4.4)",
				from, until);
		else
			dcv_say(verdict, DCV_FAULT_MAIL_DISCOURAGED,
				"since %s CAs should not validate by e-mail (Baseline "
				"Requirements, 3.2.2.4.4)",
				from);
	}
	say_mail(request, seen, verdict);
}
