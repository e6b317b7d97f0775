/* SPDX-License-Identifier: MIT */
/*
 * replay - feeds each file of a folder to a fuzzer, as a test (TAP)
 *
 *	replay FOLDER
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (16u << 20)

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool replay(const char *folder, const char *name, struct error *err)
{
	char path[4096];
	struct buf bytes = BUF_INIT(INPUT_MAX);

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	bool ok = buf_read_file(&bytes, path, err);
	if (ok)
		LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&bytes), bytes.len);
	buf_release(&bytes);
	return ok;
}

int main(int argc, char *argv[])
{
	struct dirent **entries;
	int count = argc == 2 ? scandir(argv[1], &entries, is_file, alphasort) : -1;

	if (count <= 0) {
		fprintf(stderr, "usage: replay FOLDER, with files in it\n");
		return 2;
	}
	/* The plan first: a crash half way is then seen as tests that are missing. */
	printf("TAP version 13\n1..%d\n", count);
	for (int i = 0; i < count; i++) {
		struct error err = { 0 };
		bool ok = replay(argv[1], entries[i]->d_name, &err);

		printf("%sok %d - %s%s%s\n", ok ? "" : "not ", i + 1, entries[i]->d_name,
			ok ? "" : ": ", err.text);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
