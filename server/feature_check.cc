// CheckFeature of request_codec.h: one output that a client asks for.

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/request_codec.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr double kMaxExponent = 1000;

absl::Status UnknownNumber(const std::string& path, int got) {
  return InvalidField(path, absl::StrCat("wanted a number that the API defines, got ", got));
}

// A field that is set but means nothing beside the others: telling is better than ignoring.
absl::Status WithoutMeaning(const std::string& path, absl::string_view condition) {
  return InvalidField(path, absl::StrCat("has a meaning only ", condition, "; wanted it unset there, got it set"));
}

absl::Status CheckStored(const v1::FeatureRequest& feature, const std::string& path, const Model& model,
                         FeatureSpec& spec) {
  if (feature.seed() != 0) return WithoutMeaning(absl::StrCat(path, ".seed"), "with reduction RANDOM_PROJECTION");
  if (spec.stored == nullptr) {
    return AtField(absl::StrCat(path, ".reduction"),
                   absl::FailedPreconditionError(absl::StrCat(
                       "STORED: the bundle holds no fitted reduction for layer ", QuotedInput(spec.layer->name),
                       "; fit one with: onebyone-model fit-reduction --bundle ", model.bundle.name, " --layer ",
                       spec.layer->name, " --images FOLDER, then start the server again")));
  }
  if (feature.channels() > spec.stored->max_channels()) {
    return InvalidField(absl::StrCat(path, ".channels"),
                        absl::StrCat("the stored reduction '", spec.stored->name, "' of layer ",
                                     QuotedInput(spec.layer->name), " has ", spec.stored->max_channels(),
                                     "; wanted 1 to ", spec.stored->max_channels(), ", got ", feature.channels()));
  }
  spec.source = FeatureSpec::Source::kStored;
  return absl::OkStatus();
}

// A stored convolution that is asked for by its name: all of its rows, or the first ones.
absl::Status CheckNamed(const v1::FeatureRequest& feature, const std::string& path, const Model& model,
                        FeatureSpec& spec) {
  if (feature.reduction() == v1::RANDOM_PROJECTION) {
    return WithoutMeaning(absl::StrCat(path, ".reduction_name"), "with a stored reduction");
  }
  if (feature.seed() != 0) return WithoutMeaning(absl::StrCat(path, ".seed"), "with reduction RANDOM_PROJECTION");
  auto named = model.NamedReduction(spec.layer->name, feature.reduction_name());
  if (!named.ok()) return AtField(absl::StrCat(path, ".reduction_name"), named.status());
  spec.stored = *std::move(named);
  const int64_t most = spec.stored->max_channels();
  if (feature.channels() < 0 || feature.channels() > most) {
    return InvalidField(
        absl::StrCat(path, ".channels"),
        absl::StrCat("the stored reduction '", spec.stored->name, "' of layer ", QuotedInput(spec.layer->name), " has ",
                     most, "; wanted 0 (all) or 1 to ", most, ", got ", feature.channels()));
  }
  spec.channels = feature.channels() == 0 ? most : feature.channels();
  spec.source = FeatureSpec::Source::kStored;
  return absl::OkStatus();
}

// As many channels as the layer has, or more: no reduction.
absl::Status TooManyChannels(const std::string& path, int64_t got, const LayerInfo& layer) {
  return InvalidField(
      absl::StrCat(path, ".channels"),
      absl::StrCat("layer ", QuotedInput(layer.name), " has ", layer.channels, " channels; wanted 0 (all) or 1 to ",
                   layer.channels - 1, " (reduced), got ", got,
                   ": principal components and projections of as many channels or more keep nothing that the layer "
                   "itself lacks; to remix or expand, name a head of your own in reduction_name (onebyone-model "
                   "add-reduction)"));
}

absl::Status CheckChannels(const v1::FeatureRequest& feature, const std::string& path, const Model& model,
                           FeatureSpec& spec) {
  if (!v1::Reduction_IsValid(feature.reduction())) {
    return UnknownNumber(absl::StrCat(path, ".reduction"), feature.reduction());
  }
  if (!feature.reduction_name().empty()) return CheckNamed(feature, path, model, spec);
  spec.channels = spec.layer->channels;
  if (feature.channels() == 0) {
    if (feature.reduction() != v1::REDUCTION_UNSPECIFIED) {
      return WithoutMeaning(absl::StrCat(path, ".reduction"), "with channels above 0");
    }
    if (feature.seed() != 0) return WithoutMeaning(absl::StrCat(path, ".seed"), "with channels above 0");
    return absl::OkStatus();
  }
  if (feature.channels() < 0) {
    return InvalidField(absl::StrCat(path, ".channels"),
                        absl::StrCat("layer ", QuotedInput(spec.layer->name), " has ", spec.layer->channels,
                                     " channels; wanted 0 (all) or 1 to ", spec.layer->channels - 1, " (reduced), got ",
                                     feature.channels()));
  }
  if (feature.channels() >= spec.layer->channels) return TooManyChannels(path, feature.channels(), *spec.layer);
  spec.channels = feature.channels();
  spec.stored = model.StoredReduction(spec.layer->name);
  const bool stored =
      feature.reduction() == v1::STORED || (feature.reduction() == v1::REDUCTION_UNSPECIFIED && spec.stored != nullptr);
  if (stored) return CheckStored(feature, path, model, spec);
  spec.source = FeatureSpec::Source::kRandom;
  spec.seed = feature.seed();
  return absl::OkStatus();
}

