set(VERSION "2.12.0")
# don't check it
include(checks)
