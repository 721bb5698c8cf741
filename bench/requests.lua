-- For wrk: the requests of one page open in turn, from a file of lines "METHOD path [body]"; or random bodies.
-- Prints one line of JSON when it is done; in the mode `figures` it counts the answers that are as long as one.
local lines, at = {}, 0
local is_random = false
local FIGURE_BYTES = 100000
local only_thread
figures = 0

function setup(thread) only_thread = thread end

function init(args)
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
  is_random = args[2] == "random"
  if args[2] ~= "figures" then response = nil end
  math.randomseed(1)
end

function response(status, _, body) -- slows the generator: asked for by name alone
  if status == 200 and #body > FIGURE_BYTES then figures = figures + 1 end
end

local alphabet = '{}[]":,null01-eE.\\u0000 output inputs id property page children \255\0'

local function noise()
  local parts = {}
  for n = 1, math.random(0, 60) do
    local i = math.random(1, #alphabet)
    parts[n] = alphabet:sub(i, i + math.random(0, 6))
  end
  return table.concat(parts)
end

function request()
  at = at % #lines + 1
  local method, path, body = lines[at]:match("^(%S+) (%S+) ?(.*)$")
  local headers = { ["Accept-Encoding"] = "gzip, deflate, br" }
  if is_random then body = noise() end
  if method == "POST" then headers["Content-Type"] = "application/json" else body = nil end
  return wrk.format(method, path, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "bytes": %d, "p50_ms": %.2f, "p95_ms": %.2f, "p99_ms": %.2f, '
    .. '"refused": %d, "broken": %d, "figures": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1000,
    latency:percentile(95) / 1000, latency:percentile(99) / 1000, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, only_thread:get("figures")))
end
