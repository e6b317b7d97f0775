/* SPDX-License-Identifier: MIT */
/*
 * sample - verdicts made by hand, for tests of what is written about them
 *
 * No scan, no certificate, no judgement: only what a report reads is filled in.
 * Certificates are literals without DER.  A sample points into itself, so it is
 * filled where it stays.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include <stddef.h>

#include "checker/cert/cert.h"
#include "checker/target/target.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

#define SAMPLE_CHAIN 4
#define SAMPLE_FINDINGS 4
#define SAMPLE_PATHS 4

struct sample {
	struct target target;
	struct label labels[2];
	struct verdict verdict;
	struct cert leaf;
	struct verdict_certificate chain[SAMPLE_CHAIN];
	struct verdict_path paths[SAMPLE_PATHS];
	struct finding findings[SAMPLE_FINDINGS];
	char *texts[32]; /* what the target and the leaf point at */
	size_t text_count;
};

/* A small profile with the real names, in all three languages. */
const struct profile *sample_profile(void);

/* 2026-06-20, five days after the retired certificates had to be gone. */
struct instant sample_day(void);

/* An endpoint in good order; the others change what they have to. */
void sample_init(struct sample *sample, const char *host, uint16_t port, enum protocol protocol);
void sample_release(struct sample *sample);

/* A copy that lives as long as the sample. */
char *sample_text(struct sample *sample, const char *text);

void sample_owner(struct sample *sample, const char *owner);
void sample_serve(struct sample *sample, enum role role, const char *id);
struct finding *sample_find(
	struct sample *sample, enum rule_id rule, enum severity severity, const char *message);
void sample_due(struct finding *finding, int year, int month, int day);
void sample_fail(struct sample *sample, enum outcome outcome, const char *message);

/* A fleet in many states; how many of SAMPLES were filled. */
#define SAMPLE_FLEET 20
size_t sample_fleet(struct sample samples[static SAMPLE_FLEET]);

#endif
