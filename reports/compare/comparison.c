/* SPDX-License-Identifier: MIT */
#include "reports/compare/comparison.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct comparison *comparison_new(void)
{
	struct comparison *comparison = calloc(1, sizeof *comparison);

	if (comparison)
		arena_init(&comparison->texts, NULL, 0);
	return comparison;
}

void comparison_free(struct comparison *comparison)
{
	if (!comparison)
		return;
	for (enum side side = SIDE_OLD; side < SIDE_COUNT; side++)
		free(comparison->sets[side].results.items);
	free(comparison->changes.items);
	free(comparison->owners.items);
	arena_release(&comparison->texts);
	free(comparison);
}

/* --- Keeping --- */

static bool keep(struct arena *texts, const char *text, const char **ret_kept)
{
	*ret_kept = text[0] ? arena_text(texts, text, strlen(text)) : "";
	return *ret_kept;
}

static bool keep_labels(
	struct arena *texts, const struct target *target, struct compared_result *result)
{
	struct label *labels = arena_take(texts, (target->labels.count + 1) * sizeof *labels);

	if (!labels)
		return false;
	for (size_t i = 0; i < target->labels.count; i++) {
		const struct label *label = &target->labels.items[i];

		labels[i].name = arena_text(texts, label->name, strlen(label->name));
		labels[i].value = arena_text(texts, label->value, strlen(label->value));
		if (!labels[i].name || !labels[i].value)
			return false;
	}
	result->labels = labels;
	result->label_count = target->labels.count;
	return true;
}

/* The worst that counts stands for all of its rule; only when none does, it is waived. */
static void fold(struct compared_finding *into, const struct finding *finding)
{
	if (finding->waived.is && !into->waived)
		return;
	if (into->waived != finding->waived.is || finding->severity > into->severity)
		into->severity = finding->severity;
	into->waived = finding->waived.is;
}

static bool keep_findings(
	struct arena *texts, const struct verdict *verdict, struct compared_result *result)
{
	const struct finding_list *list = &verdict->findings;
	struct compared_finding folded[RULE_COUNT];
	size_t count = 0;
	bool has[RULE_COUNT] = { false };

	for (size_t i = 0; i < list->all.count; i++) {
		const struct finding *finding = &list->all.items[i];

		if (has[finding->rule]) {
			fold(&folded[finding->rule], finding);
			continue;
		}
		has[finding->rule] = true;
		count++;
		folded[finding->rule] = (struct compared_finding){
			.rule = finding->rule,
			.severity = finding->severity,
			.waived = finding->waived.is,
		};
	}
	struct compared_finding *findings = arena_take(texts, (count + 1) * sizeof *findings);
	if (!findings)
		return false;
	for (enum rule_id rule = 0; rule < RULE_COUNT; rule++)
		if (has[rule])
			findings[result->finding_count++] = folded[rule];
	result->findings = findings;
	return true;
}

static void note_run(struct compared_set *set, const struct verdict *verdict)
{
	if (set->results.count > 0 && verdict->time.seconds < set->time.seconds)
		return;
	set->time = verdict->time;
	set->as_of = verdict->as_of;
	if (verdict->run && verdict->run->profile)
		(void)snprintf(set->profile, sizeof set->profile, "%s", verdict->run->profile);
}

bool comparison_add(struct comparison *comparison, enum side side, const struct verdict *verdict)
{
	struct compared_set *set = &comparison->sets[side];
	struct arena *texts = &comparison->texts;
	const struct target *target = verdict->target;

	note_run(set, verdict);
	if (!vec_reserve(&set->results))
		return false;
	struct compared_result *result = &set->results.items[set->results.count];
	*result = (struct compared_result){
		.number = set->results.count,
		.port = target->port,
		.protocol = target->protocol,
		.bad_target = target->fault || verdict->outcome == OUTCOME_BAD_TARGET,
		.status = verdict->status,
		.outcome = verdict->outcome,
	};
	if (!keep(texts, target->host, &result->host) ||
		!keep(texts, target->unicode ? target->unicode : "", &result->unicode) ||
		!keep(texts, verdict->address, &result->address) ||
		!keep(texts, target->sni ? target->sni : "", &result->sni) ||
		!keep_labels(texts, target, result) || !keep_findings(texts, verdict, result))
		return false;
	set->results.count++;
	return true;
}

/* --- Matching --- */

static int compare_services(const struct compared_result *a, const struct compared_result *b)
{
	int order = strcmp(a->host, b->host);

	if (order == 0)
		order = (a->port > b->port) - (a->port < b->port);
	if (order == 0)
		order = (a->protocol > b->protocol) - (a->protocol < b->protocol);
	return order ? order : strcmp(a->sni, b->sni);
}

