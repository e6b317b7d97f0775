/* SPDX-License-Identifier: MIT */
#include "cli/key/sealing.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/key/pfx.h"
#include "checker/key/private_key.h"
#include "cli/key/keytool.h"
#include "cli/options/options.h"
#include "cli/process/passphrase.h"

#define SEALED_BYTES (4u << 20)
#define ALIAS_USUAL "server"

static bool is_for_java(const struct options *options)
{
	return options->made.form == BUNDLE_FORM_JKS;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

bool sealing_password(const struct options *options, struct passphrase *password, struct error *err)
{
	const char *path = options->made.output_password ? options->made.output_password
							 : options->password_file;
	bool got = path ? passphrase_read(path, password, err)
			: passphrase_ask_new(options->language,
				  lang_text(options->language, "Password for the new key store:"),
				  password, err);

	if (!got)
		return false;
	if (is_for_java(options) && strlen(password->text) < KEYTOOL_PASSWORD)
		return error_set(err, ERROR_USAGE,
			"keytool wants a password of at least %d characters", KEYTOOL_PASSWORD);
	if (!is_ascii(password->text))
		console_warn(&options->console,
			"the password has letters that are not ASCII, which programs take for "
			"different bytes");
	return true;
}

static void warn_of_reader(const struct options *options)
{
	if (options->made.reader == PFX_WINDOWS_2008)
		console_warn(&options->console,
			"triple DES, as old Windows wants it, is weak: take a long random password "
			"and delete the file where it was imported");
	else if (options->made.form == BUNDLE_FORM_PKCS12)
		console_tell(&options->console,
			"sealed with AES-256, which Windows before Server 2019 cannot read; --for "
			"windows-2008 makes one that it can");
}

/* The names of certificates are others' words, and an alias is one that is typed. */
static const char *alias_of(const struct options *options, const struct cert *leaf)
{
	if (options->made.alias)
		return options->made.alias;
	if (options->made.form == BUNDLE_FORM_JKS || !leaf->common_name[0])
		return ALIAS_USUAL;
	return leaf->common_name;
}

bool sealing_put(const struct options *options, const struct pfx_content *content,
	const struct passphrase *password, struct buf *out, struct error *err)
{
	CLEANUP(private_key_wipe) struct buf pfx = BUF_INIT(SEALED_BYTES);
	struct pfx_content named = *content;
	bool java = is_for_java(options);

	named.name = alias_of(options, content->certs[0]);
	if (!pfx_write(&named, password->text,
		    options->made.reader == PFX_WINDOWS_2008 ? PFX_WINDOWS_2008 : PFX_MODERN,
		    java ? &pfx : out, err))
		return false;
	warn_of_reader(options);
	return !java || keytool_convert(&pfx, named.name, password->text, out, err);
}
