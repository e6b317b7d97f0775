/* SPDX-License-Identifier: MIT */
#include "checker/capture/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/* Its own choice of a hash falls through cases, which clang will not have. */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/capture/capture_item.h"
#include "checker/cert/pem.h"
#include "checker/target/name.h"
#include "checker/target/target_input.h"

#define KEY_BYTES (LIMIT_HOST_BYTES + 64)
#define HOST_BYTES (LIMIT_NAME_BYTES + 32)
#define HEAD_BYTES 64u /* of a file, to tell its encoding */
#define WIDE_BYTES LIMIT_INVENTORY_BYTES

struct source {
	struct target_file file;
	char *shown;  /* its name for people, and for what a capture does not name */
	size_t found; /* connections in it */
	char *narrow; /* the bytes of one in UTF-16; owned, or NULL */
};

/* A host, port and protocol, and how many connections it has. */
struct service {
	size_t count;
	UT_hash_handle hh;
	char key[];
};

struct capture {
	struct capture_options options;
	VEC(struct source) sources;
	struct service *services;
	size_t count;
	size_t at; /* of the source that is being read */
	bool is_open;
	struct capture_reading reading;
	size_t used;   /* items of it that were handed out */
	size_t number; /* of the next target */
};

static const struct {
	const char *name;
	bool (*read)(struct capture_reading *reading, struct error *err);
} kinds[] = {
	[CAPTURE_TLSX] = { "tlsx", capture_tlsx_read },
	[CAPTURE_ZGRAB2] = { "zgrab2", capture_zgrab2_read },
	[CAPTURE_S_CLIENT] = { "s_client", capture_s_client_read },
};
_Static_assert(ARRAY_LEN(kinds) == CAPTURE_KINDS, "a reader for every kind");

const char *capture_kind_name(enum capture_kind kind)
{
	return kinds[kind].name;
}

struct capture *capture_new(const struct capture_options *options, struct error *err)
{
	struct capture *capture = calloc(1, sizeof *capture);

	if (capture)
		capture->options = *options;
	else
		(void)error_set_memory(err);
	return capture;
}

/* --- Going through the files --- */

static void forget_items(struct capture *capture)
{
	struct capture_reading *reading = &capture->reading;

	for (size_t i = 0; i < reading->items.count; i++)
		capture_item_release(&reading->items.items[i]);
	reading->items.count = 0;
	capture->used = 0;
}

static void close_source(struct capture *capture)
{
	struct capture_reading *reading = &capture->reading;

	if (!capture->is_open)
		return;
	forget_items(capture);
	free(reading->items.items);
	capture_s_client_free(reading->state);
	lines_close(&reading->lines);
	*reading = (struct capture_reading){ .options = NULL };
	capture->is_open = false;
}

void capture_free(struct capture *capture)
{
	struct service *service, *next;

	if (!capture)
		return;
	close_source(capture);
	HASH_ITER(hh, capture->services, service, next)
	{
		HASH_DEL(capture->services, service);
		free(service);
	}
	for (size_t i = 0; i < capture->sources.count; i++) {
		target_file_close(&capture->sources.items[i].file);
		free(capture->sources.items[i].shown);
		free(capture->sources.items[i].narrow);
	}
	free(capture->sources.items);
	free(capture);
}

static struct source *add_source(struct capture *capture, const char *name, struct error *err)
{
	char shown[LIMIT_NAME_BYTES];

	text_printable(name, strlen(name), shown, sizeof shown);
	char *copy = text_copy(shown, strlen(shown));
	if (!copy || !vec_reserve(&capture->sources)) {
		free(copy);
		(void)error_set_memory(err);
		return NULL;
	}
	struct source *source = &capture->sources.items[capture->sources.count++];
	*source = (struct source){ .file.fd = -1, .shown = copy };
	return source;
}

/* What PowerShell's ">" writes is UTF-16, with a mark before it.  All that is wanted of a capture
 * is ASCII. */
static bool narrow(struct source *source, struct error *err)
{
	CLEANUP(buf_release) struct buf head = BUF_INIT(HEAD_BYTES), all = BUF_INIT(WIDE_BYTES);
	struct target_file *file = &source->file;

	if (!target_file_peek(file, &head, err))
		return false;
	enum pem_wide wide = pem_wideness((const uint8_t *)buf_text(&head), head.len);
	if (wide == PEM_NOT_WIDE)
		return true;
	if (!target_file_load(file, 0, &all, err))
		return false;
	source->narrow = malloc(all.len / 2 + 1);
	if (!source->narrow)
		return error_set_memory(err);
	size_t len = pem_narrow((const uint8_t *)buf_text(&all), all.len, wide, source->narrow);
	size_t mark = len > 0 && source->narrow[0] == '?';
	target_file_close(file);
	*file = (struct target_file){
		.name = source->shown, .bytes = source->narrow + mark, .fd = -1, .size = len - mark
	};
	return true;
}

