/* SPDX-License-Identifier: MIT */
#include "tests/memory/town.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ssl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "tests/forge.h"
#include "tests/peer.h"

#define NAME "www.example.hk"

enum server { WEB, GOOD, RETIRED, MAIL, PLAIN, SERVERS };

struct site {
	struct forge_pki pki;
	struct forge_bytes arl, staple;
	struct peer peers[SERVERS];
	uint16_t closed; /* a port where nobody listens */
};

void town_path(const struct town *town, const char *name, char path[static TOWN_PATH])
{
	int len = snprintf(path, TOWN_PATH, "%s/%s", town->folder, name);

	forge_must(len > 0 && len < TOWN_PATH, "a path");
}

static void town_write(const struct town *town, const char *name, const char *text)
{
	char path[TOWN_PATH];

	town_path(town, name, path);
	FILE *file = fopen(path, "w");
	forge_must(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

/* --- What the servers do --- */

static void send_page(int fd, const void *bytes, size_t len)
{
	char head[120];

	(void)snprintf(head, sizeof head,
		"HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", len);
	peer_write(fd, head, strlen(head));
	peer_write(fd, bytes, len);
}

static bool serve_web(struct peer *peer, int fd, unsigned count)
{
	struct site *site = (struct site *)(uintptr_t)peer->arg;
	char first[256], line[256], id[80];

	(void)count;
	if (!peer_hear(fd, first, sizeof first))
		return false;
	while (peer_hear(fd, line, sizeof line) && line[0])
		;
	if (strstr(first, FORGE_PKI_ARL_FILE)) {
		send_page(fd, site->arl.data, site->arl.len);
	} else if (sscanf(first, "GET /%79[^. ].pem ", id) == 1) {
		const char *pem = forge_cert_pem(&site->pki.forge, forge_pki_find(&site->pki, id));
		send_page(fd, pem, strlen(pem));
	}
	return false;
}

static bool serve_mail(struct peer *peer, int fd, unsigned count)
{
	char line[256];

	peer_say(fd, "220 mail\r\n", -1);
	(void)peer_hear(fd, line, sizeof line);
	peer_say(fd, "250-mail\r\n250 STARTTLS\r\n", -1);
	(void)peer_hear(fd, line, sizeof line);
	peer_say(fd, "220 go on\r\n", -1);
	return peer_shake(peer, fd, count);
}

static bool serve_plain(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_swallow(fd);
	peer_say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", -1);
	return false;
}

static int add_staple(SSL *ssl, void *arg)
{
	const struct forge_bytes *staple = arg;
	unsigned char *copy = OPENSSL_memdup(staple->data, staple->len);

	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)staple->len);
	return SSL_TLSEXT_ERR_OK;
}

/* --- Setting up --- */

static SSL_CTX *serve_chain(struct site *site, const char *issuer, int version)
{
	struct instant usual = { 0 };
	struct forge_cert *chain[] = { forge_leaf(&site->pki, issuer, NAME, usual, usual),
		forge_pki_find(&site->pki, issuer),
		forge_pki_find(&site->pki, "root-ca-3-cross-2022") };
	SSL_CTX *tls = peer_tls(&site->pki.forge, chain, ARRAY_LEN(chain), version, version);

	site->staple = forge_ocsp(&site->pki.forge, &(struct forge_ocsp){
							    .leaf = chain[0],
							    .issuer = chain[1],
							    .status = FORGE_GOOD,
							    .this_update = forge_day("2026-01-14"),
							    .next_update = forge_day("2026-01-20"),
						    });
	return tls;
}

static void site_prepare(struct site *site)
{
	static bool (*const serve[SERVERS])(struct peer *, int, unsigned) = { [WEB] = serve_web,
		[GOOD] = peer_shake,
		[RETIRED] = peer_shake,
		[MAIL] = serve_mail,
		[PLAIN] = serve_plain };
	struct peer closed = { 0 };
	char url[64];

	forge_must(peer_listen(&closed, "127.0.0.1", 0), "a port");
	site->closed = closed.port;
	for (enum server i = 0; i < SERVERS; i++) {
		site->peers[i].serve = serve[i];
		site->peers[i].arg = site;
		forge_must(peer_listen(&site->peers[i], "127.0.0.1", 0), "a server");
	}
	(void)close(closed.listener);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)site->peers[WEB].port);
	forge_pki_init(&site->pki, forge_day(TOWN_DAY), FORGE_KEYS_FAST, url);
	site->arl = forge_pki_arl(&site->pki, true);
	site->peers[RETIRED].tls = serve_chain(site, "ssl-ca-3-17-2017", TLS1_2_VERSION);
	site->peers[MAIL].tls = serve_chain(site, "ev-ssl-ca-3-17-2025", TLS1_2_VERSION);
	site->peers[GOOD].tls = serve_chain(site, "ssl-ca-3-17-2025", TLS1_3_VERSION);
	SSL_CTX_set_tlsext_status_cb(site->peers[GOOD].tls, add_staple);
	SSL_CTX_set_tlsext_status_arg(site->peers[GOOD].tls, &site->staple);
}

