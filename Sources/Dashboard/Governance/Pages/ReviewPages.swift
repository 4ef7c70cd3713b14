internal import Ledger

/// The weekly review: the last one first, the running week, and all before.
enum ReviewPages {
    static func add(to site: inout Site) {
        site.page("/reviews", list)
        site.page("/reviews/preview") { visit in
            let review: Reviews.Review = try await visit.get(["v1", "reviews", "preview"])
            return view(visit, review)
        }
        site.page("/reviews/{id}") { visit in
            let review: Reviews.Review = try await visit.get(["v1", "reviews", visit.parameter("id")])
            return view(visit, review)
        }
    }

    struct Content: Sendable {
        struct Line: Sendable {
            let week: String
            let reviewPath: String
            let summary: String
        }

        let lines: [Line]
        let isEmpty: Bool
        let previewPath: String
        let more: String?
    }

    private static func list(_ visit: Visit) async throws -> View {
        let reviews: Listing<Reviews.Head> = try await visit.get(["v1", "reviews"], [("limit", "30"), ("after", visit.query["after"])])
        let content = Content(
            lines: reviews.data.map { .init(week: ReviewText.week(visit, $0.week), reviewPath: Paths.review($0.id), summary: $0.summary) },
            isEmpty: reviews.data.isEmpty, previewPath: Paths.reviews + "/preview", more: Paths.next(Paths.reviews, reviews.next))
        return View("Weekly reviews", entry: Paths.reviews, template: "reviews", content: content)
    }

    private static func view(_ visit: Visit, _ review: Reviews.Review) -> View {
        let text = ReviewText(visit, review)
        return View(
            text.isPreview ? "The week so far" : "Week of \(text.week)", entry: Paths.reviews, crumbs: [.init("Weekly reviews", Paths.reviews)],
            template: "review", content: text)
    }
}
