class Vault {
  @NonNull
  protected Spec.Builder specBuilder(@NonNull final String alias)
    throws VaultException {
    throw new VaultException("not for calls");
  }

  @NonNull
  protected Spec.Builder specBuilder(@NonNull final String alias, @NonNull final boolean isTest)
    throws VaultException {
    throw new VaultException("not for calls");
  }

  @NonNull
  protected Spec.Info info(@NonNull final Key key) throws VaultException {
    throw new VaultException("not for calls");
  }
}
