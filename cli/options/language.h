/* SPDX-License-Identifier: MIT */
/*
 * language - which language whoever called chainmend wants
 *
 * Known before the options are read, because what is wrong with them has to be
 * said in it too.
 */
#ifndef CLI_OPTIONS_LANGUAGE_H
#define CLI_OPTIONS_LANGUAGE_H

#include "checker/base/lang.h"

/*
 * What --lang says last among the ARGC words at ARGV, if it names a language;
 * else that of the locale, and English when that is neither this nor Chinese.
 */
enum language language_wanted(int argc, const char *const *argv);

#endif
