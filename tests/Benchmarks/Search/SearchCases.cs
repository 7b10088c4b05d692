using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>What people look for: the first page and one in the middle, for who sees little and who sees much, where much is found and where nothing is.</summary>
internal static class SearchCases
{
    private static readonly SessionScope Own = SessionScope.OwnOf(GeneratedCatalogue.Name(7));
    private static readonly SessionScope Busiest = SessionScope.OwnOf(GeneratedCatalogue.Name(0));
    private static readonly SessionScope Lead = new(GeneratedCatalogue.Name(7), [1, 2, 3], ["legal"], []);
    private static readonly SessionScope Everything = new(GeneratedCatalogue.Name(7), [.. Enumerable.Range(1, GeneratedCatalogue.Teams)], ["network", "printing", "payroll", "mail", "legal", "press"], []);

    public static IReadOnlyList<(string Name, SessionScope Scope, SessionCriteria Criteria, SessionPlace Place)> Of(int count)
    {
        var middle = GeneratedCatalogue.Session(count / 2, count);
        SessionPlace older = new(new(middle.CreatedAt, middle.Id), Newer: false), newer = new(new(middle.CreatedAt, middle.Id), Newer: true);
        var (year, ago) = (TimeSpan.FromDays(365), GeneratedCatalogue.End - TimeSpan.FromDays(900));
        SessionState[] open = [SessionState.Invited, SessionState.AwaitingConsent, SessionState.Ready, SessionState.Recording, SessionState.Paused, SessionState.Ending], lost = [SessionState.Lost];
        return
        [
            ("own", Own, new(), SessionPlace.First),
            ("own, from the middle on", Own, new(), older),
            ("own of the busiest, lost", Busiest, new() { States = lost }, SessionPlace.First),
            ("own of the busiest, no such ticket", Busiest, new() { Ticket = "zzz" }, SessionPlace.First),
            ("3 teams, 1 label", Lead, new(), SessionPlace.First),
            ("3 teams, 1 label: from the middle on", Lead, new(), older),
            ("3 teams, 1 label: towards the newer ones", Lead, new(), newer),
            ("3 teams, 1 label: under way", Lead, new() { States = open }, SessionPlace.First),
            ("3 teams, 1 label: lost", Lead, new() { States = lost }, SessionPlace.First),
            ("3 teams, 1 label: a team", Lead, new() { Team = 2 }, SessionPlace.First),
            ("3 teams, 1 label: a team and a label", Lead, new() { Team = 2, Label = "network" }, SessionPlace.First),
            ("3 teams, 1 label: a team and a label that never meet", Lead, new() { Team = 2, Label = "legal" }, SessionPlace.First),
            ("3 teams, 1 label: a team, a label, lost", Lead, new() { Team = 1, Label = "network", States = lost }, SessionPlace.First),
            ("3 teams, 1 label: a label that is rare", Lead, new() { Label = "press" }, SessionPlace.First),
            ("3 teams, 1 label: a technician", Lead, new() { Technician = GeneratedCatalogue.Name(22) }, SessionPlace.First),
            ("3 teams, 1 label: a technician who is in none of them", Lead, new() { Technician = GeneratedCatalogue.Name(9) }, SessionPlace.First),
            ("3 teams, 1 label: a ticket", Lead, new() { Ticket = $"inc{count / 3:00000000}" }, SessionPlace.First),
            ("3 teams, 1 label: a ticket's beginning, 1,000 of them", Lead, new() { Ticket = $"INC{count / 2000:00000}" }, SessionPlace.First),
            ("3 teams, 1 label: a ticket's beginning, too common", Lead, new() { Ticket = "INC" }, SessionPlace.First),
            ("3 teams, 1 label: a year, three years ago", Lead, new() { From = ago - year, Before = ago }, SessionPlace.First),
            ("3 teams, 1 label: a day, lost", Lead, new() { From = ago, Before = ago.AddDays(1), States = lost }, SessionPlace.First),
            ("20 teams, 6 labels", Everything, new(), SessionPlace.First),
            ("20 teams, 6 labels: lost", Everything, new() { States = lost }, SessionPlace.First),
            ("20 teams, 6 labels: under way", Everything, new() { States = open }, SessionPlace.First),
            ("20 teams, 6 labels: a label", Everything, new() { Label = "mail" }, SessionPlace.First),
            ("20 teams, 6 labels: a label that is none of the six", Everything, new() { Label = "accounts" }, SessionPlace.First),
            ("20 teams, 6 labels: a label, a team, from the middle on", Everything, new() { Label = "mail", Team = 4 }, older),
        ];
    }
}
