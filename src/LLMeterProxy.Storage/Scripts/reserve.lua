-- Holds on every budget of this slot, or answers which one refuses: BudgetStep.Reserve, or with 'check' BudgetStep.Check.
-- ARGV 3: 'hold' or 'check', 4: tolerated difference of the clocks in milliseconds, 5 on: the call.
-- Answers status, op, outcome, index of what refused, its spent and held, wait in microseconds, count of shadow budgets that
-- would have refused and their indexes, then spent and held of every budget.
local GRANTED, TOO_BIG, EXHAUSTED, IN_FLIGHT, REQUEST_RATE, TOKEN_RATE, CONCURRENCY = 0, 1, 2, 3, 4, 5, 6
local NEVER = '-1'
local call = read_call(5)
local amount = tonumber(call.amount)

local fields = { 'epoch', 'op', 'f|' .. call.owner }
for _, budget in ipairs(call.budgets) do
  fields[#fields + 1], fields[#fields + 2] = 's|' .. budget.field, 'h|' .. budget.field
end
for _, limit in ipairs(call.limits) do
  fields[#fields + 1], fields[#fields + 2], fields[#fields + 3], fields[#fields + 4] = gate_fields(limit.scope)
end
local values = redis.call('HMGET', state, unpack(fields))
local refusal = stale(values[1], values[2])
if refusal then
  return refusal
elseif values[3] then
  return { FENCED, values[2] }
end

local is_held = redis.call('HEXISTS', holds, call.id) == 1
if not is_held then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local tolerance = tonumber(ARGV[4])
  for _, budget in ipairs(call.budgets) do
    if now < budget.first - tolerance or now > budget.last + tolerance then
      return { CLOCK, values[2], int(now * 1000) }
    end
  end
end

local function answer(op, outcome, index, wait, shadows, held)
  local budget = index > 0 and outcome <= IN_FLIGHT and 2 + 2 * index or nil
  local reply = { OK, op, outcome, index, budget and values[budget] or '0', budget and values[budget + 1] or '0', wait, #shadows }
  for _, shadow in ipairs(shadows) do
    reply[#reply + 1] = shadow
  end
  for i = 1, #call.budgets do
    reply[#reply + 1] = values[2 + 2 * i] or '0'
    reply[#reply + 1] = held and held[i] or values[3 + 2 * i] or '0'
  end
  return reply
end

if is_held then
  return answer(values[2], GRANTED, 0, '0', {})
end

-- Rate limits come first. A refusal consumes nothing; only a stepped clock is remembered, else it would refuse until it is caught up.
local function refused_by_limit(i, limit, g, now)
  local requests, tokens, concurrent = tonumber(limit.requests), tonumber(limit.tokens), tonumber(limit.concurrent)
  if requests then
    local pace = math.min(requests, 4 * MOST_UNITS)
    local wait = requests > 0 and g.r - now - worth(math.max(1, math.floor(pace / 6)) - 1, pace)
    if not wait or wait > 0 then
      return answer(values[2], REQUEST_RATE, i, wait and int(wait) or NEVER, {})
    end
  end
  if tokens then
    local needed = math.max(1, tonumber(call.tokens))
    local wait = tokens > 0 and needed <= tokens
      and g.t - now - (MINUTE - quotient(math.min(needed, MOST_UNITS) * MINUTE, math.min(tokens, HIGHEST_PER_MINUTE)))
    if not wait or wait > 0 then
      return answer(values[2], TOKEN_RATE, i, wait and int(wait) or NEVER, {})
    end
  end
  if concurrent and g.n >= concurrent then
    return answer(values[2], CONCURRENCY, i, '0', {})
  end
end

local gates, nows, first = {}, {}, 3 + 2 * #call.budgets
for i, limit in ipairs(call.limits) do
  local at = first + 4 * i - 3
  gates[i] = gate(limit.scope, values[at], values[at + 1], values[at + 2], values[at + 3])
  nows[i] = gate_now(gates[i], tonumber(call.at))
  local refused = refused_by_limit(i, limit, gates[i], nows[i])
  if refused then
    for _, g in ipairs(gates) do
      if g.stepped then
        write_gate(g)
      end
    end
    return refused
  end
end

-- Of all budgets the most final refusal wins: too big, exhausted, in flight. Soft ones never refuse, shadow ones are named.
local outcome, index, shadows = GRANTED, 0, {}
for i, budget in ipairs(call.budgets) do
  local limit, spent, held = tonumber(budget.limit), tonumber(values[2 + 2 * i] or 0), tonumber(values[3 + 2 * i] or 0)
  local refused = amount == 0 and GRANTED or amount > limit and TOO_BIG or amount > limit - spent and EXHAUSTED
    or amount > limit - spent - held and IN_FLIGHT or GRANTED
  if refused ~= GRANTED and budget.mode == 'shadow' then
    shadows[#shadows + 1] = i
  elseif refused ~= GRANTED and budget.mode == 'hard' and (outcome == GRANTED or refused < outcome) then
    outcome, index = refused, i
  end
end
if outcome ~= GRANTED or ARGV[3] == 'check' then
  for _, g in ipairs(gates) do
    if g.stepped then
      write_gate(g)
    end
  end
  return answer(values[2], outcome, index, '0', outcome == GRANTED and shadows or {})
end

write_hold(call, call.tokens)
for i, limit in ipairs(call.limits) do
  local g, requests = gates[i], tonumber(limit.requests)
  g.l = nows[i]
  if requests and requests > 0 then
    g.r = take(g.r, nows[i], 1, requests)
  end
  debit(g, nows[i], tonumber(call.tokens), limit.tokens)
  write_gate(g)
end
local held = {}
for i, budget in ipairs(call.budgets) do
  held[i] = redis.call('HGET', state, 'h|' .. budget.field) or '0'
end
return answer(int(redis.call('HINCRBY', state, 'op', 1)), GRANTED, 0, '0', shadows, held)
