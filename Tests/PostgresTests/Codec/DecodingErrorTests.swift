import Postgres
import Testing

@Suite("A value that is not what was expected is an error that says where")
struct DecodingErrorTests {
    @Test("a wrong width, NULL, a place outside the rows")
    func places() async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT 1::int4 AS small, NULL::int8 AS none")
        let width = try failure { try rows.int8(0, 0) }
        #expect(width.code == .decoding)
        #expect(width.message.contains("small"))
        #expect(try failure { try rows.int8(0, 1) }.message.contains("NULL"))
        for (row, column) in [(1, 0), (0, 2), (-1, 0), (0, -1), (.max, 0), (0, .max)] {
            #expect(try failure { try rows.int4(row, column) }.code == .decoding)
            #expect(try failure { try rows.int8IfPresent(row, column) }.code == .decoding)
        }
    }

    @Test("a time without end", arguments: ["infinity", "-infinity"])
    func infinity(text: String) async throws {
        let rows = try await TestCluster.tablelessSession().query("SELECT '\(text)'::timestamptz")
        #expect(try failure { try rows.timestamp(0, 0) }.code == .decoding)
    }

    @Test("arrays of another shape")
    func arrays() async throws {
        let rows = try await TestCluster.tablelessSession()
            .query(
                "SELECT ARRAY[[1,2],[3,4]]::int8[], ARRAY[1,NULL]::int8[], ARRAY[1]::int4[], 'text, no array'::text, ''::text"
            )
        for column in 0..<5 { #expect(try failure { try rows.int8Array(0, column) }.code == .decoding) }
        #expect(try failure { try rows.json(0, 3) }.code == .decoding)
    }
}
