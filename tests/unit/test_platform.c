/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/ssl.h>

#include "checker/observation.h"
#include "checker/platform.h"
#include "tests/peer.h"
#include "tests/trial.h"

static const struct {
	const char *line, *platform;
} greetings[] = {
	{ "220 mx.example.hk ESMTP Postfix (Debian/GNU)", "postfix" },
	{ "* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.", "dovecot" },
	{ "+OK Dovecot ready.", "dovecot" },
	{ "220 ex.example.hk Microsoft ESMTP MAIL Service ready at Mon, 1 Jun 2026", "exchange" },
	{ "* OK The Microsoft Exchange IMAP4 service is ready.", "exchange" },
	{ "+OK Microsoft Exchange Server 2007 POP3 service ready", "exchange-2007" },
	{ "220 d.example.hk ESMTP Service (IBM Domino Release 9.0.1) ready", "domino" },
	{ "220 h ESMTP Service (HCL Domino Release 12.0.2) ready", "domino" },
	{ "220 (vsFTPd 3.0.3)", "vsftpd" },
	{ "220 mx.example.hk ESMTP", NULL },
	{ "", NULL },
};

Test(platform, of_greetings)
{
	for (size_t i = 0; i < ARRAY_LEN(greetings); i++) {
		const char *got = platform_of_greeting(greetings[i].line);

		cr_expect_str_eq(got ? got : "-",
			greetings[i].platform ? greetings[i].platform : "-", "%s",
			greetings[i].line);
	}
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
	const char *descr, *head, *platform, *banner;
} heads[] = {
	{ "nginx", OK "Date: x\r\nserver: nginx/1.22.1\r\n\r\n", "nginx", "nginx/1.22.1" },
	{ "Apache", OK "Server: Apache/2.4.57 (Debian)\r\n\r\n", "apache",
		"Apache/2.4.57 (Debian)" },
	{ "Tomcat", OK "Server: Apache-Coyote/1.1\r\n\r\n", "tomcat", "Apache-Coyote/1.1" },
	{ "IIS", OK "Server: Microsoft-IIS/7.5\r\n\r\n", "iis", "Microsoft-IIS/7.5" },
	{ "Exchange 2010", OK "Server: Microsoft-IIS/7.5\r\nX-OWA-Version: 14.3.513.0\r\n\r\n",
		"exchange-2010", "Microsoft-IIS/7.5" },
	{ "Exchange 2016", OK "X-OWA-Version: 15.1.2507.6\r\nServer: Microsoft-IIS/10.0\r\n\r\n",
		"exchange-2016", "Microsoft-IIS/10.0" },
	{ "Exchange, some", OK "X-FEServer: EX1\r\n\r\n", "exchange", "" },
	{ "F5 before an nginx",
		OK "Server: nginx\r\nSet-Cookie: BIGipServerpool=1.2; path=/\r\n\r\n", "f5",
		"nginx" },
	{ "NetScaler", OK "Set-Cookie: NSC_abc=fff\r\n\r\n", "netscaler", "" },
	{ "Domino", OK "Server: Lotus-Domino\r\n\r\n", "domino", "Lotus-Domino" },
	{ "WebLogic", OK "Server: WebLogic Server 12.2\r\n\r\n", "weblogic",
		"WebLogic Server 12.2" },
	{ "says nothing", OK "Date: x\r\n\r\n", NULL, "" },
	{ "in the body only", OK "\r\nServer: nginx\r\n\r\n", NULL, "" },
	{ "another field", OK "X-Server: nginx\r\n\r\n", NULL, "" },
	{ "bare line ends, cut short", "HTTP/1.0 200 OK\nServer: lighttpd/1.4", "lighttpd",
		"lighttpd/1.4" },
	{ "what a terminal would act on", OK "Server: \x1b[31mnginx\x07\r\n\r\n", "nginx",
		"\\u{001B}[31mnginx\\u{0007}" },
	{ "nothing", "", NULL, "" },
};

Test(platform, of_heads)
{
	char banner[PLATFORM_BANNER];

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		const char *got = platform_of_http(heads[i].head, strlen(heads[i].head), banner);

		cr_expect_str_eq(got ? got : "-", heads[i].platform ? heads[i].platform : "-", "%s",
			heads[i].descr);
		cr_expect_str_eq(banner, heads[i].banner, "%s: '%s'", heads[i].descr, banner);
	}
}

Test(platform, of_a_head_that_is_too_long)
{
	char banner[PLATFORM_BANNER], head[1000] = "Server: ";

	memset(head + 8, 'a', sizeof head - 9);
	head[sizeof head - 1] = '\0';
	cr_expect_null(platform_of_http(head, strlen(head), banner));
	cr_expect_lt(strlen(banner), sizeof banner);
}

