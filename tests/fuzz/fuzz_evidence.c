/* SPDX-License-Identifier: MIT */
/* A line of evidence, or a manifest; what can be read is written, and then reads and writes the
 * same. */
#include <assert.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/observation.h"
#include "reports/evidence/evidence_line.h"
#include "reports/evidence/evidence_manifest.h"
#include "tests/fuzz/fuzz.h"

#define ROOM (64u << 20)

static const char filed[FINGERPRINT_TEXT] =
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static bool file_it(void *arg, enum evidence_kind kind, const struct der *der,
	char ret_sha256[static FINGERPRINT_TEXT], struct error *err)
{
	(void)arg, (void)kind, (void)der, (void)err;
	memcpy(ret_sha256, filed, sizeof filed);
	return true;
}

static bool find_it(
	void *arg, enum evidence_kind kind, const char *sha256, struct buf *out, struct error *err)
{
	(void)arg, (void)kind;
	assert(strlen(sha256) == FINGERPRINT_TEXT - 1);
	return buf_add_text(out, "bytes") || error_set_memory(err);
}

static const struct revoke_list *list_at(void *arg, size_t number, struct error *err)
{
	(void)arg, (void)number;
	(void)error_set(err, ERROR_SYNTAX, "no list");
	return NULL;
}

static const char *keep_it(void *arg, const char *text)
{
	(void)arg, (void)text;
	return "kept";
}

static const struct evidence_looking looking = {
	.find = find_it, .list = list_at, .keep = keep_it
};

static struct observation *read_line(const char *text, size_t len, struct error *err)
{
	return evidence_line_read(text, len, &looking, err);
}

static void write_line(const struct observation *observation, struct buf *out)
{
	const struct evidence_filing filing = { .file = file_it };
	struct error err = { .code = ERROR_NONE };
	bool put = evidence_line_put(out, observation, &filing, &err);

	assert(put);
}

static void line(const char *text, size_t len)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(buf_release) struct buf first = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
	CLEANUP(observation_freep) struct observation *read = read_line(text, len, &err);

	assert(read || err.text[0]);
	if (!read)
		return;
	write_line(read, &first);
	CLEANUP(observation_freep)
	struct observation *back = read_line(buf_text(&first), first.len, &err);
	assert(back);
	write_line(back, &again);
	assert(again.len == first.len && memcmp(again.data, first.data, first.len) == 0);
}

static void manifest(const char *text, size_t len)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(buf_release) struct buf first = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
	CLEANUP(evidence_manifest_release) struct evidence_manifest read = { .version = NULL };
	CLEANUP(evidence_manifest_release) struct evidence_manifest back = { .version = NULL };

	if (!evidence_manifest_read(&read, text, len, &err)) {
		assert(err.text[0]);
		return;
	}
	bool put = evidence_manifest_put(&first, &read) &&
		   evidence_manifest_read(&back, buf_text(&first), first.len, &err) &&
		   evidence_manifest_put(&again, &back);
	assert(put && again.len == first.len && memcmp(again.data, first.data, first.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	line((const char *)data, size);
	manifest((const char *)data, size);
	return 0;
}
