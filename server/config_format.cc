#include "server/config_format.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/nearest_name.h"
#include "server/option_declaration.h"
#include "server/options_file.h"

namespace onebyone {
namespace {

[[noreturn]] void FailToRead(const std::string& message) {
  throw CLI::ConfigError(absl::StrCat("--config: ", message), CLI::ExitCodes::ConfigError);
}

std::string Comment(const std::string& text) {
  return absl::StrCat("# ", absl::StrReplaceAll(text, {{"\n", "\n# "}}), "\n");
}

std::string ValueOf(const CLI::Option& option) {
  return option.count() > 0 ? option.reduced_results().back() : option.get_default_str();
}

}  // namespace

std::vector<CLI::ConfigItem> ConfigFormat::from_config(std::istream& input) const {
  absl::StatusOr<std::vector<Setting>> settings = ReadOptionsFile(input);
  if (!settings.ok()) FailToRead(std::string(settings.status().message()));
  std::vector<std::string> known;
  for (const CLI::Option* option : app_.get_options()) {
    if (option->get_configurable()) known.push_back(KeyOf(*option));
  }
  std::vector<CLI::ConfigItem> read;
  for (Setting& setting : *settings) {
    if (std::find(known.begin(), known.end(), setting.key) == known.end()) {
      const std::string nearest = NearestName(setting.key, known);
      FailToRead(absl::StrCat("unknown key '", setting.key, "'",
                              nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?")));
    }
    CLI::ConfigItem item;
    item.name = std::move(setting.key);
    item.inputs = {std::move(setting.value)};
    read.push_back(std::move(item));
  }
  return read;
}

std::string ConfigFormat::to_config(const CLI::App* app, bool default_also, bool write_description,
                                    std::string prefix) const {
  std::string text;
  if (write_description) text = Comment(app->get_description());
  for (const std::string& group : app->get_groups()) {
    std::string lines;
    for (const CLI::Option* option : app->get_options()) {
      const bool is_told = option->count() > 0 || default_also;
      if (!option->get_configurable() || option->get_group() != group || !is_told) continue;
      if (write_description) absl::StrAppend(&lines, "\n", Comment(option->get_description()));
      absl::StrAppend(&lines, SettingLine({prefix + KeyOf(*option), ValueOf(*option)}), "\n");
    }
    if (!lines.empty() && write_description && group != "Options") absl::StrAppend(&text, "\n", Comment(group));
    text += lines;
  }
  return text;
}

}  // namespace onebyone
