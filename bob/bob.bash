# bash completion for bob(1)
_parley_bob() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $prev in
    --params) # a list: complete its last word
        local first=
        [[ $cur == *,* ]] && first=${cur%,*},
        mapfile -t COMPREPLY < <(compgen -P "$first" -W "n64 n128 n256 n384 n512 n1024 n2048 n4096 n8192
            r509 r1019 r1493 r2053 r4099 r8219 r13109 r17669
            l32 l48 l64 l80 l96 l112 l128 l160 l256 l448 l512 l640 l1024" -- "${cur##*,}") ;;
    --key-out | --identity | --new-identity | --config | --status-socket | --status | --events | --keylog)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    --on-key)
        mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    --user)
        mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
    --listen | --metrics | --max-sessions | --stay | --timeout | --on-key-timeout | --on-key-retries | --lifetime | --name | --seed | --peer) ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W "--listen --params --max-sessions --stay --conference --metrics --status-socket --status --user --once
            --agree-only --key-out --on-key --on-key-timeout --on-key-retries --lifetime --identity --peer --new-identity --config --events --keylog --log --timeout --step --name --seed --no-sandbox
            -q --quiet -v --verbose --version -h --help" -- "$cur") ;;
    esac
}
complete -F _parley_bob bob