/* --- Asked over TLS --- */

/* What the server says, at once or when it was asked. */
static bool serve_words(struct peer *peer, int fd, unsigned count)
{
	SSL *ssl = SSL_new(peer->tls);
	const char *words = peer->arg;
	char question[512] = "";

	(void)count;
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && (strncmp(words, "HTTP", 4) != 0 ||
					    (SSL_read(ssl, question, sizeof question - 1) > 0 &&
						    strstr(question, "HEAD / HTTP/1.1\r\n") &&
						    strstr(question, "Host: www.example.hk\r\n"))))
		(void)SSL_write(ssl, words, (int)strlen(words));
	char end[1];
	(void)SSL_read(ssl, end, sizeof end);
	SSL_free(ssl);
	return false;
}

static const struct {
	const char *descr;
	enum protocol protocol;
	const char *words, *platform, *banner;
} servers[] = {
	{ "a web server", PROTOCOL_HTTPS, OK "Server: nginx/1.22.1\r\n\r\n", "nginx",
		"nginx/1.22.1" },
	{ "a mail server", PROTOCOL_IMAPS, "* OK Dovecot ready.\r\n", "dovecot",
		"* OK Dovecot ready." },
	{ "one that says nothing known", PROTOCOL_SMTPS, "220 mx\r\n", NULL, "220 mx" },
	{ "one that is not asked", PROTOCOL_TLS, "220 mx Postfix\r\n", NULL, NULL },
};

Test(platform, is_asked_behind_a_handshake)
{
	struct forge forge;
	struct forge_cert *chain[TRIAL_CHAIN];
	struct trial trial;
	struct peer peers[ARRAY_LEN(servers)];

	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
	trial_init(&trial);
	trial.options.probe.identify = true;
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		peers[i] = (struct peer){ .serve = serve_words, .arg = servers[i].words };
		peers[i].tls = peer_tls(
			&forge, chain, 2, TLS1_2_VERSION, i % 2 ? TLS1_2_VERSION : TLS1_3_VERSION);
		cr_assert(peer_listen(&peers[i], "127.0.0.1", 0));
		peer_start(&peers[i]);
		trial_add_at(&trial, servers[i].protocol, "127.0.0.1", peers[i].port);
	}
	trial_run(&trial);
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		const struct observation *seen = trial_result(&trial, i);

		cr_expect_eq(
			seen->outcome, OUTCOME_SERVED, "%s: %s", servers[i].descr, seen->message);
		cr_expect_eq(seen->looks.count, (size_t)0, "asking is no look");
		cr_expect_str_eq(seen->platform ? seen->platform : "-",
			servers[i].platform ? servers[i].platform : "-", "%s", servers[i].descr);
		cr_expect_str_eq(seen->banner ? seen->banner : "-",
			servers[i].banner ? servers[i].banner : "-", "%s", servers[i].descr);
		peer_stop(&peers[i]);
	}
	trial_release(&trial);
	forge_release(&forge);
}

static bool serve_smtp(struct peer *peer, int fd, unsigned count)
{
	char line[200];

	(void)peer;
	(void)count;
	peer_say(fd, "220 mx.example.hk ESMTP Postfix\r\n", -1);
	(void)peer_hear(fd, line, sizeof line);
	peer_say(fd, "250-mx\r\n250 STARTTLS\r\n", -1);
	(void)peer_hear(fd, line, sizeof line);
	peer_say(fd, "220 go\r\n", -1);
	return peer_shake(peer, fd, count);
}

Test(platform, is_in_the_greeting_before_tls)
{
	struct forge forge;
	struct forge_cert *chain[TRIAL_CHAIN];
	struct trial trial;
	struct peer peer = { .serve = serve_smtp };

	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
	trial_init(&trial);
	peer.tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	cr_assert(peer_listen(&peer, "127.0.0.1", 0));
	peer_start(&peer);
	for (size_t i = 0; i < 2; i++) {
		trial.options.probe.identify = i == 1;
		trial_add_at(&trial, PROTOCOL_SMTP, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *seen = trial_result(&trial, i);
		cr_expect_eq(seen->outcome, OUTCOME_SERVED, "%s", seen->message);
		cr_expect_str_eq(seen->platform ? seen->platform : "-", i ? "postfix" : "-");
	}
	cr_expect_eq(atomic_load(&peer.count), 2u, "no connection more than without");
	peer_stop(&peer);
	trial_release(&trial);
	forge_release(&forge);
}
