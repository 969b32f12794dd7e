#pragma once

#include <CLI/CLI.hpp>

#include "client/commands/load_options.h"

namespace onebyone {

// Whom to ask: --server and what belongs to it, --protocol, --connections, --model, --priority, --retries, --input.
void AddLoadTargetFlags(CLI::App& command, LoadOptions& options);

// What to send: pictures, --synthetic, --size-mix, --seed, layers and their form.
void AddLoadWorkFlags(CLI::App& command, LoadOptions& options);

// When: --rate, --ramp, --steps, --replay, --concurrency, --sweep, --find-capacity, and how long.
void AddLoadLoopFlags(CLI::App& command, LoadOptions& options);

// What to make of it: --slo, --fail-if, --percentiles, the search.
void AddLoadJudgeFlags(CLI::App& command, LoadOptions& options);

}  // namespace onebyone
