/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence_source.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/lines.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "reports/evidence/evidence_line.h"
#include "reports/evidence/evidence_manifest.h"

#define PATH_BYTES 8192u

/* Platforms, and reasons of DNS: both are few. */
#define KEPT_MOST 1024u

struct evidence_source {
	char *path, *profile, *waivers;
	char *name; /* of the observations' file */
	char sum[FINGERPRINT_TEXT];
	struct evidence_manifest manifest;
	const struct revoke_list *const *lists;
	size_t list_count;
	struct evidence_texts kept;
	struct lines lines;
	size_t count; /* of observations that were read */
};

static char *join(const char *path, const char *name)
{
	CLEANUP(buf_release) struct buf whole = BUF_INIT(PATH_BYTES);

	return buf_addf(&whole, "%s/%s", path, name) ? text_copy(buf_text(&whole), whole.len)
						     : NULL;
}

static bool compare(const char *path, const char *sum, const char *sha256, struct error *err)
{
	return strcmp(sum, sha256) == 0 ||
	       error_set(err, ERROR_SYNTAX,
		       "%s: is not what was kept: its SHA-256 is another than the evidence says",
		       path);
}

static void sum_of(const struct buf *bytes, char ret_sum[static FINGERPRINT_TEXT])
{
	uint8_t sum[FINGERPRINT_BYTES];

	fingerprint_of((const uint8_t *)buf_text(bytes), bytes->len, sum);
	text_from_bytes(sum, sizeof sum, ret_sum);
}

/* The bytes have to be what SHA256 says. */
static bool verify(const char *path, const struct buf *bytes, const char *sha256, struct error *err)
{
	char text[FINGERPRINT_TEXT];

	sum_of(bytes, text);
	return compare(path, text, sha256, err);
}

static bool find(
	void *arg, enum evidence_kind kind, const char *sha256, struct buf *out, struct error *err)
{
	const struct evidence_source *source = arg;
	const struct evidence_place *at = evidence_place(kind);
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);

	if (!buf_addf(&path, "%s/%s/%s%s", source->path, at->folder, sha256, at->ending))
		return error_set_memory(err);
	return buf_read_file(out, buf_text(&path), err) &&
	       verify(buf_text(&path), out, sha256, err);
}

static const char *keep(void *arg, const char *text)
{
	struct evidence_source *source = arg;

	for (size_t i = 0; i < source->kept.count; i++)
		if (strcmp(source->kept.items[i], text) == 0)
			return source->kept.items[i];
	if (source->kept.count == KEPT_MOST || !evidence_texts_add(&source->kept, text))
		return NULL;
	return source->kept.items[source->kept.count - 1];
}

static const struct revoke_list *list_at(void *arg, size_t number, struct error *err)
{
	const struct evidence_source *source = arg;

	if (number < source->list_count)
		return source->lists[number];
	(void)error_set(err, ERROR_SYNTAX, "there is no list %zu in the manifest", number);
	return NULL;
}

static bool read_manifest(struct evidence_source *source, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_MANIFEST_BYTES);
	struct error why = { .code = ERROR_NONE };
	char *path = join(source->path, EVIDENCE_MANIFEST);
	bool good = path ? buf_read_file(&text, path, err) : error_set_memory(err);

	if (good && !evidence_manifest_read(&source->manifest, buf_text(&text), text.len, &why))
		good = error_set(err, why.code, "%s: %s", path, why.said);
	sum_of(&text, source->sum);
	free(path);
	return good;
}

static bool check_files(const struct evidence_source *source, struct error *err)
{
	char sum[FINGERPRINT_TEXT];

	for (enum evidence_file file = 0; file < EVIDENCE_FILES; file++) {
		const char *wanted = source->manifest.files[file];
		char *path = join(source->path, evidence_file_name(file));
		bool good = path ? !wanted[0] || (evidence_file_sum(path, sum, err) &&
							 compare(path, sum, wanted, err))
				 : error_set_memory(err);

		free(path);
		if (!good)
			return false;
	}
	return true;
}

