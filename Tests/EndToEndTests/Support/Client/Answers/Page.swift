/// One page of a list.
struct Page<Element: Decodable>: Decodable {
    let data: [Element]
    let next: String?
}
