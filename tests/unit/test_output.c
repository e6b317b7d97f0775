/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/output.h"

/* A folder of its own for each test. */
static char folder[64];
static char path[128];

static void set_up(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(folder, sizeof folder, "/tmp/chainmend-output-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/report", folder);
}

static void tear_down(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	cr_assert_not_null(dir);
	(void)chmod(folder, 0700);
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	(void)closedir(dir);
	(void)rmdir(folder);
}

TestSuite(output, .init = set_up, .fini = tear_down);

static void put(const char *where, const char *text, mode_t mode)
{
	int fd = open(where, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(fchmod(fd, mode), 0);
	cr_assert_eq(close(fd), 0);
}

static void expect_content(const char *where, const char *want)
{
	struct buf got = BUF_INIT(1 << 20);
	struct error err = { .code = ERROR_NONE };

	cr_expect(buf_read_file(&got, where, &err), "%s", err.text);
	cr_expect_str_eq(buf_text(&got), want, "%s: got '%s'", where, buf_text(&got));
	buf_release(&got);
}

static mode_t mode_of(const char *where)
{
	struct stat info;

	cr_assert_eq(lstat(where, &info), 0, "%s is not there", where);
	return info.st_mode;
}

/* Files in the folder; the name of one that is not "report" into OTHER. */
static size_t count_files(char *other, size_t size)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	cr_assert_not_null(dir);
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (strcmp(entry->d_name, "report") != 0)
			(void)snprintf(other, size, "%s/%s", folder, entry->d_name);
	}
	(void)closedir(dir);
	return count;
}

static struct output *open_fine(const char *where)
{
	struct error err = { .code = ERROR_NONE };
	struct output *output = output_open(where, &err);

	cr_assert_not_null(output, "%s", err.text);
	return output;
}

static void write_fine(struct output *output, const char *text)
{
	struct error err = { .code = ERROR_NONE };

	cr_assert(output_write(output, text, strlen(text), &err), "%s", err.text);
}

Test(output, new_file_appears_at_the_end_with_the_mode_of_the_umask)
{
	char temporary[512] = "";
	struct error err = { .code = ERROR_NONE };

	(void)umask(027);
	struct output *output = open_fine(path);
	write_fine(output, "first ");
	cr_expect_eq(count_files(temporary, sizeof temporary), (size_t)1);
	cr_expect_neq(access(path, F_OK), 0, "it is there too early");
	cr_expect_eq(mode_of(temporary) & 0777, (mode_t)0600, "others could read half of it");
	write_fine(output, "second");
	cr_assert(output_commit(output, &err), "%s", err.text);
	output_free(output);
	expect_content(path, "first second");
	cr_expect_eq(mode_of(path) & 0777, (mode_t)0640);
	cr_expect_eq(count_files(temporary, sizeof temporary), (size_t)1);
	cr_expect_eq(umask(0), (mode_t)027, "the umask was changed");
}

Test(output, old_file_stays_until_the_end_and_keeps_its_mode)
{
	struct error err = { .code = ERROR_NONE };

	put(path, "old", 0604);
	struct output *output = open_fine(path);
	write_fine(output, "new");
	expect_content(path, "old");
	cr_assert(output_commit(output, &err), "%s", err.text);
	output_free(output);
	expect_content(path, "new");
	cr_expect_eq(mode_of(path) & 0777, (mode_t)0604);
}

Test(output, nothing_happens_without_a_commit)
{
	char temporary[512] = "";

	put(path, "old", 0644);
	struct output *output = open_fine(path);
	write_fine(output, "new");
	output_free(output);
	expect_content(path, "old");
	cr_expect_eq(count_files(temporary, sizeof temporary), (size_t)1, "%s is left", temporary);
	output_free(NULL);
}

Test(output, a_link_stays_a_link)
{
	struct error err = { .code = ERROR_NONE };
	char link[256];

	(void)snprintf(link, sizeof link, "%s/link", folder);
	put(path, "old", 0644);
	cr_assert_eq(symlink("report", link), 0);
	struct output *output = open_fine(link);
	write_fine(output, "new");
	cr_assert(output_commit(output, &err), "%s", err.text);
	output_free(output);
	cr_expect(S_ISLNK(mode_of(link)));
	expect_content(path, "new");
}

Test(output, a_name_without_a_folder)
{
	struct error err = { .code = ERROR_NONE };

	cr_assert_eq(chdir(folder), 0);
	struct output *output = open_fine("report");
	write_fine(output, "here");
	cr_assert(output_commit(output, &err), "%s", err.text);
	output_free(output);
	expect_content(path, "here");
}

/* %s is the folder. */
static const struct {
	const char *descr, *path, *why;
} refusals[] = {
	{ "folder is missing", "%s/missing/report", "No such file" },
	{ "is a folder", "%s", "is a directory" },
	{ "ends in a slash", "%s/report/", "names no file" },
	{ "folder is a file", "%s/file/report", "Not a directory" },
	{ "link to nothing", "%s/dangling", "leads nowhere" },
	{ "link to itself", "%s/circle", "symbolic links" },
	{ "descriptor that is not open", "/dev/fd/99", "Bad file descriptor" },
	{ "empty name", "", "names no file" },
};

