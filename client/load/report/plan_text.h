#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/load/report/load_result.h"

namespace onebyone {

// What was asked for and of whom, in words, for the table and the pages.

// "open loop, poisson, 200/s, 60.0 s, seed 7"
std::string LoopText(const LoadPlan& plan);

// "inception_4c/output, 16 channels, float32"
std::string WorkText(const LoadPlan& plan);

// "12 late by more than 1 ms, worst 4.1 ms"
std::string LateText(const LoadResult& result);

// "240.0/s keeps p99 <= 50 ms; 250.0/s does not"
std::string CapacityText(const FoundCapacity& capacity);

// Label and value of what else there is to say: target, server, work, pictures, machine, start, warm-up.
std::vector<std::pair<std::string, std::string>> PlanRows(const LoadResult& result);

}  // namespace onebyone
