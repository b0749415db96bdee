export class Timer {
  start() {
    this.at = Date.now();
  }

  stop() {
    return Date.now() - this.at;
  }
}
