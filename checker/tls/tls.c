/* SPDX-License-Identifier: MIT */
#include "checker/tls/tls.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>

#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/platform.h"
#include "checker/target/target.h"
#include "checker/tls/alert.h"
#include "checker/tls/offer.h"
#include "checker/tls/tls_scts.h"
#include "checker/tls/wire.h"

#define SSL3_ONLY 0x0300
#define LIST_MAX 8192 /* names of an offer */
#define OUT_MAX 65536 /* a ClientHello or two, an answer to a request */

struct tls {
	OSSL_LIB_CTX *library;
	SSL_CTX *offers[HANDSHAKE_OFFER_COUNT]; /* NULL until it is needed */
};

struct session {
	struct handshake handshake;
	SSL *ssl;
	BIO *in, *out; /* of SSL */
	size_t received;
	unsigned hello_version; /* of the ServerHello, 0 before it */
	unsigned idle; /* HelloRequests (RFC 5246, 7.4.1.1), which OpenSSL skips without a word */
	bool certificate_seen;
	bool empty;    /* and there was none in it */
	bool declined; /* we said that we have no certificate */
	bool signature_seen;
	bool no_memory;
	bool asks, asked;  /* what software it is */
	struct buf answer; /* to that */
};

static bool add_certificate(void *arg, const uint8_t *der, size_t len)
{
	return observation_add_der(arg, der, len);
}

static void on_certificate(struct session *session, const uint8_t *body, size_t len)
{
	struct observation *observation = session->handshake.observation;
	bool tls13 = SSL_version(session->ssl) == TLS1_3_VERSION;

	/* Once only: what an attacker may add in a second one is not the chain. */
	if (!session->certificate_seen &&
		!wire_certificates(body, len, tls13, add_certificate, observation))
		session->no_memory = true;
	session->certificate_seen = true;
	session->empty = len <= 4 && observation->chain.count == 0;
}

/* A whole handshake message from the server, its header of four bytes included. */
static void on_received(struct session *session, const uint8_t *message, size_t len)
{
	/* OpenSSL has taken what came before this message, the signature in it included. */
	if (session->signature_seen)
		session->handshake.observation->proven = PROOF_SHOWN;
	switch (message[0]) {
	case SSL3_MT_HELLO_REQUEST:
		session->idle++;
		break;
	case SSL3_MT_SERVER_HELLO:
		if (len >= 6)
			session->hello_version = (unsigned)message[4] << 8 | message[5];
		break;
	case SSL3_MT_CERTIFICATE:
		on_certificate(session, message + 4, len - 4);
		break;
	case SSL3_MT_CERTIFICATE_REQUEST:
		session->handshake.observation->client_cert_requested = true;
		break;
	case SSL3_MT_SERVER_KEY_EXCHANGE: /* always signed: nothing anonymous is offered */
	case SSL3_MT_CERTIFICATE_VERIFY:
		session->signature_seen = true;
		break;
	default:
		break;
	}
}

static void on_message(
	int sent, int version, int type, const void *bytes, size_t len, SSL *ssl, void *arg)
{
	struct session *session = arg;
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

static bool set_list(SSL_CTX *ctx, enum handshake_offer offer, enum offer_list list)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(LIST_MAX);

	if (!offer_write_list(offer, list, &names))
		return false;
	/* These are macros that take it without const. */
	switch (list) {
	case OFFER_LIST_TLS13:
		return SSL_CTX_set_ciphersuites(ctx, buf_text(&names)) == 1;
	case OFFER_LIST_SUITES:
		return SSL_CTX_set_cipher_list(ctx, buf_text(&names)) == 1;
	case OFFER_LIST_GROUPS:
		return SSL_CTX_set1_groups_list(ctx, names.data) == 1;
	case OFFER_LIST_SCHEMES:
		return SSL_CTX_set1_sigalgs_list(ctx, names.data) == 1;
	}
	return false;
}

