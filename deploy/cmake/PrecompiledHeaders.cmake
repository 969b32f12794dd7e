# What nearly every file includes is read once: it is half of a build's time. The files still name what they use, and the
# presets `dev` and `fuzz` build without, which sees that they do.

option(ONEBYONE_PRECOMPILED_HEADERS "Read the headers that nearly every file includes once" ON)

set(ONEBYONE_COMMON_HEADERS <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <memory> <optional> <string>
  <string_view> <utility> <vector> <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <absl/strings/str_format.h> <absl/strings/str_join.h> <absl/types/span.h>)

if(ONEBYONE_PRECOMPILED_HEADERS)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled/nothing.cc CONTENT "")

  # g++ takes them only with the flags that they were made with; hence one for libraries and one for tests, which are programs.
  add_library(onebyone_library_headers STATIC EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/nothing.cc)
  target_link_libraries(onebyone_library_headers PRIVATE onebyone_options absl::statusor absl::str_format)
  target_precompile_headers(onebyone_library_headers PRIVATE ${ONEBYONE_COMMON_HEADERS})

  if(ONEBYONE_TESTS)
    add_executable(onebyone_test_headers EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/nothing.cc)
    target_compile_options(onebyone_test_headers PRIVATE ${ONEBYONE_TEST_OPTIONS})
    target_link_libraries(onebyone_test_headers PRIVATE onebyone_options absl::statusor absl::str_format GTest::gmock_main)
    target_precompile_headers(onebyone_test_headers PRIVATE ${ONEBYONE_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
  endif()
endif()

# onebyone_precompile(TARGET library|test|own)
# own: what is compiled with flags of its own.
function(onebyone_precompile target kind)
  if(NOT ONEBYONE_PRECOMPILED_HEADERS)
    return()
  endif()
  if(kind STREQUAL "own")
    target_precompile_headers(${target} PRIVATE ${ONEBYONE_COMMON_HEADERS})
  else()
    target_precompile_headers(${target} REUSE_FROM onebyone_${kind}_headers)
  endif()
endfunction()
