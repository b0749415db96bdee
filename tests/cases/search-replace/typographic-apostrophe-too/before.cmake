set(VERSION "2.11.0")
include(checks)
