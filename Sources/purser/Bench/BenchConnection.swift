import NIOCore

/// One connection of the load: sends a unit of work, waits for its answer, and goes on.
///
/// With a rate, units become due on a schedule and their latency counts from then, so that a slow server cannot hide
/// its queue by slowing the load (coordinated omission).
final class BenchConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let plan: BenchPlan
    private let tally: BenchTally
    private let index: Int
    private var requests: BenchRequests
    private var received = ByteBuffer()
    private var scratch: [UInt8] = []
    private var unitDue: NIODeadline = .now()
    private var nextDue: NIODeadline = .now()
    private var isCommitting = false
    private var isStopped = false

    init(_ plan: BenchPlan, index: Int, tally: BenchTally) {
        self.plan = plan
        self.index = index
        self.tally = tally
        requests = BenchRequests(plan, connection: index)
    }

    func stop() { isStopped = true }

    func channelActive(context: ChannelHandlerContext) {
        if let interval { nextDue = .now() + .nanoseconds(interval.nanoseconds * Int64(index) / Int64(plan.connections)) }
        startUnit(context)
    }

    /// Between two units of this connection, if the load has a rate.
    private var interval: TimeAmount? {
        plan.rate.map { .nanoseconds(Int64(1e9 * Double(plan.connections) / $0)) }
    }

    private func startUnit(_ context: ChannelHandlerContext) {
        guard !isStopped else { return context.close(promise: nil) }
        guard let interval else {
            unitDue = .now()
            return sendReserve(context)
        }
        unitDue = nextDue
        nextDue = nextDue + interval
        if unitDue <= .now() { return sendReserve(context) }
        context.eventLoop.assumeIsolated().scheduleTask(deadline: unitDue) { self.sendReserve(context) }
    }

    private func sendReserve(_ context: ChannelHandlerContext) {
        isCommitting = false
        scratch.removeAll(keepingCapacity: true)
        requests.reserve(into: &scratch)
        send(context)
    }

    private func send(_ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: scratch.count)
        buffer.writeBytes(scratch)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = buffer } else { received.writeBuffer(&buffer) }
        let response = received.withUnsafeReadableBytes { BenchResponse($0) }
        guard let response else { return }
        take(response, context)
    }

    private func take(_ response: BenchResponse, _ context: ChannelHandlerContext) {
        if response.isReplay { tally.fail("replayed answer") }
        let expected = isCommitting ? 200 : 201
        guard response.status == expected else {
            tally.fail("status \(response.status)")
            received.clear()
            return startUnit(context)
        }
        if plan.work == .pair, !isCommitting {
            isCommitting = true
            scratch.removeAll(keepingCapacity: true)
            received.withUnsafeReadableBytes { bytes in
                // The body begins {"id":"….
                let start = response.body.lowerBound + 7
                requests.commit(UnsafeRawBufferPointer(rebasing: bytes[start..<start + 36]), into: &scratch)
            }
            received.clear()
            return send(context)
        }
        received.clear()
        tally.record(microseconds: UInt64((NIODeadline.now() - unitDue).nanoseconds / 1_000))
        startUnit(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        tally.fail("connection error")
        context.close(promise: nil)
    }
}
