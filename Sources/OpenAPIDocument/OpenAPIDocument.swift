/// The description of the HTTP interface, `openapi.yaml` at the root, carried in the binary. A module of its own, since it takes the
/// compiler longer than all routes together.
public enum OpenAPIDocument {
    /// UTF-8.
    public static let bytes: [UInt8] = PackageResources.openapi_yaml
}
