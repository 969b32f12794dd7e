#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/program/completion.h"

namespace onebyone {
namespace {

// `=` breaks words in bash, so that --type=float16 comes as three of them.
constexpr char kStart[] = R"(# Bash completion for PROGRAM, made by: PROGRAM --print-completion bash
FUNCTION() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= i
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = && COMP_CWORD -gt 1 ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
)";

constexpr char kFindCommand[] = R"(  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      COMMANDS) command=${COMP_WORDS[i]}; break ;;
    esac
  done
)";

constexpr char kOffer[] = R"(  case $kind in
    choice) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
    folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
  esac
}
complete -F FUNCTION PROGRAM
)";

std::string KindWord(ValueKind kind) {
  switch (kind) {
    case ValueKind::kChoice: return "choice";
    case ValueKind::kFile: return "file";
    case ValueKind::kFolder: return "folder";
    case ValueKind::kText: break;
  }
  return "nothing";
}

std::string Offer(const ValueDescription& value) {
  return absl::StrCat("kind=", KindWord(value.kind), " words=", ShellQuoted(absl::StrJoin(value.choices, " ")));
}

// What follows a flag that takes a value; `command` is empty for the program's own.
void AppendValues(const std::string& command, const std::vector<FlagDescription>& flags, std::string& script) {
  for (const FlagDescription& flag : flags) {
    if (!flag.takes_value) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : flag.names) patterns.push_back(absl::StrCat("'", command, " ", name, "'"));
    absl::StrAppend(&script, "    ", absl::StrJoin(patterns, "|"), ") ", Offer(flag.value), " ;;\n");
  }
}

std::vector<std::string> FlagNames(const CommandDescription& command) {
  std::vector<std::string> names;
  for (const FlagDescription& flag : command.flags) names.insert(names.end(), flag.names.begin(), flag.names.end());
  return names;
}

// Flags where a dash was typed, else what the command is about.
void AppendWords(const std::string& name, const CommandDescription& command, std::string& script) {
  ValueDescription flags;
  flags.kind = ValueKind::kChoice;
  flags.choices = FlagNames(command);
  ValueDescription argument;
  if (!command.arguments.empty()) argument = command.arguments.back().value;
  if (HasSubcommands(command)) {
    argument.kind = ValueKind::kChoice;
    argument.choices.clear();
    for (const CommandDescription& below : command.commands) argument.choices.push_back(below.name);
  }
  if (argument.kind == ValueKind::kText) {  // nothing to offer but flags
    argument = flags;
  }
  absl::StrAppend(&script, "        '", name, " -'*) ", Offer(flags), " ;;\n        '", name, " '*) ", Offer(argument),
                  " ;;\n");
}

}  // namespace

std::string BashCompletion(const CommandDescription& program) {
  const std::string function = absl::StrCat("_", absl::StrReplaceAll(program.name, {{"-", "_"}}));
  const std::vector<std::pair<std::string, std::string>> names_of_this = {{"FUNCTION", function},
                                                                          {"PROGRAM", program.name}};
  std::string script = absl::StrReplaceAll(kStart, names_of_this);
  if (HasSubcommands(program)) {
    std::vector<std::string> names;
    for (const CommandDescription& command : program.commands) names.push_back(command.name);
    absl::StrAppend(&script, absl::StrReplaceAll(kFindCommand, {{"COMMANDS", absl::StrJoin(names, "|")}}));
  }
  absl::StrAppend(&script, "  local kind=nothing words=\n  case \"$command $previous\" in\n");
  AppendValues("", program.flags, script);
  for (const CommandDescription& command : program.commands) AppendValues(command.name, command.flags, script);
  absl::StrAppend(&script, "    *)\n      case \"$command $current\" in\n");
  AppendWords("", program, script);
  for (const CommandDescription& command : program.commands) AppendWords(command.name, command, script);
  absl::StrAppend(&script, "      esac ;;\n  esac\n", absl::StrReplaceAll(kOffer, names_of_this));
  return script;
}

}  // namespace onebyone
