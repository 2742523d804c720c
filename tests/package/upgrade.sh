#!/bin/bash
# What upgrade.py runs under a systemd of its own: a line in /result/said for each thing that holds, in the end.
. /result/own_systemd.sh
alice=parley-alice@127.0.0.1:24022 hers=parley-alice-127.0.0.1:24022
ours() { systemctl list-units --all --plain --no-legend 'parley*'; }
# the services of ours that are active, or on their way
runs() { ours | awk '$1 ~ /service$/ && ($3 == "active" || $3 == "activating") { print $1 }' | sort | tr '\n' ' '; }
programs() { readlink /proc/[0-9]*/exe | grep -cE '/(alice|bob)( |$)'; }
pid() { systemctl show -P MainPID "$1"; }
# as_new UNIT PID: it runs as another process than PID, by the unit and the program that lie there now
as_new() {
    local now
    now=$(pid "$1")
    [ "$now" != 0 ] && [ "$now" != "$2" ] && [[ $(readlink "/proc/$now/exe") == /usr/bin/@(alice|bob) ]] &&
        [[ $(systemctl show -P Description "$1") == Parley:* ]] && [ "$(systemctl show -P NeedDaemonReload "$1")" = no ]
}
# what an administrator has written, what the units have made, and what is enabled
kept() { find /etc/parley /etc/default/parley* /etc/systemd/system /var/lib/private -name '*parley*' -o -path '*parley*' -type f; }
state() { (kept | sort; find /etc/parley /etc/default/parley* /var/lib/private/parley* /etc/systemd/system/parley* -type f -exec sha256sum {} + | sort); }
agreed() { grep -q "agreed$" /sys/class/net/wga/ifalias && cmp -s /sys/class/net/wga/ifalias /sys/class/net/wgb/ifalias; }
agreed_again() { agreed && ! cmp -s /sys/class/net/wga/ifalias /tmp/ifalias; }
nothing_left() { ! find / -xdev -name '*parley*' -not -path '/result/*' | grep .; }
same_state() { diff /tmp/state <(state); }

at_once "the older package is installed" dpkg -i /result/older.deb
at_once "nothing runs unasked" test -z "$(runs)"
at_once "nothing is enabled unasked" not ls /etc/systemd/system/multi-user.target.wants/parley*

# ---- what runs: bob and alice by their units; the two sides of an interface; an alice whose bob is away, and who so never is
# ready; one that has failed, since its file is wrong; one that was stopped
for unit in parley-bob $alice parley-wg@wga parley-wg@wgb; do systemctl start --no-block $unit; done
until_is "there are identities" eval 'test -s /var/lib/parley-bob/identity && test -s /var/lib/$hers/identity && test -s /var/lib/parley-wg-wga/identity && test -s /var/lib/parley-wg-wgb/identity'
systemctl stop parley-bob $alice parley-wg@wga parley-wg@wgb
printf '# ours\n[peer ann]\nkey = %s\n' "$(public $hers)" >/etc/parley/bob.conf
echo "BOB_OPTIONS=--name ours" >/etc/default/parley-bob
printf 'ALICE_PEERS=%s\nALICE_REKEY=1\n' "$(public parley-bob)" >/etc/default/parley-alice
for side in wga wgb; do
    ip link add $side type dummy || ip tuntap add dev $side mode tun
    [ $side = wga ] && other=wgb word=connect || other=wga word=listen
    printf '%s = 127.0.0.1:24023\n[peer other]\nkey = %s\nhook = ip link set dev %s alias "$(sha256sum <"$PARLEY_KEY_FILE")$PARLEY_EVENT"\n' \
        $word "$(public parley-wg-$other)" $side >/etc/parley/$side.conf
