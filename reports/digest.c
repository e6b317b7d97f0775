/* SPDX-License-Identifier: MIT */
#include "reports/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/target/target.h"
#include "reports/digest_text.h"
#include "reports/report.h"

#define KEY_BYTES 65536u /* of all rules and actions of one result: far below */

void digest_init(struct digest *digest, const struct report_run *run)
{
	memset(digest, 0, sizeof *digest);
	digest->run = run;
}

static void evidence_free(struct digest_evidence *evidence)
{
	if (!evidence)
		return;
	for (size_t i = 0; i < evidence->links.count; i++)
		free(evidence->links.items[i].name);
	for (size_t i = 0; i < evidence->paths.count; i++)
		free(evidence->paths.items[i].reason);
	free(evidence->links.items);
	free(evidence->paths.items);
	free(evidence);
}

static void entry_release(struct digest_entry *entry)
{
	free(entry->service);
	free(entry->address);
	free(entry->owner);
	free(entry->error);
	free(entry->key);
	free(entry->issuer);
	for (size_t i = 0; i < entry->items.count; i++)
		free(entry->items.items[i].message);
	free(entry->items.items);
	for (size_t i = 0; i < entry->waived.count; i++) {
		free(entry->waived.items[i].message);
		free(entry->waived.items[i].waiver);
	}
	free(entry->waived.items);
	for (size_t i = 0; i < entry->steps.count; i++)
		step_release(&entry->steps.items[i]);
	free(entry->steps.items);
	evidence_free(entry->evidence);
}

void digest_release(struct digest *digest)
{
	for (size_t i = 0; i < digest->entries.count; i++)
		entry_release(&digest->entries.items[i]);
	free(digest->entries.items);
	free(digest->blocks.items);
	digest_init(digest, digest->run);
}

/* A text that may be missing; false when memory runs out. */
static bool print_if_any(const char *text, char **ret_text)
{
	if (!text || !text[0])
		return true;
	*ret_text = digest_text(text);
	return *ret_text != NULL;
}

static bool add_item(
	struct digest_entry *entry, const struct finding *finding, enum language language)
{
	if (!vec_reserve(&entry->items))
		return false;
	char raw[FINDING_TEXT + 80];
	char *message = digest_text(finding_text(finding, language, raw, sizeof raw));
	if (!message)
		return false;
	entry->items.items[entry->items.count++] = (struct digest_item){
		.rule = finding->rule,
		.severity = finding->severity,
		.has_due = finding->has_due,
		.has_actions = finding->action_count > 0,
		.due = instant_day(finding->due), /* what is shown is what is compared */
		.message = message,
	};
	if (finding->severity != SEVERITY_NOTE)
		entry->faults++;
	return true;
}

static bool add_waived(
	struct digest_entry *entry, const struct finding *finding, enum language language)
{
	char day[INSTANT_TEXT], raw[WAIVED_REASON + WAIVED_BY + 60];

	if (!vec_reserve(&entry->waived))
		return false;
	instant_format_day(finding->waived.until, day);
	phrase_say(raw, sizeof raw, "%s (%s, until %s)", finding->waived.reason, finding->waived.by,
		day);
	struct digest_item *item = &entry->waived.items[entry->waived.count++];
	*item = (struct digest_item){ .rule = finding->rule,
		.severity = finding->severity,
		.message = digest_text_said(language, finding->said, finding->message),
		.waiver = digest_text_said(language, raw, "") };
	return item->message && item->waiver;
}

/* Adds the steps of FINDING that are not there already. */
static bool add_steps(struct digest_entry *entry, const struct finding *finding,
	const struct verdict *verdict, const struct profile *profile)
{
	for (size_t i = 0; i < finding->action_count; i++) {
		struct step step;
		bool there = false;

		if (!vec_reserve(&entry->steps) ||
			!step_make(&step, &finding->actions[i], verdict, profile))
			return false;
		for (size_t s = 0; s < entry->steps.count; s++)
			there |= step_compare(&entry->steps.items[s], &step) == 0;
		if (there)
			step_release(&step);
		else
			entry->steps.items[entry->steps.count++] = step;
	}
	return true;
}

static int compare_items(const void *left, const void *right)
{
	const struct digest_item *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return strcmp(a->message, b->message);
}

static int compare_steps(const void *left, const void *right)
{
	return step_compare(left, right);
}

static bool add_findings(
	struct digest_entry *entry, const struct verdict *verdict, const struct report_run *run)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];

		if (finding->waived.is) {
			if (!add_waived(entry, finding, run->language))
				return false;
			continue;
		}
		if (!add_item(entry, finding, run->language))
			return false;
		if (finding->severity != SEVERITY_NOTE &&
			!add_steps(entry, finding, verdict, run->profile))
			return false;
	}
	if (entry->items.count > 1)
		qsort(entry->items.items, entry->items.count, sizeof *entry->items.items,
			compare_items);
	if (entry->steps.count > 1)
		qsort(entry->steps.items, entry->steps.count, sizeof *entry->steps.items,
			compare_steps);
	return true;
}

