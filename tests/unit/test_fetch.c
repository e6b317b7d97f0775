/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/engine/fetch.h"
#include "tests/peer.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n"

static char folder[] = "/tmp/chainmend-fetch.XXXXXX";
static char cache[sizeof folder + 32];

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(cache, sizeof cache, "%s/a/b", folder);
	/* Whatever proxy is set where this runs has no part in it. */
	(void)setenv("no_proxy", "*", 1);
}

/* Files of a folder, dots aside; each is removed. */
static size_t empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		char name[1024];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		(void)unlink(name);
		count++;
	}
	if (dir)
		(void)closedir(dir);
	return count;
}

static void tear_down(void)
{
	char parent[sizeof cache];

	(void)snprintf(parent, sizeof parent, "%s/a", folder);
	(void)chmod(cache, 0700);
	(void)empty(cache);
	(void)rmdir(cache);
	(void)rmdir(parent);
	(void)rmdir(folder);
}

TestSuite(fetch, .init = set_up, .fini = tear_down);

/* Answers by what is asked for: NAME is the path without its slash. */
struct page {
	const char *name, *answer;
};

static const struct page pages[] = {
	{ "good", OK_HEAD "\r\ngood bytes" },
	{ "other", OK_HEAD "Content-Length: 11\r\n\r\nother bytes" },
	{ "empty", OK_HEAD "Content-Length: 0\r\n\r\n" },
	{ "missing", "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n<html>no such page" },
	{ "partial", "HTTP/1.1 206 Partial\r\nConnection: close\r\n\r\ngood bytes" },
	{ "announced", OK_HEAD "Content-Length: 1000000000\r\n\r\ngood bytes" },
	{ "cut", OK_HEAD "Content-Length: 30\r\n\r\ngood bytes" },
	{ "to-good", "HTTP/1.1 302 There\r\nLocation: /good\r\nConnection: close\r\n\r\n" },
	{ "loop", "HTTP/1.1 302 There\r\nLocation: /loop\r\nConnection: close\r\n\r\n" },
	{ "to-file", "HTTP/1.1 302 There\r\nLocation: file:///etc/passwd\r\n"
		     "Connection: close\r\n\r\n" },
	{ "no-http", "220 mx ESMTP\r\n" },
};

