const state = { n: 0 };

export function inc(by) {
  state.n += by;
  notify();
  return state.n;
}

export function dec(by) {
  state.n -= by;
  notify();
  return state.n;
}

class Store {
  constructor() {
    this.items = [];
  }

  add(item) {
    this.items.push(item);
    notify();
  }

  clear() {
    this.items = [];
    notify();
  }
}
