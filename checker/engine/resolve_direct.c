/* SPDX-License-Identifier: MIT */
#include "checker/engine/resolve_direct.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ares.h uses fd_set and does not include it. */
#include <sys/select.h>
#include <sys/time.h>

#include <ares.h>
#include <arpa/inet.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/dns/dns_message.h"
#include "checker/target/name.h"

/* Questions under way: resolvers drop what comes in larger crowds. */
#define IN_FLIGHT 48

/* The second try waits twice as long, so a question takes three times this. */
#define TRIES 2
#define TRY_SHARE 3

/* Nobody answers so many in a row and yet is there. */
#define SILENT_MAX 3

/* RFC 9715: what passes everywhere without fragments. */
#define UDP_BYTES 1232

/* The OPT record that ends a question (RFC 6891, 6.1.2): its length, and where its flags begin. */
#define OPT_BYTES 11
#define OPT_FLAGS 7

#define NAP_MS 1000

struct server {
	char name[RESOLVE_SERVER_BYTES];
	ares_channel ares;
	unsigned open;   /* questions */
	unsigned silent; /* not answered, in a row */
	bool answered;   /* some question, ever */
};

struct resolve_direct {
	double timeout_s;
	VEC(struct server *) servers;
	unsigned open;
};

struct ask {
	struct resolve_direct *direct;
	struct server *server;
	struct resolve_question *question;
};

static void server_free(struct server *server)
{
	if (server->ares)
		ares_destroy(server->ares);
	free(server);
}

void resolve_direct_free(struct resolve_direct *direct)
{
	if (!direct)
		return;
	for (size_t i = 0; i < direct->servers.count; i++)
		server_free(direct->servers.items[i]);
	free(direct->servers.items);
	free(direct);
	ares_library_cleanup();
}

struct resolve_direct *resolve_direct_new(double timeout_s, struct error *err)
{
	struct resolve_direct *direct = calloc(1, sizeof *direct);

	if (!direct) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(direct);
		(void)error_set(err, ERROR_IO, "no name resolution");
		return NULL;
	}
	direct->timeout_s = timeout_s;
	return direct;
}

static bool server_open(
	const struct resolve_direct *direct, struct server *server, struct error *err)
{
	struct ares_options options = {
		/* Whatever it says is an answer. */
		.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS,
		.timeout = (int)(direct->timeout_s * 1000 / TRY_SHARE) + 1,
		.tries = TRIES,
		.ednspsz = UDP_BYTES,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ;

#ifdef ARES_OPT_QUERY_CACHE
	mask |= ARES_OPT_QUERY_CACHE;
	options.qcache_max_ttl = 0;
#endif
	int status = ares_init_options(&server->ares, &options, mask);
	if (status != ARES_SUCCESS)
		server->ares = NULL;
	else
		status = ares_set_servers_ports_csv(server->ares, server->name);
	return status == ARES_SUCCESS || error_set(err, ERROR_IO, "cannot ask name server %s: %s",
						 server->name, ares_strerror(status));
}

static struct server *server_of(struct resolve_direct *direct, const char *name, struct error *err)
{
	for (size_t i = 0; i < direct->servers.count; i++)
		if (strcmp(direct->servers.items[i]->name, name) == 0)
			return direct->servers.items[i];
	struct server *server = calloc(1, sizeof *server);
	if (!server || !vec_reserve(&direct->servers)) {
		free(server);
		(void)error_set_memory(err);
		return NULL;
	}
	(void)snprintf(server->name, sizeof server->name, "%s", name);
	if (!server_open(direct, server, err)) {
		server_free(server);
		return NULL;
	}
	direct->servers.items[direct->servers.count++] = server;
	return server;
}

static const char *words_of(int status)
{
	switch (status) {
	case ARES_ETIMEOUT:
		return PHRASE("no answer in time");
	case ARES_ECONNREFUSED:
		return PHRASE("nobody answers there");
	case ARES_ENOMEM:
		heap_note();
		return PHRASE("out of memory");
	default:
		return PHRASE("the answer cannot be read");
	}
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
	struct ask *ask = arg;
	struct resolve_question *question = ask->question;

	(void)timeouts;
	ask->server->open--;
	ask->direct->open--;
	if (answer && len > 0)
		question->answer = dns_message_parse(answer, (size_t)len);
	question->why = question->answer ? NULL
					 : words_of(answer && len > 0 ? ARES_EBADRESP : status);
	ask->server->silent = answer ? 0 : ask->server->silent + 1;
	ask->server->answered |= answer != NULL;
	free(ask);
}

/* c-ares writes the question, but not its flags beyond RD. */
static bool write_question(
	const struct resolve_question *question, unsigned char **ret_bytes, int *ret_len)
{
	unsigned short id;

	if (getrandom(&id, sizeof id, 0) != sizeof id ||
		ares_create_query(question->name, 1 /* IN */, question->type, id, question->recurse,
			ret_bytes, ret_len, UDP_BYTES) != ARES_SUCCESS)
		return false;
	unsigned char *bytes = *ret_bytes;
	/* AD: tell me whether you checked (RFC 6840, 5.7).  CD; DO. */
	bytes[3] |= 0x20;
	if (question->unchecked)
		bytes[3] |= 0x10;
	bytes[*ret_len - OPT_BYTES + OPT_FLAGS] |= 0x80;
	return true;
}

static bool begin(
	struct resolve_direct *direct, struct resolve_question *question, struct error *err)
{
	struct server *server = server_of(direct, question->server, err);
	unsigned char *bytes = NULL;
	int len = 0;

	if (!server)
		return false;
	if (!server->answered && server->silent >= SILENT_MAX) {
		question->why = PHRASE("not asked any more, since it did not answer before");
		return true;
	}
	if (!write_question(question, &bytes, &len)) {
		question->why = PHRASE("not a name that DNS can hold");
		return true;
	}
	struct ask *ask = malloc(sizeof *ask);
	if (ask) {
		*ask = (struct ask){ direct, server, question };
		server->open++;
		direct->open++;
		ares_send(server->ares, bytes, len, on_answer, ask);
	}
	ares_free_string(bytes);
	return ask || error_set_memory(err);
}

struct sockets {
	struct pollfd items[IN_FLIGHT * 4];
	struct server *of[IN_FLIGHT * 4];
	nfds_t count;
	int wait_ms;
};

static void add_socket(struct sockets *sockets, struct server *server, ares_socket_t fd, int events)
{
	if (!events || sockets->count == ARRAY_LEN(sockets->items))
		return;
	sockets->of[sockets->count] = server;
	sockets->items[sockets->count++] = (struct pollfd){ .fd = fd, .events = (short)events };
}

static void gather(struct server *server, struct sockets *sockets)
{
	ares_socket_t fds[ARES_GETSOCK_MAXNUM] = { 0 };
	unsigned bits = (unsigned)ares_getsock(server->ares, fds, ARES_GETSOCK_MAXNUM);
	struct timeval limit = { .tv_sec = NAP_MS / 1000 }, left;
	const struct timeval *wait = ares_timeout(server->ares, &limit, &left);
	int wait_ms = (int)(wait->tv_sec * 1000 + wait->tv_usec / 1000) + 1;

	if (wait_ms < sockets->wait_ms)
		sockets->wait_ms = wait_ms;
	/* As c-ares has them; its own macros shift a sign. */
	for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++)
		add_socket(sockets, server, fds[i],
			(bits >> i & 1 ? POLLIN : 0) |
				(bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0));
}