/* Versions and algorithms; servers that know nothing of RFC 5746 are taken as well. */
static bool set_offer(SSL_CTX *ctx, enum handshake_offer offer)
{
	uint64_t options = SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_TLSEXT_PADDING |
			   SSL_OP_LEGACY_SERVER_CONNECT;

#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
	/* RFC 8879 would hide the chain in another message, and its size behind a ratio. */
	options |= SSL_OP_NO_RX_CERTIFICATE_COMPRESSION;
#endif
	(void)SSL_CTX_clear_options(ctx, SSL_OP_NO_SSL_MASK);
	(void)SSL_CTX_set_options(ctx, options);
	SSL_CTX_set_security_level(ctx, 0);
	return SSL_CTX_set_min_proto_version(ctx, (int)offer_oldest(offer)) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, (int)offer_newest(offer)) == 1 &&
	       (offer_newest(offer) < OFFER_TLS13 || set_list(ctx, offer, OFFER_LIST_TLS13)) &&
	       set_list(ctx, offer, OFFER_LIST_SUITES) && set_list(ctx, offer, OFFER_LIST_GROUPS) &&
	       set_list(ctx, offer, OFFER_LIST_SCHEMES);
}

static SSL_CTX *new_context(OSSL_LIB_CTX *library, enum handshake_offer offer)
{
	SSL_CTX *ctx = SSL_CTX_new_ex(library, NULL, TLS_client_method());

	if (!ctx)
		return NULL;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, accept_any, NULL);
	SSL_CTX_set_msg_callback(ctx, on_message);
	(void)SSL_CTX_set_max_cert_list(ctx, LIMIT_CERT_LIST_BYTES);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* Old servers may fall over any extension. */
	bool scts = offer == HANDSHAKE_OFFER_LEGACY || tls_scts_ask(ctx);
	if (scts && set_offer(ctx, offer) &&
		SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp))
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

struct tls *tls_new(void)
{
	CLEANUP(tls_freep) struct tls *tls = calloc(1, sizeof *tls);

	if (!tls)
		return NULL;
	tls->library = OSSL_LIB_CTX_new();
	ERR_clear_error();
	return tls->library ? TAKE(tls) : NULL;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	for (enum handshake_offer offer = 0; offer < HANDSHAKE_OFFER_COUNT; offer++)
		SSL_CTX_free(tls->offers[offer]);
	OSSL_LIB_CTX_free(tls->library);
	free(tls);
}

/* Two memory BIOs, that say "later" and not "the end" when they are empty. */
static bool set_up(struct session *session, const char *sni)
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
	SSL_set_connect_state(session->ssl);
	SSL_set_msg_callback_arg(session->ssl, session);
	if (SSL_set_app_data(session->ssl, session->handshake.observation) != 1)
		return false;
	if (!sni)
		return true;
	/* The macro takes it without const. */
	(void)snprintf(name, sizeof name, "%s", sni);
	return SSL_set_tlsext_host_name(session->ssl, name) == 1;
}

static enum handshake_progress session_fail(
	struct session *session, enum outcome outcome, const char *fmt, ...) PRINTF_LIKE(3, 4);

static enum handshake_progress session_fail(
	struct session *session, enum outcome outcome, const char *fmt, ...)
{
	struct handshake_failure *failure = &session->handshake.failure;
	va_list args;

	failure->outcome = outcome;
	va_start(args, fmt);
	phrase_vsay(failure->said, sizeof failure->said, fmt, args);
	va_end(args);
	phrase_render(failure->said, LANGUAGE_EN, failure->message, sizeof failure->message);
	return HANDSHAKE_FAILED;
}

/* The server ended it with an alert (RFC 8446, 6.2). */
static enum handshake_progress on_alert(struct session *session, int alert)
{
	/* Its wish for a certificate is a fact about it; that we have none is no fault of it. */
	if (session->handshake.declined)
		return session_fail(session, OUTCOME_SERVED, "%s", "");
	alert_explain((unsigned)alert, &session->handshake.failure);
	return HANDSHAKE_FAILED;
}

/* OpenSSL ended it: what the server sent is wrong, or older than the offer. */
static enum handshake_progress on_refusal(struct session *session, int reason, const char *words)
{
	static const int of_old[] = { SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION,
		SSL_R_WRONG_VERSION_NUMBER, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
		SSL_R_DH_KEY_TOO_SMALL, SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL,
		SSL_R_WRONG_SIGNATURE_TYPE, SSL_R_WRONG_CIPHER_RETURNED,
		SSL_R_UNKNOWN_CIPHER_RETURNED, SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED };

	for (size_t i = 0; i < ARRAY_LEN(of_old); i++)
		if (of_old[i] == reason)
			session->handshake.failure.try_legacy = true;
	if (session->hello_version == SSL3_ONLY)
		return session_fail(session, OUTCOME_HANDSHAKE, "speaks SSL 3.0 only");
	if (reason == SSL_R_EXCESSIVE_MESSAGE_SIZE)
		return session_fail(session, OUTCOME_LIMIT,
			"sent a handshake message that is larger than allowed");
	if (session->empty)
		return session_fail(session, OUTCOME_HANDSHAKE, "the Certificate message is empty");
	if (reason == SSL_R_BAD_SIGNATURE && session->signature_seen) {
		session->handshake.observation->proven = PROOF_REFUTED;
		return session_fail(session, OUTCOME_HANDSHAKE,
			"the signature over the handshake is not of the leaf's key");
	}
	return session_fail(session, OUTCOME_HANDSHAKE, "the handshake failed: %s", words);
}

static enum handshake_progress explain(struct session *session, int ssl_error)
{
	unsigned long first = ERR_peek_error(), last = ERR_peek_last_error();
	const char *words = ERR_reason_error_string(first);
	int reason = ERR_GET_LIB(last) == ERR_LIB_SSL ? ERR_GET_REASON(last) : 0;

	if (session->no_memory || heap_ran_out())
		return session_fail(session, OUTCOME_INTERNAL, "out of memory");
	if (ssl_error == SSL_ERROR_ZERO_RETURN)
		return session_fail(
			session, OUTCOME_RESET, "said close_notify during the handshake");
	if (reason >= SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + UCHAR_MAX)
		return on_alert(session, reason - SSL_AD_REASON_OFFSET);
	/* OpenSSL says so of no bytes, too, which a key of nothing makes it ask for. */
	if (ERR_GET_REASON(first) == ERR_R_MALLOC_FAILURE)
		words = PHRASE("OpenSSL can make nothing of what the server sent");
	return on_refusal(session, reason, words ? words : PHRASE("no reason given"));
}

/* Over; RFC 8446, 6.1: who wants to say no more says so. */
static enum handshake_progress complete(struct session *session)
{
	struct observation *observation = session->handshake.observation;

	(void)SSL_shutdown(session->ssl);
	if (observation->chain.count == 0)
		return session_fail(
			session, OUTCOME_HANDSHAKE, "shook hands without a certificate");
	observation->complete = true;
	observation->proven = PROOF_SHOWN;
	return HANDSHAKE_DONE;
}

/* RFC 9110, 9.3.2: the head alone, of whatever is at the root. */
static bool ask(struct session *session)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(LIMIT_HOST_BYTES + 200);
	const struct target *target = session->handshake.observation->target;

	session->asked = true;
	if (target->protocol != PROTOCOL_HTTPS)
		return true;
	return buf_addf(&words,
		       "HEAD / HTTP/1.1\r\nHost: %s\r\nUser-Agent: chainmend\r\nAccept: */*\r\n"
		       "Connection: close\r\n\r\n",
		       target->host) &&
	       SSL_write(session->ssl, words.data, (int)words.len) > 0;
}

static void note_answer(struct session *session, bool http)
{
	struct observation *observation = session->handshake.observation;
	const struct buf *said = &session->answer;
	char banner[PLATFORM_BANNER];

	if (said->len == 0)
		return;
	observation->platform = platform_of_answer(said->data, said->len, http, banner);
	free(observation->banner);
	observation->banner = banner[0] ? text_copy(banner, strlen(banner)) : NULL;
}

/* Hears what it says of itself, to the end of that or of what is read of it. */
static enum handshake_progress hear(struct session *session)
{
	bool http = session->handshake.observation->target->protocol == PROTOCOL_HTTPS;
	char chunk[4096];
	int got = 1;

	if (!session->asked && !ask(session))
		return complete(session);
	while (!platform_is_whole(buf_text(&session->answer), http) &&
		(got = SSL_read(session->ssl, chunk, sizeof chunk)) > 0)
		if (!buf_add(&session->answer, chunk, (size_t)got))
			break;
	if (got <= 0 && SSL_get_error(session->ssl, got) == SSL_ERROR_WANT_READ)
		return HANDSHAKE_MORE;
	note_answer(session, http);
	return complete(session);
}

