/* SPDX-License-Identifier: MIT */
#include "reports/history/history.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/target/target.h"
#include "reports/history/curve.h"
#include "reports/history/history_file.h"
#include "rules/profile/profile.h"
#include "rules/rule.h"

#define BATCH 256
#define RULES_BYTES 4096 /* of one result: each rule some forty bytes */

/* A result that waits for the next transaction. */
struct row {
	char *host, *address, *sni, *owner, *rules;
	const char *protocol, *status, *error; /* of our own tables */
	const char *issuing;                   /* the profile's */
	unsigned port;
	bool has_leaf, open;
	char leaf[FINGERPRINT_TEXT], not_after[INSTANT_TEXT];
};

struct history {
	struct history_file file;
	sqlite3_stmt *service, *result;
	int64_t run;
	VEC(struct row) rows;
};

static struct history *open_file(const char *path, bool write, struct error *err)
{
	struct history *history = calloc(1, sizeof *history);

	if (!history) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (history_file_open(&history->file, path, write, err))
		return history;
	free(history);
	return NULL;
}

struct history *history_open(const char *path, struct error *err)
{
	return open_file(path, true, err);
}

struct history *history_open_to_read(const char *path, struct error *err)
{
	return open_file(path, false, err);
}

static void row_release(struct row *row)
{
	free(row->host);
	free(row->address);
	free(row->sni);
	free(row->owner);
	free(row->rules);
}

static void forget_rows(struct history *history)
{
	for (size_t i = 0; i < history->rows.count; i++)
		row_release(&history->rows.items[i]);
	history->rows.count = 0;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	forget_rows(history);
	free(history->rows.items);
	(void)sqlite3_finalize(history->service);
	(void)sqlite3_finalize(history->result);
	history_file_close(&history->file);
	free(history);
}

/* The run of that key, if it is there. */
static bool find_run(struct history *history, const char *key, struct error *err)
{
	sqlite3_stmt *statement = history_file_prepare(
		&history->file, "SELECT id FROM run WHERE key = ?1", err);

	if (!statement)
		return false;
	history_file_text(statement, 1, key);
	if (history_file_row(&history->file, statement, err))
		history->run = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return err->code == ERROR_NONE;
}

static bool add_run(struct history *history, const struct history_start *start, struct error *err)
{
	char began[INSTANT_TEXT], as_of[INSTANT_TEXT], due[INSTANT_TEXT];
	struct instant deadline;
	bool has_deadline = profile_deadline(start->profile, &deadline);
	sqlite3_stmt *statement = history_file_prepare(&history->file,
		"INSERT INTO run (key, began, as_of, profile, deadline, version, targets) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		err);

	if (!statement)
		return false;
	instant_format(start->began, began);
	instant_format_day(start->as_of, as_of);
	if (has_deadline)
		instant_format_day(deadline, due);
	history_file_text(statement, 1, start->key);
	history_file_text(statement, 2, began);
	history_file_text(statement, 3, as_of);
	history_file_text(statement, 4, start->profile->id);
	history_file_text(statement, 5, has_deadline ? due : NULL);
	history_file_text(statement, 6, start->version);
	history_file_number(statement, 7, (int64_t)start->targets);
	bool good = history_file_do(&history->file, statement, err);
	(void)sqlite3_finalize(statement);
	if (good)
		history->run = sqlite3_last_insert_rowid(history->file.db);
	return good;
}

/* Whoever had the key before is another run, though all its options were the same. */
static bool free_key(struct history *history, const char *key, struct error *err)
{
	sqlite3_stmt *statement = history_file_prepare(
		&history->file, "UPDATE run SET key = NULL WHERE key = ?1", err);

	if (!statement)
		return false;
	history_file_text(statement, 1, key);
	bool good = history_file_do(&history->file, statement, err);
	(void)sqlite3_finalize(statement);
	return good;
}

bool history_begin(struct history *history, const struct history_start *start, struct error *err)
{
	history->service = history_file_prepare(&history->file,
		"INSERT OR IGNORE INTO service (host, port, protocol, address, sni) "
		"VALUES (?1, ?2, ?3, ?4, ?5)",
		err);
	history->result = history_file_prepare(&history->file,
		"INSERT OR REPLACE INTO result SELECT ?6, id, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 "
		"FROM service WHERE host = ?1 AND port = ?2 AND protocol = ?3 AND address = ?4 "
		"AND sni = ?5",
		err);
	if (!history->service || !history->result ||
		!history_file_run(&history->file, "BEGIN IMMEDIATE", err))
		return false;
	if (start->goes_on && !find_run(history, start->key, err))
		return false;
	if (history->run == 0 && ((start->key && !free_key(history, start->key, err)) ||
					 !add_run(history, start, err)))
		return false;
	return history_file_run(&history->file, "COMMIT", err);
}

/* Is something of the migration still to do here? */
static bool is_open(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		if (finding_counts(finding) && rule_is_of_migration(finding->rule))
			return true;
	}
	return false;
}

