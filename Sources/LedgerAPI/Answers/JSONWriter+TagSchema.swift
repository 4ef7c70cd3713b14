internal import JSON
internal import Ledger

extension JSONWriter {
    /// A JSON Schema (draft 2020-12) for the tags of a call: those in which the rules find no fault are valid.
    ///
    /// Exceptions that have expired are left out, so the schema is true until the next of them expires.
    mutating func tagSchema(_ rules: TagRules, at now: Timestamp) {
        let exceptions = rules.exceptions.filter { $0.holds(at: now) }
        object { writer in
            writer.name("$schema")
            writer.string("https://json-schema.org/draft/2020-12/schema")
            writer.name("title")
            writer.string("Tags of a call")
            writer.name("type")
            writer.string("object")
            writer.name("maxProperties")
            writer.integer(Int64(Tags.maximumCount))
            writer.everyTag()
            writer.name("properties")
            writer.object { writer in
                for rule in rules.values {
                    writer.name(rule.name)
                    writer.object { $0.constraint(rule.allowed) }
                }
            }
            writer.required(rules, exceptions)
            writer.definitions(exceptions)
        }
    }

    /// The limits of every tag's name and value.
    private mutating func everyTag() {
        name("propertyNames")
        object { writer in
            writer.name("not")
            writer.object { $0.oneOf(Call.reservedLabels) }
        }
        name("patternProperties")
        object { writer in
            writer.name("^[a-z][a-z0-9_]{0,62}$")
            writer.object { writer in
                writer.name("type")
                writer.string("string")
                writer.name("minLength")
                writer.integer(1)
                writer.name("maxLength")
                writer.integer(Int64(Tags.maximumValueLength))
                // Forbidding one control character needs no `$`, which some dialects also take before a last line feed.
                writer.name("not")
                writer.object { writer in
                    writer.name("pattern")
                    writer.string(#"[\u0000-\u001F\u007F-\u009F]"#)
                }
            }
        }
        name("additionalProperties")
        bool(false)
    }

    // MARK: - Required tags

    private mutating func required(_ rules: TagRules, _ exceptions: [TagException]) {
        guard !rules.requirements.isEmpty else { return }
        guard !rules.allowMissingIn.texts.isEmpty else { return allOf(rules.requirements, exceptions) }
        name("if")
        environment(rules.allowMissingIn)
        name("else")
        object { $0.allOf(rules.requirements, exceptions) }
    }

    private mutating func allOf(_ requirements: [TagRequirement], _ exceptions: [TagException]) {
        name("allOf")
        array(requirements) { writer, requirement in
            writer.object { writer in
                if let environment = requirement.environment {
                    writer.name("if")
                    writer.environment(environment)
                    writer.name("then")
                    writer.object { $0.groups(requirement.groups, exceptions) }
                } else {
                    writer.groups(requirement.groups, exceptions)
                }
            }
        }
    }

    private mutating func groups(_ groups: [[String]], _ exceptions: [TagException]) {
        name("allOf")
        array(groups) { writer, group in
            let excuses = exceptions.indices.filter { index in group.contains { exceptions[index].missing.contains($0) } }
            writer.object { writer in
                guard group.count + excuses.count > 1 else { return writer.required(group) }
                writer.anyOf(group.map { .tag($0) } + excuses.map { .exception($0) })
            }
        }
    }

    private mutating func required(_ names: [String]) {
        name("required")
        array(names) { $0.string($1) }
    }

    // MARK: - Conditions

    private static func name(ofException index: Int) -> String { "exception_\(index + 1)" }

    /// The calls that each exception is for, defined once, since several requirements may refer to it.
    private mutating func definitions(_ exceptions: [TagException]) {
        guard !exceptions.isEmpty else { return }
        name("$defs")
        object { writer in
            for (index, exception) in exceptions.enumerated() {
                writer.name(Self.name(ofException: index))
                writer.object { writer in
                    writer.name("description")
                    writer.string("Until \(exception.expires): \(exception.reason)")
                    writer.conditions(exception.match)
                }
            }
        }
    }

    private mutating func environment(_ matcher: Matcher) {
        object { $0.conditions([Condition(label: "environment", matcher: matcher)]) }
    }

    /// The members of a schema for the tags that all of these select. A call without `environment` counts as production, so
    /// a condition that production meets does not require the tag.
    private mutating func conditions(_ conditions: [Condition]) {
        let present = conditions.filter { $0.label != "environment" || !$0.matcher.matches(Tags.defaultEnvironment) }
        if !present.isEmpty { required(present.map(\.label)) }
        name("properties")
        object { writer in
            for condition in conditions {
                writer.name(condition.label)
                writer.object { $0.constraint(condition.matcher) }
            }
        }
    }

    /// The members of a schema for the values that a matcher matches.
    private mutating func constraint(_ matcher: Matcher) {
        var texts: [String] = []
        var patterns: [TagAlternative] = []
        Self.collect(matcher, &texts, &patterns)
        if patterns.isEmpty { oneOf(texts) } else { anyOf((texts.isEmpty ? [] : [.texts(texts)]) + patterns) }
    }

    private static func collect(_ matcher: Matcher, _ texts: inout [String], _ patterns: inout [TagAlternative]) {
        switch matcher {
        case .exact(let text): texts.append(text)
        case .glob(let glob): patterns.append(.pattern(regularExpression(for: glob)))
        case .anyOf(let matchers): for matcher in matchers { collect(matcher, &texts, &patterns) }
        }
    }

    private mutating func anyOf(_ alternatives: [TagAlternative]) {
        name("anyOf")
        array(alternatives) { writer, alternative in
            writer.object { writer in
                switch alternative {
                case .tag(let name): writer.required([name])
                case .exception(let index):
                    writer.name("$ref")
                    writer.string("#/$defs/\(Self.name(ofException: index))")
                case .texts(let texts): writer.oneOf(texts)
                case .pattern(let pattern):
                    writer.name("pattern")
                    writer.string(pattern)
                }
            }
        }
    }

    private mutating func oneOf(_ texts: [String]) {
        name("enum")
        array(texts) { $0.string($1) }
    }

    /// A star becomes "any but a line feed", which no value has: a dot would leave out other line ends, which values may have.
    /// Only the characters are escaped that ECMA-262 lets be escaped.
    private static func regularExpression(for glob: [UInt8]) -> String {
        var pattern = Array("^".utf8)
        var previous: UInt8 = 0
        for byte in glob {
            switch byte {
            case UInt8(ascii: "*"):
                // Two stars mean what one does, and would make some engines search for ever.
                if previous != byte { pattern.append(contentsOf: #"[^\n]*"#.utf8) }
            case _ where #"^$\.+?()[]{}|"#.utf8.contains(byte): pattern.append(contentsOf: [UInt8(ascii: "\\"), byte])
            default: pattern.append(byte)
            }
            previous = byte
        }
        pattern.append(UInt8(ascii: "$"))
        return String(decoding: pattern, as: UTF8.self)
    }
}

/// One of the schemas of which a tag, or its value, must meet at least one.
private enum TagAlternative {
    /// The tag is there.
    case tag(String)
    /// The exception at this position applies.
    case exception(Int)
    case texts([String])
    /// A regular expression.
    case pattern(String)
}
