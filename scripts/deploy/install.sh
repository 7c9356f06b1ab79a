#!/usr/bin/env bash
# Installs Lianban from the bundle that this file lies in; needs no network. Run again it goes on where it was
# interrupted; run from a newer bundle it upgrades. The installation in use is changed last, and in one step.
set -Eeuo pipefail
trap 'printf "install: stopped at line %s; the installation in use is as before, run this again\n" "$LINENO" >&2' ERR
export LC_ALL=C.UTF-8
umask 022
here="$(cd "$(dirname "$0")" && pwd)"

usage() {
  cat <<'EOF'
usage: install.sh --system [--packages]          as root: user, services, /opt/lianban, /etc/lianban, /var/lib/lianban
       install.sh --into DIR [--var DIR]         as anybody: program in DIR, data in --var (default: DIR/var)
       install.sh --check                        only says whether the bundle is whole and what the machine lacks
  --packages   as root on Debian 12: also install the .deb files of the bundle that are missing (Python, Pango)
  --no-compile leaves compiling to the first start (for trying out: a service cannot write where its program lies)
  PYTHON=/path chooses a Python 3.11; --settings FILE names another file than /etc/lianban/lianban.env
EOF
}
say() { printf 'install: %s\n' "$1"; }
fail() {
  printf 'install: %s\n' "$1" >&2
  exit "${2:-1}"
}

system=no packages=no check=no compile=--compile into='' var='' settings=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --system) system=yes ;;
    --packages) packages=yes ;;
    --check) check=yes ;;
    --no-compile) compile=--no-compile ;;
    --into | --var | --settings)
      [ -n "${2:-}" ] || fail "$1: expected a path" 2
      printf -v "${1#--}" '%s' "$2"
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "$1: unknown" 2
      ;;
  esac
  shift
done
if [ "$check" = no ] && [ "$system" = no ] && [ -z "$into" ]; then
  usage >&2
  fail "expected --system, --into DIR or --check" 2
fi
if [ "$system" = yes ]; then
  [ "$(id -u)" -eq 0 ] || fail "--system: expected to run as root" 2
  [ -z "$into$var" ] || fail "--system: has its own places, --into and --var are for the other way" 2
  into=/opt/lianban var=/var/lib/lianban settings="${settings:-/etc/lianban/lianban.env}"
fi

# --- the bundle is whole ---------------------------------------------------------------------------------------------
[ -f "$here/SHA256SUMS" ] || fail "$here: expected an unpacked bundle, there is no SHA256SUMS"
(cd "$here" && sha256sum --check --strict --quiet SHA256SUMS >&2) || fail "the bundle is damaged; nothing was changed"
version="$(sed -n 's/^version=//p' "$here/RELEASE")"
commit="$(sed -n 's/^commit=//p' "$here/RELEASE")"
machine="$(sed -n 's/^machine=//p' "$here/RELEASE")"
[ "$machine" = "linux-$(uname -m)" ] || fail "the bundle is for $machine, this machine is linux-$(uname -m)"

