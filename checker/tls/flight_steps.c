/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/tls/flight_state.h"

#include <stdlib.h>
#include <string.h>

#include "checker/limits.h"
#include "checker/tls/exchange.h"
#include "checker/tls/extension.h"
#include "checker/tls/proof.h"
#include "checker/tls/wire.h"

static bool nothing_to_do(void *arg, unsigned code, struct bytes body, struct fault *fault)
{
	(void)arg;
	(void)code;
	(void)body;
	(void)fault;
	return true;
}

/* RFC 8446, 4.3.1 */
static enum handshake_progress on_extensions(struct flight *flight, struct bytes body)
{
	const struct extension_reading reading = {
		.offer = flight->hello.offer,
		.with_name = flight->hello.sni != NULL,
		.place = PLACE_ENCRYPTED_EXTENSIONS,
		.each = nothing_to_do,
	};
	struct fault fault;
	struct bytes list;

	if (!bytes_take_vector(&body, 2, &list) || body.len > 0)
		return flight_fault_as(
			flight, ALERT_DECODE_ERROR, "sent malformed EncryptedExtensions");
	if (!extension_read(&reading, list, &fault))
		return flight_fault(flight, &fault);
	flight->state = FLIGHT_CERTIFICATE_13;
	return HANDSHAKE_MORE;
}

/* RFC 8446, 4.3.2; RFC 5246, 7.4.4.  A fact about the server; what is in it is not needed. */
static enum handshake_progress on_request(struct flight *flight, struct bytes body)
{
	struct bytes context, list;

	if (flight_is_13(flight) && (!bytes_take_vector(&body, 1, &context) || context.len > 0 ||
					    !bytes_take_vector(&body, 2, &list) || body.len > 0))
		return flight_fault_as(
			flight, ALERT_DECODE_ERROR, "sent a malformed CertificateRequest");
	if (flight->requested)
		return flight_fault_as(
			flight, ALERT_UNEXPECTED_MESSAGE, "sent a second CertificateRequest");
	flight->requested = flight->base.observation->client_cert_requested = true;
	if (!flight_is_13(flight))
		flight->state = FLIGHT_HELLO_DONE;
	return HANDSHAKE_MORE;
}

/* --- The certificates --- */

static bool keep(void *arg, const uint8_t *der, size_t len)
{
	return observation_add_der(arg, der, len);
}

/* CertificateStatus (RFC 6066, 8), in a message of its own or in an extension.  An answer that is
 * larger than LIMIT_STAPLE_BYTES is none that a client would take. */
static bool keep_staple(struct flight *flight, struct bytes status, struct fault *fault)
{
	struct der *staple = &flight->base.observation->staple;
	struct bytes response;
	uint32_t type;

	if (!bytes_take_number(&status, 1, &type) || type != 1 ||
		!bytes_take_vector(&status, 3, &response) || status.len > 0 || response.len == 0)
		return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed CertificateStatus");
	/* The fault is the server's, as it is told. */
	return observation_keep(staple, response.at, response.len, LIMIT_STAPLE_BYTES) ||
	       fault_set(fault, ALERT_INTERNAL_ERROR, "out of memory");
}

static bool on_leaf_extension(void *arg, unsigned code, struct bytes body, struct fault *fault)
{
	struct flight *flight = arg;

	if (code == EXTENSION_SCT)
		return observation_keep(&flight->base.observation->scts, body.at, body.len,
			       LIMIT_SCT_BYTES) ||
		       fault_set(fault, ALERT_INTERNAL_ERROR, "out of memory");
	return code != EXTENSION_STATUS_REQUEST || keep_staple(flight, body, fault);
}

/* The message by the rules of RFC 8446, 4.4.2 and RFC 5246, 7.4.2, once its certificates are
 * safe.  Only the first one's extensions mean anything to us. */
static bool judge_list(struct flight *flight, struct bytes body, struct fault *fault)
{
	struct extension_reading reading = {
		.offer = flight->hello.offer,
		.with_name = flight->hello.sni != NULL,
		.place = PLACE_CERTIFICATE,
		.each = on_leaf_extension,
		.arg = flight,
	};
	struct bytes context = { NULL, 0 }, list, der, extensions;

	if ((flight_is_13(flight) && !bytes_take_vector(&body, 1, &context)) || context.len > 0 ||
		!bytes_take_vector(&body, 3, &list) || body.len > 0)
		return fault_set(
			fault, ALERT_DECODE_ERROR, "sent a Certificate message whose lengths lie");
	if (list.len == 0)
		return fault_set(fault, ALERT_DECODE_ERROR, "the Certificate message is empty");
	while (list.len > 0) {
		if (!bytes_take_vector(&list, 3, &der) || der.len == 0 ||
			(flight_is_13(flight) && !bytes_take_vector(&list, 2, &extensions)))
			return fault_set(fault, ALERT_DECODE_ERROR,
				"sent a Certificate message whose lengths lie");
		if (flight_is_13(flight) && !extension_read(&reading, extensions, fault))
			return false;
		reading.each = nothing_to_do;
	}
	return true;
}

