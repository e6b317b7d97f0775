/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/tls/record.h"

#define MAX 100

/* What comes out of the bytes when they come STEP at a time: "22:abc 21:x". */
static void read_records(const char *bytes, size_t len, size_t step, struct buf *seen)
{
	enum record_status status = RECORD_SHORT;
	struct record_rest rest;
	struct record record;

	record_rest_init(&rest, RECORD_HEADER + MAX);
	for (size_t at = 0; at < len && status == RECORD_SHORT; at += step) {
		size_t part = len - at < step ? len - at : step;
		uint8_t *exact = malloc(part);

		cr_assert_not_null(exact);
		memcpy(exact, bytes + at, part);
		struct bytes in = { exact, part };
		while ((status = record_next(&rest, &in, MAX, &record)) == RECORD_WHOLE)
			(void)buf_addf(seen, "%u:%.*s ", record.type, (int)record.fragment.len,
				(const char *)record.fragment.at);
		cr_expect(status != RECORD_SHORT || in.len == 0);
		free(exact);
		record_rest_settle(&rest);
	}
	if (status == RECORD_TOO_LONG)
		(void)buf_addf(seen, "too long");
	else if (rest.held.len > 0)
		(void)buf_addf(seen, "and %zu", rest.held.len);
	else
		cr_expect_null(rest.held.data, "nothing is left over, and nothing is kept");
	record_rest_release(&rest);
}

static const struct {
	const char *descr, *bytes;
	size_t len;
	const char *seen;
} records[] = {
	{ "nothing", "", 0, "" },
	{ "one", "\x16\3\3\0\3abc", 8, "22:abc " },
	{ "two", "\x16\3\3\0\3abc\x15\3\1\0\1x", 14, "22:abc 21:x " },
	{ "one of nothing", "\x16\3\3\0\0", 5, "22: " },
	{ "one and a half", "\x16\3\3\0\3abc\x15\3\1\0\4xy", 15, "22:abc and 7" },
	{ "half a header", "\x16\3\3\0", 4, "and 4" },
	{ "one that is too long", "\x16\3\3\0\1a\x16\3\3\0\x65", 11, "22:a too long" },
};

Test(record, comes_in_any_pieces)
{
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		for (size_t step = 1; step <= records[i].len + 1; step++) {
			struct buf seen = BUF_INIT(1000);

			read_records(records[i].bytes, records[i].len, step, &seen);
			cr_expect_str_eq(buf_text(&seen), records[i].seen, "%s, by %zu: %s",
				records[i].descr, step, buf_text(&seen));
			buf_release(&seen);
		}
	}
}

static size_t at_most(const void *arg, uint8_t type)
{
	return type == 9 ? 0 : *(const size_t *)arg;
}

/* A message is cut into records of SIZE bytes each. */
static void read_messages(const char *bytes, size_t len, size_t size, struct buf *seen)
{
	static const size_t most = MAX;
	const struct message_max max = { at_most, &most };
	enum record_status status = RECORD_SHORT;
	struct record_rest rest;
	struct message message;

	record_rest_init(&rest, 4 + MAX);
	for (size_t at = 0; at < len && status == RECORD_SHORT; at += size) {
		size_t part = len - at < size ? len - at : size;
		struct bytes fragment = { (const uint8_t *)bytes + at, part };

		while ((status = message_next(&rest, &fragment, &max, &message)) == RECORD_WHOLE)
			(void)buf_addf(seen, "%u:%.*s ", message.type, (int)message.body.len,
				(const char *)message.body.at);
		record_rest_settle(&rest);
		cr_expect_eq(message_begun(&rest), rest.held.len > 0);
	}
	if (status == RECORD_TOO_LONG)
		(void)buf_addf(seen, "%u too long: %zu", message.type, message.announced);
	else if (rest.held.len > 0)
		(void)buf_addf(seen, "and %zu", rest.held.len);
	record_rest_release(&rest);
}

static const struct {
	const char *descr, *bytes;
	size_t len;
	const char *seen;
} messages[] = {
	{ "one", "\x0b\0\0\3abc", 7, "11:abc " },
	{ "of nothing, then another", "\x0e\0\0\0\x0b\0\0\1x", 9, "14: 11:x " },
	{ "not all of it", "\x0b\0\0\3ab", 6, "and 6" },
	{ "too long", "\x0b\1\0\0", 4, "11 too long: 65536" },
	{ "one that may not be there at all", "\x09\0\0\1", 4, "9 too long: 1" },
};

Test(record, has_messages_in_any_pieces)
{
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		for (size_t size = 1; size <= messages[i].len + 1; size++) {
			struct buf seen = BUF_INIT(1000);

			read_messages(messages[i].bytes, messages[i].len, size, &seen);
			cr_expect_str_eq(buf_text(&seen), messages[i].seen, "%s, by %zu: %s",
				messages[i].descr, size, buf_text(&seen));
			buf_release(&seen);
		}
	}
}

/* What a length announces is not asked for in advance. */
Test(record, grows_with_what_came)
{
	struct record_rest rest;
	struct record record;
	struct bytes in = { (const uint8_t *)"\x16\3\3\x40\0abc", 8 };

	record_rest_init(&rest, RECORD_HEADER + RECORD_SEALED_BYTES);
	cr_expect_eq(record_next(&rest, &in, RECORD_SEALED_BYTES, &record), RECORD_SHORT);
	cr_expect_leq(rest.held.room, 256);
	record_rest_release(&rest);
}

Test(record, is_written_in_as_many_as_it_takes)
{
	static const struct {
		size_t len, written;
	} cases[] = { { 1, 6 }, { 16384, 16389 }, { 16385, 16389 + 6 }, { 40000, 40015 } };
	static const uint8_t payload[40000];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT(1u << 17);

		cr_expect(record_write(
			&out, RECORD_HANDSHAKE, 0x0301, (struct bytes){ payload, cases[i].len }));
		cr_expect_eq(out.len, cases[i].written, "%zu: %zu", cases[i].len, out.len);
		cr_expect_arr_eq(buf_text(&out), "\x16\3\1", 3);
		buf_release(&out);
	}
}
