/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/dcv/redirect.h"
#include "rules/dcv/dcv.h"
#include "rules/dcv/dcv_parts.h"
#include "rules/profile/profile.h"

/* What a visit came to. */
enum came {
	CAME_GOOD,
	CAME_WRONG,   /* an answer, and the wrong one */
	CAME_NOWHERE, /* no answer at all */
	CAME_UNKNOWN,
};

static const struct dcv_hop *last_hop(const struct dcv_visit *visit)
{
	return &visit->hops.items[visit->hops.count - 1];
}

static void say_redirect(
	const struct dcv_visit *visit, enum redirect redirect, struct dcv_verdict *verdict)
{
	static const char *const reasons[] = {
		[REDIRECT_STATUS] = PHRASE("only 301, 302, 307 and 308 count as redirects"),
		[REDIRECT_NOWHERE] = PHRASE("its Location cannot be read"),
		[REDIRECT_SCHEME] = PHRASE("it leads to something that is neither http nor https"),
		[REDIRECT_PORT] = PHRASE("it leads to a port that is not authorised"),
		[REDIRECT_USER] = PHRASE("it leads to a URL with a user name"),
	};
	const struct dcv_hop *hop = last_hop(visit);

	dcv_say(verdict, DCV_FAULT_FILE_REDIRECT,
		"%s at %s answers HTTP %ld to %s, which no CA may follow: %s (Baseline "
		"Requirements, 3.2.2.4.18)",
		hop->url, hop->address, hop->status, hop->location ? hop->location : "-",
		reasons[redirect]);
}

static void note_ports(const struct dcv_visit *visit, struct dcv_verdict *verdict)
{
	for (size_t i = 0; i < visit->hops.count; i++) {
		const struct dcv_hop *hop = &visit->hops.items[i];
		if (redirect_judge(hop->status, hop->location) == REDIRECT_ODD_PORT)
			dcv_say(verdict, DCV_FAULT_FILE_REDIRECT_PORT,
				"%s redirects to %s: the port is an authorised one, but hardly a "
				"CA goes there",
				hop->url, hop->location);
	}
}

static enum came say_lost(const struct dcv_visit *visit, struct dcv_verdict *verdict)
{
	const struct dcv_hop *hop = last_hop(visit);
	const char *to = hop->location ? hop->location : "-";

	switch (visit->end) {
	case DCV_END_HOST:
		dcv_say(verdict, DCV_FAULT_FILE_REDIRECT_LOST, "%s redirects to %s: %s", hop->url,
			to, visit->why);
		return CAME_WRONG;
	case DCV_END_PRIVATE:
		dcv_say(verdict, DCV_FAULT_FILE_REDIRECT_LOST,
			"%s redirects to %s, whose address is not one of the public Internet",
			hop->url, to);
		return CAME_WRONG;
	case DCV_END_MANY:
		dcv_say(verdict, DCV_FAULT_FILE_REDIRECT_LOST,
			"%s is still not there after %zu redirects", visit->hops.items[0].url,
			visit->hops.count);
		return CAME_WRONG;
	case DCV_END_NO_ROUTE:
		return CAME_UNKNOWN;
	default:
		break;
	}
	if (visit->hops.count == 1)
		return CAME_NOWHERE;
	dcv_say(verdict, DCV_FAULT_FILE_REDIRECT_LOST,
		"redirects lead to %s at %s, which does not answer: %s", hop->url, hop->address,
		visit->why);
	return CAME_WRONG;
}

