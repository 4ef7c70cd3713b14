import Ledger
import Testing

@Suite("Time zones")
struct ZoneTests {
    @Test("IANA names are known", arguments: ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Pacific/Apia", "Etc/UTC"])
    func known(name: String) {
        #expect(Zone(name)?.name == name)
    }

    @Test(
        "abbreviations, offsets and misspellings are refused",
        arguments: [
            "", "CET", "EST", "PST8PDT", "GMT", "GMT+1", "+01:00", "Z", "utc", "Europe/Pari", "europe/paris", "Europe/Paris ", " Europe/Paris",
            "Europe/", "/",
            "../etc/passwd", "/etc/localtime", "Mars/Olympus_Mons",
        ])
    func unknown(name: String) {
        #expect(Zone(name) == nil)
    }

    @Test("a name with a zero character is refused, even when the zone is known already")
    func zeroCharacter() throws {
        #expect(try #require(Zone("Europe/Paris")).offset(at: Timestamp(seconds: 0)) == 3_600)
        for name in ["Europe/Paris\0", "Europe/Paris\0/x", "\0Europe/Paris", "Europe/Pa\0ris"] { #expect(Zone(name) == nil) }
    }

    @Test(
        "have the offsets of their history",
        arguments: [
            ("Europe/Paris", "2026-01-01T00:00:00Z", 3_600), ("Europe/Paris", "2026-07-01T00:00:00Z", 7_200),
            ("Asia/Kathmandu", "2026-07-01T00:00:00Z", 20_700),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000), ("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400),
            ("America/Sao_Paulo", "2018-01-01T00:00:00Z", -7_200),
            ("America/Sao_Paulo", "2026-01-01T00:00:00Z", -10_800), ("UTC", "2026-07-01T00:00:00Z", 0),
        ] as [(String, String, Int64)])
    func offsets(name: String, time: String, offset: Int64) throws {
        #expect(try #require(Zone(name)).offset(at: try at(time)) == offset)
    }

    @Test(
        "a wall-clock time that is skipped is read with the offset before, one that comes twice is the first",
        arguments: [
            ("Europe/Paris", "2026-03-29", 9_000, "2026-03-29T01:30:00Z"), ("Europe/Paris", "2026-10-25", 9_000, "2026-10-25T00:30:00Z"),
            ("America/New_York", "2026-03-08", 9_000, "2026-03-08T07:30:00Z"), ("America/New_York", "2026-11-01", 5_400, "2026-11-01T05:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04", 8_100, "2026-10-03T15:45:00Z"),
            ("Australia/Lord_Howe", "2026-04-05", 6_300, "2026-04-04T14:45:00Z"),
            ("America/Havana", "2026-11-01", 0, "2026-11-01T04:00:00Z"), ("Pacific/Apia", "2011-12-30", 32_400, "2011-12-30T19:00:00Z"),
        ] as [(String, String, Int64, String)])
    func gapsAndOverlaps(name: String, day: String, secondOfDay: Int64, moment: String) throws {
        let date = CivilTime(try at(day + "T00:00:00Z")).date
        #expect(try #require(Zone(name)).moment(date, secondOfDay: secondOfDay) == at(moment))
    }

    @Test("are equal by name")
    func equality() throws {
        #expect(Zone("Europe/Paris") == Zone("Europe/Paris"))
        #expect(Zone("Europe/Paris") != Zone("Europe/Brussels"))
        #expect(Zone("UTC") == Zone.utc)
        #expect(Set([Zone("UTC"), Zone.utc, Zone("Europe/Paris")]).count == 2)
    }
}