static enum handshake_progress on_certificate(struct flight *flight, struct bytes body)
{
	struct fault fault;

	/* First of all, and whatever else is wrong with it. */
	if (!wire_certificates(
		    body.at, body.len, flight_is_13(flight), keep, flight->base.observation))
		return flight_no_memory(flight);
	if (!judge_list(flight, body, &fault))
		return flight_fault(flight, &fault);
	flight->state = flight_is_13(flight) ? FLIGHT_VERIFY : FLIGHT_EXCHANGE;
	return HANDSHAKE_MORE;
}

static enum handshake_progress on_status(struct flight *flight, struct bytes body)
{
	struct fault fault;

	/* RFC 6066, 8: it was announced in the ServerHello, and there is one. */
	if (!flight->status)
		return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
			"sent a CertificateStatus that it had not announced");
	flight->status = false;
	if (!keep_staple(flight, body, &fault))
		return flight_fault(flight, &fault);
	return HANDSHAKE_MORE;
}

/* --- The proof --- */

/* False when it ended the handshake, as *RET_PROGRESS says. */
static bool prove(
	struct flight *flight, struct proof_claim *claim, enum handshake_progress *ret_progress)
{
	struct observation *observation = flight->base.observation;
	const struct der *leaf = &observation->chain.items[0];

	claim->leaf = (struct bytes){ leaf->bytes, leaf->len };
	claim->auth = flight->suite->auth;
	claim->tls13 = flight_is_13(flight);
	switch (proof_check(flight->crypto, claim)) {
	case PROOF_FITS:
		observation->proven = PROOF_SHOWN;
		return true;
	case PROOF_STRANGE:
		flight->strange = true;
		return true;
	case PROOF_COSTLY:
		return true;
	case PROOF_FITS_NOT:
		observation->proven = PROOF_REFUTED;
		*ret_progress = flight_fault_as(flight, ALERT_DECRYPT_ERROR,
			"the signature over the handshake is not of the leaf's key");
		return false;
	case PROOF_OTHER_KIND:
		*ret_progress = flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"signed the handshake in a way that the leaf's key is not for");
		return false;
	case PROOF_NO_KEY:
		*ret_progress = flight_fault_as(flight, ALERT_BAD_CERTIFICATE,
			"the leaf, or the key in it, cannot be read");
		return false;
	case PROOF_NO_MEMORY:
		break;
	}
	*ret_progress = flight_no_memory(flight);
	return false;
}

static enum handshake_progress finish(struct flight *flight)
{
	bool unproven = flight->strange ||
			(!flight_is_13(flight) &&
				(flight->suite->exchange == EXCHANGE_RSA ||
					flight->suite->exchange == EXCHANGE_RSA_EXPORT));

	/* Nobody completes a handshake of SSL 3.0 any more. */
	flight->base.unproven = unproven && flight->version > OFFER_SSL3 &&
				flight->base.observation->proven == PROOF_UNKNOWN;
	return flight_done(flight);
}

/* RFC 8446, 4.4.3 */
static enum handshake_progress on_verify(struct flight *flight, struct bytes body)
{
	static const char intro[] = "                                "
				    "                                "
				    "TLS 1.3, server CertificateVerify";
	uint8_t digest[CRYPTO_HASH_BYTES];
	struct proof_claim claim = { .scheme = NULL };
	enum handshake_progress progress;
	uint32_t code;

	if (!bytes_take_number(&body, 2, &code) || !bytes_take_vector(&body, 2, &claim.signature) ||
		body.len > 0)
		return flight_fault_as(
			flight, ALERT_DECODE_ERROR, "sent a malformed CertificateVerify");
	claim.scheme = offer_scheme(flight->hello.offer, code);
	if (!claim.scheme || !claim.scheme->tls13)
		return flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"signed with the scheme 0x%04x, which was not offered for TLS 1.3", code);
	if (!crypto_running_digest(flight->crypto, &flight->schedule.transcript, digest))
		return flight_no_memory(flight);
	/* The separating zero is the string's own. */
	claim.parts[0] = (struct bytes){ (const uint8_t *)intro, sizeof intro };
	claim.parts[1] = (struct bytes){ digest, crypto_hash_len(flight->suite->hash) };
	return prove(flight, &claim, &progress) ? finish(flight) : progress;
}

/* RFC 5246, 7.4.3; what is signed is the same since SSL 3.0 (RFC 6101, 5.6.3). */
static enum handshake_progress on_key_exchange(struct flight *flight, struct bytes body)
{
	enum handshake_progress progress;
	struct exchange exchange;
	struct fault fault;

	if (!exchange_read(
		    flight->hello.offer, flight->version, flight->suite, body, &exchange, &fault))
		return flight_fault(flight, &fault);
	struct proof_claim claim = {
		.scheme = exchange.scheme,
		.parts = {
			{ flight->hello.random, sizeof flight->hello.random },
			{ flight->server_random, sizeof flight->server_random },
			exchange.params,
		},
		.signature = exchange.signature,
	};
	if (!prove(flight, &claim, &progress))
		return progress;
	flight->state = FLIGHT_REQUEST;
	return HANDSHAKE_MORE;
}

