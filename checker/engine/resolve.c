/* SPDX-License-Identifier: MIT */
#include "checker/engine/resolve.h"

#include <stdlib.h>
#include <string.h>

/* ares.h uses fd_set and does not include it. */
#include <sys/select.h>
#include <sys/time.h>

#include <ares.h>
#include <arpa/inet.h>
#include <utlist.h>

/* uthash ends the process when memory runs out, unless told not to; and its own
 * hash function falls through cases without saying so. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/vec.h"
#include "checker/engine/loop.h"

/* Short, because the target's own deadline is what counts. */
#define TRY_MS 2000
#define TRIES 2

/* Asked at once, and how long until so many more are: the thousand names that a fleet begins
 * with do not fit into the buffers of a socket, and c-ares waits seconds for what was lost. */
#define BURST 8
#define BURST_US 5000

/* A socket of c-ares's. */
struct watched {
	struct watched *prev, *next;
	struct resolve *resolve;
	struct loop_watch watch;
	struct channel *channel;
	ares_socket_t fd;
};

/* One way of asking; c-ares has its settings by the channel. */
struct channel {
	struct resolve *resolve;
	ares_channel ares;
};

/* A name and all that is known of it. */
struct entry {
	UT_hash_handle hh;
	struct entry *prev, *next; /* while nobody was asked yet */
	struct resolve *resolve;
	struct resolve_query *waiting; /* until it is finished, then they are ready */
	size_t users;                  /* queries, waiting or ready */
	bool asked, finished;
	enum resolve_status status;
	const char *why;
	VEC(struct address) addresses;
	size_t dropped; /* beyond LIMIT_ADDRESSES */
	char name[];
};

struct resolve_query {
	struct resolve_query *prev, *next;
	struct entry *entry;
	void (*answered)(void *arg, const struct resolve_answer *answer);
	void *arg;
};

struct resolve {
	struct loop *loop;
	struct loop_timer patience; /* c-ares's own */
	struct loop_timer delivery; /* answers that were there at once */
	struct loop_timer asking;   /* of the next burst */
	bool is_asking;
	struct entry *unasked;
	struct channel dotted, bare;
	struct watched *watched;
	struct entry *entries;
	struct resolve_query *ready; /* queries whose entry is finished */
};

static void entry_free(struct entry *entry)
{
	free(entry->addresses.items);
	free(entry);
}

static void entry_forget(struct entry *entry)
{
	HASH_DEL(entry->resolve->entries, entry);
	entry_free(entry);
}

/* The oldest answers go first; uthash keeps the order of insertion. */
static void make_room(struct resolve *resolve)
{
	struct entry *entry, *next;

	HASH_ITER(hh, resolve->entries, entry, next)
	{
		if (HASH_COUNT(resolve->entries) < LIMIT_NAMES_KEPT)
			return;
		if (entry->finished && entry->users == 0)
			entry_forget(entry);
	}
}

static bool same_address(const struct address *a, const struct address *b)
{
	return a->socket.any.sa_family == b->socket.any.sa_family && strcmp(a->text, b->text) == 0;
}

static void entry_add(struct entry *entry, const struct ares_addrinfo_node *node)
{
	struct address address = { 0 };
	const void *bytes = &address.socket.v4.sin_addr;

	if (node->ai_family == AF_INET6)
		bytes = &address.socket.v6.sin6_addr;
	else if (node->ai_family != AF_INET)
		return;
	if (node->ai_addrlen > sizeof address.socket)
		return;
	memcpy(&address.socket, node->ai_addr, node->ai_addrlen);
	if (!inet_ntop(node->ai_family, bytes, address.text, sizeof address.text))
		return;
	for (size_t i = 0; i < entry->addresses.count; i++)
		if (same_address(&entry->addresses.items[i], &address))
			return;
	if (entry->addresses.count == LIMIT_ADDRESSES)
		entry->dropped++;
	else if (vec_reserve(&entry->addresses))
		entry->addresses.items[entry->addresses.count++] = address;
	else
		heap_note(); /* c-ares has no ear for it */
}

