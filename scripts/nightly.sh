#!/usr/bin/env bash
# What a night does: on each release a run of all profiles, entered in the ledger of that release, and generated Pods.
#   scripts/nightly.sh                  Kubernetes 1.35, 1.36 and 1.37
#   scripts/nightly.sh v1.36            one of them
#   NIGHTLY_RUN='--only TRG-1' NIGHTLY_MODEL='--pods 2' scripts/nightly.sh v1.35
# $NIGHTLY (runs/nightly) gets the ledgers and the folders of the runs. Ends with 1 where a step of any release did not end
# with 0; the others are done all the same.
set -uo pipefail
cd "$(dirname "$0")/.."
export NIGHTLY=${NIGHTLY:-runs/nightly}
releases=("$@")
[ $# -gt 0 ] || releases=(v1.35 v1.36 v1.37)
red=()

step() {
  printf '\n==> %s (%d s since the start)\n' "$1" "$SECONDS"
  "${@:2}" || red+=("$1: exit code $?")
}

for release in "${releases[@]}"; do
  # shellcheck disable=SC2086 # the flags are several words
  step "$release, a run" npm run --silent rac -- soak --add 1 --keep-all --cluster "$release" \
    --ledger "$NIGHTLY/$release.ndjson" ${NIGHTLY_RUN:---profile all}
  # shellcheck disable=SC2086
  step "$release, generated Pods" npm run --silent rac -- model --seed random --cluster "$release" \
    --output "$NIGHTLY/$release-model-$(date -u +%Y%m%d-%H%M%S)" ${NIGHTLY_MODEL:-}
done

printf '\n'
[ ${#red[@]} -gt 0 ] || { printf 'every step ended well\n'; exit 0; }
printf '%s\n' "${red[@]}"
exit 1
