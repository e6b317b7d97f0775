/* SPDX-License-Identifier: MIT */
/*
 * memory - a whole scan, again and again, each time with another request for memory refused
 *
 *	memory [SECONDS]                           as a test (TAP), for at most so long
 *	memory [complete] SOURCE NUMBER [after]    that one alone, and what it says
 *
 * The scan is `chainmend scan` as its command line starts it: a profile, trust stores, certificates
 * and a revocation list out of the cache, targets of several kinds, a report that is a file.  Every
 * attempt is a process of its own, so that a crash, a leak or a hang is that attempt's, and what
 * OpenSSL sets up only once is set up each time.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "tests/forge.h"
#include "tests/memory/account.h"
#include "tests/memory/errand.h"
#include "tests/memory/ration.h"
#include "tests/memory/town.h"

#define SECONDS_DEFAULT 24
#define PATIENCE_US 20000000u /* for one attempt, on a busy machine */
#define AT_ONCE 2
#define SMALL 40u   /* requests of a source, for which there is always time */
#define FIRST 300   /* of each source: every one of them */
#define FURTHER 150 /* of each source: some of the rest */
#define TEXT_MAX (4u << 20)
#define FAULTS_SHOWN 12 /* of each source */

struct attempt {
	bool complete; /* with OpenSSL's whole handshake */
	enum ration_source source;
	unsigned long at; /* 0: nothing is refused */
	bool ever_after;
};

struct running {
	struct attempt attempt;
	pid_t pid; /* 0: free */
	uint64_t began;
	unsigned slot;
};

struct tally {
	unsigned long tried, reached;
	unsigned long kinds[ACCOUNT_KINDS];
	char faults[FAULTS_SHOWN][2200];
};

struct memory {
	struct town town;
	struct ration *rations; /* one a slot */
	struct running running[AT_ONCE];
	bool choice;                          /* between two ways of reading */
	struct account references[2];         /* by `complete` */
	unsigned long asked[2][RATION_COUNT]; /* by the references */
	struct tally tallies[RATION_COUNT][2];
	uint64_t random;
};

/* --- One attempt --- */

static _Noreturn void attempt_run(
	const struct memory *memory, unsigned slot, const struct attempt *attempt, bool online)
{
	char report[32];
	const struct errand errand = { .town = &memory->town,
		.targets = TOWN_TARGETS_FILE,
		.report = report,
		.handshake = attempt->complete ? "complete" : NULL,
		.threads = 1,
		.online = online };

	(void)snprintf(report, sizeof report, "report-%u", slot);
	ration_use(&memory->rations[slot]);
	int code = errand_run(&errand);
	ration_use(NULL);
	exit(code);
}

static void slot_path(
	const struct memory *memory, const char *what, unsigned slot, char path[static TOWN_PATH])
{
	char name[32];

	(void)snprintf(name, sizeof name, "%s-%u", what, slot);
	town_path(&memory->town, name, path);
}

static void ration_set(struct ration *ration, const struct attempt *attempt)
{
	*ration = (struct ration){ .source = attempt->source,
		.at = attempt->at > 0 ? attempt->at : (unsigned long)-1,
		.ever_after = attempt->ever_after };
}

static void running_start(
	struct memory *memory, struct running *running, const struct attempt *attempt, bool online)
{
	char report[TOWN_PATH], words[TOWN_PATH];

	slot_path(memory, "report", running->slot, report);
	slot_path(memory, "words", running->slot, words);
	(void)unlink(report);
	ration_set(&memory->rations[running->slot], attempt);
	running->attempt = *attempt;
	running->began = clock_monotonic_us();
	(void)fflush(stdout);
	running->pid = fork();
	forge_must(running->pid >= 0, "a process");
	if (running->pid > 0)
		return;
	forge_must(freopen(words, "w", stderr) != NULL, words);
	attempt_run(memory, running->slot, attempt, online);
}

/* True when it has ended, by itself or because its time is over. */
static bool running_ended(struct running *running, struct account *ret_account)
{
	pid_t ended = waitpid(running->pid, &ret_account->status, WNOHANG);

	ret_account->late = false;
	if (ended == 0 && clock_monotonic_us() - running->began > PATIENCE_US) {
		(void)kill(running->pid, SIGKILL);
		ended = waitpid(running->pid, &ret_account->status, 0);
		ret_account->late = true;
	}
	return ended == running->pid;
}

static char *slurp(const char *path)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct error err = { .code = ERROR_NONE };
	bool ok = buf_read_file(&text, path, &err);
	char *copy = ok ? strdup(buf_text(&text)) : NULL;

	buf_release(&text);
	return copy;
}

static void account_fill(struct memory *memory, unsigned slot, struct account *account)
{
	char report[TOWN_PATH], words[TOWN_PATH];

	slot_path(memory, "report", slot, report);
	slot_path(memory, "words", slot, words);
	account->report = slurp(report);
	account->words = slurp(words);
}

static void account_release(struct account *account)
{
	free(account->report);
	free(account->words);
}

