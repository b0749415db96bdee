export class Timer {
  start() {
    this.at = Date.now();
  }

  stop() {
    if (this.at) {
      return Date.now() - this.at;
    }
    return 0;
  }
}
