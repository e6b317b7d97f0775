/* SPDX-License-Identifier: MIT */
/*
 * xml - text as XML 1.0 takes it, appended to a buffer
 *
 * What others wrote goes through here and nowhere else: markup becomes references, and what is
 * no character of XML (XML 1.0, 2.2), no UTF-8 or invisible is written as text_printable() writes
 * it.  Long texts are cut.  The buffer's `failed` says at the end whether all fitted.
 */
#ifndef REPORTS_MACHINE_XML_H
#define REPORTS_MACHINE_XML_H

struct buf;

void xml_text(struct buf *out, const char *text);

/* ` NAME="TEXT"`; nothing for NULL. */
void xml_attribute(struct buf *out, const char *name, const char *text);

#endif
