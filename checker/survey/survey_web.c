/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/dcv/redirect.h"
#include "checker/dns/dns_message.h"
#include "checker/engine/fetch_visit.h"
#include "checker/survey/survey_parts.h"
#include "checker/target/name.h"

/* What is shown of a URL. */
#define URL_SHOWN 400

/* A visit on its way. */
struct walk {
	struct dcv_seen *seen;
	size_t which; /* of the visits */
	char *url;    /* as it goes to the server */
	char address[LIMIT_ADDRESS_BYTES];
	char connect[LIMIT_ADDRESS_BYTES + 16];
	bool open;
};

/* Another host that redirects led to. */
struct stop {
	char host[LIMIT_HOST_BYTES];
	char address[LIMIT_ADDRESS_BYTES]; /* "": none */
	const char *why;
};

struct web {
	struct survey *survey;
	VEC(struct walk) walks;
	VEC(struct stop) stops;
};

static struct dcv_visit *visit_of(const struct walk *walk)
{
	return &walk->seen->visits.items[walk->which];
}

static unsigned port_of(const struct survey *survey, unsigned port)
{
	return port == 80    ? survey->options.http_port
	       : port == 443 ? survey->options.https_port
			     : port;
}

/* The walk's next step goes there. */
static void aim(struct web *web, struct walk *walk, const char *address, unsigned port)
{
	(void)snprintf(walk->address, sizeof walk->address, "%s", address);
	(void)snprintf(walk->connect, sizeof walk->connect,
		strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, port_of(web->survey, port));
}

static char *shown(const char *text)
{
	char out[URL_SHOWN];

	text_printable(text, strlen(text), out, sizeof out);
	return text_copy(out, strlen(out));
}

static bool begin(struct web *web, struct dcv_seen *seen, const char *address, bool https)
{
	char url[LIMIT_HOST_BYTES + 1024];

	if (!vec_reserve(&seen->visits) || !vec_reserve(&web->walks))
		return false;
	struct dcv_visit *visit = &seen->visits.items[seen->visits.count];
	*visit = (struct dcv_visit){ .https = https, .end = DCV_END_ANSWERED };
	(void)snprintf(visit->address, sizeof visit->address, "%s", address);
	struct walk *walk = &web->walks.items[web->walks.count];
	*walk = (struct walk){ .seen = seen, .which = seen->visits.count++, .open = true };
	(void)snprintf(url, sizeof url, "%s://%s%s", https ? "https" : "http", seen->name,
		web->survey->options.path);
	walk->url = text_copy(url, strlen(url));
	if (!walk->url)
		return false;
	web->walks.count++;
	aim(web, walk, address, https ? 443 : 80);
	return true;
}

static bool begin_all(struct web *web)
{
	struct survey *survey = web->survey;

	for (size_t i = 0; i < survey->count; i++) {
		struct dcv_seen *seen = &survey->seen[i];

		for (size_t a = 0; a < seen->addresses.count && !seen->is_wildcard; a++) {
			const struct dcv_address *address = &seen->addresses.items[a];
			if (!address->is_private && (!begin(web, seen, address->text, false) ||
							    !begin(web, seen, address->text, true)))
				return error_set_memory(survey->err);
		}
	}
	return true;
}

/* --- Where redirects lead --- */

static struct stop *stop_of(const struct web *web, const char *host)
{
	for (size_t i = 0; i < web->stops.count; i++)
		if (strcmp(web->stops.items[i].host, host) == 0)
			return &web->stops.items[i];
	return NULL;
}

static bool add_stop(struct web *web, const char *host)
{
	struct stop stop = { .why = PHRASE("the name has no address") };
	int family;

	if (stop_of(web, host))
		return true;
	if (!vec_reserve(&web->stops))
		return false;
	(void)snprintf(stop.host, sizeof stop.host, "%s", host);
	if (name_is_address(host, &family))
		(void)!name_canonical_address(host, stop.address);
	web->stops.items[web->stops.count++] = stop;
	return true;
}

/* IPv4 first, because it is asked first. */
static bool find_stops(struct web *web, int type)
{
	struct survey *survey = web->survey;
	struct resolve_question *questions = calloc(web->stops.count + 1, sizeof *questions);
	struct stop **asked = calloc(web->stops.count + 1, sizeof(struct stop *));
	size_t count = 0;
	bool good = questions && asked;

	for (size_t i = 0; i < web->stops.count && good; i++)
		if (!web->stops.items[i].address[0]) {
			asked[count] = &web->stops.items[i];
			questions[count++] = (struct resolve_question){
				.server = survey_resolver(survey, survey->seen),
				.name = web->stops.items[i].host,
				.type = type,
				.recurse = true,
			};
		}
	good = good ? resolve_direct_ask(survey->direct, questions, count, survey->err)
		    : error_set_memory(survey->err);
	for (size_t i = 0; i < count && good; i++) {
		const struct dns_message *answer = questions[i].answer;
		char at[LIMIT_HOST_BYTES];
		const struct dns_record *record = NULL;

		if (answer) {
			dns_message_follow(answer, asked[i]->host, at);
			record = dns_message_next(answer, NULL, type, at);
		} else {
			asked[i]->why = questions[i].why;
		}
		if (record && !dns_record_address(record, asked[i]->address))
			asked[i]->address[0] = '\0';
	}
	for (size_t i = 0; i < count; i++)
		dns_message_free(questions[i].answer);
	free(questions);
	free(asked);
	return good;
}

