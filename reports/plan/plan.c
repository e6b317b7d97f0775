/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/plan/plan_places.h"
#include "reports/plan/plan_request.h"
#include "rules/profile/profile.h"

struct plan *plan_new(const struct plan_terms *terms)
{
	struct plan *plan = calloc(1, sizeof *plan);

	if (!plan)
		return NULL;
	plan->terms = *terms;
	arena_init(&plan->texts, NULL, 0);
	plan->services = plan_places_new();
	if (plan->services)
		return plan;
	plan_free(plan);
	return NULL;
}

static void host_free(struct plan_host *host)
{
	for (size_t i = 0; i < host->pieces.count; i++)
		work_release(&host->pieces.items[i].work);
	for (size_t i = 0; i < host->waiting.count; i++)
		work_release(&host->waiting.items[i].work);
	free(host->pieces.items);
	free(host->waiting.items);
	target_unref(host->target);
	free(host);
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->hosts.count; i++)
		host_free(plan->hosts.items[i]);
	free(plan->hosts.items);
	free(plan->faults.items);
	plan_places_free(plan->services);
	arena_release(&plan->texts);
	free(plan);
}

/* --- Verdicts --- */

/* NULL for a label that is not there. */
static bool keep(struct plan *plan, const char *text, const char **ret_text)
{
	*ret_text = text ? arena_text(&plan->texts, text, strlen(text)) : NULL;
	return !text || *ret_text;
}

static bool set_labels(struct plan *plan, const struct verdict *verdict, struct plan_host *host)
{
	const struct target *target = host->target;

	return keep(plan, verdict_platform(verdict), &host->said_platform) &&
	       keep(plan, target_label(target, "owner"), &host->owner) &&
	       keep(plan, target_label(target, "certificate_file"), &host->file) &&
	       keep(plan, target_label(target, "key_file"), &host->key_file) &&
	       keep(plan, target_label(target, "service"), &host->service);
}

static struct plan_host *add_host(struct plan *plan, const struct verdict *verdict)
{
	if (!vec_reserve(&plan->hosts))
		return NULL;
	struct plan_host *host = calloc(1, sizeof *host);
	if (!host)
		return NULL;
	plan->hosts.items[plan->hosts.count++] = host;
	host->target = target_ref(verdict->target);
	host->effort = WORK_NEED_COUNT;
	if (!set_labels(plan, verdict, host))
		return NULL;
	host->platform = plan->terms.platform ? plan->terms.platform
					      : plan_platform_of(host->said_platform);
	if (!host->platform)
		host->platform = plan_platform_generic();
	return host;
}

static struct plan_host *find_host(struct plan *plan, const struct verdict *verdict)
{
	const struct target *target = verdict->target;
	CLEANUP(buf_release) struct buf key = BUF_INIT(1u << 20);
	size_t place;

	(void)buf_addf(
		&key, "%d %u %s", (int)target->protocol, (unsigned)target->port, target->host);
	if (key.failed)
		return NULL;
	if (plan_places_find(plan->services, buf_text(&key), &place))
		return plan->hosts.items[place];
	struct plan_host *host = add_host(plan, verdict);
	if (!host || !plan_places_add(plan->services, buf_text(&key), plan->hosts.count - 1))
		return NULL;
	return host;
}

/* The later one of two results of one address counts. */
static void forget_address(struct plan_host *host, const char *address)
{
	size_t kept = 0;

	for (size_t i = 0; i < host->pieces.count; i++) {
		if (strcmp(host->pieces.items[i].work.address, address) == 0)
			work_release(&host->pieces.items[i].work);
		else
			host->pieces.items[kept++] = host->pieces.items[i];
	}
	host->pieces.count = kept;
	kept = 0;
	for (size_t i = 0; i < host->waiting.count; i++) {
		if (strcmp(host->waiting.items[i].work.address, address) == 0)
			work_release(&host->waiting.items[i].work);
		else
			host->waiting.items[kept++] = host->waiting.items[i];
	}
	host->waiting.count = kept;
}

static bool add_piece(struct plan *plan, struct plan_host *host, const struct verdict *verdict,
	const struct verdict_look *look)
{
	const struct work_maker maker = { .profile = plan->terms.profile,
		.trust = plan->terms.trust,
		.today = plan->terms.today,
		.texts = &plan->texts };
	struct work work;
	bool good = work_make(&maker, verdict, look, &work);

	if (good && work_is_needed(&work) && (good = vec_reserve(&host->pieces)))
		host->pieces.items[host->pieces.count++] = (struct plan_piece){ .work = work };
	else if (good && work.waits && (good = vec_reserve(&host->waiting)))
		host->waiting.items[host->waiting.count++] = (struct plan_piece){ .work = work };
	else
		work_release(&work);
	return good;
}

