/* SPDX-License-Identifier: MIT */
#include "tests/oracle/server.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "checker/base/attr.h"
#include "tests/forge.h"

#define WIRE_MAX (4u << 20)
#define RECORD_HEADER 5
#define RECORD_CHANGE_CIPHER_SPEC 20
#define RECORD_HANDSHAKE 22

/* --- What it answers to --- */

static int on_staple(SSL *ssl, void *arg)
{
	const struct server *server = arg;
	size_t len = server->scenario->staple_len;
	unsigned char *copy = OPENSSL_memdup(server->staple, len);

	forge_must(copy != NULL, "room");
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)len);
	return SSL_TLSEXT_ERR_OK;
}

static int on_name(SSL *ssl, int *alert, void *arg)
{
	const struct server *server = arg;

	if (!SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
		return SSL_TLSEXT_ERR_NOACK;
	switch (server->scenario->name) {
	case NAME_REFUSED:
		*alert = SSL_AD_UNRECOGNIZED_NAME;
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	case NAME_WARNED:
		*alert = SSL_AD_UNRECOGNIZED_NAME;
		return SSL_TLSEXT_ERR_ALERT_WARNING;
	case NAME_SWITCHES:
		forge_must(SSL_set_SSL_CTX(ssl, server->switched) != NULL, "another certificate");
		return SSL_TLSEXT_ERR_OK;
	case NAME_IGNORED:
		return SSL_TLSEXT_ERR_NOACK;
	default:
		return SSL_TLSEXT_ERR_OK;
	}
}

static int make_cookie(SSL *ssl, unsigned char *cookie, size_t *len)
{
	static const unsigned char bytes[] = "a cookie of the server's";

	(void)ssl;
	memcpy(cookie, bytes, sizeof bytes);
	*len = sizeof bytes;
	return 1;
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, size_t len)
{
	unsigned char own[64];
	size_t own_len;

	(void)make_cookie(ssl, own, &own_len);
	return len == own_len && memcmp(own, cookie, len) == 0;
}

/* --- Setting up --- */

static bool join(char *out, size_t size, const char *const words[SCENARIO_WORDS], const char *tail)
{
	size_t used = 0;

	for (size_t i = 0; words[i]; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ":" : "", words[i]);
	(void)snprintf(out + used, size - used, "%s", tail);
	return words[0];
}

/* An OpenSSL that was built without all of a list's members keeps its default: then there is
 * less in the case, and nothing wrong with it. */
static void set_algorithms(const struct server *server, SSL_CTX *ctx)
{
	const struct scenario *scenario = server->scenario;
	char list[512];

	forge_must(SSL_CTX_set_cipher_list(ctx, "ALL:eNULL:@SECLEVEL=0") == 1, "suites");
	if (join(list, sizeof list, scenario->suites, ":@SECLEVEL=0"))
		(void)SSL_CTX_set_cipher_list(ctx, list);
	if (join(list, sizeof list, scenario->suites13, ""))
		(void)SSL_CTX_set_ciphersuites(ctx, list);
	if (join(list, sizeof list, scenario->groups, ""))
		(void)SSL_CTX_set1_groups_list(ctx, list);
	if (join(list, sizeof list, scenario->schemes, ""))
		(void)SSL_CTX_set1_sigalgs_list(ctx, list);
	if (scenario->dh == 0)
		(void)SSL_CTX_set_dh_auto(ctx, 1);
	if (scenario->dh > 0) {
		EVP_PKEY *group = server->ring->dhs[scenario->dh / 1024 - 1];

		forge_must(EVP_PKEY_up_ref(group) && SSL_CTX_set0_tmp_dh_pkey(ctx, group) == 1,
			"a group");
	}
	ERR_clear_error();
}

static void set_options(const struct scenario *scenario, SSL_CTX *ctx)
{
	uint64_t options = SSL_OP_NO_RENEGOTIATION;

	options |= scenario->server_prefers ? SSL_OP_CIPHER_SERVER_PREFERENCE : 0;
	options |= scenario->tickets ? 0 : SSL_OP_NO_TICKET;
	options |= scenario->no_encrypt_then_mac ? SSL_OP_NO_ENCRYPT_THEN_MAC : 0;
	options |= scenario->no_extended_secret ? SSL_OP_NO_EXTENDED_MASTER_SECRET : 0;
	if (!scenario->compat)
		(void)SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
	(void)SSL_CTX_set_options(ctx, options);
	if (scenario->fragment > 0)
		(void)SSL_CTX_set_max_send_fragment(ctx, (long)scenario->fragment);
	if (scenario->padding > 0)
		(void)SSL_CTX_set_block_padding(ctx, scenario->padding);
}

static void set_request(const struct scenario *scenario, SSL_CTX *ctx)
{
	STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();

	for (size_t i = 0; i < scenario->asking_names; i++) {
		X509_NAME *name = X509_NAME_new();
		char text[64];

		(void)snprintf(text, sizeof text, "A CA for clients, number %zu", i);
		forge_must(name &&
				   X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					   (unsigned char *)text, -1, -1, 0) == 1 &&
				   sk_X509_NAME_push(names, name) > 0,
			"a name");
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	if (scenario->asking != ASKS_NOT)
		SSL_CTX_set_verify(ctx,
			SSL_VERIFY_PEER |
				(scenario->asking == ASKS_MUST ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT
							       : 0),
			NULL);
}

static void use_leaf(const struct server *server, SSL_CTX *ctx, enum key key)
{
	const struct keyring *ring = server->ring;

	forge_must(SSL_CTX_use_certificate(ctx, ring->leafs[server->scenario->flaw][key]) == 1 &&
			   SSL_CTX_use_PrivateKey(ctx, ring->keys[key]) == 1,
		key_name(key));
}

static SSL_CTX *make_context(struct server *server, bool switched)
{
	const struct scenario *scenario = server->scenario;
	SSL_CTX *ctx = SSL_CTX_new_ex(server->ring->library, NULL, TLS_server_method());

	forge_must(ctx && SSL_CTX_set_min_proto_version(ctx, scenario->oldest) == 1 &&
			   SSL_CTX_set_max_proto_version(ctx, scenario->newest) == 1,
		"a server");
	SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	set_algorithms(server, ctx);
	set_options(scenario, ctx);
	set_request(scenario, ctx);
	use_leaf(server, ctx, scenario->key);
	if (scenario->second_key != KEY_NONE)
		use_leaf(server, ctx, scenario->second_key);
	for (size_t i = 0; i < scenario->stone_count; i++) {
		/* The same leafs, and the others in another order. */
		size_t at = switched ? scenario->stone_count - 1 - i : i;
		X509 *stone = server->ring->stones[scenario->stones[at]];

		forge_must(X509_up_ref(stone) && SSL_CTX_add_extra_chain_cert(ctx, stone) == 1,
			"a chain");
	}
	(void)SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
	(void)SSL_CTX_set_tlsext_servername_arg(ctx, server);
	SSL_CTX_set_stateless_cookie_generate_cb(ctx, make_cookie);
	SSL_CTX_set_stateless_cookie_verify_cb(ctx, check_cookie);
	if (scenario->staple_len > 0) {
		(void)SSL_CTX_set_tlsext_status_cb(ctx, on_staple);
		(void)SSL_CTX_set_tlsext_status_arg(ctx, server);
	}
	return ctx;
}

void server_open(struct server *server, const struct keyring *ring, const struct scenario *scenario)
{
	size_t len = scenario->staple_len;

	*server = (struct server){ .ring = ring, .scenario = scenario };
	server->staple = OPENSSL_zalloc(len + 1);
	forge_must(server->staple != NULL, "room");
	for (size_t i = 0; i < len; i++)
		server->staple[i] = (uint8_t)(i * 7 + scenario->number);
	server->ctx = make_context(server, false);
	if (scenario->name == NAME_SWITCHES)
		server->switched = make_context(server, true);
}

void server_close(struct server *server)
{
	SSL_CTX_free(server->ctx);
	SSL_CTX_free(server->switched);
	OPENSSL_free(server->staple);
}

/* --- One connection --- */

void session_open(struct session *session, const struct server *server)
{
	*session = (struct session){ .server = server,
		.wire = BUF_INIT(WIRE_MAX),
		.random = server->scenario->random,
		.stateless = server->scenario->cookie };
	session->ssl = SSL_new(server->ctx);
	session->in = BIO_new(BIO_s_mem());
	session->out = BIO_new(BIO_s_mem());
	forge_must(session->ssl && session->in && session->out, "a session");
	(void)BIO_set_mem_eof_return(session->in, -1);
	(void)BIO_set_mem_eof_return(session->out, -1);
	SSL_set_bio(session->ssl, session->in, session->out);
	SSL_set_accept_state(session->ssl);
}

void session_close(struct session *session)
{
	SSL_free(session->ssl);
	buf_release(&session->wire);
}

/* One record, cut into several where that is allowed and wanted. */
static void forward(struct session *session, const uint8_t *record, size_t len)
{
	size_t piece = session->server->scenario->piece, left = len - RECORD_HEADER;
	bool tls13 = SSL_version(session->ssl) == TLS1_3_VERSION;
	const uint8_t *at = record + RECORD_HEADER;

	if (record[0] == RECORD_CHANGE_CIPHER_SPEC && !tls13)
		session->sealed = true;
	if (record[0] != RECORD_HANDSHAKE || session->sealed || piece == 0) {
		(void)buf_add(&session->wire, record, len);
		return;
	}
	while (left > 0) {
		size_t take = left < piece ? left : piece;
		const uint8_t header[] = { record[0], record[1], record[2], (uint8_t)(take >> 8),
			(uint8_t)take };

		(void)buf_add(&session->wire, header, sizeof header);
		(void)buf_add(&session->wire, at, take);
		at += take;
		left -= take;
	}
}

static void collect(struct session *session)
{
	char *data = NULL;
	long len = BIO_get_mem_data(session->out, &data);
	const uint8_t *at = (const uint8_t *)data;

	while (len >= RECORD_HEADER) {
		long record = RECORD_HEADER + (at[3] << 8 | at[4]);

		if (record > len)
			break;
		forward(session, at, (size_t)record);
		at += record;
		len -= record;
	}
	forge_must(len == 0 && !session->wire.failed, "whole records");
	(void)BIO_reset(session->out);
}

static void explain(struct session *session, int ssl_error)
{
	unsigned long error = ERR_peek_last_error();
	int reason = ERR_GET_REASON(error);
	const char *words = ERR_reason_error_string(error);

	if (ssl_error == SSL_ERROR_WANT_READ)
		return;
	session->end = SESSION_REFUSED;
	if (ssl_error == SSL_ERROR_ZERO_RETURN)
		session->end = SESSION_CLOSED;
	else if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET)
		session->end = SESSION_ALERTED;
	(void)snprintf(session->why, sizeof session->why, "%s", words ? words : "no reason given");
}

