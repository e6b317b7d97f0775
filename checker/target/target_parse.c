/* SPDX-License-Identifier: MIT */
#include "checker/target/target_parse.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/target/name.h"

#define PORT_MAX 65535
#define WORD_BYTES 64 /* of a word that is quoted in a reason */

/* A part of the text that is being parsed. */
struct span {
	const char *text;
	size_t len;
	size_t at; /* of its first byte in the whole */
};

static struct span span_cut(struct span span, size_t from, size_t to)
{
	return (struct span){ .text = span.text + from, .len = to - from, .at = span.at + from };
}

/* The place of the first of SET in SPAN; its length when there is none. */
static size_t span_find(struct span span, const char *set)
{
	size_t i = 0;

	while (i < span.len && (span.text[i] == '\0' || !strchr(set, span.text[i])))
		i++;
	return i;
}

static bool span_fault(struct span span, struct target_fault *fault, const char *reason)
{
	char word[WORD_BYTES], why[WORD_BYTES + 60];

	text_printable(span.text, span.len, word, sizeof word);
	phrase_from(why, sizeof why, reason);
	return target_fault_set(fault, span.at, "\"%s\" %s", word, why);
}

/* A copy ended by NUL; false when it does not fit or holds a NUL itself. */
static bool span_copy(struct span span, char *out, size_t size)
{
	if (span.len >= size || memchr(span.text, '\0', span.len))
		return false;
	memcpy(out, span.text, span.len);
	out[span.len] = '\0';
	return true;
}

static bool parse_port(struct span span, uint16_t *ret_port, struct target_fault *fault)
{
	char digits[WORD_BYTES];
	uint64_t port;

	if (span.len == 0)
		return target_fault_set(fault, span.at, "no port after \":\"");
	if (!span_copy(span, digits, sizeof digits) || !text_to_uint(digits, PORT_MAX, &port) ||
		port == 0)
		return span_fault(span, fault, "is not a port, a number from 1 to 65535");
	*ret_port = (uint16_t)port;
	return true;
}

static bool parse_protocol(
	struct span span, enum protocol *ret_protocol, struct target_fault *fault)
{
	char name[WORD_BYTES], known[256] = "";

	if (span_copy(span, name, sizeof name) && protocol_by_name(name, ret_protocol))
		return true;

	for (size_t i = 0, at = 0; i < PROTOCOL_COUNT; i++) {
		if (at < sizeof known)
			at += (size_t)snprintf(known + at, sizeof known - at, "%s%s",
				at ? ", " : "", protocol_info((enum protocol)i)->name);
	}
	text_printable(span.text, span.len, name, sizeof name);
	return target_fault_set(
		fault, span.at, "unknown protocol \"%s\"; known are %s", name, known);
}

/* Without the brackets that an IPv6 literal may have. */
static struct span span_unbracket(struct span span)
{
	if (span.len > 2 && span.text[0] == '[' && span.text[span.len - 1] == ']' &&
		memchr(span.text, ':', span.len))
		return span_cut(span, 1, span.len - 1);
	return span;
}

/* A literal in its canonical form and its family, which is 0 when SPAN is none. */
static int parse_literal(struct span span, char out[static LIMIT_ADDRESS_BYTES])
{
	char text[LIMIT_ADDRESS_BYTES];
	int family;

	if (!span_copy(span, text, sizeof text) || !name_is_address(text, &family) ||
		!name_canonical_address(text, out))
		return 0;
	return family;
}

static bool parse_host(struct span span, struct target_draft *draft, struct target_fault *fault)
{
	struct span plain = span_unbracket(span);

	draft->family = parse_literal(plain, draft->host);
	if (draft->family != 0)
		return true;
	if (plain.len != span.len || memchr(span.text, ':', span.len)) {
		if (memchr(span.text, '%', span.len))
			return span_fault(plain, fault,
				"has a zone: such an address means something on one link only");
		return span_fault(plain, fault, "is not an IPv6 address");
	}
	if (memchr(span.text, ',', span.len))
		return target_fault_set(fault, span.at + span_find(span, ","),
			"a comma is not allowed in a host name (a CSV file begins with a line of "
			"column names, one of them \"host\")");
	if (name_to_ascii(span.text, span.len, false, draft->host, &fault->why))
		return true;
	fault->at = span.at;
	return false;
}

