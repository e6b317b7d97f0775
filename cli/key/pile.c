/* SPDX-License-Identifier: MIT */
#include "cli/key/pile.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/key/key_file.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "cli/options/options.h"

void pile_release(struct pile *pile)
{
	for (size_t i = 0; i < pile->items.count; i++)
		cert_unref(pile->items.items[i].cert);
	free(pile->items.items);
	private_key_free(pile->key);
	passphrase_release(&pile->password);
	*pile = (struct pile){ .options = NULL };
}

/* --- The password --- */

static bool get_password(struct pile *pile, const char *path, struct error *err)
{
	const struct options *options = pile->options;
	char asked[512], prompt[512];

	if (pile->has_password)
		return true;
	if (options->password_file) {
		pile->has_password = passphrase_read(options->password_file, &pile->password, err);
		return pile->has_password;
	}
	phrase_say(asked, sizeof asked, "Password of %s:", path);
	phrase_render(asked, options->language, prompt, sizeof prompt);
	struct error own = { .code = ERROR_NONE };
	pile->has_password = passphrase_ask(prompt, &pile->password, &own);
	return pile->has_password ||
	       error_set(err, own.code, "%s needs a password: %s", path, own.said);
}

/* What opens it, as far as is known by now; NULL: nothing. */
static const char *password(const struct pile *pile)
{
	return pile->has_password ? pile->password.text : NULL;
}

/* --- The key --- */

static enum key_file_found open_key(struct pile *pile, const char *path, const struct buf *bytes,
	struct private_key **ret_key, struct error *err)
{
	enum key_file_found found = key_file_read(path, bytes, password(pile), ret_key, err);

	if (found != KEY_FILE_LOCKED)
		return found;
	if (!get_password(pile, path, err))
		return KEY_FILE_WRONG;
	return key_file_read(path, bytes, password(pile), ret_key, err);
}

/* PKCS#12 has to be opened for its certificates, too. */
static bool take_key(struct pile *pile, const char *path, const struct buf *bytes,
	enum pile_want want, struct error *err)
{
	CLEANUP(private_key_freep) struct private_key *key = NULL;

	if (want == PILE_CERTIFICATES && !key_file_is_pkcs12(bytes))
		return true;
	switch (open_key(pile, path, bytes, &key, err)) {
	case KEY_FILE_NONE:
		return want != PILE_KEY ||
		       error_set(err, ERROR_SYNTAX, "%s: there is no private key in it", path);
	case KEY_FILE_KEY:
		if (want != PILE_CERTIFICATES && !pile->key)
			pile->key = TAKE(key);
		return true;
	case KEY_FILE_SHUT:
	case KEY_FILE_WRONG:
		pile->shut = err->code == ERROR_SYNTAX;
		return false;
	case KEY_FILE_LOCKED:
		break;
	}
	return error_set(err, ERROR_USAGE, "%s needs a password", path);
}

/* --- Certificates --- */

static bool add_cert(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct pile *pile = arg;

	if (!vec_reserve(&pile->items))
		return error_set_memory(err);
	const struct cert *cert = cert_new(der, len, err);
	if (!cert)
		return false;
	pile->items.items[pile->items.count++] = (struct pile_item){ .cert = cert,
		.file = pile->files };
	return true;
}

static bool take_certs(
	struct pile *pile, const char *path, const struct buf *bytes, struct error *err)
{
	const struct cert_file file = { .path = path,
		.bytes = (const uint8_t *)bytes->data,
		.len = bytes->len,
		.password = password(pile) };

	return cert_file_read(&file, add_cert, pile, err);
}

bool pile_add(struct pile *pile, const char *path, enum pile_want want, struct error *err)
{
	CLEANUP(private_key_wipe) struct buf bytes = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);
	const char *title = strcmp(path, "-") == 0 ? "standard input" : path;

	if (!buf_read_file(&bytes, path, err) || !take_key(pile, title, &bytes, want, err))
		return false;
	if (want != PILE_KEY && !take_certs(pile, title, &bytes, err))
		return false;
	pile->files++;
	return true;
}

const struct cert *pile_leaf(const struct pile *pile, size_t file)
{
	const struct cert *first = NULL, *leaf = NULL;

	for (size_t i = 0; i < pile->items.count; i++) {
		const struct cert *cert = pile->items.items[i].cert;
		if (pile->items.items[i].file != file)
			continue;
		if (pile->key && key_file_fits(pile->key, cert))
			return cert;
		if (!first)
			first = cert;
		if (!leaf && cert->readable && !cert->is_ca)
			leaf = cert;
	}
	return leaf ? leaf : first;
}
