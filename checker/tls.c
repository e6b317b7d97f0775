/* SPDX-License-Identifier: MIT */
#include "checker/tls.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/wire.h"

#define SSL3_ONLY 0x0300

struct tls {
	OSSL_LIB_CTX *library;
	SSL_CTX *offers[TLS_OFFER_COUNT];
};

struct tls_session {
	SSL *ssl;
	BIO *in, *out; /* of SSL */
	struct observation *observation;
	size_t received;
	unsigned hello_version; /* of the ServerHello, 0 before it */
	bool certificate_seen;
	bool empty; /* and there was none in it */
	bool declined;
	bool no_memory;
	struct tls_failure failure;
};

static bool add_certificate(void *arg, const uint8_t *der, size_t len)
{
	return observation_add_der(arg, der, len);
}

/* A whole handshake message from the server, its header of four bytes included. */
static void on_received(struct tls_session *session, const uint8_t *message, size_t len)
{
	bool tls13 = SSL_version(session->ssl) == TLS1_3_VERSION;

	switch (message[0]) {
	case SSL3_MT_SERVER_HELLO:
		if (len >= 6)
			session->hello_version = (unsigned)message[4] << 8 | message[5];
		break;
	case SSL3_MT_CERTIFICATE:
		/* Once only: what an attacker may add in a second one is not the chain. */
		if (!session->certificate_seen && !wire_certificates(message + 4, len - 4, tls13,
							  add_certificate, session->observation))
			session->no_memory = true;
		session->certificate_seen = true;
		session->empty = len <= 4 + 4 && session->observation->chain.count == 0;
		break;
	case SSL3_MT_CERTIFICATE_REQUEST:
		session->observation->client_cert_requested = true;
		break;
	default:
		break;
	}
}

static void on_message(
	int sent, int version, int type, const void *bytes, size_t len, SSL *ssl, void *arg)
{
	struct tls_session *session = arg;
	const uint8_t *message = bytes;

	(void)version;
	(void)ssl;
	if (type != SSL3_RT_HANDSHAKE || len < 4)
		return;
	if (!sent)
		on_received(session, message, len);
	else if (message[0] == SSL3_MT_CERTIFICATE)
		session->declined = true;
}

/* In the place of OpenSSL's own search for a path: judging is not done here. */
static int accept_any(X509_STORE_CTX *ctx, void *arg)
{
	(void)ctx;
	(void)arg;
	return 1;
}

static bool set_offer(SSL_CTX *ctx, enum tls_offer offer)
{
	uint64_t options = SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_TLSEXT_PADDING;

#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
	/* RFC 8879 would hide the chain in another message, and its size behind a ratio. */
	options |= SSL_OP_NO_RX_CERTIFICATE_COMPRESSION;
#endif
	(void)SSL_CTX_clear_options(ctx, SSL_OP_NO_SSL_MASK);
	if (offer == TLS_OFFER_MODERN) {
		/* RFC 5746 is what tells a server of today from one that was left behind. */
		(void)SSL_CTX_clear_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
		(void)SSL_CTX_set_options(ctx, options);
		return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
		       SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
		       SSL_CTX_set_cipher_list(ctx, "DEFAULT:@SECLEVEL=1") == 1;
	}
	/* Not TLS 1.3: some servers of old fall over its ClientHello, and none needs it here.
	 * Nothing without a certificate either. */
	options |= SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION;
	(void)SSL_CTX_set_options(ctx, options);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, "ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0") == 1;
}

static SSL_CTX *new_context(OSSL_LIB_CTX *library, enum tls_offer offer)
{
	SSL_CTX *ctx = SSL_CTX_new_ex(library, NULL, TLS_client_method());

	if (!ctx)
		return NULL;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, accept_any, NULL);
	SSL_CTX_set_msg_callback(ctx, on_message);
	(void)SSL_CTX_set_max_cert_list(ctx, LIMIT_CERT_LIST_BYTES);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (set_offer(ctx, offer) && SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp))
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

struct tls *tls_new(struct error *err)
{
	CLEANUP(tls_freep) struct tls *tls = calloc(1, sizeof *tls);

	if (!tls) {
		(void)error_set_memory(err);
		return NULL;
	}
	tls->library = OSSL_LIB_CTX_new();
	for (enum tls_offer offer = 0; offer < TLS_OFFER_COUNT && tls->library; offer++) {
		tls->offers[offer] = new_context(tls->library, offer);
		if (!tls->offers[offer]) {
			const char *why = ERR_reason_error_string(ERR_peek_error());
			(void)error_set(err, ERROR_IO, "OpenSSL cannot be set up: %s",
				why ? why : "no reason given");
			ERR_clear_error();
			return NULL;
		}
	}
	if (!tls->library) {
		(void)error_set_memory(err);
		return NULL;
	}
	return TAKE(tls);
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	for (enum tls_offer offer = 0; offer < TLS_OFFER_COUNT; offer++)
		SSL_CTX_free(tls->offers[offer]);
	OSSL_LIB_CTX_free(tls->library);
	free(tls);
}

