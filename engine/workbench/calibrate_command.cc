#include "engine/workbench/calibrate_command.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/calibration_file.h"
#include "engine/import/onnx_importer.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/precision_choice.h"
#include "engine/workbench/companded_layers.h"
#include "engine/workbench/float_search.h"
#include "engine/workbench/loss_share.h"
#include "engine/workbench/precision_trial.h"
#include "engine/workbench/table.h"
#include "engine/workbench/value_observation.h"
#include "engine/workbench/winograd_layers.h"

namespace onebyone {
namespace {

// A way to run the network, and how near it comes to float32.
struct Candidate {
  std::string name;
  Calibration calibration;
  Fidelity fidelity;
  std::vector<std::string> floats = {};  // values that stay float
};

// Whether `other` is to take the place of `safer`, by which less of an unusual picture saturates: faithful before not
// faithful. Of two faithful ones the safer, unless it loses half as much again: the pictures of a calibration are few,
// and hardly ever the odd ones.
bool IsWorthIt(const Fidelity& other, const Fidelity& safer) {
  constexpr double kWorth = 1.5;
  if (IsFaithful(other) != IsFaithful(safer)) return IsFaithful(other);
  const double loss = 2 - other.pooled_cosine - other.map_cosine;
  const double safer_loss = 2 - safer.pooled_cosine - safer.map_cosine;
  if (IsFaithful(safer)) return kWorth * loss < safer_loss;
  return loss - other.top1_agreement < safer_loss - safer.top1_agreement;
}

// One for each method that is asked for.
absl::StatusOr<std::vector<Candidate>> TryMethods(const PrecisionTrial& trial, std::optional<RangeMethod> asked) {
  ASSIGN_OR_RETURN(const Observations observations,
                   ObserveValues(trial.exact(), trial.pictures(), trial.threads(), trial.progress()));
  const auto count = static_cast<int>(trial.pictures().inputs.size());
  Calibration widest = CalibrationBy(RangeMethod::kMax, observations, count);
  RETURN_IF_ERROR(CompandWhereBetter(trial, widest));
  std::vector<Candidate> candidates;
  for (const RangeMethod method : kRangeMethods) {
    if (asked.has_value() && method != *asked) continue;
    Candidate candidate = {.name = absl::StrCat("int8, ", std::string(NameOf(method))),
                           .calibration = CalibrationBy(method, observations, count),
                           .fidelity = {}};
    candidate.calibration.companded_layers = widest.companded_layers;
    ASSIGN_OR_RETURN(const FidelityMeasurement measurement,
                     trial.MeasureHeldOut(candidate.name, candidate.calibration));
    candidate.fidelity = Summarize(measurement, Precision::kInt8);
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

// `candidates`: the safest first.
const Candidate& BestOf(const std::vector<Candidate>& candidates) {
  const Candidate* best = &candidates.front();
  for (const Candidate& candidate : candidates) {
    if (IsWorthIt(candidate.fidelity, best->fidelity)) best = &candidate;
  }
  return *best;
}

// A method with values in float, where some are asked for or `best` loses more than leaves other pictures faithful.
absl::StatusOr<std::optional<Candidate>> TryFloats(const PrecisionTrial& trial, std::optional<int> keep,
                                                   const std::vector<Candidate>& methods, const Candidate& best) {
  const bool leaves_reserve =
      IsFaithful(best.fidelity) && LossShare(best.fidelity) <= LargestLossShare(best.calibration.images);
  const bool wanted = keep.has_value() ? *keep > 0 : !leaves_reserve;
  if (!wanted) return std::nullopt;
  std::vector<Calibration> calibrations;
  for (const Candidate& candidate : methods) calibrations.push_back(candidate.calibration);
  ASSIGN_OR_RETURN(FloatChoice choice, KeepInFloat(trial, keep, calibrations, best.calibration));
  return Candidate{
      .name = absl::StrCat("int8, ", choice.calibration.method, ", ", choice.values.size(), " values in float"),
      .calibration = std::move(choice.calibration),
      .fidelity = Summarize(choice.measurement, Precision::kInt8),
      .floats = std::move(choice.values)};
}

absl::StatusOr<std::optional<Candidate>> TryWinograd(const PrecisionTrial& trial, const Candidate& best) {
  Candidate candidate = best;
  ASSIGN_OR_RETURN(const std::optional<Fidelity> fidelity, AllowWinograd(trial, best.fidelity, candidate.calibration));
  if (!fidelity.has_value()) return std::nullopt;
  candidate.fidelity = *fidelity;
  candidate.name =
      absl::StrCat(best.name, ", ", candidate.calibration.winograd_layers.size(), " convolutions as Winograd");
  return candidate;
}

absl::StatusOr<std::optional<Candidate>> TryBFloat16(const PrecisionTrial& trial) {
  if (!HasBFloat16()) return std::nullopt;
  CompileOptions options;
  options.precision = Precision::kBFloat16;
  ASSIGN_OR_RETURN(const FidelityMeasurement measurement, trial.Measure("bf16", options));
  return Candidate{.name = "bf16", .calibration = {}, .fidelity = Summarize(measurement, Precision::kBFloat16)};
}

std::vector<std::string> Row(const Candidate& candidate) {
  const Fidelity& fidelity = candidate.fidelity;
  return {candidate.name, absl::StrFormat("%.6f", fidelity.pooled_cosine), absl::StrFormat("%.6f", fidelity.map_cosine),
          absl::StrFormat("%.4f", fidelity.top1_agreement), IsFaithful(fidelity) ? "yes" : "no"};
}

void Print(const std::vector<Candidate>& tried, const Bundle& bundle, const Graph& network, const Candidate& best,
           std::ostream& out) {
  const Calibration& chosen = best.calibration;
  Table table({{"precision", Table::Align::kLeft}, {"pooled cosine"}, {"map cosine"}, {"top-1"}, {"faithful"}});
  for (const Candidate& candidate : tried) table.AddRow(Row(candidate));
  out << table.ToString() << "\n";
  out << bundle.folder << "/" << kCalibrationFile << ": method " << chosen.method << ", " << chosen.images
      << " pictures, " << chosen.ranges.size() << " ranges";
  if (!chosen.companded_layers.empty()) {
    out << "; companded:";
    for (const std::string& layer : chosen.companded_layers) out << " " << layer;
  }
  if (!best.floats.empty()) {
    out << "; in float:";
    for (const std::string& value : best.floats) out << " " << value;
  }
  if (!IsFaithful(best.fidelity)) {
    const Fidelity least = LeastFidelity(Precision::kInt8);
    out << "\nint8 is not faithful: want " << least.pooled_cosine << " pooled, " << least.map_cosine << " in maps and "
        << least.top1_agreement << " top-1";
  }
  Bundle calibrated = bundle;
  calibrated.calibration = std::make_shared<const Calibration>(chosen);
  const Precision automatic = ChoosePrecision(calibrated, network, PrecisionChoice::kAuto);
  out << "\n--precision auto is " << NameOf(automatic) << " here\n";
}

}  // namespace

absl::Status RunCalibrate(const CalibrateOptions& options, std::ostream& out, std::ostream& errors) {
  ASSIGN_OR_RETURN(const Bundle bundle, ReadBundle(options.bundle, StoredCalibration::kIgnore));
  ASSIGN_OR_RETURN(const Graph network, ImportOnnxFile(bundle.model_path));
  ASSIGN_OR_RETURN(PictureSet pictures, ReadPictures(options.images, bundle.preprocess, options.threads, errors));
  std::vector<Candidate> tried;
  Candidate best;
  {
    Progress progress(options.show_progress ? &errors : nullptr);
    ASSIGN_OR_RETURN(PrecisionTrial trial,
                     PrecisionTrial::Create(bundle, network, std::move(pictures), options.threads, progress));
    RETURN_IF_ERROR(trial.HoldOut());
    ASSIGN_OR_RETURN(tried, TryMethods(trial, options.method));
    best = BestOf(tried);
    ASSIGN_OR_RETURN(const std::optional<Candidate> mixed, TryFloats(trial, options.keep_float, tried, best));
    if (mixed.has_value()) {
      tried.push_back(*mixed);
      // A count that is asked for is taken, better or not; floats that do not make it faithful only cost time.
      if (options.keep_float.has_value() || IsFaithful(mixed->fidelity)) best = *mixed;
    }
    ASSIGN_OR_RETURN(const std::optional<Candidate> winograd, TryWinograd(trial, best));
    if (winograd.has_value()) tried.push_back(best = *winograd);
    best.calibration.fidelities.push_back(best.fidelity);
    ASSIGN_OR_RETURN(const std::optional<Candidate> bfloat16, TryBFloat16(trial));
    if (bfloat16.has_value()) {
      best.calibration.fidelities.push_back(bfloat16->fidelity);
      tried.push_back(*bfloat16);
    }
  }
  RETURN_IF_ERROR(WriteCalibration(bundle.folder, bundle.sha256, best.calibration));
  Print(tried, bundle, network, best, out);
  return absl::OkStatus();
}

}  // namespace onebyone
