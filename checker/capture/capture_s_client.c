/* SPDX-License-Identifier: MIT */
/*
 * What s_client prints has no host in it.  It is said where the command stands above it, as a
 * terminal or `set -x` show it: "openssl s_client -connect HOST:PORT -servername NAME".  What it
 * writes to standard error comes before the rest, since only that waits to be printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/capture/capture_item.h"
#include "checker/capture/capture_words.h"

#define PEM_BYTES (1u << 20)

static const char begin_mark[] = "-----BEGIN CERTIFICATE-----";
static const char end_mark[] = "-----END CERTIFICATE-----";

enum part {
	PART_BEFORE, /* nothing of the connection yet */
	PART_HEAD,   /* it is connected */
	PART_CHAIN,  /* under "Certificate chain" */
	PART_REST,   /* behind it */
	PART_DONE,   /* the handshake's summary was there */
};

struct s_client {
	enum part part;
	bool in_pem;
	struct buf pem;
	size_t listed; /* certificates of the chain, by their lines */
	size_t leafs;  /* under "Server certificate" */
	char words[MESSAGE_TEXT];
	struct capture_item next; /* what is known before it is connected */
	struct capture_item open; /* behind PART_BEFORE */
};

void capture_s_client_free(struct s_client *state)
{
	if (!state)
		return;
	buf_release(&state->pem);
	capture_item_release(&state->open);
	free(state);
}

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static const char *past_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* --- The command --- */

/* The word behind OPTION in a line, without quotes, into OUT; false when it is not there. */
static bool word_behind(const char *line, const char *option, char *out, size_t size)
{
	const char *at = line;

	while ((at = strstr(at, option)) &&
		(at == line || at[-1] != ' ' ||
			(at[strlen(option)] != ' ' && at[strlen(option)] != '\t')))
		at++;
	if (!at)
		return false;
	at = past_blanks(at + strlen(option));
	at += *at == '\'' || *at == '"';
	size_t len = strcspn(at, " \t'\"|<>;&");
	if (len == 0 || len >= size)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

/* "HOST:PORT", "[V6]:PORT" or "HOST". */
static void read_place(struct capture_item *item, char *place)
{
	char *colon = strrchr(place, ':'), *host = place;
	size_t len;

	if (colon && (place[0] != '[' || colon[-1] == ']')) {
		*colon = '\0';
		capture_item_port(item, colon + 1);
	}
	len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		host++;
	}
	capture_item_host(item, host);
}

static void read_command(struct s_client *state, const char *line)
{
	struct capture_item *item = &state->next;
	char word[LIMIT_HOST_BYTES + 16];

	if (word_behind(line, "-connect", word, sizeof word))
		read_place(item, word);
	if (word_behind(line, "-starttls", word, sizeof word) &&
		!protocol_by_name(word, &item->protocol))
		item->protocol = PROTOCOL_TLS;
	if (word_behind(line, "-servername", word, sizeof word))
		capture_item_sni(item, word);
	else if (item->host[0] && !strstr(line, "-noservername"))
		capture_item_sni(item, item->host); /* what -connect names, since OpenSSL 1.1.1 */
}

static bool is_command(const char *line)
{
	const char *program = strstr(line, "s_client");

	return program && strstr(program, " -connect ");
}

/* --- One connection after the other --- */

/* What the lines of the connection that ends here came to. */
static void finish(struct s_client *state)
{
	struct capture_item *item = &state->open;

	if (state->in_pem)
		capture_item_fault(item, "the certificate in it has no end");
	if (state->listed > item->chain.count + item->chain_dropped)
		capture_item_fault(item,
			"%zu certificates were sent and %zu are there: s_client shows all with "
			"-showcerts",
			state->listed, item->chain.count);
	else if (state->listed == 0 && state->leafs > 0)
		capture_item_fault(item, "the chain that was sent is not there: s_client shows it "
					 "with -showcerts");
	if (item->chain.count == 0 && item->outcome == OUTCOME_SERVED)
		capture_item_end(item, state->words, OUTCOME_HANDSHAKE);
	item->lists_more = true;
}

static void begin(struct s_client *state, size_t line)
{
	state->open = state->next;
	state->open.line = line;
	capture_item_reset(&state->next);
	state->part = PART_HEAD;
	state->in_pem = false;
	state->listed = state->leafs = 0;
}

/* Nothing more of this connection will come; false without memory. */
static bool end(struct capture_reading *reading)
{
	struct s_client *state = reading->state;
	struct capture_item *item = capture_reading_add(reading);

	if (!item)
		return false;
	finish(state);
	*item = state->open;
	capture_item_reset(&state->open);
	state->part = PART_BEFORE;
	state->words[0] = '\0';
	return true;
}

/* --- Lines --- */

/* "40F7...:error:8000006F:system library:BIO_connect:Connection refused:file:line:" */
static void read_error(struct s_client *state, const char *line)
{
	const char *at = strstr(line, ":error:");

	for (int colons = 0; at && colons < 4; colons++)
		at = strchr(at + 1, ':');
	if (!at || state->words[0])
		return;
	at++;
	size_t len = strcspn(at, ":");
	text_printable(at, len, state->words, sizeof state->words);
}