/* Rules and steps, but not what differs from host to host. */
static bool set_key(struct digest_entry *entry)
{
	struct buf key = BUF_INIT(KEY_BYTES);

	if (entry->faults == 0 || entry->status == STATUS_UNREACHABLE)
		return true;
	for (size_t i = 0; i < entry->faults; i++)
		(void)buf_addf(&key, "%d:%s,", (int)entry->items.items[i].severity,
			rule_at(entry->items.items[i].rule)->id);
	for (size_t i = 0; i < entry->steps.count; i++)
		step_key(&entry->steps.items[i], &key);
	if (key.failed) {
		buf_release(&key);
		return false;
	}
	entry->key = key.data;
	return true;
}

static bool add_link(struct digest_evidence *evidence, const struct verdict_certificate *served,
	enum language language)
{
	const struct cert *cert = served->cert;

	if (!vec_reserve(&evidence->links))
		return false;
	bool named = cert->readable && cert->common_name && cert->common_name[0];
	char *name = digest_text(named            ? cert->common_name
				 : cert->readable ? cert->subject
						  : lang_text(language, "unreadable"));
	if (!name)
		return false;
	struct digest_link *link = &evidence->links.items[evidence->links.count++];
	*link = (struct digest_link){ .role = cert->readable ? served->role : ROLE_OTHER,
		.known_as = served->known_as,
		.name = name,
		.readable = cert->readable };
	if (cert->readable) {
		link->not_before = cert->not_before;
		link->not_after = cert->not_after;
	}
	memcpy(link->print, cert->sha256_text, sizeof link->print);
	return true;
}

/* Paths of stores the profile does not name are not shown: there is no title for them. */
static bool add_path(struct digest_evidence *evidence, const struct verdict_path *path,
	const struct report_run *run)
{
	const struct profile *profile = run->profile;
	size_t store = 0;

	while (store < profile->store_count && strcmp(profile->stores[store].id, path->store) != 0)
		store++;
	if (store == profile->store_count)
		return true;
	char *reason = digest_text_said(run->language, path->said, path->reason);
	if (!reason || !vec_reserve(&evidence->paths)) {
		free(reason);
		return false;
	}
	evidence->paths.items[evidence->paths.count++] = (struct digest_path){ store, path->trusted,
		path->completed_by, reason };
	return true;
}

static bool add_evidence(
	struct digest_entry *entry, const struct verdict *verdict, const struct report_run *run)
{
	entry->evidence = calloc(1, sizeof *entry->evidence);
	if (!entry->evidence)
		return false;
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (!add_link(entry->evidence, &verdict->chain.items[i], run->language))
			return false;
	for (size_t i = 0; i < verdict->path_count; i++)
		if (!add_path(entry->evidence, &verdict->paths[i], run))
			return false;
	return true;
}

/* The certificate of the server itself; NULL when there is none that can be read. */
static const struct cert *leaf_of(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (verdict->chain.items[i].role == ROLE_LEAF)
			return verdict->chain.items[i].cert;
	return NULL;
}

static bool describe_chain(struct digest_entry *entry, const struct verdict *verdict)
{
	const struct cert *leaf = leaf_of(verdict);

	text_printable(
		verdict->version, strlen(verdict->version), entry->version, sizeof entry->version);
	entry->legacy_offer = verdict->legacy_offer;
	entry->proven = verdict->proven;
	for (size_t i = verdict->chain.count; i-- > 0;)
		if (verdict->chain.items[i].role == ROLE_ISSUING)
			entry->issuing = verdict->chain.items[i].known_as;
	if (!leaf || !leaf->readable)
		return true;
	entry->has_leaf = true;
	entry->not_after = leaf->not_after;
	if (entry->status != STATUS_OUT_OF_SCOPE)
		return true;
	return print_if_any(leaf->issuer_common_name, &entry->issuer);
}

static bool describe(struct digest_entry *entry, const struct verdict *verdict,
	const struct report_run *run, bool with_evidence)
{
	const struct target *target = verdict->target;

	entry->status = verdict->status;
	entry->outcome = verdict->outcome;
	entry->addresses_dropped = verdict->addresses_dropped;
	entry->service = digest_text_service(target, run->language);
	if (!entry->service || !describe_chain(entry, verdict))
		return false;
	if (!print_if_any(target_label(target, "owner"), &entry->owner))
		return false;
	if (verdict->addresses > 1 && !print_if_any(verdict->address, &entry->address))
		return false;
	if (verdict->outcome != OUTCOME_SERVED && verdict->message[0]) {
		entry->error = digest_text_said(run->language, verdict->said, verdict->message);
		if (!entry->error)
			return false;
	}
	if (!add_findings(entry, verdict, run) || !set_key(entry))
		return false;
	return !with_evidence || add_evidence(entry, verdict, run);
}

