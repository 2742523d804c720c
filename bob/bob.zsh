#compdef bob
# zsh completion for bob(1)
local -a sets=(n64 n128 n256 n384 n512 n1024 n2048 n4096 n8192
    r509 r1019 r1493 r2053 r4099 r8219 r13109 r17669
    l32 l48 l64 l80 l96 l112 l128 l160 l256 l448 l512 l640 l1024)
_arguments \
    '--listen[where to wait for alices]:host and port:' \
    "--params[the sets to accept]:sets:_sequence compadd - $sets" \
    '--max-sessions[serve this many alices at once]:number:' \
    '--conference[pass on what one alice says to all the others]' \
    '--stay[how long a place is kept in a full house]:seconds:' \
    '--user[when root\: become this user]:user:_users' \
    '--metrics[tell Prometheus here]:host and port:' \
    '--status-socket[a Unix socket for --status]:file:_files' \
    '--status[ask the bob with this socket how he is]:file:_files' \
    "--once[serve one alice and exit with her session's status]" \
    '--agree-only[stop once the key is confirmed]' \
    '--key-out[write the session key here]:file:_files' \
    '--on-key[run this when the key file is in place]:command:_command_names -e' \
    '--on-key-timeout[kill that command after so long]:seconds:' \
    '--on-key-retries[run it again so often when it fails]:times:' \
    '--lifetime[without a fresh key for so long, overwrite the file]:seconds:' \
    '--identity[prove to the peer who this is]:file:_files' \
    '--peer[talk only to who proves to hold one of these keys]:public keys:' \
    '--new-identity[make an identity, print its public key, and exit]:file:_files' \
    '--config[read what is not given, and peers]:file:_files' \
    '--events[write JSON lines about what happens]:file:_files' \
    '--keylog[teaching aid\: append session id and key]:file:_files' \
    '--log[one log line for each event instead of sentences]' \
    '--timeout[for each answer that the peer owes]:seconds:' \
    '--step[wait for Enter before each step of this side]' \
    '--name[how this side is shown at the other]:name:' \
    '--seed[reproducible and INSECURE]:64 hex digits or any text:' \
    '--no-sandbox[do without the filter of system calls]' \
    '(-v --verbose)'{-q,--quiet}'[errors only]' \
    '(-q --quiet)'{-v,--verbose}'[more detail]' \
    '(- *)--version[show the version]' \
    '(- *)'{-h,--help}'[show a summary]'
