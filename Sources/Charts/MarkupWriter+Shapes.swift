/// The shapes of SVG that charts are made of; all numbers in units of the viewBox.
extension MarkupWriter {
    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, radius: Double = 0, class name: String, fill: String? = nil) {
        var attributes: [(StaticString, String)] = [
            ("x", coordinate(x)), ("y", coordinate(y)), ("width", coordinate(width)), ("height", coordinate(height)), ("class", name),
        ]
        if radius > 0 { attributes.append(("rx", coordinate(radius))) }
        if let fill { attributes.append(("fill", fill)) }
        shape("rect", attributes)
    }

    mutating func circle(x: Double, y: Double, radius: Double, class name: String) {
        shape("circle", [("cx", coordinate(x)), ("cy", coordinate(y)), ("r", coordinate(radius)), ("class", name)])
    }

    /// A line, with words that a pointer over it shows.
    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String, dashes: String? = nil, says text: String? = nil) {
        var attributes: [(StaticString, String)] = [
            ("x1", coordinate(x1)), ("y1", coordinate(y1)), ("x2", coordinate(x2)), ("y2", coordinate(y2)), ("class", name),
        ]
        if let dashes { attributes.append(("stroke-dasharray", dashes)) }
        guard let text else { return shape("line", attributes) }
        element("line", attributes) { $0.element("title", text: text) }
    }

    mutating func path(_ commands: String, class name: String, says text: String? = nil) {
        guard let text else { return shape("path", [("d", commands), ("class", name)]) }
        element("path", [("d", commands), ("class", name)]) { $0.element("title", text: text) }
    }
}
