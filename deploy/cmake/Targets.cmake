# Functions that make our targets: warnings as errors on what we wrote, nothing on what we did not.

add_library(onebyone_options INTERFACE)
target_include_directories(onebyone_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(onebyone_options INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wvla
  -fno-omit-frame-pointer -ffp-contract=off -pthread)
target_link_libraries(onebyone_options INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(onebyone_options INTERFACE -Wthread-safety)
endif()

# Sanitizers go everywhere, generated code included: a half instrumented program reports falsehoods.
if(ONEBYONE_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
elseif(ONEBYONE_SANITIZER STREQUAL "fuzzer")
  # What clang leaves out of `undefined`: a float that no integer can hold.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=undefined,float-cast-overflow)
  add_link_options(-fsanitize=address,undefined)
elseif(ONEBYONE_SANITIZER STREQUAL "thread")
  # The headers of libraries that are not instrumented must not think that they are: protobuf's MapField would get other members.
  add_compile_options(-fsanitize=thread -U__SANITIZE_THREAD__)
  add_link_options(-fsanitize=thread)
  add_library(onebyone_sanitized_mutex OBJECT ${PROJECT_SOURCE_DIR}/tests/sanitizers/abseil_mutex.cc)
  target_link_libraries(onebyone_sanitized_mutex PUBLIC absl::synchronization)
elseif(ONEBYONE_SANITIZER)
  message(FATAL_ERROR "ONEBYONE_SANITIZER: want address, thread, fuzzer or nothing, got '${ONEBYONE_SANITIZER}'")
endif()

# onebyone_library(NAME [SMALL] [OWN_FLAGS] SOURCES ... [PUBLIC libraries] [PRIVATE libraries])
# A static library onebyone_NAME, alias onebyone::NAME. deploy/cmake/Install.cmake installs what engine and client need of them.
# SMALL: its code runs once or for people, and is small rather than fast in a release build, which halves it.
# OWN_FLAGS: a library that it uses adds some to its compilation.
function(onebyone_library name)
  cmake_parse_arguments(ARG "SMALL;OWN_FLAGS" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(onebyone_${name} STATIC ${ARG_SOURCES})
  add_library(onebyone::${name} ALIAS onebyone_${name})
  target_link_libraries(onebyone_${name} PUBLIC ${ARG_PUBLIC} PRIVATE $<BUILD_INTERFACE:onebyone_options> ${ARG_PRIVATE})
  target_include_directories(onebyone_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_compile_features(onebyone_${name} PUBLIC cxx_std_20)
  if(ARG_SMALL)
    target_compile_options(onebyone_${name} PRIVATE $<$<CONFIG:Release>:-Os>)
  endif()
  if(ARG_SMALL OR ARG_OWN_FLAGS)
    onebyone_precompile(onebyone_${name} own)
  else()
    onebyone_precompile(onebyone_${name} library)
  endif()
endfunction()

# onebyone_program(NAME COMPONENT ... SOURCES ... LIBRARIES ...)
# COMPONENT: of the installation. Manual page and completions are what the program itself prints of them.
function(onebyone_program name)
  cmake_parse_arguments(ARG "" "COMPONENT" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE onebyone_options ${ARG_LIBRARIES} $<TARGET_NAME_IF_EXISTS:onebyone_sanitized_mutex>)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${ARG_COMPONENT})

  set(pages ${PROJECT_BINARY_DIR}/pages)
  add_custom_command(OUTPUT ${pages}/${name}.1.gz ${pages}/${name}.bash ${pages}/_${name} ${pages}/${name}.fish
    COMMAND ${PROJECT_SOURCE_DIR}/deploy/install/make-pages $<TARGET_FILE:${name}> ${pages}
    DEPENDS ${name} ${PROJECT_SOURCE_DIR}/deploy/install/make-pages COMMENT "Manual page and completions of ${name}" VERBATIM)
  add_custom_target(${name}-pages ALL DEPENDS ${pages}/${name}.1.gz)
  install(FILES ${pages}/${name}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ${ARG_COMPONENT})
  install(FILES ${pages}/${name}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${name}
    COMPONENT ${ARG_COMPONENT})
  install(FILES ${pages}/_${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT ${ARG_COMPONENT})
  install(FILES ${pages}/${name}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
    COMPONENT ${ARG_COMPONENT})
endfunction()

# onebyone_test(NAME SOURCES ... LIBRARIES ... [LABELS ...])
# A GoogleTest program NAME, one ctest entry. They find ../shared by ONEBYONE_SHARED, and their caches lie in the build folder. The code
# of the tests themselves is compiled at -O1: quicker to build, and g++ 12 warns falsely of uninitialized absl::InlinedVector storage
# at -O3, g++ 14 at -O1 too, in other words.
set(ONEBYONE_TEST_OPTIONS -O1 $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,14>>:-Wno-uninitialized>)

function(onebyone_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE ${ONEBYONE_TEST_OPTIONS})
  target_link_libraries(${name} PRIVATE onebyone_options ${ARG_LIBRARIES} GTest::gmock_main
    $<TARGET_NAME_IF_EXISTS:onebyone_sanitized_mutex>)
  onebyone_precompile(${name} test)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "ONEBYONE_SOURCE=${PROJECT_SOURCE_DIR};ONEBYONE_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/cache")
endfunction()
