/* SPDX-License-Identifier: MIT */
#include "cli/request/known_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "checker/base/arena.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_fields.h"
#include "checker/cert/cert_file.h"
#include "checker/csr/csr.h"
#include "checker/csr/csr_file.h"
#include "checker/key/weak_key.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "reports/result/results.h"
#include "rules/request/review.h"
#include "rules/verdict.h"

#define LIST_BYTES (64u << 20) /* Debian's have hundreds of thousands of lines */
#define PEEK_BYTES 4096u
#define SEEN_SAID 3
#define DIGITS_DEBIAN (WEAK_KEY_DEBIAN - 1)
#define DIGITS_SPKI (FINGERPRINT_TEXT - 1)

struct known_key {
	uint8_t spki_sha256[FINGERPRINT_BYTES];
	const uint8_t *spki; /* NULL: only its hash is known */
	size_t spki_len;
	const char *where;
};

struct known_keys {
	VEC(struct known_key) keys;
	VEC(const char *) listed; /* digits in small letters */
	struct arena memory;
};

struct known_keys *known_keys_new(struct error *err)
{
	struct known_keys *known = calloc(1, sizeof *known);

	if (!known) {
		(void)error_set_memory(err);
		return NULL;
	}
	arena_init(&known->memory, NULL, 0);
	return known;
}

void known_keys_free(struct known_keys *known)
{
	if (!known)
		return;
	free(known->keys.items);
	free(known->listed.items);
	arena_release(&known->memory);
	free(known);
}

/* --- Keys in use --- */

static bool is_last(const struct known_keys *known, const struct known_key *key)
{
	if (known->keys.count == 0)
		return false;
	const struct known_key *last = &known->keys.items[known->keys.count - 1];
	return memcmp(last->spki_sha256, key->spki_sha256, sizeof key->spki_sha256) == 0 &&
	       strcmp(last->where, key->where) == 0;
}

static bool add(struct known_keys *known, struct known_key key, struct error *err)
{
	static const uint8_t none[FINGERPRINT_BYTES];
	uint8_t *copy = NULL;

	if (memcmp(key.spki_sha256, none, sizeof none) == 0)
		return true; /* results of an older version do not say it */
	if (is_last(known, &key))
		return true; /* another address of the same service */
	if (!vec_reserve(&known->keys))
		return error_set_memory(err);
	key.where = arena_text(&known->memory, key.where, strlen(key.where));
	if (key.spki && (copy = arena_take(&known->memory, key.spki_len)))
		memcpy(copy, key.spki, key.spki_len);
	if (!key.where || (key.spki && !copy))
		return error_set_memory(err);
	key.spki = copy;
	known->keys.items[known->keys.count++] = key;
	return true;
}

bool known_keys_add_cert(
	struct known_keys *known, const struct cert *cert, const char *where, struct error *err)
{
	struct known_key key = { .where = where };
	struct cert_fields fields;
	size_t len;

	if (!cert->readable)
		return true;
	const uint8_t *der = cert_der(cert, &len);
	if (len > 0 && cert_fields_read(der, len, &fields)) {
		key.spki = fields.spki.at;
		key.spki_len = fields.spki.len;
	}
	memcpy(key.spki_sha256, cert->spki_sha256, sizeof key.spki_sha256);
	return add(known, key, err);
}

bool known_keys_add_csr(
	struct known_keys *known, const struct csr *csr, const char *where, struct error *err)
{
	struct known_key key = { .spki = csr->spki, .spki_len = csr->spki_len, .where = where };

	memcpy(key.spki_sha256, csr->spki_sha256, sizeof key.spki_sha256);
	return add(known, key, err);
}

/* --- Files --- */

struct filling {
	struct known_keys *known;
	const char *path;
};

static bool add_cert(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	const struct filling *filling = arg;
	CLEANUP(cert_unrefp) const struct cert *cert = cert_new(der, len, err);

	return cert && known_keys_add_cert(filling->known, cert, filling->path, err);
}

static bool add_request(void *arg, const struct csr_found *found, struct error *err)
{
	const struct filling *filling = arg;
	CLEANUP(csr_freep) struct csr *csr = csr_new(found->der, found->len, err);

	return csr && known_keys_add_csr(filling->known, csr, filling->path, err);
}

static bool add_results(struct known_keys *known, struct results *results, struct error *err)
{
	struct verdict *verdict = NULL;
	struct error why = { .code = ERROR_NONE };
	bool good = results;

	while (good && (verdict = results_next(results, &why))) {
		const struct cert *leaf = verdict_leaf(verdict);
		char where[LIMIT_HOST_BYTES + 16];

		(void)snprintf(where, sizeof where, "%s:%u", verdict->target->host,
			(unsigned)verdict->target->port);
		good = !leaf || known_keys_add_cert(known, leaf, where, err);
		verdict_free(verdict);
	}
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	return good;
}

static bool begins_json(const char *text)
{
	text += strspn(text, " \t\r\n");
	return *text == '{' || *text == '[';
}