static enum handshake_progress drive(struct session *session)
{
	const struct observation *observation = session->handshake.observation;

	int done = SSL_do_handshake(session->ssl);
	int ssl_error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(session->ssl, done);
	session->handshake.declined = session->declined && observation->client_cert_requested &&
				      observation->chain.count > 0;
	if (ssl_error != SSL_ERROR_NONE && ssl_error != SSL_ERROR_WANT_READ)
		return explain(session, ssl_error);
	if (session->no_memory)
		return session_fail(session, OUTCOME_INTERNAL, "out of memory");
	if (ssl_error == SSL_ERROR_NONE)
		return session->asks ? hear(session) : complete(session);
	if (session->idle > LIMIT_IDLE_RECORDS)
		return session_fail(session, OUTCOME_HANDSHAKE,
			"sends HelloRequest messages without an end, and no handshake");
	return HANDSHAKE_MORE;
}

/* What OpenSSL wants to be sent; false when it does not fit. */
static bool collect(struct session *session)
{
	char chunk[4096];
	int got;

	while ((got = BIO_read(session->out, chunk, sizeof chunk)) > 0)
		if (!buf_add(&session->handshake.out, chunk, (size_t)got))
			return false;
	return true;
}

static enum handshake_progress session_feed(
	struct handshake *handshake, const uint8_t *bytes, size_t len)
{
	struct session *session = (struct session *)handshake;

	session->received += len;
	if (session->received > LIMIT_HANDSHAKE_BYTES)
		return session_fail(session, OUTCOME_LIMIT,
			"sent more than %u bytes without an end to the handshake",
			LIMIT_HANDSHAKE_BYTES);
	if (len > 0 && BIO_write(session->in, bytes, (int)len) != (int)len)
		return session_fail(session, OUTCOME_INTERNAL, "out of memory");
	ERR_clear_error();
	enum handshake_progress progress = drive(session);
	if (!collect(session) && progress == HANDSHAKE_MORE)
		progress = session_fail(session, OUTCOME_LIMIT, "wants more from us than it reads");
	ERR_clear_error();
	return progress;
}

static void note_staple(struct session *session)
{
	const unsigned char *response = NULL;
	long len = SSL_get_tlsext_status_ocsp_resp(session->ssl, &response);
	struct der *staple = &session->handshake.observation->staple;

	/* One that is larger is none that a client would take. */
	if (response && len > 0 &&
		!observation_keep(staple, response, (size_t)len, LIMIT_STAPLE_BYTES))
		heap_note();
}

static void session_note(struct handshake *handshake)
{
	struct session *session = (struct session *)handshake;
	struct observation *observation = handshake->observation;
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

static void session_free(struct handshake *handshake)
{
	struct session *session = (struct session *)handshake;

	SSL_free(session->ssl);
	buf_release(&handshake->out);
	buf_release(&session->answer);
	free(session);
}

static const struct handshake_method session_method = {
	.name = "complete",
	.feed = session_feed,
	.note = session_note,
	.free = session_free,
};

struct handshake *tls_handshake_new(struct tls *tls, enum handshake_offer offer, const char *sni,
	struct observation *observation)
{
	struct session *session = calloc(1, sizeof *session);

	if (!session)
		return NULL;
	session->handshake = (struct handshake){
		.method = &session_method,
		.observation = observation,
		.out = BUF_INIT(OUT_MAX),
	};
	session->answer = (struct buf)BUF_INIT(LIMIT_GREETING_BYTES);
	if (!tls->offers[offer])
		tls->offers[offer] = new_context(tls->library, offer);
	session->ssl = tls->offers[offer] ? SSL_new(tls->offers[offer]) : NULL;
	bool good = session->ssl && set_up(session, sni);
	ERR_clear_error();
	if (good)
		return &session->handshake;
	session_free(&session->handshake);
	return NULL;
}

void tls_handshake_ask(struct handshake *handshake)
{
	((struct session *)handshake)->asks = true;
}
