/* SPDX-License-Identifier: MIT */
/*
 * fuzz - what every fuzzer has: one function that takes bytes and survives them
 *
 * `./dev fuzz` links it with libFuzzer; the test run links it with replay.c,
 * which feeds it the files of tests/fuzz/corpus/ and nothing else.  Besides
 * not crashing, a fuzzer asserts what its module promises.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's name for it.  Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
