internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Turns whatever a handler throws into problem details.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Problem(error)
            RequestNotes.current?.note(problem)
            if problem.status.code >= 500 {
                // What is only refused for now is counted by the caller; a flood of it must not flood the log.
                let level: Logger.Level = problem.status == .serviceUnavailable ? .debug : .error
                context.logger.log(level: level, "request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            }
            return problem.response()
        }
    }
}
