const short = (name, size = 3) => {
  return name.slice(0, size);
};
exports.short = short;

const long = (name, size = 9) => {
  return name.padEnd(size);
};
exports.long = long;
