#include "engine/workbench/flag_kinds.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

constexpr int kMostThreads = 1024;

bool ParseChannels(const std::string& text, std::array<float, 3>& channels) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  if (parts.size() != channels.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!absl::SimpleAtof(parts[i], &channels[i]) || !std::isfinite(channels[i])) return false;
  }
  return true;
}

}  // namespace

void AddChannels(CLI::App* app, const std::string& flag, std::optional<std::array<float, 3>>& target, NumberRange range,
                 const std::string& description) {
  const bool positive = range == NumberRange::kPositive;
  const auto check = [positive](const std::string& text) -> std::string {
    std::array<float, 3> channels = {};
    bool fine = ParseChannels(text, channels);
    for (const float channel : channels) fine = fine && (!positive || channel > 0);
    return fine ? "" : absl::StrCat("want three numbers", positive ? " over 0" : "", " as a,b,c, got ", text);
  };
  const auto set = [&target](const std::string& text) { ParseChannels(text, target.emplace()); };
  app->add_option_function<std::string>(flag, set, description)->check(CLI::Validator(check, ""))->type_name("A,B,C");
}

void AddBundle(CLI::App* app, std::string& bundle) {
  app->add_option("--bundle", bundle, "Folder of the bundle, or of its numbered versions (the highest counts)")
      ->required()
      ->type_name("DIR");
}

void AddImages(CLI::App* app, std::string& images) {
  app->add_option("--images", images, "Folder of pictures, as the model will see them; other files are skipped")
      ->required()
      ->type_name("DIR");
}

void AddThreads(CLI::App* app, int& threads, const std::string& description) {
  app->add_option("--threads", threads, description)->check(CLI::Range(1, kMostThreads))->type_name("N");
}

}  // namespace onebyone
