# `cmake --install`, in components: `client` (onebyone, onebyone-model), `server` (onebyone-server, its service and the bundled
# model), `dev` (libraries, headers and the CMake package onebyone). deploy/install/README.md tells what lies where.

include(CMakePackageConfigHelpers)

# All libraries of ours that `target` links, itself included.
function(onebyone_closure target out)
  set(found ${${out}})
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(aliased)
    set(target ${aliased})
  endif()
  get_target_property(imported ${target} IMPORTED)
  if(target IN_LIST found OR imported OR target STREQUAL onebyone_options)
    return()
  endif()
  list(APPEND found ${target})
  get_target_property(links ${target} LINK_LIBRARIES)
  foreach(link ${links})
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
    if(TARGET ${link})
      onebyone_closure(${link} found)
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Installs the libraries `targets` as part PART of the CMake package, and the headers that lie beside their sources.
function(onebyone_install_libraries part)
  install(TARGETS ${ARGN} EXPORT onebyone-${part}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/onebyone)
  install(EXPORT onebyone-${part} NAMESPACE onebyone:: FILE onebyone-${part}.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/onebyone COMPONENT dev)
  foreach(target ${ARGN})
    string(REPLACE onebyone_ "" name ${target})
    get_target_property(sources ${target} SOURCES)
    get_target_property(folder ${target} SOURCE_DIR)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    set(headers)
    foreach(source ${sources})
      get_filename_component(source ${source} ABSOLUTE BASE_DIR ${folder})
      if(source MATCHES "\\.pb\\.h$")
        list(APPEND headers ${source})  # made by protoc when the library is built
      elseif(NOT source MATCHES "^${PROJECT_BINARY_DIR}/")
        get_filename_component(beside ${source} DIRECTORY)
        file(GLOB found CONFIGURE_DEPENDS ${beside}/*.h)
        list(APPEND headers ${found})
      endif()
    endforeach()
    list(REMOVE_DUPLICATES headers)
    foreach(header ${headers})
      foreach(root ${PROJECT_BINARY_DIR}/generated ${PROJECT_SOURCE_DIR})
        if(header MATCHES "^${root}/(.*)/[^/]*$")
          install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/onebyone/${CMAKE_MATCH_1} COMPONENT dev)
          break()
        endif()
      endforeach()
    endforeach()
  endforeach()
endfunction()

onebyone_closure(onebyone_engine engine_libraries)
onebyone_closure(onebyone_client client_libraries)
set(base_libraries)
foreach(library ${engine_libraries})
  if(library IN_LIST client_libraries)
    list(APPEND base_libraries ${library})
  endif()
endforeach()
list(REMOVE_ITEM engine_libraries ${base_libraries})
list(REMOVE_ITEM client_libraries ${base_libraries})
onebyone_install_libraries(base ${base_libraries})
onebyone_install_libraries(engine ${engine_libraries})
onebyone_install_libraries(client ${client_libraries})

configure_package_config_file(${PROJECT_SOURCE_DIR}/deploy/cmake/onebyone-config.cmake.in
  ${PROJECT_BINARY_DIR}/onebyone-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/onebyone)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/onebyone-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/onebyone-config.cmake ${PROJECT_BINARY_DIR}/onebyone-config-version.cmake
  deploy/cmake/BaseDependencies.cmake deploy/cmake/ClientDependencies.cmake deploy/cmake/EngineDependencies.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/onebyone COMPONENT dev)
install(DIRECTORY proto/onebyone/v1 DESTINATION ${CMAKE_INSTALL_DATADIR}/onebyone/proto/onebyone COMPONENT dev
  FILES_MATCHING PATTERN *.proto)
install(DIRECTORY proto/google/rpc DESTINATION ${CMAKE_INSTALL_DATADIR}/onebyone/proto/google COMPONENT dev
  FILES_MATCHING PATTERN *.proto)
install(DIRECTORY engine/example/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libonebyone-dev/examples/engine COMPONENT dev)
install(DIRECTORY client/example/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libonebyone-dev/examples/client COMPONENT dev)

install(DIRECTORY deploy/models/onebyone-nano DESTINATION ${CMAKE_INSTALL_DATADIR}/onebyone/models COMPONENT server)
install(CODE "set(ONEBYONE_STAGE \"${PROJECT_BINARY_DIR}/service\")" COMPONENT server)
install(SCRIPT ${PROJECT_SOURCE_DIR}/deploy/install/service_files.cmake COMPONENT server)
