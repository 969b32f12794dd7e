#pragma once

#include "server/model_registry.h"

namespace onebyone::testing {

// The registry of one tiny model that all inputs of a fuzzer share.
const ModelRegistry& TinyModels();

}  // namespace onebyone::testing
