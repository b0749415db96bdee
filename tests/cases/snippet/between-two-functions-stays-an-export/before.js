const short = (name) => {
  return name.slice(0, 3);
};
exports.short = short;

const long = (name) => {
  return name.padEnd(9);
};
exports.long = long;