Test(output, refuses_early)
{
	char where[256];

	(void)snprintf(where, sizeof where, "%s/file", folder);
	put(where, "", 0600);
	(void)snprintf(where, sizeof where, "%s/dangling", folder);
	cr_assert_eq(symlink("nothing/there", where), 0);
	(void)snprintf(where, sizeof where, "%s/circle", folder);
	cr_assert_eq(symlink("circle", where), 0);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		struct error err = { .code = ERROR_NONE };
		const char *tail = strstr(refusals[i].path, "%s");

		(void)snprintf(where, sizeof where, "%s%s", tail ? folder : "",
			tail ? tail + 2 : refusals[i].path);
		struct output *output = output_open(where, &err);
		cr_expect_null(output, "%s", refusals[i].descr);
		cr_expect_eq(err.code, ERROR_IO, "%s", refusals[i].descr);
		cr_expect_not_null(
			strstr(err.text, refusals[i].why), "%s: %s", refusals[i].descr, err.text);
		output_free(output);
	}
}

/* The exit code of WORK in a process of its own, as nobody when this one is root. */
static int as_nobody(int (*work)(void))
{
	int status = 0;
	pid_t child = fork();

	cr_assert_geq(child, 0);
	if (child == 0)
		_exit(geteuid() == 0 && setuid(65534) != 0 ? 99 : work());
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static int open_refused(void)
{
	struct error err = { .code = ERROR_NONE };

	if (output_open(path, &err))
		return 1;
	return strstr(err.text, "Permission denied") ? 0 : 2;
}

Test(output, refuses_where_it_may_not_write)
{
	cr_assert_eq(chmod(folder, 0777), 0);
	put(path, "old", 0444);
	cr_expect_eq(as_nobody(open_refused), 0, "a file that is read-only");
	expect_content(path, "old");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(chmod(folder, 0555), 0);
	cr_expect_eq(as_nobody(open_refused), 0, "a folder that is read-only");
}

Test(output, devices_are_written_directly)
{
	struct error err = { .code = ERROR_NONE };
	struct output *output = open_fine("/dev/null");

	write_fine(output, "gone");
	cr_expect(output_commit(output, &err), "%s", err.text);
	output_free(output);
	cr_expect(S_ISCHR(mode_of("/dev/null")));
}

Test(output, a_full_device_is_an_error_that_stays)
{
	struct error err = { .code = ERROR_NONE };
	struct output *output = open_fine("/dev/full");

	cr_expect_not(output_write(output, "x", 1, &err));
	cr_expect_not_null(strstr(err.text, "No space left"), "%s", err.text);
	err.code = ERROR_NONE;
	cr_expect_not(output_write(output, "x", 1, &err), "written after a failure");
	err.code = ERROR_NONE;
	cr_expect_not(output_commit(output, &err), "committed after a failure");
	output_free(output);
}

Test(output, a_fifo_is_written_directly)
{
	char got[16] = "";
	struct error err = { .code = ERROR_NONE };

	cr_assert_eq(mkfifo(path, 0600), 0);
	int reader = open(path, O_RDONLY | O_NONBLOCK);
	cr_assert_geq(reader, 0);
	struct output *output = open_fine(path);
	write_fine(output, "through");
	cr_expect_eq(read(reader, got, sizeof got), (ssize_t)7, "it arrives at once");
	cr_expect_str_eq(got, "through");
	cr_expect(output_commit(output, &err), "%s", err.text);
	output_free(output);
	cr_expect(S_ISFIFO(mode_of(path)));
	(void)close(reader);
}

/* Standard output becomes FD while a test runs in its process. */
static void become_stdout(int fd)
{
	cr_assert_geq(fd, 0);
	cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
}

Test(output, standard_output_by_all_its_names)
{
	static const char *const names[] = { NULL, "-", "/dev/stdout", "/dev/fd/1",
		"/proc/self/fd/1" };
	int was = dup(STDOUT_FILENO);

	put(path, "", 0600);
	become_stdout(open(path, O_WRONLY | O_APPEND));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct error err = { .code = ERROR_NONE };
		struct output *output = open_fine(names[i]);

		write_fine(output, "x");
		cr_expect(output_commit(output, &err), "%s", err.text);
		output_free(output);
		cr_expect_eq(fcntl(STDOUT_FILENO, F_GETFD), 0, "standard output was closed");
	}
	become_stdout(was);
	expect_content(path, "xxxxx");
}

