/* SPDX-License-Identifier: MIT */
/* A capture of any program: what was counted is what comes, and all of it within bounds. */
#include <assert.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/capture/capture.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct observation *seen, const struct capture_options *options)
{
	char printable[LIMIT_NAME_BYTES + 64];

	assert(seen->target && seen->target->host[0] && seen->target->mates > 0);
	assert(seen->proven == PROOF_UNKNOWN && seen->chain.count <= LIMIT_CHAIN);
	assert(options->skip_bad_input || !seen->target->fault);
	assert((seen->outcome == OUTCOME_SERVED) == !seen->message[0]);
	text_printable(seen->message, strlen(seen->message), printable, sizeof printable);
	assert(strcmp(printable, seen->message) == 0);
}

static void read_as(const struct capture_options *options, const char *text, size_t len)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(capture_freep) struct capture *capture = capture_new(options, &err);
	struct observation *seen;
	size_t count = 0;

	bool added = capture && capture_add_bytes(capture, "fuzz", text, len, &err);
	assert(added);
	if (!capture_prepare(capture, &err)) {
		assert(err.text[0]);
		return;
	}
	while ((seen = capture_next(capture, &err))) {
		check(seen, options);
		observation_free(seen);
		count++;
	}
	assert(err.code == ERROR_NONE && count == capture_count(capture));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum capture_kind kind = 0; kind < CAPTURE_KINDS; kind++) {
		struct capture_options options = { .kind = kind };

		read_as(&options, (const char *)data, size);
		options.skip_bad_input = options.whole = true;
		read_as(&options, (const char *)data, size);
	}
	return 0;
}
