@testable import LedgerStore
import TestSupport
import Testing

@Suite("What the seal covers")
struct SealedTableTests {
    @Test("every column of a sealed table is in its lines, as it is in the catalogue", arguments: SealedTable.all.map(\.name))
    func columns(name: String) async throws {
        let table = try #require(SealedTable.byName[name])
        let found = try await LedgerDatabase.with { database in
            try database.texts(
                """
                SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
                WHERE a.attrelid = '\(name)'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'org_id'
                """)
        }
        #expect(Set(found) == Set(table.columns.map { "\($0.name) \($0.typeName)" }), "a column that is added must be NULL in older rows")
        #expect(table.columns.map(\.name) == table.columns.map(\.name).sorted())
    }

    @Test("every table that the service can only insert into is sealed, or it is said why not")
    func tables() async throws {
        let facts = try await LedgerDatabase.with { database in
            try database.texts(
                """
                SELECT c.relname::text FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                  AND has_table_privilege('purser_service', c.oid, 'INSERT') AND NOT has_table_privilege('purser_service', c.oid, 'UPDATE')
                  AND NOT has_table_privilege('purser_service', c.oid, 'DELETE')
                """)
        }
        #expect(Set(facts) == Set(SealedTable.all.map(\.name)).union(SealedTable.uncovered.keys))
    }

    @Test("JSON has one form, whatever the order and the spaces")
    func canonical() throws {
        for (text, form) in [
            (
                #"{"b": 1, "a": [true, null, {"d": "x, y", "c": "\"}\\"}], "ab": -1.50}"#,
                #"{"a":[true,null,{"c":"\"}\\","d":"x, y"}],"ab":-1.50,"b":1}"#
            ),
            ("[]", "[]"), ("{}", "{}"), (#" "ä" "#, #""ä""#), ("[[], {}]", "[[],{}]"),
        ] {
            #expect(String(decoding: try CanonicalJSON.rewrite(Array(text.utf8)), as: UTF8.self) == form)
        }
        for text in ["", "{", "[1", #"{"a" 1}"#, #""a"#, "1 2", #"{"a": }"#, String(repeating: "[", count: 200)] {
            #expect(throws: StoreError.self, "\(text)") { try CanonicalJSON.rewrite(Array(text.utf8)) }
        }
    }
}
