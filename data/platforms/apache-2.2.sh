#!/bin/sh
# SPDX-License-Identifier: MIT
# apache-2.2.sh - that SSLCertificateFile has the server's own certificate alone, whatever version says
# shellcheck disable=SC2034 # read by apache.sh

APACHE_OLD=yes
