/* SPDX-License-Identifier: MIT */
#include "tests/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"

#define GOLDEN_BYTES (16u << 20)

static void path_of(const char *name, char *out, size_t size)
{
	const char *root = getenv("CHAINMEND_SOURCE_ROOT");
	int len = snprintf(out, size, "%s/tests/golden/%s", root ? root : ".", name);

	cr_assert(len > 0 && (size_t)len < size, "the path of %s is too long", name);
}

static void rewrite(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	cr_assert_not_null(file, "%s cannot be written", path);
	size_t written = fwrite(bytes, 1, len, file);
	int closed = fclose(file);
	cr_assert(written == len && closed == 0, "%s cannot be written", path);
}

/* Line and column of the first byte that differs, and both lines from there. */
static void tell(const char *path, const char *want, const char *got)
{
	size_t line = 1, start = 0, at = 0;

	while (want[at] && want[at] == got[at]) {
		if (want[at] == '\n') {
			line++;
			start = at + 1;
		}
		at++;
	}
	cr_expect(false, "%s:%zu: differs\nwant: %.*s\n got: %.*s", path, line,
		(int)strcspn(want + start, "\n"), want + start, (int)strcspn(got + start, "\n"),
		got + start);
}

void golden_expect(const char *name, const char *got, size_t len)
{
	struct buf want = BUF_INIT(GOLDEN_BYTES);
	struct error err = { .code = ERROR_NONE };
	const char *update = getenv("UPDATE_GOLDEN");
	char path[4096];

	path_of(name, path, sizeof path);
	if (update && strcmp(update, "1") == 0) {
		rewrite(path, got, len);
		return;
	}
	bool read = buf_read_file(&want, path, &err);
	cr_expect(read, "%s", err.text);
	if (read && (want.len != len || memcmp(buf_text(&want), got, len) != 0))
		tell(path, buf_text(&want), got);
	buf_release(&want);
}
