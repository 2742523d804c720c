#!/bin/bash
# What units_at_work.py runs under a systemd of its own: a line in /result/said for each thing that holds, in the end.
. /result/own_systemd.sh
logged() { journalctl --no-pager --boot -u parley-bob -u 'parley-alice@*' -u 'parley-wg@*' | grep -q "$1"; }
alice=parley-alice@127.0.0.1:24022 hers=parley-alice-127.0.0.1:24022
mkdir -p /etc/default /etc/parley /etc/systemd/system/parley-wg@.service.d

at_once "without peers bob does not start" not systemctl start parley-bob
at_once "without a peer alice does not start" not systemctl start $alice
echo "BOB_PEERS=$(public $hers)" >/etc/default/parley-bob
printf 'ALICE_PEERS=%s\nALICE_REKEY=1\n' "$(public parley-bob)" >/etc/default/parley-alice
until_is "bob starts" systemctl start parley-bob
until_is "alice starts" systemctl start $alice
until_is "they have one key" same_key
cp /run/$hers/key /tmp/key
until_is "they have another" another_key

printf '[peer ann]\nkey = %s\n' "$(public $hers)" >/etc/parley/bob.conf
until_is "bob starts by a file" systemctl restart parley-bob
until_is "bob is told to read it again" systemctl reload parley-bob
until_is "bob reads it again" logged "read again, 1 pinned key"
systemctl kill -s KILL parley-bob
cp /run/$hers/key /tmp/key
until_is "after a kill there is another key" another_key
systemctl stop parley-bob $alice

# no interface of WireGuard, which not every kernel has, but what takes the same right to change
for side in wga wgb; do
    ip link add $side type dummy || ip tuntap add dev $side mode tun
    [ $side = wga ] && echo "connect = 127.0.0.1" >/etc/parley/$side.conf || : >/etc/parley/$side.conf
    systemctl start --no-block parley-wg@$side
    until_is "$side has an identity" test -s /var/lib/parley-wg-$side/identity
done
systemctl stop parley-wg@wga parley-wg@wgb
for side in wga wgb; do
    [ $side = wga ] && other=wgb || other=wga
    printf '[peer other]\nkey = %s\nhook = ip link set dev %s alias "$(sha256sum <"$PARLEY_KEY_FILE")$PARLEY_EVENT"\n' \
        "$(public parley-wg-$other)" $side >>/etc/parley/$side.conf
done
printf '[Service]\nEnvironment=WG_REKEY=2 WG_LIFETIME=5\n' >/etc/systemd/system/parley-wg@.service.d/test.conf
systemctl daemon-reload
agreed() { grep -q "agreed$" /sys/class/net/wga/ifalias && cmp -s /sys/class/net/wga/ifalias /sys/class/net/wgb/ifalias; }
until_is "wgb waits" systemctl start parley-wg@wgb
until_is "wga has a key" systemctl start parley-wg@wga
until_is "both interfaces have it" agreed
until_is "both sides are told to read their files again" systemctl reload parley-wg@wga parley-wg@wgb
until_is "bob reads it again, alice says that she does not" eval 'logged "wgb.conf: read again" && logged "wga.conf.*starts"'
systemctl kill -s KILL parley-wg@wgb
systemctl stop parley-wg@wgb
until_is "wga's key ends" grep -q "expired$" /sys/class/net/wga/ifalias
until_is "wgb is back" systemctl start parley-wg@wgb
until_is "both interfaces have a key again" agreed
until_is "the programs have filters of their own" not logged "no filter of system calls"
end
