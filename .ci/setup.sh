# Sourced by demo and check: installs what is missing (Debian and its relatives) or says what is needed.
# usage: setup build [demo] [check]

setup() {
    local wanted=() missing=() kind package rest
    while read -r kind package rest; do
        # npm comes with other makers' nodejs, which Debian's npm would conflict with
        [ "$package" = npm ] && command -v npm >/dev/null 2>&1 && continue
        case " $* " in *" $kind "*) wanted+=("$package") ;; esac
    done < <(grep -v '^#' "$top/.ci/packages")
    if ! command -v dpkg-query >/dev/null 2>&1; then
        have_tools "$@" && return 0
        echo "This is not a Debian system, so nothing is installed for you. Parley needs what these packages hold:" >&2
        printf '  %s\n' "${wanted[@]}" >&2
        return 1
    fi
    for package in "${wanted[@]}"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || { echo "Please install as root: apt-get install ${missing[*]}" >&2; return 1; }
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}" >&2
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update -q && DEBIAN_FRONTEND=noninteractive "${as_root[@]}" \
        apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# Elsewhere: whether meson would find all it needs.
have_tools() {
    command -v meson >/dev/null && command -v ninja >/dev/null && command -v pkg-config >/dev/null &&
        command -v protoc-c >/dev/null &&
        pkg-config --exists libuv libsodium libprotobuf-c popt libedit jansson libpcap &&
        case " $* " in *" check "*) pkg-config --exists cmocka && command -v clang >/dev/null ;; esac
}
