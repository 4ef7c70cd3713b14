import Ledger
import Testing

@testable import LedgerJobs

@Suite("The address that is connected to is checked, whatever the name")
struct AddressResolverTests {
    private static func refusal(of url: EndpointURL, allowsPrivate: Bool) async throws -> AddressResolver.Refusal? {
        let resolver = AddressResolver(allowsPrivate: allowsPrivate)
        do {
            _ = try await resolver.addresses(of: url)
            await resolver.shutDown()
            return nil
        } catch {
            await resolver.shutDown()
            return try #require(error as? AddressResolver.Refusal)
        }
    }

    @Test("a name that leads to this machine is refused, unless private addresses are allowed")
    func names() async throws {
        let url = try EndpointURL("https://localhost/x", allowsPrivate: true)
        #expect(try await Self.refusal(of: url, allowsPrivate: false)?.isUnresolved == false)
        #expect(try await Self.refusal(of: url, allowsPrivate: true) == nil)
    }

    @Test("a name that leads nowhere may lead somewhere later")
    func unresolved() async throws {
        let url = try EndpointURL("https://hooks.example.invalid/x", allowsPrivate: false)
        #expect(try await Self.refusal(of: url, allowsPrivate: false)?.isUnresolved == true)
    }

    @Test("an address is not looked up")
    func literals() async throws {
        #expect(try await Self.refusal(of: try EndpointURL("https://1.1.1.1/", allowsPrivate: false), allowsPrivate: false) == nil)
        #expect(try await Self.refusal(of: try EndpointURL("https://10.0.0.1/", allowsPrivate: true), allowsPrivate: false)?.isUnresolved == false)
    }
}
