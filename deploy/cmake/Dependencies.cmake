# Every library that the project links, all from Debian packages (deploy/install-dependencies).
# Those of the libraries that are installed are looked for again by find_package(onebyone), by the same files.

find_program(PROTOC protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

include(BaseDependencies)
include(EngineDependencies)
include(ClientDependencies)

find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)

# Debian compiles it into a library, with these definitions, and ships no CMake package.
find_path(HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(onebyone_httplib INTERFACE)
target_include_directories(onebyone_httplib SYSTEM INTERFACE ${HTTPLIB_INCLUDE_DIR})
target_compile_definitions(onebyone_httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
target_link_libraries(onebyone_httplib INTERFACE ${HTTPLIB_LIBRARY})

if(ONEBYONE_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()
