extension Tags {
    /// Whether all calls of a workflow have these tags, so that a key which is bound to them sees and decides what concerns the workflow as a
    /// whole. With any other tag they are of a part of it alone, and the rest is none of the key's business.
    public func areOfAll(workflow: String) -> Bool {
        isEmpty || entries == [Tag(name: "workflow_name", value: workflow)]
    }
}