absl::Status CheckGrid(const v1::Pooling& pooling, const std::string& path, const LayerInfo& layer, InputFit fit,
                       PoolingSpec& spec) {
  if (pooling.grid_height() == 0 && pooling.grid_width() == 0) return absl::OkStatus();
  const auto check = [&layer, fit](const std::string& field, int64_t got, int64_t most) {
    if (fit == InputFit::kNative && got < 1) {
      return InvalidField(field, absl::StrCat("wanted 1 or more (or both 0 for one cell), got ", got));
    }
    if (fit == InputFit::kNative || (got >= 1 && got <= most)) return absl::OkStatus();
    return InvalidField(field, absl::StrCat("layer ", QuotedInput(layer.name), " is ", layer.height, " x ", layer.width,
                                            "; wanted 1 to ", most, " (or both 0 for one cell), got ", got));
  };
  RETURN_IF_ERROR(check(absl::StrCat(path, ".grid_height"), pooling.grid_height(), layer.height));
  RETURN_IF_ERROR(check(absl::StrCat(path, ".grid_width"), pooling.grid_width(), layer.width));
  spec.grid_height = pooling.grid_height();
  spec.grid_width = pooling.grid_width();
  return absl::OkStatus();
}

absl::Status CheckPooling(const v1::Pooling& pooling, const std::string& path, const LayerInfo& layer, InputFit fit,
                          PoolingSpec& spec) {
  switch (pooling.kind()) {
    case v1::Pooling::KIND_UNSPECIFIED:
    case v1::Pooling::NONE: spec.kind = PoolingSpec::Kind::kNone; break;
    case v1::Pooling::AVERAGE: spec.kind = PoolingSpec::Kind::kAverage; break;
    case v1::Pooling::MAX: spec.kind = PoolingSpec::Kind::kMax; break;
    case v1::Pooling::GENERALIZED_MEAN: spec.kind = PoolingSpec::Kind::kGeneralizedMean; break;
    default: return UnknownNumber(absl::StrCat(path, ".kind"), pooling.kind());
  }
  if (spec.kind == PoolingSpec::Kind::kNone) {
    if (pooling.grid_height() != 0) return WithoutMeaning(absl::StrCat(path, ".grid_height"), "with a kind of pooling");
    if (pooling.grid_width() != 0) return WithoutMeaning(absl::StrCat(path, ".grid_width"), "with a kind of pooling");
  }
  RETURN_IF_ERROR(CheckGrid(pooling, path, layer, fit, spec));
  if (pooling.exponent() == 0) return absl::OkStatus();
  const std::string field = absl::StrCat(path, ".exponent");
  if (spec.kind != PoolingSpec::Kind::kGeneralizedMean) return WithoutMeaning(field, "with GENERALIZED_MEAN");
  if (!(pooling.exponent() > 0 && pooling.exponent() <= kMaxExponent)) {
    return InvalidField(field,
                        absl::StrCat("wanted 0 (meaning 3) or up to ", kMaxExponent, ", got ", pooling.exponent()));
  }
  spec.exponent = pooling.exponent();
  return absl::OkStatus();
}

// Null where the bundle has no calibration, or that has none of the layer.
const ValueRange* CalibratedRange(const Model& model, const std::string& layer) {
  if (model.bundle.calibration == nullptr) return nullptr;
  const auto found = model.bundle.calibration->ranges.find(layer);
  return found == model.bundle.calibration->ranges.end() ? nullptr : &found->second;
}

