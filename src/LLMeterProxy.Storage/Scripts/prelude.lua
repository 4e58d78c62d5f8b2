-- In front of every script of a slot. KEYS: the slot's state, its holds. ARGV 1: the caller's epoch, 2: the highest operation
-- number that it saw in that epoch. The rules are those of BudgetStep; a script differs only in how it carries them.
-- Everything is read and checked before the first write, so that a script which Redis aborts has changed nothing.
-- Money is written from ARGV's strings and compared as doubles; instants are microseconds since 1970.
local OK, ABSENT, EPOCH, REGRESSED, CLOCK, FENCED = 0, 1, 2, 3, 4, 5
local MINUTE, MOST_UNITS, HIGHEST_PER_MINUTE, LONGEST_DEBT = 60000000, 150000000, 4503599627370496, 1000000000000000
local LATENESS = 60000000
local MOST_MONEY = '9223372036854775807'
local state, holds = KEYS[1], KEYS[2]

-- Why the caller may not go on; nil where it may.
local function stale(epoch, op)
  if not epoch then
    return { ABSENT, '0' }
  elseif epoch ~= ARGV[1] then
    return { EPOCH, epoch }
  elseif tonumber(op) < tonumber(ARGV[2]) then
    return { REGRESSED, op }
  end
end

-- A double that is an integer, without exponent and without -0.
local function int(number)
  return string.format('%.0f', number + 0)
end

-- Rounded towards zero, exact for integers below 2^53.
local function quotient(dividend, divisor)
  return (dividend - math.fmod(dividend, divisor)) / divisor
end

-- Microseconds that units take at a pace, rounded away from the caller's favour.
local function worth(units, per_minute)
  local scaled = units * MINUTE
  local whole = quotient(scaled, per_minute)
  if scaled > 0 and math.fmod(scaled, per_minute) ~= 0 then
    whole = whole + 1
  end
  return whole
end

local function take(paid_back_at, now, units, per_minute)
  units = math.max(-MOST_UNITS, math.min(MOST_UNITS, units))
  return math.min(math.max(paid_back_at, now) + worth(units, math.min(per_minute, HIGHEST_PER_MINUTE)), now + LONGEST_DEBT)
end

local function gate_fields(scope)
  local field = 'g|' .. scope
  return field .. '|r', field .. '|t', field .. '|l', field .. '|n'
end

local function gate(scope, requests, tokens, latest, live)
  return { scope = scope, r = tonumber(requests or 0), t = tonumber(tokens or 0), l = tonumber(latest or 0), n = tonumber(live or 0) }
end

local function read_gate(scope)
  return gate(scope, unpack(redis.call('HMGET', state, gate_fields(scope))))
end

-- The live holds are counted apart, by HINCRBY.
local function write_gate(g)
  local r, t, l = gate_fields(g.scope)
  redis.call('HSET', state, r, int(g.r), t, int(g.t), l, int(g.l))
end

-- An instant as the gate sees it: a little late is now, far back is a stepped clock, and what is owed steps with it.
local function gate_now(g, at)
  if at >= g.l then
    return at
  elseif g.l - at <= LATENESS then
    return g.l
  end
  g.r, g.t, g.l, g.stepped = g.r + at - g.l, g.t + at - g.l, at, true
  return at
end

local function debit(g, now, units, per_minute)
  per_minute = tonumber(per_minute)
  if units ~= 0 and per_minute and per_minute > 0 then
    g.t = take(g.t, now, units, per_minute)
  end
end

-- The call of a reservation from ARGV: its budgets as field, start, end, limit, mode, its limits as scope, requests, tokens,
-- concurrent; only those of this slot.
local function read_call(i)
  local call = {
    id = ARGV[i], tenant = ARGV[i + 1], owner = ARGV[i + 2], amount = ARGV[i + 3], tokens = ARGV[i + 4], at = ARGV[i + 5],
    attempt = ARGV[i + 6], slots = ARGV[i + 7], intent = ARGV[i + 8], budgets = {}, limits = {}
  }
  i = i + 9
  local count = tonumber(ARGV[i])
  for n = 1, count do
    local at = i + 5 * n - 4
    call.budgets[n] = { field = ARGV[at], first = tonumber(ARGV[at + 1]), last = tonumber(ARGV[at + 2]), limit = ARGV[at + 3], mode = ARGV[at + 4], ends = ARGV[at + 2] }
  end
  i = i + 5 * count + 1
  for n = 1, tonumber(ARGV[i]) do
    local at = i + 4 * n - 3
    call.limits[n] = { scope = ARGV[at], requests = ARGV[at + 1], tokens = ARGV[at + 2], concurrent = ARGV[at + 3] }
  end
  return call
end

-- A hold as stored: owner, tenant, amount, tokens debited and not yet corrected, instant, attempt, '1' once handed over, the
-- other slots of the call, its intent, budgets as field, limit, mode, limits as scope and tokens a minute and requests a minute.
local OWNER, TENANT, AMOUNT, TOKENS, AT, ATTEMPT, EXPIRED, SLOTS, INTENT, BUDGETS, LIMITS = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

local function write_hold(call, tokens)
  local budgets, limits = {}, {}
  for _, budget in ipairs(call.budgets) do
    if call.amount ~= '0' then
      redis.call('HINCRBY', state, 'h|' .. budget.field, call.amount)
    end
    redis.call('HINCRBY', state, 'n|' .. budget.field, 1)
    redis.call('HSET', state, 'e|' .. budget.field, budget.ends)
    budgets[#budgets + 1], budgets[#budgets + 2], budgets[#budgets + 3] = budget.field, budget.limit, budget.mode
  end
  for _, limit in ipairs(call.limits) do
    redis.call('HINCRBY', state, 'g|' .. limit.scope .. '|n', 1)
    limits[#limits + 1], limits[#limits + 2], limits[#limits + 3] = limit.scope, limit.tokens, limit.requests
  end
  redis.call('HSET', holds, call.id, cmsgpack.pack({
    call.owner, call.tenant, call.amount, tokens, call.at, call.attempt, '0', call.slots, call.intent, budgets, limits
  }))
end

local function read_hold(id)
  local packed = redis.call('HGET', holds, id)
  return packed and cmsgpack.unpack(packed)
end

local function end_hold(id, hold)
  redis.call('HDEL', holds, id)
  for i = 1, #hold[BUDGETS], 3 do
    if hold[AMOUNT] ~= '0' then
      redis.call('HINCRBY', state, 'h|' .. hold[BUDGETS][i], '-' .. hold[AMOUNT])
    end
    redis.call('HINCRBY', state, 'n|' .. hold[BUDGETS][i], -1)
  end
  for i = 1, #hold[LIMITS], 3 do
    redis.call('HINCRBY', state, 'g|' .. hold[LIMITS][i] .. '|n', -1)
  end
end
