/* SPDX-License-Identifier: MIT */
/*
 * interrupt - Ctrl-C, and what else asks a run to end early
 *
 * SIGINT, SIGTERM and SIGHUP are taken by a thread that waits for nothing else,
 * so no handler runs in the middle of something and no state is global.  The
 * first one ends the scan in good order; the next one ends the process as
 * if this module did not exist.
 *
 * Until interrupt_hold() there is nothing to keep, and the first signal ends the
 * process at once, with EXIT_CODE_INTERRUPTED.
 */
#ifndef CLI_PROCESS_INTERRUPT_H
#define CLI_PROCESS_INTERRUPT_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct interrupt;
struct scan;

/* Before any other thread is made: they all leave the signals to this one. */
MUST_USE struct interrupt *interrupt_new(struct error *err);
void interrupt_free(struct interrupt *interrupt);
DEFINE_CLEANUP(struct interrupt *, interrupt_free);

/* From here on a signal is remembered. */
void interrupt_hold(struct interrupt *interrupt);

/* SCAN is told to stop when a signal comes, or has come; NULL takes it back. */
void interrupt_attach(struct interrupt *interrupt, struct scan *scan);

bool interrupt_came(struct interrupt *interrupt);

#endif
