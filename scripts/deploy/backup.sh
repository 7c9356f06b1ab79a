#!/usr/bin/env bash
# Makes a backup in a folder, reads it whole, and keeps the newest ones: backup.sh FOLDER [HOW_MANY, 14 by default].
# What the product says is on stdout and stderr. Nothing is removed unless the new backup is without a fault.
set -euo pipefail
folder="${1:-}" keep="${2:-14}"
if [ ! -d "$folder" ] || ! [[ "$keep" =~ ^[1-9][0-9]{0,3}$ ]]; then
  echo "backup: expected a folder that is there, and how many to keep: backup.sh /var/backups/lianban 14" >&2
  exit 2
fi
folder="$(cd "$folder" && pwd)"
cd "$(dirname "$0")/../.."
file="$folder/lianban-$(date -u +%Y%m%dT%H%M%SZ).backup"
.venv/bin/flask backup "$file"
.venv/bin/flask backup check "$file"
find "$folder" -maxdepth 1 -name 'lianban-*.backup' -type f | sort -r | tail -n "+$((keep + 1))" | while IFS= read -r old; do
  rm -- "$old"
done