static int rank(enum status status)
{
	static const int ranks[STATUS_COUNT] = { [STATUS_OK] = 0,
		[STATUS_OUT_OF_SCOPE] = 1,
		[STATUS_UNREACHABLE] = 2,
		[STATUS_WARNING] = 3,
		[STATUS_CRITICAL] = 4 };

	return ranks[status];
}

static bool add_fault(struct plan *plan, const struct target *target)
{
	const char *line = arena_text(&plan->texts, target->host, strlen(target->host));

	if (!line || !vec_reserve(&plan->faults))
		return false;
	plan->faults.items[plan->faults.count++] = line;
	return true;
}

bool plan_add(struct plan *plan, const struct verdict *verdict)
{
	if (verdict->target->fault)
		return add_fault(plan, verdict->target);
	struct plan_host *host = find_host(plan, verdict);
	if (!host)
		return false;
	forget_address(host, verdict->address);
	if (verdict->addresses > host->addresses)
		host->addresses = verdict->addresses;
	if (!add_piece(plan, host, verdict, NULL))
		return false;
	for (size_t i = 0; i < verdict->looks.count; i++) {
		const struct verdict_look *look = &verdict->looks.items[i];

		if (look->same_as == 0 && look->verdict->chain.count > 0 &&
			!add_piece(plan, host, verdict, look))
			return false;
	}
	return true;
}

/* --- Names --- */

/* What a file may be called on any system: others become "_". */
static void put_plain(const char *text, char *out, size_t size)
{
	size_t len = 0;

	for (const char *c = text; *c && len + 1 < size; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || *c == '-' || *c == '_' ||
			     (*c == '.' && len > 0);
		out[len++] = plain ? *c : '_';
	}
	out[len] = '\0';
}

void plan_host_name(const struct plan_host *host, char *out, size_t size)
{
	char name[300];

	text_printable(host->target->host, strlen(host->target->host), name, sizeof name);
	(void)snprintf(out, size, strchr(name, ':') ? "[%s]:%u" : "%s:%u", name,
		(unsigned)host->target->port);
}

void plan_certificate_file(const struct work_certificate *one, char *out, size_t size)
{
	char name[80];

	put_plain(one->known ? one->known->id : one->sha256, name, sizeof name);
	(void)snprintf(out, size, "%s.crt", name);
}

/* HOST_PORT; where two would share one, whatever their case, the later one has a number behind it.
 */
static bool name_folder(struct plan_host *host, struct plan_places *folders)
{
	char plain[90], lower[PLAN_FOLDER];
	size_t place;

	put_plain(host->target->host, plain, sizeof plain);
	(void)snprintf(
		host->folder, sizeof host->folder, "%s_%u", plain, (unsigned)host->target->port);
	for (size_t i = 2;; i++) {
		memcpy(lower, host->folder, sizeof lower);
		text_lower(lower);
		if (!plan_places_find(folders, lower, &place))
			return plan_places_add(folders, lower, 0);
		(void)snprintf(host->folder, sizeof host->folder, "%s_%u_%zu", plain,
			(unsigned)host->target->port, i);
	}
}

/* "apply.sh" for the only one; else the address and the look stand in it. */
static void name_script(const struct plan_host *host, struct plan_piece *piece)
{
	static const char *const endings[] = { ".sh", ".ps1", "" };
	char address[60], middle[90];

	piece->script[0] = '\0';
	if (!piece->work.needs[WORK_NEED_CHAIN] || host->platform->family == PLAN_FAMILY_GUIDE)
		return;
	put_plain(piece->work.address, address, sizeof address);
	(void)snprintf(middle, sizeof middle, "-%s%s%s", address,
		piece->work.look == LOOK_MAIN ? "" : "-",
		piece->work.look == LOOK_MAIN ? "" : look_name(piece->work.look));
	(void)snprintf(piece->script, sizeof piece->script, "apply%s%s",
		host->pieces.count > 1 ? middle : "", endings[host->platform->family]);
}

/* Two pieces that put the same in place share a file. */
static void name_chain(const struct plan_host *host, size_t number)
{
	struct plan_piece *piece = &host->pieces.items[number];
	const struct work *work = &piece->work;
	size_t others = 1;

	piece->chain_file[0] = '\0';
	for (size_t i = 0; i < work->serve.all.count; i++)
		if (!work->serve.all.items[i].held)
			return;
	if (!work->needs[WORK_NEED_CHAIN] && !work->needs[WORK_NEED_REQUEST])
		return;
	if (work->serve.all.count == 0)
		return;
	for (size_t i = 0; i < number; i++) {
		const struct plan_piece *other = &host->pieces.items[i];

		if (!other->chain_file[0])
			continue;
		if (work_certificates_same(&other->work.serve, &work->serve)) {
			memcpy(piece->chain_file, other->chain_file, sizeof piece->chain_file);
			return;
		}
		others++;
	}
	if (others == 1)
		(void)snprintf(piece->chain_file, sizeof piece->chain_file, "chain.pem");
	else
		(void)snprintf(
			piece->chain_file, sizeof piece->chain_file, "chain-%zu.pem", others);
}

