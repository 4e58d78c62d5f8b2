-- Sets a slot from one snapshot of the ledger, without holds. Once per epoch: again it changes nothing, so that whoever repeats
-- it takes back nothing that came in since. ARGV 1: the epoch, 3: '1' to set it only where there is none, 4: count of counters
-- and for each its field, spent and an upper bound of its window's end, then count of watermarks and for each its stream and
-- sequence, then count of fenced incarnations and these. Answers status, op, '1' where it was set.
local epoch, head = ARGV[1], redis.call('HMGET', state, 'epoch', 'op')
if head[1] and (tonumber(head[1]) > tonumber(epoch) or head[1] ~= epoch and ARGV[3] == '1') then
  return { EPOCH, head[1] }
elseif head[1] == epoch then
  return { OK, head[2], '0' }
end

redis.call('HSET', state, 'op', '0') -- Aborts here, before anything is deleted, where no memory is left.
redis.call('DEL', state, holds)
redis.call('HSET', state, 'op', '1')
local i = 4
for _ = 1, tonumber(ARGV[i]) do
  redis.call('HSET', state, 's|' .. ARGV[i + 1], ARGV[i + 2], 'e|' .. ARGV[i + 1], ARGV[i + 3])
  i = i + 3
end
i = i + 1
for _ = 1, tonumber(ARGV[i]) do
  redis.call('HSET', state, 'w|' .. ARGV[i + 1], ARGV[i + 2])
  i = i + 2
end
i = i + 1
for _ = 1, tonumber(ARGV[i]) do
  redis.call('HSET', state, 'f|' .. ARGV[i + 1], '1')
  i = i + 1
end
redis.call('HSET', state, 'epoch', epoch)
return { OK, '1', '1' }