static void say_differs(
	const struct dcv_visit *visit, enum dcv_match match, struct dcv_verdict *verdict)
{
	static const char *const reasons[] = {
		[DCV_MATCH_MARK] = PHRASE(
			"a byte order mark stands in front of the code (an editor put it there)"),
		[DCV_MATCH_WIDE] = PHRASE("it is in UTF-16, and has to be plain ASCII"),
		[DCV_MATCH_CASE] = PHRASE("capitals and small letters are others"),
		[DCV_MATCH_QUOTED] = PHRASE("it stands in quotation marks"),
		[DCV_MATCH_EMPTY] = PHRASE("it is empty"),
		[DCV_MATCH_PAGE] = PHRASE("it is a page of HTML, as a server shows in its place"),
		[DCV_MATCH_OTHER] = PHRASE("it is something else, perhaps an older code"),
	};
	const struct dcv_hop *hop = last_hop(visit);
	const char *reason = reasons[match];

	if (visit->encoding[0] && !text_equal_nocase(visit->encoding, "identity"))
		reason = PHRASE("it comes compressed, although nobody asked for that");
	dcv_say(verdict, DCV_FAULT_FILE_DIFFERS, "%s at %s is not the CA's file: %s", hop->url,
		hop->address, reason);
}

static enum came judge_body(const struct dcv_request *request, const struct dcv_visit *visit,
	struct dcv_verdict *verdict)
{
	const struct dcv_hop *hop = last_hop(visit);
	enum dcv_match match = dcv_content_file(
		&request->code, buf_text(&visit->body), visit->body.len);

	switch (match) {
	case DCV_MATCH_SAME:
		return CAME_GOOD;
	case DCV_MATCH_ENDS:
		dcv_say(verdict, DCV_FAULT_FILE_ENDS,
			"%s at %s is the CA's file but for the ends of its lines; CAs pass over "
			"that",
			hop->url, hop->address);
		return CAME_GOOD;
	case DCV_MATCH_WITHIN:
		dcv_say(verdict, DCV_FAULT_FILE_MORE, "%s at %s has the code, and more around it",
			hop->url, hop->address);
		return CAME_WRONG;
	case DCV_MATCH_UNKNOWN:
		dcv_say(verdict, DCV_FAULT_FILE_NOT_COMPARED,
			"%s at %s is there; what it says was compared with nothing", hop->url,
			hop->address);
		return CAME_UNKNOWN;
	default:
		say_differs(visit, match, verdict);
		return CAME_WRONG;
	}
}

static enum came judge_answer(const struct dcv_request *request, const struct dcv_visit *visit,
	struct dcv_verdict *verdict)
{
	const struct dcv_hop *hop = last_hop(visit);
	enum redirect redirect = redirect_judge(hop->status, hop->location);

	if (redirect != REDIRECT_NONE) {
		say_redirect(visit, redirect, verdict);
		return CAME_WRONG;
	}
	/* Baseline Requirements, 3.2.2.4.18: a status of the class 2xx. */
	if (hop->status < 200 || hop->status > 299) {
		dcv_say(verdict, DCV_FAULT_FILE_STATUS,
			"%s at %s answers HTTP %ld in place of the file", hop->url, hop->address,
			hop->status);
		return CAME_WRONG;
	}
	if (visit->too_large) {
		dcv_say(verdict, DCV_FAULT_FILE_TOO_LARGE, "%s at %s is larger than %u bytes",
			hop->url, hop->address, LIMIT_DCV_BODY_BYTES);
		return CAME_WRONG;
	}
	return judge_body(request, visit, verdict);
}

static bool is_html(const char *type)
{
	char head[] = "text/html";

	return strncmp(type, head, sizeof head - 1) == 0 ||
	       strncmp(type, "application/xhtml", strlen("application/xhtml")) == 0;
}

static enum came judge_visit(const struct dcv_request *request, const struct dcv_visit *visit,
	struct dcv_verdict *verdict)
{
	if (visit->hops.count == 0)
		return CAME_UNKNOWN;
	note_ports(visit, verdict);
	if (visit->certificate)
		dcv_say(verdict, DCV_FAULT_FILE_CERTIFICATE,
			"the certificate at %s does not verify (%s); a CA need not mind",
			last_hop(visit)->address, visit->certificate);
	if (visit->end != DCV_END_ANSWERED)
		return say_lost(visit, verdict);
	enum came came = judge_answer(request, visit, verdict);
	if (came == CAME_GOOD && is_html(visit->type))
		dcv_say(verdict, DCV_FAULT_FILE_TYPE, "%s is served as %s; text/plain says more",
			last_hop(visit)->url, visit->type);
	return came;
}

