#pragma once

#include <cstdint>
#include <string>

#include "inference/grpc_service.pb.h"
#include "server/model_statistics.h"

namespace onebyone {

// `counters` of a version of a model, in the words of KServe clients. Each image is an inference, an execution and a
// batch of one: so lanes run them.
inference::ModelStatistics ReportOf(const std::string& model, int64_t version,
                                    const ModelStatistics::Counters& counters);

}  // namespace onebyone
