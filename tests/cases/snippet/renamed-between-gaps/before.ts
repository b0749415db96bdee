export function restore(state: State | null, client: Client) {
  if (state) {
    if (typeof state !== "object") {
      return;
    }
    const cacheOfQueries = client.getQueryCache();
    const queries = state.queries ?? [];
    for (const query of queries) {
      const existing = cacheOfQueries.get(query.hash);
      if (!existing) {
        client.add(query);
      }
    }
  }
}