static bool parse_address(
	struct span span, char out[static LIMIT_ADDRESS_BYTES], struct target_fault *fault)
{
	struct span plain = span_unbracket(span);

	if (span.len == 0)
		return target_fault_set(fault, span.at, "no address after \"@\"");
	if (parse_literal(plain, out) == 0)
		return span_fault(span, fault, "is not an IPv4 or IPv6 address");
	return true;
}

/* The part behind the slash of a range; the host is the address before it. */
static bool parse_prefix(struct span span, struct target_draft *draft, struct target_fault *fault)
{
	uint64_t all = draft->family == AF_INET ? 32 : 128, prefix;
	char digits[WORD_BYTES], reason[WORD_BYTES + 40];

	if (draft->family == 0)
		return target_fault_set(fault, span.at - 1,
			"only an address has a prefix length, and a path needs a scheme");
	phrase_say(
		reason, sizeof reason, "is not a prefix length, a number from 0 to %d", (int)all);
	if (!span_copy(span, digits, sizeof digits) || !text_to_uint(digits, all, &prefix))
		return span_fault(span, fault, reason);
	if (all - prefix > LIMIT_CIDR_BITS)
		return target_fault_set(fault, span.at,
			"the range has 2^%d addresses, more than the 2^%d that one target may have",
			(int)(all - prefix), LIMIT_CIDR_BITS);
	draft->prefix = (int)prefix;
	return true;
}

/* ":PORT" or nothing. */
static bool parse_port_part(
	struct span span, struct target_draft *draft, struct target_fault *fault)
{
	if (span.len == 0)
		return true;
	if (span.text[0] != ':')
		return span_fault(span, fault, "is left over; a port begins with \":\"");
	return parse_port(span_cut(span, 1, span.len), &draft->port, fault);
}

/* How much of SPAN is the host, brackets included: up to the port or to the end. */
static size_t host_len(struct span span)
{
	size_t colon = span_find(span, ":");

	if (span.len > 0 && span.text[0] == '[') {
		size_t close = span_find(span, "]");

		return close < span.len ? close + 1 : close;
	}
	/* Two colons, and it is an IPv6 address without brackets, which cannot have a port. */
	if (colon < span.len && memchr(span.text + colon + 1, ':', span.len - colon - 1))
		return span.len;
	return colon;
}

/* "[V6/PREFIX]" with an optional port. */
static bool parse_bracketed_range(
	struct span span, struct target_draft *draft, struct target_fault *fault)
{
	size_t slash = span_find(span, "/"), close = span_find(span, "]");

	if (!parse_host(span_cut(span, 1, slash), draft, fault) ||
		!parse_prefix(span_cut(span, slash + 1, close), draft, fault))
		return false;
	if (draft->family != AF_INET6)
		return span_fault(span_cut(span, 1, slash), fault, "is not an IPv6 address");
	return parse_port_part(span_cut(span, close + 1, span.len), draft, fault);
}

/* True for "/24" and "/24:443", which behind an address are no path. */
static bool is_prefix_part(struct span span)
{
	size_t i = 1;

	while (i < span.len && span.text[i] >= '0' && span.text[i] <= '9')
		i++;
	return i > 1 && (i == span.len || span.text[i] == ':');
}

