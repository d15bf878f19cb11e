#!/bin/bash
# Makes this Debian 12 or 13 a kiosk that boots into the page: see docs/kiosk.md. Run it again to change the origin.
set -euo pipefail

usage() {
    cat >&2 <<'USAGE'
install.sh [--keyboard] ORIGIN   as https://till.example; --keyboard: scanners and keyboards may type into the page
install.sh --uninstall           all but the packages and /var/lib/till, which holds open payments
USAGE
    exit 2
}

say() { echo "kiosk: $*"; }
fail() {
    echo "kiosk: $*; nothing was changed" >&2
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
units=(mpos-kiosk.service mpos-kiosk-watch.timer mpos-kiosk-nightly.timer)
policy=/etc/chromium/policies/managed/mpos-terminal.json
readers=/etc/udev/rules.d/70-mpos-readers.rules
keyboards=/etc/udev/rules.d/71-mpos-kiosk-keyboards.rules
declare -A files=(
    [mpos-kiosk.service]=/etc/systemd/system/mpos-kiosk.service
    [mpos-kiosk-watch.service]=/etc/systemd/system/mpos-kiosk-watch.service
    [mpos-kiosk-watch.timer]=/etc/systemd/system/mpos-kiosk-watch.timer
    [mpos-kiosk-nightly.service]=/etc/systemd/system/mpos-kiosk-nightly.service
    [mpos-kiosk-nightly.timer]=/etc/systemd/system/mpos-kiosk-nightly.timer
    [mpos-kiosk-watch]=/usr/local/libexec/mpos-kiosk-watch
    [mpos-kiosk.pam]=/etc/pam.d/mpos-kiosk
    [logind.conf]=/etc/systemd/logind.conf.d/mpos-kiosk.conf
    [system.conf]=/etc/systemd/system.conf.d/mpos-kiosk.conf
    [sysctl.conf]=/etc/sysctl.d/60-mpos-kiosk.conf
    [apt.conf]=/etc/apt/apt.conf.d/52mpos-kiosk
)
packages=(
    cage xwayland                                      # which does not start without it
    chromium chromium-sandbox libpam-systemd dbus
    curl iproute2 procps                               # the watchdog's
    fonts-noto-core                                    # every script that a receipt may hold
    speech-dispatcher speech-dispatcher-espeak-ng      # voices of the machine itself
    unattended-upgrades
)

[ "$(id -u)" = 0 ] || fail "run it as root"

if [ "${1:-}" = --uninstall ]; then
    [ $# = 1 ] || usage
    systemctl disable --now "${units[@]}" || true
    systemctl unmask ctrl-alt-del.target
    systemctl set-default multi-user.target
    rm -f "${files[@]}" "$policy" "$readers" "$keyboards" /etc/mpos/kiosk
    say "removed, as from the next start of the machine on"
    say "user till, /var/lib/till and the packages are still here; once the till's list has no open payment: userdel till; rm -r /var/lib/till"
    exit
fi

heard=no
[ "${1:-}" != --keyboard ] || { heard=yes && shift; }
[ $# = 1 ] || usage
origin=$1

# Checks, before anything is changed.
# shellcheck source=/dev/null
. /etc/os-release
if [ "${ID:-}" != debian ] || [ "${VERSION_ID:-0}" -lt 12 ]; then fail "this is made for Debian 12 and 13"; fi
case $origin in
    https://* | http://localhost | http://localhost:* | http://127.0.0.1 | http://127.0.0.1:*) ;;
    *) fail "readers work on https:// only, or with a proxy on this machine" ;;
esac
[ ! -e /etc/systemd/system/display-manager.service ] || fail "this machine has a desktop: begin with a Debian without one"
proxy=$(PATH=$here:$PATH command -v mpos-proxy) || fail "mpos-proxy is neither in $here nor in PATH: it prints the policy"
lockdown=$("$proxy" kiosk-policy --lockdown --browser chromium --origin "$origin" 2>/dev/null) ||
    fail "$origin is no origin: write it as the browser does, without a path"
rules=$("$proxy" kiosk-policy --udev till 2>/dev/null)

missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"
fi

if ! id till >/dev/null 2>&1; then
    useradd --system --user-group --home-dir /var/lib/till --no-create-home --shell /usr/sbin/nologin till
    say "user till: no password, no shell, no group but its own"
fi

for file in "${!files[@]}"; do
    mode=644
    [ "$file" != mpos-kiosk-watch ] || mode=755
    install -D -m "$mode" "$here/$file" "${files[$file]}"
done
put() {
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" >"$1"
    chmod 644 "$1"
}
put "$policy" "$lockdown"
put "$readers" "$rules"
put /etc/mpos/kiosk "ORIGIN=$origin"$'\n'"ENTER="
if [ $heard = yes ]; then
    rm -f "$keyboards"
    say "keyboards and scanners may type into the page"
else
    install -m 644 "$here/keyboards.rules" "$keyboards"
    say "keyboards are not heard, nor are scanners that type (--keyboard lets them)"
fi

systemctl enable --quiet "${units[@]}"
systemctl mask --quiet ctrl-alt-del.target
systemctl set-default --quiet graphical.target
say "$origin from the next start of the machine on; the undoing: $0 --uninstall"
say "now: firmware and boot loader passwords (docs/kiosk.md), then systemctl reboot"
