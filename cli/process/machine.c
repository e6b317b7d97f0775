/* SPDX-License-Identifier: MIT */
#include "cli/process/machine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"

/* The bits of a hexadecimal mask such as "00000000,0000000f". */
static unsigned count_bits(const char *mask)
{
	unsigned bits = 0;

	for (; *mask; mask++) {
		const char *digits = "0123456789abcdef";
		const char *at = strchr(digits, *mask);
		for (unsigned value = at ? (unsigned)(at - digits) : 0; value > 0; value /= 2)
			bits += value & 1;
	}
	return bits;
}

/* sched_getaffinity() is no part of POSIX; the kernel says the same in text. */
static unsigned processors_allowed(void)
{
	static const char field[] = "Cpus_allowed:";
	char line[4096];
	unsigned count = 0;
	FILE *status = fopen("/proc/self/status", "re");

	if (!status)
		return 0;
	while (count == 0 && fgets(line, sizeof line, status))
		if (strncmp(line, field, sizeof field - 1) == 0)
			count = count_bits(line + sizeof field - 1);
	(void)fclose(status);
	return count;
}

unsigned machine_processors(void)
{
	unsigned allowed = processors_allowed();

	if (allowed > 0)
		return allowed;
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 && online < INT_MAX ? (unsigned)online : 1;
}

bool machine_cache_folder(struct buf *ret_path)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	/* "All paths set in these environment variables must be absolute [...] consider the
	 * path invalid and ignore it" (XDG Base Directory Specification). */
	if (cache && *cache == '/')
		return buf_addf(ret_path, "%s/chainmend", cache);
	if (home && *home == '/')
		return buf_addf(ret_path, "%s/.cache/chainmend", home);
	return false;
}
