-- Parley in Wireshark and tshark: the frames of parley.proto and WIRE.md by name.
--
--   tshark -X lua_script:proto/parley.lua -r capture.pcap -Y parley
--   Wireshark: copy this file to a folder of Help > About > Folders > Lua Plugins, then Analyze > Reload Lua Plugins.
--
-- Sessions are recognised by their preface, on any port. Fields to filter and to print: parley.step, parley.params,
-- parley.session, parley.index, parley.learned, parley.reason, and every other name below behind "parley.".
-- What A2, B2 and B3 hold is told in the words of the session's task, which the name of its set says; where the capture
-- lacks A1, they are bytes. Nothing is decrypted here: eve read does that.

local parley = Proto("parley", "Parley key agreement")

local PORT = 24022
local HEADER = 4 -- bytes of a frame's length
local PREFACE = 8
local FRAME_MAX = 1048576

-- The oneof of Frame: name of the step, and the fields of its message.
local messages = {
    [1] = { "A1 Hello", "params", "nonce", "identity", "commitment" },
    [2] = { "B1 Welcome", "params", "nonce", "session", "identity", "commitment" },
    [3] = { "A2 Samples", "seed", "index", "vectors" },
    [4] = { "B2 Labels", "labels" },
    [5] = { "A3 Learned", "learned" },
    [6] = { "B3 Challenge", "seed", "masked", "hash" },
    [7] = { "A4 ConfirmAlice", "r", "signature", "mac" },
    [8] = { "B4 ConfirmBob", "signature", "mac", "r" },
    [9] = { "Sealed", "header", "box" },
    [10] = { "Abort", "reason" },
}

local reasons = {
    [1] = "protocol violation", [2] = "set not offered", [3] = "busy", [4] = "timed out", [5] = "shutting down",
    [6] = "not confirmed", [7] = "authentication refused", [8] = "too many failed attempts", [9] = "internal error",
}

-- Of each task, by the first letter of its sets: what happens in these steps, and how many labels so many bytes are.
local tasks = {
    n = {
        name = "lpn", rests_on = "LPN with noise 1/sqrt(n)",
        A2 = "Alice sends vectors: some uniform, some secretly composed of those.",
        B2 = "Bob labels them all by a secret parity; some labels are wrong.",
        A3 = "Alice learns the parity from vectors, recipes and labels.",
        B3 = "Bob sends new vectors, and random bits masked by their labels.",
        -- n is a multiple of 32, and below 512, or of 512: a row's piece has as many bits as the block
        chunk = function(n, _, bytes)
            local width = math.min(n, 512)
            return string.format("%d composed vectors, %d bits of each", math.floor(8 * bytes / width), width)
        end,
        labels = function(bytes)
            return 8 * bytes, "bits, of plain and then of composed vectors"
        end,
    },
    r = {
        name = "ring", rests_on = "LPN with structure (decoding of quasi-cyclic codes, 2-QCSD)", experimental = true,
        A2 = "Alice sends two ring elements, h and x + h y; x and y stay secret.",
        B2 = "Bob multiplies both by a sparse secret, and makes some bits wrong.",
        A3 = "Alice learns the secret from both products, with x and y.",
        B3 = "Bob sends new elements, and random bits masked by their labels.",
        chunk = function(n)
            return string.format("the composed element x + h y, %d bits", n)
        end,
        labels = function(bytes, n)
            return math.min(2 * n, 8 * bytes), "bits, of h s and then of (x + h y) s"
        end,
    },
    l = {
        name = "lwe", rests_on = "LWE with a small secret", experimental = true, two_bytes = true,
        A2 = "Alice sends vectors mod 2^16: some uniform, some composed of those.",
        B2 = "Bob labels them by products with a secret; each has a small error.",
        A3 = "Alice learns the secret from vectors, recipes and labels.",
        B3 = "Bob sends new vectors, and random bits masked by their labels.",
        chunk = function(n, index)
            return string.format("columns %d to %d of %d composed vectors, two bytes each", math.min(64 * index, n - 1),
                math.min(64 * index + 64, n) - 1, n)
        end,
        labels = function(bytes)
            return math.floor(bytes / 2), "numbers of two bytes, of plain and then of composed vectors"
        end,
    },
}