Test(output, standard_output_that_takes_nothing)
{
	struct error err = { .code = ERROR_NONE };
	int was = dup(STDOUT_FILENO), ends[2];

	become_stdout(open("/dev/full", O_WRONLY));
	struct output *full = open_fine(NULL);
	bool written = output_write(full, "x", 1, &err);
	output_free(full);

	cr_assert_eq(pipe(ends), 0);
	become_stdout(ends[1]);
	struct output *broken = open_fine("-");
	(void)close(ends[0]);
	struct error pipe_err = { .code = ERROR_NONE };
	bool piped = output_write(broken, "x", 1, &pipe_err);
	output_free(broken);

	become_stdout(open("/dev/null", O_RDONLY));
	struct error read_err = { .code = ERROR_NONE };
	struct output *reading = output_open("-", &read_err);
	become_stdout(was);
	cr_expect_not(written);
	cr_expect_not_null(strstr(err.text, "standard output"), "%s", err.text);
	cr_expect_not(piped);
	cr_expect_not_null(strstr(pipe_err.text, "Broken pipe"), "%s", pipe_err.text);
	cr_expect_null(reading);
	cr_expect_not_null(strstr(read_err.text, "not open for writing"), "%s", read_err.text);
	output_free(reading);
}

static char block[300000];

/* More than a pipe holds, into one that does not block. */
static int write_block(int fd)
{
	struct error err = { .code = ERROR_NONE };

	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	if (dup2(fd, STDOUT_FILENO) < 0)
		return 1;
	struct output *output = output_open(NULL, &err);
	bool fine = output && output_write(output, block, sizeof block, &err) &&
		    output_commit(output, &err);
	output_free(output);
	return fine ? 0 : 2;
}

Test(output, waits_for_a_slow_reader)
{
	static char part[4096];
	int ends[2], status = 0;
	size_t got = 0;
	ssize_t len;

	memset(block, 'x', sizeof block);
	cr_assert_eq(pipe(ends), 0);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		(void)close(ends[0]);
		_exit(write_block(ends[1]));
	}
	(void)close(ends[1]);
	while ((len = read(ends[0], part, sizeof part)) > 0)
		got += (size_t)len;
	(void)close(ends[0]);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	cr_expect_eq(got, sizeof block);
}

/* Into a file records may go together, but never in parts, and all of them arrive. */
Test(output, gathers_records_for_files)
{
	char name[32], record[1000];
	struct error err = { .code = ERROR_NONE };
	struct output_place place;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	cr_assert_geq(fd, 0);
	(void)snprintf(name, sizeof name, "/dev/fd/%d", fd);
	CLEANUP(output_freep) struct output *output = output_open(name, &err);
	cr_assert(output, "%s", err.text);
	cr_assert(
		output_append(output, "one\n", 4, &err) && output_append(output, "two\n", 4, &err));
	cr_assert(output_place(output, &place, &err));
	expect_content(path, "one\ntwo\n");
	cr_expect_eq(place.kind, OUTPUT_FILE);
	cr_expect_eq(place.offset, (uint64_t)8);
	cr_expect_eq(place.size, (uint64_t)8);
	cr_expect_str_eq(place.path, path);
	cr_assert(output_append(output, "three\n", 6, &err));
	cr_assert(output_flush(output, &err));
	expect_content(path, "one\ntwo\nthree\n");
	cr_assert(output_append(output, "four\n", 5, &err));
	output_free(TAKE(output));
	expect_content(path, "one\ntwo\nthree\nfour\n");

	cr_assert(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	output = output_open(name, &err);
	memset(record, 'x', sizeof record);
	record[sizeof record - 1] = '\n';
	for (off_t i = 1; i <= 200; i++) {
		cr_assert(output_append(output, record, sizeof record, &err));
		cr_assert_eq(lseek(fd, 0, SEEK_END) % (off_t)sizeof record, 0, "a part of one");
		cr_assert_geq(lseek(fd, 0, SEEK_END), i * 1000 - 66000, "too late");
	}
	cr_assert(output_commit(output, &err));
	cr_expect_eq(lseek(fd, 0, SEEK_END), (off_t)200000);
	(void)close(fd);
}

/* --- Secrets --- */

Test(output, a_secret_is_its_owners_alone_and_replaces_nothing)
{
	struct error err = { .code = ERROR_NONE };
	struct stat info;

	(void)umask(0);
	CLEANUP(output_freep) struct output *output = output_open_secret(path, &err);
	cr_assert_not_null(output, "%s", err.text);
	cr_expect(output_write(output, "secret", 6, &err) && output_commit(output, &err), "%s",
		err.text);
	cr_assert_eq(stat(path, &info), 0);
	cr_expect_eq(info.st_mode & 0777, 0600);
	expect_content(path, "secret");
	cr_expect_null(output_open_secret(path, &err));
	cr_expect_not_null(strstr(err.text, "is there already"));
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(symlink("nowhere", path), 0);
	cr_expect_null(output_open_secret(path, NULL), "a link that leads nowhere");
}

Test(output, a_secret_does_not_replace_what_has_come_meanwhile)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(output_freep) struct output *output = output_open_secret(path, &err);

	cr_assert(output && output_write(output, "secret", 6, &err), "%s", err.text);
	put(path, "another's", 0644);
	cr_expect_not(output_commit(output, &err));
	cr_expect_not_null(strstr(err.text, "is there already"));
	expect_content(path, "another's");
}
