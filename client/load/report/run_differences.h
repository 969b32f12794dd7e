#pragma once

#include "client/load/report/comparison.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// Fills refusals, differences, cautions and versions of `comparison`: all that is not a figure.
void FindDifferences(const LoadResult& a, const LoadResult& b, Comparison& comparison);

}  // namespace onebyone
