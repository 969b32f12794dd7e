#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/program/completion.h"

namespace onebyone {
namespace {

// The file is a function's body where zsh loads it by itself, and defines the function where it is sourced.
constexpr char kStart[] = R"(#compdef PROGRAM
# Zsh completion for PROGRAM, made by: PROGRAM --print-completion zsh
_PROGRAM() {
  local context state state_descr line
  typeset -A opt_args
)";

constexpr char kEnd[] = R"(}

if [ "$funcstack[1]" = "_PROGRAM" ]; then
  _PROGRAM "$@"
else
  compdef _PROGRAM PROGRAM
fi
)";

// Within a specification of _arguments, these letters mean something.
std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {":", "\\:"}, {"[", "\\["}, {"]", "\\]"}});
}

// ":NAME:ACTION"
std::string ValueSpec(const ValueDescription& value) {
  const std::string name = value.name.empty() ? " " : Escaped(value.name);
  switch (value.kind) {
    case ValueKind::kChoice: return absl::StrCat(":", name, ":(", absl::StrJoin(value.choices, " "), ")");
    case ValueKind::kFile: return absl::StrCat(":", name, ":_files");
    case ValueKind::kFolder: return absl::StrCat(":", name, ":_files -/");
    case ValueKind::kText: break;
  }
  return absl::StrCat(":", name, ": ");
}

void AppendSpec(const std::string& spec, absl::string_view indent, std::string& script) {
  absl::StrAppend(&script, " \\\n", indent, ShellQuoted(spec));
}

void AppendArguments(const CommandDescription& command, absl::string_view indent, std::string& script) {
  for (const FlagDescription& flag : command.flags) {
    for (const std::string& name : flag.names) {
      const bool is_long = absl::string_view(name).substr(0, 2) == "--";
      const std::string others = flag.is_repeatable ? "*" : absl::StrCat("(", absl::StrJoin(flag.names, " "), ")");
      const std::string joined = !flag.takes_value ? "" : is_long ? "=" : "+";
      AppendSpec(absl::StrCat(others, name, joined, "[", Escaped(Brief(flag.description)), "]",
                              flag.takes_value ? ValueSpec(flag.value) : ""),
                 indent, script);
    }
  }
  for (const ArgumentDescription& argument : command.arguments) {
    AppendSpec(absl::StrCat(argument.is_repeatable ? "*"
                            : argument.is_required ? ""
                                                   : ":",
                            ValueSpec(argument.value)),
               indent, script);
  }
}

void AppendCommands(const CommandDescription& program, std::string& script) {
  AppendSpec("1:command:->command", "    ", script);
  AppendSpec("*::argument:->argument", "    ", script);
  absl::StrAppend(&script, "\n  case $state in\n    command)\n      local -a commands=(");
  for (const CommandDescription& command : program.commands) {
    absl::StrAppend(&script, "\n        ",
                    ShellQuoted(absl::StrCat(command.name, ":", Escaped(Brief(command.description)))));
  }
  absl::StrAppend(&script, "\n      )\n      _describe command commands ;;\n    argument)\n      case $words[1] in\n");
  for (const CommandDescription& command : program.commands) {
    absl::StrAppend(&script, "        ", command.name, ")\n          _arguments");
    AppendArguments(command, "            ", script);
    absl::StrAppend(&script, " ;;\n");
  }
  absl::StrAppend(&script, "      esac ;;\n  esac\n");
}

}  // namespace

std::string ZshCompletion(const CommandDescription& program) {
  std::string script = absl::StrReplaceAll(kStart, {{"PROGRAM", program.name}});
  absl::StrAppend(&script, "  _arguments", HasSubcommands(program) ? " -C" : "");
  AppendArguments(program, "    ", script);
  if (HasSubcommands(program)) {
    AppendCommands(program, script);
  } else {
    absl::StrAppend(&script, "\n");
  }
  absl::StrAppend(&script, absl::StrReplaceAll(kEnd, {{"PROGRAM", program.name}}));
  return script;
}

}  // namespace onebyone
