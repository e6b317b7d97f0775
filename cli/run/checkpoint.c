/* SPDX-License-Identifier: MIT */
#include "cli/run/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "cli/run/checkpoint_file.h"
#include "cli/run/outputs.h"
#include "reports/output.h"

struct checkpoint {
	struct checkpoint_file file;
	struct journal journal;
	char *counter;   /* the first page of the file; NULL when it cannot be had */
	struct buf line; /* that is being written */
	bool is_direct;  /* this run has an output that is written directly */
};

#define COUNTER_PAGE 4096

static bool read_lines(struct checkpoint *checkpoint, struct error *err)
{
	struct checkpoint_reader reader;
	struct checkpoint_line line;
	struct error why = { .code = ERROR_NONE };
	size_t number = 0;
	bool good = true;

	checkpoint_reader_init(&reader, &checkpoint->file, 0, checkpoint->file.size);
	while (good && checkpoint_reader_next(&reader, &line, err)) {
		number++;
		good = journal_take(&checkpoint->journal, line.text, line.len, line.offset, &why);
	}
	checkpoint->file.size = reader.whole;
	checkpoint_reader_release(&reader);
	if (reader.failed)
		return false;
	if (good)
		return true;
	return error_set(err, why.code, "%s:%zu: %s", checkpoint->file.path, number, why.text);
}

/* What is there without a single whole line was a first line that is cut off, or is not ours. */
static bool check_begin(const struct checkpoint *checkpoint, uint64_t size, struct error *err)
{
	CLEANUP(buf_release) struct buf expected = BUF_INIT(4096);
	const struct journal_head head = { .count = 0 };
	char begin[JOURNAL_DELIVERED_AT];
	size_t len = size < sizeof begin ? (size_t)size : sizeof begin;

	if (checkpoint->journal.has_head || size == 0)
		return true;
	journal_put_head(&expected, &head);
	if (pread(checkpoint->file.fd, begin, len, 0) == (ssize_t)len && expected.len > len &&
		memcmp(begin, expected.data, len) == 0)
		return true;
	return error_set(
		err, ERROR_SYNTAX, "%s: not a checkpoint of this version", checkpoint->file.path);
}

struct checkpoint *checkpoint_open(const char *path, bool resume, struct error *err)
{
	CLEANUP(checkpoint_freep) struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);

	if (!checkpoint) {
		(void)error_set_memory(err);
		return NULL;
	}
	checkpoint->line = (struct buf)BUF_INIT(JOURNAL_LINE_BYTES);
	if (!checkpoint_file_open(&checkpoint->file, path, resume, err))
		return NULL;
	uint64_t size = checkpoint->file.size;
	if (!read_lines(checkpoint, err) || !check_begin(checkpoint, size, err))
		return NULL;
	return TAKE(checkpoint);
}

void checkpoint_free(struct checkpoint *checkpoint)
{
	if (!checkpoint)
		return;
	if (checkpoint->counter)
		(void)munmap(checkpoint->counter, COUNTER_PAGE);
	journal_release(&checkpoint->journal);
	buf_release(&checkpoint->line);
	checkpoint_file_close(&checkpoint->file);
	free(checkpoint);
}

bool checkpoint_as_of(const struct checkpoint *checkpoint, struct instant *ret_as_of)
{
	return checkpoint->journal.has_head &&
	       instant_parse(checkpoint->journal.head.as_of, ret_as_of);
}

const struct journal *checkpoint_journal(const struct checkpoint *checkpoint)
{
	return &checkpoint->journal;
}

static bool check_same(
	const struct checkpoint *checkpoint, const struct journal_head *now, struct error *err)
{
	const struct journal_head *then = &checkpoint->journal.head;
	const char *path = checkpoint->file.path;

	if (strcmp(then->targets, now->targets) != 0 || then->count != now->count)
		return error_set(err, ERROR_USAGE,
			"%s: was made for other targets, so this run cannot go on with it", path);
	if (strcmp(then->profile, now->profile) != 0)
		return error_set(err, ERROR_USAGE,
			"%s: was made under another profile, or the profile has changed since",
			path);
	if (strcmp(then->trust, now->trust) != 0)
		return error_set(err, ERROR_USAGE,
			"%s: was made with other anchors in the trust stores", path);
	if (strcmp(then->options, now->options) != 0)
		return error_set(err, ERROR_USAGE, "%s: was made with other options: %s; now: %s",
			path, then->options, now->options);
	return true;
}

