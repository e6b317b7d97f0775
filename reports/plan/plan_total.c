/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_total.h"

#include <stdlib.h>
#include <string.h>

void plan_totals_release(struct plan_totals *totals)
{
	free(totals->owners.items);
	free(totals->groups.items);
	free(totals->sorted);
}

static int compare_owners(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

static int by_owner(const void *left, const void *right)
{
	const struct plan_host *a = *(const struct plan_host *const *)left;
	const struct plan_host *b = *(const struct plan_host *const *)right;

	return compare_owners(a->owner, b->owner);
}

static int by_group(const void *left, const void *right)
{
	const struct plan_host *a = *(const struct plan_host *const *)left;
	const struct plan_host *b = *(const struct plan_host *const *)right;
	int order = strcmp(a->group, b->group);

	return order != 0 ? order : strcmp(a->folder, b->folder);
}

static int by_size(const void *left, const void *right)
{
	const struct plan_group *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->hosts[0]->folder, b->hosts[0]->folder);
}

static void count(struct plan_total *total, const struct plan_host *host)
{
	total->hosts++;
	total->efforts[host->effort]++;
}

static bool count_owners(struct plan_totals *totals, size_t hosts)
{
	for (size_t i = 0; i < hosts; i++) {
		const struct plan_host *host = totals->sorted[i];
		bool fresh = i == 0 || by_owner(&totals->sorted[i - 1], &totals->sorted[i]) != 0;

		if (fresh && !vec_reserve(&totals->owners))
			return false;
		if (fresh)
			totals->owners.items[totals->owners.count++] = (struct plan_total){
				.owner = host->owner
			};
		count(&totals->owners.items[totals->owners.count - 1], host);
		count(&totals->all, host);
	}
	return true;
}

static bool make_groups(struct plan_totals *totals, size_t hosts)
{
	for (size_t i = 0; i < hosts; i++) {
		const struct plan_host *const *at = &totals->sorted[i];
		bool fresh = i == 0 || strcmp(at[-1]->group, at[0]->group) != 0;

		if (fresh && !vec_reserve(&totals->groups))
			return false;
		if (fresh)
			totals->groups.items[totals->groups.count++] = (struct plan_group){
				.hosts = at
			};
		totals->groups.items[totals->groups.count - 1].count++;
	}
	return true;
}

bool plan_totals_make(const struct plan *plan, struct plan_totals *ret_totals)
{
	size_t hosts = plan->hosts.count;

	*ret_totals = (struct plan_totals){ .sorted = calloc(
						    hosts + 1, sizeof *ret_totals->sorted) };
	if (!ret_totals->sorted)
		return false;
	for (size_t i = 0; i < hosts; i++)
		ret_totals->sorted[i] = plan->hosts.items[i];
	qsort(ret_totals->sorted, hosts, sizeof *ret_totals->sorted, by_owner);
	if (!count_owners(ret_totals, hosts))
		return false;
	qsort(ret_totals->sorted, hosts, sizeof *ret_totals->sorted, by_group);
	if (!make_groups(ret_totals, hosts))
		return false;
	if (ret_totals->groups.count > 0)
		qsort(ret_totals->groups.items, ret_totals->groups.count,
			sizeof *ret_totals->groups.items, by_size);
	return true;
}
