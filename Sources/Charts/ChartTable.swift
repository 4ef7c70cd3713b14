/// The numbers of a chart in words, for those who do not see it and for those who want to copy them.
public struct ChartTable: Sendable {
    public let caption: String
    public let columns: [String]
    /// The first cell of a row names it.
    public let rows: [[String]]

    public init(caption: String, columns: [String], rows: [[String]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    func write(to writer: inout MarkupWriter) {
        writer.element("details", [("class", "chart-data")]) { writer in
            writer.element("summary", text: "Show the numbers")
            writer.element("div", [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)]) { writer in
                writer.element("table") { writer in
                    writer.element("caption", text: caption)
                    writer.element("thead") { writer in
                        writer.element("tr") { writer in
                            for (index, column) in columns.enumerated() {
                                writer.element("th", [("scope", "col"), ("class", index == 0 ? "text" : "number")], text: column)
                            }
                        }
                    }
                    writer.element("tbody") { writer in
                        for row in rows {
                            writer.element("tr") { writer in
                                for (index, cell) in row.enumerated() {
                                    if index == 0 {
                                        writer.element("th", [("scope", "row")], text: cell)
                                    } else {
                                        writer.element("td", [("class", "number")], text: cell)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