/* Writes the line that was put together. */
static bool write_line(struct checkpoint *checkpoint, struct error *err)
{
	if (checkpoint->line.failed)
		return error_set_memory(err);
	return checkpoint_file_append(
		&checkpoint->file, buf_text(&checkpoint->line), checkpoint->line.len, err);
}

bool checkpoint_bind(
	struct checkpoint *checkpoint, const struct journal_head *head, struct error *err)
{
	bool begun = checkpoint->journal.has_head;

	if (begun && !check_same(checkpoint, head, err))
		return false;
	if (!checkpoint_file_settle(&checkpoint->file, err))
		return false;
	if (!begun) {
		struct error ignored = { .code = ERROR_NONE };

		buf_clear(&checkpoint->line);
		journal_put_head(&checkpoint->line, head);
		if (!write_line(checkpoint, err))
			return false;
		if (!journal_take(&checkpoint->journal, checkpoint->line.data,
			    checkpoint->line.len - 1, 0, &ignored))
			return error_set_memory(err);
	}
	void *page = mmap(
		NULL, COUNTER_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, checkpoint->file.fd, 0);
	/* A file system that does not share pages gets a write instead. */
	checkpoint->counter = page != MAP_FAILED ? page : NULL;
	return true;
}

/* All attempts so far have succeeded.  One store: whoever is killed has done it or has not. */
static bool note_delivered(struct checkpoint *checkpoint, struct error *err)
{
	_Alignas(uint64_t) char digits[JOURNAL_DELIVERED_BYTES];
	uint64_t word;

	journal_delivered(checkpoint->journal.attempts, digits);
	checkpoint->journal.delivered = checkpoint->journal.attempts;
	if (!checkpoint->counter)
		return checkpoint_file_write_at(
			&checkpoint->file, digits, sizeof digits, JOURNAL_DELIVERED_AT, err);
	memcpy(&word, digits, sizeof word);
	atomic_store(
		(_Atomic uint64_t *)(void *)(checkpoint->counter + JOURNAL_DELIVERED_AT), word);
	return true;
}

/* Where records go from here on. */
static bool note_output(
	struct checkpoint *checkpoint, const struct output_place *place, struct error *err)
{
	struct journal_output *output = &checkpoint->journal.output;

	*output = (struct journal_output){ .kind = JOURNAL_REPLACED };
	if (place && place->kind == OUTPUT_FILE) {
		output->kind = JOURNAL_FILE;
		output->device = place->device;
		output->inode = place->inode;
		memcpy(output->path, place->path, strlen(place->path) + 1);
	} else if (place) {
		output->kind = JOURNAL_STREAM;
	}
	buf_clear(&checkpoint->line);
	journal_put_output(&checkpoint->line, output);
	return write_line(checkpoint, err);
}

/* Calls DO for the records of each line from offset FROM on, of those that were there first. */
static bool replay(struct checkpoint *checkpoint, uint64_t from,
	bool (*add)(struct checkpoint *checkpoint, struct outputs *outputs,
		const struct checkpoint_line *line, struct error *err),
	struct outputs *outputs, struct error *err)
{
	struct checkpoint_reader reader;
	struct checkpoint_line line;
	bool good = true;

	checkpoint_reader_init(&reader, &checkpoint->file, from, checkpoint->file.size);
	while (good && checkpoint_reader_next(&reader, &line, err)) {
		journal_records(line.text, line.len, &line.records, &line.records_len);
		good = !line.records || add(checkpoint, outputs, &line, err);
	}
	checkpoint_reader_release(&reader);
	return good && !reader.failed;
}

static bool add_replaced(struct checkpoint *checkpoint, struct outputs *outputs,
	const struct checkpoint_line *line, struct error *err)
{
	(void)checkpoint;
	(void)err;
	(void)outputs_append(outputs, OUTPUTS_REPLACED, line->records, line->records_len);
	return true;
}

