#pragma once

#include <string>

#include "client/load/report/load_result.h"

namespace onebyone {

// The run in the columns of Triton's perf_analyzer (-f FILE): a row for each step, or one for the run, in the order of
// rising throughput. Times are whole microseconds, empty where too few samples support them. The columns of the server
// are there where the server told its stages: queue; decode and preprocess as compute input, network as compute infer,
// reduce and encode as compute output. What else passes between sending and the answer is Network+Server Send/Recv, for
// gRPC's sending and receiving are not timed apart: Client Send and Client Recv are 0 unless client stages of the names
// "send" and "receive" say more.
std::string PerfCsv(const LoadResult& result);

}  // namespace onebyone
