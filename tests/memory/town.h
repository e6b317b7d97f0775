/* SPDX-License-Identifier: MIT */
/*
 * town - what a scan is run against, and the files that its command line names
 *
 * A folder with a profile, its trust stores, a target file and a hosts file, and a process of
 * its own with the servers: whatever happens to memory in the scan, nothing happens to theirs.
 * Test code only; a failure aborts.
 */
#ifndef TESTS_MEMORY_TOWN_H
#define TESTS_MEMORY_TOWN_H

#include <sys/types.h>

#define TOWN_DAY "2026-01-15"
#define TOWN_TARGETS_FILE "targets.txt" /* one target of each kind */
#define TOWN_CROWD_FILE "crowd.txt"
#define TOWN_CROWD 240u /* targets in it */
#define TOWN_PATH 128

struct town {
	char folder[64];
	pid_t servers;
	int lifeline; /* the servers end when it is closed */
};

void town_open(struct town *town);
void town_close(struct town *town); /* removes the folder, too */

/* FOLDER/NAME */
void town_path(const struct town *town, const char *name, char path[static TOWN_PATH]);

#endif
