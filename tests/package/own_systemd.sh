# For scripts that own_systemd.py has a systemd run: sourced as /result/own_systemd.sh.
exec >/result/said 2>&1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
# until_is WORDS COMMAND...: the thing holds as soon as the command succeeds, within a minute or more; else all is over, since
# what comes next rests on it
until_is() {
    for _ in $(seq 600); do
        if "${@:2}"; then echo "ok $1"; return; fi
        sleep 0.1
    done
    failed "$1"
}
# at_once WORDS COMMAND...: the same, of a command that is tried once
at_once() {
    if "${@:2}"; then echo "ok $1"; else failed "$1"; fi
}
failed() {
    echo "FAIL $1"
    journalctl --no-pager --boot -n 30
    halt
}
not() { ! "$@"; }
public() { awk 'END { print $NF }' "/var/lib/$1/identity"; }
# what bob, who serves one alice, and she hold; hers is the folder's name of her unit
same_key() { cmp -s /run/parley-bob/* "/run/$hers/key"; }
another_key() { same_key && ! cmp -s "/run/$hers/key" /tmp/key; }
halt() {
    systemctl --no-block exit 0 || systemctl --no-block poweroff
    exit
}
end() {
    echo finished
    halt
}
