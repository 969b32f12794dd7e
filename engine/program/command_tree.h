#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace onebyone {

// What a shell can offer where a value is typed.
enum class ValueKind : uint8_t {
  kText,    // nothing: a number, a name, an address
  kChoice,  // one of `choices`
  kFile,
  kFolder
};

struct ValueDescription {
  std::string name;  // as the help writes it: "DIR", "HOST:PORT"; may be empty
  ValueKind kind = ValueKind::kText;
  std::vector<std::string> choices;
};

struct FlagDescription {
  std::vector<std::string> names;  // with dashes, short ones first: "-v", "--verbose"
  bool takes_value = false;
  ValueDescription value;
  std::string description;
  std::string group;          // the help's heading: "Options", "Limits"
  std::string default_value;  // empty: the description tells, or there is none
  std::string environment;    // variable that sets it; empty: none
  bool is_required = false;
  bool is_repeatable = false;
};

struct ArgumentDescription {
  ValueDescription value;
  std::string description;
  bool is_required = false;
  bool is_repeatable = false;
};

// A program, or one of its subcommands.
struct CommandDescription {
  std::string name;
  std::string description;
  std::string footer;  // what stands behind the options in the help; may have several lines
  std::vector<FlagDescription> flags;
  std::vector<ArgumentDescription> arguments;
  std::vector<CommandDescription> commands;
};

// What `app` understands, in the order of its help; hidden flags are left out. The only file of this folder that reads
// CLI11: manual and completions are made of its result, so that they cannot tell of anything that the parser does not
// know.
CommandDescription DescribeCommand(CLI::App& app);

}  // namespace onebyone
