#include "server/model_watcher.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace onebyone {
namespace {

// How much nicer than the lanes: about a tenth of a lane's share where all CPUs are taken. At 19 it was a hundredth,
// and a server at its limit took minutes to load a model.
constexpr int kNicer = 10;
constexpr int kNicest = 19;
// Models that were let go are looked after this often, until no request holds them.
constexpr absl::Duration kRetiredInterval = absl::Milliseconds(200);

}  // namespace

ModelWatcher::ModelWatcher(ModelRegistry& registry, absl::Duration interval,
                           std::function<void(const ModelRegistry::Changes&)> changed)
    : registry_(registry), interval_(interval), changed_(std::move(changed)), thread_([this] { Watch(); }) {}

ModelWatcher::~ModelWatcher() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  rest_.Wake();
  thread_.join();
}

void ModelWatcher::ReloadNow() {
  {
    const absl::MutexLock lock(&mutex_);
    asked_ = true;
  }
  rest_.Wake();
}

int64_t ModelWatcher::reloads() const {
  const absl::MutexLock lock(&mutex_);
  return reloads_;
}

void ModelWatcher::Watch() {
  // Lanes come first: on Linux this is the thread's own, and that of threads which a load starts.
  const int priority = std::min(getpriority(PRIO_PROCESS, 0) + kNicer, kNicest);
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), priority);
  bool retired_left = false;
  absl::Duration until_poll = interval_ > absl::ZeroDuration() ? interval_ : absl::InfiniteDuration();
  for (;;) {
    const absl::Duration wait = retired_left ? std::min(kRetiredInterval, until_poll) : until_poll;
    rest_.For(wait);
    bool asked = false;
    {
      const absl::MutexLock lock(&mutex_);
      if (ending_) return;
      asked = std::exchange(asked_, false);
    }
    until_poll -= wait;
    if (asked || until_poll <= absl::ZeroDuration()) {
      Reload(asked ? ModelRegistry::When::kNow : ModelRegistry::When::kSettled);
      until_poll = interval_ > absl::ZeroDuration() ? interval_ : absl::InfiniteDuration();
    }
    retired_left = registry_.FreeRetired();
  }
}

void ModelWatcher::Reload(ModelRegistry::When when) {
  const ModelRegistry::Changes changes = registry_.Reload(when);
  const std::string default_model = registry_.default_model();
  for (const ModelEntry& entry : changes.loaded) LogModel(entry, default_model);
  for (const ModelEntry& entry : changes.failed) LogModel(entry, default_model);
  for (const std::string& unloaded : changes.unloaded) spdlog::info("model {}: unloaded", unloaded);
  const std::string problem(changes.problem.message());
  if (!problem.empty() && problem != last_problem_) {
    spdlog::error("models: {}; what was served before is served on", problem);
  }
  last_problem_ = problem;
  if (changes.any()) changed_(changes);
  const absl::MutexLock lock(&mutex_);
  ++reloads_;
}

void LogModel(const ModelEntry& entry, const std::string& default_model) {
  if (!entry.status.ok()) {
    const std::string instead = entry.model == nullptr
                                    ? "not served"
                                    : fmt::format("version {}, which loaded, is served in its place", entry.version());
    spdlog::error("model {}: {}: {}", entry.name, instead, std::string(entry.status.message()));
    return;
  }
  spdlog::info("model {} version {}{}: {} layers, loaded in {} ms, runs in {}, {} convolutions measured", entry.name,
               entry.version(), entry.name == default_model ? " (default)" : "", entry.model->compiled->layers().size(),
               absl::ToInt64Milliseconds(entry.load_time), std::string(NameOf(entry.model->compiled->precision())),
               entry.model->compiled->convs_measured());
}

}  // namespace onebyone
