/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/capture/capture.h"
#include "checker/capture/capture_item.h"
#include "checker/capture/capture_json.h"

static bool read_chain(struct capture_item *item, const json_t *chain)
{
	size_t count = json_array_size(chain);

	item->lists_more = count > 0;
	for (size_t i = 0; i < count; i++) {
		const char *text = capture_json_text(json_array_get(chain, i), "certificate");

		if (!text)
			capture_item_fault(item, "a certificate of its \"chain\" has no "
						 "\"certificate\": tlsx writes it with -cert");
		else if (!capture_item_certificate(item, text, strlen(text)))
			return false;
	}
	return true;
}

/* In its mode "openssl" the chain is what s_client shows, leaf and all; in the others it is what
 * stands above the leaf. */
static bool is_repeated(const json_t *object, const json_t *chain)
{
	const char *mode = capture_json_text(object, "tls_connection");
	const char *leaf = capture_json_text(object, "certificate");
	const char *first = capture_json_text(json_array_get(chain, 0), "certificate");

	return mode && strcmp(mode, "openssl") == 0 && first && leaf && strcmp(leaf, first) == 0;
}

static bool read_served(struct capture_item *item, const json_t *object)
{
	const char *leaf = capture_json_text(object, "certificate");
	const char *mode = capture_json_text(object, "tls_connection");
	const json_t *chain = json_object_get(object, "chain");

	if (!leaf) {
		capture_item_fault(item, "there is no \"certificate\": tlsx writes it with -cert");
		return true;
	}
	/* The third mode, "ztls", may have stopped behind the certificates. */
	item->complete = mode && (strcmp(mode, "ctls") == 0 || strcmp(mode, "openssl") == 0);
	item->client_cert_requested = json_is_true(json_object_get(object, "client_cert_required"));
	capture_json_tls(item, capture_json_text(object, "tls_version"),
		capture_json_text(object, "cipher"));
	return (is_repeated(object, chain) || capture_item_certificate(item, leaf, strlen(leaf))) &&
	       read_chain(item, chain);
}

static bool read_object(struct capture_item *item, const json_t *object)
{
	const char *host = capture_json_text(object, "host"), *ip = capture_json_text(object, "ip");
	const char *sni = capture_json_text(object, "sni");
	const char *time = capture_json_text(object, "timestamp");
	const char *error = capture_json_text(object, "error");

	if (host)
		capture_item_host(item, host);
	else
		capture_item_fault(item, "there is no \"host\": is it what tlsx -json writes?");
	if (ip)
		capture_item_address(item, ip);
	if (sni)
		capture_item_sni(item, sni);
	if (time)
		capture_item_time(item, time);
	capture_json_port(item, object);
	if (!json_is_false(json_object_get(object, "probe_status")))
		return read_served(item, object);
	capture_item_end(item, error ? error : "", OUTCOME_UNREACHABLE);
	return true;
}

bool capture_tlsx_read(struct capture_reading *reading, struct error *err)
{
	bool is_bad;
	CLEANUP(capture_json_freep) json_t *object = capture_json_next(reading, &is_bad, err);

	if (!object)
		return is_bad;
	struct capture_item *item = capture_reading_add(reading);
	return (item && read_object(item, object)) || error_set_memory(err);
}
