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

#include "cli/process/exit_code.h"

struct error;
struct options;

int command_arl(struct options *options, struct error *err);
int command_scan(struct options *options, struct error *err);
int command_bundle(struct options *options, struct error *err);
int command_check(struct options *options, struct error *err);
int command_compare(struct options *options, struct error *err);
int command_csr(struct options *options, struct error *err);
int command_dcv(struct options *options, struct error *err);
int command_explain(struct options *options, struct error *err);
int command_explain_chain(struct options *options, struct error *err);
int command_history(struct options *options, struct error *err);
int command_import(struct options *options, struct error *err);
int command_plan(struct options *options, struct error *err);
int command_key(struct options *options, struct error *err);
int command_profile(struct options *options, struct error *err);
int command_report(struct options *options, struct error *err);

#endif
