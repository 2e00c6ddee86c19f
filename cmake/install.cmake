# find_package(Assay) for other projects: the headers alone; with COMPONENTS store also the compiled Assay::store.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(TARGET AssayStore)
  set(assay_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Assay)
  set(assay_architecture "")
else()
  set(assay_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/Assay)  # headers only: the same for every architecture
  set(assay_architecture ARCH_INDEPENDENT)
endif()

target_include_directories(Assay INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(DIRECTORY include/assay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(TARGETS Assay EXPORT AssayTargets)
install(EXPORT AssayTargets NAMESPACE Assay:: DESTINATION ${assay_package_dir})

if(TARGET AssayStore)
  install(TARGETS AssayStore EXPORT AssayStoreTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT AssayStoreTargets NAMESPACE Assay:: DESTINATION ${assay_package_dir})
  install(FILES cmake/FindSodium.cmake DESTINATION ${assay_package_dir})
endif()

configure_package_config_file(cmake/AssayConfig.cmake.in ${PROJECT_BINARY_DIR}/AssayConfig.cmake
                              INSTALL_DESTINATION ${assay_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/AssayConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion ${assay_architecture})
install(FILES ${PROJECT_BINARY_DIR}/AssayConfig.cmake ${PROJECT_BINARY_DIR}/AssayConfigVersion.cmake
        DESTINATION ${assay_package_dir})