static bool serve_page(struct peer *peer, int fd, unsigned count)
{
	char line[512], name[64] = "";
	bool agent = false, encoding = false;

	(void)count;
	(void)peer;
	while (peer_hear(fd, line, sizeof line) && line[0]) {
		if (sscanf(line, "GET /%63[^ ]", name) == 1)
			continue;
		agent = agent || strcmp(line, "User-Agent: chainmend") == 0;
		encoding = encoding || strncmp(line, "Accept-Encoding", 15) == 0;
	}
	if (strcmp(name, "endless") == 0) {
		peer_say(fd, OK_HEAD "\r\n", -1);
		for (int i = 0; i < 2000; i++)
			peer_say(fd, "never ending bytes that are more than anyone wants ", -1);
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (agent && !encoding && strcmp(pages[i].name, name) == 0)
			peer_say(fd, pages[i].answer, -1);
	/* What is not in the table gets no answer. */
	return strcmp(name, "silent") == 0;
}

static bool accept_good(void *arg, const struct buf *body, const char **ret_why)
{
	unsigned *calls = arg;

	(*calls)++;
	*ret_why = "these are not the good bytes";
	return strcmp(buf_text(body), "good bytes") == 0;
}

/* One request to the peer's page NAME. */
static struct fetch_request ask(struct peer *peer, const char *name, char url[static 100])
{
	(void)snprintf(url, 100, "http://127.0.0.1:%u/%s", peer->port, name);
	return (struct fetch_request){ .url = url, .max = 1000 };
}

static void get(const struct fetch_options *options, struct fetch_request *requests, size_t count)
{
	struct error err = { 0 };
	CLEANUP(fetch_freep) struct fetch *fetch = fetch_new(options, &err);

	cr_assert_not_null(fetch, "%s", err.text);
	cr_assert(fetch_all(fetch, requests, count, &err), "%s", err.text);
}

static void start(struct peer *peer)
{
	*peer = (struct peer){ .serve = serve_page };
	cr_assert(peer_listen(peer, "127.0.0.1", 0));
	peer_start(peer);
}

static const struct {
	const char *descr, *name;
	bool had;
	const char *body, *why;
} cases[] = {
	{ "a good page", "good", true, "good bytes", "" },
	{ "nothing, whole", "empty", true, "", "" },
	{ "a redirect", "to-good", true, "good bytes", "" },
	{ "no such page", "missing", false, "", "HTTP 404" },
	{ "part of a page", "partial", false, "", "HTTP 206" },
	{ "announced too large", "announced", false, "", "larger than 1000 bytes" },
	{ "too large", "endless", false, "", "larger than 1000 bytes" },
	{ "cut short", "cut", false, "", "" },
	{ "redirects for ever", "loop", false, "", "redirect" },
	{ "a redirect to a file", "to-file", false, "", "file" },
	{ "no answer", "nothing-of-this", false, "", "" },
	{ "not HTTP", "no-http", false, "", "" },
	{ "silence", "silent", false, "", "no whole answer within 1 s" },
};

Test(fetch, gets_what_servers_give)
{
	const struct fetch_options options = { .timeout_s = 1 };
	struct fetch_request requests[ARRAY_LEN(cases)];
	char urls[ARRAY_LEN(cases)][100];
	struct peer peer;

	start(&peer);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		requests[i] = ask(&peer, cases[i].name, urls[i]);
	uint64_t began = clock_monotonic_us();
	get(&options, requests, ARRAY_LEN(cases));
	cr_expect_leq(clock_monotonic_us() - began, 1500000u, "the deadline is for all of them");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_eq(
			requests[i].had, cases[i].had, "%s: %s", cases[i].descr, requests[i].why);
		cr_expect_str_eq(buf_text(&requests[i].body), cases[i].body, "%s", cases[i].descr);
		cr_expect_eq(requests[i].why[0] == '\0', cases[i].had, "%s: '%s'", cases[i].descr,
			requests[i].why);
		char why[200];
		phrase_render(requests[i].why, LANGUAGE_EN, why, sizeof why);
		cr_expect(strstr(why, cases[i].why), "%s: '%s'", cases[i].descr, why);
		cr_expect_not(requests[i].from_cache, "%s", cases[i].descr);
		buf_release(&requests[i].body);
	}
	peer_stop(&peer);
}

Test(fetch, speaks_http_only)
{
	const struct fetch_options options = { .timeout_s = 1 };
	struct fetch_request requests[] = {
		{ .url = "file:///etc/passwd", .max = 100000 },
		{ .url = "ftp://127.0.0.1/x", .max = 100000 },
		{ .url = "gopher://127.0.0.1/x", .max = 100000 },
		{ .url = "", .max = 100000 },
	};

	get(&options, requests, ARRAY_LEN(requests));
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		cr_expect_not(requests[i].had, "%s", requests[i].url);
		cr_expect_neq(requests[i].why[0], '\0', "%s", requests[i].url);
		buf_release(&requests[i].body);
	}
}

/* With a pin, from the cache without a question; a server that is gone is not missed. */
Test(fetch, keeps_by_pin)
{
	struct fetch_options options = { .cache = cache, .timeout_s = 1 };
	char url[100];
	unsigned calls = 0;
	struct peer peer;

	start(&peer);
	for (unsigned i = 0; i < 3; i++) {
		struct fetch_request request = ask(&peer, "good", url);

		request.pin = "5a2fc03f";
		request.accept = accept_good;
		request.arg = &calls;
		options.offline = i == 2;
		get(&options, &request, 1);
		cr_expect(request.had, "%u: %s", i, request.why);
		cr_expect_eq(request.from_cache, i > 0);
		cr_expect_str_eq(buf_text(&request.body), "good bytes");
		buf_release(&request.body);
		if (i == 0)
			peer_stop(&peer);
	}
	cr_expect_eq(calls, 3, "what is in the cache is looked at, too");
	cr_expect_eq(atomic_load(&peer.count), 1);
	struct stat info;
	cr_assert_eq(stat(cache, &info), 0);
	cr_expect_eq(info.st_mode & 0777, 0700u);
	cr_expect_eq(empty(cache), 1);
}

