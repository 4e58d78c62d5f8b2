-- Ends holds without spend: BudgetStep.Release for each. ARGV 3: '1' where another slot refused the call, so that nothing of
-- it may stay, 4 on: reservations. Answers status, op, and for each '1' where a hold ended and the other slots of that hold.
local head = redis.call('HMGET', state, 'epoch', 'op')
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
end

local reply, changes = { OK, head[2] }, 0
for i = 4, #ARGV do
  local hold = read_hold(ARGV[i])
  if hold then
    for l = 1, #hold[LIMITS], 3 do
      local g, requests = read_gate(hold[LIMITS][l]), tonumber(hold[LIMITS][l + 2])
      debit(g, g.l, -tonumber(hold[TOKENS]), hold[LIMITS][l + 1])
      if ARGV[3] == '1' and requests and requests > 0 then
        g.r = take(g.r, g.l, -1, requests)
      end
      write_gate(g)
    end
    end_hold(ARGV[i], hold)
    changes = changes + 1
  end
  reply[#reply + 1], reply[#reply + 2] = hold and '1' or '0', hold and hold[SLOTS] or ''
end
if changes > 0 then
  reply[2] = int(redis.call('HINCRBY', state, 'op', changes))
end
return reply