bool digest_add(struct digest *digest, const struct verdict *verdict, struct error *err)
{
	struct digest_entry entry = { .number = digest->entries.count };
	/* A report on one service shows all there is; which it is comes out only in the end. */
	bool with_evidence = digest->run->verbose || digest->entries.count == 0;

	if (!vec_reserve(&digest->entries) ||
		!describe(&entry, verdict, digest->run, with_evidence)) {
		entry_release(&entry);
		return error_set_memory(err);
	}
	digest->entries.items[digest->entries.count++] = entry;
	return true;
}

size_t digest_rank(enum status status)
{
	static const size_t ranks[STATUS_COUNT] = {
		[STATUS_CRITICAL] = 0,
		[STATUS_WARNING] = 1,
		[STATUS_UNREACHABLE] = 2,
		[STATUS_OUT_OF_SCOPE] = 3,
		[STATUS_OK] = 4,
	};

	return ranks[status];
}

/* NULL stands after every text. */
static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

static int compare_problems(const struct digest_entry *a, const struct digest_entry *b)
{
	if (a->status != b->status)
		return digest_rank(a->status) < digest_rank(b->status) ? -1 : 1;
	if (a->status == STATUS_UNREACHABLE && a->outcome != b->outcome)
		return a->outcome < b->outcome ? -1 : 1;
	return compare_texts(a->key, b->key);
}

static int compare_entries(const void *left, const void *right)
{
	const struct digest_entry *a = left, *b = right;
	int order = compare_problems(a, b);

	/* What is in order is listed without its owners. */
	if (order == 0 && a->status != STATUS_OK)
		order = compare_texts(a->owner, b->owner);
	if (order == 0)
		order = strcmp(a->service, b->service);
	return order != 0 ? order : compare_texts(a->address, b->address);
}

static int compare_blocks(const void *left, const void *right)
{
	const struct digest_block *a = left, *b = right;

	if (a->entries->status != b->entries->status)
		return compare_problems(a->entries, b->entries);
	/* Those that nothing is known to be wrong with come last. */
	if (!a->entries->key != !b->entries->key)
		return a->entries->key ? -1 : 1;
	if (a->entries->key &&
		a->entries->items.items[0].severity != b->entries->items.items[0].severity)
		return a->entries->items.items[0].severity > b->entries->items.items[0].severity
			       ? -1
			       : 1;
	if (a->services != b->services)
		return a->services > b->services ? -1 : 1;
	return compare_problems(a->entries, b->entries);
}

size_t digest_services(const struct digest_entry *entries, size_t count)
{
	size_t services = 0;

	for (size_t i = 0; i < count; i++)
		services += i == 0 || strcmp(entries[i].service, entries[i - 1].service) != 0;
	return services;
}

bool digest_settle(struct digest *digest, struct error *err)
{
	struct digest_entry *entries = digest->entries.items;
	size_t count = digest->entries.count;

	if (count > 1 && !digest->run->verbose) {
		evidence_free(entries[0].evidence);
		entries[0].evidence = NULL;
	}
	if (count > 1)
		qsort(entries, count, sizeof *entries, compare_entries);
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1; end < count; end++)
			if (compare_problems(&entries[first], &entries[end]) != 0)
				break;
		if (!vec_reserve(&digest->blocks))
			return error_set_memory(err);
		digest->blocks.items[digest->blocks.count++] = (struct digest_block){
			.entries = &entries[first],
			.count = end - first,
			.services = digest_services(&entries[first], end - first),
		};
	}
	if (digest->blocks.count > 1)
		qsort(digest->blocks.items, digest->blocks.count, sizeof *digest->blocks.items,
			compare_blocks);
	return true;
}

bool digest_same_message(const struct digest_block *block, size_t place)
{
	const char *message = block->entries[0].items.items[place].message;

	for (size_t i = 1; i < block->count; i++)
		if (strcmp(block->entries[i].items.items[place].message, message) != 0)
			return false;
	return true;
}

bool digest_same_due(const struct digest_block *block, size_t place)
{
	const struct digest_item *first = &block->entries[0].items.items[place];

	for (size_t i = 1; i < block->count; i++) {
		const struct digest_item *item = &block->entries[i].items.items[place];

		if (item->has_due != first->has_due || item->due.seconds != first->due.seconds)
			return false;
	}
	return true;
}

bool digest_same_step(const struct digest_block *block, size_t place)
{
	const char *other = block->entries[0].steps.items[place].other;

	for (size_t i = 1; i < block->count; i++)
		if (compare_texts(block->entries[i].steps.items[place].other, other) != 0)
			return false;
	return true;
}