/* One turn: whatever is ready, and whatever is due. */
static void turn(struct resolve_direct *direct)
{
	struct sockets sockets = { .wait_ms = NAP_MS };

	for (size_t i = 0; i < direct->servers.count; i++)
		if (direct->servers.items[i]->open > 0)
			gather(direct->servers.items[i], &sockets);
	(void)poll(sockets.items, sockets.count, sockets.wait_ms);
	for (nfds_t i = 0; i < sockets.count; i++) {
		const struct pollfd *ready = &sockets.items[i];

		if (ready->revents)
			ares_process_fd(sockets.of[i]->ares,
				ready->revents & ~POLLOUT ? ready->fd : ARES_SOCKET_BAD,
				ready->revents & POLLOUT ? ready->fd : ARES_SOCKET_BAD);
	}
	for (size_t i = 0; i < direct->servers.count; i++)
		if (direct->servers.items[i]->open > 0)
			ares_process_fd(
				direct->servers.items[i]->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void cancel_all(struct resolve_direct *direct)
{
	for (size_t i = 0; i < direct->servers.count; i++)
		ares_cancel(direct->servers.items[i]->ares);
}

bool resolve_direct_ask(struct resolve_direct *direct, struct resolve_question *questions,
	size_t count, struct error *err)
{
	/* Each round of questions has its time, and one more for c-ares's own rounding. */
	uint64_t span = (uint64_t)(direct->timeout_s * 1e6) * (count / IN_FLIGHT + 2);
	uint64_t deadline = clock_monotonic_us() + span;
	bool good = true;
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		questions[i].answer = NULL;
		questions[i].why = PHRASE("no answer in time");
	}
	while (good && (next < count || direct->open > 0) && clock_monotonic_us() < deadline) {
		while (good && next < count && direct->open < IN_FLIGHT)
			good = begin(direct, &questions[next++], err);
		if (direct->open > 0)
			turn(direct);
	}
	cancel_all(direct);
	return good;
}

bool resolve_direct_server(const char *text, unsigned port, char out[static RESOLVE_SERVER_BYTES])
{
	char bare[LIMIT_ADDRESS_BYTES], address[LIMIT_ADDRESS_BYTES];
	const char *colon = strrchr(text, ':'), *close = strrchr(text, ']');
	bool bracketed = text[0] == '[' && close;
	bool has_port = bracketed ? close[1] == ':' : colon && strchr(text, ':') == colon;
	size_t len = bracketed  ? (size_t)(close - text) - 1
		     : has_port ? (size_t)(colon - text)
				: strlen(text);
	uint64_t number = port;

	if (len >= sizeof bare || (bracketed && !has_port && close[1]) ||
		(has_port && (!text_to_uint(colon + 1, 65535, &number) || number == 0)))
		return false;
	memcpy(bare, text + bracketed, len);
	bare[len] = '\0';
	if (!name_canonical_address(bare, address))
		return false;
	(void)snprintf(out, RESOLVE_SERVER_BYTES, strchr(address, ':') ? "[%s]:%u" : "%s:%u",
		address, (unsigned)number);
	return true;
}

size_t resolve_direct_system(char (*servers)[RESOLVE_SERVER_BYTES], size_t most)
{
	struct ares_addr_port_node *found = NULL;
	ares_channel ares;
	size_t count = 0;

	if (ares_init(&ares) != ARES_SUCCESS)
		return 0;
	if (ares_get_servers_ports(ares, &found) != ARES_SUCCESS)
		found = NULL;
	for (const struct ares_addr_port_node *node = found; node && count < most;
		node = node->next) {
		char text[LIMIT_ADDRESS_BYTES];
		unsigned port = node->udp_port ? (unsigned)node->udp_port : 53;

		if (inet_ntop(node->family, &node->addr, text, sizeof text))
			count += resolve_direct_server(text, port, servers[count]);
	}
	ares_free_data(found);
	ares_destroy(ares);
	return count;
}
