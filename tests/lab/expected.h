/* SPDX-License-Identifier: MIT */
/*
 * expected - the fleet's table as JSON, for whoever compares it with a scan's results
 *
 *	{"day":"2026-01-15","web":"http://127.0.0.1:24400","rules":[every id],"states":{
 *	 "retired":{"host":A-LABEL,"port":N,"protocol":..,"address":..,"status":..,
 *	  "must":{RULE:SEVERITY},"may":[RULE],"must_not":[RULE],"actions":[{"do":..,"certificate":..}],
 *	  "error":KIND|null,"error_may":[KIND],"tls":VERSION|null,"stapled":bool,
 *	  "chain":[SHA-256],"known_as":[ID|null]}}}
 *
 * An action's certificate is null where any will do.
 */
#ifndef TESTS_LAB_EXPECTED_H
#define TESTS_LAB_EXPECTED_H

#include <stdbool.h>

struct buf;
struct stock;

bool expected_text(struct buf *text, struct stock *stock, unsigned base_port, const char *base_url);

#endif
