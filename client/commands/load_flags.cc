#include "client/commands/load_flags.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/commands/server_flags.h"
#include "client/load/work/synthetic_jpeg.h"

namespace onebyone {
namespace {

// A flag whose words stand for values.
template <typename Value>
CLI::Option* AddChoice(CLI::App& command, const std::string& name, std::vector<std::pair<std::string, Value>> words,
                       Value& target, const std::string& text) {
  std::vector<std::string> allowed;
  for (const auto& [word, value] : words) allowed.push_back(word);
  return command
      .add_option_function<std::string>(
          name,
          [&target, words = std::move(words)](const std::string& typed) {
            for (const auto& [word, value] : words) {
              if (word == typed) target = value;
            }
          },
          text)
      ->check(CLI::IsMember(allowed))
      ->type_name("WORD");
}

CLI::Option* AddSeconds(CLI::App& command, const std::string& name, absl::Duration& target, const std::string& text) {
  return command
      .add_option_function<double>(
          name, [&target](double seconds) { target = absl::Seconds(seconds); }, text)
      ->type_name("SECONDS")
      ->default_str(absl::StrCat(absl::ToDoubleSeconds(target)));
}

// Words of `text`, each by `parse`; the message of the first that is none.
template <typename Value, typename Parse>
std::string ParseList(const std::string& text, char separator, std::vector<Value>& values, Parse parse) {
  values.clear();
  for (const absl::string_view word : absl::StrSplit(text, separator)) {
    Value value{};
    if (!parse(word, value))
      return absl::StrCat("want numbers with '", std::string(1, separator), "' between, got '", text, "'");
    values.push_back(value);
  }
  return "";
}

bool ParseCount(absl::string_view word, int64_t& value) {
  return absl::SimpleAtoi(word, &value) && value >= 1 && value <= 10'000;
}
bool ParseSide(absl::string_view word, int64_t& value) { return absl::SimpleAtoi(word, &value) && value >= 1; }
bool ParsePercentile(absl::string_view word, double& value) {
  return absl::SimpleAtod(word, &value) && value > 0 && value < 100;
}

}  // namespace

void AddLoadTargetFlags(CLI::App& command, LoadOptions& options) {
  LoadTargetOptions& target = options.target;
  target.client.retry.max_attempts = 1;
  AddServerFlags(command, target.client);
  AddChoice<LoadProtocol>(
      command, "--protocol",
      {{"onebyone", LoadProtocol::kFeatures}, {"stream", LoadProtocol::kStream}, {"kserve", LoadProtocol::kKServe}},
      target.protocol,
      "onebyone (unless told): ExtractFeatures, a call each; stream: requests of StreamFeatures; kserve: ModelInfer of "
      "any "
      "KServe v2 server, its inputs as its metadata tells them");
  AddModelFlags(command, target.question);
  command
      .add_option_function<std::string>(
          "--priority",
          [&target](const std::string& word) {
            target.question.set_priority(word == "bulk" ? v1::BULK : v1::INTERACTIVE);
          },
          "Of each request; the server's default unless told")
      ->check(CLI::IsMember({"interactive", "bulk"}))
      ->type_name("WORD");
  command.add_option("--connections", target.connections, "Connections to each address; calls take turns")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      .add_option_function<int>(
          "--retries", [&target](int retries) { target.client.retry.max_attempts = retries + 1; },
          "Times that a call is made again after UNAVAILABLE or RESOURCE_EXHAUSTED, unseen in the figures")
      ->check(CLI::Range(0, 4))
      ->default_str("0");
  AddChoice<InferInput>(
      command, "--input",
      {{"auto", InferInput::kAuto},
       {"bytes", InferInput::kBytes},
       {"tensor", InferInput::kTensor},
       {"random", InferInput::kRandom}},
      target.input,
      "kserve: what goes into the input. bytes: encoded pictures; tensor: their pixels, decoded before "
      "the run, UINT8 or FP32 from 0 to 1; random: random values for inputs of any number, type and "
      "shape; auto (unless told): bytes where the metadata says BYTES, else tensor");
  command
      .add_option_function<std::string>(
          "--input-shape", [&target](const std::string& text) { ParseList(text, 'x', target.input_shape, ParseSide); },
          "kserve: dimensions of one picture in the first input, where the metadata leaves them open: 3x224x224")
      ->check([](const std::string& text) {
        std::vector<int64_t> shape;
        return ParseList(text, 'x', shape, ParseSide);
      })
      ->type_name("AxBxC");
}

void AddLoadWorkFlags(CLI::App& command, LoadOptions& options) {
  LoadWorkOptions& work = options.work;
  command
      .add_option(
          "PICTURES", work.inputs,
          "Pictures to send: files, folders, - for standard input. PATH=WEIGHT: how often its pictures are sent, "
          "together, beside those of the others (1 unless told)")
      ->type_name("IMAGE|FOLDER|-[=WEIGHT]");
  command
      .add_option(
          "--synthetic", work.synthetic,
          "Without pictures: send JPEGs made by the seed, as costly to decode as photographs, of these sizes and "
          "shares; 640x480 unless told")
      ->type_name("WxH[:SHARE],...")
      ->check([](const std::string& text) { return std::string(ParseSyntheticSizes(text).status().message()); });
  command.add_option("--pictures-per-size", work.pictures_of_each_size, "Different synthetic pictures of each size")
      ->check(CLI::Range(1, 10'000))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option(
          "--size-mix", work.size_mix,
          "Send small and large files of PICTURES in these shares, each file counted to the size that it is nearest "
          "to: 64K:0.8,4M:0.2")
      ->type_name("BYTES:SHARE,...");
  AddChoice<PictureOrder>(command, "--order", {{"random", PictureOrder::kRandom}, {"in-turn", PictureOrder::kInTurn}},
                          work.order, "random (unless told): drawn by weight; in-turn: one after the other");
  command.add_option("--pictures-per-call", work.pictures_per_call, "Pictures in one request")
      ->check(CLI::Range(1, 4096))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--seed", work.seed,
                  "Of everything that is drawn: equal seeds send the same pictures at the same moments")
      ->type_name("N")
      ->capture_default_str();
  AddFeatureFlags(command, work.features, LayerCount::kOptional);
  AddMapFlags(command, work.features);
  command.get_option("--layer")->description(
      "Layer to ask for, or output of a KServe model; its defaults unless told; may be repeated");
}

namespace {

// The flags of which each is a loop of its own kind.
void AddShapeFlags(CLI::App& command, LoadLoopOptions& loop) {
  const auto shape = [&loop](LoadShape of) { return [&loop, of](const std::string&) { loop.shape = of; }; };
  std::vector<CLI::Option*> shapes = {
      command.add_option("--rate", loop.rate_per_s, "Open loop: so many requests a second, whatever the server does")
          ->type_name("PER_SECOND")
          ->each(shape(LoadShape::kRate)),
      command.add_option("--ramp", loop.ramp, "Open loop: the rate changes evenly over the duration")
          ->type_name("FROM:TO")
          ->each(shape(LoadShape::kRamp)),
      command.add_option("--steps", loop.steps, "Open loop: one rate after the other, each for its time")
          ->type_name("RATE:SECONDS,...")
          ->each(shape(LoadShape::kSteps)),
      command
          .add_option("--replay", loop.replay, "Open loop: what --record wrote, again; answers that changed are named")
          ->type_name("FILE")
          ->each(shape(LoadShape::kReplay)),
      command
          .add_option("--concurrency", loop.concurrency,
                      "Closed loop: so many callers who each wait for their answer. Without any of these flags: 1")
          ->type_name("N")
          ->check(CLI::Range(1, 10'000))
          ->each(shape(LoadShape::kConcurrency)),
      command
          .add_option_function<std::string>(
              "--sweep", [&loop](const std::string& text) { ParseList(text, ',', loop.sweep, ParseCount); },
              "Closed loops of these concurrencies, one after the other, and where the knee is")
          ->type_name("N,N,...")
          ->check([](const std::string& text) {
            std::vector<int64_t> counts;
            return ParseList(text, ',', counts, ParseCount);
          })
          ->each(shape(LoadShape::kSweep)),
      command.add_flag_callback(
          "--find-capacity", [&loop] { loop.shape = LoadShape::kFindCapacity; },
          "Open loops of many rates: the highest that keeps --slo, by bisection, confirmed")};
  for (size_t i = 0; i < shapes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) shapes[i]->excludes(shapes[j]);
  }
}

}  // namespace

void AddLoadLoopFlags(CLI::App& command, LoadOptions& options) {
  LoadLoopOptions& loop = options.loop;
  AddShapeFlags(command, loop);
  AddChoice<Arrivals>(command, "--arrivals", {{"poisson", Arrivals::kPoisson}, {"constant", Arrivals::kConstant}},
                      loop.arrivals,
                      "Open loop. poisson (unless told): requests know nothing of each other, as those of many users; "
                      "constant: evenly spaced");
  AddSeconds(command, "--think", loop.think, "Closed loop: a caller waits so long before the next request")
      ->check(CLI::Range(0.0, 3600.0));
  AddSeconds(command, "--duration", loop.duration, "Length of the measured time")->check(CLI::Range(0.1, 1e6));
  command.add_option("--requests", loop.calls, "End after so many measured requests, in place of --duration")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command
      .add_option_function<std::string>(
          "--warm-up",
          [&loop](const std::string& text) {
            double seconds = 0;
            loop.warm_up = text == "auto" || (absl::SimpleAtod(text, &seconds) && seconds > 0);
            loop.warm_up_length = absl::Seconds(seconds);
          },
          "Before the measured time, by the same loop. auto (unless told): until three windows agree in median latency "
          "and "
          "rate; SECONDS: so long; 0: none. Replays have none, searches and sweeps one second a trial")
      ->type_name("auto|SECONDS")
      ->check([](const std::string& text) {
        double seconds = 0;
        const bool right = text == "auto" || (absl::SimpleAtod(text, &seconds) && seconds >= 0 && seconds <= 3600);
        return right ? "" : absl::StrCat("want auto or 0 to 3600 seconds, got '", text, "'");
      });
  AddSeconds(command, "--longest-warm-up", loop.longest_warm_up,
             "Measure after so long even if nothing agrees, and say so")
      ->check(CLI::PositiveNumber);
  AddSeconds(command, "--window", loop.window, "Of the warm-up")->check(CLI::Range(0.05, 600.0));
  command
      .add_option("--max-outstanding", loop.max_outstanding,
                  "Open loop: with so many requests in the air more are not sent, but counted and told")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--keep-going", loop.keep_going,
                   "Go on when for five seconds the server is not to be reached, as in a test of failover");
}

void AddLoadJudgeFlags(CLI::App& command, LoadOptions& options) {
  LoadJudgeOptions& judge = options.judge;
  command
      .add_option_function<std::vector<std::string>>(
          "--slo",
          [&judge](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) judge.objectives.push_back(*ParseObjective(text));
          },
          "Service level objective such as p99=50ms: of --find-capacity, and what makes an answer a good one; may be "
          "repeated")
      ->allow_extra_args(false)
      ->type_name("pNN=TIME")
      ->check([](const std::string& text) { return std::string(ParseObjective(text).status().message()); });
  command
      .add_option_function<std::vector<std::string>>(
          "--fail-if",
          [&judge](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) judge.conditions.push_back(*ParseFailCondition(text));
          },
          "Exit code 3 where it holds: pNN, mean, max (a time), errors, never_sent, late (a share), offered, achieved, "
          "good "
          "(a rate) or changed (a number), > or < a limit: 'p99>50ms', 'errors>0.1%', 'good<200'; may be repeated")
      ->allow_extra_args(false)
      ->type_name("CONDITION")
      ->check([](const std::string& text) { return std::string(ParseFailCondition(text).status().message()); });
  command
      .add_option_function<std::string>(
          "--percentiles",
          [&judge](const std::string& text) { ParseList(text, ',', judge.percentiles, ParsePercentile); },
          "To report; one that too few answers support is refused")
      ->type_name("P,P,...")
      ->default_str("50,90,95,99,99.9,99.99")
      ->check([](const std::string& text) {
        std::vector<double> percentiles;
        return ParseList(text, ',', percentiles, ParsePercentile);
      });
  AddSeconds(command, "--trial", judge.trial,
             "Length of a trial of a search or a sweep, at least; longer where a percentile needs more answers")
      ->check(CLI::Range(0.5, 3600.0));
  command
      .add_option("--start-rate", judge.start_per_s, "Where --find-capacity begins; by a closed loop of 8 unless told")
      ->type_name("PER_SECOND")
      ->check(CLI::PositiveNumber);
  command.add_option("--max-rate", judge.most_per_s, "Highest rate that --find-capacity tries")
      ->type_name("PER_SECOND")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  command.add_option("--precision", judge.precision, "How near --find-capacity comes, as a share")
      ->check(CLI::Range(0.001, 0.5))
      ->capture_default_str();
}

}  // namespace onebyone
