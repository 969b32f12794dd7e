#include "engine/workbench/float_search.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/precision_choice.h"
#include "engine/workbench/convolution_ranking.h"
#include "engine/workbench/float_values.h"
#include "engine/workbench/loss_cover.h"
#include "engine/workbench/loss_share.h"

namespace onebyone {
namespace {

// With more of the multiply-adds in float, int8 gains little over float32.
constexpr double kMostFloatWork = 0.6;
// Less of an unusual picture saturates by a safer method: another takes its place where that loses half as much again.
constexpr double kWorth = 1.5;
constexpr int kMostRounds = 10;
// Of the contrast of pictures: rounding costs faint ones the most, and few calibrations have any, so that a choice made
// on the pictures as they are was not enough for the faintest of others.
constexpr float kFaint = 0.6F;
// Where a choice that should have done does not (another top class, say), the next one leaves so much of the loss.
constexpr double kNextLimit = 0.7;

// A choice of floats, and the best method with it.
struct Trial {
  Calibration calibration;
  FidelityMeasurement measurement;
  FidelityMeasurement with_faint;  // of the faint pictures too
  double loss = 0;                 // of these
  bool is_reached = false;
};

class FloatSearch {
 public:
  FloatSearch(const PrecisionTrial& trial, absl::Span<const Calibration> methods, std::vector<ByteValue> values)
      : trial_(trial),
        faint_(trial.Fainter(kFaint)),
        methods_(methods),
        values_(std::move(values)),
        target_(LargestLossShare(static_cast<int>(trial.pictures().inputs.size()))) {}

  // What the features lose where one value only is bytes, for each of the values.
  absl::Status MeasureAlone(const Calibration& calibration) {
    double all_work = 0;
    for (const ByteValue& value : values_) all_work += static_cast<double>(value.multiply_adds);
    query_.most_work = kMostFloatWork * all_work;
    query_.most_taken = values_.size();
    for (size_t i = 0; i < values_.size(); ++i) {
      const std::string stage = absl::StrCat("value ", i + 1, " of ", values_.size(), " in bytes");
      ASSIGN_OR_RETURN(const FidelityMeasurement alone,
                       faint_.MeasureInt8(stage, OnlyBytes(values_[i], calibration), SomePictures(faint_.pictures())));
      query_.sources.push_back({LossShares(alone), values_[i].price, static_cast<double>(values_[i].multiply_adds)});
    }
    return absl::OkStatus();
  }

  // As many as are asked for, whatever they cost.
  absl::StatusOr<FloatChoice> Take(size_t count) {
    ASSIGN_OR_RETURN(const Trial before, Try(methods_, {}));
    query_.measured = LossShares(before.with_faint);
    query_.most_taken = count;
    query_.most_work = std::numeric_limits<double>::infinity();
    for (LossSource& source : query_.sources) source.price = 1;
    std::vector<size_t> taken;
    TakeUntilCovered(query_, taken);
    ASSIGN_OR_RETURN(const Trial trial, Try(methods_, taken));
    return ChoiceOf(trial, taken);
  }

  absl::StatusOr<FloatChoice> Search() {
    std::vector<size_t> taken;
    // What no convolution reads costs next to nothing in float.
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].multiply_adds == 0) taken.push_back(i);
    }
    ASSIGN_OR_RETURN(Trial best, Try(methods_, taken));
    query_.most_loss = target_;
    for (int round = 0; round < kMostRounds && !best.is_reached; ++round) {
      query_.measured = LossShares(best.with_faint);
      const size_t before = taken.size();
      TakeUntilCovered(query_, taken);
      if (taken.size() == before) {
        query_.most_loss *= kNextLimit;
        continue;
      }
      ASSIGN_OR_RETURN(best, Try(methods_, taken));
    }
    if (best.is_reached) RETURN_IF_ERROR(GiveBack(taken, best));
    return ChoiceOf(best, taken);
  }

 private:
  // The safest of `methods` or, where it does not reach the target, one that loses much less.
  absl::StatusOr<Trial> Try(absl::Span<const Calibration> methods, const std::vector<size_t>& taken) const {
    std::optional<Trial> best;
    for (const Calibration& method : methods) {
      Trial trial;
      trial.calibration = method;
      for (const size_t i : taken) StayFloat(values_[i], trial.calibration);
      const std::string stage = absl::StrCat("int8, ", method.method, ", ", taken.size(), " values in float");
      ASSIGN_OR_RETURN(trial.measurement, trial_.MeasureHeldOut(stage, trial.calibration));
      ASSIGN_OR_RETURN(const FidelityMeasurement faint,
                       faint_.MeasureHeldOut(absl::StrCat(stage, ", faint"), trial.calibration));
      trial.with_faint = Merge(trial.measurement, faint);
      trial.loss = LossShare(Summarize(trial.with_faint, Precision::kInt8));
      trial.is_reached = IsFaithful(Summarize(trial.measurement, Precision::kInt8)) && trial.loss <= target_;
      if (!best.has_value() || kWorth * trial.loss < best->loss) best = std::move(trial);
      if (best->is_reached) break;
    }
    return *std::move(best);
  }

  // Makes bytes of what the target does not need in float, the dearest first.
  absl::Status GiveBack(std::vector<size_t>& taken, Trial& best) const {
    std::vector<size_t> dearest = taken;
    std::stable_sort(dearest.begin(), dearest.end(),
                     [&](size_t a, size_t b) { return values_[a].price > values_[b].price; });
    for (const size_t i : dearest) {
      if (values_[i].multiply_adds == 0) continue;
      std::vector<size_t> fewer = taken;
      fewer.erase(std::find(fewer.begin(), fewer.end(), i));
      const auto method = std::find_if(methods_.begin(), methods_.end(), [&](const Calibration& calibration) {
        return calibration.method == best.calibration.method;
      });
      ASSIGN_OR_RETURN(Trial trial, Try({&*method, 1}, fewer));
      if (!trial.is_reached) continue;
      taken = std::move(fewer);
      best = std::move(trial);
    }
    return absl::OkStatus();
  }

  FloatChoice ChoiceOf(const Trial& trial, const std::vector<size_t>& taken) const {
    FloatChoice choice = {trial.calibration, {}, trial.measurement};
    for (const size_t i : taken) choice.values.push_back(values_[i].names.back());
    return choice;
  }

  const PrecisionTrial& trial_;
  PrecisionTrial faint_;
  absl::Span<const Calibration> methods_;
  std::vector<ByteValue> values_;
  double target_;
  CoverQuery query_;
};

}  // namespace

absl::StatusOr<FloatChoice> KeepInFloat(const PrecisionTrial& trial, std::optional<int> count,
                                        absl::Span<const Calibration> methods, const Calibration& start) {
  const PreprocessOptions& input = trial.exact().bundle.preprocess;
  ASSIGN_OR_RETURN(std::vector<ByteValue> values, FindByteValues(trial.network(), input.height, input.width, start));
  FloatSearch search(trial, methods, std::move(values));
  RETURN_IF_ERROR(search.MeasureAlone(start));
  return count.has_value() ? search.Take(static_cast<size_t>(*count)) : search.Search();
}

}  // namespace onebyone
