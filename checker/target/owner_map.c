/* SPDX-License-Identifier: MIT */
#include "checker/target/owner_map.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/* Its own choice of a hash falls through cases, which clang will not have. */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/arena.h"
#include "checker/base/error.h"
#include "checker/cert/checksum.h"
#include "checker/limits.h"
#include "checker/target/place.h"
#include "checker/target/target_input.h"
#include "checker/target/target_reader.h"

#define ADDRESS_BITS 128

struct owner_row {
	const struct label *labels;
	size_t label_count;
	size_t number;          /* in the file: the first one counts */
	uint16_t port;          /* 0: any */
	struct owner_row *next; /* with the same key, further down */
};

/* What a pattern looks services up by: its kind, then a name, or family, bits and address. */
struct key {
	char bytes[PLACE_FILE_BYTES + 1];
	size_t len;
};

struct known {
	struct owner_row *first, *last;
	UT_hash_handle hh;
	char key[];
};

struct owner_map {
	struct arena texts; /* rows as well */
	struct known *known;
	size_t count;
	bool v4[ADDRESS_BITS + 1], v6[ADDRESS_BITS + 1]; /* lengths of networks that occur */
	struct checksum *checksum;
	uint8_t hash[CHECKSUM_BYTES];
};

void owner_map_free(struct owner_map *map)
{
	struct known *known, *next;

	if (!map)
		return;
	HASH_ITER(hh, map->known, known, next)
	{
		HASH_DEL(map->known, known);
		free(known);
	}
	arena_release(&map->texts);
	checksum_free(map->checksum);
	free(map);
}

/* --- Keys --- */

static void key_text(struct key *key, enum place_kind kind, const char *text)
{
	size_t len = strnlen(text, sizeof key->bytes - 1);

	key->bytes[0] = (char)kind;
	memcpy(key->bytes + 1, text, len);
	key->len = len + 1;
}

static void key_network(
	struct key *key, int family, unsigned bits, const uint8_t address[static 16])
{
	uint8_t masked[16] = { 0 };
	unsigned whole = bits / 8, rest = bits % 8;

	memcpy(masked, address, whole);
	if (rest > 0)
		masked[whole] = (uint8_t)(address[whole] & (0xffu << (8 - rest)));
	key->bytes[0] = PLACE_NETWORK;
	key->bytes[1] = family == AF_INET ? '4' : '6';
	key->bytes[2] = (char)bits;
	memcpy(key->bytes + 3, masked, sizeof masked);
	key->len = 3 + sizeof masked;
}

static void key_of(struct key *key, const struct place *place)
{
	if (place->kind == PLACE_NETWORK)
		key_network(key, place->family, place->bits, place->address);
	else
		key_text(key, place->kind, place->kind == PLACE_ANY ? "" : place->name);
}

/* --- Reading --- */

static struct known *known_for(struct owner_map *map, const struct key *key)
{
	struct known *known = NULL;

	HASH_FIND(hh, map->known, key->bytes, (unsigned)key->len, known);
	if (known)
		return known;
	known = calloc(1, sizeof *known + key->len);
	if (!known)
		return NULL;
	memcpy(known->key, key->bytes, key->len);
	HASH_ADD_KEYPTR(hh, map->known, known->key, (unsigned)key->len, known);
	if (known->hh.tbl)
		return known;
	free(known);
	return NULL;
}

static bool keep(struct owner_map *map, const struct place *place, struct owner_row *row)
{
	struct key key;

	key_of(&key, place);
	struct known *known = known_for(map, &key);
	if (!known)
		return false;
	if (known->last)
		known->last->next = row;
	else
		known->first = row;
	known->last = row;
	if (place->kind == PLACE_NETWORK && place->family == AF_INET)
		map->v4[place->bits] = true;
	else if (place->kind == PLACE_NETWORK)
		map->v6[place->bits] = true;
	return true;
}

static struct owner_row *row_new(struct owner_map *map, const struct target_row *from)
{
	struct owner_row *row = arena_take(&map->texts, sizeof *row);
	struct label *labels = arena_take(&map->texts, from->mark_count * sizeof *labels);