static void name_request(const struct plan *plan, const struct plan_host *host, size_t number)
{
	struct plan_piece *piece = &host->pieces.items[number];
	CLEANUP(buf_release) struct buf request = BUF_INIT(PLAN_REQUEST_BYTES);

	if (plan_request_add(plan, host, piece, &request))
		plan_request_name(
			plan, host, number, piece->request_file, sizeof piece->request_file);
}

/* --- Order and groups --- */

static int compare_hosts(const void *left, const void *right)
{
	const struct plan_host *a = *(const struct plan_host *const *)left;
	const struct plan_host *b = *(const struct plan_host *const *)right;
	int order = strcmp(a->target->host, b->target->host);

	if (order == 0)
		order = (int)a->target->port - (int)b->target->port;
	return order != 0 ? order : (int)a->target->protocol - (int)b->target->protocol;
}

static void put_list(const struct work_certificates *list, struct buf *out)
{
	for (size_t i = 0; i < list->all.count; i++)
		(void)buf_addf(out, "+%s", list->all.items[i].sha256);
}

/* What hosts that need the same work have in common. */
static bool set_group(struct plan *plan, struct plan_host *host)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(1u << 20);

	(void)buf_addf(&key, "%s", host->platform->id);
	for (size_t i = 0; i < host->pieces.count; i++) {
		const struct work *work = &host->pieces.items[i].work;

		(void)buf_add_char(&key, ';');
		for (size_t need = 0; need < WORK_NEED_COUNT; need++)
			(void)buf_add_char(&key, work->needs[need] ? '1' : '0');
		if (work->needs[WORK_NEED_CHAIN])
			put_list(&work->serve, &key);
	}
	host->group = key.failed ? NULL : arena_text(&plan->texts, buf_text(&key), key.len);
	return host->group;
}

/* Nodes that wait for each other alone: somebody has to find out which of them is right. */
static bool settle_waiting(struct plan_host *host)
{
	for (size_t i = 0; host->pieces.count == 0 && i < host->waiting.count; i++)
		host->waiting.items[i].work.needs[WORK_NEED_LOOK] = true;
	while (host->waiting.count > 0 &&
		host->waiting.items[host->waiting.count - 1].work.needs[WORK_NEED_LOOK]) {
		if (!vec_reserve(&host->pieces))
			return false;
		host->pieces.items[host->pieces.count++] =
			host->waiting.items[--host->waiting.count];
	}
	return true;
}

/* What the pieces of a host come to together. */
static void settle_host(struct plan_host *host)
{
	for (size_t i = 0; i < host->pieces.count; i++) {
		const struct work *work = &host->pieces.items[i].work;

		if (rank(work->status) > rank(host->status))
			host->status = work->status;
		if (host->effort == WORK_NEED_COUNT || work_effort(work) > host->effort)
			host->effort = work_effort(work);
		if (!work->has_due || (host->has_due && host->due.seconds <= work->due.seconds))
			continue;
		host->has_due = true;
		host->due = work->due;
	}
}

/* Drops the hosts that need nothing. */
static void drop_idle(struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->hosts.count; i++) {
		struct plan_host *host = plan->hosts.items[i];

		if (host->pieces.count > 0) {
			plan->hosts.items[kept++] = host;
			continue;
		}
		plan->in_order++;
		host_free(host);
	}
	plan->hosts.count = kept;
}

bool plan_settle(struct plan *plan)
{
	for (size_t i = 0; i < plan->hosts.count; i++)
		if (!settle_waiting(plan->hosts.items[i]))
			return false;
	drop_idle(plan);
	CLEANUP(plan_places_freep) struct plan_places *folders = plan_places_new();
	if (!folders)
		return false;
	if (plan->hosts.count > 0)
		qsort(plan->hosts.items, plan->hosts.count, sizeof *plan->hosts.items,
			compare_hosts);
	for (size_t i = 0; i < plan->hosts.count; i++) {
		struct plan_host *host = plan->hosts.items[i];

		settle_host(host);
		if (!name_folder(host, folders))
			return false;
		for (size_t k = 0; k < host->pieces.count; k++) {
			name_script(host, &host->pieces.items[k]);
			name_chain(host, k);
			name_request(plan, host, k);
		}
		if (!set_group(plan, host))
			return false;
	}
	return true;
}
