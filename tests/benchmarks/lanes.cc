// Throughput of 1..N lanes: threads that each run the same plan on an executor of their own, as the server's lanes do.

#include <algorithm>
#include <barrier>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/runtime/executor.h"
#include "engine/workbench/latency.h"
#include "engine/workbench/table.h"
#include "tests/benchmarks/network.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

struct Flags {
  NetworkFlags network;
  int lanes = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  double seconds = 1;  // of each measurement
  int rounds = 5;
  std::string picture;  // decoded and preprocessed for each image; empty: the network alone
  bool json = false;
};

using Clock = std::chrono::steady_clock;

struct LaneCount {
  absl::Status status;
  double images_per_second = 0;
};

// What a lane does for one image: the network alone, or a picture from its encoded bytes on.
class LaneWork {
 public:
  static absl::StatusOr<LaneWork> Create(const Network& network, const std::string& encoded) {
    LaneWork work(network, encoded);
    RETURN_IF_ERROR(work.executor_->Use(network.plan));
    ASSIGN_OR_RETURN(work.decoder_, ImageDecoder::Create({}));
    ASSIGN_OR_RETURN(work.preprocessor_, Preprocessor::Create(network.model->bundle.preprocess));
    return work;
  }
  absl::Status RunOnce() {
    if (encoded_.empty()) return TimeRun(*executor_, network_.input).status();
    ASSIGN_OR_RETURN(const RgbImage image, decoder_->Decode(encoded_));
    RETURN_IF_ERROR(preprocessor_->Run(image, InputFit::kModel, executor_->Input()).status());
    return executor_->Run(nullptr);
  }

 private:
  LaneWork(const Network& network, const std::string& encoded)
      : network_(network), encoded_(encoded), executor_(Executor::Create({})) {}

  const Network& network_;
  const std::string& encoded_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<ImageDecoder> decoder_;
  std::unique_ptr<Preprocessor> preprocessor_;
};

// Counts the images of one lane from the moment when all of them are ready.
void RunLane(const Network& network, const std::string& encoded, double seconds, std::barrier<>& all_ready,
             LaneCount& count) {
  absl::StatusOr<LaneWork> work = LaneWork::Create(network, encoded);
  count.status = work.ok() ? work->RunOnce() : work.status();
  all_ready.arrive_and_wait();
  if (!count.status.ok()) return;
  const Clock::time_point start = Clock::now();
  double elapsed = 0;
  int64_t images = 0;
  while (elapsed < seconds || images == 0) {
    count.status = work->RunOnce();
    if (!count.status.ok()) return;
    ++images;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  count.images_per_second = static_cast<double>(images) / elapsed;
}

absl::StatusOr<double> ImagesPerSecond(const Network& network, const std::string& encoded, int lanes, double seconds) {
  std::barrier<> all_ready(lanes);
  std::vector<LaneCount> counts(lanes);
  std::vector<std::thread> threads;
  threads.reserve(counts.size());
  for (LaneCount& count : counts) {
    threads.emplace_back([&] { RunLane(network, encoded, seconds, all_ready, count); });
  }
  for (std::thread& thread : threads) thread.join();
  double sum = 0;
  for (const LaneCount& count : counts) {
    RETURN_IF_ERROR(count.status);
    sum += count.images_per_second;
  }
  return sum;
}

void Print(const Flags& flags, const Network& network, const std::vector<double>& best) {
  Table table({{"lanes"}, {"images/s"}, {"to 1 lane"}});
  std::vector<std::string> rows;
  for (size_t i = 0; i < best.size(); ++i) {
    const double ratio = best[i] / best.front();
    table.AddRow({absl::StrCat(i + 1), absl::StrFormat("%.1f", best[i]), absl::StrFormat("%.2f", ratio)});
    JsonObject row;
    row.Integer("lanes", static_cast<int64_t>(i) + 1).Number("images_per_second", best[i]).Number("ratio", ratio);
    rows.push_back(row.ToString());
  }
  if (flags.json) {
    JsonObject json;
    json.String("model", network.model->bundle.name);
    json.String("precision", NameOf(network.model->compiled->precision()));
    std::cout << json.Json("lanes", JsonArray(rows)).ToString() << "\n";
    return;
  }
  std::cout << network.Title() << ", most of " << flags.rounds << " rounds of " << flags.seconds << " s\n"
            << table.ToString();
}

absl::Status Run(const Flags& flags) {
  ASSIGN_OR_RETURN(const Network network, LoadNetwork(flags.network));
  std::string encoded;
  if (!flags.picture.empty()) {
    ASSIGN_OR_RETURN(encoded, ReadFile(flags.picture));
  }
  std::vector<double> best(flags.lanes);
  for (int round = 0; round < flags.rounds; ++round) {
    for (int lanes = 1; lanes <= flags.lanes; ++lanes) {
      ASSIGN_OR_RETURN(const double rate, ImagesPerSecond(network, encoded, lanes, flags.seconds));
      best[lanes - 1] = std::max(best[lanes - 1], rate);
    }
  }
  Print(flags, network, best);
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("Images per second of 1..N lanes on one plan, lanes taken in turn", "lanes_benchmark");
  AddNetworkFlags(app, flags.network);
  app.add_option("--lanes", flags.lanes, "The most lanes. Default: the CPUs of this process")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--seconds", flags.seconds, "Of each measurement. Default: 1")
      ->check(CLI::Range(0.001, 3600.0))
      ->type_name("S");
  app.add_option("--rounds", flags.rounds, "Default: 5")->check(CLI::Range(1, 1000))->type_name("N");
  app.add_option("--picture", flags.picture,
                 "Decode and preprocess this file for each image. Default: the network alone")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  app.add_flag("--json", flags.json, "Print JSON");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
