class Cellar {
  private final Map<String, String> jars;

  /** Opens a jar; null if there is none. */
  @Nullable
  private byte[] jar(@NonNull final String key) {
    final String value = jars.get(key);
    return value == null ? null : decoded(value);
  }
}
