# The story of heed on real servers (test_story.py): it runs the program itself.
heed_e2e(story)
set_property(TEST e2e/story APPEND PROPERTY ENVIRONMENT "HEED_BIN=$<TARGET_FILE:heed>")
set_tests_properties(e2e/story PROPERTIES TIMEOUT 600)