/* --- The reference --- */

static void run_reference(struct memory *memory, bool complete, bool online)
{
	const struct attempt none = { .complete = complete };
	struct account *reference = &memory->references[complete];
	struct running running = { .slot = 0 };

	account_release(reference);
	running_start(memory, &running, &none, online);
	while (!running_ended(&running, reference))
		(void)poll(NULL, 0, 5);
	account_fill(memory, 0, reference);
	for (enum ration_source source = 0; source < RATION_COUNT; source++)
		memory->asked[complete][source] = atomic_load(&memory->rations[0].asked[source]);
}

/* --- All of them --- */

static uint64_t draw(struct memory *memory, uint64_t below)
{
	/* Knuth's MMIX: the same numbers on every machine. */
	memory->random = memory->random * 6364136223846793005u + 1442695040888963407u;
	return (memory->random >> 33) % below;
}

static size_t plan_source(
	struct memory *memory, bool complete, enum ration_source source, struct attempt *attempts)
{
	unsigned long asked = memory->asked[complete][source];
	unsigned long first = asked < FIRST ? asked : FIRST;
	size_t count = 0;

	for (unsigned long at = 1; at <= first; at++) {
		attempts[count++] = (struct attempt){ complete, source, at, false };
		if (at % 4 == 1)
			attempts[count++] = (struct attempt){ complete, source, at, true };
	}
	for (unsigned i = 0; asked > first && i < FURTHER; i++)
		attempts[count++] = (struct attempt){ complete, source,
			first + 1 + draw(memory, asked - first), i % 4 == 0 };
	return count;
}

/* The order is mixed, so that when time runs out all that is large has had its share of it; what
 * is small comes first. */
static size_t plan(struct memory *memory, struct attempt *attempts)
{
	size_t count = 0, small = 0;

	for (int part = 0; part < 4; part++) {
		bool large = part / 2, complete = part % 2;

		if (complete && !memory->choice)
			continue;
		for (enum ration_source source = 0; source < RATION_COUNT; source++)
			if ((memory->asked[complete][source] > SMALL) == large)
				count += plan_source(memory, complete, source, attempts + count);
		small = large ? small : count;
	}
	for (size_t i = count; i > small + 1; i--) {
		size_t other = small + draw(memory, i - small);
		struct attempt kept = attempts[i - 1];

		attempts[i - 1] = attempts[other];
		attempts[other] = kept;
	}
	return count;
}

static void note_fault(struct tally *tally, const struct attempt *attempt,
	const struct account *account, const char *why)
{
	unsigned long number = tally->kinds[ACCOUNT_FAULT];

	if (number > FAULTS_SHOWN)
		return;
	(void)snprintf(tally->faults[number - 1], sizeof tally->faults[0],
		"%s%s %lu%s: %s; it said: %.600s", attempt->complete ? "complete " : "",
		ration_name(attempt->source), attempt->at, attempt->ever_after ? " after" : "", why,
		account->words && account->words[0] ? account->words : "nothing");
}

static void collect(struct memory *memory, struct running *running, struct account *account)
{
	const struct ration *ration = &memory->rations[running->slot];
	struct tally *tally =
		&memory->tallies[running->attempt.source][running->attempt.ever_after];
	char why[1800] = "";

	account_fill(memory, running->slot, account);
	enum account_kind kind = account_judge(
		account, &memory->references[running->attempt.complete], why, sizeof why);
	if (atomic_load(&ration->refused) == 0 && kind != ACCOUNT_RIGHT)
		kind = ACCOUNT_FAULT;
	tally->tried++;
	tally->reached += atomic_load(&ration->refused) > 0;
	tally->kinds[kind]++;
	if (kind == ACCOUNT_FAULT)
		note_fault(tally, &running->attempt, account, why);
	account_release(account);
	running->pid = 0;
}

static bool someone_runs(struct memory *memory)
{
	bool any = false;

	for (unsigned i = 0; i < AT_ONCE; i++) {
		struct running *running = &memory->running[i];
		struct account account = { 0 };

		if (running->pid != 0 && running_ended(running, &account))
			collect(memory, running, &account);
		any = any || running->pid != 0;
	}
	return any;
}

static size_t run_all(
	struct memory *memory, const struct attempt *attempts, size_t count, uint64_t until)
{
	size_t next = 0;

	while (someone_runs(memory) || (next < count && clock_monotonic_us() < until)) {
		for (unsigned i = 0; i < AT_ONCE; i++)
			if (memory->running[i].pid == 0 && next < count &&
				clock_monotonic_us() < until)
				running_start(
					memory, &memory->running[i], &attempts[next++], false);
		(void)poll(NULL, 0, 2);
	}
	return next;
}

/* --- Told as TAP --- */

/* A fault may have several lines. */
static void tell_faults(const struct tally *tally)
{
	for (size_t i = 0; i < FAULTS_SHOWN && tally->faults[i][0]; i++) {
		const char *line = tally->faults[i];

		while (*line) {
			size_t len = strcspn(line, "\n");

			printf("# %.*s\n", (int)len, line);
			line += len + (line[len] == '\n');
		}
	}
}

