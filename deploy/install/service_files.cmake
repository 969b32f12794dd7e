# Run by `cmake --install` (and CPack): unit, user and settings of the service, with the paths of the prefix that it is installed to.
# ONEBYONE_STAGE: a folder of the build for files with paths in them.

if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(ONEBYONE_ETC /etc)  # FHS: not /usr/etc
else()
  set(ONEBYONE_ETC ${CMAKE_INSTALL_PREFIX}/etc)
endif()
set(ONEBYONE_BIN ${CMAKE_INSTALL_PREFIX}/bin)

configure_file(${CMAKE_CURRENT_LIST_DIR}/systemd/onebyone-server.service.in ${ONEBYONE_STAGE}/onebyone-server.service @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/systemd/sysusers.conf ${ONEBYONE_STAGE}/onebyone-server.conf COPYONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/server.toml.in ${ONEBYONE_STAGE}/server.toml @ONLY)

file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system TYPE FILE FILES ${ONEBYONE_STAGE}/onebyone-server.service)
file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d TYPE FILE FILES ${ONEBYONE_STAGE}/onebyone-server.conf)
# What somebody has written stays; Debian's package has it as a conffile.
if(NOT EXISTS "$ENV{DESTDIR}${ONEBYONE_ETC}/onebyone/server.toml")
  file(INSTALL DESTINATION ${ONEBYONE_ETC}/onebyone TYPE FILE FILES ${ONEBYONE_STAGE}/server.toml)
endif()
