/* SPDX-License-Identifier: MIT */
#include "tests/lab/expected.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "checker/base/buf.h"
#include "tests/lab/fleet.h"
#include "tests/lab/stock.h"

#define WORD 80

static const char *const catalogue[] = {
#define RULE(symbol, id, ...) id,
#include "rules/rules.def"
#undef RULE
};

/* A row with a rule that nobody has is a mistake in the table. */
static void must_be_rule(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(catalogue); i++)
		if (!strcmp(catalogue[i], id))
			return;
	fprintf(stderr, "lab: no rule %s\n", id);
	abort();
}

static const char *severity_on(const char *severity, bool overdue)
{
	if (strcmp(severity, "due") != 0)
		return severity;
	return overdue ? "critical" : "warning";
}

/* "rule:severity rule:severity" into an object; what the list revokes comes with it. */
static json_t *must_of(const struct state *state, bool overdue)
{
	json_t *must = json_object();
	char word[WORD];
	int used;

	for (const char *at = state->rules; at && sscanf(at, "%79s%n", word, &used) == 1;
		at += used) {
		char *colon = strchr(word, ':');

		if (!colon)
			abort();
		*colon = '\0';
		must_be_rule(word);
		json_object_set_new(must, word, json_string(severity_on(colon + 1, overdue)));
	}
	if (state->listed && overdue)
		json_object_set_new(
			must, "revocation.intermediate-revoked", json_string("critical"));
	return must;
}

static json_t *words(const char *text)
{
	json_t *list = json_array();
	char word[WORD];
	int used;

	for (const char *at = text; at && sscanf(at, "%79s%n", word, &used) == 1; at += used)
		json_array_append_new(list, json_string(word));
	return list;
}

static bool has_word(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_array_get(list, i)), word))
			return true;
	return false;
}

static json_t *all_but(const json_t *must, const json_t *may)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(catalogue); i++)
		if (!json_object_get(must, catalogue[i]) && !has_word(may, catalogue[i]))
			json_array_append_new(list, json_string(catalogue[i]));
	return list;
}

static json_t *action_of(const char *word, const char *id)
{
	const char *verb = !strcmp(word, "remove")    ? "remove-certificate"
			   : !strcmp(word, "install") ? "install-certificate"
						      : "reorder-chain";
	bool any = !*id || !strcmp(id, "*");

	return json_pack("{s:s, s:s?}", "do", verb, "certificate", any ? NULL : id);
}

/* "remove ID, install ID, reorder" */
static json_t *actions_of(const struct state *state)
{
	json_t *list = json_array();

	for (const char *at = state->actions; at; at = strchr(at, ',')) {
		char verb[WORD] = "", id[WORD] = "";

		at += *at == ',';
		sscanf(at, " %79[a-z] %79[^, ]", verb, id);
		json_array_append_new(list, action_of(verb, id));
	}
	return list;
}

/* What a client that offers everything ends up with; NULL: no TLS. */
static const char *version_of(const struct stock_item *item)
{
	if (item->count == 0)
		return NULL;
	switch (item->state->manner) {
	case MANNER_TLS10:
		return "TLSv1";
	case MANNER_TLS12:
	case MANNER_RARE:
	case MANNER_DH:
	case MANNER_CLIENT_CERT12:
	case MANNER_BREAKS_OFF:
	case MANNER_STALLS:
		return "TLSv1.2";
	default:
		return "TLSv1.3";
	}
}

static void add_tls(json_t *entry, const struct stock_item *item)
{
	const char *version = version_of(item);

	json_object_set_new(entry, "tls", version ? json_string(version) : json_null());
	json_object_set_new(entry, "stapled", json_boolean(item->staple.len > 0));
}

static void add_chain(json_t *entry, struct stock *stock, const struct stock_item *item)
{
	json_t *chain = json_array(), *known = json_array();

	for (size_t i = 0; i < item->count; i++) {
		const char *id = stock_known_as(stock, item->certs[i]);

		json_array_append_new(
			chain, json_string(forge_sha256(&stock->pki.forge, item->certs[i])));
		json_array_append_new(known, id ? json_string(id) : json_null());
	}
	json_object_set_new(entry, "chain", chain);
	json_object_set_new(entry, "known_as", known);
}

static json_t *entry_of(struct stock *stock, size_t number, unsigned base_port)
{
	const struct state *state = fleet_state(number);
	bool overdue = fleet_overdue(stock->pki.day);
	json_t *must = must_of(state, overdue), *may = words(state->may);
	const char *status = state->status ? state->status : "ok";
	char host[300];

	fleet_wire_host(state, host, sizeof host);
	json_t *entry = json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:o}",
		"host", host, "port", (int)(base_port + fleet_port(number)), "protocol",
		fleet_protocol(state), "address", fleet_address(state), "status",
		severity_on(status, overdue), "must_not", all_but(must, may), "must", must, "may",
		may, "actions", actions_of(state), "error", state->error, "error_may",
		words(state->error_may));
	add_tls(entry, stock_item(stock, number));
	add_chain(entry, stock, stock_item(stock, number));
	return entry;
}

bool expected_text(struct buf *text, struct stock *stock, unsigned base_port, const char *base_url)
{
	char day[INSTANT_TEXT];
	json_t *states = json_object(), *rules = json_array();

	instant_format_day(stock->pki.day, day);
	for (size_t i = 0; i < ARRAY_LEN(catalogue); i++)
		json_array_append_new(rules, json_string(catalogue[i]));
	for (size_t i = 0; i < fleet_count(); i++)
		if (fleet_has(fleet_state(i), stock->pki.day))
			json_object_set_new(
				states, fleet_state(i)->name, entry_of(stock, i, base_port));
	json_t *whole = json_pack("{s:s, s:s, s:o, s:o}", "day", day, "web", base_url, "rules",
		rules, "states", states);
	char *dump = whole ? json_dumps(whole, JSON_INDENT(1)) : NULL;
	bool done = dump && buf_add_text(text, dump) && buf_add_char(text, '\n');
	free(dump);
	json_decref(whole);
	return done;
}
