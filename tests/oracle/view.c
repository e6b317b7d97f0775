/* SPDX-License-Identifier: MIT */
#include "tests/oracle/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ssl.h>

#include "checker/limits.h"
#include "checker/target/target.h"
#include "checker/tls/flight.h"
#include "checker/tls/handshake.h"
#include "checker/tls/tls.h"
#include "tests/forge.h"

#define TRIES 4

/* How one try is made. */
struct trial_offer {
	enum handshake_offer offer;
	bool without_name;
};

static void keep(void *arg, const uint8_t *der, size_t len)
{
	struct view *view = arg;
	uint8_t *copy = malloc(len);

	forge_must(copy && vec_reserve(&view->chain), "room");
	memcpy(copy, der, len);
	view->chain.items[view->chain.count++] = (struct der){ copy, len };
}

static void forget_chain(struct view *view)
{
	for (size_t i = 0; i < view->chain.count; i++)
		free(view->chain.items[i].bytes);
	view->chain.count = 0;
}

/* What the server chose, from its own mouth. */
static void ask_server(struct view *view, const struct session *session)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(session->ssl);

	if (!cipher)
		cipher = SSL_get_pending_cipher(session->ssl);
	view->cipher[0] = view->version[0] = '\0';
	if (cipher) {
		(void)snprintf(
			view->cipher, sizeof view->cipher, "%s", SSL_CIPHER_get_name(cipher));
		(void)snprintf(
			view->version, sizeof view->version, "%s", SSL_get_version(session->ssl));
	}
	forget_chain(view);
	session_chain(session, keep, view);
	view->end = session->end;
	(void)snprintf(view->why, sizeof view->why, "%s", session->why);
}

/* Words go to and fro until the reader is done, or nobody says anything any more. */
static enum handshake_progress converse(struct handshake *handshake, struct session *session)
{
	uint8_t bytes[LIMIT_CHUNK_BYTES];
	size_t len = 0;
	enum handshake_progress progress = handshake_feed(handshake, NULL, 0);

	for (;;) {
		session_take(session, buf_text(&handshake->out), handshake->out.len);
		buf_clear(&handshake->out);
		if (progress != HANDSHAKE_MORE)
			return progress;
		len = session_give(session, bytes, sizeof bytes);
		if (len == 0)
			return HANDSHAKE_MORE;
		progress = handshake_feed(handshake, bytes, len);
	}
}

/* As a connection ends it (conn.h); true when another try may help. */
static bool settle(struct view *view, const struct handshake *handshake,
	enum handshake_progress progress, struct trial_offer *trial)
{
	struct observation *seen = view->seen;
	const struct handshake_failure *failure = &handshake->failure;
	bool has_chain = seen->chain.count > 0;

	seen->legacy_offer = trial->offer == HANDSHAKE_OFFER_LEGACY && has_chain;
	seen->sni_refused = trial->without_name && has_chain;
	if (progress == HANDSHAKE_DONE ||
		(progress == HANDSHAKE_FAILED && failure->outcome == OUTCOME_SERVED) ||
		(handshake->declined &&
			(progress == HANDSHAKE_MORE || failure->outcome == OUTCOME_RESET))) {
		observation_end(seen, OUTCOME_SERVED, "%s", "");
		return false;
	}
	if (progress == HANDSHAKE_MORE)
		observation_end(seen, OUTCOME_RESET, "%s", "the server says no more");
	else
		observation_end(seen, failure->outcome, "%s", failure->message);
	if (has_chain)
		return false;
	if (failure->try_without_sni && !trial->without_name) {
		trial->without_name = true;
		return true;
	}
	if (failure->try_legacy && trial->offer == HANDSHAKE_OFFER_MODERN) {
		trial->offer = HANDSHAKE_OFFER_LEGACY;
		return true;
	}
	return false;
}

static bool try_once(struct view *view, const struct view_readers *readers,
	const struct server *server, bool complete, struct trial_offer *trial)
{
	const char *name = trial->without_name ? NULL : "www.example.hk";
	struct handshake *handshake;
	struct session session;

	observation_free(view->seen);
	view->seen = observation_new(readers->target);
	forge_must(view->seen != NULL, "an observation");
	handshake = complete ? tls_handshake_new(readers->tls, trial->offer, name, view->seen)
			     : flight_new(readers->crypto, trial->offer, name, view->seen);
	forge_must(handshake != NULL, "a reader");
	session_open(&session, server);
	enum handshake_progress progress = converse(handshake, &session);
	handshake_note(handshake);
	view->unproven = handshake->unproven;
	view->tries++;
	bool again = settle(view, handshake, progress, trial);
	ask_server(view, &session);
	session_close(&session);
	handshake_free(handshake);
	return again;
}

void view_make(struct view *view, const struct view_readers *readers, const struct server *server,
	bool complete)
{
	struct trial_offer trial = { .offer = HANDSHAKE_OFFER_MODERN };
	bool with_name = server->scenario->with_name;

	*view = (struct view){ .complete = complete };
	trial.without_name = !with_name;
	while (view->tries < TRIES && try_once(view, readers, server, complete, &trial))
		;
	/* Only what was asked for can be refused. */
	view->seen->sni_refused = view->seen->sni_refused && with_name;
}

