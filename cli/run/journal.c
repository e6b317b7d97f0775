/* SPDX-License-Identifier: MIT */
#include "cli/run/journal.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/target/target.h"

#define HEAD_BEGIN "{\"schema\":\"chainmend.checkpoint/1\",\"delivered\":\""
_Static_assert(sizeof HEAD_BEGIN - 1 == JOURNAL_DELIVERED_AT, "where the counter is");
_Static_assert(JOURNAL_DELIVERED_AT % JOURNAL_DELIVERED_BYTES == 0, "it is aligned");

/* A line that is being read; `good` goes when something is not as it has to be. */
struct scan_line {
	const char *at, *end;
	bool good;
};

static bool refuse(struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "not a line of a checkpoint");
}

static bool sees(const struct scan_line *line, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(line->end - line->at) >= len && memcmp(line->at, text, len) == 0;
}

static void skip(struct scan_line *line, const char *text)
{
	if (line->good && sees(line, text))
		line->at += strlen(text);
	else
		line->good = false;
}

static bool skip_if(struct scan_line *line, const char *text)
{
	if (!line->good || !sees(line, text))
		return false;
	line->at += strlen(text);
	return true;
}

/* A decimal number as it is written here: no sign, no zeros before it. */
static uint64_t take_number(struct scan_line *line, uint64_t max)
{
	const char *begin = line->at;
	uint64_t value = 0;

	for (; line->at < line->end && *line->at >= '0' && *line->at <= '9'; line->at++) {
		unsigned digit = (unsigned)(*line->at - '0');

		if (value > (max - digit) / 10 || (line->at > begin && value == 0)) {
			line->good = false;
			return 0;
		}
		value = value * 10 + digit;
	}
	line->good = line->good && line->at > begin && value <= max;
	return value;
}

/* Text up to a quote, without a backslash or anything that is not plain. */
static void take_text(struct scan_line *line, char *out, size_t size)
{
	size_t len = 0;

	for (; line->at + len < line->end && line->at[len] != '"'; len++)
		if (line->at[len] < 0x20 || line->at[len] > 0x7e || line->at[len] == '\\')
			line->good = false;
	line->good = line->good && len < size;
	if (!line->good)
		return;
	memcpy(out, line->at, len);
	out[len] = '\0';
	line->at += len;
}

static void take_hash(struct scan_line *line, const char *before, char out[static CHECKSUM_TEXT])
{
	uint8_t bytes[CHECKSUM_BYTES];

	skip(line, before);
	take_text(line, out, CHECKSUM_TEXT);
	line->good = line->good && text_to_bytes(out, bytes, sizeof bytes);
}

