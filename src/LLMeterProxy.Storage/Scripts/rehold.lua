-- Takes a hold in flight back after a rebuild, without a check: BudgetStep.Rehold. ARGV 3 on: the call.
-- Answers status, op, '1' where it is held.
local call = read_call(3)
local head = redis.call('HMGET', state, 'epoch', 'op', 'f|' .. call.owner)
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
elseif head[3] then
  return { OK, head[2], '0' }
elseif redis.call('HEXISTS', holds, call.id) == 1 then
  return { OK, head[2], '1' }
end

write_hold(call, '0')
return { OK, int(redis.call('HINCRBY', state, 'op', 1)), '1' }
