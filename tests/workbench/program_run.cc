#include "tests/workbench/program_run.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/folders.h"

namespace onebyone::testing {

ProgramRun RunProgram(const std::string& program, const std::vector<std::string>& arguments) {
  return RunProgramAt(absl::StrCat(BinFolder(), "/", program), arguments);
}

ProgramRun RunProgramAt(const std::string& path, const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const std::string out = folder.Write("out", "");
  const std::string err = folder.Write("err", "");
  std::vector<char*> argv = {const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child == 0) {
    // Only what may be called between fork and exec.
    dup2(open(out.c_str(), O_WRONLY), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY), STDERR_FILENO);
    execv(path.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadWhole(out), ReadWhole(err)};
}

}  // namespace onebyone::testing