static bool tell(const struct memory *memory, enum ration_source source, bool ever_after)
{
	const struct tally *tally = &memory->tallies[source][ever_after];
	bool any = memory->asked[0][source] + memory->asked[1][source] > 0;
	bool good = tally->kinds[ACCOUNT_FAULT] == 0 && (!any || tally->reached > 0);

	printf("%sok - %s, %s: %lu attempts, %lu of them reached", good ? "" : "not ",
		ration_name(source), ever_after ? "that one and all after it" : "that one alone",
		tally->tried, tally->reached);
	for (enum account_kind kind = 0; kind < ACCOUNT_KINDS; kind++)
		printf(", %s %lu", account_name(kind), tally->kinds[kind]);
	putchar('\n');
	tell_faults(tally);
	return good;
}

static bool tell_all(const struct memory *memory, size_t tried, size_t planned)
{
	bool good = true;

	for (int complete = 0; complete <= (memory->choice ? 1 : 0); complete++) {
		printf("# requests of a whole scan%s:", complete ? ", complete handshakes" : "");
		for (enum ration_source source = 0; source < RATION_COUNT; source++)
			printf(" %s %lu", ration_name(source), memory->asked[complete][source]);
		putchar('\n');
	}
	printf("# %zu of %zu attempts\n", tried, planned);
	for (enum ration_source source = 0; source < RATION_COUNT; source++)
		for (int after = 0; after < 2; after++)
			good = tell(memory, source, after) && good;
	return good;
}

static bool test(struct memory *memory, unsigned long seconds)
{
	static struct attempt attempts[2 * RATION_COUNT * (2 * FIRST + FURTHER)];
	uint64_t until = clock_monotonic_us() + seconds * 1000000u;

	printf("TAP version 13\n1..%d\n", 1 + 2 * RATION_COUNT);
	const struct account *last = &memory->references[memory->choice];
	bool good = last->report && memory->references[0].report && WIFEXITED(last->status);
	printf("%sok - with all the memory it wants: %s\n", good ? "" : "not ",
		good ? "a report" : last->words);
	if (!good)
		return false;
	size_t planned = plan(memory, attempts);
	size_t tried = run_all(memory, attempts, planned, until);
	return tell_all(memory, tried, planned);
}

static int one(struct memory *memory, const struct attempt *attempt)
{
	struct ration *ration = &memory->rations[0];
	int status = 0;

	ration_set(ration, attempt);
	ration->show = true;
	(void)fflush(stdout);
	pid_t pid = fork();
	forge_must(pid >= 0, "a process");
	if (pid == 0)
		attempt_run(memory, 0, attempt, false);
	(void)waitpid(pid, &status, 0);
	(void)fprintf(stderr, "%s %d, %lu requests refused\n",
		WIFSIGNALED(status) ? "signal" : "exit status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		atomic_load(&ration->refused));
	town_close(&memory->town);
	account_release(&memory->references[0]);
	return WIFEXITED(status) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool read_attempt(int argc, char *argv[], struct attempt *ret_attempt)
{
	bool complete = argc > 1 && strcmp(argv[1], "complete") == 0;
	char **words = argv + 1 + complete;
	int count = argc - 1 - complete;

	if (count < 2 || count > 3)
		return false;
	for (enum ration_source source = 0; source < RATION_COUNT; source++) {
		if (strcmp(words[0], ration_name(source)) != 0)
			continue;
		*ret_attempt = (struct attempt){ complete, source, strtoul(words[1], NULL, 10),
			count == 3 };
		return ret_attempt->at > 0;
	}
	return false;
}

static void set_up(struct memory *memory)
{
	char hosts[TOWN_PATH];

	ration_install();
	memory->rations = ration_share(AT_ONCE);
	for (unsigned i = 0; i < AT_ONCE; i++)
		memory->running[i].slot = i;
	memory->choice = errand_knows("--handshake", "complete");
	town_open(&memory->town);
	town_path(&memory->town, "hosts", hosts);
	(void)setenv("CARES_HOSTS", hosts, 1);
	run_reference(memory, false, true); /* fills the cache */
}

int main(int argc, char *argv[])
{
	static struct memory memory = { .random = 1 };
	struct attempt attempt;

	if (argc > 2 && !read_attempt(argc, argv, &attempt)) {
		(void)fprintf(stderr, "usage: memory [SECONDS]\n       memory [complete] SOURCE "
				      "NUMBER [after]\n");
		return 2;
	}
	set_up(&memory);
	if (argc > 2)
		return one(&memory, &attempt);
	for (int complete = 0; complete <= (memory.choice ? 1 : 0); complete++)
		run_reference(&memory, complete, false);
	bool good = test(&memory, argc == 2 ? strtoul(argv[1], NULL, 10) : SECONDS_DEFAULT);
	town_close(&memory.town);
	account_release(&memory.references[0]);
	account_release(&memory.references[1]);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
