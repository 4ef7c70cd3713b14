internal import Hummingbird
internal import Ledger
internal import NIOCore

/// What a request carries through its route.
struct PurserContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection on which the request came.
    let channel: any Channel

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// An id in the path; anything else is not found.
    func id(_ name: String, of what: String) throws -> Identifier {
        guard let text = parameters.get(name), let id = Identifier(text) else { throw Problem.notFound("There is no such \(what).") }
        return id
    }
}
