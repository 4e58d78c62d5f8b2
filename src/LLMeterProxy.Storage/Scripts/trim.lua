-- Drops counters without holds whose window ended more than two days ago, and gates idle for a day: BudgetStep.Trim.
-- ARGV 3: now, in milliseconds. Answers status, op, count of fields dropped.
local KEPT_AFTER_WINDOW, KEPT_IDLE_GATE = 2 * 86400000, 86400000000
local head = redis.call('HMGET', state, 'epoch', 'op')
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
end

local now, dropped = tonumber(ARGV[3]), 0
local all, fields = redis.call('HGETALL', state), {}
for i = 1, #all, 2 do
  fields[all[i]] = all[i + 1]
end
for field, value in pairs(fields) do
  local kind, name = string.sub(field, 1, 2), string.sub(field, 3)
  if kind == 'e|' and tonumber(fields['n|' .. name] or 0) == 0 and now - tonumber(value) > KEPT_AFTER_WINDOW then
    dropped = dropped + redis.call('HDEL', state, 's|' .. name, 'h|' .. name, 'n|' .. name, 'e|' .. name)
  elseif kind == 'g|' and string.sub(field, -2) == '|l' then
    local scope = string.sub(name, 1, -3)
    if tonumber(fields['g|' .. scope .. '|n'] or 0) == 0 and now * 1000 - tonumber(value) > KEPT_IDLE_GATE then
      dropped = dropped + redis.call('HDEL', state, gate_fields(scope))
    end
  end
end
return { OK, head[2], dropped }
