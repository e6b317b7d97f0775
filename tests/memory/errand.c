/* SPDX-License-Identifier: MIT */
#include "tests/memory/errand.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/error.h"
#include "cli/commands.h"
#include "cli/options/options.h"
#include "tests/forge.h"

#define WORDS_MAX 40

struct words {
	const char *argv[WORDS_MAX];
	int argc;
	char paths[6][TOWN_PATH], stores[3][TOWN_PATH + 32], output[TOWN_PATH + 16], threads[16];
};

static void add(struct words *words, const char *word)
{
	forge_must(words->argc + 1 < WORDS_MAX, "room for a word");
	words->argv[words->argc++] = word;
}

static void add_pair(struct words *words, const char *option, const char *value)
{
	add(words, option);
	add(words, value);
}

static void add_files(struct words *words, const struct errand *errand)
{
	const char *const files[] = { "profile.yaml", "cache", errand->targets, "current.pem",
		"stock-java.pem", "legacy-devices.pem" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		town_path(errand->town, files[i], words->paths[i]);
	add_pair(words, "--profile", words->paths[0]);
	add_pair(words, "--cache", words->paths[1]);
	add_pair(words, "-i", words->paths[2]);
	for (size_t i = 0; i < ARRAY_LEN(words->stores); i++) {
		(void)snprintf(words->stores[i], sizeof words->stores[i], "%.*s=%s",
			(int)strcspn(files[i + 3], "."), files[i + 3], words->paths[i + 3]);
		add_pair(words, "--trust-store", words->stores[i]);
	}
	memcpy(words->output, "ndjson:", strlen("ndjson:"));
	town_path(errand->town, errand->report, words->output + strlen("ndjson:"));
	add_pair(words, "-o", words->output);
}

int errand_run(const struct errand *errand)
{
	struct words words = { .argc = 0 };
	CLEANUP(options_release) struct options options;
	struct error err = { .code = ERROR_NONE };

	add(&words, "scan");
	add_files(&words, errand);
	(void)snprintf(words.threads, sizeof words.threads, "%u", errand->threads);
	add_pair(&words, "--threads", words.threads);
	add_pair(&words, "--as-of", TOWN_DAY);
	add_pair(&words, "--timeout", errand->timeout ? errand->timeout : "5");
	add_pair(&words, "--retries", "0");
	add(&words, "--no-progress");
	add(&words, errand->online ? "--fetch=profile" : "--offline");
	if (errand->handshake)
		add_pair(&words, "--handshake", errand->handshake);
	/* All targets have one address. */
	add_pair(&words, "--probe", errand->looks ? errand->looks : "none");
	if (errand_knows("--per-address", "0"))
		add_pair(&words, "--per-address", "0");

	if (options_read(&options, &options_scan, words.argc, words.argv, &err) != OPTIONS_READ)
		return console_fail(&options.console, &err);
	int code = command_scan(&options, &err);
	return err.code == ERROR_NONE ? code : console_fail(&options.console, &err);
}

bool errand_knows(const char *option, const char *value)
{
	const char *argv[] = { "scan", "a.example", option, value, NULL };
	CLEANUP(options_release) struct options options;
	struct error err = { .code = ERROR_NONE };

	return options_read(&options, &options_scan, value ? 4 : 3, argv, &err) == OPTIONS_READ;
}