static enum handshake_progress on_hello_done(struct flight *flight, struct bytes body)
{
	if (body.len > 0)
		return flight_fault_as(
			flight, ALERT_DECODE_ERROR, "sent a malformed ServerHelloDone");
	return finish(flight);
}

/* --- The table --- */

struct step {
	enum flight_state state;
	enum message_type type;
	bool unsigned_only; /* of cipher suites without a ServerKeyExchange */
	enum handshake_progress (*on)(struct flight *flight, struct bytes body);
};

static const struct step steps[] = {
	{ FLIGHT_EXTENSIONS, MESSAGE_ENCRYPTED_EXTENSIONS, false, on_extensions },
	{ FLIGHT_CERTIFICATE_13, MESSAGE_CERTIFICATE_REQUEST, false, on_request },
	{ FLIGHT_CERTIFICATE_13, MESSAGE_CERTIFICATE, false, on_certificate },
	{ FLIGHT_VERIFY, MESSAGE_CERTIFICATE_VERIFY, false, on_verify },

	{ FLIGHT_CERTIFICATE_12, MESSAGE_CERTIFICATE, false, on_certificate },
	{ FLIGHT_EXCHANGE, MESSAGE_CERTIFICATE_STATUS, false, on_status },
	{ FLIGHT_EXCHANGE, MESSAGE_SERVER_KEY_EXCHANGE, false, on_key_exchange },
	{ FLIGHT_EXCHANGE, MESSAGE_CERTIFICATE_REQUEST, true, on_request },
	{ FLIGHT_EXCHANGE, MESSAGE_SERVER_HELLO_DONE, true, on_hello_done },
	{ FLIGHT_REQUEST, MESSAGE_CERTIFICATE_REQUEST, false, on_request },
	{ FLIGHT_REQUEST, MESSAGE_SERVER_HELLO_DONE, false, on_hello_done },
	{ FLIGHT_HELLO_DONE, MESSAGE_SERVER_HELLO_DONE, false, on_hello_done },
};

static const struct step *find_step(const struct flight *flight, unsigned type)
{
	bool is_unsigned = flight->suite && (flight->suite->exchange == EXCHANGE_RSA ||
						    flight->suite->exchange == EXCHANGE_RSA_EXPORT);

	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i].state == flight->state && steps[i].type == type)
			return steps[i].unsigned_only && !is_unsigned ? NULL : &steps[i];
	return NULL;
}

size_t flight_message_max(const void *arg, uint8_t type)
{
	const struct flight *flight = arg;
	bool hello = type == MESSAGE_SERVER_HELLO && flight->state == FLIGHT_SERVER_HELLO;

	if (!hello && !find_step(flight, type))
		return 0;
	return type == MESSAGE_CERTIFICATE ? LIMIT_CERT_LIST_BYTES : LIMIT_MESSAGE_BYTES;
}

static enum handshake_progress misplaced(struct flight *flight, uint8_t type)
{
	return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
		"sent a handshake message of type %u where it has no place", type);
}

enum handshake_progress flight_on_message(
	struct flight *flight, const struct message *message, bool last)
{
	/* RFC 5246, 7.4.1.1: at any time, and of no concern during a handshake. */
	if (message->type == MESSAGE_HELLO_REQUEST && !flight_is_13(flight) &&
		message->body.len == 0)
		return flight_idle(flight, PHRASE("HelloRequest messages"));
	if (message->type == MESSAGE_SERVER_HELLO && flight->state == FLIGHT_SERVER_HELLO)
		return flight_on_server_hello(flight, message, last);
	const struct step *step = find_step(flight, message->type);
	if (!step)
		return misplaced(flight, message->type);
	enum handshake_progress progress = step->on(flight, message->body);
	if (progress == HANDSHAKE_MORE && flight_is_13(flight) &&
		!schedule_add(&flight->schedule, message->whole))
		return flight_no_memory(flight);
	return progress;
}

/* The certificates that are whole in what came with the header of a message that is not read. */
static bool keep_begun(struct flight *flight, struct bytes body)
{
	struct bytes context, length, der, extensions;

	if ((flight_is_13(flight) && !bytes_take_vector(&body, 1, &context)) ||
		!bytes_take(&body, 3, &length))
		return true;
	while (bytes_take_vector(&body, 3, &der)) {
		if (!observation_add_der(flight->base.observation, der.at, der.len))
			return false;
		if (flight_is_13(flight) && !bytes_take_vector(&body, 2, &extensions))
			return true;
	}
	return true;
}

enum handshake_progress flight_on_long_message(struct flight *flight, const struct message *message)
{
	if (flight_message_max(flight, message->type) == 0)
		return misplaced(flight, message->type);
	if (message->type == MESSAGE_CERTIFICATE && !keep_begun(flight, message->body))
		return flight_no_memory(flight);
	return flight_limit(flight, "sent a handshake message of %zu bytes, more than allowed",
		message->announced);
}
