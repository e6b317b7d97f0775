/* SPDX-License-Identifier: MIT */
#include "tests/lab/service.h"

#include <netinet/in.h>
#include <openssl/bn.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "tests/lab/fleet.h"
#include "tests/lab/plain.h"
#include "tests/lab/stock.h"

#define BACKLOG 128
#define FLIGHT 65536 /* a server's first flight; that of the longest chain is a third of it */
#define RECORD_HEADER 5
#define RECORD_HANDSHAKE 22
#define HANDSHAKE_CERTIFICATE 11

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* A client that asks for another name than the one it was sent to is told so (RFC 6066, 3). */
static int on_name(SSL *ssl, int *alert, void *arg)
{
	const struct service *service = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	if (service->state->manner == MANNER_NAMELESS ? !name
						      : name && !strcmp(name, service->host))
		return SSL_TLSEXT_ERR_OK;
	if (!name && service->nameless && SSL_set_SSL_CTX(ssl, service->nameless))
		return SSL_TLSEXT_ERR_OK;
	*alert = SSL_AD_UNRECOGNIZED_NAME;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int on_status(SSL *ssl, void *arg)
{
	const struct stock_item *item = arg;
	unsigned char *copy = OPENSSL_memdup(item->staple.data, item->staple.len);

	if (!copy)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)item->staple.len);
	return SSL_TLSEXT_ERR_OK;
}

/* RFC 2409, 6.2: the group that Java 7 and many appliances had. */
static void use_dh_1024(SSL_CTX *ctx)
{
	BIGNUM *p = BN_get_rfc2409_prime_1024(NULL), *g = BN_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *group = NULL;

	must(p && g && build && maker && BN_set_word(g, 2) &&
		OSSL_PARAM_BLD_push_BN(build, "p", p) && OSSL_PARAM_BLD_push_BN(build, "g", g));
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	must(params && EVP_PKEY_fromdata_init(maker) == 1 &&
		EVP_PKEY_fromdata(maker, &group, EVP_PKEY_KEY_PARAMETERS, params) == 1 &&
		SSL_CTX_set0_tmp_dh_pkey(ctx, group) == 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(maker);
	BN_free(p);
	BN_free(g);
}

static void restrict_versions(SSL_CTX *ctx, enum manner manner)
{
	int lowest = TLS1_2_VERSION, highest = TLS1_3_VERSION;

	switch (manner) {
	case MANNER_TLS10:
		lowest = highest = TLS1_VERSION;
		must(SSL_CTX_set_cipher_list(ctx, "AES256-SHA:AES128-SHA:@SECLEVEL=0"));
		break;
	case MANNER_RARE:
		highest = TLS1_2_VERSION;
		must(SSL_CTX_set_cipher_list(ctx, "CAMELLIA128-SHA:@SECLEVEL=0"));
		break;
	case MANNER_DH:
		highest = TLS1_2_VERSION;
		must(SSL_CTX_set_cipher_list(ctx, "DHE-RSA-AES128-SHA:@SECLEVEL=0"));
		use_dh_1024(ctx);
		break;
	case MANNER_TLS12:
	case MANNER_CLIENT_CERT12:
	case MANNER_BREAKS_OFF:
	case MANNER_STALLS:
		highest = TLS1_2_VERSION;
		break;
	case MANNER_CLIENT_CERT13:
		lowest = TLS1_3_VERSION;
		break;
	default:
		break;
	}
	must(SSL_CTX_set_min_proto_version(ctx, lowest));
	must(SSL_CTX_set_max_proto_version(ctx, highest));
}

static void serve(SSL_CTX *ctx, struct stock *stock, struct forge_cert *const certs[], size_t count)
{
	must(SSL_CTX_use_certificate(ctx, certs[0]->x509) == 1);
	must(SSL_CTX_use_PrivateKey(ctx, forge_key(&stock->pki.forge, certs[0]->key)) == 1);
	for (size_t i = 1; i < count; i++)
		must(SSL_CTX_add1_chain_cert(ctx, certs[i]->x509) == 1);
}

/* The chain exactly as the row has it: OpenSSL neither adds to it nor judges it. */
static SSL_CTX *make_ctx(struct service *service, struct stock *stock)
{
	const struct stock_item *item = service->item;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	must(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	restrict_versions(ctx, service->state->manner);
	serve(ctx, stock, item->certs, item->count);
	if (item->other.count > 0)
		serve(ctx, stock, item->other.certs, item->other.count);
	SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
	SSL_CTX_set_tlsext_servername_arg(ctx, service);
	if (item->staple.len > 0) {
		SSL_CTX_set_tlsext_status_cb(ctx, on_status);
		SSL_CTX_set_tlsext_status_arg(ctx, (void *)(uintptr_t)item);
	}
	if (service->state->manner == MANNER_CLIENT_CERT12 ||
		service->state->manner == MANNER_CLIENT_CERT13)
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return ctx;
}

void service_init(struct service *service, struct stock *stock, const struct stock_item *item)
{
	*service = (struct service){ .state = item->state, .item = item, .listener = -1 };
	fleet_wire_host(item->state, service->host, sizeof service->host);
	if (item->count > 0)
		service->ctx = make_ctx(service, stock);
	if (item->nameless.count > 0) {
		service->nameless = SSL_CTX_new(TLS_server_method());
		must(service->nameless);
		SSL_CTX_set_mode(service->nameless, SSL_MODE_NO_AUTO_CHAIN);
		serve(service->nameless, stock, item->nameless.certs, item->nameless.count);
	}
}

void service_release(struct service *service)
{
	SSL_CTX_free(service->ctx);
	SSL_CTX_free(service->nameless);
	service->ctx = service->nameless = NULL;
	if (service->listener >= 0)
		close(service->listener);
	service->listener = -1;
}

int service_listen(const char *address, unsigned port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || inet_pton(AF_INET, address, &in.sin_addr) != 1)
		return -1;
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) &&
		!bind(fd, (struct sockaddr *)&in, sizeof in) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

/* Until the peer goes, or the time is over: what it sends is thrown away. */
static void wait_for_end(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof bytes, 0) > 0)
		;
}

