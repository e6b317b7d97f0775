/* SPDX-License-Identifier: MIT */
#include "cli/process/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/engine/scan.h"
#include "cli/commands.h"

struct interrupt {
	sigset_t signals;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	bool held;
	bool came;
	bool over;
	struct scan *scan;
};

/* SIGHUP only when nohup(1) or the like did not turn it off. */
static void choose(sigset_t *signals)
{
	struct sigaction hup;

	(void)sigemptyset(signals);
	(void)sigaddset(signals, SIGINT);
	(void)sigaddset(signals, SIGTERM);
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		(void)sigaddset(signals, SIGHUP);
}

/* As if nobody had taken it.  A shell starts a job in the background with SIGINT ignored, which
 * must not make the second one harmless. */
static _Noreturn void end_by(int number, const sigset_t *signals)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };

	(void)sigaction(number, &plain, NULL);
	(void)pthread_sigmask(SIG_UNBLOCK, signals, NULL);
	(void)raise(number);
	_exit(EXIT_CODE_INTERRUPTED);
}

/* False when there is nothing more to wait for. */
static bool arrive(struct interrupt *interrupt, int number)
{
	(void)pthread_mutex_lock(&interrupt->lock);
	bool over = interrupt->over;
	if (!over && !interrupt->held)
		_exit(EXIT_CODE_INTERRUPTED);
	if (!over && interrupt->came)
		end_by(number, &interrupt->signals);
	interrupt->came = true;
	if (!over && interrupt->scan)
		scan_stop(interrupt->scan);
	(void)pthread_mutex_unlock(&interrupt->lock);
	return !over;
}

static void *wait_for_signals(void *arg)
{
	struct interrupt *interrupt = arg;
	int number;

	while (sigwait(&interrupt->signals, &number) == 0 && arrive(interrupt, number))
		;
	return NULL;
}

struct interrupt *interrupt_new(struct error *err)
{
	struct interrupt *interrupt = calloc(1, sizeof *interrupt);

	if (!interrupt) {
		(void)error_set_memory(err);
		return NULL;
	}
	choose(&interrupt->signals);
	(void)pthread_sigmask(SIG_BLOCK, &interrupt->signals, NULL);
	(void)pthread_mutex_init(&interrupt->lock, NULL);
	int errnum = pthread_create(&interrupt->thread, NULL, wait_for_signals, interrupt);
	if (errnum != 0) {
		(void)error_set_errno(err, errnum, "a thread cannot be made");
		free(interrupt);
		return NULL;
	}
	return interrupt;
}

void interrupt_free(struct interrupt *interrupt)
{
	if (!interrupt)
		return;
	(void)pthread_mutex_lock(&interrupt->lock);
	interrupt->over = true;
	(void)pthread_mutex_unlock(&interrupt->lock);
	/* It waits for signals, so one wakes it. */
	(void)pthread_kill(interrupt->thread, SIGINT);
	(void)pthread_join(interrupt->thread, NULL);
	(void)pthread_sigmask(SIG_UNBLOCK, &interrupt->signals, NULL);
	(void)pthread_mutex_destroy(&interrupt->lock);
	free(interrupt);
}

void interrupt_hold(struct interrupt *interrupt)
{
	(void)pthread_mutex_lock(&interrupt->lock);
	interrupt->held = true;
	(void)pthread_mutex_unlock(&interrupt->lock);
}

void interrupt_attach(struct interrupt *interrupt, struct scan *scan)
{
	(void)pthread_mutex_lock(&interrupt->lock);
	interrupt->scan = scan;
	if (scan && interrupt->came)
		scan_stop(scan);
	(void)pthread_mutex_unlock(&interrupt->lock);
}

bool interrupt_came(struct interrupt *interrupt)
{
	(void)pthread_mutex_lock(&interrupt->lock);
	bool came = interrupt->came;
	(void)pthread_mutex_unlock(&interrupt->lock);
	return came;
}
