#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "engine/program/completion.h"

namespace onebyone {
namespace {

// How `complete` is told what stands behind a flag; empty for a flag alone.
std::string ValueWords(const ValueDescription& value) {
  switch (value.kind) {
    case ValueKind::kChoice: return absl::StrCat(" -x -a ", ShellQuoted(absl::StrJoin(value.choices, " ")));
    case ValueKind::kFile: return " -r -F";
    case ValueKind::kFolder: return " -x -a '(__fish_complete_directories)'";
    case ValueKind::kText: break;
  }
  return " -x";
}

// `start` names the program and when the line holds.
void AppendFlags(const CommandDescription& command, const std::string& start, std::string& script) {
  for (const FlagDescription& flag : command.flags) {
    absl::StrAppend(&script, start);
    for (const absl::string_view name : flag.names) {
      const bool is_long = name.substr(0, 2) == "--";
      absl::StrAppend(&script, is_long ? " -l " : " -s ", name.substr(is_long ? 2 : 1));
    }
    absl::StrAppend(&script, flag.takes_value ? ValueWords(flag.value) : "", " -d ",
                    ShellQuoted(Brief(flag.description)), "\n");
  }
  for (const ArgumentDescription& argument : command.arguments) {
    const ValueDescription& value = argument.value;
    if (value.kind == ValueKind::kFile) absl::StrAppend(&script, start, " -F\n");
    if (value.kind == ValueKind::kFolder) absl::StrAppend(&script, start, " -a '(__fish_complete_directories)'\n");
    if (value.kind == ValueKind::kChoice) {
      absl::StrAppend(&script, start, " -a ", ShellQuoted(absl::StrJoin(value.choices, " ")), "\n");
    }
  }
}

}  // namespace

std::string FishCompletion(const CommandDescription& program) {
  const std::string complete = absl::StrCat("complete -c ", program.name);
  std::string script = absl::StrCat("# Fish completion for ", program.name, ", made by: ", program.name,
                                    " --print-completion fish\n", complete, " -f\n");
  const std::string first = HasSubcommands(program) ? absl::StrCat(complete, " -n __fish_use_subcommand") : complete;
  AppendFlags(program, first, script);
  for (const CommandDescription& command : program.commands) {
    absl::StrAppend(&script, first, " -a ", command.name, " -d ", ShellQuoted(Brief(command.description)), "\n");
  }
  for (const CommandDescription& command : program.commands) {
    AppendFlags(command, absl::StrCat(complete, " -n '__fish_seen_subcommand_from ", command.name, "'"), script);
  }
  return script;
}

}  // namespace onebyone
