/* SPDX-License-Identifier: MIT */
#include "checker/target/target_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/cert/checksum.h"
#include "checker/limits.h"
#include "checker/target/target_input.h"
#include "checker/target/target_mentions.h"
#include "checker/target/target_reader.h"

enum kind { KIND_ARGUMENT, KIND_FILE, KIND_BYTES };

/* Something to read targets from. */
struct source {
	enum kind kind;
	const char *text; /* the argument, the path */
	size_t position;
	struct target_file file; /* not for arguments */
	struct target_origin *origin;
};

/* A mention that targets are being handed out of. */
struct pending {
	struct target_draft draft;
	struct target *model; /* its labels, origin and line; the target itself unless a range */
	uint32_t next, count;
};

struct target_stream {
	struct target_options options;
	VEC(struct source) sources;
	struct target_mentions *mentions;
	struct checksum *checksum;
	uint8_t hash[CHECKSUM_BYTES];
	size_t count, duplicates;

	/* Handing out */
	size_t at; /* of the source that is being read */
	struct target_cursor *cursor;
	struct target_reader reader;
	VEC(struct pending) pending;
	size_t first; /* of them */
	size_t number;
	bool refused; /* the bad line that comes next was a good one to the first reading */
	bool is_over;
};

struct target_stream *target_stream_new(const struct target_options *options, struct error *err)
{
	CLEANUP(target_stream_freep) struct target_stream *stream = calloc(1, sizeof *stream);

	if (stream) {
		stream->options = *options;
		stream->mentions = target_mentions_new();
		stream->checksum = checksum_new();
	}
	if (!stream || !stream->mentions || !stream->checksum) {
		(void)error_set_memory(err);
		return NULL;
	}
	return TAKE(stream);
}

static void forget_pending(struct target_stream *stream)
{
	for (size_t i = stream->first; i < stream->pending.count; i++)
		target_unref(stream->pending.items[i].model);
	stream->pending.count = stream->first = 0;
}

void target_stream_free(struct target_stream *stream)
{
	if (!stream)
		return;
	forget_pending(stream);
	free(stream->pending.items);
	target_cursor_free(stream->cursor);
	for (size_t i = 0; i < stream->sources.count; i++) {
		if (stream->sources.items[i].kind != KIND_ARGUMENT)
			target_file_close(&stream->sources.items[i].file);
		target_origin_unref(stream->sources.items[i].origin);
	}
	free(stream->sources.items);
	target_mentions_free(stream->mentions);
	checksum_free(stream->checksum);
	free(stream);
}

static bool add_source(struct target_stream *stream, const struct source *source, const char *name,
	struct error *err)
{
	struct target_origin *origin;

	if (!vec_reserve(&stream->sources) || !(origin = target_origin_new(name)))
		return error_set_memory(err);
	stream->sources.items[stream->sources.count] = *source;
	stream->sources.items[stream->sources.count++].origin = origin;
	return true;
}

bool target_stream_add_argument(
	struct target_stream *stream, const char *text, size_t position, struct error *err)
{
	const struct source source = { .kind = KIND_ARGUMENT, .text = text, .position = position };

	return add_source(stream, &source, "command line", err);
}

bool target_stream_add_file(struct target_stream *stream, const char *path, struct error *err)
{
	const struct source source = { .kind = KIND_FILE, .text = path, .file.fd = -1 };

	return add_source(stream, &source, path, err);
}

bool target_stream_add_bytes(struct target_stream *stream, const char *name, const char *bytes,
	size_t len, struct error *err)
{
	const struct source source = { .kind = KIND_BYTES,
		.text = name,
		.file = { .name = name, .bytes = bytes, .fd = -1, .size = len } };

	return add_source(stream, &source, name, err);
}

/* Reads all of SOURCE for READER, whose sink gets it. */
static bool read_source(const struct source *source, struct target_reader *reader)
{
	bool more = true;

	reader->origin = source->origin;
	if (source->kind == KIND_ARGUMENT)
		return target_reader_argument(reader, source->text, source->position);
	reader->is_argument = false;
	CLEANUP(target_cursor_freep)
	struct target_cursor *cursor = target_cursor_new(&source->file, reader);
	while (cursor && more)
		if (!target_cursor_step(cursor, reader, &more))
			return false;
	return cursor;
}

