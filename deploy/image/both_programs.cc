// Both programs in one file, for the server's image: they share what they link statically, 4 MB of it. Which of them
// runs is what the file was called by: `onebyone` is a link to `onebyone-server`.
#include <string_view>

int RunClient(int argc, char** argv);
int RunServer(int argc, char** argv);

int main(int argc, char** argv) {
  const std::string_view path = argc > 0 ? argv[0] : "";
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "onebyone" ? RunClient(argc, argv) : RunServer(argc, argv);
}
