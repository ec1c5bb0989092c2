import { createHash } from "node:crypto";

/** A script, and the name that Redis has for it. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

// An entry is a hash: f fingerprint, o owner, l end of the lease in milliseconds, s state (f in flight, u unknown, d done),
// and of an answer c status, h headers, e how b, its body, is written. Its time to live runs from its first request on.

/**
 * Takes the key, or tells its state, by the server's clock: those of gateways differ. KEYS is the entry; ARGV its
 * fingerprint, owner, lease and time to live in milliseconds.
 */
export const beginScript: RedisScript = script(`
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call("HMGET", KEYS[1], "s", "f", "o", "l", "c", "h", "e", "b")
local state = known[1]
if not state then
  redis.call("HSET", KEYS[1], "s", "f", "f", ARGV[1], "o", ARGV[2], "l", string.format("%.0f", now + ARGV[3]))
  redis.call("PEXPIRE", KEYS[1], ARGV[4])
  return { "begun" }
end
if known[2] ~= ARGV[1] then
  return { "mismatch" }
end
if state == "d" then
  return { "done", known[5], known[6], known[7], known[8] }
end
if state == "f" then
  -- A client that asked again, since its connection was lost: its first words had come.
  if known[3] == ARGV[2] then
    return { "begun" }
  end
  local left = known[4] - now
  if left > 0 then
    return { "in-flight", string.format("%.0f", left) }
  end
end
return { "unknown" }
`);

/** What has come of an attempt. ARGV is its owner, state, status, headers, encoding and body. Answers whether it counts. */
export const completeScript: RedisScript = script(`
local known = redis.call("HMGET", KEYS[1], "o", "s")
if known[1] ~= ARGV[1] or known[2] == "d" then
  return 0
end
redis.call("HSET", KEYS[1], "s", ARGV[2], "c", ARGV[3], "h", ARGV[4], "e", ARGV[5], "b", ARGV[6])
return 1
`);

/** Frees the key of an attempt that was not executed. ARGV is its owner. */
export const releaseScript: RedisScript = script(`
local known = redis.call("HMGET", KEYS[1], "o", "s")
if known[1] ~= ARGV[1] or known[2] ~= "f" then
  return 0
end
return redis.call("DEL", KEYS[1])
`);
