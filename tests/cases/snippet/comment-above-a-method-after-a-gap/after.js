class Meter {
  constructor() {
    this.count = 0;
  }

  /**
   * Counts on.
   * @param {number} steps - how far, not less than none
   */
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
