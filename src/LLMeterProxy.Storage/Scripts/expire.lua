-- Hands holds to a live incarnation, which charges those of this tenant that are answered: BudgetStep.Expire where ARGV 4 is a
-- dead incarnation, BudgetStep.ExpireOverdue where it is empty. ARGV 3: the slot's name, 5: the new owner, 6 and 7: the
-- instants before which a hold is overdue, and a foreign one abandoned.
-- Answers status, op, and for each hold its reservation, amount, attempt, '1' where it had been handed over before, instant,
-- other slots and intent.
local slot, dead, new_owner, before, abandoned = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local head = redis.call('HMGET', state, 'epoch', 'op', 'f|' .. dead)
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
end

local all = redis.call('HGETALL', holds)
local reply, changes = { OK, head[2] }, 0
if dead ~= '' and not head[3] then
  redis.call('HSET', state, 'f|' .. dead, '1')
  changes = 1
end
for i = 1, #all, 2 do
  local id, hold = all[i], cmsgpack.unpack(all[i + 1])
  local at, is_own = tonumber(hold[AT]), hold[TENANT] == slot
  if dead == '' and at < abandoned and not is_own then
    end_hold(id, hold)
    changes = changes + 1
  elseif dead ~= '' and hold[OWNER] == dead or dead == '' and at < before and hold[EXPIRED] == '0' then
    local again = hold[EXPIRED]
    hold[OWNER], hold[EXPIRED] = new_owner, '1'
    redis.call('HSET', holds, id, cmsgpack.pack(hold))
    changes = changes + 1
    if is_own then
      for _, value in ipairs({ id, hold[AMOUNT], hold[ATTEMPT], again, hold[AT], hold[SLOTS], hold[INTENT] }) do
        reply[#reply + 1] = value
      end
    end
  end
end
if changes > 0 then
  reply[2] = int(redis.call('HINCRBY', state, 'op', changes))
end
return reply
