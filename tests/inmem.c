/* SPDX-License-Identifier: MIT */
#include "tests/inmem.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/dsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "checker/limits.h"
#include "checker/tls/bytes.h"
#include "tests/forge.h"

#define ROUNDS 64

static EVP_PKEY *make_dsa(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY *params = NULL, *key = NULL;

	forge_must(ctx && EVP_PKEY_paramgen_init(ctx) == 1 &&
			   EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, 1024) == 1 &&
			   EVP_PKEY_paramgen(ctx, &params) == 1,
		"parameters of DSA");
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
	forge_must(ctx && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_keygen(ctx, &key) == 1,
		"a key of DSA");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	return key;
}

static EVP_PKEY *make_rsa_pss(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	forge_must(ctx && EVP_PKEY_keygen_init(ctx) == 1 &&
			   EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
			   EVP_PKEY_keygen(ctx, &key) == 1,
		"a key of RSASSA-PSS");
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *make_key(const char *kind)
{
	EVP_PKEY *key;

	if (strcmp(kind, "DSA") == 0)
		key = make_dsa();
	else if (strcmp(kind, "RSA") == 0)
		key = EVP_RSA_gen(2048);
	else if (strcmp(kind, "RSA-PSS") == 0)
		key = make_rsa_pss();
	else if (strncmp(kind, "ED", 2) == 0)
		key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
	else
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
	forge_must(key != NULL, kind);
	return key;
}

static X509 *make_cert(EVP_PKEY *key, const char *name)
{
	X509 *x = X509_new();
	bool edwards = EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448");

	forge_must(x && X509_set_version(x, X509_VERSION_3) && X509_set_pubkey(x, key) &&
			   X509_gmtime_adj(X509_getm_notBefore(x), -3600) &&
			   X509_gmtime_adj(X509_getm_notAfter(x), 86400) &&
			   ASN1_INTEGER_set(X509_get_serialNumber(x), 1) &&
			   X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)name, -1, -1, 0) &&
			   X509_set_issuer_name(x, X509_get_subject_name(x)) &&
			   X509_sign(x, key, edwards ? NULL : EVP_sha256()) > 0,
		"a certificate");
	return x;
}

SSL_CTX *inmem_server(const char *kind, int min_version, int max_version)
{
	SSL_CTX *server = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = make_key(kind);
	X509 *leaf = make_cert(key, "leaf");

	forge_must(server != NULL, "a server");
	SSL_CTX_set_security_level(server, 0);
	forge_must(SSL_CTX_use_certificate(server, leaf) == 1 &&
			   SSL_CTX_use_PrivateKey(server, key) == 1,
		"a server's key");
	for (size_t i = 1; i < INMEM_CERTS; i++) {
		X509 *more = make_cert(key, i == 1 ? "issuer" : "root");

		forge_must(SSL_CTX_add0_chain_cert(server, more) == 1, "a server's chain");
	}
	forge_must(SSL_CTX_set_min_proto_version(server, min_version) == 1 &&
			   SSL_CTX_set_max_proto_version(server, max_version) == 1 &&
			   SSL_CTX_set_cipher_list(server, "ALL:@SECLEVEL=0") == 1 &&
			   SSL_CTX_set_dh_auto(server, 1) == 1,
		"a server's settings");
	(void)SSL_CTX_set_num_tickets(server, 0);
	X509_free(leaf);
	EVP_PKEY_free(key);
	return server;
}

uint8_t *inmem_der(SSL_CTX *server, size_t place, size_t *ret_len)
{
	STACK_OF(X509) *more = NULL;
	unsigned char *der = NULL;

	(void)SSL_CTX_get0_chain_certs(server, &more);
	X509 *x = place == 0 ? SSL_CTX_get0_certificate(server)
			     : sk_X509_value(more, (int)place - 1);
	int len = i2d_X509(x, &der);

	forge_must(len > 0, "a certificate's bytes");
	*ret_len = (size_t)len;
	return der;
}

static void watch(const SSL *ssl, int where, int value)
{
	struct inmem *inmem = SSL_get_app_data(ssl);

	if (where == SSL_CB_READ_ALERT)
		inmem->alert = value & 0xff;
}

/* To the server, and counts the ClientHellos in it. */
static void hear(BIO *in, struct buf *said, struct inmem *inmem)
{
	struct bytes rest = { (const uint8_t *)buf_text(said), said->len }, fragment;
	uint32_t type, version;

	while (bytes_take_number(&rest, 1, &type) && bytes_take_number(&rest, 2, &version) &&
		bytes_take_vector(&rest, 2, &fragment))
		inmem->hellos += type == SSL3_RT_HANDSHAKE;
	(void)BIO_write(in, buf_text(said), (int)said->len);
	buf_clear(said);
}

static void remember(struct inmem *inmem, const uint8_t *bytes, size_t len)
{
	if (inmem->keeps) {
		inmem->flight = realloc(inmem->flight, inmem->sent + len);
		forge_must(inmem->flight != NULL, "memory");
		memcpy(inmem->flight + inmem->sent, bytes, len);
	}
	inmem->sent += len;
}

/* What the server wants to say, to the other one. */
static enum handshake_progress pass_on(BIO *out, struct handshake *handshake, struct inmem *inmem)
{
	size_t step = inmem->step ? inmem->step : LIMIT_CHUNK_BYTES;
	enum handshake_progress progress = HANDSHAKE_MORE;
	uint8_t *chunk = malloc(step);
	int got;

	forge_must(chunk != NULL, "memory");
	while (progress == HANDSHAKE_MORE && (got = BIO_read(out, chunk, (int)step)) > 0) {
		/* On the heap and no longer than it is, so that a read too far is seen. */
		uint8_t *exact = malloc((size_t)got);

		forge_must(exact != NULL, "memory");
		memcpy(exact, chunk, (size_t)got);
		remember(inmem, exact, (size_t)got);
		progress = handshake_feed(handshake, exact, (size_t)got);
		free(exact);
	}
	free(chunk);
	return progress;
}

enum handshake_progress inmem_play(
	SSL_CTX *server, struct handshake *handshake, struct inmem *inmem)
{
	SSL *ssl = SSL_new(server);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	enum handshake_progress progress = handshake_feed(handshake, NULL, 0);
	bool last = false;

	forge_must(ssl && in && out, "a session");
	(void)BIO_set_mem_eof_return(in, -1);
	(void)BIO_set_mem_eof_return(out, -1);
	SSL_set_bio(ssl, in, out);
	SSL_set_accept_state(ssl);
	forge_must(SSL_set_app_data(ssl, inmem) == 1, "a session");
	SSL_set_info_callback(ssl, watch);
	if (inmem->most)
		(void)SSL_set_max_send_fragment(ssl, (long)inmem->most);
	inmem->alert = -1;
	/* Once more after the end, so that the server reads what was said last. */
	for (unsigned i = 0; i < ROUNDS && !last; i++) {
		last = progress != HANDSHAKE_MORE;
		hear(in, &handshake->out, inmem);
		ERR_clear_error();
		(void)SSL_do_handshake(ssl);
		if (!last)
			progress = pass_on(out, handshake, inmem);
	}
	ERR_clear_error();
	SSL_free(ssl);
	return progress;
}