static int compare_results(const void *left, const void *right)
{
	const struct compared_result *a = left, *b = right;
	int order = compare_services(a, b);

	if (order == 0)
		order = strcmp(a->address, b->address);
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* By service and address, of several that are the same the last. */
static void sort_set(struct compared_set *set)
{
	struct compared_result *items = set->results.items;
	size_t count = 0;

	if (set->results.count < 2)
		return;
	qsort(items, set->results.count, sizeof *items, compare_results);
	for (size_t i = 0; i < set->results.count; i++) {
		bool again = count > 0 && compare_services(&items[count - 1], &items[i]) == 0 &&
			     strcmp(items[count - 1].address, items[i].address) == 0;

		items[again ? count - 1 : count++] = items[i];
	}
	set->results.count = count;
}

/* The results of one service, on both sides, by address. */
struct service {
	struct comparison *comparison;
	const struct compared_result *results[SIDE_COUNT];
	size_t counts[SIDE_COUNT];
	VEC(const struct compared_result *) left[SIDE_COUNT]; /* that have no partner */
};

static bool add_change(struct service *service, const struct compared_result *old,
	const struct compared_result *new, const struct compared_result *before)
{
	struct comparison *comparison = service->comparison;

	if (!vec_reserve(&comparison->changes))
		return false;
	struct change *change = &comparison->changes.items[comparison->changes.count++];
	*change = (struct change){ .sides = { old, new } };
	change->moved = old && new && old->address[0] && new->address[0] &&
			strcmp(old->address, new->address) != 0;
	change_classify(change, before);
	return true;
}

static bool leave(struct service *service, enum side side, const struct compared_result *result)
{
	if (!vec_reserve(&service->left[side]))
		return false;
	service->left[side].items[service->left[side].count++] = result;
	return true;
}

static const struct compared_result *at(const struct service *service, enum side side, size_t i)
{
	return i < service->counts[side] ? &service->results[side][i] : NULL;
}

/* Pairs what has the same address, and notes the others. */
static bool pair_addresses(struct service *service)
{
	size_t i = 0, k = 0;

	while (i < service->counts[SIDE_OLD] || k < service->counts[SIDE_NEW]) {
		const struct compared_result *old = at(service, SIDE_OLD, i);
		const struct compared_result *new = at(service, SIDE_NEW, k);
		int order = !old ? 1 : !new ? -1 : strcmp(old->address, new->address);
		bool good = order == 0  ? add_change(service, old, new, NULL)
			    : order < 0 ? leave(service, SIDE_OLD, old)
					: leave(service, SIDE_NEW, new);

		if (!good)
			return false;
		i += order <= 0;
		k += order >= 0;
	}
	return true;
}

/* Worst first, else as they are by address. */
static int compare_badness(const void *left, const void *right)
{
	const struct compared_result *a = *(const struct compared_result *const *)left;
	const struct compared_result *b = *(const struct compared_result *const *)right;
	unsigned bad_a = change_badness(a->status), bad_b = change_badness(b->status);

	return bad_a != bad_b ? (bad_a < bad_b) - (bad_a > bad_b) : strcmp(a->address, b->address);
}

/* The worst of those that could be examined, or any. */
static const struct compared_result *worst_before(const struct service *service)
{
	const struct compared_result *worst = NULL;

	for (size_t i = 0; i < service->counts[SIDE_OLD]; i++) {
		const struct compared_result *one = &service->results[SIDE_OLD][i];

		if (!worst || worst->status == STATUS_UNREACHABLE ||
			(one->status != STATUS_UNREACHABLE &&
				change_badness(one->status) > change_badness(worst->status)))
			worst = one;
	}
	return worst;
}

/* The result of the name itself, which led to no address. */
static const struct compared_result *nowhere(const struct service *service)
{
	const struct compared_result *first = at(service, SIDE_NEW, 0);

	return first && !first->address[0] && first->status == STATUS_UNREACHABLE ? first : NULL;
}

static bool pair_rest(struct service *service)
{
	size_t old = service->left[SIDE_OLD].count, new = service->left[SIDE_NEW].count;
	const struct compared_result *before = worst_before(service), *none = nowhere(service);
	bool good = true;

	for (enum side side = SIDE_OLD; side < SIDE_COUNT; side++)
		if (service->left[side].count > 1)
			qsort(service->left[side].items, service->left[side].count,
				sizeof(const struct compared_result *), compare_badness);
	for (size_t i = 0; good && (i < old || i < new); i++)
		good = add_change(service, i < old ? service->left[SIDE_OLD].items[i] : NULL,
			i < new ? service->left[SIDE_NEW].items[i] : none, before);
	return good;
}

static bool match_service(struct service *service)
{
	service->left[SIDE_OLD].count = service->left[SIDE_NEW].count = 0;
	return pair_addresses(service) && pair_rest(service);
}

static size_t run_of(const struct compared_set *set, size_t from)
{
	size_t end = from + 1;

	while (end < set->results.count &&
		compare_services(&set->results.items[from], &set->results.items[end]) == 0)
		end++;
	return end - from;
}

static bool match(struct comparison *comparison)
{
	const struct compared_set *old = &comparison->sets[SIDE_OLD];
	const struct compared_set *new = &comparison->sets[SIDE_NEW];
	struct service service = { .comparison = comparison };
	size_t i = 0, k = 0;
	bool good = true;

	while (good && (i < old->results.count || k < new->results.count)) {
		int order = i == old->results.count   ? 1
			    : k == new->results.count ? -1
						      : compare_services(&old->results.items[i],
								&new->results.items[k]);

		service.counts[SIDE_OLD] = order <= 0 ? run_of(old, i) : 0;
		service.counts[SIDE_NEW] = order >= 0 ? run_of(new, k) : 0;
		service.results[SIDE_OLD] = order <= 0 ? &old->results.items[i] : NULL;
		service.results[SIDE_NEW] = order >= 0 ? &new->results.items[k] : NULL;
		good = match_service(&service);
		i += service.counts[SIDE_OLD];
		k += service.counts[SIDE_NEW];
	}
	free(service.left[SIDE_OLD].items);
	free(service.left[SIDE_NEW].items);
	return good;
}

/* --- Counting --- */

static int compare_changes(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	const struct compared_result *shown_a = change_shown(a), *shown_b = change_shown(b);
	unsigned bad_a = change_badness(shown_a->status), bad_b = change_badness(shown_b->status);

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (bad_a != bad_b)
		return bad_a > bad_b ? -1 : 1;
	int order = compare_services(shown_a, shown_b);
	if (order == 0)
		order = strcmp(shown_a->address, shown_b->address);
	/* One result of NEW may stand for several of OLD. */
	if (order == 0 && a->sides[SIDE_OLD] && b->sides[SIDE_OLD])
		order = strcmp(a->sides[SIDE_OLD]->address, b->sides[SIDE_OLD]->address);
	return order;
}

static int compare_owners(const void *left, const void *right)
{
	const struct change *const *a = left, *const *b = right;

	return strcmp(change_owner(*a), change_owner(*b));
}

static bool count_owner(struct comparison *comparison, const struct change *change)
{
	const char *name = change_owner(change);
	size_t count = comparison->owners.count;

	if (count == 0 || strcmp(comparison->owners.items[count - 1].name, name) != 0) {
		if (!vec_reserve(&comparison->owners))
			return false;
		comparison->owners.items[count++] = (struct compared_owner){ .name = name };
		comparison->owners.count = count;
	}
	comparison->owners.items[count - 1].counts[change->class]++;
	return true;
}

static bool count_owners(struct comparison *comparison)
{
	size_t count = comparison->changes.count;
	const struct change **sorted = calloc(count + 1, sizeof *sorted);
	bool good = sorted;

	for (size_t i = 0; good && i < count; i++)
		sorted[i] = &comparison->changes.items[i];
	if (good && count > 1)
		qsort(sorted, count, sizeof *sorted, compare_owners);
	for (size_t i = 0; good && i < count; i++)
		good = count_owner(comparison, sorted[i]);
	free(sorted);
	return good;
}

static void count_findings(struct comparison *comparison, const struct change *change)
{
	struct finding_change findings[RULE_COUNT];
	size_t count = change_findings(change, findings);

	for (size_t i = 0; i < count; i++)
		comparison->findings[findings[i].rule][findings[i].class]++;
}

bool comparison_settle(struct comparison *comparison)
{
	for (enum side side = SIDE_OLD; side < SIDE_COUNT; side++)
		sort_set(&comparison->sets[side]);
	if (!match(comparison))
		return false;
	if (comparison->changes.count > 1)
		qsort(comparison->changes.items, comparison->changes.count,
			sizeof *comparison->changes.items, compare_changes);
	for (size_t i = 0; i < comparison->changes.count; i++) {
		comparison->counts[comparison->changes.items[i].class]++;
		count_findings(comparison, &comparison->changes.items[i]);
	}
	return count_owners(comparison);
}