static void sum_mention(struct target_stream *stream, const struct target_mention *mention)
{
	struct target_key key;
	int prefix = mention->draft->prefix;
	const unsigned char last[] = { (unsigned char)(prefix < 0 ? 0xff : prefix),
		(unsigned char)mention->mark_count };

	target_key_of(&key, mention->draft);
	checksum_add(stream->checksum, key.bytes, key.len);
	checksum_add(stream->checksum, last, sizeof last);
	for (size_t i = 0; i < mention->mark_count; i++) {
		checksum_add_text(stream->checksum, mention->marks[i].name);
		checksum_add_text(stream->checksum, mention->marks[i].value);
	}
}

static void sum_bad(struct target_stream *stream, const struct target_bad *bad)
{
	checksum_add_text(stream->checksum, "bad");
	checksum_add_text(stream->checksum, bad->shown);
}

/* The first reading: all of it, and which services are named again. */
static bool on_survey(void *arg, const struct target_mention *mention, struct target_fault *fault)
{
	struct target_stream *stream = arg;

	sum_mention(stream, mention);
	return target_mentions_survey(stream->mentions, mention, fault);
}

static bool on_survey_bad(void *arg, const struct target_bad *bad, struct target_fault *fault)
{
	struct target_stream *stream = arg;

	sum_bad(stream, bad);
	return target_mentions_survey_bad(stream->mentions, fault);
}

/* The second: those that are. */
static bool on_collect(void *arg, const struct target_mention *mention, struct target_fault *fault)
{
	struct target_stream *stream = arg;

	return target_mentions_collect(stream->mentions, mention, fault);
}

static bool on_collect_bad(void *arg, const struct target_bad *bad, struct target_fault *fault)
{
	struct target_stream *stream = arg;

	(void)bad;
	(void)fault;
	target_mentions_collect_bad(stream->mentions);
	return true;
}

static bool read_all(struct target_stream *stream, struct target_reader *reader)
{
	for (size_t i = 0; i < stream->sources.count; i++) {
		struct source *source = &stream->sources.items[i];

		if (source->kind == KIND_FILE && source->file.fd < 0 &&
			!target_file_open(&source->file, source->text, source->text, reader->err))
			return false;
		if (!read_source(source, reader))
			return false;
	}
	return true;
}

bool target_stream_prepare(struct target_stream *stream, struct error *err)
{
	struct target_reader reader = {
		.sink = { .mention = on_survey, .bad = on_survey_bad, .arg = stream },
		.options = &stream->options,
		.err = err,
	};

	if (!read_all(stream, &reader))
		return false;
	if (!checksum_end(stream->checksum, stream->hash))
		return error_set_memory(err);
	if (target_mentions_sort(stream->mentions)) {
		reader.sink = (struct target_sink){
			.mention = on_collect, .bad = on_collect_bad, .arg = stream
		};
		if (!read_all(stream, &reader))
			return false;
	}
	target_mentions_settle(stream->mentions, &stream->count, &stream->duplicates);
	return true;
}

size_t target_stream_count(const struct target_stream *stream)
{
	return stream->count;
}

size_t target_stream_duplicates(const struct target_stream *stream)
{
	return stream->duplicates;
}

void target_stream_hash(const struct target_stream *stream, uint8_t ret_hash[static 32])
{
	memcpy(ret_hash, stream->hash, sizeof stream->hash);
}

/* Takes MODEL over in any case. */
static bool queue(struct target_stream *stream, const struct target_draft *draft,
	struct target *model, uint32_t count)
{
	if (stream->first == stream->pending.count)
		stream->pending.count = stream->first = 0;
	if (!vec_reserve(&stream->pending)) {
		target_unref(model);
		return false;
	}
	struct pending *pending = &stream->pending.items[stream->pending.count++];
	if (draft)
		pending->draft = *draft;
	pending->model = model;
	pending->next = 0;
	pending->count = count;
	return true;
}

/* The last reading.  What was named before was seen to by the second one, labels and all. */
static bool on_hand_out(void *arg, const struct target_mention *mention, struct target_fault *fault)
{
	struct target_stream *stream = arg;
	struct target_draft first;

	sum_mention(stream, mention);
	uint32_t count = target_mentions_pass(stream->mentions, mention, fault);
	target_draft_at(mention->draft, 0, &first);
	CLEANUP(target_unrefp)
	struct target *model = target_new(&first, mention->origin, mention->line);
	if (!model)
		return error_set_memory(&fault->why);
	if (!target_add_labels(model, mention->marks, mention->mark_count, fault))
		return false;
	if (count > 0 && !queue(stream, mention->draft, TAKE(model), count))
		return error_set_memory(&fault->why);
	/* A range one of whose targets has too many labels ends there, with what was before it. */
	stream->refused = fault->why.code != ERROR_NONE;
	return !stream->refused;
}

