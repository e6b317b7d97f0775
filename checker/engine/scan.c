/* SPDX-License-Identifier: MIT */
#include "checker/engine/scan.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/resource.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/engine/gate.h"
#include "checker/engine/manners.h"
#include "checker/engine/pace.h"
#include "checker/engine/window.h"
#include "checker/engine/worker.h"
#include "checker/limits.h"

/* Descriptors that are not connections: files, and of each thread loop and resolver. */
#define FILES_KEPT 32
#define FILES_A_THREAD 12

struct crew {
	struct scan *scan;
	struct worker *worker;
	pthread_t thread;
	bool begun;
	bool good;
	struct error err;
};

struct scan {
	struct scan_options options;
	struct scan_sink sink;
	unsigned wanted;      /* connections in flight that were asked for */
	pthread_mutex_t lock; /* of the window, and so of the source */
	struct window *window;
	struct pace *pace;
	struct manners *manners;
	struct gate_news news;
	atomic_bool said[NOTICE_COUNT];
	char helo[LIMIT_HOST_BYTES];
	atomic_bool stop;
	struct crew *crew;
	size_t count; /* whose workers are there */
};

static struct target *next_target(void *arg)
{
	struct scan *scan = arg;

	(void)pthread_mutex_lock(&scan->lock);
	struct target *target = window_take(scan->window);
	(void)pthread_mutex_unlock(&scan->lock);
	return target;
}

static void notice(void *arg, enum notice notice, const char *words)
{
	struct scan *scan = arg;

	if (scan->sink.noticed && !atomic_exchange(&scan->said[notice], true))
		scan->sink.noticed(scan->sink.arg, words);
}

/* Descriptors are what bounds connections, and this machine has fewer than were hoped for. */
static void notice_concurrency(struct scan *scan)
{
	struct rlimit limit;
	char words[240];

	if (scan->options.concurrency == scan->wanted || getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	phrase_say(words, sizeof words,
		"this machine allows %llu open files (ulimit -n): at most %u connections at a time "
		"instead of %u",
		(unsigned long long)limit.rlim_cur, scan->options.concurrency, scan->wanted);
	notice(scan, NOTICE_CONCURRENCY, words);
}

/* As many descriptors as the machine allows, and no more connections than fit into them. */
static void fit_descriptors(struct scan_options *options)
{
	struct rlimit limit;

	if (options->threads > options->concurrency)
		options->threads = options->concurrency;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit more = { limit.rlim_max, limit.rlim_max };
		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			limit = more;
	}
	rlim_t kept = FILES_KEPT + (rlim_t)FILES_A_THREAD * options->threads;
	rlim_t room = limit.rlim_cur > kept ? limit.rlim_cur - kept : 1;
	if (limit.rlim_cur != RLIM_INFINITY && options->concurrency > room)
		options->concurrency = (unsigned)room;
	if (options->threads > options->concurrency)
		options->threads = options->concurrency;
}

static bool hire(struct scan *scan, struct error *err)
{
	const struct worker_context context = {
		.options = &scan->options,
		.sink = scan->sink,
		.next = next_target,
		.notice = notice,
		.arg = scan,
		.pace = scan->pace,
		.manners = scan->manners,
		.news = &scan->news,
		.helo = scan->helo,
		.stop = &scan->stop,
	};
	unsigned threads = scan->options.threads, all = scan->options.concurrency;

	scan->crew = calloc(threads, sizeof *scan->crew);
	if (!scan->crew)
		return error_set_memory(err);
	for (unsigned i = 0; i < threads; i++) {
		struct crew *crew = &scan->crew[i];

		crew->scan = scan;
		crew->worker = worker_new(&context, all / threads + (i < all % threads), err);
		if (!crew->worker)
			return false;
		scan->count++;
	}
	return true;
}

/* What all workers share; false when memory runs out. */
static bool furnish(struct scan *scan, struct scan_source source)
{
	const struct scan_options *options = &scan->options;
	uint64_t seed = clock_monotonic_us() ^ (uint64_t)clock_now().seconds << 20;

	scan->window = window_new(LIMIT_WINDOW, seed, source.next, source.arg);
	if (options->rate > 0)
		scan->pace = pace_new(options->rate);
	if (options->per_address > 0 || options->per_network > 0)
		scan->manners = manners_new(options->per_address, options->per_network);
	return scan->window && (scan->pace || options->rate <= 0) &&
	       (scan->manners || (options->per_address <= 0 && options->per_network <= 0));
}

struct scan *scan_new(const struct scan_options *options, struct scan_source source,
	struct scan_sink sink, struct error *err)
{
	CLEANUP(scan_freep) struct scan *scan = calloc(1, sizeof *scan);

	if (!scan) {
		(void)error_set_memory(err);
		return NULL;
	}
	(void)pthread_mutex_init(&scan->lock, NULL);
	atomic_init(&scan->stop, false);
	atomic_init(&scan->news.is_short, false);
	atomic_init(&scan->news.well_at, 0);
	for (size_t i = 0; i < NOTICE_COUNT; i++)
		atomic_init(&scan->said[i], false);
	scan->options = *options;
	scan->sink = sink;
	scan->wanted = options->concurrency;
	fit_descriptors(&scan->options);
	/* POSIX lets a long name come without its NUL. */
	if (gethostname(scan->helo, sizeof scan->helo - 1) != 0)
		scan->helo[0] = '\0';
	if (!furnish(scan, source)) {
		(void)error_set_memory(err);
		return NULL;
	}
	return hire(scan, err) ? TAKE(scan) : NULL;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	for (size_t i = 0; i < scan->count; i++)
		worker_free(scan->crew[i].worker);
	free(scan->crew);
	window_free(scan->window);
	pace_free(scan->pace);
	manners_free(scan->manners);
	(void)pthread_mutex_destroy(&scan->lock);
	free(scan);
}

static void *work(void *arg)
{
	struct crew *crew = arg;

	crew->good = worker_run(crew->worker, &crew->err);
	/* One that cannot go on ends all: half a fleet would look like a whole one. */
	if (!crew->good)
		scan_stop(crew->scan);
	return NULL;
}

bool scan_run(struct scan *scan, struct error *err)
{
	sigset_t all, before;
	bool good = true;

	notice_concurrency(scan);
	/* Signals are for the thread that called us. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	for (size_t i = 0; i < scan->count && good; i++) {
		struct crew *crew = &scan->crew[i];
		int errnum = pthread_create(&crew->thread, NULL, work, crew);

		crew->begun = errnum == 0;
		if (!crew->begun)
			good = error_set_errno(err, errnum, "no thread to scan with");
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!good)
		scan_stop(scan);
	for (size_t i = 0; i < scan->count; i++) {
		struct crew *crew = &scan->crew[i];

		if (!crew->begun)
			continue;
		(void)pthread_join(crew->thread, NULL);
		crew->begun = false;
		if (!crew->good && good)
			good = error_set(err, crew->err.code, "%s", crew->err.text);
	}
	return good;
}

void scan_stop(struct scan *scan)
{
	atomic_store(&scan->stop, true);
	for (size_t i = 0; i < scan->count; i++)
		worker_wake(scan->crew[i].worker);
}
