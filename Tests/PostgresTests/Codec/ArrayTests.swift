import Postgres
import Testing

@Suite("Arrays cross the wire unchanged")
struct ArrayTests {
    /// What the server understood, in its own words.
    private func text(_ type: String, _ build: (inout Parameters) -> Void) async throws -> String {
        try await TestCluster.tablelessSession().query("SELECT $1::\(type)[]::text", build).text(0, 0)
    }

    @Test("elements of fixed width")
    func fixedWidth() async throws {
        let id = TestID(high: 1, low: 2)
        #expect(try await text("int8") { $0.int8Array([Int64.min, 0, .max]) } == "{\(Int64.min),0,\(Int64.max)}")
        #expect(try await text("int4") { $0.int4Array([Int32.min, 0, .max]) } == "{\(Int32.min),0,\(Int32.max)}")
        #expect(try await text("bool") { $0.boolArray([true, false]) } == "{t,f}")
        #expect(try await text("uuid") { $0.uuidArray([id]) } == "{00000000-0000-0001-0000-000000000002}")
        #expect(
            try await text("timestamptz") { $0.timestampArray([Int64(0), 1]) }
                == #"{"1970-01-01 00:00:00+00","1970-01-01 00:00:00.000001+00"}"#)
    }

    @Test("elements with a length each")
    func variableWidth() async throws {
        let bytes: [[UInt8]] = [[], [0, 255]]
        let documents = [#"{"a": 1}"#, "[]"].map { Array($0.utf8) }
        #expect(try await text("text") { $0.textArray(["", "a,b", "\"", "NULL"]) } == #"{"","a,b","\"","NULL"}"#)
        #expect(try await text("bytea") { $0.byteaArray(bytes) } == #"{"\\x","\\x00ff"}"#)
        #expect(try await text("jsonb") { $0.jsonbArray(documents) } == #"{"{\"a\": 1}",[]}"#)
    }

    @Test("NULL elements")
    func nullElements() async throws {
        let id = TestID(high: 0, low: 1)
        #expect(try await text("int8") { $0.int8Array([nil, 1, nil] as [Int64?]) } == "{NULL,1,NULL}")
        #expect(try await text("int4") { $0.int4Array([1, nil] as [Int32?]) } == "{1,NULL}")
        #expect(try await text("bool") { $0.boolArray([nil, true] as [Bool?]) } == "{NULL,t}")
        #expect(
            try await text("uuid") { $0.uuidArray([nil, id] as [TestID?]) }
                == "{NULL,00000000-0000-0000-0000-000000000001}")
        #expect(
            try await text("timestamptz") { $0.timestampArray([nil, 0] as [Int64?]) }
                == #"{NULL,"1970-01-01 00:00:00+00"}"#)
        #expect(try await text("text") { $0.textArray(["", nil] as [String?]) } == #"{"",NULL}"#)
        #expect(try await text("bytea") { $0.byteaArray([[1], nil] as [[UInt8]?]) } == #"{"\\x01",NULL}"#)
        #expect(try await text("jsonb") { $0.jsonbArray([nil, Array("1".utf8)] as [[UInt8]?]) } == "{NULL,1}")
    }

    @Test("arrays without elements")
    func empty() async throws {
        #expect(try await text("int8") { $0.int8Array([Int64]()) } == "{}")
        #expect(try await text("int4") { $0.int4Array([Int32]()) } == "{}")
        #expect(try await text("bool") { $0.boolArray([Bool]()) } == "{}")
        #expect(try await text("uuid") { $0.uuidArray([TestID]()) } == "{}")
        #expect(try await text("timestamptz") { $0.timestampArray([Int64]()) } == "{}")
        #expect(try await text("text") { $0.textArray([String]()) } == "{}")
        #expect(try await text("bytea") { $0.byteaArray([[UInt8]]()) } == "{}")
        #expect(try await text("jsonb") { $0.jsonbArray([[UInt8]]()) } == "{}")
    }

    @Test("what is sent comes back")
    func roundTrip() async throws {
        let session = try await TestCluster.tablelessSession()
        let numbers = (0..<10_000).map { Int64($0) &* 922_337_203_685_477 }
        let ids = numbers.map { TestID(high: UInt64(bitPattern: $0), low: 9) }
        let texts = numbers.map { String(repeating: "x", count: Int($0 & 31)) }
        let rows = try session.query(
            "SELECT $1::int8[], $2::uuid[], $3::text[], $4::int4[], $5::bool[], $6::timestamptz[], $7::bytea[], $8::jsonb[]"
        ) {
            $0.int8Array(numbers)
            $0.uuidArray(ids)
            $0.textArray(texts)
            $0.int4Array(numbers.lazy.map { Int32(truncatingIfNeeded: $0) })
            $0.boolArray(numbers.lazy.map { $0 & 1 == 0 })
            $0.timestampArray(numbers.lazy.map { $0 / 1_000 })
            $0.byteaArray(texts.lazy.map { Array($0.utf8) })
            $0.jsonbArray([Array("true".utf8)])
        }
        #expect(try rows.int8Array(0, 0) == numbers)
        #expect(try rows.uuidArray(0, 1, as: TestID.self) == ids)
        #expect(try rows.textArray(0, 2) == texts)
        #expect(try rows.int4Array(0, 3) == numbers.map { Int32(truncatingIfNeeded: $0) })
        #expect(try rows.boolArray(0, 4) == numbers.map { $0 & 1 == 0 })
        #expect(try rows.timestampArray(0, 5) == numbers.map { $0 / 1_000 })
        #expect(try rows.byteaArray(0, 6) == texts.map { Array($0.utf8) })
        #expect(try rows.jsonbArray(0, 7) == [Array("true".utf8)])
    }

    @Test("rows made from arrays by unnest")
    func unnest() async throws {
        let session = try await TestCluster.session()
        try session.run("CREATE TABLE t (id uuid, amount int8, note text)")
        let ids = (0..<300).map { TestID(high: 7, low: UInt64($0)) }
        let inserted = try session.query("INSERT INTO t SELECT * FROM unnest($1::uuid[], $2::int8[], $3::text[])") {
            $0.uuidArray(ids)
            $0.int8Array(ids.lazy.map { Int64($0.low) })
            $0.textArray(ids.lazy.map { $0.low % 2 == 0 ? nil : "odd" })
        }
        #expect(inserted.affected == 300)
        #expect(try session.number("SELECT sum(amount) FROM t WHERE note = 'odd'") == 22_500)
    }
}