done
sed 's/24023/9/' /etc/parley/wga.conf >/etc/parley/away.conf
echo "conect = 127.0.0.1" >/etc/parley/wrong.conf
cp /etc/parley/wga.conf /etc/parley/stopped.conf
mkdir -p /etc/systemd/system/parley-wg@.service.d
printf '[Service]\nEnvironment=WG_REKEY=2 WG_LIFETIME=600\n' >/etc/systemd/system/parley-wg@.service.d/test.conf
systemctl daemon-reload
systemctl enable parley-bob $alice parley-wg@wga parley-wg@wgb
systemctl start --no-block parley-wg@away
systemctl start parley-wg@wrong
systemctl start --no-block parley-wg@stopped
until_is "bob runs" systemctl start parley-bob
until_is "alice runs" systemctl start $alice
until_is "wgb runs" systemctl start parley-wg@wgb
until_is "wga runs" systemctl start parley-wg@wga
until_is "bob and alice have one key" same_key
until_is "both interfaces have one" agreed
until_is "an alice waits whose bob is away" eval '[ "$(systemctl show -P ActiveState parley-wg@away)" = activating ]'
until_is "what has a wrong file has failed" systemctl is-failed -q parley-wg@wrong
systemctl stop parley-wg@stopped
all="$alice.service parley-bob.service parley-wg@away.service parley-wg@wga.service parley-wg@wgb.service "
until_is "they run" eval '[ "$(runs)" = "$all" ]'

# ---- the upgrade
for unit in parley-bob $alice parley-wg@wga parley-wg@wgb parley-wg@away; do declare "before_$(tr -cd a-z <<<$unit)=$(pid $unit)"; done
state >/tmp/state
at_once "the newer package is installed, and waits for nobody's key" timeout 300 dpkg -i /result/newer.deb </dev/null
until_is "bob is the new one" as_new parley-bob $before_parleybob
until_is "alice is the new one" as_new $alice $before_parleyalice
until_is "wga is the new one" as_new parley-wg@wga $before_parleywgwga
until_is "wgb is the new one" as_new parley-wg@wgb $before_parleywgwgb
until_is "who waits is the new one" as_new parley-wg@away $before_parleywgaway
until_is "the same run as before" eval '[ "$(runs)" = "$all" ]'
at_once "what was stopped is so" not systemctl is-active -q parley-wg@stopped
at_once "what has failed is so" systemctl is-failed -q parley-wg@wrong
until_is "the new bob and alice have a key" same_key
until_is "both interfaces have a key of new ones" agreed
cp /run/$hers/key /tmp/key
cp /sys/class/net/wga/ifalias /tmp/ifalias
until_is "they go on to another" another_key
until_is "the interfaces, too" agreed_again
at_once "configuration, identities and what is enabled stay" same_state

# ---- removed, and there again
at_once "the package is removed" dpkg --remove parley
at_once "no unit runs" test -z "$(runs)"
at_once "no program runs" test "$(programs)" = 0
at_once "no key lies about" not ls -d /run/parley* /run/private/parley*
at_once "identities stay" test -s /var/lib/private/parley-bob/identity
at_once "configuration stays" grep -q "# ours" /etc/parley/bob.conf
was=$(sha256sum <"/var/lib/private/parley-bob/identity")
at_once "the package is back" dpkg -i /result/newer.deb
at_once "nothing has come back by itself" test -z "$(runs)"
until_is "bob is back" systemctl start parley-bob
at_once "he is who he was" test "$was" = "$(sha256sum <"/var/lib/private/parley-bob/identity")"
at_once "what was enabled is enabled" systemctl is-enabled -q parley-bob

# ---- purged while it runs
systemctl start --no-block parley-wg@away parley-wg@wgb
at_once "there is something to stop" test -n "$(runs)"
at_once "the package is purged" dpkg --purge parley
at_once "no unit runs any more" test -z "$(runs)"
at_once "no program runs any more" test "$(programs)" = 0
rm -r /etc/systemd/system/parley-wg@.service.d # an administrator's, as systemctl edit makes it
until_is "nothing is left" nothing_left
systemctl daemon-reload
at_once "systemd knows no such unit" test -z "$(ours | grep -v ' failed ')"
end
