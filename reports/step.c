/* SPDX-License-Identifier: MIT */
#include "reports/step.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "reports/text/page.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

#define TAIL 8 /* digits of a thumbprint that tell twins apart at a glance */

struct words {
	int order;
	const char *brief; /* of one without a name */
	const char *named; /* the same with its name; NULL: as brief */
	const char *many;  /* the same of several; NULL: as brief */
	const char *with;  /* the whole sentence about a certificate */
	const char *without;
	const char *each; /* when every service has its own */
	const char *own;  /* of that one */
};

static const struct words words[ACTION_COUNT] = {
	[ACTION_REQUEST_CERTIFICATE] = {
		.order = 0,
		.brief = N_("request a new certificate"),
		.with = N_("Request a new certificate from the CA, to be issued by %s and install it."),
		.without = N_("Request a new certificate from the CA and install it."),
		.each = N_("Request a new certificate from the CA and install it."),
		.own = N_("in place of %s"),
	},
	[ACTION_INSTALL_CERTIFICATE] = {
		.order = 1,
		.brief = N_("add a certificate"),
		.named = N_("add %s"),
		.many = N_("add %zu certificates"),
		.with = N_("Add %s to what the server sends."),
		.without = N_("Add the certificate that is missing to what the server sends."),
		.each = N_("Add the certificate named with each service below."),
		.own = N_("add %s"),
	},
	[ACTION_REPLACE_LEAF] = {
		.order = 2,
		.brief = N_("serve another certificate"),
		.with = N_("Serve another certificate that is there already: %s."),
		.without = N_("Serve another certificate that is there already."),
		.each = N_("Serve another certificate that is there already."),
		.own = N_("about %s"),
	},
	[ACTION_REMOVE_CERTIFICATE] = {
		.order = 3,
		.brief = N_("remove a certificate"),
		.named = N_("remove %s"),
		.many = N_("remove %zu certificates"),
		.with = N_("Remove %s from what the server sends."),
		.without = N_("Remove the certificate at fault from what the server sends."),
		.each = N_("Remove the certificate named with each service below."),
		.own = N_("remove %s"),
	},
	[ACTION_REORDER_CHAIN] = {
		.order = 4,
		.brief = N_("put the chain in order"),
		.with = N_("Put what the server sends in order, each once: its own certificate first, "
			   "then each one that issued the one before it. About %s."),
		.without = N_("Put what the server sends in order, each once: its own certificate "
			      "first, then each one that issued the one before it."),
		.each = N_("Put what the server sends in order, each once: its own certificate first, "
			   "then each one that issued the one before it."),
		.own = N_("about %s"),
	},
	[ACTION_UPDATE_TLS] = {
		.order = 5,
		.brief = N_("enable TLS 1.2"),
		.with = N_("Enable TLS 1.2 or later. About %s."),
		.without = N_("Enable TLS 1.2 or later."),
		.each = N_("Enable TLS 1.2 or later."),
		.own = N_("about %s"),
	},
};

static const struct words *words_of(const struct step *step)
{
	assert(step->kind < ACTION_COUNT);
	return &words[step->kind];
}

static const char *tail_of(const char *digits)
{
	size_t len = strlen(digits);

	return len > TAIL ? digits + len - TAIL : digits;
}

static const struct cert *served_as(const struct verdict *verdict, const char *fingerprint)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (strcmp(verdict->chain.items[i].cert->sha256_text, fingerprint) == 0)
			return verdict->chain.items[i].cert;
	return NULL;
}

/* A certificate that no profile knows: by its common name, when it was served. */
static char *name_other(const struct action *action, const struct verdict *verdict)
{
	const struct cert *cert = served_as(verdict, action->certificate);
	const char *common = cert && cert->readable && cert->common_name ? cert->common_name : "";
	char raw[600], name[200];

	text_printable(common, strlen(common), name, sizeof name);
	phrase_say(raw, sizeof raw, "%s (SHA-256 ...%s)",
		name[0]                  ? name
		: cert && cert->readable ? PHRASE("a certificate without a name")
					 : PHRASE("a certificate"),
		tail_of(action->certificate));
	return text_copy(raw, strlen(raw));
}

