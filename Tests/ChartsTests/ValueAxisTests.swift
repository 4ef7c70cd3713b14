import Testing

@testable import Charts

@Suite("Axes have ticks at round numbers")
struct ValueAxisTests {
    @Test(
        "ticks are steps of 1, 2 or 5, with zero among them, and reach around all values",
        arguments: [
            ([870.0], ["0", "500", "1,000"]),
            ([3_900.0, 4_000], ["0", "1,000", "2,000", "3,000", "4,000"]),
            ([4_000.01], ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
            ([52_000.0], ["0", "20k", "40k", "60k"]),
            ([-30.0, 50], ["−40", "−20", "0", "20", "40", "60"]),
            ([0.000000004], ["0", "0.000000001", "0.000000002", "0.000000003", "0.000000004"]),
            ([9_223_372_036.0], ["0", "5bn", "10bn"]),
            ([-2.5], ["−3", "−2", "−1", "0"]),
        ])
    func ticks(_ values: [Double], _ texts: [String]) {
        let axis = ValueAxis(values)
        #expect(axis.ticks.map(\.text) == texts)
        #expect(values.allSatisfy { axis.lower <= $0 && $0 <= axis.upper })
    }

    @Test("nothing, zeros and what is no number give an axis too", arguments: [[], [0, 0], [.nan, .infinity]])
    func empty(_ values: [Double]) {
        let axis = ValueAxis(values)
        #expect(axis.ticks.map(\.text) == ["0"] && axis.upper > axis.lower)
        #expect(axis.position(.nan, from: 200, to: 20) == 200)
    }

    @Test("a value lies in proportion between the ends")
    func position() {
        let axis = ValueAxis([4_000])
        #expect(axis.position(1_000, from: 200, to: 0) == 150)
        #expect(axis.position(9_000, from: 200, to: 0) == 0)
    }

    @Test("labels that would touch are left out evenly, and none sticks out", arguments: [200.0, 340, 760])
    func labels(_ width: Double) {
        let labels = (1...31).map { AxisLabel((Double($0) - 0.5) / 31, "Nov \($0)") }
        let placed = AxisLabel.placed(labels, from: 30, to: width)
        #expect(placed.count >= 2)
        for (a, b) in zip(placed, placed.dropFirst()) { #expect(a.x + TextWidth.of(a.text) / 2 + 10 <= b.x - TextWidth.of(b.text) / 2) }
        for label in placed {
            #expect(label.x - TextWidth.of(label.text) / 2 >= 29.99 && label.x + TextWidth.of(label.text) / 2 <= width + 0.01)
        }
        #expect(Set(zip(placed, placed.dropFirst()).dropLast().map { coordinate($1.x - $0.x) }).count <= 2)
    }

    @Test("decimal text is readable and keeps every digit that is known")
    func decimals() {
        #expect(DecimalText.readable("1204.5", decimals: 2) == "1,204.50")
        #expect(DecimalText.readable("-1234567.000000001", decimals: 2) == "−1,234,567.000000001")
        #expect(DecimalText.readable("0") == "0" && DecimalText.readable("") == "" && DecimalText.readable("1e5") == "1e5")
        #expect(coordinate(-0.004) == "0" && coordinate(12.305) == "12.31" && coordinate(3.05) == "3.05" && coordinate(1e300) == "1000000")
    }
}
