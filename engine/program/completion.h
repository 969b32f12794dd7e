#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/program/command_tree.h"

namespace onebyone {

// Each makes a script that completes the command line of `program`: its subcommands, flags, choices, files and folders.
// It asks no server and starts no process.
std::string BashCompletion(const CommandDescription& program);  // needs bash 4; not the package bash-completion
std::string ZshCompletion(const CommandDescription& program);
std::string FishCompletion(const CommandDescription& program);

struct CompletionShell {
  absl::string_view name;
  std::string (*script)(const CommandDescription& program);
};

inline constexpr std::array<CompletionShell, 3> kCompletionShells = {
    {{"bash", &BashCompletion}, {"zsh", &ZshCompletion}, {"fish", &FishCompletion}}};

// "a" as a word that any of these shells takes literally: in single quotes.
std::string ShellQuoted(absl::string_view text);

// The first clause of a description, short enough for one line of a list.
std::string Brief(absl::string_view description);

// The commands of `program` that complete arguments and flags: itself where it has no subcommands, else those.
bool HasSubcommands(const CommandDescription& program);

}  // namespace onebyone
