#include "server/observability/call_metrics.h"

#include <google/protobuf/descriptor.h>

#include <vector>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr std::array kCodes = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// A call of a tiny picture to one that waited in a full queue: 0.5 ms to 30 s.
const prometheus::Histogram::BucketBoundaries kCallBuckets = {5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1,
                                                              0.25, 0.5,  1,      2.5,  5,    10,    30};

struct Method {
  std::string type;
  std::string service;
  std::string name;
};

const char* TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

// Those of gRPC's own services, of which this program has no descriptors, and of ours, as far as they are linked.
std::vector<Method> ServedMethods() {
  std::vector<Method> methods = {{"unary", "grpc.health.v1.Health", "Check"},
                                 {"server_stream", "grpc.health.v1.Health", "Watch"},
                                 {"bidi_stream", "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo"}};
  const auto* const pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"onebyone.v1.FeatureExtraction", "inference.GRPCInferenceService"}) {
    const auto* const service = pool->FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      methods.push_back({TypeOf(*service->method(i)), name, service->method(i)->name()});
    }
  }
  return methods;
}

}  // namespace

const char* CodeName(grpc::StatusCode code) {
  const auto number = static_cast<size_t>(code);
  return number < kCodes.size() ? kCodes[number] : "Unknown";
}

void MethodMetrics::CountEnd(grpc::StatusCode code, absl::Duration duration) {
  seconds_.Observe(absl::ToDoubleSeconds(duration));
  const auto number = static_cast<size_t>(code);
  std::atomic<prometheus::Counter*>& slot =
      by_code_[number < by_code_.size() ? number : static_cast<size_t>(grpc::StatusCode::UNKNOWN)];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    prometheus::Labels labels = labels_;
    labels.emplace("grpc_code", CodeName(code));
    counter = &handled_.Add(labels);  // the same one for all threads that come here
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

CallMetrics::CallMetrics(prometheus::Registry& registry)
    : started_(prometheus::BuildCounter()
                   .Name("grpc_server_started_total")
                   .Help("Calls that have begun")
                   .Register(registry)),
      handled_(prometheus::BuildCounter()
                   .Name("grpc_server_handled_total")
                   .Help("Calls that have ended, by the code of their answer")
                   .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("grpc_server_handling_seconds")
                   .Help("Time from the arrival of a call to its status")
                   .Register(registry)) {
  for (const Method& method : ServedMethods()) {
    methods_.emplace(absl::StrCat("/", method.service, "/", method.name),
                     Make(method.type, method.service, method.name));
  }
  unknown_ = Make("unknown", "unknown", "unknown");
}

MethodMetrics& CallMetrics::Of(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? *unknown_ : *found->second;
}

std::unique_ptr<MethodMetrics> CallMetrics::Make(const std::string& type, const std::string& service,
                                                 const std::string& method) {
  const prometheus::Labels labels = {{"grpc_type", type}, {"grpc_service", service}, {"grpc_method", method}};
  return std::unique_ptr<MethodMetrics>(
      new MethodMetrics(labels, started_.Add(labels), seconds_.Add(labels, kCallBuckets), handled_));
}

}  // namespace onebyone
