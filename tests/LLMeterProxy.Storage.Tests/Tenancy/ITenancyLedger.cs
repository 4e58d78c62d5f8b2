using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tests.Tenancy;

/// <summary>A ledger of either engine that nodes share.</summary>
internal interface ITenancyLedger : IDisposable
{
    SqlLedger Ledger { get; }

    /// <summary>The ledger as another node has it.</summary>
    SqlLedger OfAnotherNode();

    void Append(params IEnumerable<UsageRecord> records);

    /// <summary>Runs SQL on a connection of a stranger: what a person with a database tool could do.</summary>
    void ExecuteAsStranger(string sql);
}
