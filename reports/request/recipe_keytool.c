/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "checker/base/buf.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "reports/request/quote.h"
#include "reports/request/recipe.h"
#include "reports/request/recipe_parts.h"

/* keytool reads RFC 2253: the last one first. */
static void put_name(const struct request *request, struct buf *out)
{
	const struct {
		const char *type, *value;
	} parts[] = {
		{ "CN", request->common_name },
		{ "O", request->organization },
		{ "L", request->locality },
		{ "ST", request->state },
		{ "C", request->country },
	};
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i].value)
			continue;
		(void)buf_addf(out, "%s%s=", first ? "" : ", ", parts[i].type);
		quote_rfc2253(out, parts[i].value);
		first = false;
	}
}

static void put_value(struct buf *out, const char *name, const struct buf *value)
{
	(void)buf_addf(out, "%s=", name);
	quote_sh(out, buf_text(value));
	(void)buf_add_char(out, '\n');
	out->failed |= value->failed;
}

static void put_values(const struct request *request, struct buf *out)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(LIMIT_NAME_BYTES);
	CLEANUP(buf_release) struct buf names = BUF_INIT((size_t)REQUEST_NAMES * LIMIT_HOST_BYTES);
	CLEANUP(buf_release) struct buf stem = BUF_INIT(2 * LIMIT_HOST_BYTES);
	char text[LIMIT_HOST_BYTES + 16];

	recipe_stem(request, text, sizeof text);
	(void)buf_add_text(&stem, text);
	put_name(request, &name);
	for (size_t i = 0; i < request->count; i++)
		(void)buf_addf(&names, "%sdns:%s", i > 0 ? "," : "san=", request->names[i]);
	put_value(out, "NAME", &stem);
	put_value(out, "SUBJECT", &name);
	put_value(out, "NAMES", &names);
}

bool recipe_put_keytool(const struct request *request, struct buf *out, struct error *err)
{
	const struct key_type *key = request->key;

	(void)err;
	(void)buf_add_text(out,
		"#!/bin/sh\n"
		"# A key in a new Java key store, and a signing request for it; keytool "
		"asks for the password.\n"
		"# An old Java may refuse names with an asterisk or a digit in front.\n"
		"set -eu\n");
	put_values(request, out);
	if (key->kind == KEY_RSA)
		(void)buf_addf(
			out, "KEY='-keyalg RSA -keysize %u -sigalg SHA256withRSA'\n", key->bits);
	else
		(void)buf_addf(out, "KEY='-keyalg EC -groupname %s -sigalg SHA%uwithECDSA'\n",
			key->bits == 384 ? "secp384r1" : "secp256r1", key->bits);
	(void)buf_addf(out, "SIGNATURE=SHA%uwith%s\n", key->bits == 384 ? 384U : 256U,
		key->kind == KEY_RSA ? "RSA" : "ECDSA");
	(void)buf_add_text(out,
		"umask 077\n"
		"if [ -e \"$NAME.p12\" ]; then\n"
		"\techo \"$NAME.p12 is there already, and is not written over\" >&2\n"
		"\texit 1\n"
		"fi\n"
		"# shellcheck disable=SC2086 # words of our own\n"
		"keytool -genkeypair -alias server $KEY -dname \"$SUBJECT\" -ext \"$NAMES\" \\\n"
		"\t-storetype PKCS12 -keystore \"$NAME.p12\"\n"
		"keytool -certreq -alias server -sigalg \"$SIGNATURE\" -ext \"$NAMES\" \\\n"
		"\t-keystore \"$NAME.p12\" -file \"$NAME.req\"\n"
		"test -s \"$NAME.req\" # keytool may have failed and said nothing of it\n");
	return true;
}