	if (!row || !labels)
		return NULL;
	for (size_t i = 0; i < from->mark_count; i++) {
		const struct target_mark *mark = &from->marks[i];

		labels[i].name = arena_text(&map->texts, mark->name, strlen(mark->name));
		labels[i].value = arena_text(&map->texts, mark->value, strlen(mark->value));
		if (!labels[i].name || !labels[i].value)
			return NULL;
		checksum_add_text(map->checksum, mark->name);
		checksum_add_text(map->checksum, mark->value);
	}
	row->labels = labels;
	row->label_count = from->mark_count;
	return row;
}

static bool on_row(void *arg, const struct target_row *from, struct target_fault *fault)
{
	struct owner_map *map = arg;
	struct error why = { .code = ERROR_NONE };
	struct place place;

	if (!from->host.text)
		return target_fault_set(fault, 0, "no host");
	if (!place_parse(from->host.text, &place, &why)) {
		if (why.code == ERROR_MEMORY)
			return error_set_memory(&fault->why);
		return target_fault_set(fault, from->host.at, "%s", why.said);
	}
	if (map->count >= LIMIT_OWNER_ROWS)
		return error_set(&fault->why, ERROR_LIMIT, "an owner map of more than %u rows",
			LIMIT_OWNER_ROWS);
	checksum_add_text(map->checksum, from->host.text);
	struct owner_row *row = row_new(map, from);
	if (!row)
		return error_set_memory(&fault->why);
	row->port = place.port;
	row->number = map->count++;
	return keep(map, &place, row) || error_set_memory(&fault->why);
}

static bool check_columns(const struct target_csv *csv, const char *name, struct error *err)
{
	static const char *const others[] = { "port", "protocol", "address", "sni" };

	if (!target_csv_has(csv, "host"))
		return error_set(err, ERROR_SYNTAX,
			"%s:%zu: no column \"host\": an owner map has a header line such as "
			"host,owner",
			name, target_csv_line(csv));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (target_csv_has(csv, others[i]))
			return error_set(err, ERROR_SYNTAX,
				"%s:%zu: a column \"%s\" is for lists of targets; an owner map has "
				"patterns and labels only",
				name, target_csv_line(csv), others[i]);
	return true;
}

static bool read_rows(struct owner_map *map, const struct target_file *file,
	struct target_origin *origin, struct error *err)
{
	static const struct target_options strict = { .skip_bad_input = false };
	struct target_reader reader = { .sink = { .row = on_row, .arg = map },
		.options = &strict,
		.origin = origin,
		.err = err };
	struct target_input input;
	bool more = true, good = false;
	uint64_t at;

	if (!target_file_mark(file, &at, err) || !target_input_open(&input, file, at, 1, err))
		return false;
	struct target_csv *csv = target_csv_new(&input, &reader);
	if (csv && check_columns(csv, file->name, err)) {
		good = true;
		while (good && more)
			good = target_csv_step(csv, &reader, &more);
	}
	if (good && input.why.code != ERROR_NONE)
		good = error_set(err, input.why.code, "%s", input.why.said);
	target_csv_free(csv);
	target_input_release(&input);
	return good;
}

static struct owner_map *map_new(const struct target_file *file, struct error *err)
{
	CLEANUP(owner_map_freep) struct owner_map *map = calloc(1, sizeof *map);
	struct target_origin *origin = target_origin_new(file->name);
	bool good = map && origin;

	if (good) {
		arena_init(&map->texts, NULL, 0);
		map->checksum = checksum_new();
		good = map->checksum;
	}
	if (!good)
		(void)error_set_memory(err);
	good = good && read_rows(map, file, origin, err);
	if (good && !checksum_end(map->checksum, map->hash))
		good = error_set_memory(err);
	target_origin_unref(origin);
	return good ? TAKE(map) : NULL;
}