/* Names of all servers that speak TLS, and now and then of the others. */
static void write_crowd(const struct town *town, const struct site *site)
{
	static const enum server servers[] = { GOOD, RETIRED, GOOD, MAIL, RETIRED, PLAIN };
	struct buf text = BUF_INIT(65536);

	for (unsigned i = 0; i < TOWN_CROWD; i++) {
		enum server server = servers[i % ARRAY_LEN(servers)];

		(void)buf_addf(&text, "%s://h%u.example.hk@127.0.0.1:%u\n",
			server == MAIL ? "smtp" : "https", i, (unsigned)site->peers[server].port);
	}
	town_write(town, TOWN_CROWD_FILE, buf_text(&text));
	buf_release(&text);
}

static void write_files(const struct town *town, struct site *site)
{
	const struct peer *peers = site->peers;
	struct forge *forge = &site->pki.forge;
	const char *r3 = forge_cert_pem(forge, forge_pki_find(&site->pki, "globalsign-r3"));
	char text[8192], url[64];

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)peers[WEB].port);
	town_write(town, "profile.yaml", forge_pki_profile(&site->pki, url));
	town_write(town, "stock-java.pem", r3);
	town_write(town, "legacy-devices.pem", r3);
	(void)snprintf(text, sizeof text, "%s%s", r3,
		forge_cert_pem(forge, forge_pki_find(&site->pki, "root-ca-3")));
	town_write(town, "current.pem", text);
	town_write(town, "hosts", "127.0.0.1 " NAME "\n");
	(void)snprintf(text, sizeof text,
		"https://" NAME ":%u\n" /* by its name */
		"https://" NAME "@127.0.0.1:%u\n"
		"smtp://" NAME "@127.0.0.1:%u\n"
		"https://" NAME "@127.0.0.1:%u\n"
		"https://" NAME "@127.0.0.1:%u\n"
		"https://127.0.0.1:%u\n",
		(unsigned)peers[GOOD].port, (unsigned)peers[RETIRED].port,
		(unsigned)peers[MAIL].port, (unsigned)peers[PLAIN].port, (unsigned)site->closed,
		(unsigned)peers[GOOD].port);
	town_write(town, TOWN_TARGETS_FILE, text);
	write_crowd(town, site);
}

static _Noreturn void serve_until(struct site *site, int lifeline)
{
	char nothing;

	for (enum server i = 0; i < SERVERS; i++)
		peer_start(&site->peers[i]);
	while (read(lifeline, &nothing, 1) > 0)
		;
	/* Memory goes with the process: nobody looks for leaks in here. */
	_exit(EXIT_SUCCESS);
}

void town_open(struct town *town)
{
	static const char template[] = "/tmp/chainmend-memory-XXXXXX";
	struct site *site = calloc(1, sizeof *site);
	int ends[2];

	memcpy(town->folder, template, sizeof template);
	forge_must(site && mkdtemp(town->folder) && pipe(ends) == 0, "a folder");
	site_prepare(site);
	write_files(town, site);
	town->servers = fork();
	forge_must(town->servers >= 0, "a process");
	if (town->servers == 0) {
		(void)close(ends[1]);
		serve_until(site, ends[0]);
	}
	(void)close(ends[0]);
	town->lifeline = ends[1];
	for (enum server i = 0; i < SERVERS; i++) {
		(void)close(site->peers[i].listener);
		SSL_CTX_free(site->peers[i].tls);
	}
	forge_pki_release(&site->pki);
	free(site);
}

static void remove_folder(const char *folder, unsigned depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char path[512];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (unlink(path) != 0 && depth > 0)
			remove_folder(path, depth - 1);
	}
	if (dir)
		(void)closedir(dir);
	(void)rmdir(folder);
}

void town_close(struct town *town)
{
	(void)close(town->lifeline);
	(void)waitpid(town->servers, NULL, 0);
	remove_folder(town->folder, 3);
}