static char *describe_rules(const struct verdict *verdict)
{
	struct buf out = BUF_INIT(RULES_BYTES);

	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		if (finding_counts(finding))
			(void)buf_addf(&out, "%s%s %s", out.len > 0 ? "; " : "",
				severity_name(finding->severity), rule_at(finding->rule)->id);
	}
	char *copy = text_copy(buf_text(&out), out.len);
	buf_release(&out);
	return copy;
}

static char *copy_or_empty(const char *text)
{
	return text_copy(text ? text : "", text ? strlen(text) : 0);
}

static void describe_chain(const struct verdict *verdict, struct row *row)
{
	for (size_t i = 0; i < verdict->chain.count; i++) {
		const struct verdict_certificate *one = &verdict->chain.items[i];
		if (one->role == ROLE_LEAF && one->cert->readable && !row->has_leaf) {
			row->has_leaf = true;
			memcpy(row->leaf, one->cert->sha256_text, sizeof row->leaf);
			instant_format(one->cert->not_after, row->not_after);
		}
		if (one->role == ROLE_ISSUING && one->known_as && !row->issuing)
			row->issuing = one->known_as;
	}
}

bool history_add(struct history *history, const struct verdict *verdict, struct error *err)
{
	const struct target *target = verdict->target;
	const char *owner = target_label(target, "owner");

	if (!vec_reserve(&history->rows))
		return error_set_memory(err);
	struct row *row = &history->rows.items[history->rows.count++];
	*row = (struct row){
		.host = copy_or_empty(target->host),
		.address = copy_or_empty(verdict->address),
		.sni = copy_or_empty(target->sni),
		.owner = owner ? copy_or_empty(owner) : NULL,
		.rules = describe_rules(verdict),
		.protocol = target->fault ? "" : protocol_info(target->protocol)->name,
		.status = status_name(verdict->status),
		.error = outcome_name(verdict->outcome),
		.port = target->port,
		.open = is_open(verdict),
	};
	if (!row->host || !row->address || !row->sni || !row->rules || (owner && !row->owner))
		return error_set_memory(err);
	describe_chain(verdict, row);
	return history->rows.count < BATCH || history_commit(history, err);
}

static bool write_row(struct history *history, const struct row *row, struct error *err)
{
	sqlite3_stmt *const both[] = { history->service, history->result };
	sqlite3_stmt *result = history->result;

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		history_file_text(both[i], 1, row->host);
		history_file_number(both[i], 2, row->port);
		history_file_text(both[i], 3, row->protocol);
		history_file_text(both[i], 4, row->address);
		history_file_text(both[i], 5, row->sni);
	}
	history_file_number(result, 6, history->run);
	history_file_text(result, 7, row->status);
	history_file_text(result, 8, row->error);
	history_file_text(result, 9, row->owner);
	history_file_text(result, 10, row->has_leaf ? row->leaf : NULL);
	history_file_text(result, 11, row->has_leaf ? row->not_after : NULL);
	history_file_text(result, 12, row->issuing);
	history_file_number(result, 13, row->open);
	history_file_text(result, 14, row->rules);
	return history_file_do(&history->file, history->service, err) &&
	       history_file_do(&history->file, result, err);
}

bool history_commit(struct history *history, struct error *err)
{
	if (history->rows.count == 0)
		return true;
	if (!history_file_run(&history->file, "BEGIN IMMEDIATE", err))
		return false;
	for (size_t i = 0; i < history->rows.count; i++)
		if (!write_row(history, &history->rows.items[i], err))
			return false;
	forget_rows(history);
	return history_file_run(&history->file, "COMMIT", err);
}

bool history_finish(
	struct history *history, struct instant ended, bool interrupted, struct error *err)
{
	char time[INSTANT_TEXT];

	if (!history_commit(history, err))
		return false;
	sqlite3_stmt *statement = history_file_prepare(&history->file,
		"UPDATE run SET ended = ?1, interrupted = ?2 "
		"WHERE id = ?3 AND (ended IS NULL OR interrupted)",
		err);
	if (!statement)
		return false;
	instant_format(ended, time);
	history_file_text(statement, 1, time);
	history_file_number(statement, 2, interrupted);
	history_file_number(statement, 3, history->run);
	bool good = history_file_do(&history->file, statement, err);
	(void)sqlite3_finalize(statement);
	return good;
}

