/* SPDX-License-Identifier: MIT */
#include "cli/supply/system_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"

/* Where distributions keep it. */
static const char *const places[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, RHEL */
	"/etc/ssl/ca-bundle.pem",             /* SUSE */
	"/etc/ssl/cert.pem",                  /* Alpine, the BSDs, macOS */
};

const char *system_store_path(void)
{
	const char *set = getenv("SSL_CERT_FILE");

	/* Named by hand it counts, even when it is not there: that is an error to be told. */
	if (set && *set)
		return set;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

struct search {
	const uint8_t (*wanted)[FINGERPRINT_BYTES];
	size_t count;
	size_t left;
	const struct cert **found;
};

static bool look_at(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct search *search = arg;
	uint8_t print[FINGERPRINT_BYTES];

	if (search->left == 0)
		return true;
	fingerprint_of(der, len, print);
	for (size_t i = 0; i < search->count; i++) {
		if (search->found[i] || memcmp(search->wanted[i], print, sizeof print) != 0)
			continue;
		search->found[i] = cert_new(der, len, err);
		if (!search->found[i])
			return false;
		search->left--;
	}
	return true;
}

/* The digits of base64 (RFC 4648, 4) by their ASCII code; -1 for what is none.  A table, because
 * a bundle has a quarter of a million of them and each start reads it. */
static const int8_t sextets[128] = {
	/* clang-format off */
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
	-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
	-1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
	/* clang-format on */
};

static int sextet(char c)
{
	uint8_t code = (uint8_t)c;

	return code < ARRAY_LEN(sextets) ? sextets[code] : -1;
}

/*
 * The bytes of a PEM body into OUT, which has room for LEN; how many.  What is no
 * base64 is passed over, as RFC 7468 lets a lax reader do: a wrong byte gives
 * another fingerprint, and nothing more depends on it.
 */
static size_t decode(const char *body, size_t len, uint8_t *out)
{
	uint32_t bits = 0;
	size_t held = 0, count = 0;

	for (size_t i = 0; i < len; i++) {
		int value = sextet(body[i]);
		if (value < 0)
			continue;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[count++] = (uint8_t)(bits >> held);
		}
	}
	return count;
}

/*
 * A bundle holds some 150 certificates of which two or three are wanted, and
 * decoding an X.509 certificate costs a hundred times what hashing it does.
 */
static bool search_text(const char *text, uint8_t *der,
	bool (*each)(void *arg, const uint8_t *der, size_t len, struct error *err), void *arg,
	struct error *err)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";

	while ((text = strstr(text, begin))) {
		text += sizeof begin - 1;
		const char *stop = strstr(text, end);
		if (!stop)
			break;
		if (!each(arg, der, decode(text, (size_t)(stop - text), der), err))
			return false;
		text = stop;
	}
	return true;
}

bool system_store_each(const char *path,
	bool (*each)(void *arg, const uint8_t *der, size_t len, struct error *err), void *arg,
	struct error *err)
{
	struct buf bytes = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);
	bool ok = buf_read_file(&bytes, path, err);
	uint8_t *der = ok ? malloc(bytes.len + 1) : NULL;

	if (ok && !der)
		ok = error_set_memory(err);
	ok = ok && search_text(buf_text(&bytes), der, each, arg, err);
	free(der);
	buf_release(&bytes);
	return ok;
}

bool system_store_find(const char *path, const uint8_t (*wanted)[FINGERPRINT_BYTES],
	size_t wanted_count, const struct cert **found, struct error *err)
{
	struct search search = {
		.wanted = wanted, .count = wanted_count, .left = wanted_count, .found = found
	};

	for (size_t i = 0; i < wanted_count; i++)
		found[i] = NULL;
	if (wanted_count == 0)
		return true;
	bool ok = system_store_each(path, look_at, &search, err);
	for (size_t i = 0; !ok && i < wanted_count; i++) {
		cert_unref(found[i]);
		found[i] = NULL;
	}
	return ok;
}
