#include "engine/workbench/component_ranges.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/calibration/histogram.h"
#include "engine/calibration/range_method.h"
#include "engine/verification/picture_runner.h"
#include "engine/workbench/parallel_loop.h"

namespace onebyone {
namespace {

constexpr size_t kMostPictures = 1000;

// Of each row on one picture.
using PictureRanges = std::vector<std::vector<ValueRange>>;

std::vector<ValueRange> RangesOf(const ConstTensorView& map) {
  const int64_t channels = map.shape[0];
  const int64_t cells = map.shape.Elements() / channels;
  std::vector<ValueRange> ranges;
  for (int64_t channel = 0; channel < channels; ++channel) {
    ValueRange& range = ranges.emplace_back(EmptyRange());
    Widen(range, absl::MakeConstSpan(map.As<float>() + channel * cells, static_cast<size_t>(cells)));
  }
  return ranges;
}

// In the order of the pictures, so that sums are the same whoever looked at them.
ChannelRange Reach(const std::vector<PictureRanges>& pictures, size_t reduction, size_t row) {
  ValueRange seen = EmptyRange();
  Spread highs;
  Spread lows;
  for (const PictureRanges& picture : pictures) {
    const ValueRange& range = picture[reduction][row];
    seen = Union(seen, range);
    highs.Add(range.high);
    lows.Add(range.low);
  }
  const ValueRange range = ExtremeRange(seen, lows, highs);
  const bool is_finite = std::isfinite(range.low) && std::isfinite(range.high);
  return is_finite ? ChannelRange{range.low, range.high} : ChannelRange{seen.low, seen.high};
}

}  // namespace

absl::StatusOr<std::vector<std::vector<ChannelRange>>> MeasureComponentRanges(
    const std::shared_ptr<const Model>& model, const std::vector<std::shared_ptr<const Reduction>>& reductions,
    const std::vector<std::string>& files, int threads, const Cancellation& cancellation, Progress& progress) {
  std::vector<LayerQuery> queries;
  for (const auto& reduction : reductions) queries.push_back({reduction->layer, reduction, reduction->max_channels()});
  std::vector<std::unique_ptr<PictureRunner>> runners;
  for (int i = 0; i < threads; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<PictureRunner> runner, PictureRunner::Create(model, queries, InputFit::kModel));
    runners.push_back(std::move(runner));
  }
  std::vector<PictureRanges> pictures(std::min(files.size(), kMostPictures));
  progress.Begin("ranges of components", static_cast<int64_t>(pictures.size()));
  const auto look = [&](int thread, size_t i) -> absl::Status {
    RETURN_IF_ERROR(cancellation.Check());
    PictureRunner& runner = *runners[static_cast<size_t>(thread)];
    if (const absl::Status run = runner.Run(files[i]); !run.ok()) {
      return absl::Status(run.code(), absl::StrCat(files[i], ": ", run.message()));
    }
    for (size_t r = 0; r < reductions.size(); ++r) pictures[i].push_back(RangesOf(runner.Map(static_cast<int>(r))));
    progress.Advance();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ParallelLoop(pictures.size(), threads, look));
  std::vector<std::vector<ChannelRange>> ranges(reductions.size());
  for (size_t r = 0; r < reductions.size(); ++r) {
    for (int64_t row = 0; row < reductions[r]->max_channels(); ++row) {
      ranges[r].push_back(Reach(pictures, r, static_cast<size_t>(row)));
    }
  }
  return ranges;
}

}  // namespace onebyone