/* Results may be longer than memory, and only their beginning tells.  False for what can be read
 * once. */
static bool is_results(const char *path)
{
	char text[PEEK_BYTES + 1] = "";
	struct stat info;
	FILE *file = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? fopen(path, "re") : NULL;

	if (!file)
		return false;
	text[fread(text, 1, PEEK_BYTES, file)] = '\0';
	(void)fclose(file);
	return begins_json(text);
}

/* A request, or else certificates: what the latter are in is said when it is neither. */
static bool add_bytes(const struct filling *filling, const struct buf *bytes, struct error *err)
{
	const uint8_t *data = (const uint8_t *)bytes->data;
	struct filling own = *filling;
	struct error why = { .code = ERROR_NONE };

	if (csr_file_read(filling->path, data, bytes->len, add_request, &own, &why))
		return true;
	if (why.code == ERROR_MEMORY)
		return error_set_memory(err);
	return cert_file_read(
		&(struct cert_file){ .path = filling->path, .bytes = data, .len = bytes->len },
		add_cert, &own, err);
}

bool known_keys_read(struct known_keys *known, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(LIMIT_RECORD_BYTES);
	struct filling filling = { known, strcmp(path, "-") == 0 ? "standard input" : path };

	if (strcmp(path, "-") != 0 && is_results(path)) {
		CLEANUP(results_freep) struct results *results = results_new(&path, 1, err);
		return add_results(known, results, err);
	}
	if (!buf_read_file(&bytes, path, err))
		return false;
	if (!begins_json(buf_text(&bytes)))
		return add_bytes(&filling, &bytes, err);
	CLEANUP(results_freep)
	struct results *results = results_new_of_bytes(
		filling.path, buf_text(&bytes), bytes.len, err);
	return add_results(known, results, err);
}

/* --- Lists --- */

static bool add_line(struct known_keys *known, const char *line, size_t len, struct error *err)
{
	if (!vec_reserve(&known->listed))
		return error_set_memory(err);
	char *digits = arena_text(&known->memory, line, len);
	if (!digits)
		return error_set_memory(err);
	text_lower(digits);
	known->listed.items[known->listed.count++] = digits;
	return true;
}

bool known_keys_read_list(struct known_keys *known, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(LIST_BYTES);
	size_t number = 1;

	if (!buf_read_file(&bytes, path, err))
		return false;
	for (const char *at = buf_text(&bytes); *at; number++) {
		size_t line = strcspn(at, "\n"), len = strcspn(at, "#\r\n");

		while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
			len--;
		if (len > 0 && ((len != DIGITS_DEBIAN && len != DIGITS_SPKI) ||
				       strspn(at, "0123456789abcdefABCDEF") < len))
			return error_set(err, ERROR_SYNTAX,
				"%s:%zu: a line has 20 or 64 hexadecimal digits", path, number);
		if (len > 0 && !add_line(known, at, len, err))
			return false;
		at += line + (at[line] == '\n');
	}
	return true;
}

/* --- What is known of one --- */

static void review_listed(
	const struct known_keys *known, const struct csr *csr, struct review *review)
{
	char debian[WEAK_KEY_DEBIAN] = "", hash[FINGERPRINT_TEXT];

	if (known->listed.count == 0)
		return;
	(void)weak_key_debian(csr->spki, csr->spki_len, debian);
	text_from_bytes(csr->spki_sha256, sizeof csr->spki_sha256, hash);
	for (size_t i = 0; i < known->listed.count; i++) {
		const char *digits = known->listed.items[i];

		if (strcmp(digits, debian) == 0 || strcmp(digits, hash) == 0) {
			review_say(review, REVIEW_KEY_LISTED,
				"the key is on a list of keys that others have");
			return;
		}
	}
}

/* Where the key is in use; of a fleet that shares one, some are enough. */
static void review_seen(
	const struct known_keys *known, const struct csr *csr, struct review *review)
{
	size_t count = 0;

	for (size_t i = 0; i < known->keys.count; i++) {
		const struct known_key *key = &known->keys.items[i];

		if (memcmp(key->spki_sha256, csr->spki_sha256, sizeof key->spki_sha256) == 0 &&
			count++ < SEEN_SAID)
			review_say(review, REVIEW_KEY_SEEN,
				"the key is in use already: '%s' has it", key->where);
	}
	if (count > SEEN_SAID)
		review_say(review, REVIEW_KEY_SEEN, "the key is in use in %zu more places",
			count - SEEN_SAID);
}

void known_keys_review(const struct known_keys *known, const struct csr *csr, struct review *review)
{
	review_listed(known, csr, review);
	review_seen(known, csr, review);
	for (size_t i = 0; i < known->keys.count; i++) {
		const struct known_key *key = &known->keys.items[i];

		if (key->spki &&
			weak_key_shares(csr->spki, csr->spki_len, key->spki, key->spki_len))
			review_say(review, REVIEW_KEY_SHARED,
				"the key has a factor in common with that of '%s'", key->where);
	}
}