static uint32_t take_delivered(struct scan_line *line)
{
	uint8_t bytes[JOURNAL_DELIVERED_BYTES / 2] = { 0 };
	char text[JOURNAL_DELIVERED_BYTES + 1] = "";

	take_text(line, text, sizeof text);
	line->good = line->good && text_to_bytes(text, bytes, sizeof bytes);
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static bool take_head(struct journal *journal, struct scan_line *line, struct error *err)
{
	struct journal_head *head = &journal->head;
	struct instant as_of;

	skip(line, HEAD_BEGIN);
	if (!line->good)
		return error_set(err, ERROR_SYNTAX, "not a checkpoint of this version");
	journal->delivered = take_delivered(line);
	take_hash(line, "\",\"targets\":\"", head->targets);
	take_hash(line, "\",\"profile\":\"", head->profile);
	take_hash(line, "\",\"trust\":\"", head->trust);
	skip(line, "\",\"options\":\"");
	take_text(line, head->options, sizeof head->options);
	skip(line, "\",\"as_of\":\"");
	take_text(line, head->as_of, sizeof head->as_of);
	skip(line, "\",\"count\":");
	head->count = take_number(line, LIMIT_TARGETS);
	skip(line, "}");
	if (!line->good || line->at != line->end || !instant_parse(head->as_of, &as_of))
		return refuse(err);
	journal->done = calloc((size_t)head->count / 8 + 1, 1);
	journal->has_head = true;
	return journal->done || error_set_memory(err);
}

static void take_path(struct scan_line *line, struct journal_output *output)
{
	char hex[2 * sizeof output->path] = "";

	take_text(line, hex, sizeof hex);
	size_t len = strlen(hex) / 2;
	line->good = line->good && strlen(hex) % 2 == 0 &&
		     text_to_bytes(hex, (uint8_t *)output->path, len) &&
		     !memchr(output->path, '\0', len);
	output->path[len] = '\0';
}

static bool take_output(struct journal *journal, struct scan_line *line, struct error *err)
{
	struct journal_output output = { .kind = JOURNAL_REPLACED };

	if (skip_if(line, "stream\"}")) {
		output.kind = JOURNAL_STREAM;
	} else if (skip_if(line, "file\",\"device\":")) {
		output.kind = JOURNAL_FILE;
		output.device = take_number(line, UINT64_MAX);
		skip(line, ",\"inode\":");
		output.inode = take_number(line, UINT64_MAX);
		skip(line, ",\"path\":\"");
		take_path(line, &output);
		skip(line, "\"}");
	} else {
		skip(line, "replaced\"}");
	}
	if (!line->good || line->at != line->end)
		return refuse(err);
	journal->output = output;
	return true;
}

static bool is_same_output(const struct journal_output *a, const struct journal_output *b)
{
	return a->kind == b->kind && a->device == b->device && a->inode == b->inode;
}

static void note_attempt(struct journal *journal, uint64_t line, uint64_t at)
{
	if (journal->attempts == 0 || !is_same_output(&journal->output, &journal->last_output)) {
		journal->last_output = journal->output;
		journal->output_since = line;
	}
	journal->attempts++;
	journal->last = (struct journal_attempt){ .line = line, .at = at };
}

/* `"at":` and what it has to be for the output that records go to. */
static uint64_t take_place(const struct journal *journal, struct scan_line *line)
{
	skip(line, "\"at\":");
	if (journal->output.kind == JOURNAL_FILE)
		return take_number(line, INT64_MAX);
	skip(line, "null");
	return 0;
}

static bool take_again(
	struct journal *journal, struct scan_line *line, uint64_t offset, struct error *err)
{
	uint64_t of = take_number(line, INT64_MAX);

	skip(line, ",");
	uint64_t at = take_place(journal, line);
	skip(line, "}");
	if (!line->good || line->at != line->end || journal->output.kind == JOURNAL_REPLACED ||
		journal->first_line == 0 || of < journal->first_line || of >= offset ||
		journal->attempts == UINT32_MAX)
		return refuse(err);
	note_attempt(journal, of, at);
	return true;
}

static void take_done(struct journal *journal, struct scan_line *line)
{
	do {
		uint64_t target = take_number(line, LIMIT_TARGETS);

		if (!line->good || target >= journal->head.count ||
			journal_is_done(journal, target)) {
			line->good = false;
			return;
		}
		journal->done[target / 8] |= (uint8_t)(1u << target % 8);
		journal->done_count++;
	} while (skip_if(line, ","));
}

static enum status take_status(struct scan_line *line)
{
	char name[16] = "";

	skip(line, "\"");
	take_text(line, name, sizeof name);
	skip(line, "\"");
	for (enum status status = STATUS_OK; line->good && status < STATUS_COUNT; status++)
		if (strcmp(name, status_name(status)) == 0)
			return status;
	line->good = false;
	return STATUS_OK;
}

static size_t take_statuses(struct journal *journal, struct scan_line *line)
{
	size_t count = 0;

	do {
		journal->results[take_status(line)]++;
		count++;
	} while (skip_if(line, ","));
	return count;
}

/* Records as long as LENGTHS says, which are objects on one line. */
static void check_records(struct scan_line *lengths, struct scan_line *records, size_t count)
{
	for (size_t i = 0; i < count && lengths->good; i++) {
		size_t left = (size_t)(records->end - records->at);
		uint64_t len = take_number(lengths, JOURNAL_LINE_BYTES);

		lengths->good = lengths->good && len >= 2 && len < left && records->at[0] == '{' &&
				records->at[len - 1] == '}';
		if (!lengths->good)
			return;
		for (size_t k = 0; k < len; k++)
			lengths->good = lengths->good && (unsigned char)records->at[k] >= 0x20;
		records->at += len;
		if (i + 1 < count) {
			skip(lengths, ",");
			skip(records, ",");
		}
	}
}

static bool take_group(
	struct journal *journal, struct scan_line *line, uint64_t offset, struct error *err)
{
	take_done(journal, line);
	skip(line, "],\"statuses\":[");
	size_t count = take_statuses(journal, line);
	skip(line, "],");
	uint64_t at = take_place(journal, line);
	skip(line, ",\"lengths\":[");
	struct scan_line lengths = *line;
	while (line->at < line->end && *line->at != ']')
		line->at++;
	lengths.end = line->at;
	skip(line, "],\"records\":[");
	if (!line->good)
		return refuse(err);
	check_records(&lengths, line, count);
	skip(line, "]}");
	if (!line->good || !lengths.good || lengths.at != lengths.end || line->at != line->end ||
		journal->attempts == UINT32_MAX)
		return refuse(err);
	if (journal->first_line == 0)
		journal->first_line = offset;
	if (journal->output.kind != JOURNAL_REPLACED)
		note_attempt(journal, offset, at);
	return true;
}

bool journal_take(
	struct journal *journal, const char *line, size_t len, uint64_t offset, struct error *err)
{
	struct scan_line scan = { .at = line, .end = line + len, .good = true };

	if (!journal->has_head)
		return take_head(journal, &scan, err);
	if (skip_if(&scan, "{\"done\":["))
		return take_group(journal, &scan, offset, err);
	if (skip_if(&scan, "{\"output\":\""))
		return take_output(journal, &scan, err);
	if (skip_if(&scan, "{\"again\":"))
		return take_again(journal, &scan, offset, err);
	return refuse(err);
}

void journal_release(struct journal *journal)
{
	free(journal->done);
	journal->done = NULL;
}

bool journal_is_done(const struct journal *journal, uint64_t target)
{
	return target < journal->head.count && (journal->done[target / 8] >> target % 8 & 1);
}

void journal_records(char *line, size_t len, char **ret_records, size_t *ret_len)
{
	static const char begin[] = "{\"done\":[", lengths[] = ",\"lengths\":[",
			  records[] = "],\"records\":[";
	struct scan_line scan = { .good = true };

	*ret_records = NULL;
	*ret_len = 0;
	if (len < sizeof begin || memcmp(line, begin, sizeof begin - 1) != 0)
		return;
	/* The members before are numbers and names, so these words stand in no text. */
	char *at = strstr(line, lengths), *record = at ? strstr(at, records) : NULL;
	if (!record)
		return;
	scan.at = at + sizeof lengths - 1;
	scan.end = record;
	record += sizeof records - 1;
	char *first = record;
	do {
		uint64_t size = take_number(&scan, JOURNAL_LINE_BYTES);

		/* The file may have changed since it was checked. */
		if (!scan.good || size >= (size_t)(line + len - record))
			return;
		record += size;
		*record++ = '\n';
	} while (skip_if(&scan, ","));
	*ret_records = first;
	*ret_len = (size_t)(record - first);
}

static void put_number(struct buf *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	(void)buf_add(out, digits + at, sizeof digits - at);
}

void journal_delivered(uint32_t attempt, char out[static JOURNAL_DELIVERED_BYTES])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = JOURNAL_DELIVERED_BYTES; i-- > 0; attempt >>= 4)
		out[i] = digits[attempt & 15];
}