static void end(struct walk *walk, enum dcv_end end, const char *why)
{
	struct dcv_visit *visit = visit_of(walk);

	walk->open = false;
	visit->end = end;
	if (*why)
		phrase_from(visit->why, sizeof visit->why, why);
}

/* Each walk that goes on: to the address of its host. */
static void aim_one(struct web *web, struct walk *walk)
{
	struct redirect_place place;

	if (!redirect_place(walk->url, &place)) {
		end(walk, DCV_END_FAILED, PHRASE("not a URL"));
		return;
	}
	if (strcmp(place.host, walk->seen->name) == 0) {
		aim(web, walk, visit_of(walk)->address, place.port);
		return;
	}
	const struct stop *stop = stop_of(web, place.host);
	if (!stop || !stop->address[0])
		end(walk, DCV_END_HOST, stop ? stop->why : PHRASE("the name has no address"));
	else if (survey_is_private(web->survey, stop->address))
		end(walk, DCV_END_PRIVATE, "");
	else
		aim(web, walk, stop->address, place.port);
}

static bool aim_all(struct web *web)
{
	struct redirect_place place;

	for (size_t i = 0; i < web->walks.count; i++) {
		const struct walk *walk = &web->walks.items[i];
		if (walk->open && redirect_place(walk->url, &place) &&
			strcmp(place.host, walk->seen->name) != 0 && !add_stop(web, place.host))
			return error_set_memory(web->survey->err);
	}
	if (web->stops.count > 0 && (!find_stops(web, DNS_A) || !find_stops(web, DNS_AAAA)))
		return false;
	for (size_t i = 0; i < web->walks.count; i++)
		if (web->walks.items[i].open)
			aim_one(web, &web->walks.items[i]);
	return true;
}

/* --- What came of a step --- */

static void take_end(struct dcv_visit *visit, struct fetch_visit *seen)
{
	visit->too_large = seen->too_large;
	memcpy(visit->type, seen->type, sizeof visit->type);
	memcpy(visit->encoding, seen->encoding, sizeof visit->encoding);
	visit->body = seen->body;
	seen->body = (struct buf)BUF_INIT(0);
}

static bool take_hop(struct walk *walk, const struct fetch_visit *seen)
{
	struct dcv_visit *visit = visit_of(walk);

	if (!vec_reserve(&visit->hops))
		return false;
	struct dcv_hop *hop = &visit->hops.items[visit->hops.count++];
	*hop = (struct dcv_hop){ .url = shown(walk->url), .status = seen->status };
	(void)snprintf(hop->address, sizeof hop->address, "%s", walk->address);
	if (seen->location)
		hop->location = shown(seen->location);
	if (seen->certificate)
		visit->certificate = seen->certificate;
	return hop->url && (hop->location || !seen->location);
}

static bool take_step(struct walk *walk, struct fetch_visit *seen)
{
	struct dcv_visit *visit = visit_of(walk);

	if (!take_hop(walk, seen))
		return false;
	if (!seen->answered) {
		end(walk, seen->no_route ? DCV_END_NO_ROUTE : DCV_END_FAILED, seen->why);
	} else if (!redirect_leads_on(redirect_judge(seen->status, seen->location))) {
		end(walk, DCV_END_ANSWERED, "");
		take_end(visit, seen);
	} else if (visit->hops.count > LIMIT_DCV_REDIRECTS) {
		end(walk, DCV_END_MANY, "");
	} else {
		free(walk->url);
		walk->url = TAKE(seen->location);
	}
	return true;
}

/* One step of every walk that is open; *RET_MORE when some are still. */
static bool step(struct web *web, bool *ret_more)
{
	struct survey *survey = web->survey;
	struct fetch_visit *visits = calloc(web->walks.count + 1, sizeof *visits);
	struct walk **walking = calloc(web->walks.count + 1, sizeof(struct walk *));
	size_t count = 0;
	bool good = visits && walking;

	for (size_t i = 0; i < web->walks.count && good; i++)
		if (web->walks.items[i].open) {
			walking[count] = &web->walks.items[i];
			visits[count] = (struct fetch_visit){ .url = walking[count]->url,
				.connect = walking[count]->connect };
			count++;
		}
	*ret_more = count > 0;
	good = good ? fetch_visit_all(visits, count, survey->options.timeout_s, survey->err)
		    : error_set_memory(survey->err);
	for (size_t i = 0; i < count && good; i++)
		good = take_step(walking[i], &visits[i]) || error_set_memory(survey->err);
	for (size_t i = 0; i < count; i++)
		fetch_visit_release(&visits[i]);
	free(visits);
	free(walking);
	return good;
}

bool survey_web(struct survey *survey)
{
	struct web web = { .survey = survey };
	bool more = true;
	bool good = begin_all(&web);

	while (good && more)
		good = step(&web, &more) && aim_all(&web);
	for (size_t i = 0; i < web.walks.count; i++)
		free(web.walks.items[i].url);
	free(web.walks.items);
	free(web.stops.items);
	return good;
}
