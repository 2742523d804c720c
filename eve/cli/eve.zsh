#compdef eve
# zsh completion for eve(1)
local -a sets=(n64 n128 n256 n384 n512 n1024 n2048 n4096 n8192
    r509 r1019 r1493 r2053 r4099 r8219 r13109 r17669
    l32 l48 l64 l80 l96 l112 l128 l160 l256 l448 l512 l640 l1024)
local -a commands=(
    'tap:pass connections on, and write them down'
    'sniff:capture from a network interface'
    'inspect:what an eavesdropper sees in a capture'
    'learn:learn the secret from samples and labels'
    'read:open a conversation whose key is known'
    "export:samples and labels for one's own tools"
    'challenge:whether a recorded challenge is solved'
    'estimate:what the known attacks cost'
    'lab:the experiments'
    'serve:a page for a class to watch'
    'show:the same in a terminal'
)
local -a always=(
    '(-v --verbose)'{-q,--quiet}'[errors only]'
    '(-q --quiet)'{-v,--verbose}'[more detail]'
    '(- *)'{-h,--help}'[show a summary]'
)
local -a session=('--session[only this session]:id:')
local -a json=('--json[one JSON object on standard output]')
if ((CURRENT == 2)); then
    _describe -t commands command commands -- '(--version -h --help)'
    return
fi
local command=$words[2]
shift words
((CURRENT--))
case $command in
tap)
    _arguments '--listen[where Alice connects to]:host and port:' '--to[where Bob listens]:host and port:_hosts' \
        '--once[pass on one connection, then exit]' {-w,--write}'[the capture to write]:file:_files' $always ;;
sniff)
    _arguments {-i,--interface}'[where to listen]:interface:_net_interfaces' '--port[only this TCP port]:port:' \
        {-w,--write}'[the capture to write]:file:_files' $always ;;
inspect)
    _arguments $json $always ':capture:_files' ;;
learn)
    _arguments $session '--learner[which learners]:learners:_sequence compadd - all gauss isd recipe bkw logistic trees mlp blind primal guess quantum' \
        '--budget[wall-clock seconds for all of it]:seconds:' '--shard[search as one of N]:I/N:' '--threads[processors to use]:number:' \
        '--seed[search the same way again]:64 hex digits or any text:' '--key-out[write the session key here]:file:_files' \
        '--events[write JSON lines about what happens]:file:_files' $json $always ':capture:_files' ;;
read)
    _arguments $session '--key[a session key]:file:_files' '--keylog[session keys]:file:_files' \
        '--from[only the bytes of one side]:side:(alice bob)' $always ':capture:_files' ;;
export)
    _arguments $session '--format[which format]:format:(text csv npz syndrome darmstadt)' '--both[with captions, from alice --private-events]:file:_files' {-o,--output}'[write here]:file:_files' \
        $always ':capture:_files' ;;
challenge)
    _arguments "--secret[a claimed secret of Bob's, in hex]:hex:" $always ':challenge:_files' ':key:_files' ;;
estimate)
    _arguments '--budget[seconds to measure for]:seconds:' "--params[only this parameter set]:set:($sets)" $json $always ;;
lab)
    _arguments '--quick[a smaller version]' '--check-size[smaller still]' "--sets[these sets]:sets:_sequence compadd - $sets" \
        {-o,--out}'[where what comes of it goes]:folder:_files -/' '--shard[do only one of N parts]:I/N:' \
        '--budget[seconds that Eve has]:seconds:' '--threads[processors to use]:number:' \
        '--seed[repeat a run exactly]:64 hex digits or any text:' '--fault[make it wrong on purpose]:fault:(learner theta quiet eve clock check formula list)' \
        '--programs[where alice and bob are]:folder:_files -/' $always \
        ":experiment:(merge plot ${(f)"$(eve lab '?' 2>&1 | sed -n 's/^  \([a-z-]*\) .*/\1/p')"})" '*:folder:_files -/' ;;
serve)
    _arguments '--listen[where the page is]:host and port:' '--room[phones join, and talk to this bob]:host and port:_hosts' \
        '--join[where phones join]:host and port:' "--params[the sets that this bob offers]:sets:_sequence compadd - $sets" \
        '--per-address[phones at once from one address]:number:' '--capture-max[MiB of the capture of the room]:number:' '--captures-max[MiB of all captures of the room]:number:' {-w,--write}'[the capture of the room]:file:_files' "--lab[the laboratory's results]:folder:_files -/" \
        "--budget[seconds that Eve's learners have]:seconds:" '--threads[processors to use]:number:' $always '*:source:_files' ;;
show)
    _arguments '--once[end with the first session]' "--budget[seconds that Eve's learners have]:seconds:" \
        '--threads[processors to use]:number:' $always '*:source:_files' ;;
esac
