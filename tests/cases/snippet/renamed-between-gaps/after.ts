export function restore(state: State | null, client: Client) {
  if (state) {
    if (typeof state !== "object") {
      return;
    }
    const cache = client.getQueryCache();
    const queries = state.queries ?? [];
    for (const query of queries) {
      const existing = cache.get(query.hash);
      if (!existing) {
        client.add(query);
      }
    }
  }
}
