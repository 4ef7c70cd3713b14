internal import Foundation

/// What the interface says where it refuses: problem details (RFC 9457).
public struct InterfaceProblem: Error, Decodable, Sendable {
    public struct Fault: Decodable, Sendable {
        /// Of the field: `/amount`.
        public let pointer: String
        public let detail: String

        public init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    public let type: String
    public let title: String
    public let status: Int
    public let detail: String
    public let errors: [Fault]?

    public init(type: String, title: String, status: Int, detail: String, errors: [Fault]? = nil) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
    }

    /// What an answer says that is no success.
    public init(_ answer: InterfaceAnswer) {
        self =
            (try? JSONDecoder().decode(InterfaceProblem.self, from: Data(answer.body)))
            ?? InterfaceProblem(
                type: "/problems/internal", title: "Internal error", status: answer.status,
                detail: "The service failed on this request. Try it again.")
    }

    /// There is no such page, or none that this visitor may know of.
    public static let noSuchPage = InterfaceProblem(
        type: "/problems/not-found", title: "Not found", status: 404,
        detail: "There is no such page, or nothing of that name in this organisation. Check the address, or start from the navigation.")

    /// The name of its kind: `not-found`.
    var name: String { type.split(separator: "/").last.map(String.init) ?? "" }

    /// What is wrong with a field, by the name of the form's field; nil: nothing.
    func fault(_ field: String) -> String? { errors?.first { $0.pointer == "/" + field }?.detail }
}