static bool read_pem_line(struct capture_reading *reading, const char *line)
{
	struct s_client *state = reading->state;
	struct capture_item *item = &state->open;

	if (!buf_add_text(&state->pem, line) || !buf_add_char(&state->pem, '\n')) {
		if (state->pem.len < PEM_BYTES / 2)
			return false;
		capture_item_fault(item, "a certificate in it is too long");
		state->in_pem = false;
		buf_clear(&state->pem);
		return true;
	}
	if (!begins(line, end_mark))
		return true;
	state->in_pem = false;
	if (state->part != PART_CHAIN) {
		state->leafs++;
		return true;
	}
	return capture_item_certificate(item, buf_text(&state->pem), state->pem.len);
}

/* "New, TLSv1.3, Cipher is X".  Before 1.3 it names the version of the cipher suite. */
static void read_summary(struct s_client *state, const char *line)
{
	static const char mark[] = "Cipher is ";
	struct capture_item *item = &state->open;
	const char *cipher = strstr(line, mark);

	state->part = PART_DONE;
	if (!cipher || strstr(cipher, "(NONE)"))
		return;
	cipher += sizeof mark - 1;
	item->complete = true;
	text_printable(cipher, strlen(cipher), item->cipher, sizeof item->cipher);
	if (strstr(line, "TLSv1.3"))
		(void)snprintf(item->version, sizeof item->version, "TLSv1.3");
}

static void read_session(struct capture_item *item, const char *line)
{
	const char *at = past_blanks(line), *colon = strchr(at, ':');

	if (!colon)
		return;
	const char *value = past_blanks(colon + 1);
	if (begins(at, "Protocol")) {
		const char *version = capture_words_version(value);
		if (version)
			(void)snprintf(item->version, sizeof item->version, "%s", version);
	} else if (begins(at, "Start Time")) {
		char *end;
		long long seconds = strtoll(value, &end, 10);

		item->has_time = !*end && seconds > 0;
		item->time.seconds = item->has_time ? seconds : 0;
	}
}

static bool is_chain_line(const char *line)
{
	const char *at = past_blanks(line);
	size_t digits = strspn(at, "0123456789");

	return digits > 0 && digits < 4 && begins(at + digits, " s:");
}

/* A line of a connection that goes on. */
static bool read_line(struct capture_reading *reading, const char *line)
{
	struct s_client *state = reading->state;
	struct capture_item *item = &state->open;

	if (state->in_pem)
		return read_pem_line(reading, line);
	if (begins(line, begin_mark)) {
		state->in_pem = true;
		buf_clear(&state->pem);
		return read_pem_line(reading, line);
	}
	if (begins(line, "Certificate chain"))
		state->part = PART_CHAIN;
	else if (state->part == PART_CHAIN && is_chain_line(line))
		state->listed++;
	else if (begins(line, "---") && state->part == PART_CHAIN)
		state->part = PART_REST;
	else if (begins(line, "Acceptable client certificate CA names") ||
		 begins(line, "Client Certificate Types:"))
		item->client_cert_requested = true;
	else if (strstr(line, ", Cipher is "))
		read_summary(state, line);
	else
		read_session(item, line);
	return true;
}

/* A line that stands between connections. */
static void read_between(struct s_client *state, const char *line)
{
	static const char connecting[] = "Connecting to ";

	if (begins(line, connecting))
		capture_item_address(&state->next, line + sizeof connecting - 1);
	else if (strstr(line, ":error:"))
		read_error(state, line);
}

/* Does LINE begin what is not of the connection before it? */
static bool is_news(const struct s_client *state, const char *line)
{
	return is_command(line) || begins(line, "CONNECTED(") || begins(line, "Connecting to ") ||
	       begins(line, "connect:errno=") ||
	       (state->part == PART_DONE && strstr(line, ":error:"));
}

/* False without memory. */
static bool take(struct capture_reading *reading, const char *line)
{
	struct s_client *state = reading->state;

	if (is_command(line)) {
		capture_item_reset(&state->next);
		state->words[0] = '\0';
		read_command(state, line);
		return true;
	}
	if (begins(line, "connect:errno=")) {
		begin(state, reading->lines.number);
		capture_item_end(
			&state->open, state->words[0] ? state->words : line, OUTCOME_UNREACHABLE);
		return end(reading);
	}
	if (begins(line, "CONNECTED(") ||
		(state->part == PART_BEFORE && begins(line, "Certificate chain"))) {
		begin(state, reading->lines.number);
		return begins(line, "CONNECTED(") || read_line(reading, line);
	}
	if (state->part == PART_BEFORE)
		read_between(state, line);
	else if (strstr(line, ":error:"))
		read_error(state, line);
	else
		return read_line(reading, line);
	return true;
}

static bool begin_file(struct capture_reading *reading)
{
	struct s_client *state = reading->state = calloc(1, sizeof *state);

	if (!state)
		return false;
	state->pem = (struct buf)BUF_INIT(PEM_BYTES);
	capture_item_reset(&state->next);
	return true;
}

bool capture_s_client_read(struct capture_reading *reading, struct error *err)
{
	struct error why = { .code = ERROR_NONE };

	if (!reading->state && !begin_file(reading))
		return error_set_memory(err);
	while (lines_next(&reading->lines, &why)) {
		const char *line = buf_text(&reading->lines.line);
		bool news = reading->state->part != PART_BEFORE && is_news(reading->state, line);

		if ((news && !end(reading)) || !take(reading, line))
			return error_set_memory(err);
		if (reading->items.count > 0)
			return true;
	}
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	if (reading->state->part == PART_BEFORE)
		return false;
	return end(reading) || error_set_memory(err);
}
