"use strict"; exports.sum = 6;
exports.end = true;