static void talk_tls(const struct service *service, int fd)
{
	SSL *ssl = SSL_new(service->ctx);
	char bytes[1024];

	if (!ssl || SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		return;
	}
	if (SSL_accept(ssl) == 1) {
		while (SSL_read(ssl, bytes, sizeof bytes) > 0)
			;
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
}

/* How much of FLIGHT goes out when it ends with the Certificate message; 0 when there is none. */
static size_t cut_after_certificate(const unsigned char *flight, size_t len)
{
	size_t at = 0;

	while (at + RECORD_HEADER < len) {
		size_t body = (size_t)flight[at + 3] << 8 | flight[at + 4];
		bool found = flight[at] == RECORD_HANDSHAKE &&
			     flight[at + RECORD_HEADER] == HANDSHAKE_CERTIFICATE;

		at += RECORD_HEADER + body;
		if (found)
			return at <= len ? at : 0;
	}
	return 0;
}

/* Hands what the client sent to OpenSSL, and the answer up to the Certificate to the client. */
static bool send_certificate(SSL *ssl, int fd)
{
	unsigned char bytes[4096], *flight;
	ssize_t got;

	while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0) {
		BIO_write(SSL_get_rbio(ssl), bytes, (int)got);
		SSL_accept(ssl);
		long len = BIO_get_mem_data(SSL_get_wbio(ssl), &flight);
		size_t cut = cut_after_certificate(flight, (size_t)len);
		if (cut > 0)
			return send(fd, flight, cut, MSG_NOSIGNAL) == (ssize_t)cut;
	}
	return false;
}

static void talk_half(const struct service *service, int fd)
{
	SSL *ssl = SSL_new(service->ctx);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	must(ssl && in && out);
	SSL_set_bio(ssl, in, out);
	if (send_certificate(ssl, fd) && service->state->manner == MANNER_STALLS)
		wait_for_end(fd);
	SSL_free(ssl);
}

static void talk_http(int fd)
{
	char bytes[4096];

	if (recv(fd, bytes, sizeof bytes, 0) <= 0)
		return;
	plain_send(fd, "HTTP/1.1 400 Bad Request\r\nServer: \x1b[31mlab\r\nContent-Type: "
		       "text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
		       "<h1>Bad Request</h1>");
}

void service_talk(const struct service *service, int fd)
{
	switch (service->state->manner) {
	case MANNER_REFUSES:
	case MANNER_CLOSES:
		break;
	case MANNER_SILENT:
		wait_for_end(fd);
		break;
	case MANNER_HTTP:
		talk_http(fd);
		break;
	case MANNER_BREAKS_OFF:
	case MANNER_STALLS:
		talk_half(service, fd);
		break;
	default:
		if (plain_talk(fd, service->state->speech, service->host) && service->ctx)
			talk_tls(service, fd);
	}
}
