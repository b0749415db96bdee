class Parcel {
  private final int weight;
  private final String label;
  private final String sender;

  Parcel(int weight, String label, String sender) {
    this.weight = weight;
    this.label = label;
    this.sender = sender;
  }

  int getWeight() {
    return weight;
  }

  String getLabel() { return label; }

  String getSender() { return sender; }

  boolean isHeavy() {
    return weight > LIMIT;
  }
}
