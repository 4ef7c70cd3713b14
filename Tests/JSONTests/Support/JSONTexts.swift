import TestSupport

/// Random JSON texts, whole and damaged.
enum JSONTexts {
    /// A well-formed text of a few levels, in ASCII, without a name that stands twice in one object.
    static func wellFormed(_ random: inout SplitMix64, depth: Int = 4) -> String {
        let space = random.one(of: ["", "", " ", "\n", "\t \r"])
        return space + value(&random, depth: depth) + space
    }

    /// A text that was well-formed before some of its bytes were changed, dropped or doubled, or nothing but random bytes.
    static func mutated(_ random: inout SplitMix64) -> [UInt8] {
        if random.chance(10) { return (0..<random.number(0...64)).map { _ in UInt8(random.number(0...255)) } }
        var bytes = Array(wellFormed(&random).utf8)
        for _ in 0..<random.number(0...3) where !bytes.isEmpty {
            let place = Int(random.number(0...Int64(bytes.count - 1)))
            switch random.number(0...4) {
            case 0: bytes[place] = UInt8(random.number(0...255))
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            case 3: bytes.insert(random.one(of: Array("{}[]\",:\\eE+-.0123456789tfnu \u{1}\u{7F}".utf8)), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    private static func value(_ random: inout SplitMix64, depth: Int) -> String {
        switch random.number(0...(depth > 0 ? 7 : 5)) {
        case 0: "null"
        case 1: random.chance(50) ? "true" : "false"
        case 2: number(&random)
        case 3, 4, 5: string(&random)
        case 6:
            "[" + (0..<random.number(0...4)).map { _ in value(&random, depth: depth - 1) }.joined(separator: random.one(of: [",", ", ", " ,\n"]))
                + "]"
        default:
            "{"
                + (0..<random.number(0...4)).map { "\"\($0)\(plain(&random))\" : \(value(&random, depth: depth - 1))" }
                .joined(separator: ",") + "}"
        }
    }

    private static func number(_ random: inout SplitMix64) -> String {
        var text = random.chance(30) ? "-" : ""
        text += random.chance(30) ? "0" : "\(random.number(1...1_000_000))"
        if random.chance(40) { text += ".\(random.number(0...9_999))" }
        if random.chance(30) { text += random.one(of: ["e", "E"]) + random.one(of: ["", "+", "-"]) + "\(random.number(0...20))" }
        return text
    }

    private static func string(_ random: inout SplitMix64) -> String {
        var text = "\""
        for _ in 0..<random.number(0...6) {
            text += random.one(of: [plain(&random), #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u0041"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\u0000"#])
        }
        return text + "\""
    }

    private static func plain(_ random: inout SplitMix64) -> String { random.one(of: ["a", "B", "_", " ", "~", "/", "0", ""]) }
}
