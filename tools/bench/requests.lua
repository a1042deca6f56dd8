-- wrk -s requests.lua URL -- FILE : the requests of FILE in turn, a line each:
-- path <tab> name RS value US name RS value ... <tab> body of a POST, or nothing.
-- Prints "figures <requests a second> <p50 us> <p99 us> <not answered 200> <answers>".
local threads, lines, at = {}, {}, 0
bad = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  for line in io.lines(args[1]) do
    local path, heads, body = line:match("([^\t]*)\t([^\t]*)\t(.*)")
    local headers = { Host = "127.0.0.1" }
    for name, value in heads:gmatch("([^\30\31]+)\30([^\31]*)") do headers[name] = value end
    if body ~= "" then headers["Content-Type"] = "application/x-www-form-urlencoded" end
    table.insert(lines, wrk.format(body ~= "" and "POST" or "GET", path, headers, body ~= "" and body or nil))
  end
end

function request()
  at = at % #lines + 1
  return lines[at]
end

function response(status)
  if status ~= 200 then bad = bad + 1 end
end

function done(summary, latency)
  local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  print(string.format("figures %.2f %.0f %.0f %d %d", summary.requests / (summary.duration / 1e6),
    latency:percentile(50), latency:percentile(99), wrong, summary.requests))
end
