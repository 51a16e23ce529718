#!/bin/sh
# The namespace and the search attributes of removals; may run again at any time.
# The server and the namespace come from TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.
set -eu

attempts=30
until temporal operator cluster health; do
  attempts=$((attempts - 1))
  [ "$attempts" -gt 0 ] || exit 1
  sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h

# A new namespace takes a few seconds until every part of the server knows it.
attempts=15
until temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
  --name RemovalState --type Keyword \
  --name RemovalProject --type Keyword \
  --name RemovalModel --type Keyword \
  --name RemovalFormat --type Keyword \
  --name RemovalFailure --type Keyword \
  --name RemovalFingerprint --type Keyword \
  --name VendorJobId --type KeywordList \
  --name RemovalParkedSince --type Datetime \
  --name CreditsCharged --type Double; do
  attempts=$((attempts - 1))
  [ "$attempts" -gt 0 ] || exit 1
  sleep 2
done
