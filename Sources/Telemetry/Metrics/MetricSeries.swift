/// The values of one label set.
public protocol MetricSeries: AnyObject, Sendable {}

protocol WritableSeries: MetricSeries {
    func write(to text: inout Exposition, _ description: MetricDescription, _ values: [String])
}
