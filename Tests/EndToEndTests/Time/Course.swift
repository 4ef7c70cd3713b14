import Postgres

/// Two replicas of the service and a model of each of their envelopes, through the same months.
struct Course {
    let program: PurserProgram
    let databaseURL: String
    private(set) var servers: [PurserServer] = []
    private(set) var models: [EnvelopeModel]
    private(set) var now: Moment
    var random: SplitMix64
    private var calls = 0

    static func start(_ models: [EnvelopeModel], policy: String, at begin: Moment, seed: UInt64) async throws -> Course {
        let databaseURL = try await SharedPostgres.database()
        let program = PurserProgram(folder: try TestFolder(), databaseURL: databaseURL, adminKey: Replicas.adminKey)
        var course = Course(program: program, databaseURL: databaseURL, models: models, now: begin, random: SplitMix64(seed: seed))
        try await course.startServers()
        try await course.client.advance(to: begin.adding(seconds: -60))
        try await course.client.apply(policy: policy)
        try await course.move(to: begin)
        return course
    }

    private init(program: PurserProgram, databaseURL: String, models: [EnvelopeModel], now: Moment, random: SplitMix64) {
        self.program = program
        self.databaseURL = databaseURL
        self.models = models
        self.now = now
        self.random = random
    }

    /// Either replica.
    private var client: APIClient {
        mutating get { servers[Int.random(in: 0..<servers.count, using: &random)].client }
    }

    private mutating func startServers() async throws {
        for _ in 0..<2 { servers.append(try await PurserServer.start(program, ["--test-clock"])) }
    }

    mutating func stop() async throws {
        for server in servers {
            guard try await server.terminate() == 0 else { throw Failure("a server did not stop in peace: \(server.process.errors.suffix(2_000))") }
        }
        servers = []
    }

    func schedule(_ name: String) async throws -> ScheduleView {
        let all: Page<ScheduleView> = try await servers[0].client.get("/v1/schedules?limit=200").decoded(200)
        guard let found = all.data.first(where: { $0.name == name }) else { throw Failure("there is no schedule \(name)") }
        return found
    }

    // MARK: - Time

    /// Goes on by an uneven step: to the next turn of some window, to just before it, or somewhere.
    mutating func advance() async throws {
        let somewhere = now.adding(seconds: Int64.random(in: 1...4_000, using: &random) * 60)
        let turn = models.flatMap(\.starts).filter { $0 > now }.min() ?? somewhere
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: try await move(to: turn)
        case 2: try await move(to: max(now.adding(seconds: 60), turn.adding(seconds: -1_800)))
        default: try await move(to: somewhere)
        }
    }

    private mutating func move(to time: Moment) async throws {
        try await client.advance(to: time)
        now = time
        for index in models.indices { models[index].advance(to: time) }
    }

    /// Stops both replicas, lets time pass, starts them again, and lets calls and the job meet at the windows that began.
    mutating func pause(seconds: Int64) async throws {
        try await settleAll()
        try await stop()
        now = now.adding(seconds: seconds)
        let session = try Session.connect(ConnectionSettings(databaseURL))
        try session.run("UPDATE test_clock SET now = '\(now)'")
        session.close()
        try await startServers()
        for index in models.indices { models[index].advance(to: now) }
        for index in models.indices where random.percent(50) {
            // Keys that are known already, so that the job finds what it would have found alone.
            guard let key = models[index].balances.keys.sorted().first else { continue }
            try await call(index, key)
        }
        // Answers when what is due by now was done.
        try await client.advance(to: now)
    }

    // MARK: - Calls

    /// Some calls of some users of each envelope.
    mutating func spend(_ users: [String]) async throws {
        for index in models.indices {
            for user in users where random.percent(35) { try await call(index, user) }
        }
    }

    private mutating func call(_ index: Int, _ user: String) async throws {
        let amount = Int64.random(in: 1...12_000_000_000, using: &random)
        let ttl = 3_600
        calls += 1
        var call = Call(["project": models[index].name, "user_id": user], cost: "0", ttlSeconds: ttl)
        call.cost = amount
        let answer = try await client.reserve(call, key: "course-\(calls)")
        guard models[index].reserve(user, amount, at: now) else {
            guard answer.status == 402 else { throw Failure("\(models[index].name) \(user) must refuse \(amount) at \(now): \(answer)") }
            return
        }
        let hold: HoldAnswer = try answer.decoded(201)
        models[index].note(hold.id, user, amount, at: now, ttlSeconds: Int64(ttl))
        // One of four stays open, perhaps over the end of its window.
        if random.percent(75) { try await commit(index, hold.id, amount) }
    }

    private mutating func commit(_ index: Int, _ id: String, _ amount: Int64) async throws {
        let cost = random.percent(20) ? amount + Int64.random(in: 0...5_000_000_000, using: &random) : Int64.random(in: 0...amount, using: &random)
        let answer = try await client.commit(id, "{\"cost\":\"\(Quantity.money(cost))\"}")
        guard answer.status == 200 else { throw Failure("\(answer)") }
        models[index].commit(id, cost)
    }

    /// Commits what is open.
    mutating func settleAll() async throws {
        for index in models.indices {
            for (id, entry) in models[index].holds.sorted(by: { $0.key < $1.key }) { try await commit(index, id, entry.hold.amount) }
        }
    }
}
