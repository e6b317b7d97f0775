/* SPDX-License-Identifier: MIT */
#include "rules/finding.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"

const char *action_kind_name(enum action_kind kind)
{
	static const char *const names[ACTION_COUNT] = {
		[ACTION_INSTALL_CERTIFICATE] = "install-certificate",
		[ACTION_REMOVE_CERTIFICATE] = "remove-certificate",
		[ACTION_REORDER_CHAIN] = "reorder-chain",
		[ACTION_REQUEST_CERTIFICATE] = "request-certificate",
		[ACTION_REPLACE_LEAF] = "replace-leaf",
		[ACTION_UPDATE_TLS] = "update-tls",
	};

	assert(kind < ACTION_COUNT);
	return names[kind];
}

void finding_list_release(struct finding_list *list)
{
	if (!list)
		return;
	free(list->all.items);
	*list = (struct finding_list){ 0 };
}

struct finding *finding_list_add(struct finding_list *list, enum rule_id rule)
{
	if (!vec_reserve(&list->all))
		return NULL;
	struct finding *finding = &list->all.items[list->all.count++];
	*finding = (struct finding){ .rule = rule, .severity = rule_at(rule)->severity };
	return finding;
}

struct finding *finding_list_add_about(
	struct finding_list *list, enum rule_id rule, const struct cert *cert)
{
	struct finding *finding = finding_list_add(list, rule);

	if (finding)
		memcpy(finding->certificate, cert->sha256_text, sizeof finding->certificate);
	return finding;
}

static int compare(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->waived.is != b->waived.is)
		return a->waived.is ? 1 : -1;
	if (a->severity != b->severity)
		return a->severity < b->severity ? 1 : -1;
	int order = strcmp(rule_at(a->rule)->id, rule_at(b->rule)->id);
	return order ? order : strcmp(a->certificate, b->certificate);
}

void finding_list_sort(struct finding_list *list)
{
	if (list->all.count > 1)
		qsort(list->all.items, list->all.count, sizeof *list->all.items, compare);
}

void finding_say(struct finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	phrase_vsay(finding->said, sizeof finding->said, fmt, args);
	va_end(args);
	phrase_render(finding->said, LANGUAGE_EN, finding->message, sizeof finding->message);
}

const char *finding_text(
	const struct finding *finding, enum language language, char *out, size_t size)
{
	char whole[sizeof finding->said + 80];
	const char *said = finding->said[0] ? finding->said : finding->message;

	if (finding->look != LOOK_MAIN)
		phrase_say(whole, sizeof whole, "%s (look: %s)", said, look_name(finding->look));
	else
		(void)snprintf(whole, sizeof whole, "%s", said);
	phrase_render(whole, language, out, size);
	return out;
}

void finding_act(struct finding *finding, enum action_kind kind, const char *certificate)
{
	const char *name = certificate ? certificate : "";

	for (size_t i = 0; i < finding->action_count; i++)
		if (finding->actions[i].kind == kind &&
			strcmp(finding->actions[i].certificate, name) == 0)
			return;
	if (finding->action_count == FINDING_ACTIONS)
		return;
	struct action *action = &finding->actions[finding->action_count++];
	action->kind = kind;
	(void)snprintf(action->certificate, sizeof action->certificate, "%s", name);
}

bool finding_counts(const struct finding *finding)
{
	return finding->severity != SEVERITY_NOTE && !finding->waived.is;
}

bool finding_list_asks_before(const struct finding_list *list, size_t finding, size_t action)
{
	const struct action *this = &list->all.items[finding].actions[action];

	for (size_t i = 0; i <= finding; i++) {
		const struct finding *other = &list->all.items[i];
		size_t count = i == finding ? action : other->action_count;

		for (size_t k = 0; finding_counts(other) && k < count; k++)
			if (other->actions[k].kind == this->kind &&
				strcmp(other->actions[k].certificate, this->certificate) == 0)
				return true;
	}
	return false;
}
