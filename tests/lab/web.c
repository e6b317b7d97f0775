/* SPDX-License-Identifier: MIT */
#include "tests/lab/web.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "checker/base/attr.h"
#include "tests/lab/fleet.h"
#include "tests/lab/stock.h"

#define REQUEST 4096

static const char *const variants[] = { "", "/stale", "/mute", "/lapsed", "/forged" };

const char *web_variant(size_t number)
{
	return number < ARRAY_LEN(variants) ? variants[number] : NULL;
}

static void add(
	struct web *web, const char *variant, const char *file, const void *bytes, size_t len)
{
	if (web->count == WEB_PAGES)
		abort();
	struct web_page *page = &web->pages[web->count++];
	page->bytes = bytes;
	page->len = len;
	snprintf(page->path, sizeof page->path, "%s/%s", variant, file);
}

/* The retired certificate of the same name, where the CA's URL still has the old bytes. */
static const char *stale_id(const char *id)
{
	if (!strcmp(id, "ssl-ca-3-17-2025"))
		return "ssl-ca-3-17-2017";
	if (!strcmp(id, "ev-ssl-ca-3-17-2025"))
		return "ev-ssl-ca-3-17-2017";
	return id;
}

static void add_certs(struct web *web, struct stock *stock, const char *variant)
{
	bool stale = !strcmp(variant, "/stale");

	for (size_t i = 0; i < FORGE_PKI_CERTS; i++) {
		const char *id = stock->pki.ids[i];
		struct forge_cert *cert = forge_pki_find(&stock->pki, stale ? stale_id(id) : id);
		const char *pem = forge_cert_pem(&stock->pki.forge, cert);
		char file[80];

		snprintf(file, sizeof file, "%s.pem", id);
		add(web, variant, file, pem, strlen(pem));
	}
}

static struct forge_bytes list_of(struct stock *stock, const char *variant)
{
	struct instant day = stock->pki.day;
	struct forge_cert *root = forge_pki_find(&stock->pki, "root-ca-3");
	struct forge_list list = {
		.issuer = root,
		.this_update = { day.seconds - 40 * SECONDS_A_DAY },
		.next_update = { day.seconds + 20 * SECONDS_A_DAY },
		.number = 7,
	};

	if (!strcmp(variant, "/lapsed"))
		list.next_update.seconds = day.seconds - 10 * SECONDS_A_DAY;
	else if (!strcmp(variant, "/forged"))
		list.key = "rsa:false-root";
	else
		return forge_pki_arl(&stock->pki, fleet_overdue(day));
	return forge_crl(&stock->pki.forge, &list);
}

void web_init(struct web *web, struct stock *stock)
{
	web->count = 0;
	for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
		add_certs(web, stock, variants[i]);
		if (!strcmp(variants[i], "/mute"))
			continue;
		struct forge_bytes list = list_of(stock, variants[i]);
		add(web, variants[i], FORGE_PKI_ARL_FILE, list.data, list.len);
	}
}

static bool send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

static bool read_request(int fd, char request[static REQUEST])
{
	size_t len = 0;

	while (len + 1 < REQUEST) {
		ssize_t got = recv(fd, request + len, REQUEST - 1 - len, 0);

		if (got <= 0)
			return false;
		len += (size_t)got;
		request[len] = '\0';
		if (strstr(request, "\r\n\r\n"))
			return true;
	}
	return false;
}

static const struct web_page *find(const struct web *web, const char *path)
{
	for (size_t i = 0; i < web->count; i++)
		if (!strcmp(web->pages[i].path, path))
			return &web->pages[i];
	return NULL;
}

void web_talk(const struct web *web, int fd)
{
	char request[REQUEST], path[96], head[160];

	if (!read_request(fd, request))
		return;
	bool get = sscanf(request, "GET %95s HTTP/1.", path) == 1;
	const struct web_page *page = get ? find(web, path) : NULL;
	snprintf(head, sizeof head,
		"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: "
		"close\r\n\r\n",
		page ? "200 OK" : "404 Not Found", "application/octet-stream",
		page ? page->len : 0);
	if (send_all(fd, head, strlen(head)) && page)
		send_all(fd, page->bytes, page->len);
}
