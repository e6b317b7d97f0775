/* SPDX-License-Identifier: MIT */
#include "checker/tls/tls_scts.h"

#include "checker/base/heap.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/tls/extension.h"

/* With TLS 1.3 each certificate may have them; CHAIN is its place. */
static int on_scts(SSL *ssl, unsigned code, unsigned context, const unsigned char *bytes,
	size_t len, X509 *x509, size_t chain, int *alert, void *arg)
{
	struct observation *observation = SSL_get_app_data(ssl);

	(void)code;
	(void)context;
	(void)x509;
	(void)arg;
	if (chain == 0 && !observation_keep(&observation->scts, bytes, len, LIMIT_SCT_BYTES)) {
		heap_note();
		*alert = SSL_AD_INTERNAL_ERROR;
		return 0;
	}
	return 1;
}

bool tls_scts_ask(SSL_CTX *ctx)
{
	unsigned places = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
			  SSL_EXT_TLS1_3_CERTIFICATE;

	return SSL_CTX_add_custom_ext(
		       ctx, EXTENSION_SCT, places, NULL, NULL, NULL, on_scts, NULL) == 1;
}
