#include "client/top/load_text.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/text_table.h"

namespace onebyone {
namespace {

constexpr size_t kMostBars = 60;

std::string Rate(double per_second) { return absl::StrFormat(per_second < 1000 ? "%.1f" : "%.0f", per_second); }

// "-" where nothing happened.
std::string Time(double seconds) {
  if (seconds <= 0) return "-";
  if (seconds < 0.001) return absl::StrFormat("%.0f us", seconds * 1e6);
  if (seconds < 1) return absl::StrFormat("%.3g ms", seconds * 1e3);
  return absl::StrFormat("%.3g s", seconds);
}

std::string Bytes(double bytes) {
  constexpr double kMebibyte = 1024.0 * 1024;
  if (bytes < 1024 * kMebibyte) return absl::StrFormat("%.0f MiB", bytes / kMebibyte);
  return absl::StrFormat("%.1f GiB", bytes / kMebibyte / 1024);
}

std::string Bars(const std::vector<double>& history) {
  constexpr std::array kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double most = history.empty() ? 0 : *std::max_element(history.begin(), history.end());
  std::string bars;
  for (size_t i = history.size() - std::min(history.size(), kMostBars); i < history.size(); ++i) {
    const double share = most > 0 ? history[i] / most : 0;
    bars += kBars[static_cast<size_t>(share * (kBars.size() - 1) + 0.5)];
  }
  return bars;
}

std::string Refusals(const ServerLoad& load) {
  std::string text = absl::StrCat(Rate(load.RefusalsPerSecond()), "/s");
  std::string reasons;
  for (const auto& [reason, rate] : load.refusals_per_second) {
    if (rate > 0) absl::StrAppend(&reasons, reasons.empty() ? "" : ", ", reason, " ", Rate(rate));
  }
  return reasons.empty() ? text : absl::StrCat(text, " (", reasons, ")");
}

TextTable::Column Right(const std::string& title) { return {title, TextTable::Align::kRight}; }

std::string Stages(const ServerLoad& load) {
  TextTable table({{"stage"}, Right("per second"), Right("p50"), Right("p99")});
  for (const auto& [stage, latency] : load.stages) {
    table.AddRow({stage, Rate(latency.per_second), Time(latency.p50), Time(latency.p99)});
  }
  table.AddRow({"whole call", Rate(load.request.per_second), Time(load.request.p50), Time(load.request.p99)});
  return table.ToString();
}

std::string Models(const ServerLoad& load) {
  TextTable table({{"model"},
                   Right("version"),
                   {"precision"},
                   {"state"},
                   Right("images/s"),
                   Right("failed/s"),
                   Right("network p50"),
                   Right("p99")});
  for (const auto& [name, model] : load.models) {
    table.AddRow({name, model.version, model.precision, model.ready ? "ready" : "not ready",
                  Rate(model.images_per_second), Rate(model.failed_per_second), Time(model.network.p50),
                  Time(model.network.p99)});
  }
  return table.ToString();
}

}  // namespace

std::string LoadScreen(const std::string& address, const ServerLoad& load, const std::vector<double>& history) {
  const std::string head = absl::StrFormat("onebyone-server %s at %s, up %s, %s\n\n", load.version, address,
                                           absl::FormatDuration(absl::Floor(load.uptime, absl::Seconds(1))), load.isa);
  const std::string requests =
      absl::StrFormat("requests  %s/s, failed %s/s, refused %s, %.0f in work (%s)\n", Rate(load.requests_per_second),
                      Rate(load.failed_per_second), Refusals(load), load.requests_in_work, Bytes(load.queued_bytes));
  const std::string images = absl::StrFormat(
      "images    %s/s, failed %s/s, %.0f in the queue, %.0f of %.0f lanes busy\n", Rate(load.images_per_second),
      Rate(load.failed_images_per_second), load.queue, load.lanes_busy, load.lanes);
  const std::string process = absl::StrFormat("process   %.2f CPUs (%.2f wasted), %s memory\n", load.processors,
                                              load.wasted, Bytes(load.resident_bytes));
  const std::string bars = history.size() > 1 ? absl::StrCat("          ", Bars(history), "\n") : "";
  return absl::StrCat(head, requests, images, bars, process, "\n", Stages(load), "\n", Models(load));
}

std::string LoadLineTitles() {
  return absl::StrFormat("%-20s %9s %8s %9s %9s %6s %7s %9s %9s %9s\n", "time", "requests", "failed", "refused",
                         "images", "queue", "lanes", "p50", "p99", "memory");
}

std::string LoadLine(const ServerLoad& load, absl::Time now) {
  return absl::StrFormat(
      "%-20s %9s %8s %9s %9s %6.0f %7s %9s %9s %9s\n", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone()),
      Rate(load.requests_per_second), Rate(load.failed_per_second), Rate(load.RefusalsPerSecond()),
      Rate(load.images_per_second), load.queue, absl::StrFormat("%.0f/%.0f", load.lanes_busy, load.lanes),
      Time(load.request.p50), Time(load.request.p99), Bytes(load.resident_bytes));
}

}  // namespace onebyone
