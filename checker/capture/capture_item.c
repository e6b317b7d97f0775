/* SPDX-License-Identifier: MIT */
#include "checker/capture/capture_item.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/capture/capture_words.h"
#include "checker/cert/pem.h"
#include "checker/target/name.h"

static void drop_chain(struct capture_item *item)
{
	for (size_t i = 0; i < item->chain.count; i++)
		free(item->chain.items[i].bytes);
	free(item->chain.items);
}

void capture_item_reset(struct capture_item *item)
{
	*item = (struct capture_item){ .protocol = PROTOCOL_TLS };
}

void capture_item_release(struct capture_item *item)
{
	drop_chain(item);
	capture_item_reset(item);
}

void capture_item_fault(struct capture_item *item, const char *fmt, ...)
{
	va_list args;

	if (item->fault[0])
		return;
	va_start(args, fmt);
	phrase_vsay(item->fault, sizeof item->fault, fmt, args);
	va_end(args);
}

/* Text of a capture for a message. */
static void show(const char *text, char out[static 80])
{
	text_printable(text, strlen(text), out, 80);
}

static bool read_host(const char *text, char out[static LIMIT_HOST_BYTES], struct error *err)
{
	char address[LIMIT_ADDRESS_BYTES];

	if (!name_canonical_address(text, address))
		return name_to_ascii(text, strlen(text), false, out, err);
	memcpy(out, address, strlen(address) + 1);
	return true;
}

void capture_item_host(struct capture_item *item, const char *text)
{
	struct error why = { .code = ERROR_NONE };
	char shown[80];

	show(text, shown);
	if (!read_host(text, item->host, &why))
		capture_item_fault(item, "host \"%s\": %s", shown, why.said);
}

void capture_item_address(struct capture_item *item, const char *text)
{
	char shown[80];

	show(text, shown);
	if (!name_canonical_address(text, item->address))
		capture_item_fault(item, "\"%s\" is no address", shown);
}

/* An address is no server name (RFC 6066, 3), whatever a program calls it. */
void capture_item_sni(struct capture_item *item, const char *text)
{
	struct error why = { .code = ERROR_NONE };
	int family;
	char shown[80];

	show(text, shown);
	if (!name_is_address(text, &family) &&
		!name_to_ascii(text, strlen(text), false, item->sni, &why))
		capture_item_fault(item, "server name \"%s\": %s", shown, why.said);
}

void capture_item_port(struct capture_item *item, const char *text)
{
	char shown[80], *end;
	unsigned long port = strtoul(text, &end, 10);

	show(text, shown);
	if (text[0] < '0' || text[0] > '9' || *end || port == 0 || port > UINT16_MAX)
		capture_item_fault(item, "\"%s\" is no port", shown);
	else
		item->port = (uint16_t)port;
}

void capture_item_time(struct capture_item *item, const char *text)
{
	char shown[80];

	show(text, shown);
	item->has_time = instant_parse(text, &item->time);
	if (!item->has_time)
		capture_item_fault(item, "\"%s\" is no time as RFC 3339 has it", shown);
}

/* To the base64 between the lines of a PEM block, and no further; all of it when it is none. */
static void narrow(struct pem_cursor *text)
{
	char label[PEM_LABEL_BYTES];
	struct pem_cursor block = *text, end;

	if (!pem_skip_to(&block, pem_begin) || !pem_read_label(&block, pem_begin, label))
		return;
	end = block;
	*text = block;
	if (pem_skip_to(&end, pem_end))
		text->end = end.at;
}

static bool keep(struct capture_item *item, const uint8_t *der, size_t len)
{
	struct der copy = { .bytes = (uint8_t *)text_copy((const char *)der, len), .len = len };

	if (!copy.bytes || !vec_reserve(&item->chain)) {
		free(copy.bytes);
		return false;
	}
	item->chain.items[item->chain.count++] = copy;
	return true;
}

bool capture_item_certificate(struct capture_item *item, const char *text, size_t len)
{
	struct pem_cursor base64 = { .at = text, .end = text + len, .line = 1 };
	size_t der_len = 0;

	if (item->chain.count == LIMIT_CHAIN) {
		item->chain_dropped++;
		return true;
	}
	narrow(&base64);
	uint8_t *der = malloc((size_t)(base64.end - base64.at) + 3);
	if (!der)
		return false;
	bool good = pem_decode(&base64, der, &der_len) && der_len > 0;
	if (!good)
		capture_item_fault(item, "a certificate in it is neither PEM nor base64");
	good = !good || keep(item, der, der_len);
	free(der);
	return good;
}

void capture_item_end(struct capture_item *item, const char *words, enum outcome otherwise)
{
	text_printable(words, strlen(words), item->why, sizeof item->why);
	item->outcome = capture_words_outcome(words, otherwise);
}

struct capture_item *capture_reading_add(struct capture_reading *reading)
{
	if (!vec_reserve(&reading->items))
		return NULL;
	struct capture_item *item = &reading->items.items[reading->items.count++];

	capture_item_reset(item);
	item->line = reading->lines.number;
	reading->found++;
	return item;
}
