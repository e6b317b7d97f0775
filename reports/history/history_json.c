/* SPDX-License-Identifier: MIT */
/*
 * Keys are a contract: docs/formats.md, "History".
 */
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/history/history.h"
#include "reports/history/history_text.h"
#include "reports/json.h"

static void put(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_put_string_or_null(json, text && text[0] ? text : NULL);
}

static void put_count(struct json *json, const char *key, size_t count)
{
	json_key(json, key);
	json_put_integer(json, (int64_t)count);
}

static void say_run(void *arg, const struct history_run *run)
{
	struct json json;

	json_init(&json, arg);
	json_begin_object(&json);
	put(&json, "schema", "chainmend.history-run/1");
	put_count(&json, "run", (size_t)run->id);
	put(&json, "began", run->began);
	put(&json, "ended", run->ended);
	json_key(&json, "interrupted");
	json_put_bool(&json, run->interrupted);
	put(&json, "as_of", run->as_of);
	put(&json, "profile", run->profile);
	put(&json, "deadline", run->deadline);
	put(&json, "version", run->version);
	put_count(&json, "targets", run->targets);
	json_key(&json, "results");
	json_begin_object(&json);
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		put_count(&json, status_name(status), run->results[status]);
	json_end_object(&json);
	put_count(&json, "open", run->open);
	json_end_object(&json);
	if (json_end(&json))
		(void)buf_add_char(arg, '\n');
}

static void say_moment(void *arg, const struct history_moment *moment)
{
	struct json json;

	json_init(&json, arg);
	json_begin_object(&json);
	put(&json, "schema", "chainmend.history-result/1");
	put_count(&json, "run", (size_t)moment->run);
	put(&json, "time", moment->time);
	put(&json, "host", moment->host);
	json_key(&json, "port");
	if (moment->port == 0)
		json_put_null(&json);
	else
		json_put_integer(&json, moment->port);
	put(&json, "protocol", moment->protocol);
	put(&json, "address", moment->address);
	put(&json, "sni", moment->sni);
	put(&json, "status", moment->status);
	put(&json, "error", moment->error);
	put(&json, "leaf", moment->leaf);
	put(&json, "not_after", moment->not_after);
	put(&json, "issuing", moment->issuing);
	json_key(&json, "rules");
	json_put_string(&json, moment->rules);
	json_end_object(&json);
	if (json_end(&json))
		(void)buf_add_char(arg, '\n');
}

bool history_json_runs(struct history *history, struct buf *out, struct error *err)
{
	return history_runs(history, NULL, say_run, out, err) &&
	       (!out->failed || error_set_memory(err));
}

bool history_json_host(struct history *history, const char *host, unsigned port, struct buf *out,
	struct error *err)
{
	return history_host(history, host, port, say_moment, out, err) &&
	       (!out->failed || error_set_memory(err));
}
