/* SPDX-License-Identifier: MIT */
#include "tests/bench/doors.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "checker/base/error.h"
#include "tests/bench/leafs.h"

#define KEPT 16384                /* decoded leafs of a kind; others are decoded each time */
#define FIRST_ADDRESS 0x7f140000u /* 127.20.0.0 */

enum kind { EC, RSA_2048, EC_384, KINDS };

static const struct {
	const char *folder;
	int key_type;
} kinds[KINDS] = {
	[EC] = { "ec", EVP_PKEY_EC },
	[RSA_2048] = { "rsa", EVP_PKEY_RSA },
	[EC_384] = { "ec384", EVP_PKEY_EC },
};

static const struct {
	enum kind kind;
	int highest; /* the lowest is TLS 1.2 */
} plan[DOORS] = {
	{ EC, TLS1_3_VERSION },
	{ RSA_2048, TLS1_3_VERSION },
	{ RSA_2048, TLS1_2_VERSION },
	{ EC, TLS1_2_VERSION },
	{ EC_384, TLS1_3_VERSION },
};

struct holding {
	X509 *cert;
	EVP_PKEY *key;
};

struct stock {
	int key_type;
	struct leafs *leafs; /* NULL: this kind is not there */
	STACK_OF(X509) * chain;
	struct holding *kept;
};

struct doors {
	struct stock stocks[KINDS];
	SSL_CTX *ctx[DOORS];
};

static void holding_release(struct holding *holding)
{
	X509_free(holding->cert);
	EVP_PKEY_free(holding->key);
	*holding = (struct holding){ NULL, NULL };
}

static bool holding_decode(struct holding *holding, const struct stock *stock, size_t number)
{
	struct leaf leaf = leafs_at(stock->leafs, number);

	holding->cert = d2i_X509(NULL, &leaf.cert, (long)leaf.cert_len);
	holding->key = d2i_PrivateKey(stock->key_type, NULL, &leaf.key, (long)leaf.key_len);
	return holding->cert && holding->key;
}

/* OpenSSL asks for a certificate when it has read the ClientHello. */
static int on_certificate(SSL *ssl, void *arg)
{
	struct stock *stock = arg;
	struct holding passing = { NULL, NULL };
	struct sockaddr_in local;
	socklen_t len = sizeof local;

	if (getsockname(SSL_get_fd(ssl), (struct sockaddr *)&local, &len) < 0)
		return 0;
	size_t number = (ntohl(local.sin_addr.s_addr) - FIRST_ADDRESS) % leafs_count(stock->leafs);
	struct holding *holding = number < KEPT ? &stock->kept[number] : &passing;

	if (!holding->cert && !holding_decode(holding, stock, number)) {
		holding_release(holding);
		return 0;
	}
	int good = SSL_use_cert_and_key(ssl, holding->cert, holding->key, stock->chain, 1);

	holding_release(&passing);
	return good == 1;
}

static bool stock_read_chain(struct stock *stock, const char *path, struct error *err)
{
	FILE *file = fopen(path, "r");
	X509 *cert;

	stock->chain = sk_X509_new_null();
	while (file && stock->chain && (cert = PEM_read_X509(file, NULL, NULL, NULL)))
		if (!sk_X509_push(stock->chain, cert))
			X509_free(cert);
	if (file)
		fclose(file);
	if (!stock->chain || sk_X509_num(stock->chain) == 0)
		return error_set(err, ERROR_IO, "%s: no certificates", path);
	return true;
}

static bool stock_init(struct stock *stock, const char *farm, enum kind kind, struct error *err)
{
	char leafs[512], chain[512];

	snprintf(leafs, sizeof leafs, "%s/%s/leafs", farm, kinds[kind].folder);
	snprintf(chain, sizeof chain, "%s/%s/chain.pem", farm, kinds[kind].folder);
	FILE *there = fopen(leafs, "r");

	if (!there)
		return true;
	fclose(there);
	stock->key_type = kinds[kind].key_type;
	stock->leafs = leafs_open(leafs, err);
	stock->kept = calloc(KEPT, sizeof *stock->kept);
	if (!stock->kept)
		return error_set_memory(err);
	return stock->leafs && stock_read_chain(stock, chain, err);
}

static void stock_release(struct stock *stock)
{
	for (size_t i = 0; stock->kept && i < KEPT; i++)
		holding_release(&stock->kept[i]);
	free(stock->kept);
	sk_X509_pop_free(stock->chain, X509_free);
	leafs_free(stock->leafs);
}

struct doors *doors_new(const char *farm, struct error *err)
{
	CLEANUP(doors_freep) struct doors *doors = calloc(1, sizeof *doors);

	if (!doors) {
		(void)error_set_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < KINDS; i++)
		if (!stock_init(&doors->stocks[i], farm, (enum kind)i, err))
			return NULL;
	for (size_t i = 0; i < DOORS; i++) {
		struct stock *stock = &doors->stocks[plan[i].kind];

		if (!stock->leafs)
			continue;
		SSL_CTX *ctx = doors->ctx[i] = SSL_CTX_new(TLS_server_method());
		if (!ctx || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) ||
			!SSL_CTX_set_max_proto_version(ctx, plan[i].highest)) {
			(void)error_set_memory(err);
			return NULL;
		}
		SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
		SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
		SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
		SSL_CTX_set_cert_cb(ctx, on_certificate, stock);
	}
	return TAKE(doors);
}

void doors_free(struct doors *doors)
{
	if (!doors)
		return;
	for (size_t i = 0; i < DOORS; i++)
		SSL_CTX_free(doors->ctx[i]);
	for (size_t i = 0; i < KINDS; i++)
		stock_release(&doors->stocks[i]);
	free(doors);
}

bool doors_has(const struct doors *doors, size_t number)
{
	return number < DOORS && doors->ctx[number];
}

SSL *doors_greet(struct doors *doors, size_t number, int fd)
{
	SSL *ssl = SSL_new(doors->ctx[number]);

	if (ssl && SSL_set_fd(ssl, fd) == 1) {
		SSL_set_accept_state(ssl);
		return ssl;
	}
	SSL_free(ssl);
	return NULL;
}
