namespace LLMeterProxy.Core.Budgets;

/// <summary>A hold that was handed over to be charged, in full: nobody knows what its call came to.</summary>
/// <param name="Attempt">The attempt in flight, 1 and up: whose id the charge's record has.</param>
public sealed record ExpiredHold(Reservation Reservation, int Attempt);
