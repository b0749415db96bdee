class View {
  @Override
  void setId(int id) {
    register(id, this);
  }

  @Override
  void describe(Node info) {
    super.describe(info);
    info.setVisible(true);
    info.setName("view");
  }

  @Override
  void draw() {
  }
}
