# find_package(Assay) for other projects.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(assay_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/Assay)  # headers only: the same for every architecture

target_include_directories(Assay INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(DIRECTORY include/assay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(TARGETS Assay EXPORT AssayTargets)
install(EXPORT AssayTargets NAMESPACE Assay:: DESTINATION ${assay_package_dir})

configure_package_config_file(cmake/AssayConfig.cmake.in ${PROJECT_BINARY_DIR}/AssayConfig.cmake
                              INSTALL_DESTINATION ${assay_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/AssayConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/AssayConfig.cmake ${PROJECT_BINARY_DIR}/AssayConfigVersion.cmake
        DESTINATION ${assay_package_dir})
