// What the response cache does for an image, each part alone: hash, look-up, keeping an answer, copying one out.

#include <malloc.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/json.h"
#include "engine/workbench/table.h"
#include "server/cache/answer_key.h"
#include "server/cache/answer_store.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

constexpr int64_t kStoreBytes = int64_t{64} << 20;

struct Flags {
  int rounds = 20;
  bool json = false;
};

struct Row {
  std::string what;
  int64_t bytes = 0;  // that it is about
  double us = 0;      // the least of all rounds
};

// Noise: bytes that are equal would be no test for a copy.
std::string Noise(size_t bytes) {
  std::mt19937 random(7);
  std::string noise(bytes, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  return noise;
}

AnswerKey Key(uint64_t number) {
  AnswerKey key;
  key.model = number;
  return key;
}

FeatureMaps Maps(size_t bytes) {
  FeatureMaps maps;
  v1::FeatureMap& map = *maps.Add();
  map.set_layer("inception_4c/output");
  map.set_content(Noise(bytes));
  for (const int64_t extent : {256, 28, 28}) map.add_shape(extent);
  map.mutable_geometry()->set_stride_x(16);
  return maps;
}

// Least microseconds of one of `times` calls in a row.
double Least(const Flags& flags, int times, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < flags.rounds; ++round) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < times; ++i) call();
    const std::chrono::duration<double, std::micro> took = Clock::now() - start;
    least = std::min(least, took.count() / times);
  }
  return least;
}

void TimeHashes(const Flags& flags, std::vector<Row>& rows) {
  for (const size_t bytes : {size_t{35'000}, size_t{4'000'000}}) {
    const std::string picture = Noise(bytes);
    const int times = bytes < 1'000'000 ? 100 : 2;
    rows.push_back({"hash of a picture", static_cast<int64_t>(bytes),
                    Least(flags, times, [&] { DigestOfPicture({.bytes = picture}).IgnoreError(); })});
  }
  for (const int features : {1, 8}) {
    v1::ExtractFeaturesRequest request;
    for (int i = 0; i < features; ++i) request.add_features()->set_layer("inception_4c/output");
    request.add_images()->set_content(Noise(35'000));
    rows.push_back({absl::StrCat("hash of what is asked, features: ", features), 0,
                    Least(flags, 200, [&] { DigestOfAsked(request).IgnoreError(); })});
  }
}

void TimeStore(const Flags& flags, size_t bytes, std::vector<Row>& rows) {
  const FeatureMaps maps = Maps(bytes);
  const auto size = static_cast<int64_t>(bytes);
  AnswerStore store(kStoreBytes);
  uint64_t next = 0;
  rows.push_back({"look-up that finds nothing", size, Least(flags, 1000, [&] { store.Find(Key(++next)); })});
  while (store.state().evictions == 0) store.Keep(Key(++next), maps);
  rows.push_back({"keep an answer, another goes", size, Least(flags, 50, [&] { store.Keep(Key(++next), maps); })});
  const AnswerKey last = Key(next);
  rows.push_back({"look-up that finds it", size, Least(flags, 1000, [&] { store.Find(last); })});
  rows.push_back({"copy into an answer", size, Least(flags, 50, [&] { FeatureMaps copy(*store.Find(last)); })});
}

// Bytes of the heap for each byte that the store says it takes.
double HeapOfCounted(size_t bytes) {
  const FeatureMaps maps = Maps(bytes);
  const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  AnswerStore store(kStoreBytes);
  for (uint64_t i = 0; store.state().evictions == 0; ++i) store.Keep(Key(i), maps);
  const size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
  return static_cast<double>(after - before) / static_cast<double>(store.state().bytes);
}

absl::Status Run(const Flags& flags) {
  std::vector<Row> rows;
  TimeHashes(flags, rows);
  for (const size_t bytes : {size_t{448 * 4}, size_t{256 * 28 * 28 * 4}}) TimeStore(flags, bytes, rows);
  const double small = HeapOfCounted(448 * 4);
  const double large = HeapOfCounted(256 * 28 * 28 * 4);
  if (flags.json) {
    std::vector<std::string> parts;
    for (const Row& row : rows) {
      JsonObject part;
      parts.push_back(part.String("what", row.what).Integer("bytes", row.bytes).Number("us", row.us).ToString());
    }
    JsonObject json;
    json.Json("parts", JsonArray(parts));
    json.Number("heap_of_counted_small", small).Number("heap_of_counted_large", large);
    std::cout << json.ToString() << "\n";
    return absl::OkStatus();
  }
  Table table({{"part"}, {"bytes"}, {"us"}});
  for (const Row& row : rows) {
    table.AddRow({row.what, row.bytes == 0 ? "" : absl::StrCat(row.bytes), absl::StrFormat("%.2f", row.us)});
  }
  std::cout << "least of " << flags.rounds << " rounds\n"
            << table.ToString()
            << absl::StrFormat("heap for each byte that is counted: %.2f of small answers, %.2f of large ones\n", small,
                               large);
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("What the response cache does for an image, part by part", "response_cache_benchmark");
  app.add_option("--rounds", flags.rounds, "Default: 20")->check(CLI::Range(1, 1000))->type_name("N");
  app.add_flag("--json", flags.json, "Print JSON");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
