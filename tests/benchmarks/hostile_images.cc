// What a file of at most 1 MB can cost a lane at most: ms of CPU time from its bytes to the network's input, and MB
// beside what the process had before.

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/tensor.h"
#include "engine/workbench/table.h"
#include "tests/benchmarks/hostile_files.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

constexpr int kInputSide = 224;

struct Flags {
  int side = 8192;  // 64 megapixels, the server's limit
  int rounds = 3;
  bool json = false;
};

struct Cost {
  std::string file;
  int64_t bytes = 0;
  std::string refusal;      // why it is not let in; empty: it is
  int64_t asked_bytes = 0;  // of the pixel budget
  double decode_ms = std::numeric_limits<double>::infinity();
  double scaled_ms = std::numeric_limits<double>::infinity();  // of the decode SCALED
  double fit_ms = std::numeric_limits<double>::infinity();
  double peak_megabytes = 0;
};

// A line of /proc/self/status, in MB.
double Megabytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    int64_t kilobytes = 0;
    if (!absl::StartsWith(line, key)) continue;
    if (absl::SimpleAtoi(line.substr(key.size() + 1, line.size() - key.size() - 4), &kilobytes)) {
      return 1.024e-3 * static_cast<double>(kilobytes);
    }
  }
  return 0;
}

// From now on VmHWM tells the peak anew.
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// Of this thread's CPU time, which others on the machine do not lengthen much.
double Milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

class Meter {
 public:
  static absl::StatusOr<Meter> Create() {
    Meter made;
    ASSIGN_OR_RETURN(made.preprocessor_, Preprocessor::Create({.width = kInputSide, .height = kInputSide}));
    ASSIGN_OR_RETURN(made.input_, Tensor::Create(DataType::kFloat32, {1, 3, kInputSide, kInputSide}));
    return made;
  }

  absl::StatusOr<Cost> Measure(const HostileFile& file, int rounds) {
    Cost cost = {.file = file.name, .bytes = static_cast<int64_t>(file.bytes.size()), .refusal = {}};
    for (int round = 0; round < rounds && cost.refusal.empty(); ++round) RETURN_IF_ERROR(MeasureOnce(file, cost));
    return cost;
  }

 private:
  // By a decoder of its own, so that its memory counts.
  absl::Status MeasureOnce(const HostileFile& file, Cost& cost) {
    const auto ask = [&cost](int64_t bytes) {
      cost.asked_bytes = std::max(cost.asked_bytes, bytes);
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(const auto decoder, ImageDecoder::Create({.limits = {}, .may_hold = ask, .may_go_on = {}}));
    const double before = Megabytes("VmRSS:");
    ForgetPeak();
    double begin = Milliseconds();
    const auto image = decoder->Decode(file.bytes);
    cost.decode_ms = std::min(cost.decode_ms, Milliseconds() - begin);
    if (!image.ok()) {
      cost.refusal = std::string(image.status().message());
      return absl::OkStatus();
    }
    begin = Milliseconds();
    const TensorView input = {DataType::kFloat32, input_.shape(), input_.data()};
    RETURN_IF_ERROR(preprocessor_->Run(*image, InputFit::kModel, input).status());
    cost.fit_ms = std::min(cost.fit_ms, Milliseconds() - begin);
    cost.peak_megabytes = std::max(cost.peak_megabytes, Megabytes("VmHWM:") - before);
    begin = Milliseconds();
    RETURN_IF_ERROR(decoder->Decode(file.bytes, preprocessor_->MinSide(InputFit::kModel)).status());
    cost.scaled_ms = std::min(cost.scaled_ms, Milliseconds() - begin);
    return absl::OkStatus();
  }

  std::unique_ptr<Preprocessor> preprocessor_;
  Tensor input_;
};

void Print(const Flags& flags, const std::vector<Cost>& costs) {
  Table table({{"file", Table::Align::kLeft}, {"bytes"}, {"decode"}, {"fit"}, {"scaled"}, {"peak MB"}, {"budget MB"}});
  std::vector<std::string> json;
  const auto number = [](double value) { return absl::StrFormat("%.0f", value); };
  for (const Cost& cost : costs) {
    const bool refused = !cost.refusal.empty();
    table.AddRow({cost.file, WithThousands(cost.bytes), number(cost.decode_ms),
                  refused ? "refused" : number(cost.fit_ms), refused ? "" : number(cost.scaled_ms),
                  number(cost.peak_megabytes), number(1e-6 * static_cast<double>(cost.asked_bytes))});
    JsonObject object;
    object.String("file", cost.file).Integer("bytes", cost.bytes).String("refusal", cost.refusal);
    object.Number("decode_min_ms", cost.decode_ms).Number("peak_megabytes", cost.peak_megabytes);
    json.push_back(object.ToString());
  }
  if (flags.json) {
    std::cout << JsonArray(json) << "\n";
  } else {
    std::cout << table.ToString() << "minimum ms of CPU time of " << flags.rounds << " rounds, one thread\n";
  }
}

absl::Status Run(const Flags& flags) {
  ASSIGN_OR_RETURN(Meter meter, Meter::Create());
  std::vector<Cost> costs;
  for (const auto& make : {HostileBmps, HostilePngs, HostileJpegs, HostileWebps}) {
    for (const HostileFile& file : make(flags.side)) {
      std::cerr << file.name << "\n";
      ASSIGN_OR_RETURN(Cost cost, meter.Measure(file, flags.rounds));
      costs.push_back(std::move(cost));
    }
  }
  Print(flags, costs);
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("What a file of 1 MB costs at most, from its bytes to the network's input", "hostile_images_benchmark");
  app.add_option("--side", flags.side, "Of the pictures, in pixels. Default: 8192")->check(CLI::Range(8, 8192));
  app.add_option("--rounds", flags.rounds, "Default: 3")->check(CLI::Range(1, 1000))->type_name("N");
  app.add_flag("--json", flags.json, "Print JSON");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
