-- Turns holds into spend, many settlements of one slot in order: BudgetStep.Settle for each.
-- ARGV 3: count; each: stream, sequence, reservation, '1' where it ends the hold, attempt, cost, tokens, instant, count of
-- counters of this slot, and for each its field and an upper bound of its window's end.
-- Answers status, op; for each '1' where applied, overshoot, '1' where a hold ended, the other slots of that hold; then field,
-- spent and held of every counter that was touched.
local head = redis.call('HMGET', state, 'epoch', 'op')
local refusal = stale(head[1], head[2])
if refusal then
  return refusal
end
redis.call('HLEN', holds) -- Of another type, it fails here rather than after a write.

local reply, touched, seen, changes = { OK, head[2] }, {}, {}, 0

-- A settlement must not fail: at the end of int64 a counter stays full, and a correction takes back no more than was spent.
local function add_spend(field, cost)
  local before = tonumber(redis.call('HGET', state, 's|' .. field) or 0)
  local sum = before + tonumber(cost)
  if sum >= tonumber(MOST_MONEY) then
    redis.call('HSET', state, 's|' .. field, MOST_MONEY)
  elseif sum < 0 then
    redis.call('HSET', state, 's|' .. field, '0')
    sum = 0
  else
    redis.call('HINCRBY', state, 's|' .. field, cost)
  end
  return before, sum
end

local function hard_limit(hold, field)
  for i = 1, hold and #hold[BUDGETS] or 0, 3 do
    if hold[BUDGETS][i] == field and hold[BUDGETS][i + 2] == 'hard' then
      return tonumber(hold[BUDGETS][i + 1])
    end
  end
end

-- The tokens that were used replace the estimate, once.
local function correct_tokens(hold, tokens, at)
  local rest = tokens - tonumber(hold[TOKENS])
  hold[TOKENS] = '0'
  for i = 1, #hold[LIMITS], 3 do
    local g = read_gate(hold[LIMITS][i])
    g.l = gate_now(g, at)
    debit(g, g.l, rest, hold[LIMITS][i + 1])
    write_gate(g)
  end
end

local i = 4
for _ = 1, tonumber(ARGV[3]) do
  local stream, sequence, id, ends, attempt, cost, tokens, at, count =
    'w|' .. ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6], ARGV[i + 7], tonumber(ARGV[i + 8])
  local applied, overshoot, ended, slots = '0', 0, '0', ''
  if tonumber(sequence) > tonumber(redis.call('HGET', state, stream) or 0) then
    applied, changes = '1', changes + 1
    local hold = read_hold(id)
    redis.call('HSET', state, stream, sequence)
    for k = 1, count do
      local field = ARGV[i + 7 + 2 * k]
      local before, after = add_spend(field, cost)
      local limit = hard_limit(hold, field)
      redis.call('HSETNX', state, 'e|' .. field, ARGV[i + 8 + 2 * k])
      if limit then
        overshoot = math.max(overshoot, after - math.max(before, limit))
      end
    end
    if hold then
      correct_tokens(hold, tonumber(tokens), tonumber(at))
      if ends == '1' then
        end_hold(id, hold)
        ended, slots = '1', hold[SLOTS]
        for b = 1, #hold[BUDGETS], 3 do
          if not seen[hold[BUDGETS][b]] then
            seen[hold[BUDGETS][b]] = true
            touched[#touched + 1] = hold[BUDGETS][b]
          end
        end
      else
        hold[ATTEMPT] = int(math.max(tonumber(hold[ATTEMPT]), tonumber(attempt) + 1))
        redis.call('HSET', holds, id, cmsgpack.pack(hold))
      end
    end
  end
  for k = 1, count do
    local field = ARGV[i + 7 + 2 * k]
    if not seen[field] then
      seen[field] = true
      touched[#touched + 1] = field
    end
  end
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3], reply[#reply + 4] = applied, int(overshoot), ended, slots
  i = i + 9 + 2 * count
end

if changes > 0 then
  reply[2] = int(redis.call('HINCRBY', state, 'op', changes))
end
for _, field in ipairs(touched) do
  local values = redis.call('HMGET', state, 's|' .. field, 'h|' .. field)
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = field, values[1] or '0', values[2] or '0'
end
return reply
