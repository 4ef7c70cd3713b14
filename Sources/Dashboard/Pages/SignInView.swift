/// The page on which people sign in.
public struct SignInView: Sendable {
    let fault: String?
    /// The page that was wanted.
    let to: String

    /// - Parameters:
    ///   - to: the page of the dashboard to go to afterwards.
    ///   - fault: why it did not work.
    public static func view(to: String, fault: String? = nil) -> View {
        View("Sign in", entry: "", template: "sign-in", content: SignInView(fault: fault, to: to))
    }
}
