/* SPDX-License-Identifier: MIT */
#include "reports/digest_tally.h"

#include <stdlib.h>
#include <string.h>

#include "reports/digest.h"

/* The entries in another order; NULL when memory runs out. */
static const struct digest_entry **sorted_by(
	const struct digest *digest, int (*compare)(const void *left, const void *right))
{
	size_t count = digest->entries.count;
	const struct digest_entry **sorted = calloc(count + 1, sizeof *sorted);

	for (size_t i = 0; sorted && i < count; i++)
		sorted[i] = &digest->entries.items[i];
	if (sorted)
		qsort(sorted, count, sizeof(const struct digest_entry *), compare);
	return sorted;
}

static int compare_services(const void *left, const void *right)
{
	const struct digest_entry *const *a = left, *const *b = right;

	return strcmp((*a)->service, (*b)->service);
}

bool digest_tally_services(const struct digest *digest, size_t *ret_services, size_t *ret_dropped)
{
	const struct digest_entry **sorted = sorted_by(digest, compare_services);

	*ret_services = *ret_dropped = 0;
	if (!sorted)
		return false;
	for (size_t i = 0; i < digest->entries.count; i++) {
		if (i > 0 && compare_services(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		++*ret_services;
		*ret_dropped += sorted[i]->addresses_dropped;
	}
	free(sorted);
	return true;
}

static int compare_names(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

static int compare_owners(const void *left, const void *right)
{
	const struct digest_entry *const *a = left, *const *b = right;

	return compare_names((*a)->owner, (*b)->owner);
}

static int compare_work(const void *left, const void *right)
{
	static const enum status worst[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_UNREACHABLE };
	const struct digest_owner *a = left, *b = right;

	for (size_t i = 0; i < ARRAY_LEN(worst); i++)
		if (a->results[worst[i]] != b->results[worst[i]])
			return a->results[worst[i]] > b->results[worst[i]] ? -1 : 1;
	return compare_names(a->name, b->name);
}

static void count(struct digest_owner *owner, const struct digest_entry *entry)
{
	owner->results[entry->status]++;
	for (size_t i = 0; i < entry->faults; i++) {
		const struct digest_item *item = &entry->items.items[i];

		if (!item->has_due || (owner->has_due && item->due.seconds >= owner->due.seconds))
			continue;
		owner->due = item->due;
		owner->has_due = true;
	}
}

bool digest_tally_owners(const struct digest *digest, struct digest_owners *ret_owners)
{
	const struct digest_entry **sorted = sorted_by(digest, compare_owners);
	bool fitted = sorted != NULL;

	*ret_owners = (struct digest_owners){ .all = { NULL, 0, 0 } };
	for (size_t i = 0; i < digest->entries.count && fitted; i++) {
		if (i == 0 || compare_owners(&sorted[i - 1], &sorted[i]) != 0) {
			fitted = vec_reserve(&ret_owners->all);
			if (!fitted)
				break;
			ret_owners->all.items[ret_owners->all.count++] = (struct digest_owner){
				.name = sorted[i]->owner
			};
		}
		count(&ret_owners->all.items[ret_owners->all.count - 1], sorted[i]);
	}
	free(sorted);
	if (fitted && ret_owners->all.count > 1)
		qsort(ret_owners->all.items, ret_owners->all.count, sizeof *ret_owners->all.items,
			compare_work);
	return fitted;
}

void digest_owners_release(struct digest_owners *owners)
{
	free(owners->all.items);
	owners->all.items = NULL;
	owners->all.count = owners->all.room = 0;
}

static int compare_reasons(const struct digest_note *a, const struct digest_note *b)
{
	if (a->item->rule != b->item->rule)
		return a->item->rule < b->item->rule ? -1 : 1;
	return compare_names(a->item->waiver, b->item->waiver);
}

static int compare_notes(const void *left, const void *right)
{
	const struct digest_note *a = left, *b = right;
	int order = compare_reasons(a, b);

	return order ? order : strcmp(a->entry->service, b->entry->service);
}

static bool add_notes(struct digest_notes *notes, const struct digest_entry *entry,
	const struct digest_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!vec_reserve(&notes->all))
			return false;
		notes->all.items[notes->all.count++] = (struct digest_note){ &items[i], entry };
	}
	return true;
}

bool digest_tally_notes(
	const struct digest *digest, enum digest_of of, struct digest_notes *ret_notes)
{
	bool fitted = true;

	*ret_notes = (struct digest_notes){ .all = { NULL, 0, 0 } };
	for (size_t i = 0; i < digest->entries.count && fitted; i++) {
		const struct digest_entry *entry = &digest->entries.items[i];

		if (of == DIGEST_WAIVED)
			fitted = add_notes(
				ret_notes, entry, entry->waived.items, entry->waived.count);
		else if (entry->items.count > entry->faults)
			fitted = add_notes(ret_notes, entry, entry->items.items + entry->faults,
				entry->items.count - entry->faults);
	}
	if (fitted && ret_notes->all.count > 1)
		qsort(ret_notes->all.items, ret_notes->all.count, sizeof *ret_notes->all.items,
			compare_notes);
	return fitted;
}

void digest_notes_release(struct digest_notes *notes)
{
	free(notes->all.items);
	notes->all.items = NULL;
	notes->all.count = notes->all.room = 0;
}

size_t digest_notes_like(const struct digest_notes *notes, size_t first)
{
	const struct digest_note *all = notes->all.items;
	size_t end = first + 1;

	while (end < notes->all.count && compare_reasons(&all[first], &all[end]) == 0)
		end++;
	return end - first;
}
