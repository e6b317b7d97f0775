/* SPDX-License-Identifier: MIT */
#include "checker/survey/survey.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/dns/dns_message.h"
#include "checker/engine/fetch_guard.h"
#include "checker/engine/resolve.h"
#include "checker/survey/survey_parts.h"

struct survey *survey_new(const struct survey_options *options, struct error *err)
{
	CLEANUP(survey_freep) struct survey *survey = calloc(1, sizeof *survey);

	if (!survey) {
		(void)error_set_memory(err);
		return NULL;
	}
	survey->options = *options;
	survey->direct = resolve_direct_new(options->timeout_s, err);
	return survey->direct ? TAKE(survey) : NULL;
}

void survey_free(struct survey *survey)
{
	if (!survey)
		return;
	resolve_direct_free(survey->direct);
	free(survey);
}

bool survey_is_private(const struct survey *survey, const char *address)
{
	struct address parsed;

	return !survey->options.allow_private &&
	       (!address_parse(address, &parsed) || !fetch_guard_is_public(&parsed.socket.any));
}

static const char *round_copy(struct round *round, const char *text)
{
	char *copy = text_copy(text, strlen(text));

	if (!copy || !vec_reserve(&round->texts)) {
		free(copy);
		round->failed = true;
		return "";
	}
	round->texts.items[round->texts.count++] = copy;
	return copy;
}

void round_add(struct round *round, struct round_ask ask, struct round_part part)
{
	if (!vec_reserve(&round->questions) || !vec_reserve(&round->parts)) {
		round->failed = true;
		return;
	}
	round->questions.items[round->questions.count++] = (struct resolve_question){
		.server = round_copy(round, ask.server),
		.name = round_copy(round, ask.name),
		.type = ask.type,
		.recurse = ask.flags & ROUND_RECURSE,
		.unchecked = ask.flags & ROUND_UNCHECKED,
	};
	round->parts.items[round->parts.count++] = part;
}

static void round_empty(struct round *round)
{
	for (size_t i = 0; i < round->questions.count; i++)
		dns_message_free(round->questions.items[i].answer);
	for (size_t i = 0; i < round->texts.count; i++)
		free(round->texts.items[i]);
	free(round->questions.items);
	free(round->parts.items);
	free(round->texts.items);
	*round = (struct round){ .failed = false };
}

bool round_run(struct survey *survey, struct round *round)
{
	bool good = !round->failed || error_set_memory(survey->err);

	good = good && resolve_direct_ask(survey->direct, round->questions.items,
			       round->questions.count, survey->err);
	for (size_t i = 0; i < round->questions.count && good; i++) {
		const struct round_part *part = &round->parts.items[i];
		part->take(survey, part->seen, part->which, &round->questions.items[i]);
		good = survey->err->code == ERROR_NONE;
	}
	round_empty(round);
	return good;
}

const char *survey_resolver(const struct survey *survey, const struct dcv_seen *seen)
{
	for (size_t i = 0; i < seen->looks.count && i < survey->options.resolver_count; i++)
		if (seen->looks.items[i].answered)
			return survey->options.resolvers[i];
	return survey->options.resolvers[0];
}

bool survey_run(struct survey *survey, struct dcv_seen *seen, size_t count, struct error *err)
{
	survey->seen = seen;
	survey->count = count;
	survey->err = err;
	return survey_dns(survey) && survey_zone(survey) &&
	       (!survey->options.path || survey_web(survey));
}
