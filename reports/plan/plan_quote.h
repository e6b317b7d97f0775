/* SPDX-License-Identifier: MIT */
/*
 * plan_quote - a text as a literal of another language: one function for each syntax
 *
 * What stands in a script or an inventory comes from certificates, inputs and labels, so anybody
 * may have written it.  It is made printable first, which leaves no control character and nothing
 * that hides, and then becomes one literal that means nothing but itself:
 *
 *	sh          '...' (POSIX, 2.2.2); an apostrophe is '\''
 *	PowerShell  '...' in ASCII alone, since Windows PowerShell reads a script without a byte
 *	            order mark in the machine's own code page, where bytes of UTF-8 may be one of
 *	            the five characters that end a literal: what is not ASCII is [char]0x....
 *	YAML        !unsafe "..." (YAML 1.2, 7.3.1), so that Ansible makes no template of it
 */
#ifndef REPORTS_PLAN_PLAN_QUOTE_H
#define REPORTS_PLAN_PLAN_QUOTE_H

struct buf;

#define PLAN_QUOTE_TEXT 4096 /* longer texts are cut, and end in "..." */

void plan_quote_sh(const char *text, struct buf *out);
void plan_quote_powershell(const char *text, struct buf *out);
void plan_quote_yaml(const char *text, struct buf *out);

#endif
