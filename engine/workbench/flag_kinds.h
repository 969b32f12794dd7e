#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/workbench/pixel_size.h"

namespace onebyone {

// Kinds of flags that CLI11 does not have. `target` is set where the flag is given; both it and `values` must outlive
// the parse.

// A flag whose value is one of the names in `values`.
template <typename T, typename Target>
CLI::Option* AddChoice(CLI::App* app, const std::string& flag, Target& target, const std::map<std::string, T>& values,
                       const std::string& description) {
  std::vector<std::string> names;
  for (const auto& entry : values) names.push_back(entry.first);
  return app
      ->add_option_function<std::string>(
          flag, [&target, &values](const std::string& name) { target = values.at(name); }, description)
      ->check(CLI::IsMember(names))
      ->type_name("");
}

enum class NumberRange : uint8_t { kAny, kPositive };

// A flag "a,b,c": one finite number per channel.
void AddChannels(CLI::App* app, const std::string& flag, std::optional<std::array<float, 3>>& target, NumberRange range,
                 const std::string& description);

// A flag "WIDTHxHEIGHT" in pixels, each at least 1.
void AddSize(CLI::App* app, const std::string& flag, std::optional<PixelSize>& target, const std::string& description);

// Flags that several commands have.
void AddBundle(CLI::App* app, std::string& bundle);
// `more` is said behind what the flag takes.
CLI::Option* AddLayers(CLI::App* app, std::vector<std::string>& layers, const std::string& more);
void AddImages(CLI::App* app, std::string& images);
void AddThreads(CLI::App* app, int& threads, const std::string& description);

}  // namespace onebyone
