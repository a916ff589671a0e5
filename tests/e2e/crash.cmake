# The crash test in short: 100 kills. script/crash does 1,000. Only a build with crash points can run it.
if(HEED_CRASH_POINTS AND TARGET heed)
    add_test(NAME e2e/crash
             COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/crash.py
                     --report ${CMAKE_CURRENT_BINARY_DIR}/crash-unsure.tsv $<TARGET_FILE:heed> 100
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(e2e/crash PROPERTIES LABELS e2e TIMEOUT 300)
endif()
