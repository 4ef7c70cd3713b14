/// A metric whatever its kind.
protocol AnyMetricFamily: AnyObject, Sendable {
    var description: MetricDescription { get }
    func write(to text: inout Exposition)
}
