#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"

namespace onebyone {

// The name of an option without its dashes: the key in a file.
inline std::string KeyOf(const CLI::Option& option) { return option.get_single_name(); }

// "30", "30s", "500ms", "1m30s" or "inf". False, and nothing written, for anything else.
bool ParseSeconds(const std::string& text, absl::Duration& duration);

// Declares the options of a program: each gets its environment variable (--max-images: ONEBYONE_MAX_IMAGES) and shows
// its default, and the last of several settings counts. `app` and the targets must outlive the parse.
class OptionDeclaration {
 public:
  explicit OptionDeclaration(CLI::App& app) : app_(app) {}

  template <typename T>
  CLI::Option* Value(const std::string& name, T& target, const std::string& text) {
    CLI::Option* const option = app_.add_option(name, target, text)->capture_default_str();
    if constexpr (std::is_same_v<T, bool>) {
      option->check(CLI::IsMember({"true", "false", "on", "off", "yes", "no", "1", "0"}));
    } else if constexpr (std::is_integral_v<T>) {
      option->check(WholeNumber);
    }
    return Finish(option);
  }

  // A number of bytes, with an optional suffix as in 64MiB.
  CLI::Option* Bytes(const std::string& name, int64_t& target, const std::string& text);

  CLI::Option* Seconds(const std::string& name, absl::Duration& target, const std::string& text);

  // Calls `assign` with the text, once checks added to the option have let it through.
  CLI::Option* Text(const std::string& name, const std::string& by_default,
                    std::function<void(const std::string&)> assign, const std::string& text);

 private:
  // Empty, or why `text` is no whole number of 64 bits.
  static std::string WholeNumber(const std::string& text);
  static CLI::Option* Finish(CLI::Option* option);

  CLI::App& app_;
};

}  // namespace onebyone