bool step_make(struct step *ret_step, const struct action *action, const struct verdict *verdict,
	const struct profile *profile)
{
	struct step step = { .kind = action->kind };

	if (action->certificate[0])
		step.known = profile_by_id(profile, action->certificate);
	if (action->certificate[0] && !step.known) {
		step.other = name_other(action, verdict);
		if (!step.other)
			return false;
	}
	*ret_step = step;
	return true;
}

void step_release(struct step *step)
{
	free(step->other);
	step->other = NULL;
}

int step_compare(const struct step *a, const struct step *b)
{
	int order = words_of(a)->order - words_of(b)->order;

	/* As they are served: what issued the leaf, then what leads on from there. */
	if (order == 0 && a->known && b->known)
		order = (int)a->known->role - (int)b->known->role;
	if (order != 0)
		return order;
	order = strcmp(a->known ? a->known->id : "", b->known ? b->known->id : "");
	return order != 0 ? order : strcmp(a->other ? a->other : "", b->other ? b->other : "");
}

void step_key(const struct step *step, struct buf *out)
{
	(void)buf_addf(out, ";%d=%s", (int)step->kind,
		step->known   ? step->known->id
		: step->other ? "*"
			      : "");
}

bool step_is_like(const struct step *a, const struct step *b)
{
	return a->kind == b->kind && a->other && b->other;
}

/* TEXT with WHAT, a phrase or a name, in its one place. */
static void add_about(struct buf *out, enum language language, const char *text, const char *what)
{
	char said[1024], line[1024];

	phrase_make(said, sizeof said, text, &what, 1);
	phrase_render(said, language, line, sizeof line);
	(void)buf_add_text(out, line);
}

void step_brief(const struct step *step, size_t count, enum language language, struct buf *out)
{
	const struct words *say = words_of(step);

	char number[24];

	(void)snprintf(number, sizeof number, "%zu", count);
	if (count > 1 && say->many)
		add_about(out, language, say->many, number);
	else if (step->known && say->named)
		add_about(out, language, say->named, step->known->id);
	else
		(void)buf_add_text(out, lang_text(language, say->brief));
}

static void put_known(const struct profile_certificate *known, bool in_full, struct page *page)
{
	const char *print = known->sha1 ? known->sha1 : known->sha256_text;
	const char *kind = known->sha1 ? "SHA-1" : "SHA-256", *dots = in_full ? "" : "...";
	char name[300], day[INSTANT_TEXT];

	text_printable(known->name, strlen(known->name), name, sizeof name);
	page_put(page, PAGE_BOLD, name);
	if (!in_full)
		print = tail_of(print);
	if (!known->has_not_before) {
		page_say(page, PAGE_PLAIN, " (%s, %s %s%s)", known->id, kind, dots, print);
		return;
	}
	instant_format_day(known->not_before, day);
	page_say(page, PAGE_PLAIN, " (%s, valid from %s, %s %s%s)", known->id, day, kind, dots,
		print);
}

/* The sentence around the name of its certificate. */
static void put_with(const struct step *step, bool in_full, struct page *page)
{
	const char *with = lang_text(page->language, words_of(step)->with);
	const char *place = strstr(with, "%s");
	char before[400], name[480];

	assert(place && (size_t)(place - with) < sizeof before);
	memcpy(before, with, (size_t)(place - with));
	before[place - with] = '\0';
	page_put(page, PAGE_PLAIN, before);
	if (step->known) {
		put_known(step->known, in_full, page);
	} else {
		phrase_render(step->other, page->language, name, sizeof name);
		page_put(page, PAGE_BOLD, name);
	}
	page_put(page, PAGE_PLAIN, place + 2);
}

void step_put(const struct step *step, bool each, bool in_full, struct page *page)
{
	const struct words *say = words_of(step);

	if (step->known || (step->other && !each))
		put_with(step, in_full, page);
	else
		page_put(page, PAGE_PLAIN,
			lang_text(page->language, each && step->other ? say->each : say->without));
}

void step_sentence(const struct step *step, bool each, enum language language, struct buf *out)
{
	struct page page;

	page_init(&page, out, 0, false);
	page.language = language;
	page.columns = SIZE_MAX / 2;
	page_start(&page, 0, 0);
	step_put(step, each, true, &page);
}

void step_own(const struct step *step, enum language language, struct buf *out)
{
	add_about(out, language, words_of(step)->own,
		step->other ? step->other : PHRASE("a certificate"));
}