/* RFC 8446, 4.2.2: no state is kept before the cookie is back.  1 when it is, 0 when it is to come.
 */
static int retry_request(struct session *session)
{
	int status;

	/* It is negative without an error for the change_cipher_spec before the second ClientHello,
	 * which is to be passed over. */
	do {
		status = SSL_stateless(session->ssl);
	} while (status < 0 && ERR_peek_error() == 0 && BIO_ctrl_pending(session->in) > 0);
	session->stateless = status == 0;
	return status;
}

static void drive(struct session *session)
{
	unsigned char chunk[256];
	int done = 1;

	ERR_clear_error();
	if (session->stateless) {
		done = retry_request(session);
		if (done == 0)
			return;
	}
	if (done == 1 && !session->accepted)
		done = SSL_accept(session->ssl);
	session->accepted = session->accepted || done == 1;
	if (session->accepted)
		done = SSL_read(session->ssl, chunk, sizeof chunk);
	if (done <= 0)
		explain(session, SSL_get_error(session->ssl, done));
	ERR_clear_error();
}

void session_take(struct session *session, const void *bytes, size_t len)
{
	if (session->end != SESSION_WAITS || len == 0)
		return;
	forge_must(BIO_write(session->in, bytes, (int)len) == (int)len, "room");
	drive(session);
	collect(session);
}

