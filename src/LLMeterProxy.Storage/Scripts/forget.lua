-- Drops the watermarks and the fence of incarnations that will never be heard of again: BudgetStep.Forget. ARGV 3 on: these.
-- Answers status, op, count of fields dropped.
local head = redis.call('HMGET', state, 'epoch', 'op')
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
end

local dropped, changes = 0, 0
local names = redis.call('HKEYS', state)
for i = 3, #ARGV do
  local before = dropped
  for _, field in ipairs(names) do
    local is_stream = string.sub(field, 1, 2) == 'w|' and string.sub(field, -#ARGV[i] - 1) == '|' .. ARGV[i]
    if is_stream or field == 'f|' .. ARGV[i] then
      dropped = dropped + redis.call('HDEL', state, field)
    end
  end
  changes = changes + (dropped > before and 1 or 0)
end
local op = changes > 0 and int(redis.call('HINCRBY', state, 'op', changes)) or head[2]
return { OK, op, dropped }