local LABELS_SHOWN = 32 -- of two bytes each

local text_fields = { params = true }
local number_fields = { index = true, learned = true, reason = true }

local fields = {
    version = ProtoField.uint16("parley.version", "Version"),
    length = ProtoField.uint32("parley.length", "Length"),
    step = ProtoField.string("parley.step", "Step"),
    params = ProtoField.string("parley.params", "params"),
    index = ProtoField.uint32("parley.index", "index"),
    learned = ProtoField.bool("parley.learned", "learned"),
    reason = ProtoField.uint32("parley.reason", "reason", base.DEC, reasons),
    task = ProtoField.string("parley.task", "Task"),
    rests_on = ProtoField.string("parley.rests_on", "Secrecy rests on"),
    experimental = ProtoField.bool("parley.experimental", "Experimental"),
    sentence = ProtoField.string("parley.sentence", "What happens"),
    content = ProtoField.string("parley.content", "Content"),
    n_labels = ProtoField.uint32("parley.n_labels", "Number of labels"),
    label = ProtoField.uint16("parley.label", "label"),
}
for _, message in pairs(messages) do
    for i = 2, #message do
        local name = message[i]
        fields[name] = fields[name] or ProtoField.bytes("parley." .. name, name)
    end
end
parley.fields = {}
for _, field in pairs(fields) do
    table.insert(parley.fields, field)
end

local malformed = ProtoExpert.new("parley.malformed", "Not a frame of WIRE.md", expert.group.MALFORMED, expert.severity.ERROR)
parley.experts = { malformed }

-- A varint at `at` of range: its value and where it ends; nil if there is none.
local function varint(range, at)
    local value, factor = 0, 1
    for i = at, math.min(at + 4, range:len() - 1) do
        local byte = range(i, 1):uint()
        value = value + (byte % 128) * factor
        if byte < 128 then
            return value, i + 1
        end
        factor = factor * 128
    end
    return nil
end

-- The set's name by connection, and by packet: packets may be looked at again in any order.
local set_of, set_of_packet = {}, {}

function parley.init()
    set_of, set_of_packet = {}, {}
end

local function connection(pinfo)
    local a = tostring(pinfo.src) .. " " .. pinfo.src_port
    local b = tostring(pinfo.dst) .. " " .. pinfo.dst_port
    return a < b and a .. " " .. b or b .. " " .. a
end

-- The task and n of the packet's session; nil where they are not known.
local function task_of(pinfo)
    local set = set_of_packet[pinfo.number] or set_of[connection(pinfo)]
    local letter, n = string.match(set or "", "^(%l)(%d+)$")
    n = tonumber(n)
    if n and n > 0 and n < 65536 then -- whatever somebody has written there
        return tasks[letter], n
    end
    return nil
end

-- What a field of A2, B2 or B3 is to the task. Returns what is worth showing in the packet list.
local function dissect_content(name, range, index, tree, pinfo)
    local task, n = task_of(pinfo)
    if not task or range:len() == 0 then
        return ""
    elseif name == "vectors" then
        local text = task.chunk(n, index, range:len())
        tree:add(fields.content, range, text):set_generated()
        return ", " .. text
    end
    local count, what = task.labels(range:len(), n)
    what = name == "labels" and what or "masked bits" .. (task.two_bytes and ", numbers of two bytes" or "")
    if name == "masked" and not task.two_bytes then
        count = 8 * range:len()
    end
    tree:add(fields.n_labels, range, count):set_generated()
    tree:add(fields.content, range, what):set_generated()
    if task.two_bytes then
        for i = 0, math.min(count, LABELS_SHOWN) - 1 do
            tree:add_le(fields.label, range(2 * i, 2))
        end
    end
    return ", " .. count .. " labels"
end

