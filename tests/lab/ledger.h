/* SPDX-License-Identifier: MIT */
/*
 * ledger - what the lab writes down: the input of a scan and what has to come of it
 *
 *	profile.yaml          this PKI's profile; profile-VARIANT.yaml for those of web.h
 *	targets.csv           one line for each service, its state in the label `state`
 *	current.pem, stock-java.pem, legacy-devices.pem   the trust stores
 *	expected.json         what the fleet's table says has to be found, by state
 *	services/NAME/        chain.pem (as served), leaf.pem, rest.pem, key.pem: for real servers
 */
#ifndef TESTS_LAB_LEDGER_H
#define TESTS_LAB_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct stock;

struct ledger {
	const char *dir;
	unsigned base_port;
	const char *base_url;
};

/* Writes it all; false with ERR when a file could not be written. */
bool ledger_write(const struct ledger *ledger, struct stock *stock, struct error *err);

#endif
