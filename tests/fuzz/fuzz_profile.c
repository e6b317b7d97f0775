/* SPDX-License-Identifier: MIT */
/* A profile file. */
#include <assert.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "rules/profile/profile.h"
#include "tests/fuzz/fuzz.h"

static void hear(void *arg, size_t line, const char *text)
{
	size_t *heard = arg;

	assert(line > 0 && text[0]);
	++*heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	struct error err = { 0 };

	if (buf_add(&text, data, size)) {
		CLEANUP(profile_freep) struct profile *profile = profile_parse("fuzz", &text, &err);

		assert(!profile == (err.code != ERROR_NONE));
		if (profile) {
			size_t heard = 0;

			assert(profile_lint(profile, (struct instant){ 1795737600 }, LANGUAGE_EN,
				       hear, &heard) == heard);
			for (size_t i = 0; i < profile->certificate_count; i++)
				assert(profile_by_id(profile, profile->certificates[i].id) ==
					&profile->certificates[i]);
		}
	}
	buf_release(&text);
	return 0;
}
