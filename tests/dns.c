/* SPDX-License-Identifier: MIT */
#include "tests/dns.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/forge.h"

#define HEADER 12u
#define TYPE_CAA 257
#define PACKET 512u

/* RFC 1035, 4.1.2: the name of the one question, and where it ends; 0 when it makes no sense. */
static size_t read_name(const uint8_t *packet, size_t len, char *name, size_t size)
{
	size_t at = HEADER, used = 0;

	while (at < len && packet[at] != 0) {
		size_t label = packet[at];

		if (at + 1 + label >= len || used + label + 2 > size)
			return 0;
		used += (size_t)snprintf(name + used, size - used, "%s%.*s", used ? "." : "",
			(int)label, (const char *)packet + at + 1);
		at += 1 + label;
	}
	return at < len ? at + 1 : 0;
}

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* RFC 8659, 4.1; gives the new length. */
static size_t put_record(uint8_t *packet, size_t len, const struct dns_entry *record)
{
	size_t tag = strlen(record->tag), value = strlen(record->value), data = 2 + tag + value;

	forge_must(len + 12 + data <= PACKET, "room in a packet");
	put16(packet + len, 0xc000 + HEADER); /* the name of the question */
	put16(packet + len + 2, TYPE_CAA);
	put16(packet + len + 4, 1);
	put16(packet + len + 6, 0);
	put16(packet + len + 8, 60);
	put16(packet + len + 10, data);
	packet[len + 12] = (uint8_t)record->flags;
	packet[len + 13] = (uint8_t)tag;
	memcpy(packet + len + 14, record->tag, tag);
	memcpy(packet + len + 14 + tag, record->value, value);
	return len + 12 + data;
}

static size_t answer(const struct dns *dns, uint8_t *packet, size_t len)
{
	char name[256] = "";
	size_t end = read_name(packet, len, name, sizeof name), answers = 0;
	bool known = false, fails = false;

	if (end == 0 || end + 4 > len)
		return 0;
	bool caa = packet[end] == TYPE_CAA >> 8 && packet[end + 1] == (TYPE_CAA & 0xff);
	size_t size = end + 4;
	for (size_t i = 0; i < dns->count; i++) {
		const struct dns_entry *record = &dns->records[i];

		if (strcasecmp(record->name, name) != 0)
			continue;
		known = true;
		fails |= record->flags < 0;
		if (!caa || record->flags < 0 || !record->tag)
			continue;
		size = put_record(packet, size, record);
		answers++;
	}
	packet[2] |= 0x80;                                         /* QR */
	packet[3] = (uint8_t)(0x80 | (fails ? 2 : known ? 0 : 3)); /* RA; SERVFAIL, NXDOMAIN */
	put16(packet + 6, answers);
	put16(packet + 8, 0);
	put16(packet + 10, 0); /* without the EDNS of the question */
	return size;
}

static void *serve(void *arg)
{
	struct dns *dns = arg;
	uint8_t packet[PACKET];

	while (!atomic_load(&dns->stop)) {
		struct pollfd ready = { .fd = dns->socket, .events = POLLIN };
		struct sockaddr_in from;
		socklen_t from_len = sizeof from;

		if (poll(&ready, 1, 20) <= 0)
			continue;
		ssize_t got = recvfrom(
			dns->socket, packet, sizeof packet, 0, (struct sockaddr *)&from, &from_len);
		size_t len = got > (ssize_t)HEADER ? answer(dns, packet, (size_t)got) : 0;
		atomic_fetch_add(&dns->asked, 1);
		if (len > 0)
			(void)sendto(
				dns->socket, packet, len, 0, (struct sockaddr *)&from, from_len);
	}
	return NULL;
}

void dns_start(struct dns *dns, const struct dns_entry *records, size_t count)
{
	struct sockaddr_in own = { .sin_family = AF_INET };
	socklen_t len = sizeof own;

	memset(dns, 0, sizeof *dns);
	dns->records = records;
	dns->count = count;
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	dns->socket = socket(AF_INET, SOCK_DGRAM, 0);
	forge_must(dns->socket >= 0 && bind(dns->socket, (struct sockaddr *)&own, len) == 0 &&
			   getsockname(dns->socket, (struct sockaddr *)&own, &len) == 0,
		"a socket");
	(void)snprintf(
		dns->address, sizeof dns->address, "127.0.0.1:%u", (unsigned)ntohs(own.sin_port));
	forge_must(pthread_create(&dns->thread, NULL, serve, dns) == 0, "a thread");
}

void dns_stop(struct dns *dns)
{
	atomic_store(&dns->stop, true);
	(void)pthread_join(dns->thread, NULL);
	close(dns->socket);
}