/* HOST[:PORT], [V6]:PORT, CIDR[:PORT], then a path when there was a scheme. */
static bool parse_service(struct span span, struct target_draft *draft, struct target_fault *fault)
{
	size_t slash = span_find(span, draft->has_protocol ? "/?#" : "/");
	struct span service = span_cut(span, 0, slash), rest = span_cut(span, slash, span.len);
	size_t close = span_find(span, "]");

	if (span.text[0] == '[' && slash < close && close < span.len)
		return parse_bracketed_range(span, draft, fault);

	size_t end = host_len(service);
	if (end == 0)
		return target_fault_set(fault, span.at, "no host");
	if (!parse_host(span_cut(service, 0, end), draft, fault) ||
		!parse_port_part(span_cut(service, end, service.len), draft, fault))
		return false;
	if (rest.len == 0 || (draft->has_protocol && rest.text[0] != '/'))
		return true;

	bool is_prefix = draft->family != 0 && draft->port == 0 && is_prefix_part(rest);
	if (draft->has_protocol && !is_prefix)
		return true;
	if (draft->port != 0)
		return span_fault(rest, fault, "is left over; the port of a range comes last");
	size_t colon = draft->family != 0 ? span_find(rest, ":") : rest.len;
	return parse_prefix(span_cut(rest, 1, colon), draft, fault) &&
	       parse_port_part(span_cut(rest, colon, rest.len), draft, fault);
}

/* NAME@ADDRESS[:PORT]; AT is the place of the "@". */
static bool parse_pinned(
	struct span span, size_t at, struct target_draft *draft, struct target_fault *fault)
{
	struct target_draft where = { .prefix = -1, .has_protocol = draft->has_protocol };
	struct span behind = span_cut(span, at + 1, span.len);

	if (at == 0)
		return target_fault_set(fault, span.at, "no name before \"@\"");
	if (!parse_host(span_cut(span, 0, at), draft, fault))
		return false;
	if (behind.len == 0)
		return parse_address(behind, draft->address, fault);
	if (memchr(behind.text, '@', span_find(behind, "/?#")))
		return target_fault_set(
			fault, behind.at + span_find(behind, "@"), "a second \"@\"");
	if (!parse_service(behind, &where, fault))
		return false;
	if (where.prefix >= 0)
		return target_fault_set(
			fault, behind.at, "only one address can follow \"@\", not a range");
	if (where.family == 0)
		return span_fault(span_cut(behind, 0, host_len(behind)), fault,
			"is not an IPv4 or IPv6 address");
	memcpy(draft->address, where.host, strlen(where.host) + 1);
	draft->port = where.port;
	return true;
}

/* What is not written follows from what is: the port from the protocol, SNI from the name. */
static void settle(struct target_draft *draft)
{
	if (draft->port == 0)
		draft->port = protocol_info(draft->protocol)->port;
	if (draft->family == 0 && draft->sni[0] == '\0')
		memcpy(draft->sni, draft->host, strlen(draft->host) + 1);
	if (draft->family != 0 && draft->address[0] == '\0' && draft->prefix < 0)
		memcpy(draft->address, draft->host, strlen(draft->host) + 1);
}

static bool parse_written(struct span span, struct target_draft *draft, struct target_fault *fault)
{
	size_t scheme = 0;

	while (scheme + 2 < span.len && memcmp(span.text + scheme, "://", 3) != 0)
		scheme++;
	if (scheme + 2 < span.len) {
		if (!parse_protocol(span_cut(span, 0, scheme), &draft->protocol, fault))
			return false;
		draft->has_protocol = true;
		span = span_cut(span, scheme + 3, span.len);
	}
	if (span.len == 0)
		return target_fault_set(fault, span.at, "no host");

	struct span authority = span_cut(
		span, 0, span_find(span, draft->has_protocol ? "/?#" : ""));
	size_t at = span_find(authority, "@");
	if (at < authority.len)
		return parse_pinned(span, at, draft, fault);
	return parse_service(span, draft, fault);
}

bool target_parse(
	const char *text, size_t len, struct target_draft *ret_draft, struct target_fault *fault)
{
	struct target_draft draft = { .protocol = PROTOCOL_HTTPS, .prefix = -1 };

	if (!parse_written((struct span){ .text = text, .len = len, .at = 0 }, &draft, fault))
		return false;
	settle(&draft);
	*ret_draft = draft;
	return true;
}

struct target_cell *target_row_cell(struct target_row *row, const char *name)
{
	const struct {
		const char *name;
		struct target_cell *cell;
	} cells[] = {
		{ "host", &row->host },
		{ "port", &row->port },
		{ "protocol", &row->protocol },
		{ "address", &row->address },
		{ "sni", &row->sni },
	};

	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		if (strcmp(cells[i].name, name) == 0)
			return cells[i].cell;
	return NULL;
}

