internal import Ledger

/// Checks an audit file without the database, line by line in constant memory: every fact against its seal, every seal against
/// the one before.
public struct AuditCheck: Sendable {
    /// What a file that is right tells.
    public struct Summary: Sendable {
        public let organisation: String
        /// The chain before its first entry.
        public let start: SealHead
        /// The chain behind its last entry.
        public let head: SealHead
        public let facts: Int
        /// Entries without their facts, since their months were detached when the file was made.
        public let detached: Int
    }

    /// So many facts may one entry have; a batch has 256 operations.
    static let maximumFacts = 100_000

    private var line = 0
    private var organisation: (name: String, id: Identifier)?
    private var start = SealHead(position: 0, digest: [], sealedAt: nil)
    private var head = SealHead(position: 0, digest: [], sealedAt: nil)
    private var pending: [[UInt8]] = []
    private var facts = 0
    private var detached = 0
    private var isEnded = false
    private var known: SealHead?
    private var isKnownSeen = false

    /// - Parameter known: a head that somebody wrote down before; the file must contain it.
    public init(known: SealHead? = nil) { self.known = known }

    /// Takes the next line, without its line feed.
    public mutating func take(_ bytes: [UInt8]) throws(AuditFault) {
        line += 1
        guard !isEnded else { throw fault("there is something behind the end") }
        guard organisation != nil else { return try takeHead(bytes) }
        if bytes.starts(with: #"{"fact":"#.utf8) {
            guard pending.count < Self.maximumFacts else { throw fault("more facts than an entry can have stand here without a seal") }
            facts += 1
            return pending.append(Digest.sha256(bytes))
        }
        let members = try members(bytes)
        if members["seal"] != nil { return try takeSeal(members) }
        guard members["end"] != nil else { throw fault("this is neither a fact nor a seal nor the end") }
        try takeEnd(members)
    }

    /// What the whole file tells; call when there are no more lines.
    public func finish() throws(AuditFault) -> Summary {
        guard let organisation else { throw AuditFault(line: 1, detail: "the file is empty") }
        guard isEnded else { throw AuditFault(line: line + 1, detail: "the end is missing: the file was cut off") }
        if let known, !isKnownSeen {
            throw AuditFault(
                line: line, detail: "the file goes from seal \(start.position) to \(head.position), so seal \(known.position) cannot be compared")
        }
        return Summary(organisation: organisation.name, start: start, head: head, facts: facts, detached: detached)
    }

    // MARK: - Lines

    private mutating func takeHead(_ bytes: [UInt8]) throws(AuditFault) {
        let members = try members(bytes)
        guard members["purser"]?.text == "audit" else { throw fault("this is not the beginning of an audit file") }
        guard members["form"]?.number == AuditLines.form else { throw fault("this form of audit files is not known to this release") }
        guard let name = members["organisation"]?.text, let id = members["org_id"]?.text.flatMap({ Identifier($0) }),
            let position = members["position"]?.number, position >= 0, let chain = members["chain"]?.digest
        else { throw fault("the head does not say organisation, position and chain") }
        organisation = (name, id)
        start = SealHead(position: position, digest: chain, sealedAt: nil)
        head = start
        if position == 0, chain != SealDigest.beginning(of: id) { throw fault("the chain of this organisation does not begin like this") }
        try compare()
    }

    private mutating func takeSeal(_ members: [String: AuditMember]) throws(AuditFault) {
        guard let position = members["seal"]?.number, let source = members["source"]?.text,
            let key = members["key"]?.text.flatMap({ Identifier($0) }), let count = members["facts"]?.number,
            let digest = members["digest"]?.digest, let sealedAt = members["sealed_at"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
            let chain = members["chain"]?.digest
        else { throw fault("a seal does not say all that it must") }
        let place = "seal \(position) of \(source) \(key)"
        if members["detached"]?.isTrue == true {
            detached += 1
        } else {
            try checkFacts(Int(clamping: count), digest, source, key, marks: members["marks"]?.text ?? "", place)
        }
        guard position == head.position + 1 else { throw fault("\(place) follows seal \(head.position): something between them is missing") }
        guard chain == SealDigest.chain(previous: head.digest, position: position, digest: digest, sealedAt: sealedAt) else {
            throw fault("\(place) does not follow from the seal before it")
        }
        pending.removeAll(keepingCapacity: true)
        head = SealHead(position: position, digest: chain, sealedAt: sealedAt)
        try compare()
    }

    private func checkFacts(
        _ count: Int, _ digest: [UInt8], _ source: String, _ key: Identifier, marks: String, _ place: String
    ) throws(AuditFault) {
        guard SealDigest.entry(source: source, key: key, facts: pending) != digest || pending.count != count else { return }
        let first = line - pending.count
        // What each line ought to begin with tells which one is wrong.
        let length = SealDigest.markLength * 2
        let expected = Array(marks.utf8)
        for (index, fact) in pending.enumerated() where expected.count >= (index + 1) * length {
            guard Array(Digest.hex(fact.prefix(SealDigest.markLength)).utf8) != Array(expected[index * length..<(index + 1) * length]) else {
                continue
            }
            throw AuditFault(line: first + index, detail: "this fact is not what was sealed (\(place))")
        }
        guard pending.count == count else {
            throw AuditFault(line: line, detail: "\(place) is of \(count) facts, but \(pending.count) stand before it")
        }
        throw fault("\(place) is not the digest of its facts")
    }

    private mutating func takeEnd(_ members: [String: AuditMember]) throws(AuditFault) {
        guard pending.isEmpty else { throw fault("\(pending.count) facts stand before the end without a seal") }
        guard members["end"]?.number == head.position, members["chain"]?.digest == head.digest else {
            throw fault("the end is not that of seal \(head.position)")
        }
        isEnded = true
    }

    private mutating func compare() throws(AuditFault) {
        guard let known, known.position == head.position else { return }
        guard known.digest == head.digest else { throw fault("seal \(head.position) is another one than that which was written down") }
        isKnownSeen = true
    }

    private func members(_ bytes: [UInt8]) throws(AuditFault) -> [String: AuditMember] {
        guard let members = AuditMember.read(bytes) else { throw fault("this line is not a JSON object as an audit file has them") }
        return members
    }

    private func fault(_ detail: String) -> AuditFault { AuditFault(line: line, detail: detail) }
}
