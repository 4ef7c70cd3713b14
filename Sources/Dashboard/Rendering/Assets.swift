internal import CDashboardAssets

/// The files that pages are made of.
public enum Assets {
    /// The text of every template by its name.
    static let templates: [(name: String, text: String)] = UnsafeBufferPointer(
        start: purser_dashboard_templates(), count: purser_dashboard_template_count()
    ).map { (String(cString: $0.name), String(decoding: bytes(of: $0), as: UTF8.self)) }

    /// The style sheet of every page.
    public static let styles: [UInt8] = bytes(of: purser_dashboard_styles())

    /// Where it is served; another text has another path, so that a browser may keep it.
    static let stylesPath = "/dashboard/style.css?v=" + String(checksum(styles), radix: 36)

    private static func bytes(of asset: purser_dashboard_asset) -> [UInt8] { Array(UnsafeBufferPointer(start: asset.bytes, count: asset.size)) }

    /// FNV-1a; tells versions apart, and guards nothing.
    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