bool target_row_mark(struct target_row *row, const char *name, const char *value, size_t at,
	struct target_fault *fault)
{
	char shown[WORD_BYTES];

	text_printable(name, strlen(name), shown, sizeof shown);
	if (name[0] == '\0')
		return target_fault_set(fault, at, "a label without a name");
	for (size_t i = 0; i < row->mark_count; i++)
		if (strcmp(row->marks[i].name, name) == 0)
			return target_fault_set(
				fault, at, "the label \"%s\" is given twice", shown);
	if (row->mark_count >= LIMIT_LABELS)
		return target_fault_set(fault, at, "more than %d labels", LIMIT_LABELS);
	row->marks[row->mark_count++] = (struct target_mark){ .name = name, .value = value };
	return true;
}

static struct span cell_span(const struct target_cell *cell)
{
	return (struct span){ .text = cell->text, .len = strlen(cell->text), .at = cell->at };
}

static bool row_protocol(
	const struct target_row *row, struct target_draft *draft, struct target_fault *fault)
{
	enum protocol protocol;

	if (!row->protocol.text)
		return true;
	if (!parse_protocol(cell_span(&row->protocol), &protocol, fault))
		return false;
	if (draft->has_protocol && draft->protocol != protocol)
		return target_fault_set(fault, row->protocol.at,
			"the protocol \"%s\" contradicts \"%s\" in the host",
			protocol_info(protocol)->name, protocol_info(draft->protocol)->name);
	draft->protocol = protocol;
	return true;
}

static bool row_port(
	const struct target_row *row, struct target_draft *draft, struct target_fault *fault)
{
	uint16_t port;

	if (!row->port.text)
		return true;
	if (!parse_port(cell_span(&row->port), &port, fault))
		return false;
	if (draft->port != 0 && draft->port != port)
		return target_fault_set(fault, row->port.at,
			"the port %d contradicts %d in the host", (int)port, (int)draft->port);
	draft->port = port;
	return true;
}

static bool row_address(
	const struct target_row *row, struct target_draft *draft, struct target_fault *fault)
{
	char address[LIMIT_ADDRESS_BYTES];

	if (!row->address.text)
		return true;
	if (!parse_address(cell_span(&row->address), address, fault))
		return false;
	if (draft->prefix >= 0)
		return target_fault_set(
			fault, row->address.at, "an address contradicts the range in the host");
	if (draft->address[0] != '\0' && strcmp(draft->address, address) != 0)
		return target_fault_set(fault, row->address.at,
			"the address %s contradicts %s in the host", address, draft->address);
	memcpy(draft->address, address, strlen(address) + 1);
	if (!row->host.text) {
		memcpy(draft->host, address, strlen(address) + 1);
		(void)name_is_address(address, &draft->family);
	}
	return true;
}

static bool row_sni(
	const struct target_row *row, struct target_draft *draft, struct target_fault *fault)
{
	char literal[LIMIT_ADDRESS_BYTES];

	if (!row->sni.text)
		return true;
	struct span span = cell_span(&row->sni);
	fault->at = span.at;
	if (parse_literal(span_unbracket(span), literal) != 0)
		return span_fault(span, fault, "is an address; SNI is a name (RFC 6066, 3)");
	return name_to_ascii(span.text, span.len, false, draft->sni, &fault->why);
}

bool target_row_parse(
	const struct target_row *row, struct target_draft *ret_draft, struct target_fault *fault)
{
	struct target_draft draft = { .protocol = PROTOCOL_HTTPS, .prefix = -1 };

	if (!row->host.text && !row->address.text)
		return target_fault_set(fault, 0, "neither a host nor an address");
	if (row->host.text && !parse_written(cell_span(&row->host), &draft, fault)) {
		fault->at = row->exact ? fault->at : row->host.at;
		return false;
	}
	if (!row_protocol(row, &draft, fault) || !row_port(row, &draft, fault) ||
		!row_address(row, &draft, fault) || !row_sni(row, &draft, fault))
		return false;
	settle(&draft);
	*ret_draft = draft;
	return true;
}