void journal_put_head(struct buf *out, const struct journal_head *head)
{
	char delivered[JOURNAL_DELIVERED_BYTES];

	journal_delivered(0, delivered);
	(void)buf_add_text(out, HEAD_BEGIN);
	(void)buf_add(out, delivered, sizeof delivered);
	(void)buf_addf(out,
		"\",\"targets\":\"%s\",\"profile\":\"%s\",\"trust\":\"%s\",\"options\":\"%s\","
		"\"as_of\":\"%s\",\"count\":",
		head->targets, head->profile, head->trust, head->options, head->as_of);
	put_number(out, head->count);
	(void)buf_add_text(out, "}\n");
}

void journal_put_output(struct buf *out, const struct journal_output *output)
{
	static const char *const names[] = { [JOURNAL_REPLACED] = "replaced",
		[JOURNAL_STREAM] = "stream",
		[JOURNAL_FILE] = "file" };
	char hex[2 * sizeof output->path];

	(void)buf_addf(out, "{\"output\":\"%s\"", names[output->kind]);
	if (output->kind == JOURNAL_FILE) {
		(void)buf_add_text(out, ",\"device\":");
		put_number(out, output->device);
		(void)buf_add_text(out, ",\"inode\":");
		put_number(out, output->inode);
		text_from_bytes((const uint8_t *)output->path, strlen(output->path), hex);
		(void)buf_addf(out, ",\"path\":\"%s\"", hex);
	}
	(void)buf_add_text(out, "}\n");
}

