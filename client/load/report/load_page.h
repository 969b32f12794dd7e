#pragma once

#include <string>

#include "client/load/report/comparison.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// One HTML page that needs nothing else and asks no network: charts of latency over time and by percentile, throughput,
// steps, stages; tables; light or dark as the reader's system is. Percentiles that too few samples support are not
// drawn. Without JavaScript it shows the text of ResultTable.
std::string LoadPage(const LoadResult& result);

// Two runs side by side, with the verdict. `a_name`, `b_name`: how they are called, such as their files.
std::string ComparePage(const LoadResult& a, const LoadResult& b, const Comparison& comparison,
                        const std::string& a_name, const std::string& b_name);

}  // namespace onebyone