/* Adds records to the output that is written directly, which are noted already. */
static bool deliver(struct checkpoint *checkpoint, struct outputs *outputs, const char *records,
	size_t len, struct error *err)
{
	checkpoint->journal.attempts++;
	if (outputs_append(outputs, OUTPUTS_DIRECT, records, len))
		return note_delivered(checkpoint, err);
	/* It is gone: what is done from here on was not tried to be written there. */
	checkpoint->is_direct = false;
	return note_output(checkpoint, NULL, err);
}

static bool add_direct(struct checkpoint *checkpoint, struct outputs *outputs,
	const struct checkpoint_line *line, struct error *err)
{
	struct output_place place;

	if (!checkpoint->is_direct)
		return true;
	if (!outputs_direct_place(outputs, &place, err))
		return false;
	const struct journal_attempt attempt = { .line = line->offset, .at = place.offset };
	buf_clear(&checkpoint->line);
	journal_put_again(&checkpoint->line, &attempt, checkpoint->journal.output.kind);
	return write_line(checkpoint, err) &&
	       deliver(checkpoint, outputs, line->records, line->records_len, err);
}

static bool is_place(const struct journal_output *output, const struct output_place *place)
{
	return output->kind == JOURNAL_FILE && place->kind == OUTPUT_FILE &&
	       output->device == place->device && output->inode == place->inode &&
	       strcmp(output->path, place->path) == 0;
}

/* From which line on the output that is written directly lacks records; 0: there are none. */
static bool find_lack(struct checkpoint *checkpoint, const struct output_place *place,
	uint64_t *ret_from, struct error *err)
{
	struct journal *journal = &checkpoint->journal;
	struct checkpoint_lack lack = { .attempt = journal->last, .output = journal->last_output };

	*ret_from = journal->first_line;
	if (journal->attempts == 0)
		return true;
	if (is_place(&journal->last_output, place) && place->size == 0) {
		/* It was emptied, as a shell does for ">". */
		*ret_from = journal->output_since;
		return true;
	}
	lack.delivered = journal->delivered == journal->attempts;
	if (!lack.delivered && !checkpoint_lack_look(&lack, &checkpoint->file, err))
		return false;
	*ret_from = lack.attempt.line;
	if (!lack.delivered)
		return true;
	/* Then it is the line behind that one. */
	return checkpoint_file_behind(&checkpoint->file, lack.attempt.line, ret_from, err) &&
	       note_delivered(checkpoint, err);
}

bool checkpoint_begin(struct checkpoint *checkpoint, struct outputs *outputs, struct error *err)
{
	uint64_t first = checkpoint->journal.first_line, from = 0;
	struct output_place place;

	if (first > 0 && !replay(checkpoint, first, add_replaced, outputs, err))
		return false;
	checkpoint->is_direct = outputs_have_direct(outputs);
	if (!checkpoint->is_direct)
		return note_output(checkpoint, NULL, err);
	if (!outputs_direct_place(outputs, &place, err) ||
		!find_lack(checkpoint, &place, &from, err) || !note_output(checkpoint, &place, err))
		return false;
	return from == 0 || replay(checkpoint, from, add_direct, outputs, err);
}

bool checkpoint_add(struct checkpoint *checkpoint, struct outputs *outputs,
	struct journal_group *group, struct error *err)
{
	struct output_place place;
	size_t len = group->ends[group->count - 1];

	group->kind = checkpoint->journal.output.kind;
	group->at = 0;
	if (group->kind == JOURNAL_FILE) {
		if (!outputs_direct_place(outputs, &place, err))
			return false;
		group->at = place.offset;
	}
	buf_clear(&checkpoint->line);
	journal_put_group(&checkpoint->line, group);
	if (!write_line(checkpoint, err))
		return false;
	(void)outputs_append(outputs, OUTPUTS_REPLACED, group->records, len);
	return !checkpoint->is_direct || deliver(checkpoint, outputs, group->records, len, err);
}

bool checkpoint_finish(struct checkpoint *checkpoint, struct error *err)
{
	return checkpoint_file_sync(&checkpoint->file, err);
}
