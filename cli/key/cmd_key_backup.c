/* SPDX-License-Identifier: MIT */
#include "cli/key/cmd_key.h"

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/key/key_file.h"
#include "checker/key/pfx.h"
#include "checker/key/private_key.h"
#include "cli/key/bundling.h"
#include "cli/key/sealing.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/process/passphrase.h"
#include "reports/output.h"

#define BACKUP_BYTES (4u << 20)

static bool read_files(struct pile *pile, const struct options *options, struct error *err)
{
	const char *key = options->made.key, *certificate = options->made.certificate;

	if (!certificate)
		return error_set(err, ERROR_USAGE, "key backup: whose key? --certificate FILE");
	if (!options->made.output)
		return error_set(err, ERROR_USAGE, "key backup: where to? --output FILE");
	if ((key && !pile_add(pile, key, PILE_KEY, err)) ||
		!pile_add(pile, certificate, key ? PILE_CERTIFICATES : PILE_BOTH, err))
		return false;
	if (!pile->key)
		return error_set(err, ERROR_USAGE,
			"the private key is needed, and is not in %s: --key FILE", certificate);
	for (size_t i = 1; i < options->args.count; i++)
		if (!pile_add(pile, options->args.items[i], PILE_CERTIFICATES, err))
			return false;
	return true;
}

/* What was sealed opens, and has the key: one that does not is no backup. */
static bool try_out(const struct buf *bytes, const struct passphrase *password,
	const struct cert *leaf, const char *path, struct error *err)
{
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	struct error own = { .code = ERROR_NONE };

	if (key_file_read(path, bytes, password->text, &key, &own) == KEY_FILE_KEY &&
		key_file_fits(key, leaf))
		return true;
	return error_set(
		err, ERROR_IO, "%s: what was made does not open again, and is not kept", path);
}

static bool write_out(const char *path, const struct buf *bytes, struct error *err)
{
	CLEANUP(output_freep) struct output *output = output_open_secret(path, err);

	return output && output_write(output, buf_text(bytes), bytes->len, err) &&
	       output_commit(output, err);
}

static int back_up(struct bundling *bundling, const struct cert *leaf,
	const struct passphrase *password, struct error *err)
{
	const struct options *options = bundling->options;
	CLEANUP(private_key_wipe) struct buf bytes = BUF_INIT(BACKUP_BYTES);
	const struct cert *certs[BUNDLING_CERTS];

	if (!bundling_make(bundling, leaf, err))
		return EXIT_CODE_TROUBLE;
	bundling_tell(bundling);
	/* The key is what cannot be had again; a chain can. */
	if (bundling->bundle.state != BUNDLE_WHOLE)
		console_warn(&options->console, "the backup has no certificate but the leaf's: %s",
			bundling->bundle.why);
	const struct pfx_content content = { .key = bundling->pile.key,
		.certs = certs,
		.count = bundling_certs(bundling, true, certs) };
	if (!sealing_put(options, &content, password, &bytes, err) ||
		!try_out(&bytes, password, leaf, options->made.output, err) ||
		!write_out(options->made.output, &bytes, err))
		return EXIT_CODE_TROUBLE;
	console_tell(&options->console, "%s: keep it and its password in two places",
		options->made.output);
	return EXIT_CODE_OK;
}

int cmd_key_backup(const struct options *options, struct error *err)
{
	CLEANUP(bundling_release) struct bundling bundling;
	CLEANUP(passphrase_release) struct passphrase password = { "" };

	if (!bundling_begin(&bundling, options, err) || !read_files(&bundling.pile, options, err))
		return EXIT_CODE_TROUBLE;
	const struct cert *leaf = pile_leaf(&bundling.pile, options->made.key ? 1 : 0);
	if (!leaf)
		return error_set(err, ERROR_SYNTAX, "%s: there is no certificate in it",
			       options->made.certificate),
		       EXIT_CODE_TROUBLE;
	if (!bundling_fits(&bundling, leaf))
		return EXIT_CODE_FAILED;
	if (!sealing_password(options, &password, err))
		return EXIT_CODE_TROUBLE;
	return back_up(&bundling, leaf, &password, err);
}
