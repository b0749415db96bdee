class Cellar {
  private final Map<String, String> jars;

  @Nullable
  private byte[] jar(@NonNull final String key) {
    String value = this.jars.get(key);

    if (value != null) {
      return decoded(value);
    }

    return null;
  }
}
