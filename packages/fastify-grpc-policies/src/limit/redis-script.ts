/**
 * Takes from several buckets, all or none, in one round trip, by the server's clock: the clocks of gateways differ.
 * KEYS are the buckets; ARGV has capacity, tokens a second and cost of each. Answers 0 or 1, then of each bucket its
 * tokens and the microseconds until its demand could be met, -1 for never, as texts: numbers would lose their fractions.
 */
export const takeScript: string = `
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local tokens, taken = {}, 1
for i, key in ipairs(KEYS) do
  local capacity, rate, cost = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  local known = redis.call("HMGET", key, "tokens", "at")
  local left, at = tonumber(known[1]), tonumber(known[2])
  if left == nil or at == nil then
    left, at = capacity, now
  end
  if now > at then
    left = left + (now - at) * rate / 1000000
  elseif now < at then
    -- The clock went back: the bucket fills from now on, not once it has caught up.
    redis.call("HSET", key, "at", string.format("%.0f", now))
  end
  tokens[i] = math.min(left, capacity)
  if tokens[i] < cost then
    taken = 0
  end
end
local answer = { taken }
for i, key in ipairs(KEYS) do
  local capacity, rate, cost = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  local left, wait = tokens[i], 0
  if taken == 1 then
    left = left - cost
    redis.call("HSET", key, "tokens", string.format("%.17g", left), "at", string.format("%.0f", now))
  elseif left < cost then
    wait = rate > 0 and cost <= capacity and math.ceil((cost - left) * 1000000 / rate) or -1
  end
  -- A full bucket is as good as none. Of a refused call too: the limit may have become slower.
  local full = rate > 0 and math.ceil(math.min((capacity - left) * 1000 / rate, 1e12)) + 1000
  if not full then
    redis.call("PERSIST", key)
  elseif taken == 1 or redis.call("PTTL", key) < full then
    redis.call("PEXPIRE", key, string.format("%.0f", full))
  end
  answer[i * 2] = string.format("%.17g", left)
  answer[i * 2 + 1] = string.format("%.0f", wait)
end
return answer
`;
