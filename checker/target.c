/* SPDX-License-Identifier: MIT */
#include "checker/target.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/*
 * Its own choice of a hash falls through cases, which clang will not have, and
 * FNV clusters on names with one ending until uthash gives up on its buckets.
 */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/name.h"
#include "checker/target_parse.h"

#define KEY_BYTES (2 * LIMIT_HOST_BYTES + LIMIT_ADDRESS_BYTES + 8)
#define SHOWN_BYTES 256  /* of a bad line */
#define QUOTED_BYTES 128 /* of a bad argument in its error */
#define SOURCE_BYTES 160 /* of a file's name in an error: the reason must fit too */

static const struct protocol_info protocols[PROTOCOL_COUNT] = {
	[PROTOCOL_HTTPS] = { "https", 443, PROTOCOL_START_DIRECT },
	[PROTOCOL_TLS] = { "tls", 443, PROTOCOL_START_DIRECT },
	[PROTOCOL_SMTP] = { "smtp", 25, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_SUBMISSION] = { "submission", 587, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_SMTPS] = { "smtps", 465, PROTOCOL_START_DIRECT },
	[PROTOCOL_IMAP] = { "imap", 143, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_IMAPS] = { "imaps", 993, PROTOCOL_START_DIRECT },
	[PROTOCOL_POP3] = { "pop3", 110, PROTOCOL_START_DIALOGUE },
	[PROTOCOL_POP3S] = { "pop3s", 995, PROTOCOL_START_DIRECT },
	[PROTOCOL_LDAP] = { "ldap", 389, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_LDAPS] = { "ldaps", 636, PROTOCOL_START_DIRECT },
	[PROTOCOL_FTP] = { "ftp", 21, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_FTPS] = { "ftps", 990, PROTOCOL_START_DIRECT },
	[PROTOCOL_POSTGRES] = { "postgres", 5432, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_MYSQL] = { "mysql", 3306, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_XMPP] = { "xmpp", 5222, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_SIEVE] = { "sieve", 4190, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_NNTP] = { "nntp", 119, PROTOCOL_START_UNKNOWN },
	[PROTOCOL_RDP] = { "rdp", 3389, PROTOCOL_START_UNKNOWN },
};

/*
 * A target and its strings in one piece of memory: there may be two million.
 * `text` is what makes two mentions one target (host, address and SNI, each
 * ended by NUL, port and protocol), then the U-label form.
 */
struct entry {
	struct target target;
	UT_hash_handle hh;
	char text[];
};

struct source {
	struct source *next;
	char name[];
};

struct target_list {
	VEC(struct entry *) entries;
	struct entry *known; /* the good ones, by their key */
	struct source *sources;
	size_t duplicates;
	size_t max;
};

struct key {
	char bytes[KEY_BYTES];
	size_t len;
};

const struct protocol_info *protocol_info(enum protocol protocol)
{
	assert(protocol < PROTOCOL_COUNT);
	return &protocols[protocol];
}

bool protocol_by_name(const char *name, enum protocol *ret_protocol)
{
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		if (text_equal_nocase(name, protocols[i].name)) {
			*ret_protocol = (enum protocol)i;
			return true;
		}
	}
	return false;
}

const char *target_label(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->labels.count; i++)
		if (strcmp(target->labels.items[i].name, name) == 0)
			return target->labels.items[i].value;
	return NULL;
}

struct target_list *target_list_new_bounded(size_t max)
{
	struct target_list *list = calloc(1, sizeof *list);

	if (list)
		list->max = max;
	return list;
}

struct target_list *target_list_new(void)
{
	return target_list_new_bounded(LIMIT_TARGETS);
}

static void entry_free(struct entry *entry)
{
	if (!entry)
		return;
	for (size_t i = 0; i < entry->target.labels.count; i++) {
		free(entry->target.labels.items[i].name);
		free(entry->target.labels.items[i].value);
	}
	free(entry->target.labels.items);
	free(entry->target.fault);
	free(entry);
}
DEFINE_CLEANUP(struct entry *, entry_free);

void target_list_free(struct target_list *list)
{
	if (!list)
		return;
	HASH_CLEAR(hh, list->known);
	for (size_t i = 0; i < list->entries.count; i++)
		entry_free(list->entries.items[i]);
	free(list->entries.items);
	while (list->sources) {
		struct source *source = list->sources;

		list->sources = source->next;
		free(source);
	}
	free(list);
}

size_t target_list_count(const struct target_list *list)
{
	return list->entries.count;
}

const struct target *target_list_at(const struct target_list *list, size_t index)
{
	assert(index < list->entries.count);
	return &list->entries.items[index]->target;
}

size_t target_list_duplicates(const struct target_list *list)
{
	return list->duplicates;
}

bool target_fault_set(struct target_fault *fault, size_t at, const char *fmt, ...)
{
	char reason[sizeof fault->why.text];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(reason, sizeof reason, fmt, args);
	va_end(args);
	fault->at = at;
	return error_set(&fault->why, ERROR_SYNTAX, "%s", reason);
}