static void entry_fail(struct entry *entry, int status)
{
	static const struct {
		int status;
		enum resolve_status means;
		const char *why;
	} table[] = {
		{ ARES_ENOTFOUND, RESOLVE_NONE, PHRASE("no such name") },
		{ ARES_ENODATA, RESOLVE_NONE, PHRASE("the name has no address") },
		{ ARES_EBADNAME, RESOLVE_NONE, PHRASE("not a name that DNS can hold") },
		{ ARES_EBADSTR, RESOLVE_NONE, PHRASE("not a name that DNS can hold") },
		{ ARES_ESERVFAIL, RESOLVE_FAILED,
			PHRASE("the name server failed to answer (SERVFAIL)") },
		{ ARES_EREFUSED, RESOLVE_FAILED, PHRASE("the name server refused to answer") },
		{ ARES_ETIMEOUT, RESOLVE_FAILED, PHRASE("no name server answered in time") },
		{ ARES_ECONNREFUSED, RESOLVE_FAILED,
			PHRASE("no name server gave a usable answer") },
		{ ARES_EBADRESP, RESOLVE_FAILED,
			PHRASE("the name server's answer cannot be read") },
		{ ARES_ENOMEM, RESOLVE_FAILED, PHRASE("out of memory") },
	};

	entry->status = RESOLVE_FAILED;
	entry->why = ares_strerror(status);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].status == status) {
			entry->status = table[i].means;
			entry->why = table[i].why;
		}
	}
}

static void entry_deliver(struct entry *entry)
{
	struct resolve *resolve = entry->resolve;

	DL_CONCAT(resolve->ready, entry->waiting);
	entry->waiting = NULL;
	loop_timer_set(&resolve->delivery, 0);
}

static void on_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
	struct entry *entry = arg;

	(void)timeouts;
	entry->finished = true;
	if (status == ARES_SUCCESS)
		for (struct ares_addrinfo_node *node = result->nodes; node; node = node->ai_next)
			entry_add(entry, node);
	if (entry->addresses.count > 0)
		entry->status = RESOLVE_FOUND;
	else
		entry_fail(entry, status == ARES_SUCCESS ? ARES_ENODATA : status);
	ares_freeaddrinfo(result);
	if (entry->users == 0 && entry->status == RESOLVE_FAILED)
		entry_forget(entry);
	else if (entry->waiting)
		entry_deliver(entry);
}

/* A query is over.  What may be different the next time is not kept. */
static void query_end(struct resolve_query *query)
{
	struct entry *entry = query->entry;

	entry->users--;
	free(query);
	if (entry->users > 0)
		return;
	if (!entry->asked)
		DL_DELETE(entry->resolve->unasked, entry);
	if (!entry->asked || (entry->finished && entry->status == RESOLVE_FAILED))
		entry_forget(entry);
}

static void on_delivery(void *arg)
{
	struct resolve *resolve = arg;

	while (resolve->ready) {
		struct resolve_query *query = resolve->ready;
		const struct entry *entry = query->entry;
		const struct resolve_answer answer = { entry->status, entry->addresses.items,
			entry->addresses.count, entry->dropped, entry->why };

		DL_DELETE(resolve->ready, query);
		query->answered(query->arg, &answer);
		query_end(query);
	}
}

/* c-ares says how long it can wait before it wants to look at its clock. */
static void arm(struct resolve *resolve)
{
	struct timeval limit = { .tv_sec = 60 }, a, b;
	struct timeval *wait = ares_timeout(resolve->dotted.ares, &limit, &a);

	wait = ares_timeout(resolve->bare.ares, wait, &b);
	loop_timer_set(
		&resolve->patience, (uint64_t)wait->tv_sec * 1000000 + (uint64_t)wait->tv_usec);
}

