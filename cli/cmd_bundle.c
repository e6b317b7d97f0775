/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_pem.h"
#include "checker/cert/cert_pkcs7.h"
#include "checker/key/pfx.h"
#include "checker/key/private_key.h"
#include "cli/key/bundling.h"
#include "cli/key/sealing.h"
#include "cli/options/options.h"
#include "cli/process/passphrase.h"
#include "reports/output.h"

#define BUNDLE_BYTES (4u << 20) /* a dozen certificates of any size that is read, twice */

static bool is_sealed(const struct options *options)
{
	return options->made.form == BUNDLE_FORM_PKCS12 || options->made.form == BUNDLE_FORM_JKS;
}

/* An option that says nothing here would be a promise that is not kept. */
static bool refuse_unfit(const struct options *options, struct error *err)
{
	enum bundle_form form = options->made.form;
	bool sealed = is_sealed(options);

	if (options->made.without_leaf && (sealed || options->made.with_key))
		return error_set(err, ERROR_USAGE,
			"--without-leaf: where the key is, its certificate has to be, too");
	if (options->made.with_key && form != BUNDLE_FORM_PEM)
		return error_set(err, ERROR_USAGE, "--with-key goes with --to pem alone: %s",
			sealed ? PHRASE("a key store has the key anyway")
			       : PHRASE("PKCS#7 holds no keys"));
	if (options->made.alias && !sealed)
		return error_set(
			err, ERROR_USAGE, "--alias goes with --to pkcs12 and --to jks alone");
	if (options->made.reader != PFX_READER_COUNT && form != BUNDLE_FORM_PKCS12)
		return error_set(err, ERROR_USAGE, "--for goes with --to pkcs12 alone");
	if (options->made.output_password && !sealed)
		return error_set(err, ERROR_USAGE,
			"--output-password-file goes with --to pkcs12 and --to jks alone");
	if ((sealed || options->made.with_key) && !options->made.output)
		return error_set(err, ERROR_USAGE,
			"a private key goes to no place that was not named: --output FILE");
	return true;
}

static bool read_files(struct bundling *bundling, const struct options *options, struct error *err)
{
	if (options->args.count == 0)
		return error_set(err, ERROR_USAGE,
			"nothing to bundle: name the file of a certificate, or - for standard "
			"input");
	if (options->made.key && !pile_add(&bundling->pile, options->made.key, PILE_KEY, err))
		return false;
	for (size_t i = 0; i < options->args.count; i++) {
		bool wants_key = i == 0 && !options->made.key;
		if (!pile_add(&bundling->pile, options->args.items[i],
			    wants_key ? PILE_BOTH : PILE_CERTIFICATES, err))
			return false;
	}
	return true;
}

static bool put_pem(const struct bundling *bundling, const struct cert *const certs[], size_t count,
	struct buf *out, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!cert_pem_add(certs[i], out))
			return error_set_memory(err);
	return !bundling->options->made.with_key ||
	       private_key_write(bundling->pile.key, NULL, out, err);
}

static bool put(const struct bundling *bundling, const struct passphrase *password, struct buf *out,
	struct error *err)
{
	const struct options *options = bundling->options;
	const struct cert *certs[BUNDLING_CERTS];
	size_t count = bundling_certs(bundling, !options->made.without_leaf, certs);

	switch ((enum bundle_form)options->made.form) {
	case BUNDLE_FORM_PEM:
		return put_pem(bundling, certs, count, out, err);
	case BUNDLE_FORM_PKCS7:
		return cert_pkcs7_write(certs, count, out, err);
	case BUNDLE_FORM_PKCS12:
	case BUNDLE_FORM_JKS:
		break;
	}
	const struct pfx_content content = {
		.key = bundling->pile.key, .certs = certs, .count = count
	};
	return sealing_put(options, &content, password, out, err);
}

static bool write_out(
	const struct options *options, const struct buf *bytes, bool hidden, struct error *err)
{
	CLEANUP(output_freep) struct output *output = output_open(options->made.output, err);

	if (!output)
		return false;
	if (hidden)
		output_hide(output);
	return output_write(output, buf_text(bytes), bytes->len, err) && output_commit(output, err);
}

static int make(struct bundling *bundling, const struct cert *leaf,
	const struct passphrase *password, struct error *err)
{
	const struct options *options = bundling->options;
	CLEANUP(private_key_wipe) struct buf bytes = BUF_INIT(BUNDLE_BYTES);
	bool hidden = is_sealed(options) || options->made.with_key;

	if (!bundling_make(bundling, leaf, err))
		return EXIT_CODE_TROUBLE;
	bundling_tell(bundling);
	if (bundling->bundle.state != BUNDLE_WHOLE)
		return bundling_refuse(bundling);
	if (options->made.without_leaf && bundling->bundle.count == 0)
		return console_usage(&options->console,
			       "no bundle: there is nothing above the certificate"),
		       EXIT_CODE_FAILED;
	if (!put(bundling, password, &bytes, err) || !write_out(options, &bytes, hidden, err))
		return EXIT_CODE_TROUBLE;
	return EXIT_CODE_OK;
}

int command_bundle(struct options *options, struct error *err)
{
	CLEANUP(bundling_release) struct bundling bundling;
	CLEANUP(passphrase_release) struct passphrase password = { "" };

	(void)signal(SIGPIPE, SIG_IGN);
	options->revocation = REVOCATION_NONE;
	if (!bundling_begin(&bundling, options, err) || !refuse_unfit(options, err) ||
		!read_files(&bundling, options, err))
		return EXIT_CODE_TROUBLE;
	const struct cert *leaf = pile_leaf(&bundling.pile, options->made.key ? 1 : 0);
	if (!leaf)
		return error_set(err, ERROR_SYNTAX, "%s: there is no certificate in it",
			       options->args.items[0]),
		       EXIT_CODE_TROUBLE;
	if ((options->made.with_key || is_sealed(options)) && !bundling.pile.key)
		return error_set(err, ERROR_USAGE,
			       "the private key is needed, and is not in %s: --key FILE",
			       options->args.items[0]),
		       EXIT_CODE_TROUBLE;
	if (is_sealed(options) && !sealing_password(options, &password, err))
		return EXIT_CODE_TROUBLE;
	return bundling_fits(&bundling, leaf) ? make(&bundling, leaf, &password, err)
					      : EXIT_CODE_FAILED;
}