static void put_place(struct buf *out, uint64_t at, enum journal_kind kind)
{
	(void)buf_add_text(out, "\"at\":");
	if (kind == JOURNAL_FILE)
		put_number(out, at);
	else
		(void)buf_add_text(out, "null");
}

void journal_put_again(
	struct buf *out, const struct journal_attempt *attempt, enum journal_kind kind)
{
	(void)buf_add_text(out, "{\"again\":");
	put_number(out, attempt->line);
	(void)buf_add_char(out, ',');
	put_place(out, attempt->at, kind);
	(void)buf_add_text(out, "}\n");
}

/* Each target once: the addresses of one come in any order. */
static void put_done(struct buf *out, const struct journal_group *group)
{
	const char *comma = "";

	for (size_t i = 0; i < group->count; i++) {
		const struct target *target = group->verdicts[i]->target;
		bool before = false;

		for (size_t k = 0; k < i && !before && group->verdicts[i]->addresses > 1; k++)
			before = group->verdicts[k]->target->number == target->number;
		if (before)
			continue;
		(void)buf_add_text(out, comma);
		put_number(out, target->number);
		comma = ",";
	}
}

void journal_put_group(struct buf *out, const struct journal_group *group)
{
	size_t from = 0;

	(void)buf_add_text(out, "{\"done\":[");
	put_done(out, group);
	(void)buf_add_text(out, "],\"statuses\":[");
	for (size_t i = 0; i < group->count; i++) {
		(void)buf_add_text(out, i > 0 ? ",\"" : "\"");
		(void)buf_add_text(out, status_name(group->verdicts[i]->status));
		(void)buf_add_char(out, '"');
	}
	(void)buf_add_text(out, "],");
	put_place(out, group->at, group->kind);
	(void)buf_add_text(out, ",\"lengths\":[");
	for (size_t i = 0; i < group->count; from = group->ends[i++]) {
		(void)buf_add_text(out, i > 0 ? "," : "");
		put_number(out, group->ends[i] - from - 1);
	}
	(void)buf_add_text(out, "],\"records\":[");
	from = 0;
	for (size_t i = 0; i < group->count; from = group->ends[i++]) {
		(void)buf_add_text(out, i > 0 ? "," : "");
		(void)buf_add(out, group->records + from, group->ends[i] - from - 1);
	}
	(void)buf_add_text(out, "]}\n");
}
