function first(scale) {
  if (scale.isBroken()) { throw new Broken(scale); }
}

function second(scale) {
  if (scale.isBroken()) { throw new Broken(scale); }
}