struct evidence_source *evidence_source_open(const char *path, struct error *err)
{
	CLEANUP(evidence_source_freep) struct evidence_source *source = calloc(1, sizeof *source);

	if (!source) {
		(void)error_set_memory(err);
		return NULL;
	}
	source->lines.fd = -1;
	source->path = text_copy(path, strlen(path));
	source->profile = join(path, evidence_file_name(EVIDENCE_PROFILE));
	source->waivers = join(path, evidence_file_name(EVIDENCE_WAIVERS));
	source->name = join(path, evidence_file_name(EVIDENCE_OBSERVATIONS));
	if (!source->path || !source->profile || !source->waivers || !source->name) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (!read_manifest(source, err) || !check_files(source, err) ||
		!lines_open(&source->lines, source->name, LIMIT_OBSERVATION_BYTES, err))
		return NULL;
	return TAKE(source);
}

void evidence_source_free(struct evidence_source *source)
{
	if (!source)
		return;
	lines_close(&source->lines);
	evidence_manifest_release(&source->manifest);
	for (size_t i = 0; i < source->kept.count; i++)
		free(source->kept.items[i]);
	free(source->kept.items);
	free(source->path);
	free(source->profile);
	free(source->waivers);
	free(source->name);
	free(source);
}

const struct evidence_manifest *evidence_source_manifest(const struct evidence_source *source)
{
	return &source->manifest;
}

const char *evidence_source_profile(const struct evidence_source *source)
{
	return source->profile;
}

const char *evidence_source_waivers(const struct evidence_source *source)
{
	return source->manifest.files[EVIDENCE_WAIVERS][0] ? source->waivers : NULL;
}

const char *evidence_source_sum(const struct evidence_source *source)
{
	return source->sum;
}

const struct cert *evidence_source_certificate(
	const struct evidence_source *source, const char *sha256, struct error *err)
{
	CLEANUP(buf_release) struct buf der = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);

	if (!find((void *)(uintptr_t)source, EVIDENCE_CERTIFICATE, sha256, &der, err))
		return NULL;
	return cert_new((const uint8_t *)buf_text(&der), der.len, err);
}

const struct evidence_list *evidence_source_list(
	const struct evidence_source *source, const char *url)
{
	const struct evidence_manifest *manifest = &source->manifest;

	for (size_t i = 0; i < manifest->lists.count; i++)
		if (strcmp(manifest->lists.items[i].url, url) == 0)
			return &manifest->lists.items[i];
	return NULL;
}

bool evidence_source_list_bytes(const struct evidence_source *source,
	const struct evidence_list *list, struct buf *out, struct error *err)
{
	return !list->sha256 ||
	       find((void *)(uintptr_t)source, EVIDENCE_LIST, list->sha256, out, err);
}

void evidence_source_lists(
	struct evidence_source *source, const struct revoke_list *const *lists, size_t count)
{
	source->lists = lists;
	source->list_count = count;
}

static bool check_count(const struct evidence_source *source, struct error *err)
{
	size_t counted = source->manifest.observations;

	return source->count == counted ||
	       error_set(err, ERROR_SYNTAX, "%s: has %zu observations, and the manifest counts %zu",
		       source->name, source->count, counted);
}

struct observation *evidence_source_next(struct evidence_source *source, struct error *err)
{
	const struct evidence_looking looking = {
		.find = find, .list = list_at, .keep = keep, .arg = source
	};
	struct error why = { .code = ERROR_NONE };

	if (!lines_next(&source->lines, &why)) {
		if (why.code != ERROR_NONE)
			(void)error_set(err, why.code, "%s", why.said);
		else
			(void)check_count(source, err);
		return NULL;
	}
	struct observation *observation = evidence_line_read(
		buf_text(&source->lines.line), source->lines.line.len, &looking, &why);
	source->count += observation != NULL;
	if (!observation)
		(void)error_set(
			err, why.code, "%s:%zu: %s", source->name, source->lines.number, why.said);
	return observation;
}
