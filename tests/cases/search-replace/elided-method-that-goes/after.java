class View {
  void setWidth(float width) {
    this.width = width;
    redraw();
  }

  void setOffset(float offset) {
    this.offset = offset;
    redraw();
  }
}
