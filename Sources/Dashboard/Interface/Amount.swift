/// An amount of any meter: money, which is text in major units, or a count.
enum Amount: Codable, Sendable, Hashable {
    case money(String)
    case count(Int64)

    /// What was typed for a meter. Text that is no number goes to the interface as it is, which says what is wrong.
    init(_ text: String, isMoney: Bool) {
        if !isMoney, let count = Int64(text) { self = .count(count) } else { self = .money(text) }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .money(text)
        } else {
            self = .count(try container.decode(Int64.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .money(let text): try container.encode(text)
        case .count(let count): try container.encode(count)
        }
    }

    /// As it is typed.
    var plain: String {
        switch self {
        case .money(let text): text
        case .count(let count): "\(count)"
        }
    }
}
