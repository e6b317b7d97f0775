/* SPDX-License-Identifier: MIT */
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "tests/forge.h"

struct list {
	const struct cert **certs;
	size_t *count;
};

const char *suites_folder(void)
{
	return getenv("CHAINMEND_SHARED");
}

static bool add(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct list *list = arg;

	if (*list->count == SUITE_CERTS)
		return true;
	const struct cert *cert = cert_new(der, len, err);
	if (!cert)
		return false;
	list->certs[(*list->count)++] = cert;
	return true;
}

static void add_pem(struct list list, const json_t *pem)
{
	if (!json_is_string(pem))
		return;
	const char *text = json_string_value(pem);
	struct cert_file file = {
		.path = "suite", .bytes = (const uint8_t *)text, .len = strlen(text)
	};
	struct error err = { .code = ERROR_NONE };
	/* A case whose PEM holds no certificate has one less. */
	if (!cert_file_read(&file, add, &list, &err))
		return;
}

static struct instant time_of(const json_t *test)
{
	const char *text = json_string_value(json_object_get(test, "validation_time"));
	struct instant time = forge_day("2024-01-01");

	/* Some say none, and mean now; any day will do here. */
	if (text && !instant_parse(text, &time))
		time = forge_day("2024-01-01");
	return time;
}

static void give(
	const json_t *json, void (*each)(void *arg, const struct suite_case *test), void *arg)
{
	struct suite_case test = { .id = json_string_value(json_object_get(json, "id")),
		.time = time_of(json) };
	struct list served = { test.served, &test.served_count };
	struct list trusted = { test.trusted, &test.trusted_count };
	size_t index;
	json_t *pem;

	add_pem(served, json_object_get(json, "peer_certificate"));
	json_array_foreach(json_object_get(json, "untrusted_intermediates"), index, pem)
		add_pem(served, pem);
	json_array_foreach(json_object_get(json, "trusted_certs"), index, pem)
		add_pem(trusted, pem);
	each(arg, &test);
	for (size_t i = 0; i < test.served_count; i++)
		cert_unref(test.served[i]);
	for (size_t i = 0; i < test.trusted_count; i++)
		cert_unref(test.trusted[i]);
}

void suites_each(void (*each)(void *arg, const struct suite_case *test), void *arg)
{
	static const char *const names[] = { "botan-nist", "botan-x509test", "chromium-crl",
		"google-x509test", "limbo-open", "pkits" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char command[512];
		size_t index;
		json_t *test;

		(void)snprintf(command, sizeof command, "gzip -dc '%s/suites/%s.json.gz'",
			suites_folder(), names[i]);
		FILE *pipe = popen(command, "r");
		forge_must(pipe != NULL, command);
		json_t *suite = json_loadf(pipe, 0, NULL);
		forge_must(pclose(pipe) == 0 && suite, command);
		json_array_foreach(json_object_get(suite, "testcases"), index, test)
			give(test, each, arg);
		json_decref(suite);
	}
}
