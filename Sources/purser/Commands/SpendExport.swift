import ArgumentParser
import Ledger
import LedgerStore

/// Writes settlements to standard output in one of the forms.
struct SpendExport {
    private let format: SpendFormat
    private let organisation: String
    private let from: Timestamp
    private let to: Timestamp?
    private let cursor: SpendCursor?
    private let tags: Tags

    init(_ format: SpendFormat, _ options: Export.Options, after: String?, tags: [String]) throws {
        self.format = format
        organisation = options.org
        let span = try options.span()
        guard let first = span.from else { throw ValidationError("write --from, such as --from 2026-11-01") }
        (from, to) = (first, span.to)
        cursor = try after.map { text in
            guard let cursor = SpendCursor(text) else { throw ValidationError("write --after as it stands in the last whole row") }
            return cursor
        }
        self.tags = Tags(
            try tags.map { text in
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, Tags.isValid(name: parts[0]) else { throw ValidationError("write --tag \(text) as name=value") }
                return Tags.Tag(name: parts[0], value: parts[1])
            })
    }

    func run() async throws {
        try await Installation.withStore(try await Settings.load()) { store in
            let id = try await store.organisation(organisation).id
            guard let state = try await store.organisations.current(organisation) else {
                throw SettingsError("there is no organisation '\(organisation)'")
            }
            let selection = SpendReader.Selection(from: from, to: to ?? store.clock.now(), tags: tags)
            var output = ExportOutput(unit: "settlements")
            var after: Identifier? = store.spend.start(selection, after: cursor)
            try output.write(format.header)
            while let batch = after {
                let page = try await store.spend.page(of: id, selection, after: batch)
                try output.write(
                    format.rows(page.records, after: cursor, organisation: state.organisation, prices: state.prices), count: page.records.count,
                    until: page.records.last?.settledAt)
                after = page.last
            }
            output.finish("done")
        }
    }
}
