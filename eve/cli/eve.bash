# bash completion for eve(1)
_parley_eve() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} flags
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "tap sniff inspect learn read export challenge estimate lab serve show --version -h --help" -- "$cur")
        return
    fi
    case $prev in
    --params | --sets)
        mapfile -t COMPREPLY < <(compgen -W "n64 n128 n256 n384 n512 n1024 n2048 n4096 n8192
            r509 r1019 r1493 r2053 r4099 r8219 r13109 r17669
            l32 l48 l64 l80 l96 l112 l128 l160 l256 l448 l512 l640 l1024" -- "$cur")
        return ;;
    --learner) # a list: complete its last word
        local first=
        [[ $cur == *,* ]] && first=${cur%,*},
        mapfile -t COMPREPLY < <(compgen -P "$first" -W "all gauss isd recipe bkw logistic trees mlp blind primal guess quantum" -- "${cur##*,}")
        return ;;
    --programs)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return ;;
    --fault)
        mapfile -t COMPREPLY < <(compgen -W "learner theta quiet eve clock check formula list" -- "$cur")
        return ;;
    --from)
        mapfile -t COMPREPLY < <(compgen -W "alice bob" -- "$cur")
        return ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W "text csv npz syndrome darmstadt" -- "$cur")
        return ;;
    -i | --interface)
        mapfile -t COMPREPLY < <(compgen -W "any $(ls /sys/class/net 2>/dev/null)" -- "$cur")
        return ;;
    --to | --room)
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
        return ;;
    -w | --write | -o | --output | --out | --both | --key | --keylog | --key-out | --events | --lab)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return ;;
    --listen | --join | --port | --session | --budget | --threads | --seed | --shard | --per-address | --capture-max | --captures-max | --secret)
        return ;;
    esac
    case $command in
    tap) flags="--listen --to --once -w --write" ;;
    sniff) flags="-i --interface --port -w --write" ;;
    inspect) flags="--json" ;;
    learn) flags="--session --learner --budget --threads --seed --shard --key-out --events --json" ;;
    read) flags="--session --key --keylog --from" ;;
    export) flags="--session --format --both -o --output" ;;
    challenge) flags="--secret" ;;
    estimate) flags="--budget --params --json" ;;
    lab) flags="--quick --check-size --sets -o --out --shard --budget --threads --seed --fault --programs" ;;
    serve) flags="--listen --room --join --params --per-address --capture-max --captures-max -w --write --lab --budget --threads" ;;
    show) flags="--once --budget --threads" ;;
    *) return ;;
    esac
    if [[ $command == lab && COMP_CWORD -eq 2 && $cur != -* ]]; then # it lists its experiments when it is asked for none
        local experiments
        experiments=$(eve lab '?' 2>&1 | sed -n 's/^  \([a-z-]*\) .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "merge plot $experiments" -- "$cur")
        return
    fi
    if [[ $cur == -* || $command == tap || $command == sniff || $command == estimate ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$flags -q --quiet -v --verbose -h --help" -- "$cur")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -F _parley_eve eve
