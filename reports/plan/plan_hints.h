/* SPDX-License-Identifier: MIT */
/*
 * plan_hints - what there is to know and to type on the servers of plan_platform.c
 *
 * Each is one thing: a trap, or a step that no script does, with its command where there is one.
 * Words in capitals stand for what is somebody's own.  The arrays have their sizes here, so that a
 * row of the table can count them.
 */
#ifndef REPORTS_PLAN_PLAN_HINTS_H
#define REPORTS_PLAN_PLAN_HINTS_H

#include "reports/plan/plan_platform.h"

extern const struct plan_hint plan_hints_apache[2];
extern const struct plan_hint plan_hints_domino[8];
extern const struct plan_hint plan_hints_dovecot[1];
extern const struct plan_hint plan_hints_exchange[11];
extern const struct plan_hint plan_hints_exchange_2010[12];
extern const struct plan_hint plan_hints_f5[8];
extern const struct plan_hint plan_hints_haproxy[2];
extern const struct plan_hint plan_hints_iis[9];
extern const struct plan_hint plan_hints_keystore[6];
extern const struct plan_hint plan_hints_netscaler[9];
extern const struct plan_hint plan_hints_nginx[1];
extern const struct plan_hint plan_hints_postfix[1];
extern const struct plan_hint plan_hints_tomcat[6];
extern const struct plan_hint plan_hints_weblogic[5];

#endif
