/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/capture/capture_item.h"
#include "checker/capture/capture_json.h"
#include "checker/capture/capture_words.h"

/* Cipher suites of TLS 1.3 are its alone (RFC 8446, B.4), and its ServerHello says 1.2 (4.1.3). */
#define SUITES_OF_TLS13 0x1300

/* What a module speaks, as zgrab2 calls it; others are looked at only when they have a handshake.
 */
static bool protocol_of(const char *name, enum protocol *ret_protocol)
{
	static const struct {
		const char *name;
		enum protocol protocol;
	} known[] = {
		{ "tls", PROTOCOL_TLS },
		{ "http", PROTOCOL_HTTPS },
		{ "smtp", PROTOCOL_SMTP },
		{ "imap", PROTOCOL_IMAP },
		{ "pop3", PROTOCOL_POP3 },
		{ "ftp", PROTOCOL_FTP },
		{ "postgres", PROTOCOL_POSTGRES },
		{ "mysql", PROTOCOL_MYSQL },
	};

	for (size_t i = 0; name && i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].name, name) == 0) {
			*ret_protocol = known[i].protocol;
			return true;
		}
	*ret_protocol = PROTOCOL_TLS;
	return false;
}

/* The log of TLS with the target itself.  What http was redirected to is another server. */
static const json_t *handshake_of(const json_t *result)
{
	const json_t *redirects = json_object_get(result, "redirect_response_chain");
	const json_t *response = json_array_size(redirects) > 0
					 ? json_array_get(redirects, 0)
					 : json_object_get(result, "response");
	const json_t *request = json_object_get(response, "request");
	const json_t *const logs[] = { result, json_object_get(result, "tls"),
		json_object_get(result, "tls_log"), json_object_get(request, "tls_log") };

	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		const json_t *handshake = json_object_get(logs[i], "handshake_log");
		if (json_is_object(handshake))
			return handshake;
	}
	return NULL;
}

static bool read_certificate(struct capture_item *item, const json_t *certificate)
{
	const char *raw = capture_json_text(certificate, "raw");

	if (raw)
		return capture_item_certificate(item, raw, strlen(raw));
	capture_item_fault(item, "a certificate of the handshake has no \"raw\"");
	return true;
}

static bool read_certificates(struct capture_item *item, const json_t *certificates)
{
	const json_t *chain = json_object_get(certificates, "chain");

	if (!read_certificate(item, json_object_get(certificates, "certificate")))
		return false;
	for (size_t i = 0; i < json_array_size(chain); i++)
		if (!read_certificate(item, json_array_get(chain, i)))
			return false;
	return true;
}

static bool read_handshake(struct capture_item *item, const json_t *handshake)
{
	const json_t *hello = json_object_get(handshake, "server_hello");
	const json_t *suite = json_object_get(hello, "cipher_suite");
	const json_t *certificates = json_object_get(handshake, "server_certificates");
	const char *asked = capture_json_text(
		json_object_get(handshake, "client_hello"), "server_name");
	json_int_t number = json_integer_value(json_object_get(suite, "value"));

	capture_json_tls(item,
		(number & 0xff00) == SUITES_OF_TLS13
			? "TLSv1.3"
			: capture_json_text(json_object_get(hello, "version"), "name"),
		capture_json_text(suite, "name"));
	if (asked)
		capture_item_sni(item, asked);
	item->complete = json_is_object(json_object_get(handshake, "server_finished"));
	item->lists_more = true; /* the log is of the whole message */
	return !json_is_object(certificates) || read_certificates(item, certificates);
}

static bool read_module(struct capture_reading *reading, const json_t *grab, const json_t *module)
{
	const json_t *handshake = handshake_of(json_object_get(module, "result"));
	const char *status = capture_json_text(module, "status");
	const char *error = capture_json_text(module, "error");
	const char *domain = capture_json_text(grab, "domain"), *ip = capture_json_text(grab, "ip");
	const char *time = capture_json_text(module, "timestamp");
	enum protocol protocol;
	bool served = status && strcmp(status, "success") == 0;
	bool known = protocol_of(capture_json_text(module, "protocol"), &protocol);

	/* Something without TLS: another protocol, or http without it. */
	if (!handshake && (!known || served))
		return true;
	struct capture_item *item = capture_reading_add(reading);
	if (!item)
		return false;
	item->protocol = protocol;
	if (domain || ip)
		capture_item_host(item, domain ? domain : ip);
	else
		capture_item_fault(item, "there is neither a \"domain\" nor an \"ip\"");
	if (domain)
		capture_item_sni(item, domain);
	if (ip)
		capture_item_address(item, ip);
	if (time)
		capture_item_time(item, time);
	capture_json_port(item, module);
	/* Its status calls much a timeout that is none, so the error's own words come first. */
	if (!served)
		capture_item_end(item,
			error    ? error
			: status ? status
				 : "",
			capture_words_outcome(status ? status : "", OUTCOME_UNREACHABLE));
	return !handshake || read_handshake(item, handshake);
}

bool capture_zgrab2_read(struct capture_reading *reading, struct error *err)
{
	const char *name;
	json_t *module;

	while (reading->items.count == 0) {
		bool is_bad;
		CLEANUP(capture_json_freep)
		json_t *grab = capture_json_next(reading, &is_bad, err);
		if (!grab)
			return is_bad;
		json_t *data = json_object_get(grab, "data");
		if (!json_is_object(data) || json_object_size(data) > LIMIT_CAPTURE_MODULES) {
			struct capture_item *item = capture_reading_add(reading);
			if (!item)
				return error_set_memory(err);
			capture_item_fault(item, "there is no \"data\": is it what zgrab2 writes?");
			return true;
		}
		json_object_foreach(data, name, module)
		{
			if (!read_module(reading, grab, module))
				return error_set_memory(err);
		}
	}
	return true;
}
