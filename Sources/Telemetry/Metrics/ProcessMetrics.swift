internal import Foundation

/// What the process takes of its machine, under the names that Prometheus' own clients use. Nothing where `/proc` is absent.
public struct ProcessMetrics: Sendable {
    private let cpu: MetricFamily<GaugeSeries>
    private let resident: MetricFamily<GaugeSeries>
    private let virtual: MetricFamily<GaugeSeries>
    private let descriptors: MetricFamily<GaugeSeries>
    private let maximumDescriptors: MetricFamily<GaugeSeries>
    private let start: MetricFamily<GaugeSeries>

    public init(_ registry: MetricRegistry) {
        cpu = registry.reading("process_cpu_seconds_total", "Processor time that the process took, in seconds.")
        resident = registry.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM, in bytes.")
        virtual = registry.gauge("process_virtual_memory_bytes", "Address space of the process, in bytes.")
        descriptors = registry.gauge("process_open_fds", "Open file descriptors.")
        maximumDescriptors = registry.gauge("process_max_fds", "The most file descriptors that the process may open.")
        start = registry.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.")
        start.series().set(Date().timeIntervalSince1970)
        let most = sysconf(Int32(_SC_OPEN_MAX))
        if most > 0 { maximumDescriptors.series().set(Double(most)) }
    }

    /// Reads the values of this moment.
    public func collect() {
        var time = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 { cpu.series().set(Double(time.tv_sec) + Double(time.tv_nsec) / 1e9) }
        if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
            let pages = text.split(separator: " ").prefix(2).compactMap { Double($0) }
            let size = Double(sysconf(Int32(_SC_PAGESIZE)))
            if pages.count == 2 {
                virtual.series().set(pages[0] * size)
                resident.series().set(pages[1] * size)
            }
        }
        if let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") { descriptors.series().set(Double(names.count)) }
    }
}
