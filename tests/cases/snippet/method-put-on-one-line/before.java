class Parcel {
  private final int weight;
  private final String label;

  Parcel(int weight, String label) {
    this.weight = weight;
    this.label = label;
  }

  int getWeight() {
    return weight;
  }

  String getLabel() {
    return label;
  }

  boolean isHeavy() {
    return weight > LIMIT;
  }
}
