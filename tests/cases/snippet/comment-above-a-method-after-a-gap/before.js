class Meter {
  constructor() {
    this.count = 0;
  }

  tick(steps) {
    if (steps < 0) {
      throw new RangeError("steps");
    }
    this.count += steps;
    return this;
  }

  read() {
    return this.count;
  }
}
