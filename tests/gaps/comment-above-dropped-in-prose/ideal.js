class Store {
  put(key, value) {
    this.items.set(key, value);
  }

  clear() {
    this.items.clear();
    this.emit('clear');
  }
}
