using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>
/// A simulated sales team: it calls what is handed over to it and enters what it thinks of it, during working hours, following the sandbox's clock.
/// What it does with a
/// hand-over depends on the seed, the record, its company's size and the hand-over's instant only (<see cref="Judgement"/>). It looks at no score.
/// </summary>
/// <param name="seed">Decides what it does.</param>
/// <param name="desks">Where it works.</param>
/// <param name="quick">It takes minutes instead of hours, at any time of the day: for somebody who looks on.</param>
internal sealed class SalesTeam(int seed, IReadOnlyList<ISalesDesk> desks, bool quick)
{
    private const long Second = 1_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;
    private static readonly string[] CallOutcomes = ["Connected", "Connected", "Connected", "Left voicemail", "No answer"];

    private readonly HashSet<(string Desk, string Id, long At)> _planned = [];
    private readonly PriorityQueue<Action<long>, (long At, long Order)> _plan = new();
    private long _order;
    private long _nextLook;

    public void Work(long now)
    {
        if (now < _nextLook)
            return;
        _nextLook = now + (quick ? 5 * Second : Minute);
        foreach (var desk in desks)
        {
            foreach (var handedOver in desk.Waiting().ToList())
            {
                if (_planned.Add((desk.Name, handedOver.Id, handedOver.At)))
                    Plan(desk, handedOver);
            }
        }
        while (_plan.TryPeek(out var act, out var due) && due.At <= now)
        {
            _plan.Dequeue();
            act(now);
        }
    }

    private void Plan(ISalesDesk desk, HandedOver handedOver)
    {
        var draw = Draws(desk, handedOver);
        // One in ten is forgotten.
        if (draw.NextDouble() < 0.1)
            return;
        var callAt = quick
            ? handedOver.At + (15 * Second) + (long)(Math.Pow(draw.NextDouble(), 2) * 10 * Minute)
            : WorkingHours.From(handedOver.At + (15 * Minute) + (long)(Math.Pow(draw.NextDouble(), 2) * 26 * Hour));
        var outcome = CallOutcomes[draw.Next(CallOutcomes.Length)];
        var seconds = outcome == "Connected" ? draw.Next(60, 1_200) : draw.Next(0, 40);
        At(callAt, now => desk.Call(handedOver.Id, outcome, seconds, callAt, now));
        var answerAt = quick
            ? callAt + (10 * Second) + (long)(draw.NextDouble() * 5 * Minute)
            : WorkingHours.From(callAt + (5 * Minute) + (long)(draw.NextDouble() * 20 * Hour));
        if (desk.TwoSteps && draw.NextDouble() < 0.3)
        {
            var acceptedAt = answerAt;
            At(acceptedAt, now => desk.Answer(handedOver.Id, "accepted", null, acceptedAt, now));
            answerAt = quick ? answerAt + Minute + (long)(draw.NextDouble() * 5 * Minute) : WorkingHours.From(answerAt + Day + (long)(draw.NextDouble() * 3 * Day));
        }
        var judgement = Judgement.Of(desk.Employees(handedOver.Id), desk.Reasons, draw);
        var saidAt = answerAt;
        At(saidAt, now => desk.Answer(handedOver.Id, judgement.IsGood ? "qualified" : "rejected", judgement.Reason, saidAt, now));
    }

    private void At(long at, Action<long> act) => _plan.Enqueue(act, (at, _order++));

    private Random Draws(ISalesDesk desk, HandedOver handedOver)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{seed}/{desk.Name}/{handedOver.Id}/{handedOver.At}");
        return new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }
}
