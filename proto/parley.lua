-- Parley in Wireshark and tshark: the frames of parley.proto and WIRE.md by name.
--
--   tshark -X lua_script:proto/parley.lua -r capture.pcap -Y parley
--   Wireshark: copy this file to a folder of Help > About > Folders > Lua Plugins, then Analyze > Reload Lua Plugins.
--
-- Sessions are recognised by their preface, on any port. Fields to filter and to print: parley.step, parley.params,
-- parley.session, parley.index, parley.learned, parley.reason, and every other name below behind "parley.".
-- Nothing is decrypted here: eve read does that.

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

-- The fields of one message. Returns what is worth showing in the packet list; nil if it is malformed.
local function dissect_message(range, message, tree)
    local at, notes = 0, ""
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
        elseif tag % 8 == 2 and not number_fields[name] and at + length <= range:len() then
            if length > 0 then
                tree:add(fields[name], range(at, length))
            end
            if text_fields[name] then
                notes = notes .. ", " .. range(at, length):string()
            elseif name == "vectors" or name == "labels" or name == "masked" or name == "box" then
                notes = notes .. ", " .. length .. " bytes"
            end
            at = at + length
        else
            return nil
        end
    end
    return notes
end

local function dissect_frame(range, tree)
    local tag, at = varint(range, 0)
    local message = tag and tag % 8 == 2 and messages[math.floor(tag / 8)]
    if not message then
        return nil
    end
    tree:add(fields.step, range, message[1])
    local length
    length, at = varint(range, at)
    if not length or at + length ~= range:len() then
        return nil
    end
    local notes = length == 0 and "" or dissect_message(range(at, length), message, tree)
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
            info = dissect_frame(tvb(HEADER), tree)
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
