import Postgres
import Testing

@Suite("Values cross the wire unchanged")
struct ScalarTests {
    @Test("int8", arguments: [Int64.min, .min + 1, -1, 0, 1, 4_294_967_296, .max])
    func int8(value: Int64) async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT $1::int8, $1::int8::text") { $0.int8(value) }
        #expect(try rows.int8(0, 0) == value)
        #expect(try rows.text(0, 1) == "\(value)")
    }

    @Test("int4, bool and float8")
    func smallTypes() async throws {
        let session = try await TestCluster.tablelessSession()
        for value in [Int32.min, -1, 0, .max] {
            #expect(try session.query("SELECT $1::int4") { $0.int4(value) }.int4(0, 0) == value)
        }
        for value in [true, false] {
            #expect(try session.query("SELECT $1::bool") { $0.bool(value) }.bool(0, 0) == value)
        }
        for value in [0, -0.1, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity] as [Double] {
            #expect(try session.query("SELECT $1::float8") { $0.double(value) }.double(0, 0) == value)
        }
    }

    @Test(
        "text",
        arguments: [
            "", "a", "fifteen letters", "Zoë owes 5 €, 🍋 and 日本", "'\\;--", String(repeating: "é", count: 300_000),
        ])
    func text(value: String) async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT $1::text, length($1::text)") {
            $0.text(value)
        }
        #expect(try rows.text(0, 0) == value)
        #expect(try rows.int4(0, 1) == value.unicodeScalars.count)
    }

    @Test("a text with U+0000 is refused by the server and harms nothing")
    func zeroCharacter() async throws {
        let session = try await TestCluster.tablelessSession()
        let error = try failure { try session.query("SELECT $1::text") { $0.text("a\0b") } }
        #expect(error.sqlState?.rawValue == "22021")
        #expect(try session.number("1") == 1)
    }

    @Test("bytea", arguments: [[], [0], Array(0...255), [UInt8](repeating: 7, count: 200_000)] as [[UInt8]])
    func bytes(value: [UInt8]) async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT $1::bytea, length($1::bytea)") {
            $0.bytes(value)
        }
        #expect(try rows.bytes(0, 0) == value)
        #expect(try rows.withBytes(0, 0) { bytes throws(PostgresError) in Array(bytes) } == value)
        #expect(try rows.int4(0, 1) == value.count)
    }

    @Test("jsonb")
    func json() async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT $1::jsonb, ($1::jsonb ->> 'b')::int8") {
            $0.json(Array(#"{"b": 2, "a": [1, "ü"]}"#.utf8))
        }
        #expect(String(decoding: try rows.json(0, 0), as: UTF8.self) == #"{"a": [1, "ü"], "b": 2}"#)
        #expect(try rows.int8(0, 1) == 2)
    }

    @Test("uuid, with the bytes in the order in which they are printed")
    func uuid() async throws {
        let id = TestID(high: 0x0193_0001_0203_7405, low: 0x8607_0809_0a0b_0cff)
        let rows = try await TestCluster.tablelessSession().query("SELECT $1::uuid, $1::uuid::text") { $0.uuid(id) }
        #expect(try rows.uuid(0, 0, as: TestID.self) == id)
        #expect(try rows.text(0, 1) == "01930001-0203-7405-8607-08090a0b0cff")
    }

    @Test(
        "timestamptz to the microsecond",
        arguments: [
            (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59.999999"), (1, "1970-01-01 00:00:00.000001"),
            (946_684_799_999_999, "1999-12-31 23:59:59.999999"), (946_684_800_000_000, "2000-01-01 00:00:00"),
            (1_795_262_399_999_999, "2026-11-21 11:59:59.999999"),
            (253_402_300_799_999_999, "9999-12-31 23:59:59.999999"),
        ] as [(Int64, String)])
    func timestamp(time: Int64, text: String) async throws {
        let rows = try await TestCluster.tablelessSession()
            .query("SELECT $1::timestamptz, ($1::timestamptz AT TIME ZONE 'UTC')::text") {
                $0.timestamp(microsecondsSince1970: time)
            }
        #expect(try rows.timestamp(0, 0) == time)
        #expect(try rows.text(0, 1) == text)
    }

    @Test("the latest time that an Int64 holds")
    func latestTime() async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT $1::timestamptz") {
            $0.timestamp(microsecondsSince1970: Int64.max)
        }
        #expect(try rows.timestamp(0, 0) == .max)
    }

    @Test(
        "a time that the server cannot keep is refused, not wrapped",
        arguments: [Int64.min, .min + 946_684_800_000_000] as [Int64])
    func timeOutOfRange(time: Int64) async throws {
        let session = try await TestCluster.tablelessSession()
        let error = try failure {
            try session.query("SELECT $1::timestamptz") { $0.timestamp(microsecondsSince1970: time) }
        }
        #expect(error.sqlState == .datetimeFieldOverflow)
    }

    @Test("NULL in every type")
    func nulls() async throws {
        let session = try await TestCluster.tablelessSession()
        let rows = try session.query(
            "SELECT $1::int8, $2::text, $3::bytea, $4::jsonb, $5::uuid, $6::timestamptz, $7::bool, 1::int8"
        ) {
            $0.int8(nil)
            $0.text(nil)
            $0.bytes([UInt8]?.none)
            $0.json([UInt8]?.none)
            $0.uuid(TestID?.none)
            $0.timestamp(microsecondsSince1970: nil)
            $0.null()
        }
        for column in 0..<7 { #expect(rows.isNull(0, column)) }
        #expect(!rows.isNull(0, 7))
        #expect(try rows.int8IfPresent(0, 0) == nil)
        #expect(try rows.textIfPresent(0, 1) == nil)
        #expect(try rows.bytesIfPresent(0, 2) == nil)
        #expect(try rows.jsonIfPresent(0, 3) == nil)
        #expect(try rows.uuidIfPresent(0, 4, as: TestID.self) == nil)
        #expect(try rows.timestampIfPresent(0, 5) == nil)
        #expect(try rows.boolIfPresent(0, 6) == nil)
        #expect(try rows.int8IfPresent(0, 7) == 1)
    }

    @Test("many parameters, and parameters used again")
    func manyParameters() async throws {
        let session = try await TestCluster.tablelessSession()
        let sum = (1...200).map { "$\($0)::int8" }.joined(separator: " + ")
        var parameters = Parameters()
        parameters.reserveCapacity(values: 200, bytes: 1600)
        for value in 1...200 { parameters.int8(Int64(value)) }
        let statement = Statement("sum", "SELECT (\(sum))::int8")
        #expect(try session.execute(statement, parameters).int8(0, 0) == 20_100)
        parameters.removeAll()
        for _ in 1...200 { parameters.int8(-1) }
        #expect(try session.execute(statement, parameters).int8(0, 0) == -200)
    }
}
