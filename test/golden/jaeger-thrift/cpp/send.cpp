// Sends three spans with Jaeger's client for C++ and prints what it recorded, in the form of the
// golden files. README.md beside it says how it is built and run.
#include <jaegertracing/Tracer.h>
#include <jaegertracing/propagation/HeadersConfig.h>

#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace {

using jaegertracing::Tag;
using std::chrono::microseconds;

const auto start = opentracing::SystemTime(microseconds(1795000000123457));
const auto steadyStart = opentracing::SteadyClock::now();

std::string text(const std::string& value) {
    std::ostringstream out;
    out << '"';
    for (const unsigned char c : value) {
        if (c == '"' || c == '\\') out << '\\';
        out << c;
    }
    out << '"';
    return out.str();
}

struct Describe {
    using result_type = std::string;
    std::string operator()(bool value) const {
        return std::string("{\"bool\": ") + (value ? "true}" : "false}");
    }
    std::string operator()(double value) const {
        std::ostringstream out;
        out << "{\"double\": " << std::setprecision(17) << value << "}";
        return out.str();
    }
    std::string operator()(int64_t value) const { return whole(value); }
    // The client sends its bits as an i64.
    std::string operator()(uint64_t value) const { return whole(static_cast<int64_t>(value)); }
    std::string operator()(const std::string& value) const {
        return "{\"string\": " + text(value) + "}";
    }
    std::string operator()(const char* value) const {
        return "{\"string\": " + text(value) + "}";
    }
    template <typename Other>
    std::string operator()(const Other&) const {
        throw std::invalid_argument("this value is not sent");
    }
    static std::string whole(int64_t value) {
        return "{\"int\": \"" + std::to_string(value) + "\"}";
    }
};

std::string tags(const std::vector<Tag>& list) {
    std::string out = "[";
    for (const auto& tag : list) {
        if (out.size() > 1) out += ", ";
        const auto value = opentracing::util::apply_visitor(Describe(), tag.value());
        out += "{\"key\": " + text(tag.key()) + ", \"value\": " + value + "}";
    }
    return out + "]";
}

std::string hex(uint64_t number) {
    std::ostringstream out;
    out << std::hex << std::setfill('0') << std::setw(16) << number;
    return out.str();
}

std::string traceId(const jaegertracing::SpanContext& context) {
    return hex(context.traceID().high()) + hex(context.traceID().low());
}

struct Log {
    int micros;
    std::vector<Tag> fields;
};

struct Sent {
    const opentracing::Span* span;
    std::string references;
    int startMicros;
    int durationMicros;
    std::vector<Log> logs;
};

std::string reference(const char* type, const opentracing::Span& to) {
    const auto& context = dynamic_cast<const jaegertracing::Span&>(to).context();
    return std::string("[{\"type\": \"") + type + "\", \"traceId\": \"" + traceId(context) +
           "\", \"spanId\": \"" + hex(context.spanID()) + "\"}]";
}

std::string describe(const Sent& sent, const std::string& process) {
    const auto& span = dynamic_cast<const jaegertracing::Span&>(*sent.span);
    const auto& context = span.context();
    const auto base = std::chrono::duration_cast<microseconds>(start.time_since_epoch()).count();
    std::ostringstream out;
    out << "{\"traceId\": \"" << traceId(context) << "\", \"spanId\": \"" << hex(context.spanID())
        << "\", \"parentSpanId\": \"" << hex(context.parentID())
        << "\", \"operationName\": " << text(span.operationName())
        << ", \"references\": " << sent.references << ", \"flags\": " << int(context.flags())
        << ", \"startMicros\": \"" << base + sent.startMicros << "\", \"durationMicros\": \""
        << sent.durationMicros << "\",\n  \"tags\": " << tags(span.tags()) << ",\n  \"logs\": [";
    for (const auto& log : sent.logs) {
        if (&log != &sent.logs.front()) out << ", ";
        out << "{\"timeMicros\": \"" << base + log.micros << "\", \"fields\": " << tags(log.fields)
            << "}";
    }
    out << "],\n  \"process\": " << process << "}";
    return out.str();
}

std::unique_ptr<opentracing::Span> begin(opentracing::Tracer& tracer,
                                         const char* name,
                                         int micros,
                                         opentracing::SpanReferenceType type,
                                         const opentracing::Span* parent) {
    opentracing::StartSpanOptions options;
    options.start_system_timestamp = start + microseconds(micros);
    options.start_steady_timestamp = steadyStart + microseconds(micros);
    if (parent != nullptr) options.references.emplace_back(type, &parent->context());
    return tracer.StartSpanWithOptions(name, options);
}

void end(opentracing::Span& span, int micros) {
    opentracing::FinishSpanOptions options;
    options.finish_steady_timestamp = steadyStart + microseconds(micros);
    span.FinishWithOptions(options);
}

}  // namespace

/** Takes host:port of an agent, and an endpoint of a collector or nothing. */
int main(int argc, char** argv) {
    const std::string agent = argc > 1 ? argv[1] : "127.0.0.1:6831";
    const std::string endpoint = argc > 2 ? argv[2] : "";
    const std::vector<Tag> own{Tag("canary", true), Tag("pid", int64_t(9007199254740993)),
                               Tag("weight", 0.75), Tag("zone", std::string("Zürich"))};
    const jaegertracing::Config config(
        false, true, jaegertracing::samplers::Config("const", 1),
        jaegertracing::reporters::Config(100, std::chrono::seconds(60), false, agent, endpoint),
        jaegertracing::propagation::HeadersConfig(), jaegertracing::baggage::RestrictionsConfig(),
        "cpp-shop", own);
    const auto tracer = jaegertracing::Tracer::make("cpp-shop", config);

    const auto child = opentracing::SpanReferenceType::ChildOfRef;
    const auto follows = opentracing::SpanReferenceType::FollowsFromRef;
    auto root = begin(*tracer, "POST /orders", 0, child, nullptr);
    root->SetTag("customer", "Zoë");
    root->SetTag("order.number", int64_t(9007199254740993));
    root->SetTag("order.bits", uint64_t(0xffffffffffffffff));
    root->SetTag("order.total", 12.5);
    root->SetTag("order.gift", true);
    root->SetTag("empty", "");
    root->Log(start + microseconds(1000), {{"event", "order.checked"}, {"rows", int64_t(3)}});
    root->Log(start + microseconds(4000), {{"message", "no event name"}, {"ratio", 0.1}});
    auto query = begin(*tracer, "SELECT orders", 2000, child, root.get());
    auto mail = begin(*tracer, "send mail", 30000, follows, query.get());
    end(*query, 11000);
    end(*mail, 35000);
    end(*root, 20000);

    const auto& jaeger = dynamic_cast<const jaegertracing::Tracer&>(*tracer);
    const std::string process =
        "{\"serviceName\": \"cpp-shop\", \"tags\": " + tags(jaeger.tags()) + "}";
    const std::vector<Log> logs{
        {1000, {Tag("event", std::string("order.checked")), Tag("rows", int64_t(3))}},
        {4000, {Tag("message", std::string("no event name")), Tag("ratio", 0.1)}}};
    const std::vector<Sent> sent{
        {query.get(), reference("CHILD_OF", *root), 2000, 9000, {}},
        {mail.get(), reference("FOLLOWS_FROM", *query), 30000, 5000, {}},
        {root.get(), "[]", 0, 20000, logs}};
    std::string out = "[\n ";
    for (const auto& one : sent) {
        if (&one != &sent.front()) out += ",\n ";
        out += describe(one, process);
    }
    tracer->Close();
    std::cout << out << "\n]\n";
    return 0;
}
