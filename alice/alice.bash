# bash completion for alice(1)
_parley_alice() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $prev in
    --params)
        mapfile -t COMPREPLY < <(compgen -W "n64 n128 n256 n384 n512 n1024 n2048 n4096 n8192
            r509 r1019 r1493 r2053 r4099 r8219 r13109 r17669
            l32 l48 l64 l80 l96 l112 l128 l160 l256 l448 l512 l640 l1024" -- "$cur") ;;
    --connect)
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur") ;;
    --key-out | --identity | --new-identity | --config | --events | --private-events | --keylog)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    --on-key)
        mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    --rekey | --timeout | --on-key-timeout | --on-key-retries | --lifetime | --name | --seed | --peer) ;;
    *)
        if [[ $cur != -* ]]; then
            mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
            return
        fi
        mapfile -t COMPREPLY < <(compgen -W "--connect --params --rekey --reconnect
            --agree-only --key-out --on-key --on-key-timeout --on-key-retries --lifetime --identity --peer --new-identity --config --events --private-events --keylog --log --timeout --step --name --seed --no-sandbox
            -q --quiet -v --verbose --version -h --help" -- "$cur") ;;
    esac
}
complete -F _parley_alice alice