static void on_patience(void *arg)
{
	struct resolve *resolve = arg;

	ares_process_fd(resolve->dotted.ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	ares_process_fd(resolve->bare.ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(resolve);
}

static void on_socket_ready(void *arg, unsigned events)
{
	struct watched *watched = arg;
	struct resolve *resolve = watched->resolve;
	ares_socket_t fd = watched->fd;

	/* WATCHED may be gone after this. */
	ares_process_fd(watched->channel->ares, events & LOOP_READ ? fd : ARES_SOCKET_BAD,
		events & LOOP_WRITE ? fd : ARES_SOCKET_BAD);
	arm(resolve);
}

static struct watched *watch_socket(struct channel *channel, ares_socket_t fd, unsigned events)
{
	struct resolve *resolve = channel->resolve;
	struct watched *watched = calloc(1, sizeof *watched);

	if (!watched)
		return NULL;
	*watched = (struct watched){ .resolve = resolve, .channel = channel, .fd = fd };
	if (loop_watch_init(&watched->watch, resolve->loop, fd, events, on_socket_ready, watched) !=
		0) {
		free(watched);
		return NULL;
	}
	DL_APPEND(resolve->watched, watched);
	return watched;
}

static void forget_socket(struct resolve *resolve, struct watched *watched)
{
	DL_DELETE(resolve->watched, watched);
	loop_watch_release(&watched->watch);
	free(watched);
}

/* A socket that cannot be watched is one that never answers: c-ares's own tries end that. */
static void on_socket_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct channel *channel = arg;
	unsigned events = (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0);
	struct watched *watched;

	DL_SEARCH_SCALAR(channel->resolve->watched, watched, fd, fd);
	if (!watched && events)
		(void)watch_socket(channel, fd, events);
	else if (watched && (!events || loop_watch_set(&watched->watch, events) != 0))
		forget_socket(channel->resolve, watched);
}

static bool channel_open(
	struct channel *channel, struct resolve *resolve, int flags, struct error *err)
{
	char lookups[] = "fb";
	struct ares_options options = {
		.flags = flags,
		.timeout = TRY_MS,
		.tries = TRIES,
		.lookups = lookups,
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = channel,
	};

	channel->resolve = resolve;
	int status = ares_init_options(&channel->ares, &options,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
			ARES_OPT_SOCK_STATE_CB);
	if (status == ARES_SUCCESS)
		return true;
	channel->ares = NULL;
	return error_set(err, ERROR_IO, "no name resolution: %s", ares_strerror(status));
}

static bool channel_use(struct channel *channel, const char *servers, struct error *err)
{
	int status = servers ? ares_set_servers_ports_csv(channel->ares, servers) : ARES_SUCCESS;

	return status == ARES_SUCCESS ||
	       error_set(err, ERROR_USAGE, "--resolver '%s': %s", servers, ares_strerror(status));
}

void resolve_ask(struct resolve *resolve, const char *name, int type,
	void (*answered)(void *arg, int status, int timeouts, unsigned char *answer, int len),
	void *arg)
{
	ares_query(resolve->dotted.ares, name, 1, type, answered, arg);
	arm(resolve);
}

static void ask(struct entry *entry)
{
	/* c-ares 1.34 reads no hosts file at all when it is told to look for the variable and
	 * there is none. */
	const struct ares_addrinfo_hints hints = {
		.ai_flags = getenv("CARES_HOSTS") ? ARES_AI_ENVHOSTS : 0,
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct resolve *resolve = entry->resolve;
	bool dotted = strchr(entry->name, '.') != NULL;

	ares_getaddrinfo(dotted ? resolve->dotted.ares : resolve->bare.ares, entry->name, NULL,
		&hints, on_addresses, entry);
	arm(resolve);
}

static void on_asking(void *arg)
{
	struct resolve *resolve = arg;

	resolve->is_asking = resolve->unasked != NULL;
	for (unsigned i = 0; i < BURST && resolve->unasked; i++) {
		struct entry *entry = resolve->unasked;

		DL_DELETE(resolve->unasked, entry);
		entry->asked = true;
		ask(entry);
	}
	if (resolve->is_asking)
		loop_timer_set(&resolve->asking, BURST_US);
}

struct resolve *resolve_new(struct loop *loop, const char *servers, struct error *err)
{
	CLEANUP(resolve_freep) struct resolve *resolve = calloc(1, sizeof *resolve);

	if (!resolve) {
		(void)error_set_memory(err);
		return NULL;
	}
	resolve->loop = loop;
	if (!loop_timer_init(&resolve->patience, loop, on_patience, resolve) ||
		!loop_timer_init(&resolve->delivery, loop, on_delivery, resolve) ||
		!loop_timer_init(&resolve->asking, loop, on_asking, resolve)) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (!channel_open(&resolve->dotted, resolve, ARES_FLAG_NOSEARCH, err) ||
		!channel_open(&resolve->bare, resolve, 0, err) ||
		!channel_use(&resolve->dotted, servers, err) ||
		!channel_use(&resolve->bare, servers, err))
		return NULL;
	return TAKE(resolve);
}

void resolve_free(struct resolve *resolve)
{
	struct resolve_query *query, *next_query;
	struct entry *entry, *next_entry;

	if (!resolve)
		return;
	/* Finishes every open question, so with those of nobody asked all queries are ready. */
	DL_FOREACH(resolve->unasked, entry)
	DL_CONCAT(resolve->ready, entry->waiting);
	if (resolve->dotted.ares)
		ares_destroy(resolve->dotted.ares);
	if (resolve->bare.ares)
		ares_destroy(resolve->bare.ares);
	while (resolve->watched)
		forget_socket(resolve, resolve->watched);
	DL_FOREACH_SAFE(resolve->ready, query, next_query)
	free(query);
	HASH_ITER(hh, resolve->entries, entry, next_entry)
	entry_forget(entry);
	loop_timer_release(&resolve->patience);
	loop_timer_release(&resolve->delivery);
	loop_timer_release(&resolve->asking);
	free(resolve);
}

static struct entry *entry_new(struct resolve *resolve, const char *name)
{
	size_t len = strlen(name);
	struct entry *entry = calloc(1, sizeof *entry + len + 1);

	if (!entry)
		return NULL;
	memcpy(entry->name, name, len);
	entry->resolve = resolve;
	HASH_ADD_STR(resolve->entries, name, entry);
	if (!entry->hh.tbl) {
		free(entry);
		return NULL;
	}
	return entry;
}

struct resolve_query *resolve_name(struct resolve *resolve, const char *name,
	void (*answered)(void *arg, const struct resolve_answer *answer), void *arg)
{
	struct resolve_query *query = calloc(1, sizeof *query);
	struct entry *entry = NULL;

	if (!query)
		return NULL;
	HASH_FIND_STR(resolve->entries, name, entry);
	bool known = entry != NULL;
	if (!known) {
		make_room(resolve);
		entry = entry_new(resolve, name);
	}
	if (!entry) {
		free(query);
		return NULL;
	}
	*query = (struct resolve_query){ .entry = entry, .answered = answered, .arg = arg };
	entry->users++;
	if (entry->finished) {
		DL_APPEND(resolve->ready, query);
		loop_timer_set(&resolve->delivery, 0);
		return query;
	}
	DL_APPEND(entry->waiting, query);
	if (known)
		return query;
	DL_APPEND(resolve->unasked, entry);
	if (!resolve->is_asking)
		loop_timer_set(&resolve->asking, 0);
	resolve->is_asking = true;
	return query;
}

void resolve_cancel(struct resolve_query *query)
{
	struct entry *entry = query->entry;

	if (entry->finished)
		DL_DELETE(entry->resolve->ready, query);
	else
		DL_DELETE(entry->waiting, query);
	query_end(query);
}