/* Without one the network comes first, and the cache is what is left. */
Test(fetch, falls_back_on_what_it_has)
{
	struct fetch_options options = { .cache = cache, .timeout_s = 1 };
	char url[100];
	struct peer peer;

	start(&peer);
	for (unsigned i = 0; i < 4; i++) {
		struct fetch_request request = ask(&peer, "good", url);

		options.offline = i == 3;
		get(&options, &request, 1);
		cr_expect(request.had, "%u: %s", i, request.why);
		cr_expect_eq(request.from_cache, i > 1);
		cr_expect_str_eq(buf_text(&request.body), "good bytes");
		buf_release(&request.body);
		if (i == 1)
			peer_stop(&peer);
	}
	cr_expect_eq(atomic_load(&peer.count), 2);
}

Test(fetch, has_nothing_offline)
{
	const struct fetch_options options = { .cache = cache, .offline = true, .timeout_s = 1 };
	struct fetch_request request = { .url = "http://127.0.0.1:1/x", .max = 10 };

	get(&options, &request, 1);
	cr_expect_not(request.had);
	cr_expect(strstr(request.why, "not in the cache"), "%s", request.why);
	cr_expect_neq(access(cache, F_OK), 0, "no folder is made for nothing");
	buf_release(&request.body);
}

/* The cached file of a pin, damaged. */
static void damage(const char *pin)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1], path[1024];

	cr_assert_eq(EVP_Digest(pin, strlen(pin), hash, NULL, EVP_sha256(), NULL), 1);
	text_from_bytes(hash, 32, hex);
	(void)snprintf(path, sizeof path, "%s/%s", cache, hex);
	int fd = open(path, O_WRONLY | O_TRUNC);
	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, "bad bytes", 9), 9);
	cr_assert_eq(close(fd), 0);
}

Test(fetch, replaces_what_is_damaged)
{
	const struct fetch_options options = { .cache = cache, .timeout_s = 1 };
	char url[100];
	unsigned calls = 0;
	struct peer peer;

	start(&peer);
	for (unsigned i = 0; i < 3; i++) {
		struct fetch_request request = ask(&peer, "good", url);

		request.pin = "5a2fc03f";
		request.accept = accept_good;
		request.arg = &calls;
		if (i == 1)
			damage(request.pin);
		get(&options, &request, 1);
		cr_expect(request.had, "%u: %s", i, request.why);
		cr_expect_eq(request.from_cache, i == 2, "%u", i);
		cr_expect_str_eq(buf_text(&request.body), "good bytes");
		buf_release(&request.body);
	}
	cr_expect_eq(atomic_load(&peer.count), 2);
	peer_stop(&peer);
}

Test(fetch, refuses_what_was_not_asked_for)
{
	const struct fetch_options options = { .cache = cache, .timeout_s = 1 };
	char url[100];
	unsigned calls = 0;
	struct peer peer;

	start(&peer);
	struct fetch_request request = ask(&peer, "other", url);
	request.pin = "5a2fc03f";
	request.accept = accept_good;
	request.arg = &calls;
	get(&options, &request, 1);
	cr_expect_not(request.had);
	cr_expect_str_eq(request.why, "these are not the good bytes");
	cr_expect_eq(request.body.len, 0);
	cr_expect_eq(empty(cache), 0, "it is not kept");
	buf_release(&request.body);
	peer_stop(&peer);
}

Test(fetch, does_without_a_cache)
{
	/* A file where the folder should be: not even the superuser can write into that. */
	static const char *const folders[] = { "/dev/null/cache", "/proc/none/cache" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const struct fetch_options options = { .cache = folders[i], .timeout_s = 1 };
		char url[100];
		struct peer peer;

		start(&peer);
		struct fetch_request request = ask(&peer, "good", url);
		get(&options, &request, 1);
		cr_expect(request.had, "%s", request.why);
		buf_release(&request.body);
		peer_stop(&peer);
	}
}

Test(fetch, tells_of_a_refused_port)
{
	const struct fetch_options options = { .timeout_s = 1 };
	char url[100];
	struct peer peer;

	start(&peer);
	peer_stop(&peer);
	struct fetch_request request = ask(&peer, "good", url);
	get(&options, &request, 1);
	cr_expect_not(request.had);
	cr_expect_neq(request.why[0], '\0');
	buf_release(&request.body);
}