bool target_reader_init(struct target_reader *reader, struct target_list *list, const char *source,
	const struct target_options *options, struct error *err)
{
	struct source *known = list->sources;

	while (known && strcmp(known->name, source) != 0)
		known = known->next;
	if (!known) {
		size_t size = strlen(source) + 1;

		known = malloc(sizeof *known + size);
		if (!known)
			return error_set_memory(err);
		memcpy(known->name, source, size);
		known->next = list->sources;
		list->sources = known;
	}
	*reader = (struct target_reader){
		.list = list, .options = options, .source = known->name, .err = err
	};
	return true;
}

static void key_add(struct key *key, const void *bytes, size_t len)
{
	assert(len <= sizeof key->bytes - key->len);
	memcpy(key->bytes + key->len, bytes, len);
	key->len += len;
}

static void key_of(struct key *key, const struct target_draft *draft)
{
	const unsigned char last[] = { (unsigned char)(draft->port >> 8),
		(unsigned char)(draft->port & 0xff), (unsigned char)draft->protocol };

	key->len = 0;
	key_add(key, draft->host, strlen(draft->host) + 1);
	key_add(key, draft->address, strlen(draft->address) + 1);
	key_add(key, draft->sni, strlen(draft->sni) + 1);
	key_add(key, last, sizeof last);
}

static struct entry *entry_new(const struct key *key, const struct target_draft *draft)
{
	char unicode[4 * LIMIT_HOST_BYTES];

	name_to_unicode(draft->host, unicode, sizeof unicode);
	size_t unicode_len = strlen(unicode);
	struct entry *entry = calloc(1, sizeof *entry + key->len + unicode_len + 1);
	if (!entry)
		return NULL;
	memcpy(entry->text, key->bytes, key->len);
	memcpy(entry->text + key->len, unicode, unicode_len + 1);

	char *address = entry->text + strlen(draft->host) + 1;
	char *sni = address + strlen(draft->address) + 1;
	entry->target.host = entry->text;
	entry->target.address = address[0] ? address : NULL;
	entry->target.sni = sni[0] ? sni : NULL;
	entry->target.unicode = strcmp(unicode, draft->host) != 0 ? entry->text + key->len : NULL;
	entry->target.port = draft->port;
	entry->target.protocol = draft->protocol;
	return entry;
}

static bool label_add(struct target *target, const struct target_mark *mark)
{
	if (!vec_reserve(&target->labels))
		return false;

	struct label label = { .name = text_copy(mark->name, strlen(mark->name)),
		.value = text_copy(mark->value, strlen(mark->value)) };
	if (!label.name || !label.value) {
		free(label.name);
		free(label.value);
		return false;
	}
	target->labels.items[target->labels.count++] = label;
	return true;
}

/* Adds the labels that TARGET lacks. */
static bool labels_merge(
	struct target *target, const struct target_row *row, struct target_fault *fault)
{
	for (size_t i = 0; row && i < row->mark_count; i++) {
		if (target_label(target, row->marks[i].name))
			continue;
		if (target->labels.count >= LIMIT_LABELS)
			return target_fault_set(fault, 0,
				"together with its earlier mention the target has more than %d "
				"labels",
				LIMIT_LABELS);
		if (!label_add(target, &row->marks[i]))
			return error_set_memory(&fault->why);
	}
	return true;
}

/* ENTRY belongs to the list when this is true. */
static bool list_append(struct target_list *list, struct entry *entry, struct target_fault *fault)
{
	if (list->entries.count >= list->max)
		return error_set(&fault->why, ERROR_LIMIT,
			"there are more than %zu targets; scan them in several runs", list->max);
	if (!vec_reserve(&list->entries))
		return error_set_memory(&fault->why);
	list->entries.items[list->entries.count++] = entry;
	return true;
}

static bool add_one(struct target_reader *reader, const struct target_draft *draft,
	const struct target_row *row, size_t line, struct target_fault *fault)
{
	struct target_list *list = reader->list;
	struct entry *found = NULL;
	struct key key;

	key_of(&key, draft);
	HASH_FIND(hh, list->known, key.bytes, (unsigned)key.len, found);
	if (found) {
		list->duplicates++;
		return labels_merge(&found->target, row, fault);
	}

	CLEANUP(entry_freep) struct entry *entry = entry_new(&key, draft);
	if (!entry)
		return error_set_memory(&fault->why);
	entry->target.source = reader->source;
	entry->target.line = line;
	if (!labels_merge(&entry->target, row, fault))
		return false;
	HASH_ADD_KEYPTR(hh, list->known, entry->text, (unsigned)key.len, entry);
	if (!entry->hh.tbl)
		return error_set_memory(&fault->why);
	if (!list_append(list, entry, fault)) {
		HASH_DELETE(hh, list->known, entry);
		return false;
	}
	(void)TAKE(entry);
	return true;
}