static bool on_hand_out_bad(void *arg, const struct target_bad *bad, struct target_fault *fault)
{
	struct target_stream *stream = arg;
	struct target *target = target_new_faulty(bad->shown, bad->why, bad->origin, bad->line);

	if (!target)
		return error_set_memory(&fault->why);
	if (!stream->refused)
		sum_bad(stream, bad);
	stream->refused = false;
	return queue(stream, NULL, target, 1) || error_set_memory(&fault->why);
}

/* Reads on until something waits to be handed out; false at the end, or with ERR set. */
static bool read_on(struct target_stream *stream, struct error *err)
{
	while (stream->first == stream->pending.count) {
		bool more = false;

		if (stream->at == stream->sources.count)
			return false;
		struct source *source = &stream->sources.items[stream->at];
		stream->reader.origin = source->origin;
		stream->reader.err = err;
		if (source->kind == KIND_ARGUMENT) {
			if (!target_reader_argument(
				    &stream->reader, source->text, source->position))
				return false;
		} else {
			stream->reader.is_argument = false;
			if (!stream->cursor)
				stream->cursor = target_cursor_new(&source->file, &stream->reader);
			if (!stream->cursor ||
				!target_cursor_step(stream->cursor, &stream->reader, &more))
				return false;
		}
		if (more)
			continue;
		target_cursor_free(stream->cursor);
		stream->cursor = NULL;
		stream->at++;
	}
	return true;
}

/* The target that the first of those that wait stands for next; NULL: it was named before. */
static struct target *take(struct target_stream *stream, struct error *err)
{
	struct pending *pending = &stream->pending.items[stream->first];
	const struct target *model = pending->model;
	uint32_t index = pending->next++;
	bool last = pending->next == pending->count;
	struct target *taken = NULL;
	bool kept = false;

	if (!model->fault)
		kept = target_mentions_take(stream->mentions, &pending->draft, index, &taken);
	if (!kept && last && pending->count == 1) {
		taken = TAKE(pending->model);
	} else if (!kept) {
		taken = target_new_like(model, &pending->draft, index);
		if (!taken)
			(void)error_set_memory(err);
	}
	if (last) {
		target_unref(TAKE(pending->model));
		stream->first++;
	}
	return taken;
}

/* What was read is what was read first, or an error that says which file changed. */
static bool check_same(struct target_stream *stream, struct error *err)
{
	for (size_t i = 0; i < stream->sources.count; i++) {
		const struct source *source = &stream->sources.items[i];

		if (source->kind == KIND_FILE && !target_file_is_same(&source->file))
			return error_set(
				err, ERROR_IO, "%s: was changed during the scan", source->text);
	}
	return true;
}

static bool check_end(struct target_stream *stream, struct error *err)
{
	uint8_t hash[CHECKSUM_BYTES];

	if (!checksum_end(stream->checksum, hash))
		return error_set_memory(err);
	if (!check_same(stream, err))
		return false;
	if (memcmp(hash, stream->hash, sizeof hash) == 0 && stream->number == stream->count)
		return true;
	return error_set(err, ERROR_IO, "the list of targets was changed during the scan");
}

struct target *target_stream_next(struct target_stream *stream, struct error *err)
{
	struct error own = { .code = ERROR_NONE };

	stream->reader.sink = (struct target_sink){
		.mention = on_hand_out, .bad = on_hand_out_bad, .arg = stream
	};
	stream->reader.options = &stream->options;
	while (!stream->is_over && read_on(stream, &own)) {
		struct target *target = take(stream, &own);

		if (own.code != ERROR_NONE)
			break;
		if (target && stream->number < stream->count) {
			target->number = stream->number++;
			return target;
		}
		if (target) {
			target_unref(target);
			(void)error_set(
				&own, ERROR_IO, "the list of targets was changed during the scan");
			break;
		}
	}
	if (!stream->is_over && own.code == ERROR_NONE)
		(void)check_end(stream, &own);
	stream->is_over = true;
	/* A fault that was not there before is a file that changed. */
	if (own.code != ERROR_NONE && own.code != ERROR_MEMORY)
		(void)check_same(stream, err);
	if (own.code != ERROR_NONE)
		(void)error_set(err, own.code, "%s", own.text);
	return NULL;
}
