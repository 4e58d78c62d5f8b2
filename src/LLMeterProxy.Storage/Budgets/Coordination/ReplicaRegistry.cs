using System.Data.Common;
using System.Text.Json;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>The registry in the ledger's database, on either engine.</summary>
/// <param name="time">For the instants that rows carry.</param>
public sealed class ReplicaRegistry(ILedgerDatabase database, TimeProvider time) : IReplicaRegistry
{
    private static readonly TimeSpan _keptAfterWindow = TimeSpan.FromDays(2);


    /// <inheritdoc/>
    public void Register(string incarnation, string nodeId) => database.Write(connection => connection.Execute(
        "INSERT INTO incarnations (incarnation, node_id, registered_at) VALUES (@incarnation, @node, @at) ON CONFLICT DO NOTHING",
        ("@incarnation", incarnation), ("@node", nodeId), ("@at", Now())));

    /// <inheritdoc/>
    public IReadOnlyList<NodeIncarnation> ReadUnclosed() => database.Read(connection =>
    {
        using var command = connection.Command(
            "SELECT incarnation, node_id, replayed_epoch, expired_at FROM incarnations WHERE closed_at IS NULL ORDER BY incarnation");
        using var reader = command.ExecuteReader();
        var unclosed = new List<NodeIncarnation>();
        while (reader.Read())
        {
            unclosed.Add(new NodeIncarnation(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), !reader.IsDBNull(3)));
        }

        return unclosed;
    });

    /// <inheritdoc/>
    public void MarkReplayed(string incarnation, long epoch) => database.Write(connection => connection.Execute(
        "UPDATE incarnations SET replayed_epoch = @epoch WHERE incarnation = @incarnation AND replayed_epoch < @epoch",
        ("@incarnation", incarnation), ("@epoch", epoch)));

    /// <inheritdoc/>
    public void MarkExpired(string incarnation) => database.Write(connection => connection.Execute(
        "UPDATE incarnations SET expired_at = @at WHERE incarnation = @incarnation AND expired_at IS NULL",
        ("@incarnation", incarnation), ("@at", Now())));

    /// <inheritdoc/>
    public void Close(string incarnation) => database.Write(connection => connection.Execute(
        "UPDATE incarnations SET closed_at = @at WHERE incarnation = @incarnation AND closed_at IS NULL",
        ("@incarnation", incarnation), ("@at", Now())));

    /// <inheritdoc/>
    public CounterEpoch? ReadEpoch() => database.Read(connection =>
    {
        using var command = connection.Command("SELECT number, store, state, raised_by, raised_at, positions FROM counter_epoch WHERE id = 1");
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new CounterEpoch(
                reader.GetInt64(0),
                reader.GetString(1),
                Enum.Parse<EpochPhase>(reader.GetString(2)),
                reader.GetString(3),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
                ReadPositions(reader.GetString(5)))
            : null;
    });

    /// <inheritdoc/>
    public bool TryRaise(long from, string store, string by) => database.Write(connection => connection.Execute(
        from == 0
            ? """
              INSERT INTO counter_epoch (id, number, store, state, raised_by, raised_at, positions)
              VALUES (1, 1, @store, 'Building', @by, @at, '{}') ON CONFLICT DO NOTHING
              """
            : """
              UPDATE counter_epoch SET number = number + 1, store = @store, state = 'Building', raised_by = @by, raised_at = @at, positions = '{}'
              WHERE id = 1 AND number = @from
              """,
        ("@store", store), ("@by", by), ("@at", Now()), ("@from", from))) == 1;

    /// <inheritdoc/>
    public bool TryMarkBuilt(long number, LedgerFigures figures) => database.Write(connection => connection.Execute(
        "UPDATE counter_epoch SET state = 'Built', positions = @positions WHERE id = 1 AND number = @number AND state = 'Building'",
        ("@number", number), ("@positions", WritePositions(figures.Positions)))) == 1;

    /// <inheritdoc/>
    public bool TryOpen(long number) => database.Write(connection => connection.Execute(
        "UPDATE counter_epoch SET state = 'Open' WHERE id = 1 AND number = @number AND state <> 'Building'", ("@number", number))) == 1;

    /// <inheritdoc/>
    public void ClaimSlots(IReadOnlyCollection<string> slots, long epoch) => database.Write(connection =>
    {
        // In one order, so that two nodes that claim at once do not wait for each other.
        foreach (var slot in slots.Order(StringComparer.Ordinal))
        {
            Claim(connection, slot, epoch);
        }

        return slots.Count;
    });

    /// <inheritdoc/>
    public bool TryClaimSlot(string slot, long epoch) => database.Write(connection => Claim(connection, slot, epoch)) == 1;

    /// <inheritdoc/>
    public IReadOnlyList<string> ReadSlots(long epoch) => database.Read(connection =>
    {
        using var command = connection.Command("SELECT slot FROM counter_slots WHERE epoch = @epoch ORDER BY slot", ("@epoch", epoch));
        using var reader = command.ExecuteReader();
        var slots = new List<string>();
        while (reader.Read())
        {
            slots.Add(reader.GetString(0));
        }

        return slots;
    });

    /// <inheritdoc/>
    public LedgerFigures ReadFigures(IReadOnlySet<string> shared) => database.ReadConsistent(connection =>
    {
        var figures = Figures(connection).Read(shared, only: null);
        var positions = new Dictionary<string, JournalPosition>(StringComparer.Ordinal);
        using var command = connection.Command("SELECT node_id, position FROM journal_position");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            positions.Add(reader.GetString(0), JournalPosition.FromPacked(reader.GetInt64(1)));
        }

        return new LedgerFigures(figures, positions);
    });

    /// <inheritdoc/>
    public SlotSnapshot ReadFigures(string slot, IReadOnlySet<string> shared) =>
        database.ReadConsistent(connection => Figures(connection).Read(shared, slot)[slot]);

    private FigureReader Figures(DbConnection connection) => new(connection, time.GetUtcNow() - _keptAfterWindow);

    private static int Claim(DbConnection connection, string slot, long epoch) => connection.Execute(
        """
        INSERT INTO counter_slots (slot, epoch) VALUES (@slot, @epoch)
        ON CONFLICT (slot) DO UPDATE SET epoch = excluded.epoch WHERE counter_slots.epoch < excluded.epoch
        """,
        ("@slot", slot), ("@epoch", epoch));

    private static string WritePositions(IReadOnlyDictionary<string, JournalPosition> positions) =>
        JsonSerializer.Serialize(positions.ToDictionary(p => p.Key, p => p.Value.Packed, StringComparer.Ordinal));

    private static Dictionary<string, JournalPosition> ReadPositions(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, long>>(json)!.ToDictionary(
            p => p.Key, p => JournalPosition.FromPacked(p.Value), StringComparer.Ordinal);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
