# tools/build.py -- builds the module
#
# Written for the tests.

WHAT = "module"
