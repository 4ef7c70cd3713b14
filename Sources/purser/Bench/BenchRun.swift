import NIOCore
import NIOPosix

/// Runs a plan: all connections on one event loop, which costs the machine under test as little as may be.
enum BenchRun {
    static func run(_ plan: BenchPlan) async throws -> BenchReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let report = try await loop.flatSubmit { start(plan, on: loop) }.get()
        try await group.shutdownGracefully()
        return report
    }

    private static func start(_ plan: BenchPlan, on loop: any EventLoop) -> EventLoopFuture<BenchReport> {
        let tally = BenchTally()
        let connections = (0..<plan.connections).map { BenchConnection(plan, index: $0, tally: tally) }
        let opened = connections.map { connection in
            let handler = NIOLoopBound(connection, eventLoop: loop)
            return ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
                }
                .connect(host: plan.host, port: plan.port)
        }
        let promise = loop.makePromise(of: BenchReport.self)
        let bound = NIOLoopBound((tally, connections), eventLoop: loop)
        EventLoopFuture.andAllSucceed(opened, on: loop).whenComplete { result in
            if case .failure(let error) = result { return promise.fail(error) }
            loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(plan.warmupSeconds * 1e9))) {
                bound.value.0.isCounting = true
                let begin = NIODeadline.now()
                loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(plan.seconds * 1e9))) {
                    let (tally, connections) = bound.value
                    tally.isCounting = false
                    for connection in connections { connection.stop() }
                    promise.succeed(tally.report(seconds: Double((NIODeadline.now() - begin).nanoseconds) / 1e9))
                }
            }
        }
        return promise.futureResult
    }
}
