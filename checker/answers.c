/* SPDX-License-Identifier: MIT */
#include "checker/answers.h"

#include <stdlib.h>

#include "checker/cert/cert.h"

struct answers *answers_new(void)
{
	return calloc(1, sizeof(struct answers));
}

void answers_free(struct answers *answers)
{
	if (!answers)
		return;
	free(answers->ocsp);
	cert_unref(answers->issuer);
	free(answers);
}
