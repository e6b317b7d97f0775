/* SPDX-License-Identifier: MIT */
#include "rules/waiver/waivers.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "rules/verdict.h"
#include "rules/waiver/waivers_list.h"

static bool has_expired(const struct waiver *waiver, struct instant now)
{
	return now.seconds >= waiver->until.seconds;
}

static void mark(struct finding *finding, const struct waiver *waiver)
{
	finding->waived.is = true;
	finding->waived.until = waiver->until;
	(void)snprintf(finding->waived.reason, sizeof finding->waived.reason, "%s", waiver->reason);
	(void)snprintf(finding->waived.by, sizeof finding->waived.by, "%s", waiver->by);
}

void waivers_apply(struct waivers *waivers, struct verdict *verdict)
{
	bool marked = false;

	for (size_t i = 0; waivers && i < waivers->count; i++) {
		struct waiver *waiver = &waivers->items[i];

		if (has_expired(waiver, verdict->as_of) ||
			!place_has(&waiver->place, verdict->target, verdict->address))
			continue;
		for (size_t k = 0; k < verdict->findings.all.count; k++) {
			struct finding *finding = &verdict->findings.all.items[k];

			if (finding->rule != waiver->rule)
				continue;
			atomic_store_explicit(&waiver->fitted, true, memory_order_relaxed);
			if (!finding->waived.is)
				mark(finding, waiver);
			marked = true;
		}
	}
	if (marked)
		verdict_settle(verdict);
}

static void tell(const struct waivers *waivers, const struct waiver *waiver, const char *what,
	waivers_say *say, void *arg)
{
	char text[2048];

	phrase_say(text, sizeof text, "%s:%zu: the waiver of %s for %s %s", waivers->path,
		waiver->line, rule_at(waiver->rule)->id, waiver->host, what);
	say(arg, text);
}

void waivers_tell_expired(
	const struct waivers *waivers, struct instant now, waivers_say *say, void *arg)
{
	char what[80], day[INSTANT_TEXT];

	for (size_t i = 0; waivers && i < waivers->count; i++) {
		if (!has_expired(&waivers->items[i], now))
			continue;
		instant_format_day(waivers->items[i].until, day);
		phrase_say(what, sizeof what, "expired on %s", day);
		tell(waivers, &waivers->items[i], what, say, arg);
	}
}

void waivers_tell_unused(
	const struct waivers *waivers, struct instant now, waivers_say *say, void *arg)
{
	for (size_t i = 0; waivers && i < waivers->count; i++) {
		const struct waiver *waiver = &waivers->items[i];

		if (!has_expired(waiver, now) &&
			!atomic_load_explicit(&waiver->fitted, memory_order_relaxed))
			tell(waivers, waiver, PHRASE("fits no finding"), say, arg);
	}
}
