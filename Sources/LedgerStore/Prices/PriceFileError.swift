public import JSON

/// Why a price file was not read. Nothing is imported then.
public enum PriceFileError: Error, Sendable {
    /// It is not the file that was meant: its hash is not the pinned one.
    case otherContent(pinned: ContentHash, found: ContentHash)
    /// It is no JSON, or not of the format.
    case unreadable(JSONError)
}

extension PriceFileError: CustomStringConvertible {
    /// What is wrong, and for another content what to do.
    public var description: String {
        switch self {
        case .otherContent(let pinned, let found):
            "nothing was imported: the file's SHA-256 is \(found.hex), the pinned one \(pinned.hex); "
                + "get the file that was checked, or pin the new one"
        case .unreadable(let error): "byte \(error.offset): \(error.detail)"
        }
    }
}