bool capture_add_file(struct capture *capture, const char *path, struct error *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct source *source = add_source(capture, name, err);

	return source && target_file_open(&source->file, source->shown, path, err) &&
	       narrow(source, err);
}

bool capture_add_bytes(
	struct capture *capture, const char *name, const char *bytes, size_t len, struct error *err)
{
	struct source *source = add_source(capture, name, err);

	if (!source)
		return false;
	source->file = (struct target_file){
		.name = source->shown, .bytes = bytes, .fd = -1, .size = len
	};
	return narrow(source, err);
}

static bool open_source(struct capture *capture, struct error *err)
{
	const struct target_file *file = &capture->sources.items[capture->at].file;
	struct lines *lines = &capture->reading.lines;

	capture->reading = (struct capture_reading){ .options = &capture->options };
	capture->is_open = true;
	return file->fd >= 0
		       ? lines_open_fd(lines, file->name, file->fd, LIMIT_CAPTURE_LINE_BYTES, err)
		       : lines_open_bytes(lines, file->name, file->bytes, (size_t)file->size, err);
}

/* The next item, which stays the reading's; NULL behind the last of the file, or with ERR set. */
static struct capture_item *next_item(struct capture *capture, struct error *err)
{
	struct capture_reading *reading = &capture->reading;

	if (capture->used == reading->items.count) {
		forget_items(capture);
		if (!kinds[capture->options.kind].read(reading, err))
			return NULL;
	}
	return &reading->items.items[capture->used++];
}

/* --- What an item is --- */

/* What a capture does not name is where it stands. */
static const char *host_of(
	const struct capture *capture, const struct capture_item *item, char out[static HOST_BYTES])
{
	const struct source *source = &capture->sources.items[capture->at];

	if (item->host[0])
		return item->host;
	if (source->found <= 1)
		return source->shown;
	(void)snprintf(out, HOST_BYTES, "%s:%zu", source->shown, item->line);
	return out;
}

/* Only of what a capture names. */
static void make_key(const struct capture_item *item, char key[static KEY_BYTES])
{
	(void)snprintf(key, KEY_BYTES, "%s %u %s", protocol_info(item->protocol)->name,
		(unsigned)item->port, item->host);
}

static struct service *service_of(const struct capture *capture, const struct capture_item *item)
{
	char key[KEY_BYTES];
	struct service *service;

	make_key(item, key);
	HASH_FIND_STR(capture->services, key, service);
	return service;
}

/* Those that no capture names are each a service of its own. */
static bool is_counted(const struct capture_item *item)
{
	return item->host[0] && !item->fault[0];
}

static bool count(struct capture *capture, const struct capture_item *item, struct error *err)
{
	char key[KEY_BYTES];

	if (++capture->count > LIMIT_CAPTURED)
		return error_set(
			err, ERROR_LIMIT, "there are more than %u connections", LIMIT_CAPTURED);
	if (!is_counted(item))
		return true;
	struct service *service = service_of(capture, item);
	if (!service) {
		make_key(item, key);
		size_t len = strlen(key);
		service = calloc(1, sizeof *service + len + 1);
		if (!service)
			return error_set_memory(err);
		memcpy(service->key, key, len + 1);
		HASH_ADD_STR(capture->services, key, service);
		if (!service->hh.tbl) {
			free(service);
			return error_set_memory(err);
		}
	}
	service->count++;
	return true;
}

/* --- The first reading --- */

/* Where nothing of a file has a chain, nobody knows whether anything was left out. */
struct survey {
	size_t served, with_more;
};

static bool survey_item(struct capture *capture, const struct capture_item *item,
	struct survey *survey, struct error *err)
{
	if (item->fault[0] && !capture->options.skip_bad_input)
		return error_set(err, ERROR_SYNTAX, "%s:%zu: %s", capture->reading.lines.name,
			item->line, item->fault);
	survey->served += !item->fault[0] && item->chain.count > 0;
	survey->with_more += item->lists_more;
	return count(capture, item, err);
}

static bool check_survey(const struct capture *capture, const struct survey *survey,
	const char *name, struct error *err)
{
	if (capture->reading.found == 0)
		return error_set(err, ERROR_SYNTAX, "%s: there is no connection of %s in it", name,
			capture_kind_name(capture->options.kind));
	return survey->served == 0 || survey->with_more > 0 || capture->options.whole ||
	       error_set(err, ERROR_SYNTAX,
		       "%s: nothing in it has a \"chain\", so whether servers sent more than the "
		       "leaf is not known: tlsx writes it with -tls-chain; where it was told to, "
		       "--whole says so",
		       name);
}

