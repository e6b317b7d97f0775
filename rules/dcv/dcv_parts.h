/* SPDX-License-Identifier: MIT */
/*
 * dcv_parts - the methods one by one
 *
 * Private to rules/dcv/.  Each only finds; dcv_judge() says what it comes to.
 */
#ifndef RULES_DCV_DCV_PARTS_H
#define RULES_DCV_DCV_PARTS_H

struct dcv_request;
struct dcv_seen;
struct dcv_verdict;

void dcv_judge_file(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *verdict);
void dcv_judge_dns(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *verdict);
void dcv_judge_mail(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *verdict);
void dcv_judge_caa(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *verdict);
void dcv_judge_dnssec(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *verdict);

#endif
