public import Ledger

/// Who is signed in.
public enum SessionHolder: Hashable, Sendable {
    case key(Identifier)
    case person(Person)

    var id: Identifier {
        switch self {
        case .key(let id): id
        case .person(let person): person.id
        }
    }
}
