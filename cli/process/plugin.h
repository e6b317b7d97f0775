/* SPDX-License-Identifier: MIT */
/*
 * plugin - is the program somebody's monitoring plug-in?
 *
 * Such a program says what is wrong on standard output, in one line, and ends with 3; a fault on
 * standard error and 2 would be "critical" without a word (Monitoring Plugins Development
 * Guidelines).  So it is known before the options are read, because what is wrong with them has to
 * be said so, too.
 */
#ifndef CLI_PROCESS_PLUGIN_H
#define CLI_PROCESS_PLUGIN_H

struct options;
struct report_format;

enum plugin {
	PLUGIN_NO,
	PLUGIN_SILENT, /* it is, but standard output belongs to a report in another format */
	PLUGIN_SAYS,   /* faults are told there */
};

/* What -f and -o come to among the ARGC words at ARGV, however wrong the others are. */
enum plugin plugin_wanted(int argc, const char *const *argv);

/* The same of outputs that are settled, and of the format that -f says. */
enum plugin plugin_of(const struct options *options, const struct report_format *format);

#endif
