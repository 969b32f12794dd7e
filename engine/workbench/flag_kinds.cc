#include "engine/workbench/flag_kinds.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

constexpr int kMostThreads = 1024;
constexpr int64_t kMostSide = 32768;

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

void AddSize(CLI::App* app, const std::string& flag, std::optional<PixelSize>& target, const std::string& description) {
  const auto parse = [](const std::string& text) -> std::optional<PixelSize> {
    const std::vector<std::string> sides = absl::StrSplit(text, 'x');
    PixelSize size;
    const bool fine = sides.size() == 2 && absl::SimpleAtoi(sides[0], &size.width) &&
                      absl::SimpleAtoi(sides[1], &size.height) && std::min(size.width, size.height) >= 1 &&
                      std::max(size.width, size.height) <= kMostSide;
    return fine ? std::optional(size) : std::nullopt;
  };
  const auto check = [parse](const std::string& text) -> std::string {
    if (parse(text).has_value()) return "";
    return absl::StrCat("want WIDTHxHEIGHT, each 1 to ", kMostSide, ", got ", text);
  };
  app->add_option_function<std::string>(
         flag, [&target, parse](const std::string& text) { target = parse(text); }, description)
      ->check(CLI::Validator(check, ""))
      ->type_name("WIDTHxHEIGHT");
}

void AddBundle(CLI::App* app, std::string& bundle) {
  app->add_option("--bundle", bundle, "Folder of the bundle, or of its numbered versions (the highest counts)")
      ->required()
      ->type_name("DIR");
}

CLI::Option* AddLayers(CLI::App* app, std::vector<std::string>& layers, const std::string& more) {
  return app
      ->add_option("--layer", layers,
                   "A layer or alias, or several with commas between; may be given several times" + more)
      ->type_name("NAME[,NAME...]")
      ->allow_extra_args(false);
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
