/* SPDX-License-Identifier: MIT */
#include "reports/census.h"

#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to; and its own choice of a hash
 * falls through cases, which clang will not have. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/text.h"
#include "checker/target/target.h"

#define WORKS_MOST 100    /* of one owner: more is for the sheet of actions */
#define WORKS_BYTES 32767 /* what a cell holds */
#define HOSTS_BYTES 4096  /* of one owner's list: more is for the sheet of hosts */

/* Something to do, and for how many results. */
struct work {
	char *text;
	size_t count;
	UT_hash_handle hh;
};

struct census_entry {
	char *name;
	size_t results[STATUS_COUNT];
	bool has_due;
	struct instant due;
	struct buf hosts;
	bool more;
	struct work *works;
	UT_hash_handle hh;
};

struct census_print {
	uint8_t sha256[FINGERPRINT_BYTES];
	UT_hash_handle hh;
};

static void work_free(struct work *work)
{
	free(work->text);
	free(work);
}

static void entry_free(struct census_entry *entry)
{
	struct work *work, *next;

	HASH_ITER(hh, entry->works, work, next)
	{
		HASH_DEL(entry->works, work);
		work_free(work);
	}
	free(entry->name);
	buf_release(&entry->hosts);
	free(entry);
}

void census_release(struct census *census)
{
	struct census_entry *entry, *next;
	struct census_print *print, *after;

	HASH_ITER(hh, census->owners, entry, next)
	{
		HASH_DEL(census->owners, entry);
		entry_free(entry);
	}
	HASH_ITER(hh, census->prints, print, after)
	{
		HASH_DEL(census->prints, print);
		free(print);
	}
}

static struct census_entry *entry_new(struct census *census, const char *name)
{
	struct census_entry *entry = calloc(1, sizeof *entry);

	if (!entry)
		return NULL;
	entry->hosts = (struct buf)BUF_INIT(HOSTS_BYTES);
	entry->name = text_copy(name, strlen(name));
	if (entry->name)
		HASH_ADD_KEYPTR(hh, census->owners, entry->name, strlen(entry->name), entry);
	if (entry->name && entry->hh.tbl)
		return entry;
	entry_free(entry);
	return NULL;
}

static void note_host(struct census_entry *entry, const struct target *target)
{
	const char *host = target->unicode ? target->unicode : target->host;
	size_t len = strlen(host);

	/* Beside its last neighbour only: addresses of one service come together. */
	if (entry->hosts.len >= len && !entry->more &&
		strcmp(buf_text(&entry->hosts) + entry->hosts.len - len, host) == 0)
		return;
	if (entry->hosts.len + len + 8 > HOSTS_BYTES) {
		entry->more = true;
		return;
	}
	if (entry->hosts.len > 0)
		(void)buf_add_text(&entry->hosts, ", ");
	(void)buf_add(&entry->hosts, host, len);
}

static void note_due(struct census_entry *entry, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		if (!finding_counts(finding) || !finding->has_due)
			continue;
		if (!entry->has_due || finding->due.seconds < entry->due.seconds)
			entry->due = finding->due;
		entry->has_due = true;
	}
}

static struct census_entry *entry_of(const struct census *census, const char *name)
{
	struct census_entry *entry;

	HASH_FIND_STR(census->owners, name, entry);
	return entry;
}

static const char *name_of(const struct verdict *verdict)
{
	const char *owner = target_label(verdict->target, "owner");

	return owner ? owner : "";
}

bool census_count(struct census *census, const struct verdict *verdict)
{
	const char *name = name_of(verdict);
	struct census_entry *entry = entry_of(census, name);

	if (!entry && !(entry = entry_new(census, name)))
		return false;
	entry->results[verdict->status]++;
	if (verdict->status == STATUS_CRITICAL || verdict->status == STATUS_WARNING) {
		note_host(entry, verdict->target);
		note_due(entry, verdict);
	}
	return true;
}

bool census_note_work(struct census *census, const struct verdict *verdict, const char *text)
{
	struct census_entry *entry = entry_of(census, name_of(verdict));
	struct work *work;

	HASH_FIND_STR(entry->works, text, work);
	if (!work && HASH_COUNT(entry->works) >= WORKS_MOST)
		return true;
	if (!work) {
		work = calloc(1, sizeof *work);
		if (!work)
			return false;
		work->text = text_copy(text, strlen(text));
		if (work->text)
			HASH_ADD_KEYPTR(hh, entry->works, work->text, strlen(work->text), work);
		if (!work->text || !work->hh.tbl) {
			work_free(work);
			return false;
		}
	}
	work->count++;
	return true;
}

bool census_meet(
	struct census *census, const uint8_t sha256[static FINGERPRINT_BYTES], bool *ret_fresh)
{
	struct census_print *print;

	HASH_FIND(hh, census->prints, sha256, FINGERPRINT_BYTES, print);
	*ret_fresh = !print;
	if (print)
		return true;
	print = calloc(1, sizeof *print);
	if (!print)
		return false;
	memcpy(print->sha256, sha256, sizeof print->sha256);
	HASH_ADD(hh, census->prints, sha256, FINGERPRINT_BYTES, print);
	if (print->hh.tbl)
		return true;
	free(print);
	return false;
}

static int compare(const void *left, const void *right)
{
	static const enum status worst[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_UNREACHABLE };
	const struct census_entry *const *a = left, *const *b = right;

	for (size_t i = 0; i < ARRAY_LEN(worst); i++)
		if ((*a)->results[worst[i]] != (*b)->results[worst[i]])
			return (*a)->results[worst[i]] > (*b)->results[worst[i]] ? -1 : 1;
	return strcmp((*a)->name, (*b)->name);
}

static int compare_works(const struct work *a, const struct work *b)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->text, b->text);
}

static void join_works(struct census_entry *entry, struct buf *out)
{
	HASH_SRT(hh, entry->works, compare_works);
	buf_clear(out);
	for (const struct work *work = entry->works; work; work = work->hh.next)
		(void)buf_addf(
			out, "%s%s (%zu)", out->len > 0 ? "; " : "", work->text, work->count);
}

bool census_owners(const struct census *census,
	void (*say)(void *arg, const struct census_owner *owner), void *arg)
{
	size_t count = HASH_COUNT(census->owners), at = 0;
	struct census_entry **sorted = calloc(count + 1, sizeof(struct census_entry *));
	CLEANUP(buf_release) struct buf works = BUF_INIT(WORKS_BYTES);

	if (!sorted)
		return false;
	for (struct census_entry *entry = census->owners; entry; entry = entry->hh.next)
		sorted[at++] = entry;
	qsort(sorted, count, sizeof(struct census_entry *), compare);
	for (size_t i = 0; i < count; i++) {
		struct census_owner owner = { .name = sorted[i]->name,
			.has_due = sorted[i]->has_due,
			.due = sorted[i]->due };

		if (sorted[i]->more)
			(void)buf_add_text(&sorted[i]->hosts, " ...");
		memcpy(owner.results, sorted[i]->results, sizeof owner.results);
		owner.hosts = buf_text(&sorted[i]->hosts);
		join_works(sorted[i], &works);
		owner.work = buf_text(&works);
		say(arg, &owner);
	}
	free(sorted);
	return true;
}
