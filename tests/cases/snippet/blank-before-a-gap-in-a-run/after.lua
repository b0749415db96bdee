local json = require("json")
local lfs = require("lfs")
local md5 = require("md5")
local socket = require("socket")

local function size(path)
  return lfs.attributes(path, "size")
end
