-- KEYS 1: the beats of all nodes, incarnation to milliseconds since 1970 by the server's clock. ARGV 1: the incarnation that
-- beats, or '' to read only, 2 on: incarnations to drop.
-- Answers the server's time in microseconds, then incarnation and beat of every node.
local time = redis.call('TIME')
local now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
if ARGV[1] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[1], now)
end
for i = 2, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[i])
end
local reply = { string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])) }
for _, value in ipairs(redis.call('HGETALL', KEYS[1])) do
  reply[#reply + 1] = value
end
return reply