/* The host bits of an address of FAMILY become NUMBER, of at most LIMIT_CIDR_BITS bits. */
static void address_at(unsigned char *bytes, size_t len, unsigned bits, uint32_t number)
{
	for (size_t i = len; i-- > 0 && bits > 0; number >>= 8) {
		unsigned here = bits < 8 ? bits : 8;
		unsigned mask = (1u << here) - 1;

		bytes[i] = (unsigned char)((bytes[i] & ~mask) | (number & mask));
		bits -= here;
	}
}

static bool add_range(struct target_reader *reader, const struct target_draft *range,
	const struct target_row *row, size_t line, struct target_fault *fault)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	size_t len = range->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	unsigned bits = (unsigned)(8 * len) - (unsigned)range->prefix;
	struct target_draft one = *range;

	assert(bits <= LIMIT_CIDR_BITS);
	if (inet_pton(range->family, range->host, bytes) != 1)
		return target_fault_set(fault, 0, "\"%s\" is not an address", range->host);
	one.prefix = -1;
	for (uint32_t i = 0; i < (uint32_t)1 << bits; i++) {
		address_at(bytes, len, bits, i);
		if (!inet_ntop(range->family, bytes, one.address, sizeof one.address))
			return target_fault_set(fault, 0, "an address of the range has no text");
		memcpy(one.host, one.address, strlen(one.address) + 1);
		if (!add_one(reader, &one, row, line, fault))
			return false;
	}
	return true;
}

bool target_reader_add(struct target_reader *reader, const struct target_draft *draft,
	const struct target_row *row, size_t line, struct target_fault *fault)
{
	if (draft->prefix >= 0)
		return add_range(reader, draft, row, line, fault);
	return add_one(reader, draft, row, line, fault);
}

/* The end of a long path is the part that tells it from others. */
static const char *short_source(const char *source, const char **ret_dots)
{
	size_t len = strlen(source);

	*ret_dots = len > SOURCE_BYTES ? "..." : "";
	if (len > SOURCE_BYTES)
		source += len - SOURCE_BYTES;
	while (((unsigned char)*source & 0xc0) == 0x80)
		source++;
	return source;
}

/* Line and column, from 1, of byte AT of PIECE; a byte that is not UTF-8 is a character. */
static void locate(
	const struct target_piece *piece, size_t at, size_t *ret_line, size_t *ret_column)
{
	size_t line = piece->line, column = 1;

	for (size_t i = 0; i < at && i < piece->len;) {
		uint32_t point;
		size_t step = text_utf8_next(piece->text + i, piece->len - i, &point);

		i += step ? step : 1;
		column++;
		if (step && point == '\n') {
			line++;
			column = 1;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

static bool explain(const struct target_reader *reader, const struct target_piece *piece,
	const struct target_fault *fault, struct error *err)
{
	if (fault->why.code == ERROR_MEMORY)
		return error_set_memory(err);
	if (reader->is_argument) {
		char quoted[QUOTED_BYTES];

		text_printable(piece->text, piece->len, quoted, sizeof quoted);
		return error_set(err, fault->why.code, "%s: argument %zu: \"%s\": %s",
			reader->source, piece->line, quoted, fault->why.text);
	}

	size_t line, column;
	const char *dots, *source = short_source(reader->source, &dots);
	locate(piece, fault->at, &line, &column);
	return error_set(err, fault->why.code, "%s%s:%zu:%zu: %s", dots, source, line, column,
		fault->why.text);
}

/* A bad line as a target of its own: each is said, also when two are the same. */
static bool add_faulty(struct target_reader *reader, const struct target_piece *piece,
	const char *why, struct target_fault *fault)
{
	char host[SHOWN_BYTES];
	const char *shown = piece->shown ? piece->shown : piece->text;

	text_printable(shown, piece->shown ? strlen(shown) : piece->len, host, sizeof host);
	size_t size = strlen(host) + 1;
	CLEANUP(entry_freep) struct entry *entry = calloc(1, sizeof *entry + size);
	if (!entry)
		return error_set_memory(&fault->why);
	memcpy(entry->text, host, size);
	entry->target.host = entry->text;
	entry->target.source = reader->source;
	entry->target.line = piece->line;
	entry->target.fault = text_copy(why, strlen(why));
	if (!entry->target.fault)
		return error_set_memory(&fault->why);
	if (!list_append(reader->list, entry, fault))
		return false;
	(void)TAKE(entry);
	return true;
}

bool target_reader_reject(struct target_reader *reader, const struct target_piece *piece,
	const struct target_fault *fault)
{
	if (!reader->options->skip_bad_input || fault->why.code != ERROR_SYNTAX)
		return explain(reader, piece, fault, reader->err);

	struct error why = { .code = ERROR_NONE };
	struct target_fault failed = { .at = fault->at, .why = { .code = ERROR_NONE } };
	(void)explain(reader, piece, fault, &why);
	return add_faulty(reader, piece, why.text, &failed) ||
	       explain(reader, piece, &failed, reader->err);
}