/* Two memory BIOs, that say "later" and not "the end" when they are empty. */
static bool set_up(struct tls_session *session, const char *sni)
{
	char name[LIMIT_HOST_BYTES];

	session->in = BIO_new(BIO_s_mem());
	session->out = BIO_new(BIO_s_mem());
	if (!session->in || !session->out) {
		BIO_free(session->in);
		BIO_free(session->out);
		return false;
	}
	(void)BIO_set_mem_eof_return(session->in, -1);
	(void)BIO_set_mem_eof_return(session->out, -1);
	SSL_set_bio(session->ssl, session->in, session->out);
	SSL_set_msg_callback_arg(session->ssl, session);
	SSL_set_connect_state(session->ssl);
	if (!sni)
		return true;
	/* The macro casts away const. */
	(void)snprintf(name, sizeof name, "%s", sni);
	return SSL_set_tlsext_host_name(session->ssl, name) == 1;
}

struct tls_session *tls_session_new(
	struct tls *tls, enum tls_offer offer, const char *sni, struct observation *observation)
{
	struct tls_session *session = calloc(1, sizeof *session);

	if (!session)
		return NULL;
	session->observation = observation;
	session->ssl = SSL_new(tls->offers[offer]);
	bool good = session->ssl && set_up(session, sni);
	ERR_clear_error();
	if (good)
		return session;
	tls_session_free(session);
	return NULL;
}

void tls_session_free(struct tls_session *session)
{
	if (!session)
		return;
	SSL_free(session->ssl);
	free(session);
}

static enum tls_progress fail(
	struct tls_session *session, enum outcome outcome, const char *fmt, ...) PRINTF_LIKE(3, 4);

static enum tls_progress fail(
	struct tls_session *session, enum outcome outcome, const char *fmt, ...)
{
	va_list args;

	session->failure.outcome = outcome;
	va_start(args, fmt);
	(void)vsnprintf(session->failure.message, sizeof session->failure.message, fmt, args);
	va_end(args);
	return TLS_FAILED;
}

/* The server ended it with an alert (RFC 8446, 6.2). */
static enum tls_progress on_alert(struct tls_session *session, int alert)
{
	char name[64];

	/* Alerts that servers send which do not know what to make of a newer ClientHello. */
	static const int of_old[] = { SSL_AD_PROTOCOL_VERSION, SSL_AD_HANDSHAKE_FAILURE,
		SSL_AD_INSUFFICIENT_SECURITY, SSL_AD_ILLEGAL_PARAMETER, SSL_AD_DECODE_ERROR,
		SSL_AD_UNEXPECTED_MESSAGE, SSL_AD_INTERNAL_ERROR, SSL_AD_UNSUPPORTED_EXTENSION,
		SSL_AD_CLOSE_NOTIFY };

	for (size_t i = 0; i < ARRAY_LEN(of_old); i++)
		if (of_old[i] == alert)
			session->failure.try_legacy = true;
	session->failure.passing = alert == SSL_AD_INTERNAL_ERROR;
	session->failure.try_without_sni = alert == SSL_AD_UNRECOGNIZED_NAME;

	/* OpenSSL writes "handshake failure", the RFC handshake_failure. */
	(void)snprintf(name, sizeof name, "%s", SSL_alert_desc_string_long(alert));
	for (char *c = name; *c; c++)
		if (*c == ' ')
			*c = '_';
	/* Its wish for a certificate is a fact about it; that we have none is no fault of it. */
	if (tls_session_declined(session))
		return fail(session, OUTCOME_SERVED, "%s", "");
	return fail(session, OUTCOME_HANDSHAKE, "refused the handshake with the alert %s (%d)",
		name, alert);
}

/* OpenSSL ended it: what the server sent is wrong, or older than the offer. */
static enum tls_progress on_refusal(struct tls_session *session, int reason, const char *words)
{
	static const int of_old[] = { SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION,
		SSL_R_WRONG_VERSION_NUMBER, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
		SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, SSL_R_DH_KEY_TOO_SMALL,
		SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL, SSL_R_WRONG_SIGNATURE_TYPE,
		SSL_R_WRONG_CIPHER_RETURNED, SSL_R_UNKNOWN_CIPHER_RETURNED,
		SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED };

