#include "client/commands/top.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "client/top/load_text.h"
#include "client/top/metrics_source.h"
#include "client/top/metrics_text.h"
#include "client/top/server_load.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr size_t kMostHistory = 60;
// Cursor to the top, the view, and what was below it erased: no flicker.
constexpr char kHome[] = "\x1b[H";
constexpr char kEraseBelow[] = "\x1b[J";
constexpr char kEraseScreen[] = "\x1b[2J";

struct Look {
  absl::Time time;
  std::vector<MetricSample> samples;
};

absl::StatusOr<Look> LookAt(const std::string& address) {
  ASSIGN_OR_RETURN(const std::string text, FetchMetrics(address));
  ASSIGN_OR_RETURN(std::vector<MetricSample> samples, ParseMetrics(text));
  return Look{absl::Now(), std::move(samples)};
}

// False as soon as Ctrl-C has been pressed.
bool Wait(absl::Duration duration, const Cancellation& interruption) {
  const absl::Time end = absl::Now() + duration;
  while (absl::Now() < end && !interruption.cancelled()) {
    absl::SleepFor(std::min(end - absl::Now(), absl::Milliseconds(50)));
  }
  return !interruption.cancelled();
}

// The terminal at work.
class Screen {
 public:
  Screen(const TopOptions& options, Terminal& terminal) : options_(options), terminal_(terminal) {
    if (Live()) terminal_.out << kEraseScreen;
    if (!Live() && !options_.once) terminal_.out << LoadLineTitles() << std::flush;
  }

  void Show(const ServerLoad& load, absl::Time now) {
    history_.push_back(load.images_per_second);
    if (history_.size() > kMostHistory) history_.erase(history_.begin());
    if (Live()) {
      terminal_.out << kHome << kEraseBelow << LoadScreen(options_.metrics, load, history_) << std::flush;
    } else if (options_.once) {
      terminal_.out << LoadScreen(options_.metrics, load, {}) << std::flush;
    } else {
      terminal_.out << LoadLine(load, now) << std::flush;
    }
  }

 private:
  bool Live() const { return terminal_.out_is_terminal && !options_.once; }

  const TopOptions& options_;
  Terminal& terminal_;
  std::vector<double> history_;
};

}  // namespace

int ShowTop(const TopOptions& options, Terminal& terminal) {
  absl::StatusOr<Look> before = LookAt(options.metrics);
  if (!before.ok()) {
    terminal.err << "onebyone: " << before.status().message() << "\n";
    return kFailed;
  }
  const int count = options.once ? 1 : options.count;
  Screen screen(options, terminal);
  bool answered = true;
  for (int shown = 0; count == 0 || shown < count; ++shown) {
    if (!Wait(options.interval, terminal.interruption)) return kDone;
    absl::StatusOr<Look> after = LookAt(options.metrics);
    answered = after.ok();
    if (!answered) {
      terminal.err << "onebyone: " << after.status().message() << "\n";
      continue;
    }
    screen.Show(
        Compare(before->samples, after->samples, absl::ToDoubleSeconds(after->time - before->time), after->time),
        after->time);
    before = std::move(after);
  }
  return answered ? kDone : kFailed;
}

}  // namespace onebyone