static bool survey_source(struct capture *capture, struct error *err)
{
	const char *name = capture->sources.items[capture->at].file.name;
	struct survey survey = { 0, 0 };
	struct error why = { .code = ERROR_NONE };
	const struct capture_item *item;

	if (!open_source(capture, err))
		return false;
	while ((item = next_item(capture, &why)))
		if (!survey_item(capture, item, &survey, err))
			return false;
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	capture->sources.items[capture->at].found = capture->reading.found;
	bool good = check_survey(capture, &survey, name, err);
	close_source(capture);
	return good;
}

bool capture_prepare(struct capture *capture, struct error *err)
{
	for (capture->at = 0; capture->at < capture->sources.count; capture->at++)
		if (!survey_source(capture, err))
			return false;
	capture->at = 0;
	return true;
}

size_t capture_count(const struct capture *capture)
{
	return capture->count;
}

/* --- Observations --- */

static struct target *make_target(
	struct capture *capture, const struct capture_item *item, struct error *err)
{
	const struct source *source = &capture->sources.items[capture->at];
	char own[HOST_BYTES], unicode[LIMIT_NAME_BYTES];
	const char *host = host_of(capture, item, own);
	struct target_description is = { .host = host,
		.sni = item->sni[0] ? item->sni : capture->options.name,
		.source = source->shown,
		.line = item->line,
		.port = item->port,
		.protocol = item->protocol,
		.fault = item->fault[0] ? item->fault : NULL };

	name_to_unicode(host, unicode, sizeof unicode);
	if (item->host[0] && strcmp(unicode, host) != 0)
		is.unicode = unicode;
	struct target *target = target_new_described(&is);
	if (!target) {
		(void)error_set_memory(err);
		return NULL;
	}
	const struct service *service = is_counted(item) ? service_of(capture, item) : NULL;
	target->number = capture->number++;
	target->mates = service ? service->count : 1;
	return target;
}

static void describe_end(struct observation *observation, const struct capture_item *item)
{
	if (item->fault[0])
		observation_end(observation, OUTCOME_BAD_TARGET, "%s", item->fault);
	else if (item->outcome != OUTCOME_SERVED && item->why[0])
		observation_end(observation, item->outcome, "the capture says: %s", item->why);
	else if (item->outcome != OUTCOME_SERVED)
		observation_end(observation, item->outcome, "the capture does not say why");
	else if (item->chain.count == 0)
		observation_end(
			observation, OUTCOME_HANDSHAKE, "the capture has no certificate of it");
}

static bool fill(const struct capture *capture, struct observation *observation,
	const struct capture_item *item)
{
	observation->outcome = OUTCOME_SERVED;
	observation->addresses = 1;
	observation->time = item->has_time ? item->time : capture->options.now;
	describe_end(observation, item);
	if (item->fault[0])
		return true;
	observation->complete = item->complete;
	observation->client_cert_requested = item->client_cert_requested;
	observation->chain_dropped = item->chain_dropped;
	memcpy(observation->address, item->address, sizeof observation->address);
	memcpy(observation->version, item->version, sizeof observation->version);
	memcpy(observation->cipher, item->cipher, sizeof observation->cipher);
	for (size_t i = 0; i < item->chain.count; i++)
		if (!observation_add_der(
			    observation, item->chain.items[i].bytes, item->chain.items[i].len))
			return false;
	return true;
}

static struct observation *make_observation(
	struct capture *capture, const struct capture_item *item, struct error *err)
{
	CLEANUP(target_unrefp) struct target *target = make_target(capture, item, err);

	if (!target)
		return NULL;
	CLEANUP(observation_freep) struct observation *observation = observation_new(target);
	if (!observation || !fill(capture, observation, item)) {
		(void)error_set_memory(err);
		return NULL;
	}
	return TAKE(observation);
}

struct observation *capture_next(struct capture *capture, struct error *err)
{
	struct error why = { .code = ERROR_NONE };

	while (capture->at < capture->sources.count) {
		if (!capture->is_open && !open_source(capture, err))
			return NULL;
		const struct capture_item *item = next_item(capture, &why);
		if (item)
			return make_observation(capture, item, err);
		if (why.code != ERROR_NONE) {
			(void)error_set(err, why.code, "%s", why.said);
			return NULL;
		}
		close_source(capture);
		capture->at++;
	}
	return NULL;
}
