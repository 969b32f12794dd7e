#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/bundle/bundle.h"
#include "engine/model_loader.h"
#include "engine/verification/comparison.h"

namespace onebyone {

// What `model` makes of a golden's picture, beside what other software made of it. Errors name the file: those of
// PictureRunner and ParseNpy; INVALID_ARGUMENT for another shape or type.
absl::StatusOr<Comparison> CompareWithGolden(const Golden& golden, const std::shared_ptr<const Model>& model);

// Whether a model that was loaded can be served: its default layers hold finite numbers for a picture that is zero
// everywhere in the network's input, and it answers its bundle's goldens. Those are compared within their tolerance in
// float32; in bfloat16 and int8 by a cosine of at least 0.9, since how near these come is the calibration's business,
// and a wrong file or kernel is far below. INVALID_ARGUMENT, naming layer and picture: what, wanted, got.
absl::Status VerifyModel(const std::shared_ptr<const Model>& model);

}  // namespace onebyone
