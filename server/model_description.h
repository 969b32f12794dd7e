#pragma once

#include "engine/model_loader.h"
#include "onebyone/v1/model.pb.h"
#include "server/model_set.h"

namespace onebyone {

// One model in one line, loaded or not. `entry` is one of `models`.
v1::ModelSummary Summarize(const ModelEntry& entry, const ModelSet& models);

// Everything that a client can ask of a model, layers in graph order. `max_native_pixels`: see RequestLimits.
v1::GetModelResponse Describe(const Model& model, const v1::ModelSummary& summary, int64_t max_native_pixels);

}  // namespace onebyone
