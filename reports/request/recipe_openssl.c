/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/buf.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "reports/request/quote.h"
#include "reports/request/recipe.h"
#include "reports/request/recipe_parts.h"

/* How a key of the kind is made; `openssl req` takes what stands in the configuration. */
static void put_key(const struct request *request, const char *stem, struct buf *out)
{
	const struct key_type *key = request->key;

	if (key->kind == KEY_RSA) {
		(void)buf_addf(out,
			"#   openssl req -new -config %s.cnf -newkey rsa:%u -keyout %s.key -out "
			"%s.req\n",
			stem, key->bits, stem, stem);
		return;
	}
	(void)buf_addf(out,
		"#   openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:%s -aes-256-cbc -out "
		"%s.key\n#   openssl req -new -config %s.cnf -key %s.key -out %s.req\n",
		key->curve, stem, stem, stem, stem);
}

static void put_row(struct buf *out, const char *key, const char *value)
{
	if (!value)
		return;
	(void)buf_addf(out, "%s = ", key);
	quote_openssl(out, value);
	(void)buf_add_char(out, '\n');
}

bool recipe_put_openssl(const struct request *request, struct buf *out, struct error *err)
{
	char stem[LIMIT_HOST_BYTES + 16];

	(void)err;
	recipe_stem(request, stem, sizeof stem);
	(void)buf_add_text(out,
		"# A signing request by OpenSSL; the key is made here and asks for a passphrase:\n"
		"#   umask 077\n");
	put_key(request, stem, out);
	(void)buf_add_text(out, "[req]\nprompt = no\nutf8 = yes\nstring_mask = "
				"utf8only\ndistinguished_name = subject\n"
				"req_extensions = extensions\n");
	(void)buf_addf(out, "default_md = %s\n\n[subject]\n",
		request->key->bits == 384 ? "sha384" : "sha256");
	put_row(out, "C", request->country);
	put_row(out, "ST", request->state);
	put_row(out, "L", request->locality);
	put_row(out, "O", request->organization);
	put_row(out, "CN", request->common_name);
	(void)buf_add_text(out, "\n[extensions]\nsubjectAltName = @names\n\n[names]\n");
	for (size_t i = 0; i < request->count; i++) {
		(void)buf_addf(out, "DNS.%zu = ", i + 1);
		quote_openssl(out, request->names[i]);
		(void)buf_add_char(out, '\n');
	}
	return true;
}
