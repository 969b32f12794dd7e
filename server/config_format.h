#pragma once

#include <istream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace onebyone {

// The file of --config and --print-config, read and written by our own code (options_file.h), so that what is printed
// reads as what is in force: CLI11's reader ends a value in quotes at a '#', takes the last word of several, and lets a
// list that does not end swallow the rest; its writer escapes quotes and backslashes in some versions. A key that is no
// option is an error that names the nearest one. Errors are thrown as CLI::ConfigError.
class ConfigFormat : public CLI::Config {
 public:
  explicit ConfigFormat(const CLI::App& app) : app_(app) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
  // `default_also`: options that were not set, too. `prefix`: before each key.
  std::string to_config(const CLI::App* app, bool default_also, bool write_description,
                        std::string prefix) const override;

 private:
  const CLI::App& app_;
};

}  // namespace onebyone