size_t session_give(struct session *session, uint8_t *bytes, size_t size)
{
	const struct scenario *scenario = session->server->scenario;
	size_t len = session->wire.len, want = size;

	if (scenario->ends_after > 0 && scenario->ends_after < len)
		len = scenario->ends_after;
	size_t left = len - session->taken;
	switch (scenario->reads) {
	case READS_BYTES:
		/* A chain of 100 KiB would take too long. */
		want = session->taken < 6000 ? 1 : 4096;
		break;
	case READS_SMALL:
		want = 2 + scenario_random(&session->random, session->taken < 20000 ? 20 : 2000);
		break;
	case READS_MIXED:
		want = 1 + scenario_random(&session->random, 3000);
		break;
	default:
		break;
	}
	want = want < left ? want : left;
	want = want < size ? want : size;
	if (want > 0)
		memcpy(bytes, buf_text(&session->wire) + session->taken, want);
	/* Counted from 1, so that 0 is none. */
	size_t changed = scenario->changed_at - session->taken - 1;
	if (scenario->changed_at > session->taken && changed < want)
		bytes[changed] ^= scenario->changed_by;
	session->taken += want;
	return want;
}

static void tell(X509 *x509, void (*each)(void *arg, const uint8_t *der, size_t len), void *arg)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);

	forge_must(len > 0, "a certificate's bytes");
	each(arg, der, (size_t)len);
	OPENSSL_free(der);
}

void session_chain(const struct session *session,
	void (*each)(void *arg, const uint8_t *der, size_t len), void *arg)
{
	X509 *leaf = SSL_get_certificate(session->ssl);
	STACK_OF(X509) *rest = NULL;

	(void)SSL_CTX_get_extra_chain_certs(SSL_get_SSL_CTX(session->ssl), &rest);
	if (leaf)
		tell(leaf, each, arg);
	for (int i = 0; leaf && i < sk_X509_num(rest); i++)
		tell(sk_X509_value(rest, i), each, arg);
}