// The ranges that the bundle has for the rows or the layer, as far as `spec` says what they are.
absl::StatusOr<std::vector<Uint8Range>> FixedRanges(const std::string& path, const Model& model,
                                                    const FeatureSpec& spec) {
  std::vector<Uint8Range> fixed;
  const auto without = [&path](const std::string& what, const std::string& command) {
    return AtField(path, absl::FailedPreconditionError(absl::StrCat("FIXED: the bundle holds no ranges for ", what,
                                                                    "; measure them with: onebyone-model ", command)));
  };
  const std::string fit =
      absl::StrCat("fit-reduction --bundle ", model.bundle.name, " --layer ", spec.layer->name, " --images FOLDER");
  switch (spec.source) {
    case FeatureSpec::Source::kRandom:
      return without(absl::StrCat("layer ", QuotedInput(spec.layer->name), ", which has no fitted reduction"), fit);
    case FeatureSpec::Source::kStored:
      if (spec.stored->ranges.empty() && spec.stored->kind == Reduction::Kind::kHead) {
        return AtField(path, absl::FailedPreconditionError(absl::StrCat(
                                 "FIXED: the bundle holds no ranges for the head '", spec.stored->name,
                                 "'; ask for FROM_MAP, or write its ranges into the bundle's reductions")));
      }
      if (spec.stored->ranges.empty()) return without(absl::StrCat("the reduction '", spec.stored->name, "'"), fit);
      for (int64_t row = 0; row < spec.channels; ++row) {
        const ChannelRange& range = spec.stored->ranges[static_cast<size_t>(row)];
        fixed.push_back(Uint8RangeOf(range.low, range.high));
      }
      return fixed;
    case FeatureSpec::Source::kWhole: break;
  }
  const ValueRange* range = CalibratedRange(model, spec.layer->name);
  if (range == nullptr) {
    return without(absl::StrCat("layer ", QuotedInput(spec.layer->name)),
                   absl::StrCat("calibrate --bundle ", model.bundle.name, " --images FOLDER"));
  }
  fixed.assign(static_cast<size_t>(spec.channels), Uint8RangeOf(range->low, range->high));
  return fixed;
}

absl::Status CheckUint8Range(const v1::FeatureRequest& feature, const std::string& path, const Model& model,
                             FeatureSpec& spec) {
  if (!v1::Uint8Range_IsValid(feature.uint8_range())) return UnknownNumber(path, feature.uint8_range());
  if (feature.uint8_range() == v1::UINT8_RANGE_UNSPECIFIED) return absl::OkStatus();
  if (spec.form.data_type != v1::UINT8) return WithoutMeaning(path, "with data_type UINT8");
  if (feature.uint8_range() != v1::FIXED) return absl::OkStatus();
  if (feature.reduction() == v1::RANDOM_PROJECTION) {
    return WithoutMeaning(path, "with a whole layer or a stored reduction");
  }
  if (feature.l2_normalize()) return WithoutMeaning(path, "without l2_normalize, which no stored range knows");
  ASSIGN_OR_RETURN(spec.form.fixed, FixedRanges(path, model, spec));
  return absl::OkStatus();
}

}  // namespace

int64_t FeatureSpec::AnswerBytes(int64_t height, int64_t width) const {
  const bool pooled = form.pooling.kind != PoolingSpec::Kind::kNone;
  const int64_t cells = pooled ? form.pooling.grid_height * form.pooling.grid_width : height * width;
  const int64_t scales = form.data_type == v1::UINT8 ? channels * 8 : 0;  // a scale and a zero point per channel
  return channels * cells * WireSize(form.data_type) + scales;
}

absl::StatusOr<FeatureSpec> CheckFeature(const v1::FeatureRequest& feature, const std::string& path, const Model& model,
                                         InputFit fit) {
  FeatureSpec spec;
  spec.asked = feature.layer();
  const absl::StatusOr<const LayerInfo*> layer = model.ResolveLayer(feature.layer());
  if (!layer.ok()) return AtField(absl::StrCat(path, ".layer"), layer.status());
  spec.layer = *layer;
  if (fit == InputFit::kNative && model.compiled->native_sizes().FindLeast(spec.layer->name) == nullptr) {
    return InvalidField(absl::StrCat(path, ".layer"),
                        absl::StrCat("at input_size NATIVE wanted a layer that is fully convolutional (GetModel tells "
                                     "which), got ",
                                     QuotedInput(spec.layer->name), ", which needs the network's own input size, ",
                                     model.compiled->input_width(), "x", model.compiled->input_height()));
  }
  RETURN_IF_ERROR(CheckChannels(feature, path, model, spec));
  RETURN_IF_ERROR(CheckPooling(feature.pooling(), absl::StrCat(path, ".pooling"), *spec.layer, fit, spec.form.pooling));
  if (!v1::DataType_IsValid(feature.data_type())) {
    return UnknownNumber(absl::StrCat(path, ".data_type"), feature.data_type());
  }
  if (!v1::Layout_IsValid(feature.layout())) return UnknownNumber(absl::StrCat(path, ".layout"), feature.layout());
  if (feature.data_type() != v1::DATA_TYPE_UNSPECIFIED) spec.form.data_type = feature.data_type();
  if (feature.layout() != v1::LAYOUT_UNSPECIFIED) spec.form.layout = feature.layout();
  spec.form.l2_normalize = feature.l2_normalize();
  RETURN_IF_ERROR(CheckUint8Range(feature, absl::StrCat(path, ".uint8_range"), model, spec));
  return spec;
}

}  // namespace onebyone