/* One scheme without an answer is a server that does not have it; both are one that is not there.
 */
static void judge_silence(const struct dcv_visit *const visits[2], const enum came came[2],
	struct dcv_verdict *verdict)
{
	bool none = came[0] == CAME_NOWHERE && came[1] == CAME_NOWHERE;
	bool unknown = came[0] == CAME_UNKNOWN && visits[0]->end == DCV_END_NO_ROUTE;

	if (none) {
		dcv_say(verdict, DCV_FAULT_FILE_UNREACHABLE,
			"%s does not answer, neither by http (%s) nor by https (%s)",
			visits[0]->address, visits[0]->why, visits[1]->why);
		return;
	}
	if (unknown) {
		dcv_say(verdict, DCV_FAULT_FILE_NO_ROUTE, "this machine has no way to %s: %s",
			visits[0]->address, visits[0]->why);
		return;
	}
	for (size_t i = 0; i < 2; i++)
		if (came[i] == CAME_NOWHERE)
			dcv_say(verdict, DCV_FAULT_FILE_ONE_SCHEME, "%s does not answer by %s: %s",
				visits[i]->address, visits[i]->https ? "https" : "http",
				visits[i]->why);
}

static const struct dcv_visit *visit_at(
	const struct dcv_seen *seen, const char *address, bool https)
{
	for (size_t i = 0; i < seen->visits.count; i++)
		if (seen->visits.items[i].https == https &&
			strcmp(seen->visits.items[i].address, address) == 0)
			return &seen->visits.items[i];
	return NULL;
}

static void judge_address(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct dcv_address *address, struct dcv_verdict *verdict)
{
	const struct dcv_visit *visits[2] = { visit_at(seen, address->text, false),
		visit_at(seen, address->text, true) };
	enum came came[2];

	if (address->is_private) {
		dcv_say(verdict, DCV_FAULT_FILE_PRIVATE,
			"%s is not an address of the public Internet, so no CA gets there",
			address->text);
		return;
	}
	if (!visits[0] || !visits[1])
		return;
	for (size_t i = 0; i < 2; i++)
		came[i] = judge_visit(request, visits[i], verdict);
	judge_silence(visits, came, verdict);
}

static bool has_address(const struct dcv_look *look, const char *address)
{
	for (size_t i = 0; i < look->addresses.count; i++)
		if (strcmp(look->addresses.items[i], address) == 0)
			return true;
	return false;
}

static bool same_addresses(const struct dcv_look *a, const struct dcv_look *b)
{
	for (size_t i = 0; i < a->addresses.count; i++)
		if (!has_address(b, a->addresses.items[i]))
			return false;
	return a->addresses.count == b->addresses.count;
}

/* Two places that ask and get other answers are what a CA with several perspectives has, too. */
static void judge_agreement(const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	const struct dcv_look *first = NULL;

	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];

		if (!look->is_resolver || look->addresses.count == 0)
			continue;
		if (first && !same_addresses(first, look)) {
			dcv_say(verdict, DCV_FAULT_RESOLVERS_DIFFER,
				"the resolvers %s and %s have other addresses of %s",
				first->address, look->address, seen->name);
			return;
		}
		first = first ? first : look;
	}
}

void dcv_judge_file(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	if (seen->addresses.count == 0 && seen->addresses_why)
		dcv_say(verdict, DCV_FAULT_FILE_ADDRESS_UNKNOWN,
			"the addresses of %s cannot be had: %s", seen->name, seen->addresses_why);
	else if (seen->addresses.count == 0)
		dcv_say(verdict, DCV_FAULT_FILE_NO_ADDRESS, "%s has no address", seen->name);
	if (seen->addresses_dropped > 0)
		dcv_say(verdict, DCV_FAULT_FILE_ADDRESSES_CUT,
			"%s has more addresses than are looked at here", seen->name);
	for (size_t i = 0; i < seen->addresses.count; i++)
		judge_address(request, seen, &seen->addresses.items[i], verdict);
	judge_agreement(seen, verdict);
}
