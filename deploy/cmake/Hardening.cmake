# What makes an overflow that nobody has found harder to use. Programs are position independent; addresses of functions are
# written before main and read-only after; buffers on the stack are guarded, and calls of libc check sizes that are known.
# Nothing sets an RPATH. tests/install/hardening_test.py looks at the programs. Not under a sanitizer, which does all of it
# better.

if(NOT ONEBYONE_SANITIZER)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES CXX)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>
    $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-fcf-protection)
  endif()
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
