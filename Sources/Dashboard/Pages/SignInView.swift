internal import WebText

/// The page on which people sign in.
public struct SignInView: Sendable {
    struct Provider: Sendable {
        let name: String
        let path: String
    }

    let fault: String?
    /// The page that was wanted.
    let to: String
    /// The identity provider at which people can sign in, and the path to it.
    let provider: Provider?

    /// - Parameters:
    ///   - to: the page of the dashboard to go to afterwards.
    ///   - fault: why it did not work.
    ///   - provider: the name of the identity provider at which people can sign in too.
    public static func view(to: String, fault: String? = nil, provider: String? = nil) -> View {
        View(
            "Sign in", entry: "", template: "sign-in",
            content: SignInView(
                fault: fault, to: to,
                provider: provider.map { Provider(name: $0, path: "/dashboard/sign-in/person?to=" + URLText.escaped(to)) }))
    }
}
