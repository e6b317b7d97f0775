/* SPDX-License-Identifier: MIT */
#include "reports/plan/work.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/arena.h"
#include "checker/target/target.h"
#include "rules/profile/profile.h"

const char *work_need_name(enum work_need need)
{
	static const char *const names[WORK_NEED_COUNT] = { "chain", "setting", "leaf", "request",
		"look" };

	return names[need];
}

void work_release(struct work *work)
{
	free(work->served.all.items);
	free(work->serve.all.items);
	free(work->remove.all.items);
	free(work->findings.items);
	*work = (struct work){ .address = "" };
}

bool work_is_needed(const struct work *work)
{
	return work_effort(work) != WORK_NEED_COUNT;
}

enum work_need work_effort(const struct work *work)
{
	for (size_t need = WORK_NEED_COUNT; need-- > 0;)
		if (work->needs[need])
			return (enum work_need)need;
	return WORK_NEED_COUNT;
}

static const char *keep(const struct work_maker *maker, const char *text)
{
	return text ? arena_text(maker->texts, text, strlen(text)) : "";
}

/* --- What was found --- */

static bool counts(const struct finding *finding)
{
	return !finding->waived.is && finding->severity != SEVERITY_NOTE;
}

static bool add_finding(
	const struct work_maker *maker, const struct finding *finding, struct work *work)
{
	if (!vec_reserve(&work->findings))
		return false;
	struct work_finding *one = &work->findings.items[work->findings.count++];
	*one = (struct work_finding){ .rule = finding->rule,
		.severity = finding->severity,
		.message = keep(maker, finding->message),
		.said = keep(maker, finding->said[0] ? finding->said : finding->message),
		.has_due = finding->has_due,
		.due = finding->due };
	if (finding->has_due && (!work->has_due || finding->due.seconds < work->due.seconds)) {
		work->has_due = true;
		work->due = instant_day(finding->due);
	}
	return one->message && one->said;
}

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Is it about what stands above the leaf, so that other certificates there may settle it? */
static bool is_about_chain(const struct finding *finding)
{
	static const char *const others[] = { "leaf.", "policy.", "conformance.",
		"revocation.list-", "revocation.leaf-", "deployment.legacy-" };
	const char *id = rule_at(finding->rule)->id;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (begins(id, others[i]))
			return false;
	return true;
}

static bool has_action(const struct finding *finding, enum action_kind kind)
{
	for (size_t i = 0; i < finding->action_count; i++)
		if (finding->actions[i].kind == kind)
			return true;
	return false;
}

/* What one finding asks for that no swap of the chain brings. */
static bool add_needs(const struct finding *finding, struct work *work)
{
	static const struct {
		enum action_kind action;
		enum work_need need;
	} table[] = {
		{ ACTION_REQUEST_CERTIFICATE, WORK_NEED_REQUEST },
		{ ACTION_REPLACE_LEAF, WORK_NEED_LEAF },
		{ ACTION_UPDATE_TLS, WORK_NEED_SETTING },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (has_action(finding, table[i].action))
			any = work->needs[table[i].need] = true;
	return any;
}

static bool is_seen(const struct finding *finding, const struct verdict_look *look)
{
	return finding->look == (look ? look->kind : LOOK_MAIN);
}

static bool add_findings(const struct work_maker *maker, const struct verdict *verdict,
	const struct verdict_look *look, struct work *work)
{
	const struct finding *all = verdict->findings.all.items;
	bool swap = work->serve.all.count > 0 &&
		    !work_certificates_same(&work->serve, &work->served);

	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		if (!counts(&all[i]) || !is_seen(&all[i], look))
			continue;
		if (!add_finding(maker, &all[i], work))
			return false;
		bool other = add_needs(&all[i], work);
		bool chain = is_about_chain(&all[i]);
		if (chain && swap)
			work->needs[WORK_NEED_CHAIN] = true;
		/* Nodes that serve what they should wait for those that do not. */
		bool waits = chain && work->serve.all.count > 0 &&
			     begins(rule_at(all[i].rule)->id, "deployment.");
		if (waits && !swap)
			work->waits = true;
		else if (!other && !(chain && swap))
			work->needs[WORK_NEED_LOOK] = true;
	}
	return true;
}

/* --- What it is about --- */

static bool set_leaf(const struct work_maker *maker, const struct verdict *seen, struct work *work)
{
	const struct cert *leaf = verdict_leaf(seen);
	size_t count = 0;

	work->leaf_sha256 = work->leaf_subject = "";
	if (!leaf)
		return true;
	work->leaf_sha256 = keep(maker, leaf->sha256_text);
	if (!leaf->readable)
		return work->leaf_sha256;
	work->leaf_subject = keep(maker, leaf->subject);
	work->has_not_after = true;
	work->leaf_not_after = leaf->not_after;
	while (leaf->san && leaf->san[count])
		count++;
	const char **names = arena_take(maker->texts, (count + 1) * sizeof *names);
	for (size_t i = 0; names && i < count; i++)
		if (!(names[i] = keep(maker, leaf->san[i])))
			return false;
	work->leaf_names = names;
	return names && work->leaf_sha256 && work->leaf_subject;
}

static bool set_served(
	const struct work_maker *maker, const struct verdict *seen, struct work *work)
{
	const struct cert *leaf = verdict_leaf(seen);

	for (size_t i = 0; i < seen->chain.count; i++) {
		const struct cert *cert = seen->chain.items[i].cert;

		if (cert == leaf)
			continue;
		if (!work_certificates_add(maker,
			    profile_by_fingerprint(maker->profile, cert->sha256), cert,
			    &work->served))
			return false;
	}
	return true;
}

bool work_make(const struct work_maker *maker, const struct verdict *verdict,
	const struct verdict_look *look, struct work *ret_work)
{
	const struct verdict *seen = look ? look->verdict : verdict;
	bool nameless = look && look->kind == LOOK_NO_SNI;

	*ret_work = (struct work){
		.address = keep(maker, verdict->address),
		.sni = keep(maker, nameless ? NULL : verdict->target->sni),
		.look = look ? look->kind : LOOK_MAIN,
		.status = verdict->status,
		.error = seen->outcome == OUTCOME_SERVED
				 ? NULL
				 : keep(maker, seen->said[0] ? seen->said : seen->message),
	};
	if (!ret_work->address || !ret_work->sni || !set_leaf(maker, seen, ret_work) ||
		!set_served(maker, seen, ret_work) ||
		!work_choose(maker, verdict, seen, ret_work) ||
		!add_findings(maker, verdict, look, ret_work))
		return false;
	if (verdict->status == STATUS_UNREACHABLE && !look)
		ret_work->needs[WORK_NEED_LOOK] = true;
	return true;
}