struct owner_map *owner_map_load(const char *path, struct error *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct target_file file;

	if (!target_file_open(&file, name, path, err))
		return NULL;
	struct owner_map *map = map_new(&file, err);
	target_file_close(&file);
	return map;
}

struct owner_map *owner_map_parse(
	const char *name, const char *bytes, size_t len, struct error *err)
{
	const struct target_file file = { .name = name, .bytes = bytes, .fd = -1, .size = len };

	return map_new(&file, err);
}

void owner_map_hash(const struct owner_map *map, uint8_t ret_hash[static 32])
{
	memcpy(ret_hash, map->hash, sizeof map->hash);
}

/* --- Looking up --- */

struct search {
	const struct owner_map *map;
	uint16_t port;
	const struct owner_row *best;
};

static void try_key(struct search *search, const struct key *key)
{
	struct known *known = NULL;

	HASH_FIND(hh, search->map->known, key->bytes, (unsigned)key->len, known);
	for (const struct owner_row *row = known ? known->first : NULL; row; row = row->next) {
		if (row->port && row->port != search->port)
			continue;
		if (!search->best || row->number < search->best->number)
			search->best = row;
		return;
	}
}

static void try_name(struct search *search, const char *name)
{
	struct key key;

	if (!name || strlen(name) >= PLACE_FILE_BYTES)
		return;
	key_text(&key, PLACE_NAME, name);
	try_key(search, &key);
	for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
		key_text(&key, PLACE_BELOW, dot + 1);
		try_key(search, &key);
	}
}

static void try_address(struct search *search, const char *text)
{
	uint8_t address[16] = { 0 };
	int family = inet_pton(AF_INET, text, address) == 1    ? AF_INET
		     : inet_pton(AF_INET6, text, address) == 1 ? AF_INET6
							       : AF_UNSPEC;
	const bool *lengths = family == AF_INET ? search->map->v4 : search->map->v6;
	struct key key;

	if (family == AF_UNSPEC)
		return;
	for (unsigned bits = 0; bits <= ADDRESS_BITS; bits++) {
		if (!lengths[bits])
			continue;
		key_network(&key, family, bits, address);
		try_key(search, &key);
	}
}

static const struct owner_row *row_for(
	const struct owner_map *map, const struct target *target, const char *address)
{
	struct search search = { .map = map, .port = target->port };
	struct key key;

	if (target->fault)
		return NULL;
	key_text(&key, PLACE_ANY, "");
	try_key(&search, &key);
	if (target->port == 0) {
		key_text(&key, PLACE_FILE, target->host);
		try_key(&search, &key);
	}
	try_name(&search, target->host);
	try_name(&search, target->sni);
	try_address(&search, address);
	try_address(&search, target->host);
	return search.best;
}

static struct target *relabel(const struct target *target, const struct label *labels, size_t count)
{
	const struct target_description description = {
		.host = target->host,
		.unicode = target->unicode,
		.address = target->address,
		.sni = target->sni,
		.source = target->source,
		.fault = target->fault,
		.port = target->port,
		.protocol = target->protocol,
		.line = target->line,
		.labels = labels,
		.label_count = count,
	};
	struct target *copy = target_new_described(&description);

	if (copy) {
		copy->number = target->number;
		copy->mates = target->mates;
	}
	return copy;
}

bool owner_map_label(const struct owner_map *map, struct target **target, const char *address)
{
	const struct target *from = *target;
	const struct owner_row *row = map ? row_for(map, from, address) : NULL;
	struct label labels[LIMIT_LABELS];
	size_t count = from->labels.count;

	if (!row || count >= LIMIT_LABELS)
		return true;
	for (size_t i = 0; i < count; i++)
		labels[i] = from->labels.items[i];
	for (size_t i = 0; i < row->label_count && count < LIMIT_LABELS; i++)
		if (!target_label(from, row->labels[i].name))
			labels[count++] = row->labels[i];
	if (count == from->labels.count)
		return true;
	struct target *copy = relabel(from, labels, count);
	if (!copy)
		return false;
	target_unref(*target);
	*target = copy;
	return true;
}
