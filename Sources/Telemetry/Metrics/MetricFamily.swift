internal import Synchronization

/// One metric: its series by their label values, at most a bound of them.
///
/// Beyond the bound a new label set is counted with the value `other` for its open labels, the first of them kept as long
/// as there are no more such sets than the bound: a metric has at most twice the bound of label sets, times the values of
/// its closed labels.
public final class MetricFamily<Series: MetricSeries>: Sendable {
    private struct State {
        var series: [[String]: Series] = [:]
        var own: Set<[String]> = []
        var merged: Set<[String]> = []
    }

    let description: MetricDescription
    private let make: @Sendable () -> Series
    private let state = Mutex(State())

    init(_ description: MetricDescription, _ make: @escaping @Sendable () -> Series) {
        self.description = description
        self.make = make
    }

    /// The series of these label values, in the order of the labels; made when it is asked for first. Missing values are empty, and
    /// surplus ones are dropped.
    public func series(_ values: String...) -> Series { series(values) }

    public func series(_ values: [String]) -> Series {
        state.withLock { state in
            if let found = state.series[values] { return found }
            var exact = Array(values.prefix(description.labels.count))
            exact += Array(repeating: "", count: description.labels.count - exact.count)
            let shown = admit(exact, &state)
            if let found = state.series[shown] { return found }
            let series = make()
            state.series[shown] = series
            return series
        }
    }

    /// Forgets every series and takes these instead, those beyond the bound left out. Of two with the same values the first counts.
    func replaceAll(_ series: [([String], Series)]) {
        state.withLock { state in
            state = State()
            for (values, series) in series where values.count == description.labels.count && state.series[values] == nil {
                guard state.series.count < description.limit else { break }
                state.series[values] = series
            }
        }
    }

    /// Forgets every series.
    func clear() { state.withLock { $0 = State() } }

    private func admit(_ values: [String], _ state: inout State) -> [String] {
        guard description.hasOpen else { return values }
        // A set is what is open in it: the closed values multiply it.
        let key = zip(description.labels, values).filter(\.0.isOpen).map(\.1)
        if state.own.contains(key) { return values }
        if state.own.count < description.limit {
            state.own.insert(key)
            return values
        }
        let first = [key.first ?? ""]
        guard state.merged.contains(first) || state.merged.count < description.limit else {
            return description.merged(values, keepsFirst: false)
        }
        state.merged.insert(first)
        return description.merged(values, keepsFirst: true)
    }

    fileprivate var all: [(values: [String], series: Series)] {
        state.withLock { $0.series.map { ($0.key, $0.value) } }
    }
}

extension MetricFamily: AnyMetricFamily where Series: WritableSeries {
    func write(to text: inout Exposition) {
        let all = all
        guard !all.isEmpty else { return }
        text.head(description)
        for (values, series) in all.sorted(by: { $0.values.lexicographicallyPrecedes($1.values) }) { series.write(to: &text, description, values) }
    }
}

extension MetricFamily where Series == GaugeSeries {
    /// Shows these values and no others. What is beyond the bound is left out, so the most telling come first.
    public func show(_ values: [(labels: [String], value: Double)]) {
        replaceAll(
            values.map { labels, value in
                let gauge = GaugeSeries()
                gauge.set(value)
                return (labels, gauge)
            })
    }
}
