/* SPDX-License-Identifier: MIT */
#include "cli/supply/crl_files.h"

#include <stdlib.h>
#include <string.h>

#include "checker/answers.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_store.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "cli/supply/setup.h"
#include "cli/supply/supply.h"

/* A file as one issuer's list. */
struct reading {
	size_t file;
	uint8_t spki_sha256[FINGERPRINT_BYTES]; /* of the issuer */
	struct revoke_list *list;
};

struct crl_file {
	char shown[200]; /* its path, printable */
	struct buf bytes;
	bool used;
};

struct crl_files {
	const struct setup *setup;
	VEC(struct reading) readings;
	size_t count;
	struct crl_file files[];
};

void crl_files_free(struct crl_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->readings.count; i++)
		revoke_list_free(files->readings.items[i].list);
	free(files->readings.items);
	for (size_t i = 0; i < files->count; i++)
		buf_release(&files->files[i].bytes);
	free(files);
}

struct crl_files *crl_files_new(
	const struct option_list *paths, const struct setup *setup, struct error *err)
{
	CLEANUP(crl_files_freep)
	struct crl_files *files = calloc(1, sizeof *files + paths->count * sizeof files->files[0]);

	if (!files) {
		(void)error_set_memory(err);
		return NULL;
	}
	files->setup = setup;
	for (size_t i = 0; i < paths->count; i++) {
		struct crl_file *file = &files->files[i];

		files->count = i + 1;
		file->bytes = (struct buf)BUF_INIT(LIMIT_FETCH_LIST_BYTES);
		text_printable(
			paths->items[i], strlen(paths->items[i]), file->shown, sizeof file->shown);
		if (!buf_read_file(&file->bytes, paths->items[i], err))
			return NULL;
	}
	return TAKE(files);
}

/* FILE as ISSUER's list; NULL when memory runs out. */
static const struct revoke_list *read_as(
	struct crl_files *files, size_t number, const struct cert *issuer)
{
	const struct crl_file *file = &files->files[number];
	const struct setup *setup = files->setup;

	for (size_t i = 0; i < files->readings.count; i++) {
		const struct reading *reading = &files->readings.items[i];

		if (reading->file == number &&
			memcmp(reading->spki_sha256, issuer->spki_sha256, FINGERPRINT_BYTES) == 0)
			return reading->list;
	}
	if (!vec_reserve(&files->readings))
		return NULL;
	const struct revoke_source source = { .id = file->shown,
		.bytes = (const uint8_t *)buf_text(&file->bytes),
		.len = file->bytes.len,
		.scope = REVOKE_SCOPE_ALL };
	struct revoke_list *list = supply_read_list(
		&source, issuer, setup->context.now, setup->today);
	if (!list)
		return NULL;
	struct reading *reading = &files->readings.items[files->readings.count++];
	*reading = (struct reading){ .file = number, .list = list };
	memcpy(reading->spki_sha256, issuer->spki_sha256, FINGERPRINT_BYTES);
	return list;
}

static void add(struct answers *answers, const struct revoke_list *list, size_t number)
{
	for (size_t i = 0; i < answers->list_count; i++)
		if (answers->lists[i] == list)
			return;
	if (answers->list_count == LIMIT_ANSWER_LISTS)
		return;
	answers->list_numbers[answers->list_count] = number;
	answers->lists[answers->list_count++] = list;
}

/* Every file that ISSUER has signed. */
static bool add_of(struct crl_files *files, const struct cert *issuer, struct answers *answers)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct revoke_list *list = read_as(files, i, issuer);

		if (!list)
			return false;
		if (revoke_list_state(list) == REVOKE_LIST_INVALID)
			continue;
		files->files[i].used = true;
		add(answers, list, i);
	}
	return true;
}

static const struct cert *issuer_of(const struct crl_files *files, const struct cert *const *certs,
	size_t count, const struct cert *cert)
{
	for (size_t i = 0; i < count; i++)
		if (certs[i] != cert && certs[i]->readable && cert_issued_by(cert, certs[i]))
			return certs[i];
	return trust_find_issuer(files->setup->trust, cert);
}

static bool answer_chain(struct crl_files *files, const struct cert *const *certs, size_t count,
	struct answers *answers)
{
	for (size_t i = 0; i < count; i++) {
		const struct cert *issuer = certs[i]->readable && !certs[i]->self_signed
						    ? issuer_of(files, certs, count, certs[i])
						    : NULL;
		if (issuer && !add_of(files, issuer, answers))
			return false;
	}
	return true;
}

bool crl_files_answer(struct crl_files *files, struct observation *observation, struct error *err)
{
	const struct cert *certs[LIMIT_CHAIN] = { NULL };
	size_t count = 0;
	bool good = true;

	if (!observation->answers)
		observation->answers = answers_new();
	if (!observation->answers)
		return error_set_memory(err);
	for (; good && count < observation->chain.count && count < LIMIT_CHAIN; count++) {
		const struct der *der = &observation->chain.items[count];

		certs[count] = cert_store_get(files->setup->certs, der->bytes, der->len, err);
		if (!certs[count])
			break;
	}
	good = count == observation->chain.count || count == LIMIT_CHAIN;
	if (good && !answer_chain(files, certs, count, observation->answers))
		good = error_set_memory(err);
	for (size_t i = 0; i < count; i++)
		cert_unref(certs[i]);
	return good;
}

void crl_files_complain(const struct crl_files *files, const struct console *console)
{
	for (size_t i = 0; i < files->count; i++)
		if (!files->files[i].used)
			console_warn(console,
				"%s: no revocation list that an issuer at hand has signed, so it "
				"says nothing",
				files->files[i].shown);
}
