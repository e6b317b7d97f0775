/* SPDX-License-Identifier: MIT */
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "rules/profile/profile_yaml.h"

/* What libcyaml says of a fault: its first message, and the innermost line of its backtrace. */
struct complaint {
	char text[200];
	size_t line;
};

static void PRINTF_LIKE(3, 0) hear(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct complaint *complaint = ctx;
	char text[200];
	size_t line;

	if (level < CYAML_LOG_ERROR)
		return;
	(void)vsnprintf(text, sizeof text, fmt, args);
	text[strcspn(text, "\n")] = '\0';
	const char *place = strstr(text, "(line: ");
	if (place && complaint->line == 0 && sscanf(place, "(line: %zu", &line) == 1)
		complaint->line = line;
	if (complaint->text[0] == '\0')
		memcpy(complaint->text, text, sizeof text);
}

static cyaml_config_t config_with(struct complaint *complaint)
{
	return (cyaml_config_t){
		.log_fn = hear,
		.log_ctx = complaint,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		.flags = CYAML_CFG_NO_ALIAS,
	};
}

void *profile_yaml_fill(const char *path, const struct buf *text,
	const struct cyaml_schema_value *schema, struct error *err)
{
	struct complaint complaint = { .text = "", .line = 0 };
	cyaml_config_t config = config_with(&complaint);
	cyaml_data_t *written = NULL;
	cyaml_err_t status = cyaml_load_data(
		(const uint8_t *)text->data, text->len, &config, schema, &written, NULL);

	if (status == CYAML_ERR_OOM) {
		error_set_memory(err);
		return NULL;
	}
	if (status != CYAML_OK) {
		error_set(err, ERROR_SYNTAX, "%s:%zu: %s (%s)", path,
			complaint.line ? complaint.line : 1, cyaml_strerror(status),
			complaint.text);
		return NULL;
	}
	return written;
}

void profile_yaml_drop(const struct cyaml_schema_value *schema, void *written)
{
	struct complaint complaint = { .text = "", .line = 0 };
	cyaml_config_t config = config_with(&complaint);

	if (written)
		(void)cyaml_free(&config, schema, written, 0);
}