/* In the order of the columns that history_runs() asks for. */
static struct history_run read_run(sqlite3_stmt *statement)
{
	struct history_run run = {
		.id = sqlite3_column_int64(statement, 0),
		.began = history_file_column(statement, 1),
		.ended = history_file_column(statement, 2),
		.interrupted = sqlite3_column_int(statement, 3) != 0,
		.as_of = history_file_column(statement, 4),
		.profile = history_file_column(statement, 5),
		.deadline = history_file_column(statement, 6),
		.version = history_file_column(statement, 7),
		.targets = (size_t)sqlite3_column_int64(statement, 8),
		.open = (size_t)sqlite3_column_int64(statement, 9),
	};

	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		run.results[status] = (size_t)sqlite3_column_int64(statement, 10 + (int)status);
	return run;
}

bool history_runs(struct history *history, const char *profile,
	void (*say)(void *arg, const struct history_run *run), void *arg, struct error *err)
{
	/* The statuses in the order of their enum. */
	sqlite3_stmt *statement = history_file_prepare(&history->file,
		"SELECT id, began, ended, interrupted, as_of, profile, deadline, version, targets,"
		" ifnull(sum(open), 0), count(*) FILTER (WHERE status = 'ok'),"
		" count(*) FILTER (WHERE status = 'out-of-scope'),"
		" count(*) FILTER (WHERE status = 'warning'),"
		" count(*) FILTER (WHERE status = 'critical'),"
		" count(*) FILTER (WHERE status = 'unreachable')"
		" FROM run LEFT JOIN result ON result.run = run.id"
		" WHERE ?1 IS NULL OR profile = ?1 GROUP BY run.id ORDER BY began, id",
		err);

	if (!statement)
		return false;
	history_file_text(statement, 1, profile);
	while (history_file_row(&history->file, statement, err)) {
		struct history_run run = read_run(statement);
		say(arg, &run);
	}
	(void)sqlite3_finalize(statement);
	return err->code == ERROR_NONE;
}

struct plotting {
	struct curve *curve;
	const struct instant *before;
	bool failed;
};

static void plot(void *arg, const struct history_run *run)
{
	struct plotting *plotting = arg;
	struct curve_point point = { .open = run->open,
		.unknown = run->results[STATUS_UNREACHABLE] };

	struct instant ended;

	if (!run->ended || run->interrupted || !instant_parse(run->began, &point.time) ||
		!instant_parse(run->ended, &ended))
		return;
	if (plotting->before && ended.seconds >= plotting->before->seconds)
		return;
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		point.total += status == STATUS_OUT_OF_SCOPE ? 0 : run->results[status];
	plotting->failed |= !curve_add(plotting->curve, &point);
	plotting->curve->has_deadline = run->deadline &&
					instant_parse(run->deadline, &plotting->curve->deadline);
}

bool history_curve(struct history *history, const char *profile, const struct instant *before,
	struct curve *curve, struct error *err)
{
	struct plotting plotting = { .curve = curve, .before = before };

	return history_runs(history, profile, plot, &plotting, err) &&
	       (!plotting.failed || error_set_memory(err));
}

static struct history_moment read_moment(sqlite3_stmt *statement)
{
	return (struct history_moment){
		.run = sqlite3_column_int64(statement, 0),
		.time = history_file_column(statement, 1),
		.host = history_file_column(statement, 2),
		.port = (unsigned)sqlite3_column_int(statement, 3),
		.protocol = history_file_column(statement, 4),
		.address = history_file_column(statement, 5),
		.sni = history_file_column(statement, 6),
		.status = history_file_column(statement, 7),
		.error = history_file_column(statement, 8),
		.leaf = history_file_column(statement, 9),
		.not_after = history_file_column(statement, 10),
		.issuing = history_file_column(statement, 11),
		.rules = history_file_column(statement, 12),
	};
}

bool history_host(struct history *history, const char *host, unsigned port,
	void (*say)(void *arg, const struct history_moment *moment), void *arg, struct error *err)
{
	sqlite3_stmt *statement = history_file_prepare(&history->file,
		"SELECT run.id, began, host, port, protocol, address, sni, status, error, leaf,"
		" not_after, issuing, rules FROM service JOIN result ON service = service.id"
		" JOIN run ON run.id = run WHERE host = ?1 AND (?2 = 0 OR port = ?2)"
		" ORDER BY port, protocol, sni, address, began, run.id",
		err);

	if (!statement)
		return false;
	history_file_text(statement, 1, host);
	history_file_number(statement, 2, port);
	while (history_file_row(&history->file, statement, err)) {
		struct history_moment moment = read_moment(statement);
		say(arg, &moment);
	}
	(void)sqlite3_finalize(statement);
	return err->code == ERROR_NONE;
}
