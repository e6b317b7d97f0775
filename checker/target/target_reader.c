/* SPDX-License-Identifier: MIT */
#include "checker/target/target_reader.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"

#define SHOWN_BYTES 256  /* of a bad line */
#define QUOTED_BYTES 128 /* of a bad argument in its error */
#define SOURCE_BYTES 160 /* of a file's name in an error: the reason must fit too */

bool target_fault_set(struct target_fault *fault, size_t at, const char *fmt, ...)
{
	char reason[sizeof fault->why.said];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(reason, sizeof reason, fmt, args);
	va_end(args);
	fault->at = at;
	return error_set(&fault->why, ERROR_SYNTAX, "%s", reason);
}

static void key_add(struct target_key *key, const void *bytes, size_t len)
{
	assert(len <= sizeof key->bytes - key->len);
	memcpy(key->bytes + key->len, bytes, len);
	key->len += len;
}

void target_key_of(struct target_key *key, const struct target_draft *draft)
{
	const unsigned char first[] = { (unsigned char)(draft->port >> 8),
		(unsigned char)(draft->port & 0xff), (unsigned char)draft->protocol };

	key->len = 0;
	key_add(key, first, sizeof first);
	key_add(key, draft->host, strlen(draft->host) + 1);
	key->service = key->len;
	key_add(key, draft->address, strlen(draft->address) + 1);
	key_add(key, draft->sni, strlen(draft->sni) + 1);
}

static size_t address_len(const struct target_draft *draft)
{
	return draft->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

uint32_t target_draft_count(const struct target_draft *draft)
{
	if (draft->prefix < 0)
		return 1;
	unsigned bits = (unsigned)(8 * address_len(draft)) - (unsigned)draft->prefix;
	assert(bits <= LIMIT_CIDR_BITS);
	return (uint32_t)1 << bits;
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

void target_draft_at(
	const struct target_draft *draft, uint32_t index, struct target_draft *ret_draft)
{
	unsigned char bytes[sizeof(struct in6_addr)] = { 0 };
	size_t len = address_len(draft);

	*ret_draft = *draft;
	if (draft->prefix < 0)
		return;
	/* The parser has read the address, so there is one. */
	(void)inet_pton(draft->family, draft->host, bytes);
	address_at(bytes, len, (unsigned)(8 * len) - (unsigned)draft->prefix, index);
	(void)inet_ntop(draft->family, bytes, ret_draft->address, sizeof ret_draft->address);
	memcpy(ret_draft->host, ret_draft->address, strlen(ret_draft->address) + 1);
	ret_draft->prefix = -1;
}

bool target_reader_add(struct target_reader *reader, const struct target_draft *draft,
	const struct target_row *row, size_t line, struct target_fault *fault)
{
	const struct target_mention mention = {
		.draft = draft,
		.marks = row ? row->marks : NULL,
		.mark_count = row ? row->mark_count : 0,
		.origin = reader->origin,
		.line = line,
	};

	return reader->sink.mention(reader->sink.arg, &mention, fault);
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
	const char *name = reader->origin->name;

	if (fault->why.code == ERROR_MEMORY)
		return error_set_memory(err);
	if (reader->is_argument) {
		char quoted[QUOTED_BYTES];

		text_printable(piece->text, piece->len, quoted, sizeof quoted);
		return error_set(err, fault->why.code, "%s: argument %zu: \"%s\": %s", name,
			piece->line, quoted, fault->why.text);
	}

	size_t line, column;
	const char *dots, *source = short_source(name, &dots);
	locate(piece, fault->at, &line, &column);
	return error_set(err, fault->why.code, "%s%s:%zu:%zu: %s", dots, source, line, column,
		fault->why.text);
}

/* Each is said, also when two are the same. */
static bool hand_on_bad(struct target_reader *reader, const struct target_piece *piece,
	const char *why, struct target_fault *fault)
{
	char host[SHOWN_BYTES];
	const char *shown = piece->shown ? piece->shown : piece->text;

	text_printable(shown, piece->shown ? strlen(shown) : piece->len, host, sizeof host);
	const struct target_bad bad = {
		.shown = host, .why = why, .origin = reader->origin, .line = piece->line
	};
	return reader->sink.bad(reader->sink.arg, &bad, fault);
}

bool target_reader_reject(struct target_reader *reader, const struct target_piece *piece,
	const struct target_fault *fault)
{
	if (!reader->options->skip_bad_input || fault->why.code != ERROR_SYNTAX)
		return explain(reader, piece, fault, reader->err);

	struct error why = { .code = ERROR_NONE };
	struct target_fault failed = { .at = fault->at, .why = { .code = ERROR_NONE } };
	(void)explain(reader, piece, fault, &why);
	return hand_on_bad(reader, piece, why.text, &failed) ||
	       explain(reader, piece, &failed, reader->err);
}

bool target_reader_argument(struct target_reader *reader, const char *text, size_t position)
{
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_piece piece = { .text = text, .len = strlen(text), .line = position };
	struct target_draft draft;

	reader->is_argument = true;
	if (target_piece_check(&piece, &fault) &&
		target_parse(piece.text, piece.len, &draft, &fault) &&
		target_reader_add(reader, &draft, NULL, position, &fault))
		return true;
	return target_reader_reject(reader, &piece, &fault);
}
