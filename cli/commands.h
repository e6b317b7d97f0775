/* SPDX-License-Identifier: MIT */
/*
 * commands - the subcommands, and what their exit codes mean
 *
 * main.c has read the options when one is called.  It does its work and returns
 * an exit code; with ERR set, which main.c says, or after saying itself what
 * went wrong.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* A contract that schedulers and monitoring rely on. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILED = 1, /* something at or above --fail-on */
	EXIT_CODE_TROUBLE =
		2, /* wrong usage, unreadable input, unwritable output, a fault of ours */
	EXIT_CODE_UNEXAMINED = 3, /* nothing to fail on, but some targets could not be examined */
	EXIT_CODE_INTERRUPTED = 130,
};

struct error;
struct options;

int command_arl(struct options *options, struct error *err);
int command_scan(struct options *options, struct error *err);
int command_check(struct options *options, struct error *err);
int command_explain(struct options *options, struct error *err);
int command_history(struct options *options, struct error *err);
int command_profile(struct options *options, struct error *err);

#endif
