/* SPDX-License-Identifier: MIT */
/*
 * plan_ansible - the work as an inventory and a playbook
 *
 * The playbook is the same for all plans (data/platforms/ansible-*.yml); what it works on stands in
 * the inventory, in groups by platform, each text quoted by plan_quote.h so that it is no template.
 * A host that a script with files is for runs its script; IIS gets its certificates by modules.
 */
#ifndef REPORTS_PLAN_PLAN_ANSIBLE_H
#define REPORTS_PLAN_PLAN_ANSIBLE_H

#include <stddef.h>

#include "checker/base/attr.h"
#include "reports/plan/plan.h"

MUST_USE bool plan_ansible_inventory(const struct plan *plan, struct buf *out);

/* The other files, by number from 0: the name in the plan, and the body; NULL past the last. */
const char *plan_ansible_file(size_t number, const char **ret_body);

#endif
