/* SPDX-License-Identifier: MIT */
#include "reports/step.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/text/page.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

#define TAIL 8 /* digits of a thumbprint that tell twins apart at a glance */

struct words {
	int order;
	const char *brief;
	const char *verb, *tail; /* around the name of the certificate */
	const char *without;     /* the whole sentence when there is none */
	const char *each;        /* when every service has its own */
	const char *own;         /* before the name of that */
};

/* How a chain is put in order does not depend on a certificate. */
#define ORDERED                                                                                \
	"Put what the server sends in order, each once: its own certificate first, then each " \
	"one that issued the one before it."

static const struct words words[ACTION_COUNT] = {
	[ACTION_REQUEST_CERTIFICATE] = {
		.order = 0,
		.brief = "request a new certificate",
		.verb = "Request a new certificate from the CA, to be issued by",
		.tail = "and install it.",
		.without = "Request a new certificate from the CA and install it.",
		.each = "Request a new certificate from the CA and install it.",
		.own = "in place of",
	},
	[ACTION_INSTALL_CERTIFICATE] = {
		.order = 1,
		.brief = "add",
		.verb = "Add",
		.tail = "to what the server sends.",
		.without = "Add the certificate that is missing to what the server sends.",
		.each = "Add the certificate named with each service below.",
		.own = "add",
	},
	[ACTION_REPLACE_LEAF] = {
		.order = 2,
		.brief = "serve another certificate",
		.verb = "Serve another certificate that is there already:",
		.tail = ".",
		.without = "Serve another certificate that is there already.",
		.each = "Serve another certificate that is there already.",
		.own = "about",
	},
	[ACTION_REMOVE_CERTIFICATE] = {
		.order = 3,
		.brief = "remove",
		.verb = "Remove",
		.tail = "from what the server sends.",
		.without = "Remove the certificate at fault from what the server sends.",
		.each = "Remove the certificate named with each service below.",
		.own = "remove",
	},
	[ACTION_REORDER_CHAIN] = {
		.order = 4,
		.brief = "put the chain in order",
		.verb = ORDERED " About",
		.tail = ".",
		.without = ORDERED,
		.each = ORDERED,
		.own = "about",
	},
	[ACTION_UPDATE_TLS] = {
		.order = 5,
		.brief = "enable TLS 1.2",
		.verb = "Enable TLS 1.2 or later. About",
		.tail = ".",
		.without = "Enable TLS 1.2 or later.",
		.each = "Enable TLS 1.2 or later.",
		.own = "about",
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
	(void)snprintf(raw, sizeof raw, "%s (SHA-256 ...%s)",
		name[0]                  ? name
		: cert && cert->readable ? "a certificate without a name"
					 : "a certificate",
		tail_of(action->certificate));
	text_printable(raw, strlen(raw), name, sizeof name);
	return text_copy(name, strlen(name));
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

void step_brief(const struct step *step, size_t count, struct buf *out)
{
	bool add_or_remove = step->kind == ACTION_INSTALL_CERTIFICATE ||
			     step->kind == ACTION_REMOVE_CERTIFICATE;

	(void)buf_add_text(out, words_of(step)->brief);
	if (add_or_remove && count > 1)
		(void)buf_addf(out, " %zu certificates", count);
	else if (add_or_remove)
		(void)buf_addf(out, " %s", step->known ? step->known->id : "a certificate");
}

static void put_known(const struct profile_certificate *known, bool in_full, struct page *page)
{
	const char *print = known->sha1 ? known->sha1 : known->sha256_text;
	char name[300], day[INSTANT_TEXT];

	text_printable(known->name, strlen(known->name), name, sizeof name);
	page_put(page, PAGE_BOLD, name);
	page_putf(page, PAGE_PLAIN, " (%s,", known->id);
	if (known->has_not_before) {
		instant_format_day(known->not_before, day);
		page_putf(page, PAGE_PLAIN, " valid from %s,", day);
	}
	page_putf(page, PAGE_PLAIN, " %s %s%s)", known->sha1 ? "SHA-1" : "SHA-256",
		in_full ? "" : "...", in_full ? print : tail_of(print));
}

void step_put(const struct step *step, bool each, bool in_full, struct page *page)
{
	const struct words *say = words_of(step);

	if (!step->known && (each || !step->other)) {
		page_put(page, PAGE_PLAIN, each && step->other ? say->each : say->without);
		return;
	}
	page_putf(page, PAGE_PLAIN, "%s ", say->verb);
	if (step->known)
		put_known(step->known, in_full, page);
	else
		page_put(page, PAGE_BOLD, step->other);
	page_putf(page, PAGE_PLAIN, "%s%s", say->tail[0] == '.' ? "" : " ", say->tail);
}

void step_sentence(const struct step *step, bool each, struct buf *out)
{
	struct page page;

	page_init(&page, out, 0, false);
	page.columns = SIZE_MAX / 2;
	page_start(&page, 0, 0);
	step_put(step, each, true, &page);
}

void step_own(const struct step *step, struct buf *out)
{
	(void)buf_addf(
		out, "%s %s", words_of(step)->own, step->other ? step->other : "a certificate");
}