-- The fields of one message. Returns what is worth showing in the packet list; nil if it is malformed.
local function dissect_message(range, message, tree, pinfo)
    local at, notes, index, content = 0, "", 0, nil
    while at < range:len() do
        local tag, length, first = nil, nil, at
        tag, at = varint(range, at)
        local name = tag and message[1 + math.floor(tag / 8)]
        if not name or tag < 8 then
            return nil
        end
        length, at = varint(range, at)
        if not length then
            return nil
        end
        if tag % 8 == 0 and number_fields[name] then
            tree:add(fields[name], range(first, at - first), length)
            notes = notes .. ", " .. name .. " " .. length
            index = name == "index" and length or index
        elseif tag % 8 == 2 and not number_fields[name] and at + length <= range:len() then
            if length > 0 then
                tree:add(fields[name], range(at, length))
            end
            if text_fields[name] then
                notes = notes .. ", " .. range(at, length):string()
                set_of[connection(pinfo)] = range(at, length):string()
            elseif name == "vectors" or name == "labels" or name == "masked" or name == "box" then
                notes = notes .. ", " .. length .. " bytes"
                if length > 0 and name ~= "box" then
                    content = { name, range(at, length) }
                end
            end
            at = at + length
        else
            return nil
        end
    end
    if content then -- its index may come behind it
        notes = notes .. dissect_content(content[1], content[2], index, tree, pinfo)
    end
    return notes
end

local function dissect_frame(range, tree, pinfo)
    local tag, at = varint(range, 0)
    local message = tag and tag % 8 == 2 and messages[math.floor(tag / 8)]
    if not message then
        return nil
    end
    tree:add(fields.step, range, message[1])
    local task = task_of(pinfo)
    local sentence = task and task[string.sub(message[1], 1, 2)]
    if sentence then
        tree:add(fields.task, range, task.name):set_generated()
        tree:add(fields.experimental, range, task.experimental or false):set_generated()
        tree:add(fields.rests_on, range, task.rests_on):set_generated()
        tree:add(fields.sentence, range, sentence):set_generated()
    end
    local length
    length, at = varint(range, at)
    if not length or at + length ~= range:len() then
        return nil
    end
    local notes = length == 0 and "" or dissect_message(range(at, length), message, tree, pinfo)
    return notes and message[1] .. notes
end

local function is_preface(tvb, offset)
    return tvb(offset, HEADER):string() == "PARL"
end

local function pdu_length(tvb, _, offset)
    if is_preface(tvb, offset) then
        return PREFACE
    end
    local length = HEADER + tvb(offset, HEADER):uint()
    return length <= FRAME_MAX and length or tvb:len() - offset -- what cannot be a frame is not waited for
end

local separator -- between frames in the packet list

local function dissect_pdu(tvb, pinfo, root)
    local tree = root:add(parley, tvb())
    local info
    if is_preface(tvb, 0) then
        tree:append_text(", preface")
        tree:add(fields.version, tvb(6, 2))
        info = "Preface, version " .. tvb(6, 2):uint()
    else
        tree:add(fields.length, tvb(0, HEADER))
        if tvb:len() > HEADER and tvb:len() == HEADER + tvb(0, HEADER):uint() then
            info = dissect_frame(tvb(HEADER), tree, pinfo)
        end
        if info then
            tree:append_text(", " .. info)
        else
            tree:add_proto_expert_info(malformed)
            info = "malformed"
        end
    end
    pinfo.cols.protocol = "Parley"
    pinfo.cols.info:append(separator .. info)
    separator = " | "
    if not pinfo.visited then
        set_of_packet[pinfo.number] = set_of[connection(pinfo)]
    end
    return tvb:len()
end

function parley.dissector(tvb, pinfo, root)
    if tvb:captured_len() == 0 then
        return 0
    end
    pinfo.cols.info:clear()
    separator = ""
    dissect_tcp_pdus(tvb, root, HEADER, pdu_length, dissect_pdu)
    return tvb:len()
end

local function recognise(tvb, pinfo, root)
    if tvb:len() < PREFACE or tvb(0, 6):string() ~= "PARLEY" then
        return false
    end
    pinfo.conversation = parley
    parley.dissector(tvb, pinfo, root)
    return true
end

parley:register_heuristic("tcp", recognise)
DissectorTable.get("tcp.port"):add(PORT, parley)
