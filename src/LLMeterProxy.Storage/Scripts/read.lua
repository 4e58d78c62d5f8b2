-- Figures of one instant. ARGV 3 on: the counters' fields; none means all. Answers status, op, and field, spent, held of each.
local head = redis.call('HMGET', state, 'epoch', 'op')
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
end

local reply = { OK, head[2] }
local function add(field, spent, held)
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = field, spent or '0', held or '0'
end

for i = 3, #ARGV do
  add(ARGV[i], unpack(redis.call('HMGET', state, 's|' .. ARGV[i], 'h|' .. ARGV[i])))
end
if #ARGV == 2 then
  for _, name in ipairs(redis.call('HKEYS', state)) do
    if string.sub(name, 1, 2) == 'e|' then -- Every counter has an end.
      local field = string.sub(name, 3)
      add(field, unpack(redis.call('HMGET', state, 's|' .. field, 'h|' .. field)))
    end
  end
end
return reply