# --- what the machine must have --------------------------------------------------------------------------------------
find_python() { # a Python 3.11 that can make environments
  local each
  for each in "${PYTHON:-}" python3.11 python3; do
    if [ -n "$each" ] && command -v "$each" >/dev/null 2>&1 &&
      "$each" -c 'import sys, venv, ensurepip, sqlite3, ssl; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      command -v "$each"
      return 0
    fi
  done
  return 1
}
list_missing_libraries() {
  local known each
  known="$(/sbin/ldconfig -p 2>/dev/null || true)"
  for each in libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0; do
    case "$known" in *"$each"*) ;; *) printf '%s ' "$each" ;; esac
  done
}
install_packages() { # those files of the bundle that are newer than what is installed, or not installed
  local each name bundled installed
  local -a wanted=()
  for each in "$here"/debs/*.deb; do
    [ -f "$each" ] || fail "--packages: this bundle holds no Debian packages"
    name="$(dpkg-deb --field "$each" Package)"
    bundled="$(dpkg-deb --field "$each" Version)"
    installed="$(dpkg-query --show --showformat '${db:Status-Status} ${Version}' "$name" 2>/dev/null || true)"
    if [ "${installed%% *}" != installed ] || dpkg --compare-versions "${installed#* }" lt "$bundled"; then
      wanted+=("$each")
    fi
  done
  [ "${#wanted[@]}" -gt 0 ] || return 0
  say "installing ${#wanted[@]} Debian packages of the bundle"
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends \
    -o APT::Sandbox::User=root "${wanted[@]}" >/dev/null </dev/null ||
    fail "Debian's packages of the bundle could not be installed; nothing of Lianban was changed"
}
if [ "$packages" = yes ]; then
  [ "$(id -u)" -eq 0 ] || fail "--packages: expected to run as root" 2
  command -v apt-get >/dev/null 2>&1 || fail "--packages: expected Debian 12, there is no apt-get"
  if ! find_python >/dev/null || [ -n "$(list_missing_libraries)" ]; then install_packages; fi
fi
python="$(find_python)" ||
  fail "no Python 3.11 with venv: Debian's python3-venv is needed (as root: --packages installs it from the bundle)"
missing="$(list_missing_libraries)"
if [ -n "$missing" ]; then
  printf 'install: no PDF can be made without %s(Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; %s)\n' \
    "$missing" "as root: --packages installs them from the bundle" >&2
fi
if [ "$check" = yes ]; then
  say "the bundle of Lianban $version ($commit) is whole; Python: $python"
  exit 0
fi

# --- the program -----------------------------------------------------------------------------------------------------
mkdir -p "$into"
into="$(cd "$into" && pwd)"
var="${var:-$into/var}"
release="$into/releases/$version-${commit:0:12}"
free_kb="$(df -Pk "$into" | awk 'NR == 2 { print $4 }')"
[ "$free_kb" -ge 1000000 ] || fail "$into: expected 1 GB free, there are $((free_kb / 1000)) MB"
if [ "$system" = yes ] && [ -d /run/systemd/system ] && [ -L "$into/current" ]; then
  for unit in lianban-web lianban-scheduler 'lianban-worker@*' lianban-backup; do
    if systemctl --quiet is-active "$unit.service"; then
      fail "$unit is running: make a backup, then stop it (systemctl stop lianban.target) and run this again"
    fi
  done
fi
if [ ! -e "$release/.installed" ]; then
  say "laying Lianban $version into $release"
  rm -rf "$release" # half laid, if there at all
  mkdir -p "$release"
  cp -R "$here/product/." "$release/"
  cp "$here/lianban.cdx.json" "$here/RELEASE" "$release/"
  "$python" -m venv "$release/.venv"
  PIP_CONFIG_FILE=/dev/null "$release/.venv/bin/python" -m pip --isolated --disable-pip-version-check install --quiet "$compile" \
    --no-index --find-links "$here/wheels" --no-deps --require-hashes -r "$release/requirements.lock"
  "$release/.venv/bin/python" -m pip --disable-pip-version-check check >/dev/null
  if [ "$compile" = --compile ]; then
    "$release/.venv/bin/python" -m compileall -q "$release"/{app,migrations,reports,workflows,config.py,wsgi.py}
  fi
  touch "$release/.installed"
fi

# --- the machine's own part (--system) -------------------------------------------------------------------------------
as=()
if [ "$system" = yes ]; then
  getent passwd lianban >/dev/null ||
    useradd --system --user-group --home-dir "$var" --no-create-home --shell /usr/sbin/nologin lianban
  install -d -m 0755 /etc/lianban
  install -d -m 0700 /etc/lianban/keys
  [ -e "$settings" ] || install -m 0640 -g lianban "$release/scripts/deploy/lianban.env" "$settings"
  if [ ! -e /etc/lianban/keys/secret_key ]; then
    (umask 077 && head -c 36 /dev/urandom | base64 >/etc/lianban/keys/secret_key)
  fi
  install -d -m 0700 -o lianban -g lianban "$var"
  install -d -m 0700 -o lianban -g lianban /var/backups/lianban
  cp -R "$release/scripts/deploy/systemd/." /etc/systemd/system/
  install -m 0755 "$release/scripts/deploy/lianban" /usr/local/sbin/lianban
  as=(runuser -u lianban --)
fi

# --- the database, then the one step ---------------------------------------------------------------------------------
(
  export FLASK_APP=wsgi LIANBAN_VAR="$var"
  if [ -n "$settings" ]; then # NAME=value, one a line: as systemd and containers read it
    [ -r "$settings" ] || fail "$settings: cannot be read"
    while IFS= read -r line || [ -n "$line" ]; do
      [[ -z "$line" || "$line" == \#* ]] && continue
      [[ "$line" =~ ^[A-Z][A-Z0-9_]*= ]] || fail "$settings: expected NAME=value, got ${line%%=*}"
      export "${line?}"
    done <"$settings"
  fi
  if [ "$system" = yes ]; then
    for name in SECRET_KEY DATABASE_URL PASSWORD_PEPPER; do # as the services get them from systemd
      file="/etc/lianban/keys/$(printf '%s' "$name" | tr '[:upper:]' '[:lower:]')"
      [ ! -e "$file" ] || export "LIANBAN_$name=$(cat "$file")"
    done
  fi
  cd "$release"
  "${as[@]}" .venv/bin/flask db upgrade
) || fail "the database was not upgraded and the installation in use is as before; mend what is said above, run this again"
ln -sfn "releases/${release##*/}" "$into/current.new"
mv -T "$into/current.new" "$into/current"

if [ "$system" = yes ]; then
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  cat <<EOF
Lianban $version is installed. Next (the whole way: $into/current/docs/operations.md):
  settings        $settings
  first people    lianban department add OFF 协调办公室
                  lianban user add NAME --department OFF --role office
  start           systemctl enable --now lianban.target lianban-web lianban-scheduler lianban-backup.timer
  web server      $into/current/scripts/deploy/nginx/ has an example for nginx
EOF
else
  cat <<EOF
Lianban $version is installed. Next (the whole way: $into/current/docs/operations.md):
  cd $into/current && export FLASK_APP=wsgi LIANBAN_VAR=$var
  .venv/bin/flask department add OFF 协调办公室
  .venv/bin/flask user add NAME --department OFF --role office
  .venv/bin/gunicorn --config scripts/deploy/gunicorn_settings.py wsgi:application &
  .venv/bin/flask scheduler &
EOF
fi
