/* SPDX-License-Identifier: MIT */
#include "tests/lab/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/attr.h"

#define SSL25 "ssl-ca-3-17-2025"
#define SSL17 "ssl-ca-3-17-2017"
#define EV25 "ev-ssl-ca-3-17-2025"
#define EV17 "ev-ssl-ca-3-17-2017"
#define ROOT "root-ca-3"
#define X22 "root-ca-3-cross-2022"
#define X17 "root-ca-3-cross-2017-08"
#define X2207 "root-ca-3-cross-2022-07-b"

#define RETIRED "migration.retired-intermediate:due"
#define SWAP_SSL "remove " SSL17 ", install " SSL25
/* 397 days, the longest the CA issued before it dropped clientAuth. */
#define OLD_LEAF_START "2025-04-29"
#define OLD_LEAF_END "2026-05-31"
#define REMOVE_BY "2026-06-15"

static const struct state states[] = {
#include "tests/lab/fleet.def"
};

size_t fleet_count(void)
{
	return ARRAY_LEN(states);
}

const struct state *fleet_state(size_t number)
{
	return &states[number];
}

static struct instant day_of(const char *text)
{
	struct instant instant;

	if (!instant_parse(text, &instant))
		abort();
	return instant;
}

struct instant fleet_old_leaf_start(void)
{
	return day_of(OLD_LEAF_START);
}

struct instant fleet_old_leaf_end(void)
{
	return day_of(OLD_LEAF_END);
}

bool fleet_overdue(struct instant day)
{
	return day.seconds >= day_of(REMOVE_BY).seconds;
}

/* In the last months of an old leaf its renewal would be found due as well. */
bool fleet_has(const struct state *state, struct instant day)
{
	return !state->old || instant_days_between(day, fleet_old_leaf_end()) > 60;
}

const char *fleet_address(const struct state *state)
{
	return state->address ? state->address : "127.0.0.1";
}

const char *fleet_protocol(const struct state *state)
{
	return state->protocol ? state->protocol : "https";
}

static size_t number_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (!strcmp(states[i].name, name))
			return i;
	abort();
}

void fleet_host(const struct state *state, char *out, size_t size)
{
	const struct state *named = state->with ? &states[number_of(state->with)] : state;

	if (named->host)
		snprintf(out, size, "%s", named->host);
	else
		snprintf(out, size, "%s.example.gov.hk", named->name);
}

void fleet_wire_host(const struct state *state, char *out, size_t size)
{
	if (state->a_label)
		snprintf(out, size, "%s", state->a_label);
	else
		fleet_host(state, out, size);
}

unsigned fleet_port(size_t number)
{
	const struct state *state = &states[number];

	return 1 + (unsigned)(state->with ? number_of(state->with) : number);
}

bool fleet_named(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, len) && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}