void view_release(struct view *view)
{
	forget_chain(view);
	free(view->chain.items);
	observation_free(view->seen);
}

/* --- Comparing --- */

static bool same_der(const struct der *a, const struct der *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

unsigned view_compare(const struct view *a, const struct view *b)
{
	const struct observation *x = a->seen, *y = b->seen;
	bool chain = x->chain.count == y->chain.count && x->chain_dropped == y->chain_dropped;

	for (size_t i = 0; chain && i < x->chain.count; i++)
		chain = same_der(&x->chain.items[i], &y->chain.items[i]);
	return (x->outcome == y->outcome ? 0 : VIEW_OUTCOME) |
	       (strcmp(x->version, y->version) == 0 ? 0 : VIEW_VERSION) |
	       (strcmp(x->cipher, y->cipher) == 0 ? 0 : VIEW_CIPHER) | (chain ? 0 : VIEW_CHAIN) |
	       (same_der(&x->staple, &y->staple) ? 0 : VIEW_STAPLE) |
	       (x->client_cert_requested == y->client_cert_requested ? 0 : VIEW_REQUEST) |
	       (x->proven == y->proven ? 0 : VIEW_PROOF) |
	       (x->sni_refused == y->sni_refused ? 0 : VIEW_NAME) |
	       (x->legacy_offer == y->legacy_offer ? 0 : VIEW_OFFER);
}

const char *view_difference_name(unsigned bit)
{
	static const char *const names[VIEW_DIFFERENCES] = { "outcome", "version", "cipher",
		"chain", "staple", "client certificate request", "proof", "refused name",
		"legacy offer", "goodbye" };
	size_t i = 0;

	while (i + 1 < VIEW_DIFFERENCES && !(bit >> i & 1u))
		i++;
	return names[i];
}

static unsigned check_choices(const struct view *view)
{
	const struct observation *seen = view->seen;
	bool chain = seen->chain.count <= view->chain.count;
	unsigned wrong = 0;

	for (size_t i = 0; chain && i < seen->chain.count; i++)
		chain = same_der(&seen->chain.items[i], &view->chain.items[i]);
	if (!chain || (seen->outcome == OUTCOME_SERVED && seen->chain.count != view->chain.count))
		wrong |= VIEW_CHAIN;
	if (view->version[0] && seen->version[0] && strcmp(seen->version, view->version) != 0)
		wrong |= VIEW_VERSION;
	if (view->cipher[0] && seen->cipher[0] && strcmp(seen->cipher, view->cipher) != 0)
		wrong |= VIEW_CIPHER;
	return wrong;
}

unsigned view_check(const struct view *view, const struct scenario *scenario)
{
	const struct observation *seen = view->seen;
	bool served = seen->outcome == OUTCOME_SERVED;
	bool stapled = scenario->staple_len > 0 && scenario->staple_len <= LIMIT_STAPLE_BYTES;
	unsigned wrong = 0;

	/* In TLS 1.3 what is signed is all that came before; earlier it is very little. */
	if (scenario->changed_at > 0)
		return strcmp(seen->version, "TLSv1.3") == 0 && seen->proven == PROOF_SHOWN
			       ? check_choices(view)
			       : 0;
	if (served && seen->client_cert_requested != (scenario->asking != ASKS_NOT))
		wrong |= VIEW_REQUEST;
	if (seen->staple.len > 0 ? seen->staple.len != scenario->staple_len : served && stapled)
		wrong |= VIEW_STAPLE;
	if (seen->proven == PROOF_SHOWN && scenario->flaw != FLAW_NONE)
		wrong |= VIEW_PROOF;
	if (seen->proven == PROOF_REFUTED && scenario->flaw != FLAW_OTHER_KEY)
		wrong |= VIEW_PROOF;
	/* RFC 8446, 6.1; under the right keys, or the server could not have read it. */
	if (served && !view->complete && view->end != SESSION_CLOSED)
		wrong |= VIEW_GOODBYE;
	return wrong | check_choices(view);
}

void view_describe(const struct view *view, char *out, size_t size)
{
	static const char *const proofs[] = { "unknown", "shown", "refuted" };
	static const char *const ends[] = { "waits", "was told close_notify", "was told an alert",
		"refused" };
	const struct observation *seen = view->seen;
	const char *outcome = outcome_name(seen->outcome);

	(void)snprintf(out, size,
		"%s%s%s; %s %s; %zu certificates%s; staple %zu; requested %d; proof %s%s; "
		"name refused %d; legacy %d; %u tries; the server %s%s%s and chose %s %s, %zu "
		"certificates",
		outcome ? outcome : "served", seen->message[0] ? ": " : "", seen->message,
		seen->version[0] ? seen->version : "no version",
		seen->cipher[0] ? seen->cipher : "no suite", seen->chain.count,
		seen->chain_dropped ? " and more" : "", seen->staple.len,
		seen->client_cert_requested, proofs[seen->proven],
		view->unproven ? " (to be completed)" : "", seen->sni_refused, seen->legacy_offer,
		view->tries, ends[view->end], view->why[0] ? ": " : "", view->why,
		view->version[0] ? view->version : "nothing", view->cipher, view->chain.count);
}
