#!/bin/sh
# What the official image does: others reach the server under this host's address.
set -eu
TEMPORAL_BROADCAST_ADDRESS=$(getent hosts "$(hostname)" | awk '{print $1; exit}')
export TEMPORAL_BROADCAST_ADDRESS
exec temporal-server start