	for (size_t i = 0; i < ARRAY_LEN(of_old); i++)
		if (of_old[i] == reason)
			session->failure.try_legacy = true;
	if (session->hello_version == SSL3_ONLY)
		return fail(session, OUTCOME_HANDSHAKE, "speaks SSL 3.0 only");
	if (reason == SSL_R_EXCESSIVE_MESSAGE_SIZE)
		return fail(session, OUTCOME_LIMIT,
			"sent a handshake message that is larger than allowed");
	if (session->empty)
		return fail(session, OUTCOME_HANDSHAKE, "the Certificate message is empty");
	return fail(session, OUTCOME_HANDSHAKE, "the handshake failed: %s", words);
}

static enum tls_progress explain(struct tls_session *session, int ssl_error)
{
	unsigned long first = ERR_peek_error(), last = ERR_peek_last_error();
	const char *words = ERR_reason_error_string(first);
	int reason = ERR_GET_LIB(last) == ERR_LIB_SSL ? ERR_GET_REASON(last) : 0;

	if (session->no_memory || ERR_GET_REASON(first) == ERR_R_MALLOC_FAILURE)
		return fail(session, OUTCOME_INTERNAL, "out of memory");
	if (ssl_error == SSL_ERROR_ZERO_RETURN)
		return fail(session, OUTCOME_RESET, "said close_notify during the handshake");
	if (reason >= SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + UCHAR_MAX)
		return on_alert(session, reason - SSL_AD_REASON_OFFSET);
	return on_refusal(session, reason, words ? words : "no reason given");
}

static enum tls_progress drive(struct tls_session *session)
{
	ERR_clear_error();
	int done = SSL_do_handshake(session->ssl);
	int ssl_error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(session->ssl, done);
	enum tls_progress progress = TLS_MORE;

	if (ssl_error != SSL_ERROR_NONE && ssl_error != SSL_ERROR_WANT_READ)
		progress = explain(session, ssl_error);
	else if (session->no_memory)
		progress = fail(session, OUTCOME_INTERNAL, "out of memory");
	else if (ssl_error == SSL_ERROR_NONE)
		progress = TLS_COMPLETE;
	ERR_clear_error();
	return progress;
}

enum tls_progress tls_session_feed(struct tls_session *session, const uint8_t *bytes, size_t len)
{
	session->received += len;
	if (session->received > LIMIT_HANDSHAKE_BYTES)
		return fail(session, OUTCOME_LIMIT,
			"sent more than %u bytes without an end to the handshake",
			LIMIT_HANDSHAKE_BYTES);
	if (len > 0 && BIO_write(session->in, bytes, (int)len) != (int)len)
		return fail(session, OUTCOME_INTERNAL, "out of memory");
	return drive(session);
}

bool tls_session_send(struct tls_session *session, struct buf *out)
{
	char chunk[4096];
	int got;

	while ((got = BIO_read(session->out, chunk, sizeof chunk)) > 0)
		if (!buf_add(out, chunk, (size_t)got))
			return false;
	return true;
}

void tls_session_say_goodbye(struct tls_session *session)
{
	ERR_clear_error();
	(void)SSL_shutdown(session->ssl);
	ERR_clear_error();
}

static void note_staple(struct tls_session *session)
{
	const unsigned char *response = NULL;
	long len = SSL_get_tlsext_status_ocsp_resp(session->ssl, &response);
	struct der *staple = &session->observation->staple;

	/* One that is larger is none that a client would take. */
	if (!response || len <= 0 || len > (long)LIMIT_STAPLE_BYTES || staple->bytes)
		return;
	staple->bytes = malloc((size_t)len);
	if (!staple->bytes)
		return;
	memcpy(staple->bytes, response, (size_t)len);
	staple->len = (size_t)len;
}

void tls_session_note(struct tls_session *session)
{
	struct observation *observation = session->observation;
	const SSL_CIPHER *cipher = SSL_get_current_cipher(session->ssl);

	/* Before the keys are made, the cipher is the one that was just agreed on. */
	if (!cipher)
		cipher = SSL_get_pending_cipher(session->ssl);
	if (cipher) {
		(void)snprintf(observation->cipher, sizeof observation->cipher, "%s",
			SSL_CIPHER_get_name(cipher));
		(void)snprintf(observation->version, sizeof observation->version, "%s",
			SSL_get_version(session->ssl));
	}
	note_staple(session);
	ERR_clear_error();
}

bool tls_session_declined(const struct tls_session *session)
{
	return session->declined && session->observation->client_cert_requested &&
	       session->observation->chain.count > 0;
}

const struct tls_failure *tls_session_failure(const struct tls_session *session)
{
	return &session->failure;
}
