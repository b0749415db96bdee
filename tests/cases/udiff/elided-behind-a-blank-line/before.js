"use strict";

var one = 1;
var two = 2;
var three = 3;
exports.sum = one + two + three;
exports.end = true;
