/* SPDX-License-Identifier: MIT */
#include "tests/memory/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/wait.h>

#include "checker/base/attr.h"
#include "cli/commands.h"
#include "tests/forge.h"

const char *account_name(enum account_kind kind)
{
	static const char *const names[ACCOUNT_KINDS] = { "the same result", "said by the run",
		"said of targets", "said in a warning", "fault" };

	return names[kind];
}

static bool says_memory(const char *text)
{
	static const char *const words[] = { "memory", "malloc", "ENOMEM" };

	for (size_t i = 0; text && i < ARRAY_LEN(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* The records of a report by "host:port", without what differs from run to run; NULL when a line
 * is no JSON or a target has two. */
static json_t *read_records(const char *report, char *why, size_t size)
{
	json_t *all = json_object();

	for (const char *line = report; *line; line += strcspn(line, "\n") + 1) {
		json_t *record = json_loadb(line, strcspn(line, "\n"), 0, NULL);
		json_t *target = json_object_get(record, "target");
		char key[300];

		if (!record || !line[strcspn(line, "\n")]) {
			(void)snprintf(why, size, "a line that is no whole record");
			json_decref(record);
			json_decref(all);
			return NULL;
		}
		(void)snprintf(key, sizeof key, "%s:%d",
			json_string_value(json_object_get(target, "host")),
			(int)json_integer_value(json_object_get(target, "port")));
		(void)json_object_del(record, "time");
		(void)json_object_del(record, "timing");
		if (json_object_get(all, key)) {
			(void)snprintf(why, size, "two records of %s", key);
			json_decref(record);
			json_decref(all);
			return NULL;
		}
		(void)json_object_set_new(all, key, record);
	}
	return all;
}

static bool lacks_memory(const json_t *record)
{
	const json_t *error = json_object_get(record, "error");
	const char *kind = json_string_value(json_object_get(error, "kind"));

	return kind && strcmp(kind, "internal") == 0 &&
	       says_memory(json_string_value(json_object_get(error, "message")));
}

/* Steps into the first member of an object, or item of an array, that is not the same. */
static bool step(json_t **have, json_t **want, char *path, size_t size)
{
	const char *name;
	json_t *value;
	size_t index, len = strlen(path);

	json_object_foreach(*want, name, value)
	{
		json_t *other = json_object_get(*have, name);

		if (json_equal(value, other))
			continue;
		(void)snprintf(path + len, size - len, ".%s", name);
		*want = value;
		*have = other;
		return true;
	}
	if (json_array_size(*want) != json_array_size(*have))
		return false;
	json_array_foreach(*want, index, value)
	{
		if (json_equal(value, json_array_get(*have, index)))
			continue;
		(void)snprintf(path + len, size - len, "[%zu]", index);
		*want = value;
		*have = json_array_get(*have, index);
		return true;
	}
	return false;
}

/* Where two records are not the same, in words. */
static void describe(const char *key, json_t *have, json_t *want, char *why, size_t size)
{
	const json_t *error = json_object_get(have, "error");
	const char *message = json_string_value(json_object_get(error, "message"));
	char path[200] = "";

	while (step(&have, &want, path, sizeof path))
		;
	char *is = json_dumps(have, JSON_COMPACT | JSON_ENCODE_ANY);
	char *was = json_dumps(want, JSON_COMPACT | JSON_ENCODE_ANY);
	(void)snprintf(why, size, "%s%s is %.300s, not %.300s%s%s", key, path, is ? is : "absent",
		was, message ? "; its error: " : "", message ? message : "");
	free(is);
	free(was);
}

static enum account_kind compare(json_t *have, json_t *want, char *why, size_t size)
{
	enum account_kind kind = ACCOUNT_RIGHT;
	const char *key;
	json_t *record;

	json_object_foreach(want, key, record)
	{
		json_t *found = json_object_get(have, key);

		if (!found) {
			(void)snprintf(why, size, "no record of %s", key);
			return ACCOUNT_FAULT;
		}
		if (json_equal(found, record))
			continue;
		if (!lacks_memory(found)) {
			describe(key, found, record, why, size);
			return ACCOUNT_FAULT;
		}
		kind = ACCOUNT_TARGET;
	}
	if (json_object_size(have) == json_object_size(want))
		return kind;
	(void)snprintf(why, size, "records of targets that were not asked for");
	return ACCOUNT_FAULT;
}

static enum account_kind judge_report(
	const struct account *account, const struct account *reference, char *why, size_t size)
{
	json_t *want = read_records(reference->report, why, size);
	json_t *have = read_records(account->report, why, size);

	forge_must(want != NULL, "sense of the reference");
	enum account_kind kind = have ? compare(have, want, why, size) : ACCOUNT_FAULT;
	json_decref(want);
	json_decref(have);
	if (kind == ACCOUNT_RIGHT && account->status != reference->status) {
		(void)snprintf(why, size, "exit status %d for the same result",
			WEXITSTATUS(account->status));
		kind = ACCOUNT_FAULT;
	}
	return kind;
}

enum account_kind account_judge(
	const struct account *account, const struct account *reference, char *why, size_t size)
{
	int code = WIFEXITED(account->status) ? WEXITSTATUS(account->status) : -1;

	if (account->late)
		(void)snprintf(why, size, "it does not end");
	else if (WIFSIGNALED(account->status))
		(void)snprintf(why, size, "ended by signal %d", WTERMSIG(account->status));
	else if (code > EXIT_CODE_UNEXAMINED)
		(void)snprintf(why, size, "exit status %d", code);
	else if (code == EXIT_CODE_TROUBLE && account->report)
		(void)snprintf(why, size, "the run failed, but a report has appeared");
	else if (code == EXIT_CODE_TROUBLE && says_memory(account->words))
		return ACCOUNT_FAILED;
	else if (code == EXIT_CODE_TROUBLE)
		(void)snprintf(why, size, "the run failed without a word of memory");
	else if (!account->report)
		(void)snprintf(why, size, "exit status %d, but no report", code);
	else {
		enum account_kind kind = judge_report(account, reference, why, size);

		/* It may know less, when it says so. */
		if (kind != ACCOUNT_FAULT || !says_memory(account->words))
			return kind;
		return strstr(why, "record") ? ACCOUNT_FAULT : ACCOUNT_WARNED;
	}
	return ACCOUNT_FAULT;
}
