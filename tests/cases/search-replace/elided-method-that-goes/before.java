class View {
  void setWidth(float width) {
    this.width = width;
    redraw();
  }

  void setDashes(String dashes) {
    if (dashes != null) {
      this.dashes = dashes.split(" ");
    } else {
      this.dashes = null;
    }
    redraw();
  }

  void setOffset(float offset) {
    this.offset = offset;
    redraw();
  }
}
