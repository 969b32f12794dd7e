#include "engine/workbench/value_observation.h"

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/layer_runner.h"
#include "engine/workbench/parallel_loop.h"

namespace onebyone {
namespace {

absl::Span<const float> NumbersOf(const ConstTensorView& map) {
  return {map.As<float>(), static_cast<size_t>(map.shape.Elements())};
}

// All values of a network, and runners that compute them.
struct Observer {
  std::vector<std::string> values;  // the layers, and last the input
  std::vector<LayerRunner> runners;

  // Calls `look(thread, value's index, its elements)` for each value on each picture.
  absl::Status Look(const PictureSet& pictures, const std::vector<size_t>& which, Progress& progress,
                    const std::function<void(size_t, size_t, absl::Span<const float>)>& look) {
    return ParallelLoop(which.size(), static_cast<int>(runners.size()), [&](int thread, size_t i) {
      LayerRunner& runner = runners[static_cast<size_t>(thread)];
      const Tensor& input = pictures.inputs[which[i]];
      RETURN_IF_ERROR(runner.Run(input));
      const size_t layers = values.size() - 1;
      for (size_t layer = 0; layer < layers; ++layer) {
        look(static_cast<size_t>(thread), layer, NumbersOf(runner.Map(layer)));
      }
      look(static_cast<size_t>(thread), layers, NumbersOf(input.view()));
      progress.Advance();
      return absl::OkStatus();
    });
  }
};

absl::StatusOr<Observer> MakeObserver(const Model& model, int threads) {
  Observer observer;
  for (const LayerInfo& layer : model.compiled->layers()) observer.values.push_back(layer.name);
  ASSIGN_OR_RETURN(observer.runners, LayerRunner::CreateEach(model, observer.values, threads));
  observer.values.push_back(observer.runners.front().plan().inputs.front().name);
  return observer;
}

absl::StatusOr<std::vector<ValueRange>> ObserveRanges(Observer& observer, const PictureSet& pictures,
                                                      const std::vector<size_t>& which, Progress& progress) {
  const size_t values = observer.values.size();
  std::vector<std::vector<ValueRange>> seen(observer.runners.size(), std::vector<ValueRange>(values, EmptyRange()));
  RETURN_IF_ERROR(observer.Look(
      pictures, which, progress,
      [&](size_t thread, size_t value, absl::Span<const float> numbers) { Widen(seen[thread][value], numbers); }));
  std::vector<ValueRange> ranges(values, EmptyRange());
  for (size_t value = 0; value < values; ++value) {
    for (const auto& thread : seen) ranges[value] = Union(ranges[value], thread[value]);
    if (std::isfinite(ranges[value].low) && std::isfinite(ranges[value].high)) continue;
    return absl::InvalidArgumentError(absl::StrCat("layer '", observer.values[value],
                                                   "': want finite numbers on every picture, got ", ranges[value].low,
                                                   " to ", ranges[value].high));
  }
  return ranges;
}

}  // namespace

absl::StatusOr<Observations> ObserveValues(const Model& model, const PictureSet& pictures, int threads,
                                           Progress& progress, const std::vector<size_t>& asked) {
  const std::vector<size_t> which = asked.empty() ? pictures.All() : asked;
  ASSIGN_OR_RETURN(Observer observer, MakeObserver(model, threads));
  progress.Begin("ranges of values", static_cast<int64_t>(which.size()));
  ASSIGN_OR_RETURN(const std::vector<ValueRange> ranges, ObserveRanges(observer, pictures, which, progress));

  std::vector<Histogram> empty(ranges.begin(), ranges.end());
  const PreprocessOptions& input = model.bundle.preprocess;
  empty.back() = Histogram(ranges.back(), {input.LowestInput(), input.HighestInput()});
  std::vector<std::vector<Histogram>> seen(observer.runners.size(), empty);
  progress.Begin("histograms of values", static_cast<int64_t>(which.size()));
  RETURN_IF_ERROR(observer.Look(
      pictures, which, progress,
      [&](size_t thread, size_t value, absl::Span<const float> numbers) { seen[thread][value].Add(numbers); }));
  Observations observations;
  for (size_t value = 0; value < ranges.size(); ++value) {
    Histogram histogram = empty[value];
    for (const auto& thread : seen) histogram.Merge(thread[value]);
    observations.emplace(observer.values[value], std::move(histogram));
  }
  return observations;
}

Calibration CalibrationBy(RangeMethod method, const Observations& observations, int images) {
  Calibration calibration;
  calibration.method = std::string(NameOf(method));
  calibration.images = images;
  for (const auto& [value, histogram] : observations) calibration.ranges[value] = ChooseRange(histogram, method);
  return calibration;
}

}  // namespace onebyone
