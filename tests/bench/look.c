/* SPDX-License-Identifier: MIT */
/*
 * look IN-FLIGHT THREADS LIST - the scan engine alone: chains are read and thrown away
 *
 * What chainmend costs without judging and writing: the difference is what those add.  Prints how
 * many chains were read, how many connections failed, and how many keys were not proven.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/engine/scan.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "tests/bench/addresses.h"

#define MOST_IN_FLIGHT 16000
#define MOST_THREADS 256
#define TIMEOUT_S 10

struct place {
	struct target target;
	char address[INET_ADDRSTRLEN];
};

struct glance {
	struct place *places;
	size_t count, next;
	pthread_mutex_t lock; /* of the numbers below: `observed` comes from every thread */
	size_t read, failed, unproven;
};

static struct target *next_target(void *arg)
{
	struct glance *look = arg;

	if (look->next == look->count)
		return NULL;
	return target_ref(&look->places[look->next++].target);
}

static void observed(void *arg, struct observation *observation)
{
	struct glance *look = arg;
	bool served = observation->outcome == OUTCOME_SERVED && observation->chain.count > 0;

	pthread_mutex_lock(&look->lock);
	*(served ? &look->read : &look->failed) += 1;
	look->unproven += served && observation->proven != PROOF_SHOWN;
	pthread_mutex_unlock(&look->lock);
	observation_free(observation);
}

/* The first reference stays here, so no target is ever freed by whoever had it last. */
static bool make_places(struct glance *look, const struct addresses *addresses)
{
	look->places = calloc(addresses->all.count, sizeof *look->places);
	if (!look->places)
		return false;
	for (size_t i = 0; i < addresses->all.count; i++) {
		const struct sockaddr_in *from = &addresses->all.items[i];
		struct place *place = &look->places[look->count++];

		if (!inet_ntop(AF_INET, &from->sin_addr, place->address, sizeof place->address))
			return false;
		place->target = (struct target){
			.refs = 1,
			.number = i,
			.mates = 1,
			.host = place->address,
			.address = place->address,
			.port = ntohs(from->sin_port),
			.protocol = PROTOCOL_HTTPS,
		};
	}
	return true;
}

static bool run(struct glance *look, unsigned in_flight, unsigned threads, struct error *err)
{
	const struct scan_options options = {
		.concurrency = in_flight,
		.threads = threads,
		.timeout_s = TIMEOUT_S,
	};
	CLEANUP(scan_freep)
	struct scan *scan = scan_new(&options, (struct scan_source){ next_target, look },
		(struct scan_sink){ .observed = observed, .arg = look }, err);

	return scan && scan_run(scan, err);
}

int main(int argc, char *argv[])
{
	struct error err = { .code = ERROR_NONE };
	struct addresses addresses;
	struct glance look = { .lock = PTHREAD_MUTEX_INITIALIZER };
	uint64_t in_flight = 0, threads = 0;

	if (argc != 4 || !text_to_uint(argv[1], MOST_IN_FLIGHT, &in_flight) || in_flight == 0 ||
		!text_to_uint(argv[2], MOST_THREADS, &threads) || threads == 0) {
		fputs("usage: look IN-FLIGHT THREADS LIST\n", stderr);
		return 2;
	}
	bool good = addresses_read(&addresses, argv[3], &err) &&
		    (make_places(&look, &addresses) || error_set_memory(&err)) &&
		    run(&look, (unsigned)in_flight, (unsigned)threads, &err);

	if (!good) {
		fprintf(stderr, "look: %s\n", err.text);
		return 2;
	}
	printf("%zu read, %zu failed, %zu unproven\n", look.read, look.failed, look.unproven);
	addresses_release(&addresses);
	free(look.places);
	return look.failed == 0 && look.read == look.count ? 0 : 1;
}
